"""Sphinx's settings for the website, which ``course.py site`` builds."""

import re
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

project = "hwr"
html_title = "hwr: how a machine reads handwriting"
language = "en"
extensions = ["myst_nb"]
nb_execution_mode = "off"  # the notebooks are shown as they are stored
nb_merge_streams = True
nb_ipywidgets_js: dict[str, Any] = {}  # they would come from another server
myst_enable_extensions = ["dollarmath", "html_image"]
myst_heading_anchors = 4
myst_html_meta = {
    "description": "A course in which people learn how a machine reads handwriting.",
}
nitpicky = True

html_theme = "furo"
html_favicon = "static/icon.svg"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_search_summary = False  # pages that were opened from disk cannot read other pages
html_use_index = False


def mathml(tex: str, as_block: bool) -> str:
    """Return a formula in MathML, which browsers show without a script or a font."""
    # docutils knows \bigl, but not \big without a side.
    return str(tex2mathml(re.sub(r"\\([Bb]igg?)(?![a-z])", r"\\\1l", tex), as_block=as_block))


def write_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula in a line."""
    translator.body.append(mathml(node.astext(), as_block=False))
    raise nodes.SkipNode


def write_block(translator: Any, node: nodes.math_block) -> None:
    """Write a formula in a paragraph of its own, or several, which wide spaces separate."""
    parts = node.astext().split(r"\qquad")
    formulas = "".join(mathml(part, as_block=True) for part in parts)
    translator.body.append(f'<div class="math">{formulas}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add the formulas to Sphinx."""
    app.add_html_math_renderer("mathml", (write_inline, None), (write_block, None))
