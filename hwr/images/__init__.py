"""Pictures from files: opened safely, and their ink told from paper, rules, shadows and desks.

Nothing here depends on what the ink shows.
"""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr.images.binarization import binarize
    from hwr.images.character import find_character
    from hwr.images.depth import measure_depth
    from hwr.images.io import open_character, open_photo, open_picture
    from hwr.images.levelling import make_level

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
