"""hwr: how a machine reads handwriting.

The package behind the course in ``notebooks/``. Each module is one idea; start with
:mod:`hwr.ink` (how a drawing becomes a 28x28 image) and :mod:`hwr.recognizer` (how it is read).
Importing ``hwr`` itself loads neither TensorFlow nor matplotlib.
"""

__version__ = "0.1.0"
