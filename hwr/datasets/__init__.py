"""Where images and drawings come from: EMNIST, files of drawings, and synthetic handwriting."""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr.datasets import archive, doodles, fallback, joined_words, synthetic
    from hwr.datasets.drawings import (
        Drawing,
        from_drawings,
        load_drawings,
        save_drawing,
        save_drawings,
    )
    from hwr.datasets.emnist import course, load, load_test_set
    from hwr.datasets.gather import merge_drawings, read_drawings
    from hwr.datasets.hand import Hand, load_hand
    from hwr.datasets.own.files import read
    from hwr.datasets.own.folder import from_folder
    from hwr.datasets.splits import SPLITS, split

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
