"""Import this before Keras, and TensorFlow starts without its notes about the processor.

TensorFlow 2.21 writes two notes to stderr, at its import and at its first operation, before its
own setting for such messages (``TF_CPP_MIN_LOG_LEVEL``) takes effect. Errors are not affected:
stderr is silent only while TensorFlow starts, and an import that fails still raises.
"""

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Send what the process writes to stderr, C++ libraries included, to nowhere."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if importlib.util.find_spec("tensorflow") is not None:
    with silent_stderr():
        import tensorflow

        tensorflow.constant(0)  # the first operation
