"""A picture from the clipboard of the computer that Python runs on."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageGrab

MOST = 9_500_000
"""Bytes of a file at most: a Jupyter server cuts the connection at messages of 10 MiB."""


def check_size(size: int) -> None:
    """Raise a ValueError if a file has too many bytes."""
    if size > MOST:
        raise ValueError(
            f"The file has {size / 1e6:.1f} MB, too many: give a picture of at most "
            f"{MOST / 1e6:.1f} MB, for example a smaller or a cropped one."
        )


def paste() -> bytes:
    """Give the picture on the clipboard as the content of a file.

    Raises
    ------
    ValueError
        If there is none, or it cannot be got at.
    """
    try:
        found = ImageGrab.grabclipboard()
    except Exception:  # every system has failures of its own
        found = None
    if isinstance(found, list) and found:
        return _content(Path(found[0]))
    if not isinstance(found, Image.Image):
        raise ValueError(
            "There is no picture on the clipboard of the computer that runs Python (on Linux, the "
            "program wl-paste or xclip has to be there, too): copy one there, or save it to a file "
            "and choose that."
        )
    file = BytesIO()
    found.save(file, "PNG")
    return file.getvalue()


def _content(path: Path) -> bytes:
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError:
        raise ValueError(
            f"{path.name} on the clipboard cannot be read: choose it as a file instead."
        ) from None
