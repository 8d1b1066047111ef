"""Keras from here, and TensorFlow starts without its notes about the processor.

TensorFlow 2.21 writes two notes to stderr, at its import and at its first operation, before its
own setting for such messages (``TF_CPP_MIN_LOG_LEVEL``) takes effect. Errors are not affected:
stderr is silent only while TensorFlow starts, and an import that fails still raises.
"""

import importlib.util
import os

from hwr._support.stderr import silent_stderr

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
if importlib.util.find_spec("tensorflow") is not None:
    with silent_stderr():
        import tensorflow

        tensorflow.constant(0)  # the first operation
    # Its Python side has notes too: where an export put its temporary files, and, once a learner
    # has trained a few networks in one notebook, that functions were traced again.
    tensorflow.get_logger().setLevel("ERROR")

import keras  # only now

__all__ = ["keras", "tensorflow"]
