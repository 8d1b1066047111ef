"""Pictures of writing: unusual files, any light, a rotated camera, and letters that touch."""

import io
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy import ndimage

from benchmarks.words import sheets
from hwr.images import components
from hwr.images.binarization import binarize
from hwr.images.io import MAX_SIDE, open_photo, open_picture
from hwr.ink import convert
from hwr.words.reading import segment_picture

WORD = "handy"


def clean(word=WORD, seed=3, height=70.0, gaps=(0.15, 0.3)):
    """Ink of made-up writing, bright on 0, with paper around it."""
    rng = np.random.default_rng(seed)
    row = sheets.glyph_row(word, sheets.made_up(seed), rng, height, gaps, tight=0)
    return np.pad(row, 60)


def on_paper(ink):
    return np.asarray(np.rint(235 - 200 * np.clip(ink, 0, 1)), np.uint8)


def content(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def written(mode="L"):
    return Image.fromarray(on_paper(clean())).convert(mode)


def find_boxes(grey):
    boxes = components.Components(binarize(grey)).boxes
    return boxes[np.argsort(boxes[:, 0])]


def holds_the_writing(grey, within):
    """Whether the boxes of ``clean()`` are found, each to within some pixels."""
    found, expected = find_boxes(grey), find_boxes(on_paper(clean()))
    return len(found) == len(expected) and np.abs(found - expected).max() <= within


ODD = {
    "grey PNG": lambda: content(written()),
    "CMYK JPEG": lambda: content(written("CMYK"), "JPEG", quality=95),
    "colour JPEG": lambda: content(written("RGB"), "JPEG", quality=95),
    "two colours": lambda: content(written("1")),
    "animated GIF": lambda: content(
        written(), "GIF", save_all=True, append_images=[Image.new("L", written().size, 0)]
    ),
    "16-bit PNG": lambda: content(Image.fromarray(on_paper(clean()).astype(np.uint16) * 16)),
    "32-bit TIFF": lambda: content(Image.fromarray(on_paper(clean()).astype(np.int32)), "TIFF"),
    "float TIFF": lambda: content(Image.fromarray(on_paper(clean()) / np.float32(255)), "TIFF"),
    "WebP": lambda: content(written("RGB"), "WEBP", lossless=True),
    "white on black": lambda: content(Image.fromarray(255 - on_paper(clean()))),
    "black on transparent": lambda: content(transparent(0)),
    "white on transparent": lambda: content(transparent(255)),
    "palette with transparency": lambda: content(transparent(0).quantize(16)),
    "EXIF-rotated": lambda: content(written().rotate(90, expand=True), "JPEG", exif=turned_right()),
}


def transparent(grey):
    alpha = Image.fromarray(np.uint8(255 * np.clip(clean(), 0, 1)))
    plain = Image.new("L", alpha.size, grey)
    return Image.merge("RGBA", [plain, plain, plain, alpha])


def turned_right():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it a quarter turn to the right
    return exif


@pytest.mark.parametrize("kind", ODD)
def test_the_same_writing_is_found_in_every_kind_of_file(kind):
    grey = open_photo(ODD[kind]())
    assert grey.dtype == np.uint8
    assert np.median(grey) > 128
    assert holds_the_writing(grey, 3)
    if kind != "two colours":  # dithered
        image, expected = (convert(open_picture(ODD[one]())) for one in (kind, "grey PNG"))
        assert expected.max() == 255
        assert np.abs(image.astype(int) - expected).mean() < 1


def test_a_file_is_opened_by_its_name(tmp_path):
    written().save(tmp_path / "word.png")
    for name in (tmp_path / "word.png", str(tmp_path / "word.png")):
        assert (open_photo(name) == on_paper(clean())).all()


def test_a_large_picture_is_made_smaller():
    grey = open_photo(content(Image.new("RGB", (4000, 3000), "white"), "JPEG"))
    assert grey.shape == (MAX_SIDE * 3 // 4, MAX_SIDE)


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (2, 2), (7, 3)])
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_absurd_and_empty_pictures_hold_nothing(size, colour):
    units = segment_picture(open_photo(content(Image.new("L", size, colour))))
    assert len(units) == 0
    assert units.boxes.shape == (0, 4)
    assert len(segment_picture(np.full((40, 60), colour, np.uint8))) == 0


def refused(source, match):
    for read in (open_photo, open_picture):
        with pytest.raises(ValueError, match=match) as caught:
            read(source)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_truncated_picture_is_refused(kind):
    whole = content(written(), kind)
    refused(whole[: len(whole) // 2], "cannot be read as a picture")


@pytest.mark.parametrize("side", [8_000, 11_000, 60_000])
def test_a_huge_picture_is_refused_by_its_header(side):
    small = content(Image.new("L", (1, 1)))
    size = side.to_bytes(4, "big") * 2
    header = small[12:16] + size + small[24:29]
    huge = small[:12] + header + zlib.crc32(header).to_bytes(4, "big") + small[33:]
    refused(huge, "at most 50 megapixels")


@settings(max_examples=150)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"BM"]),
)
def test_arbitrary_bytes_give_a_picture_or_a_sentence(data, start):
    survives(start + data)


SOURCES = [
    content(Image.fromarray(on_paper(clean("ab", height=20))), kind) for kind in ("PNG", "JPEG")
]


@settings(max_examples=150)
@given(
    st.sampled_from(SOURCES),
    st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_corrupted_files_give_a_picture_or_a_sentence(source, changes):
    spoiled = bytearray(source)
    for where, value in changes:
        spoiled[int(where * len(spoiled))] = value
    survives(bytes(spoiled))


def survives(data):
    for read, use in ((open_photo, segment_picture), (open_picture, convert)):
        grey, sentence = np.zeros((9, 9), np.uint8), ""
        try:
            grey = read(data)
        except ValueError as error:
            sentence = str(error)
        assert "\n" not in sentence
        assert (grey.ndim, grey.dtype) == (2, np.uint8)
        use(grey)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60))
def test_any_small_picture_can_be_segmented(seed, height, width):
    grey = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    units = segment_picture(grey)
    for number in range(len(units)):
        assert units.image((number,)).shape == (28, 28)


@pytest.mark.parametrize("seed", range(5))
def test_uneven_light_and_grain_change_nothing(seed):
    photo = sheets.photograph(clean(), np.random.default_rng(seed), margin=0, turn=0)
    assert photo.std() > 8  # there is something to overcome
    assert holds_the_writing(photo, 4)


@pytest.mark.parametrize("seed", range(5))
def test_blank_grained_paper_holds_nothing(seed):
    rng = np.random.default_rng(seed)
    assert len(segment_picture(sheets.photograph(np.zeros((700, 500), np.float32), rng))) == 0
    grain = rng.normal(200, 3, (90, 90)).astype(np.uint8)
    assert not open_picture(content(Image.fromarray(grain))).any()


def test_a_hard_shadow_is_no_ink():
    grey = on_paper(clean())
    dark = grey.copy()
    dark[:, 200:] //= 2
    light, shadowed = (segment_picture(ndimage.gaussian_filter(one, 1)) for one in (grey, dark))
    assert len(shadowed) == len(light)


def test_specks_are_dropped_and_dots_are_not():
    grey = on_paper(clean("ill"))
    specks = np.random.default_rng(0).integers(5, np.array(grey.shape) - 5, (40, 2))
    dirty = grey.copy()
    dirty[tuple(specks.T)] = 90
    assert len(segment_picture(dirty)) == len(segment_picture(grey))
    assert len(segment_picture(grey)) == 4


def test_touching_letters_are_cut_where_they_touch():
    image = Image.new("L", (300, 160), 235)
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 50, 110, 110), outline=20, width=8)
    draw.ellipse((106, 50, 156, 110), outline=20, width=8)
    draw.line((180, 20, 180, 110), fill=20, width=8)
    units = segment_picture(np.asarray(image))
    ends = np.abs(units.right - 108)
    assert ends.min() <= 6
    assert len(units) >= 3
    assert 2 <= sum(units.right <= 160) <= 4


def test_letters_apart_stay_whole():
    units = segment_picture(on_paper(clean("bedlock", gaps=(0.2, 0.3))))
    assert len(units) <= 9


def test_an_image_holds_no_neighbours_ink():
    corner = np.zeros((100, 160), np.uint8)
    corner[20:80, 40:46] = 205
    corner[74:80, 40:110] = 205
    bar = np.zeros_like(corner)
    bar[25:60, 60:66] = 205
    units = segment_picture(235 - corner - bar)
    is_bar = (units.bottom < 65) & (units.left > 55)
    assert is_bar.sum() == 1
    for chosen, alone in ((is_bar, bar), (~is_bar, corner)):  # the bar stands inside the corner
        image = units.image(tuple(units.indices[chosen].tolist()))
        assert np.abs(image.astype(int) - convert(alone)).max() <= 80  # edges are a little softer


def test_all_units_together_give_the_whole_picture():
    ink = clean("at")
    units = segment_picture(on_paper(ink))
    whole = units.image(tuple(range(len(units))))
    assert np.abs(whole.astype(int) - convert(ink)).max() <= 70
