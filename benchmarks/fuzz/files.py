"""Small valid files of every format, made on the spot, and damaged versions of them."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

Damage = Callable[[bytes, np.random.Generator], bytes]

SIDE = 64
EXTREMES = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 20_000, 60_000, 100_000)
"""Values that a damaged header may give as a size or a count."""


def written(mode: str = "L", mark: str = "2") -> Image.Image:
    """Return a picture of a character; of blank paper for an empty one."""
    picture = Image.new("L", (SIDE, SIDE - 8), 235)
    ImageDraw.Draw(picture).text((20, 8), mark, fill=20, font_size=32)
    return picture.convert(mode)


def content(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture as a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


@cache
def samples() -> dict[str, bytes]:
    """Return a small valid file of every format, by its name."""
    import pillow_heif

    pillow_heif.register_heif_opener()  # to save HEIC; hwr itself opens it without
    values = np.asarray(written())
    clear = written("RGBA")
    clear.putalpha(Image.fromarray(255 - values))
    made = {f"{kind} in {mode}": content(written(mode), kind) for kind, mode in _PLAIN}
    for kind in ("PNG", "GIF", "TIFF", "WEBP", "AVIF", "HEIF", "PDF"):
        pages = [written("RGB", mark) for mark in ("", "5", "")]
        made[f"{kind} of pages"] = content(
            pages[0], kind, save_all=True, append_images=pages[1:], duration=100
        )
    for compression in ("raw", "tiff_lzw", "tiff_deflate", "jpeg", "packbits"):
        made[f"TIFF {compression}"] = content(written("RGB"), "TIFF", compression=compression)
    fax = {"compression": "group4", "dpi": (204, 98)}
    return made | {
        "fax": content(written("1"), "TIFF", **fax),
        "deep PNG": content(Image.fromarray(values.astype(np.uint16) * 200), "PNG"),
        "float TIFF": content(Image.fromarray(values / np.float32(255)), "TIFF"),
        "transparent PNG": content(clear, "PNG"),
        "transparent WebP": content(clear, "WEBP", lossless=True),
        "transparent HEIC": content(clear, "HEIF"),
        "progressive JPEG": content(written("RGB"), "JPEG", progressive=True),
        "vector PDF": PDF,
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9"/></svg>',
        "Word": _archive("word/document.xml"),
        "zip": _archive("picture.png"),
        "text": b"Dear diary,\n" * 20,
    }


_PLAIN = [
    *(("PNG", mode) for mode in ("1", "L", "P", "RGB")),
    *(("JPEG", mode) for mode in ("L", "RGB", "CMYK")),
    *((kind, "RGB") for kind in ("WEBP", "BMP", "PPM", "AVIF", "HEIF", "PDF")),
    *((kind, "L") for kind in ("GIF", "TIFF", "HEIF", "BMP")),
]
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 120 90]/Contents 4 0 R>>endobj
4 0 obj<</Length 58>>stream
q 6 w 30 20 m 60 70 l 90 20 l S 40 40 m 80 40 l S Q
endstream endobj
trailer<</Root 1 0 R/Size 5>>
%%EOF
"""


def _archive(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, b"content")
    return file.getvalue()


# --- damage --------------------------------------------------------------------------------------


def flip(data: bytes, rng: np.random.Generator) -> bytes:
    """Flip some bits."""
    spoiled = bytearray(data)
    for at in rng.integers(0, len(data), rng.integers(1, 30)):
        spoiled[at] ^= 1 << int(rng.integers(8))
    return bytes(spoiled)


def truncate(data: bytes, rng: np.random.Generator) -> bytes:
    """Drop the end."""
    return data[: rng.integers(1, len(data))]


def cut_out(data: bytes, rng: np.random.Generator) -> bytes:
    """Drop, or repeat, a part in the middle."""
    begin, end = sorted(rng.integers(0, len(data), 2))
    return data[:begin] + data[begin:end] * int(rng.choice([0, 2, 50])) + data[end:]


def splice(data: bytes, rng: np.random.Generator) -> bytes:
    """Continue as another file."""
    other = _another(rng)
    return data[: rng.integers(1, len(data))] + other[rng.integers(0, len(other)) :]


def behead(data: bytes, rng: np.random.Generator) -> bytes:
    """Begin as another file."""
    count = int(rng.choice([4, 8, 12, 16, 32]))
    return _another(rng)[:count] + data[count:]


def resize(data: bytes, rng: np.random.Generator) -> bytes:
    """Alter sizes and counts in the header, as a decoder would believe them."""
    value = int(rng.choice(EXTREMES))
    if data.startswith(b"%PDF"):
        numbers = list(re.finditer(rb"\b\d+\b", data))
        chosen = numbers[int(rng.integers(len(numbers)))]
        return data[: chosen.start()] + str(value).encode() + data[chosen.end() :]
    spoiled = bytearray(data)
    found = [at + 8 for at in (data.find(b"ispe"), data.find(b"IHDR") - 4) if at > 0]
    at = found[0] if found and rng.random() < 0.7 else int(rng.integers(0, min(len(data), 200)))
    at += 4 * int(rng.integers(2)) if found else 0
    order = "big" if found or data.startswith(b"MM") else "little"
    width = 4 if found or rng.random() < 0.5 else 2
    spoiled[at : at + width] = (value % 256**width).to_bytes(width, order)
    if data.startswith(b"\x89PNG"):  # a wrong sum would be noticed first
        spoiled[29:33] = zlib.crc32(spoiled[12:29]).to_bytes(4, "big")
    return bytes(spoiled)


def randomise(data: bytes, rng: np.random.Generator) -> bytes:
    """Keep only the first bytes, which tell the format."""
    return data[: rng.integers(4, 40)] + rng.bytes(int(rng.integers(0, 3000)))


DAMAGES: tuple[Damage, ...] = (flip, truncate, cut_out, splice, behead, resize, randomise)


def case(seed: int, number: int) -> tuple[str, bytes]:
    """Return a damaged file and what it was made from: the same ones for the same numbers."""
    rng = np.random.default_rng([seed, number])
    names = sorted(samples())
    name = names[number % len(names)]
    damage = DAMAGES[int(rng.integers(len(DAMAGES)))]
    return f"{name}, {damage.__name__}", damage(samples()[name], rng)


def _another(rng: np.random.Generator) -> bytes:
    return samples()[str(rng.choice(sorted(samples())))]
