"""Every format that is read, as one plain picture: 8 bits a channel, square pixels, written on.

Pillow opens most formats; what HEIC, AVIF and PDF files hold is decoded in a process of its own
(:mod:`hwr.images.render`).
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from hwr._support.apart import OUT_OF_TIME, run_apart
from hwr._support.bounds import MAX_OPENING_SECONDS, MAX_PICTURE_BYTES, MAX_PIXELS
from hwr._support.stderr import silent_stderr
from hwr.images import kinds
from hwr.images.kinds import Source, UnreadableError
from hwr.images.pages import MAX_SIDE, first_written, shrink

PILLOW = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM")
"""The formats that Pillow opens here; others are rare, or programs, as PostScript is."""
APART = ("HEIC", "AVIF", "PDF")
"""The formats that are decoded in a process of their own."""
PAGED = ("PNG", "GIF", "TIFF", "WEBP")
"""Pillow's formats with pages or frames; in a JPEG file, further pictures are no pages."""
MAX_SECONDS = 60
"""How long that process may take by the clock, on a machine that many share."""
MAX_STRETCH = 4
"""How much longer than wide a pixel may be, or wider than long: beyond, the file errs."""
_TILE = 322, 323
_ORIENTATION, _PHOTOMETRIC, _CFA, _DNG_VERSION, _PARTS, _MAKER = 274, 262, 32803, 50706, 330, 271


@contextmanager
def opened(source: Source) -> Iterator[Image.Image]:
    """Open a file's first page with ink, or its first page if none has any.

    Raises
    ------
    UnreadableError
        If the file is no file, is too large, or cannot be read. Damage may show only later, as an
        error of Pillow while the picture is used.
    """
    absent = kinds.missing(source)
    if absent is not None:
        raise absent
    if kinds.size_of(source) > MAX_PICTURE_BYTES:
        raise too_large(source, f"{kinds.size_of(source) / 1e6:,.0f} MB")
    kind = kinds.format_of(source)
    if kind in APART:
        yield _decoded_apart(source, kind)
        return
    # libtiff tells of damage on stderr.
    quiet = silent_stderr() if kind == "TIFF" else nullcontext()
    with quiet, kinds.binary(source) as file, Image.open(file, formats=PILLOW) as picture:
        if picture.format == "TIFF" and _is_raw(picture):
            raise kinds.raw(source)
        yield _written(picture, source)


def too_large(source: Source, pixels: str) -> UnreadableError:
    """Return the refusal of a picture with too many pixels."""
    return UnreadableError(
        f"{kinds.name_of(source)} has {pixels}: give a picture of at most "
        f"{MAX_PIXELS // 10**6} megapixels, for example a cropped one."
    )


def too_slow(source: Source) -> UnreadableError:
    """Return the refusal of a picture that takes too long to open."""
    return UnreadableError(
        f"{kinds.name_of(source)} takes more than {MAX_OPENING_SECONDS} seconds to open: save it "
        "as PNG or JPEG with a program that shows it."
    )


def _written(picture: Image.Image, source: Source) -> Image.Image:
    """Return the first page or frame with ink, as a plain picture."""

    def pages() -> Iterator[Image.Image]:
        for number in count():
            try:
                picture.seek(number)
            except EOFError:
                return
            yield _plain(picture, source)

    if picture.format in PAGED:
        written = first_written(pages()) if _has_pages(picture) else None
        if written is not None:
            return written
        picture.seek(0)
    return _plain(picture, source)


def _has_pages(picture: Image.Image) -> bool:
    try:
        picture.seek(1)
    except EOFError:
        return False
    except Exception:  # a damaged page matters only if no page before it is written on
        return True
    return True


def _plain(picture: Image.Image, source: Source) -> Image.Image:
    """Return a page with 8 bits a channel and square pixels, or the page itself if it has both."""
    for width, height in (picture.size, _tile(picture)):
        if width * height > MAX_PIXELS:
            raise too_large(source, f"{width:,} x {height:,} pixels")
    across, down = _resolution(picture)
    deep = picture.mode.startswith(("I", "F"))
    if across == down and not deep:
        return picture
    if picture.getexif().get(_ORIENTATION, 1) > 4:  # lies on its side
        across, down = down, across
    ImageOps.exif_transpose(picture, in_place=True)
    plain = _eight_bit(picture) if deep else picture
    if across == down:
        return plain
    if plain.mode in ("1", "P"):  # in which greys cannot be interpolated
        plain = plain.convert("RGBA" if plain.has_transparency_data else "RGB")
    scaled = np.array([plain.width / across, plain.height / down]) * max(across, down)
    size = np.rint(scaled * min(1.0, MAX_SIDE / scaled.max())).astype(int)
    return plain.resize((max(1, int(size[0])), max(1, int(size[1]))))


def _tile(picture: Any) -> tuple[int, int]:
    """Return the size of a TIFF page's tiles, each of which is unpacked whole; else (1, 1)."""
    tags = getattr(picture, "tag_v2", {})
    width, height = (np.max(tags.get(tag, 1)) for tag in _TILE)
    return int(width), int(height)


def _resolution(picture: Image.Image) -> tuple[float, float]:
    """Return the pixels per length across and down, as far as the file says so; else (1, 1)."""
    found = picture.info.get("dpi") or picture.info.get("resolution") or (1, 1)
    across, down = (float(density) for density in found)
    if not (across > 0 and down > 0 and 1.05 < max(across / down, down / across) < MAX_STRETCH):
        return 1, 1
    return across, down


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Return deep greys scaled to 0..255 by the brightest one: faint grain stays faint."""
    factor = max(1, max(picture.size) // MAX_SIDE)
    values = np.array(shrink(picture, factor, "F"))
    np.nan_to_num(values, copy=False, posinf=0, neginf=0)
    values -= min(float(values.min()), 0.0)
    values *= 255 / max(float(values.max()), 1e-30)
    return Image.fromarray(values.astype(np.uint8))


def _is_raw(picture: Any) -> bool:
    """Return whether a TIFF file is a camera's raw file, of which Pillow sees a thumbnail."""
    tags = picture.tag_v2
    thumbnail = tags.get(254, 0) & 1 and _PARTS in tags and _MAKER in tags
    return bool(_DNG_VERSION in tags or tags.get(_PHOTOMETRIC) == _CFA or thumbnail)


def _decoded_apart(source: Source, kind: str) -> Image.Image:
    """Return a picture that :mod:`hwr.images.render` decodes."""
    content = source if isinstance(source, bytes) else b""
    name = "-" if isinstance(source, bytes) else str(Path(source).resolve())
    try:
        done = run_apart("hwr.images.render", kind, name, content=content, seconds=MAX_SECONDS)
    except subprocess.TimeoutExpired:
        raise too_slow(source) from None
    if done.returncode == OUT_OF_TIME:
        raise too_slow(source)
    line, _, pixels = done.stdout.partition(b"\n")
    about = json.loads(line) if done.returncode == 0 else {}
    if "size" in about:
        return Image.frombytes(about["mode"], tuple(about["size"]), pixels)
    if about.get("password"):
        raise UnreadableError(
            f"{kinds.name_of(source)} is protected by a password: save it without one, or as PNG."
        )
    raise too_large(source, about["too_large"]) if "too_large" in about else kinds.refusal(source)
