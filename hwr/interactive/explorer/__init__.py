"""The Explorer: what a network makes of a drawing, value by value.

To be read in this order: ``steps`` (a network as a list of steps), ``windows`` (which inputs a
value sees), ``layers`` (how each kind of layer computes it) and ``origin`` (both together); then
``words``, ``terms``, ``maps`` and ``figure``, which show it; and ``strip``, ``fields`` and
``explorer``, which are moved by hand.
"""
