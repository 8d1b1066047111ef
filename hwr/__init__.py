"""hwr: how a machine reads handwriting.

The package behind the course in ``notebooks/``. The modules in this folder are its core, to be read
in the order of the lessons; begin with :mod:`hwr.ink` (how a drawing becomes a 28x28 image) and
:mod:`hwr.recognizer` (how it is read). Everything else is in a subpackage. The names below are
imported when they are first used.
"""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr import (
        alphabets,
        augmentation,
        check,
        cli,
        convolution,
        dataset,
        datasets,
        export,
        images,
        ink,
        interactive,
        metrics,
        models,
        plots,
        recognizer,
        saliency,
        training,
        transfer,
        web,
        words,
    )
    from hwr._support.keras import keras
    from hwr.alphabets import Alphabet
    from hwr.augmentation import Distortion
    from hwr.dataset import Dataset
    from hwr.datasets import synthetic
    from hwr.ink import Ink
    from hwr.pads import Pad
    from hwr.recognizer import Reading, Recognizer
    from hwr.training import Recipe, fit
    from hwr.words import read_text, read_word

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = public_names(__name__, __file__)
