"""Things to play with: small toys for a notebook, each also a figure for print.

One module for each: :mod:`hwr.play.fool`, :mod:`hwr.play.duel`, :mod:`hwr.play.decide` and
:mod:`hwr.play.kernel`. What they share is in :mod:`hwr.play.base`.
"""
