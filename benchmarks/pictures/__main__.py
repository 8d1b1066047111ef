"""Measure how well single characters are read in pictures of all kinds.

    python -m benchmarks.pictures [--ink FILE...] [--each N] [--seed N] [--only KIND...]

The characters are drawn by people, from files in the format of ``hwr.datasets.drawings``, or by
made-up writers. Each appears once plain and once in every kind of ``benchmarks.pictures.kinds``, in
the same place and size. Printed are, for each kind, the share that is read correctly in 47 classes,
that share of what is right in the plain pictures, the share that is sure and wrong, the share in
which one character is counted, and the seconds a picture takes. Also counted are the characters of
two to five beside each other, and of pictures in which nothing is written.
"""
