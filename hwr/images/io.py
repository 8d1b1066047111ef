"""Pictures from disk or from a browser: opened safely, or refused in one sentence."""

import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from PIL import Image

Decoded = TypeVar("Decoded")

MAX_PIXELS = 50_000_000
"""Largest picture that is opened, in pixels."""
FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM")
"""What is opened. Other formats, such as PostScript, are programs or rarely pictures of paper."""


def decoded(source: str | Path | bytes, decode: Callable[[Image.Image], Decoded]) -> Decoded:
    """Open a picture and decode it.

    Parameters
    ----------
    source : str, Path or bytes
        A file's name, or its content.
    decode : callable
        Makes of the opened picture what is wanted; called only if its size is bearable.

    Raises
    ------
    ValueError
        If the file is missing, is no picture, is damaged, or is too large.
    """
    name = "The file" if isinstance(source, bytes) else Path(source).name
    file = BytesIO(source) if isinstance(source, bytes) else Path(source)
    try:
        with warnings.catch_warnings():
            # Pillow's warnings of large and odd files; both are dealt with here.
            warnings.simplefilter("ignore")
            with Image.open(file, formats=FORMATS) as picture:
                width, height = picture.size
                if width * height <= MAX_PIXELS:
                    return decode(picture)
    except FileNotFoundError:
        raise ValueError(f"There is no file {name}: check its name.") from None
    except Image.DecompressionBombError:
        raise ValueError(_too_large(name, "too many pixels")) from None
    except Exception:  # on damaged files, Pillow's decoders raise errors of a dozen types
        raise ValueError(
            f"{name} cannot be read as a picture: give a PNG or JPEG file that opens elsewhere."
        ) from None
    raise ValueError(_too_large(name, f"{width:,} x {height:,} pixels"))


def _too_large(name: str, pixels: str) -> str:
    return (
        f"{name} has {pixels}: give a picture of at most {MAX_PIXELS // 10**6} megapixels, "
        "for example a cropped one."
    )
