"""The door for pictures of one character in the web page's JavaScript, against Python's.

Both get the same greys here, and Node runs the modules. How a browser decodes files is compared in
`tests/web/test_page.py`.
"""

import base64
import io as files
import struct

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from benchmarks.pictures.javascript import draw, in_node, in_python
from benchmarks.pictures.kinds import KINDS
from hwr._support import bounds
from hwr.images import character, counting, depth, io, lines, marks, pages
from hwr.images.depth import fill_basins
from hwr.images.marks import Marks
from hwr.web.node import run_js


def drawn(*paths, dots=(), size=(200, 220), paper=235, pen=40, width=12):
    """Lines and dots on paper."""
    picture = Image.new("L", size, paper)
    pen_on = ImageDraw.Draw(picture)
    for path in paths:
        pen_on.line(path, fill=pen, width=width)
    for x, y in dots:
        pen_on.ellipse((x - 7, y - 7, x + 7, y + 7), fill=pen)
    return np.array(picture)


SEVEN = [(40, 40), (150, 40), (90, 190)]
BOX = [(20, 20), (180, 20), (180, 200), (20, 200), (20, 20)]
U = [(60, 90), (60, 170), (130, 170), (130, 90)]


def crowded():
    """Specks around a ring, and stripes: many marks, and many runs of dark pixels."""
    y, x = np.mgrid[:200, :200]
    ring = np.abs(np.hypot(x - 100, y - 100) - 20)
    specks = (x % 7 < 3) & (y % 7 < 3) & (np.hypot(x - 100, y - 100) > 24)
    inked = ((ring < 2) | specks, y % 4 < 2, x % 4 < 2)
    return [np.where(ink, 20, 235).astype(np.uint8) for ink in inked]


def odd():
    """Greys that show no character, one of several parts, one that is cut off, or several."""
    rng = np.random.default_rng(6)
    ramp = np.linspace(0, 255, 90 * 120).reshape(90, 120).astype(np.uint8)
    desk = np.full((260, 300), 60, np.uint8)
    desk[20:240, 50:250] = drawn(SEVEN)
    return [
        *(np.full(shape, 77, np.uint8) for shape in ((1, 1), (1, 50), (40, 1), (3, 3))),
        *(np.full((60, 80), grey, np.uint8) for grey in (0, 255)),
        rng.integers(0, 256, (70, 50), dtype=np.uint8),
        rng.integers(200, 220, (60, 80), dtype=np.uint8),
        ramp,
        desk,
        drawn(SEVEN)[:180],
        drawn(SEVEN, paper=40, pen=235)[:, 50:],
        drawn(BOX),
        drawn(BOX, SEVEN),
        np.minimum(drawn(SEVEN), drawn(BOX, pen=110, width=3)),
        drawn([(100, 40), (100, 190)]),
        drawn(U, dots=[(80, 60), (115, 60)]),
        drawn(U, dots=[(80, 60), (30, 30), (95, 150)]),
        drawn([(30, 110), (170, 110)], dots=[(100, 60), (100, 160)]),
        drawn([(0, 100), (200, 104)], SEVEN),
        drawn([(0, 180), (200, 170)], [(0, 60), (200, 50)], U),
        drawn([(30, 40), (30, 160)], [(60, 40), (60, 160)], [(100, 40), (100, 160)]),
        drawn([(x, 110 + 14 * np.sin(x / 6)) for x in range(20, 180)]),
        *crowded(),
    ]


def test_the_same_greys_give_the_same_image_and_count(record_property):
    greys = [draw(kind, number, 3, longest=500) for kind in KINDS for number in range(2)] + odd()
    found = in_node(greys)
    expected = [in_python(grey) for grey in greys]
    assert [one.count for one in found] == [one.count for one in expected]
    assert {one.count for one in expected} >= {0, 1, 3}
    images = [np.stack([one.image for one in side]).astype(int) for side in (found, expected)]
    worst = int(np.abs(images[0] - images[1]).max())
    record_property("page, pictures as greys, most grey levels from Python", worst)
    assert worst <= 1


def test_what_is_crowded_takes_few_steps_for_each_pixel():
    """A step is a call of one of two functions in the innermost loops; 71 each were too many."""
    code = """
    const { findCharacter } = await import("hwr/character_picture.js");
    const { abs, max } = Math;
    let steps = 0;
    Math.abs = (number) => (steps++, abs(number));
    Math.max = (...numbers) => (steps++, max(...numbers));
    return greys.map(([height, width, pixels]) => {
      steps = 0;
      findCharacter({ height, width, pixels: Uint8ClampedArray.from(pixels) });
      return steps / pixels.length;
    });
    """
    assert max(run_js(code, greys=[(*grey.shape, grey.ravel()) for grey in crowded()])) < 35


def test_a_picture_that_takes_too_long_is_refused_in_a_sentence():
    """Of a clock that runs fast, with a canvas that holds a picture."""
    code = """
    const data = Uint8ClampedArray.from(grey.flatMap((value) => [value, value, value, 255]));
    const context = { clearRect() {}, drawImage() {}, getImageData: () => ({ data }) };
    globalThis.document = { createElement: () => ({ getContext: () => context }) };
    const { characterIn } = await import("hwr/picture.js");
    const read = () => {
      try {
        return characterIn(null, 0, 0, 200, 220).count;
      } catch (error) {
        return [error.constructor.name, error.message];
      }
    };
    const slow = () => {
      let seconds = 0;
      performance.now = () => 1000 * seconds++;
      return read();
    };
    const { now } = performance;
    const found = [read(), slow()];
    performance.now = now.bind(performance);
    return [...found, read()];
    """
    many = drawn(*([(x, 30), (x, 190)] for x in range(20, 190, 20)), width=5)
    counted, refused, again = run_js(code, grey=many.ravel())
    assert counted == again > 1
    assert refused == [
        "UserError",
        "There is too much in this picture to find a character within 8 seconds: give one of a "
        "single character on plain paper.",
    ]


def test_thousands_of_marks_are_counted_in_few_steps_each():
    """Some of any size, and a row of them; a step is as above, and comparing all with all is more.

    In Python there are too many for that: it would take minutes.
    """
    rng = np.random.default_rng(7)
    corners = rng.integers(0, [3000, 200], (40, 2))
    row = np.arange(0, 400_000, 20)[:, None] * [1, 0, 1, 0] + [0, 0, 9, 9]
    cases = [np.c_[corners, corners + rng.integers(1, 40, corners.shape)], row]
    code = """
    const { countCharacters } = await import("hwr/counting.js");
    const { max } = Math;
    let steps = 0;
    Math.max = (...numbers) => (steps++, max(...numbers));
    return [...cases.map((boxes) => countCharacters({ boxes, pen: 2 })), steps / cases[1].length];
    """
    some, many, steps = run_js(code, cases=cases)
    python = [Marks(np.ones((1, 1), bool), np.array(case, float), 1, 2.0) for case in cases]
    assert [some, many] == [counting.count_characters(case) for case in python]
    assert many == len(row)
    assert steps < 10


# --- sizes from the files ------------------------------------------------------------------------


def saved(kind, mode="RGB", **options):
    file = files.BytesIO()
    Image.new(mode, (301, 205)).save(file, kind, **options)
    return file.getvalue()


def box(name, content):
    """A part of an AVIF or HEIC file."""
    return struct.pack(">I4s", 8 + len(content), name) + content


def avif(*sizes, before=b""):
    """The head of an AVIF file that holds pictures of some sizes."""
    parts = b"".join(box(b"ispe", struct.pack(">III", 0, *size)) for size in sizes)
    return box(b"ftyp", b"avif\0\0\0\0") + before + box(b"meta", bytes(4) + box(b"iprp", parts))


def tiff(order, kind, width, height):
    """The head of a TIFF file; numbers of kind 3 have 2 bytes, of 4 they have 4."""
    field = struct.Struct(order + ("HHIHxx" if kind == 3 else "HHII"))
    fields = [
        field.pack(tag, kind, 1, side) for tag, side in ((254, 9), (256, width), (257, height))
    ]
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "IH", 8, len(fields)) + b"".join(fields)


WEBP = b"RIFF\x40\0\0\0WEBP"
SIZES = {
    "png": (saved("PNG"), (301, 205)),
    "jpeg": (saved("JPEG"), (301, 205)),
    "progressive": (saved("JPEG", progressive=True, comment=b"\xff\xc0" * 99), (301, 205)),
    "filled": (saved("JPEG").replace(b"\xff\xc0", b"..\xff\xff\xff\xc0", 1), (301, 205)),
    "gif": (saved("GIF", "P", comment=b"an extension"), (301, 205)),
    "bmp": (saved("BMP"), (301, 205)),
    "webp": (saved("WebP"), (301, 205)),
    "lossless": (saved("WebP", lossless=True), (301, 205)),
    "extended": (saved("WebP", exif=b"Exif\0\0"), (301, 205)),
    "avif": (avif((301, 205), (16, 16)), (301, 205)),
    "tiff": (saved("TIFF"), (301, 205)),
    "motorola tiff": (tiff(">", 3, 301, 205), (301, 205)),
    "large png": (b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 2**31, 9), (2**31, 9)),
    "large gif": (b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0), (65535, 65535)),
    "large frame": (
        b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x81, 0, 0) + bytes(12)
        + b"!\xfe\x02hi\x01!\0" + b"," + struct.pack("<HHHHB", 5, 6, 60000, 50000, 0),
        (60005, 50006),
    ),
    "old bmp": (b"BM" + bytes(12) + struct.pack("<IHH", 12, 40000, 30000), (40000, 30000)),
    "from the top": (b"BM" + bytes(12) + struct.pack("<Iii", 40, 70000, -80000), (70000, 80000)),
    "large webp": (WEBP + b"VP8 \x40\0\0\0\0\0\0\x9d\x01\x2a\xff\x7f\xff\xbf", (16383, 16383)),
    "large lossless": (WEBP + b"VP8L\x40\0\0\0\x2f\xff\xff\xff\xff", (16384, 16384)),
    "large extended": (WEBP + b"VP8X\x0a\0\0\0" + bytes(4) + b"\xff" * 6, (2**24, 2**24)),
    "large tiff": (tiff("<", 4, 70000, 80000), (70000, 80000)),
    "large avif": (avif((9, 9), (65536, 65536), before=box(b"free", b"ispe" * 9)), (65536, 65536)),
    "text": (b"Dear diary", (0, 0)),
    "nothing": (b"", (0, 0)),
    "cut": (b"\xff\xd8\xff\xe0\0", (0, 0)),
    "cut tiff": (b"II*\0\x08\0\0\0\xff\xff", (0, 0)),
    "an icon": (saved("ICO"), (0, 0)),
    "a JPEG XL picture": (b"\xff\x0a" + bytes(20), (0, 0)),
    "a Photoshop file": (b"8BPS" + bytes(20), (0, 0)),
}  # fmt: skip


def test_sizes_are_known_before_a_file_is_decoded():
    code = """
    const { MAX_PIXELS, openPicture } = await import("hwr/picture.js");
    const { pictureSize } = await import("hwr/picture_size.js");
    let decoded = 0;
    globalThis.createImageBitmap = () => Promise.reject(decoded++);
    const found = {};
    for (const [name, text] of Object.entries(encoded)) {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      decoded = 0;
      const error = await openPicture(new File([bytes], name)).catch(({ message }) => message);
      const [width, height] = pictureSize(bytes);
      found[name] = [width, height, width * height > MAX_PIXELS, decoded, error];
    }
    return found;
    """
    encoded = {name: base64.b64encode(file).decode() for name, (file, _) in SIZES.items()}
    for name, (width, height, large, decoded, said) in run_js(code, encoded=encoded).items():
        assert (width, height) == SIZES[name][1], name
        assert large == name.startswith(("large", "old", "from")), name
        assert decoded == (width > 0 and not large), name
        if large:
            assert said.startswith(f"{name} has {width:,} x {height:,} pixels: give a picture of")
        elif name.startswith("a"):
            assert name == "avif" or f"is {name}, which this page cannot read: open" in said


FOLLOWED = {
    "grey": io, "depth": depth, "lines": lines, "marks": marks, "counting": counting,
    "character_picture": character, "picture": pages,
}  # fmt: skip


@pytest.mark.parametrize("name", FOLLOWED)
def test_the_constants_are_pythons(name):
    code = f'return Object.entries(await import("hwr/{name}.js"));'
    ours = {key: value for key, value in run_js(code) if key.isupper() and key != "MAX_BYTES"}
    assert ours
    assert ours == {key: (vars(bounds) | vars(FOLLOWED[name]))[key] for key in ours}
    if FOLLOWED[name] not in (io, pages):  # which hold more than a page needs
        numbers = {k for k, v in vars(FOLLOWED[name]).items() if isinstance(v, int | float)}
        imported = {"LARGE"} if name == "counting" else set()
        assert set(ours) == {key for key in numbers - imported if key.isupper()}


SHAPES = [(1, 1), (1, 9), (7, 1), (5, 8), (40, 31), (64, 90)]


def textures():
    """Random greys, float32 in 0..1, in which there are flat parts and steps."""
    rng = np.random.default_rng(2)
    smooth = [ndimage.gaussian_filter(rng.random(shape, np.float32), 1.2) for shape in SHAPES]
    return [np.float32(np.where(grey > np.median(grey), grey, grey.min())) for grey in smooth]


RUN = """
const { FUNCTION } = await import("hwr/MODULE.js");
return pictures.map(([height, width, isMask, greys]) => {
  const pixels = (isMask ? Uint8Array : Float32Array).from(greys);
  const found = FUNCTION({ height, width, pixels }, ...more);
  return [found.pixels ?? found].flatMap((one) => typeof one === "number" ? one : [...one]);
});
"""


def in_js(module, function, pictures, *more):
    """Return what a function of the page makes of pictures, as one row of float32 each."""
    code = RUN.replace("MODULE", module).replace("FUNCTION", function)
    sent = [[*one.shape, one.dtype == np.bool_, one.ravel()] for one in pictures]
    return [np.float32(found) for found in run_js(code, pictures=sent, more=more)]


@pytest.mark.parametrize("sigma", [0.7, 1.5])
def test_pictures_are_blurred_as_by_scipy(sigma):
    found = in_js("ndimage", "gaussianFilter", textures(), sigma)
    for one, grey in zip(found, textures(), strict=True):
        np.testing.assert_allclose(one, ndimage.gaussian_filter(grey, sigma).ravel(), rtol=2e-7)


@pytest.mark.parametrize("window", [3, 4, 11, 40])
def test_pictures_are_closed_as_by_scipy(window):
    found = in_js("ndimage", "greyClosing", textures(), window)
    for one, grey in zip(found, textures(), strict=True):
        closed = ndimage.grey_closing(grey, (window, window), mode="nearest")
        assert np.array_equal(one, closed.ravel())


def test_basins_are_filled_as_in_python():
    found = in_js("depth", "fillBasins", textures())
    assert all(
        np.array_equal(one, fill_basins(grey).ravel())
        for one, grey in zip(found, textures(), strict=True)
    )


OF_MASKS = {
    "label": lambda mask: ndimage.label(mask, np.ones((3, 3)))[0],
    "maximumFilter": lambda mask: ndimage.maximum_filter(mask, 5),
    "largestDistance": lambda mask: ndimage.distance_transform_cdt(np.pad(mask, 1)).max(),
}


@pytest.mark.parametrize("function", OF_MASKS)
def test_what_is_made_of_masks_is_scipys(function):
    masks = [grey > grey.min() for grey in textures()]
    found = in_js("ndimage", function, masks, *([2] if function == "maximumFilter" else []))
    for one, mask in zip(found, masks, strict=True):
        assert np.array_equal(one, np.ravel(OF_MASKS[function](mask)))
