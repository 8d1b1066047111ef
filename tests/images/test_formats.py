"""Files of every format: read as the same picture, or named for what they are."""

import io
import struct
import subprocess
import sys
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.fuzz.examination import examine
from benchmarks.fuzz.kinds import KINDS
from hwr._support.apart import OUT_OF_TIME
from hwr._support.bounds import MAX_PICTURE_BYTES
from hwr.images import formats, kinds, pages
from hwr.images import io as io_of_pictures
from hwr.images.io import MAX_SIDE, open_photo, open_picture
from hwr.ink import convert

PAPER, INK = 235, 20
DOORS = open_photo, open_picture


def written(mark="R", size=(220, 160)):
    """Return a large letter on paper, of strokes that no reduction loses."""
    picture = Image.new("L", size, PAPER)
    if mark:
        ImageDraw.Draw(picture).text((60, 5), mark, fill=INK, font_size=120, stroke_width=2)
    return picture


def content(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def heic(*pictures, **options):
    import pillow_heif

    file = io.BytesIO()
    container = pillow_heif.HeifFile()
    for picture in pictures:
        container.add_from_pillow(picture)
    container.save(file, quality=95, **options)
    return file.getvalue()


def paged(kind, mode="L", **options):
    """Return a file of three pages, of which only the second is written on."""
    blank, second, third = (written(mark).convert(mode) for mark in ("", "R", "X"))
    return content(blank, kind, save_all=True, append_images=[second, third], **options)


def upright(picture):
    """Return a picture as a camera stores it that was turned, with the turn in EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return picture.rotate(90, expand=True), exif


def turned(kind, **options):
    picture, exif = upright(written())
    return content(picture, kind, exif=exif, **options)


def deep(dtype, factor):
    return Image.fromarray((np.asarray(written()) * dtype(factor)).astype(dtype))


def fax(kind="TIFF", density=(204, 98), **options):
    """Return a page as a fax machine scans it: half as many rows as columns for a length."""
    flat = written().resize((220, round(160 * density[1] / density[0])), Image.Resampling.BOX)
    return content(flat, kind, dpi=density, **options)


def fax_of_two_colours():
    flat = written().resize((220, 77), Image.Resampling.BOX)
    return content(
        flat.point(lambda value: 255 * (value > 128), "1"),
        "TIFF", compression="group4", resolution_unit=1, x_resolution=204, y_resolution=98,
    )  # fmt: skip


def lying_fax():
    picture, exif = upright(written())
    flat = picture.resize((160, 106), Image.Resampling.BOX)
    return content(flat, "TIFF", dpi=(204, 98), exif=exif)


def transparent(grey):
    plain = Image.new("L", written().size, grey)
    alpha = written().point(lambda value: 255 if value < 128 else 0)
    return Image.merge("RGBA", [plain, plain, plain, alpha])


READ = {
    "HEIC": lambda: heic(written()),
    "HEIC in colour": lambda: heic(written().convert("RGB")),
    "HEIC, transparent": lambda: heic(transparent(0)),
    "HEIC of pictures": lambda: heic(written(""), written(), primary_index=0),
    "AVIF": lambda: content(written().convert("RGB"), "AVIF", quality=95),
    "AVIF, turned": lambda: turned("AVIF", quality=95),
    "AVIF of frames": lambda: paged("AVIF", quality=95),
    "WebP, turned": lambda: turned("WEBP", lossless=True),
    "WebP of frames": lambda: paged("WEBP", "RGB", lossless=True),
    "APNG": lambda: paged("PNG"),
    "GIF of frames": lambda: paged("GIF"),
    "TIFF of pages": lambda: paged("TIFF"),
    "16-bit TIFF of pages": lambda: content(
        deep(np.uint16, 0).point(lambda _: 60_000), "TIFF", save_all=True,
        append_images=[deep(np.uint16, 256)],
    ),
    "PDF": lambda: content(written().convert("RGB"), "PDF", resolution=300, quality=95),
    "PDF of pages": lambda: paged("PDF", "RGB", resolution=300, quality=95),
    "fax": fax,
    "fax of two colours": fax_of_two_colours,
    "fax as PNG": lambda: fax("PNG"),
    "fax, lying": lying_fax,
    "16-bit PNG": lambda: content(deep(np.uint16, 256), "PNG"),
    "12-bit PNG": lambda: content(deep(np.uint16, 16), "PNG"),
    "16-bit TIFF": lambda: content(deep(np.uint16, 256), "TIFF"),
    "32-bit TIFF": lambda: content(deep(np.int32, 1), "TIFF"),
    "float TIFF": lambda: content(deep(np.float32, 1 / 255), "TIFF"),
    "CMYK JPEG": lambda: content(written().convert("CMYK"), "JPEG", quality=95),
    "CMYK TIFF": lambda: content(written().convert("CMYK"), "TIFF"),
    "palette": lambda: content(written().convert("P"), "PNG"),
    "palette with transparency": lambda: content(transparent(0).quantize(16), "PNG"),
    "white on transparent": lambda: content(transparent(255), "PNG"),
    "two colours": lambda: content(written().point(lambda v: 255 * (v > 128), "1"), "PNG"),
    "PGM": lambda: content(written(), "PPM"),
    "BMP": lambda: content(written(), "BMP"),
}  # fmt: skip


@pytest.fixture(scope="module")
def expected():
    plain = content(written(), "PNG")
    return [convert(to_ink(read, plain)).astype(int) for read in DOORS]


def to_ink(read, data):
    picture = read(data)
    return 255 - np.minimum(picture, PAPER) if read is open_photo else picture


@pytest.mark.parametrize("kind", READ)
def test_the_same_letter_comes_out_of_every_format(expected, kind):
    data = READ[kind]()
    for read, image in zip(DOORS, expected, strict=True):
        found = convert(to_ink(read, data))
        assert found.max() == 255
        assert np.abs(found - image).mean() < 6


def test_a_camera_s_turn_and_two_resolutions_are_both_undone():
    assert open_photo(READ["fax, lying"]()).shape == pytest.approx((160, 220), abs=3)


def test_without_ink_on_any_page_the_first_is_read():
    shapes = [(90, 40), (60, 60), (40, 90)]
    blank, *others = (Image.new("L", shape, PAPER) for shape in shapes)
    for kind in ("TIFF", "PDF"):
        data = content(blank, kind, save_all=True, append_images=others)
        height, width = open_photo(data).shape
        assert height / width == pytest.approx(40 / 90, rel=0.05)


@pytest.mark.parametrize("mark", ["", "R"])
def test_ink_is_told_from_grain_shadow_and_specks(mark):
    rng = np.random.default_rng(1)
    sheet = np.asarray(written(mark, (600, 800)), np.float32)
    shadow = np.linspace(1, 0.5, 600)[None]
    page = np.clip(sheet * shadow + rng.normal(0, 3, sheet.shape), 0, 255).astype(np.uint8)
    page[rng.integers(50, 700, 3), rng.integers(50, 500, 3)] = 0
    assert pages.has_ink(Image.fromarray(page)) == bool(mark)


def test_a_damaged_later_page_does_not_spoil_the_first():
    data = bytearray(content(written(), "TIFF", save_all=True, append_images=[written("X")]))
    second = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[second : second + 2], "little")
    following = second + 2 + 12 * count
    data[following : following + 4] = (len(data) + 99).to_bytes(4, "little")
    assert open_photo(bytes(data)).shape == (160, 220)


def test_a_large_pdf_page_is_rendered_at_a_fitting_size():
    poster = content(Image.new("RGB", (500, 400), "white"), "PDF", resolution=2)
    assert max(open_photo(poster).shape) in (MAX_SIDE, MAX_SIDE + 1)


def test_nothing_is_loaded_that_a_png_does_not_need(tmp_path):
    written().save(tmp_path / "a.png")
    code = (
        "import sys; from hwr.images.io import open_photo; open_photo(sys.argv[1]); "
        "print({'pillow_heif', 'pypdfium2'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.png")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "set()\n"


# --- what is not read ----------------------------------------------------------------------------


def archive(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, b"content")
    return file.getvalue()


def raw(make="NIKON"):
    """Return the beginning of a camera's raw file: a thumbnail, and the picture in a part."""
    file = io.BytesIO()
    Image.new("RGB", (16, 12)).save(file, "TIFF", tiffinfo={254: 1, 271: make, 330: (8,)})
    return file.getvalue()


NOT_READ = {
    "an SVG drawing": b'<?xml version="1.0"?>\n<!-- by hand --><svg width="9"></svg>',
    "a web page": b"<!DOCTYPE html><html><body><svg></svg></body></html>",
    "a text": "Dear diary, schöne Grüße\n".encode(),
    "a notebook": b'{"cells": [], "metadata": {}, "nbformat": 4}',
    "a file of drawings": b'{"label": "g", "writer": "me", "strokes": [[[1, 2]]]}\n',
    "a DjVu document": b"AT&TFORM\0\0\1\0DJVUINFO" + bytes(50),
    "an EPS or PostScript drawing": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "an Office document": archive("[Content_Types].xml", "word/document.xml"),
    "a zip archive": archive("one.png", "two.png"),
    "a file of NumPy arrays": archive("images.npy"),
    "a Photoshop file": b"8BPS\0\1" + bytes(50),
    "a video": b"\0\0\0\x20ftypisom" + bytes(50),
    "a camera's raw file": raw(),
    "a JPEG XL picture": b"\xff\x0a" + bytes(range(1, 50)),
    "empty but for zeros": bytes(5000),
    "empty": b"",
}


@pytest.mark.parametrize("what", NOT_READ)
@pytest.mark.parametrize("name", ["a.png", "a.pdf"])
def test_what_is_not_read_is_named_by_its_content(tmp_path, what, name):
    (tmp_path / name).write_bytes(NOT_READ[what])
    for read in DOORS:
        for source, subject in ((tmp_path / name, name), (NOT_READ[what], "The file")):
            with pytest.raises(ValueError, match=f"^{subject} is {what}\\b.*: [^:]+\\.$"):
                read(source)


def refused(source, match):
    for read in DOORS:
        with pytest.raises(ValueError, match=match) as caught:
            read(source)
        assert "\n" not in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path):
    refused(tmp_path, "is a folder: give")
    refused(tmp_path / "none.png", r"There is no file none\.png: check")
    refused("\0", "There is no file")
    refused(tmp_path / ("long" * 200), "There is no file")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file")
def test_a_device_is_refused():
    refused("/dev/zero", "zero is a device, not a file")


@pytest.mark.parametrize(
    "kind", ["HEIC", "AVIF", "WebP of frames", "APNG", "fax", "GIF of frames", "16-bit TIFF"]
)
def test_the_beginning_of_a_file_is_named_as_damaged(kind):
    whole = READ[kind]()
    found = kinds.format_of(whole)
    refused(whole[: len(whole) // 3], f"damaged or incomplete {found} file, which cannot be read")


LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>"
    b"endobj\n3 0 obj<</Filter/Standard/V 1/R 2/P -4/O(" + b"o" * 32 + b")/U(" + b"u" * 32 + b")>>"
    b"endobj\ntrailer<</Root 1 0 R/Size 4/Encrypt 3 0 R/ID[(a)(a)]>>"
)


def test_a_damaged_and_a_locked_pdf_are_refused():
    refused(b"%PDF-1.7\n" + bytes(range(256)) * 9, "damaged or incomplete PDF file")
    refused(LOCKED, "is protected by a password: save it without one")


def with_size(data, width, height):
    """Return a HEIC or AVIF file whose header gives another size."""
    at = data.find(b"ispe") + 8
    return data[:at] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + data[at + 8 :]


def test_huge_sizes_in_headers_are_refused():
    for kind in ("HEIC", "AVIF"):
        refused(with_size(READ[kind](), 20_000, 10_000), "at most 50 megapixels|damaged")
    refused(content(Image.new("1", (9000, 9000)), "TIFF", compression="group4"), "at most 50 mega")


SLOW = r"The file takes more than 8 seconds to open: save it as PNG or JPEG with [^.]*\."


def test_a_small_page_of_huge_tiles_is_refused():
    data = content(written(), "TIFF")
    at = data.index(struct.pack("<HHI", 278, 4, 1))  # the rows of a strip; 323 are those of a tile
    data = data[:at] + struct.pack("<HHII", 323, 4, 1, 60_000_000) + data[at + 12 :]
    refused(data, "has 1 x 60,000,000 pixels: give a picture of at most 50 megapixels")


def test_a_process_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(formats, "MAX_SECONDS", 0.01)
    refused(READ["PDF"](), SLOW)


def test_a_process_that_works_too_long_is_ended(monkeypatch):
    ended = subprocess.CompletedProcess([], OUT_OF_TIME, b"", b"")
    monkeypatch.setattr(formats, "run_apart", lambda *_, **__: ended)
    refused(READ["PDF"](), SLOW)


@pytest.mark.skipif(sys.platform != "linux", reason="the system has no limit, or another number")
def test_the_system_ends_a_process_that_works_too_long():
    code = "from hwr._support.apart import limit_time\nlimit_time(1)\nwhile True: pass"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == OUT_OF_TIME


EMPTY = bytes(4) + b"odDs" + zlib.crc32(b"odDs").to_bytes(4, "big")


def parts(count):
    """Return files of many empty parts, which are read one by one before any pixel."""
    letter = content(written(), "PNG")
    gif = content(written(), "GIF")
    at = gif.index(b",", 13 + 3 * 256)
    return {
        "PNG": letter[:33] + EMPTY * count + letter[33:],
        "JPEG": b"\xff\xd8" + b"\xff\xfe\0\2" * count + content(written(), "JPEG")[2:],
        "GIF": gif[:at] + b"!\xfe\0" * count + gif[at:],
        "PPM": b"P2\n220 160 255\n" + b"200 " * 220 * 160 + b"\n" * count,
    }


@pytest.mark.parametrize("kind", parts(0))
def test_what_has_millions_of_parts_is_not_read_to_its_end(monkeypatch, kind):
    assert open_picture(parts(1)[kind]).size
    monkeypatch.setattr(io_of_pictures, "MAX_OPENING_SECONDS", 0)
    refused(parts(1000)[kind], SLOW)


def test_a_file_too_large_for_any_picture_is_not_read(tmp_path):
    file = tmp_path / "film.webp"
    with file.open("wb") as sparse:
        sparse.write(b"RIFF\xff\xff\xff\xffWEBPVP8L")
        sparse.truncate(MAX_PICTURE_BYTES + 5_000_000)
    for door in DOORS:
        with pytest.raises(ValueError, match=r"^film\.webp has 205 MB: give .* 50 mega.*\.$"):
            door(file)


def test_thousands_of_frames_are_not_all_looked_at():
    blank = Image.new("1", (4, 4), 1)
    frames = [Image.new("1", (4, 4), 1) for _ in range(300)]
    data = content(blank, "TIFF", save_all=True, append_images=frames)
    seen = []

    def look():
        for number in range(300):
            seen.append(number)
            yield blank

    assert pages.first_written(look()) is None
    assert len(seen) == pages.MAX_PAGES
    assert open_photo(data).shape == (4, 4)


@pytest.mark.parametrize("number", range(60))
def test_a_damaged_file_is_a_picture_or_a_sentence(capfd, number):
    assert not examine("files", KINDS["files"].doors(), 1, number).problem
    assert not capfd.readouterr().err
