"""The course as a website, static pages that need neither a network nor Python.

``course.py site [OUT]`` builds it from the documents and from the notebooks' stored outputs;
nothing is executed. :mod:`~tools.site.sources` gathers what Sphinx reads, with
:mod:`~tools.site.lessons` for a notebook, :mod:`~tools.site.exercises` for an exercise in it,
:mod:`~tools.site.links` for what leads back to it and :mod:`~tools.site.pad` for its live pad;
:mod:`~tools.site.finish` completes the pages. The theme's settings, style and script are in
``docs/site``.
"""
