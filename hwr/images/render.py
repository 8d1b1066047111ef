"""Decodes HEIC, AVIF and PDF files, in a process of its own.

``python -m hwr.images.render FORMAT FILE``: the libraries behind these formats are large, a PDF
file is a program, and the parts of the other two may be larger than the file says. A file that is
damaged on purpose may crash the libraries, take all memory, or keep them busy for hours; here, that
ends a process that nothing else depends on. Of a file with several pages, the first with ink is
decoded. Its pixels are written to stdout, below a line of JSON with mode and size, or with the
reason why there are none.
"""

import json
import math
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from PIL import AvifImagePlugin, Image, ImageOps

from hwr._support.apart import limit_memory, limit_time
from hwr._support.bounds import MAX_OPENING_SECONDS, MAX_PIXELS
from hwr.images.pages import MAX_SIDE, assemble, first_written, shrink

MEMORY_LIMIT = 900_000_000
"""Bytes of address space that decoding may take, where the system can limit it (not on Windows)."""
DOTS_PER_POINT = 300 / 72
"""Pixels per typographic point at which a small page is rendered."""
_ORIENTATION = 274  # of EXIF


class TooLargeError(Exception):
    """The picture has too many pixels; the text says how many."""


def pdf(file: Path | IO[bytes]) -> Image.Image:
    """Return the first page with ink, at most ``MAX_SIDE`` pixels on a side."""
    import pypdfium2

    document = pypdfium2.PdfDocument(file)

    def page(number: int) -> Image.Image:
        longer = max(document[number].get_size())
        if not 0 < longer < math.inf:
            raise ValueError("a page without a size")
        rendered = document[number].render(min(DOTS_PER_POINT, MAX_SIDE / longer))
        picture: Image.Image = rendered.to_pil().convert("RGB")
        return picture

    return first_written(map(page, range(len(document)))) or page(0)


def heic(file: Path | IO[bytes]) -> Image.Image:
    """Return the main picture, or the first with ink, shrunk to at least ``MAX_SIDE``."""
    import pillow_heif

    pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.options.AUX_IMAGES = False
    pillow_heif.options.DECODE_THREADS = 1  # each thread has memory of its own
    opened = pillow_heif.open_heif(file)
    main = opened.primary_index
    order = [main, *(number for number in range(len(opened)) if number != main)]

    def frame(number: int) -> Image.Image:
        width, height = opened[number].size
        if width * height > MAX_PIXELS:
            raise TooLargeError(f"{width:,} x {height:,} pixels")
        return _shrunk(opened[number])

    frames: Iterator[Image.Image] = map(frame, order)
    return (first_written(frames) if len(order) > 1 else None) or frame(main)


def _shrunk(image: Any) -> Image.Image:
    """Return a decoded picture shrunk, without a copy of its pixels."""
    pixels: Any = memoryview(image.data)
    stride, mode = image.stride, image.mode
    width, height = image.size  # decoding may have corrected it

    def strip(top: int, bottom: int) -> Image.Image:
        rows = pixels[top * stride : bottom * stride]
        return Image.frombuffer(mode, (width, bottom - top), rows, "raw", mode, stride, 1)

    return assemble(strip, (width, height), max(1, max(width, height) // MAX_SIDE), mode)


def avif(file: Path | IO[bytes]) -> Image.Image:
    """Return the first picture with ink, upright and shrunk to at least ``MAX_SIDE``."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    with Image.open(file, formats=("AVIF",)) as opened:

        def frame(number: int) -> Image.Image:
            opened.seek(number)
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise TooLargeError(f"{width:,} x {height:,} pixels")
            shrunk = shrink(opened, max(1, max(width, height) // MAX_SIDE), opened.mode)
            shrunk.getexif()[_ORIENTATION] = opened.getexif().get(_ORIENTATION, 1)
            return ImageOps.exif_transpose(shrunk)

        count = getattr(opened, "n_frames", 1)
        return (first_written(map(frame, range(count))) if count > 1 else None) or frame(0)


DECODERS: dict[str, Callable[[Path | IO[bytes]], Image.Image]] = {
    "HEIC": heic,
    "AVIF": avif,
    "PDF": pdf,
}


def main() -> None:
    """Decode the file that the command line names; ``-`` is stdin."""
    kind, name = sys.argv[1:]
    limit_memory(MEMORY_LIMIT)
    limit_time(MAX_OPENING_SECONDS)
    about: dict[str, object]
    pixels = b""
    try:
        picture = DECODERS[kind](BytesIO(sys.stdin.buffer.read()) if name == "-" else Path(name))
        about, pixels = {"mode": picture.mode, "size": picture.size}, picture.tobytes()
    except TooLargeError as error:
        about = {"too_large": str(error)}
    except Image.DecompressionBombError:
        about = {"too_large": "too many pixels"}
    except Exception as error:  # whatever a damaged file leads to
        about = {"password": "password" in str(error).lower()}
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n" + pixels)


if __name__ == "__main__":
    main()
