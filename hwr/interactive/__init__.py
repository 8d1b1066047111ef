"""Things to play with: small toys for a notebook, each also a figure for print.

One module for each: :mod:`hwr.interactive.fool`, :mod:`hwr.interactive.duel`, :mod:`hwr.interactive.decide` and
:mod:`hwr.interactive.kernel`. What they share is in :mod:`hwr.interactive.widget`.
"""
