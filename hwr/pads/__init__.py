"""The pads: widgets to draw or write on, or to give a picture to, that show what is read."""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr.pads.pad import Pad

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
