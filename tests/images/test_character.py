"""Pictures of one character: light, desks, boxes, specks and lines are told from ink."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks.pictures import kinds
from benchmarks.pictures.javascript import draw
from benchmarks.pictures.kinds import KINDS
from hwr._support.paths import ROOT
from hwr.datasets import synthetic
from hwr.images.character import find_character
from hwr.images.depth import fill_basins
from hwr.images.io import open_character, open_photo, open_picture
from hwr.ink import convert

DIFFERENCE = 14
"""Mean difference of greys, of 255, up to which two 28x28 images show the same."""
PAPER = ["plain", "light falls to half", "vignette", "sheet on a desk", "box around", "ruled paper"]


def sheet(character, seed=4, side=300):
    ink = synthetic.draw(character, seed)
    return kinds.on_sheet(ink, np.random.default_rng(seed), side, share=(0.35, 0.6))


def content(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def drawn(*lines, dots=(), size=(300, 300), pen=14):
    """Lines and dots, dark on bright paper: the content of a PNG file."""
    picture = Image.new("L", size, 235)
    draw = ImageDraw.Draw(picture)
    for line in lines:
        draw.line(line, fill=30, width=pen)
    for x, y in dots:
        draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=30)
    return content(picture)


@pytest.mark.parametrize("character", "A5g")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if "28" not in kind])
def test_the_same_character_is_found_in_every_kind_of_picture(kind, character):
    on_paper, rng = sheet(character), np.random.default_rng(8)
    found = open_character(KINDS[kind](on_paper, rng))
    expected = convert(open_picture(content(Image.fromarray(np.uint8(on_paper.grey * 255)))))
    assert expected.max() == 255
    assert found.count == 1
    assert found.picture.dtype == np.uint8
    assert np.abs(convert(found.picture) - expected.astype(float)).mean() < DIFFERENCE


@pytest.mark.parametrize("kind", PAPER)
def test_paper_without_a_character_holds_nothing(kind):
    on_paper, rng = sheet("A"), np.random.default_rng(2)
    blank = kinds.replace(on_paper, ink=np.zeros_like(on_paper.ink))
    found = open_character(KINDS[kind](blank, rng))
    assert found.count == 0
    assert not found.picture.any()


@pytest.mark.parametrize("corner", [(0, 0), (12, 13)])
def test_no_size_of_a_file_is_special(corner):
    lines = np.array([(12, 1), (3, 1), (2, 6), (9, 6), (11, 10), (7, 13), (1, 12)]) + corner
    small, larger = (
        open_character(drawn([tuple(p) for p in lines.tolist()], size=size, pen=2))
        for size in ((28, 28), (29, 29))
    )
    assert (small.count, larger.count) == (1, 1)
    difference = np.abs(convert(small.picture) - convert(larger.picture).astype(float))
    assert difference.mean() < DIFFERENCE


PARTS = {
    "i": drawn([(150, 130), (150, 230)], dots=[(150, 80)]),
    "ä": drawn([(120, 130), (120, 200), (190, 200), (190, 130), (120, 130)],
               dots=[(135, 90), (175, 90)]),
    "÷": drawn([(80, 150), (220, 150)], dots=[(150, 100), (150, 200)]),
    "=": drawn([(80, 120), (220, 120)], [(80, 180), (220, 180)]),
    "?": drawn([(110, 90), (150, 60), (190, 90), (150, 140), (150, 180)], dots=[(150, 220)]),
    "5, its bar apart": drawn([(120, 80), (118, 140), (170, 150), (180, 200), (110, 220)],
                              [(135, 75), (200, 75)]),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_a_character_of_several_parts_is_one_and_whole(name):
    found = open_character(PARTS[name])
    assert found.count == 1
    rows, columns = np.nonzero(np.asarray(Image.open(io.BytesIO(PARTS[name]))) < 128)
    height, width = found.picture.shape
    assert height == pytest.approx(np.ptp(rows), abs=8)
    assert width == pytest.approx(np.ptp(columns), abs=8)


@pytest.mark.parametrize("word", ["ab", "7K2", "house"])
def test_several_characters_are_counted(word):
    rng = np.random.default_rng(3)
    ink = synthetic.compose_word(word, lambda c: synthetic.draw(c, rng), 1.75, rng, (0.3, 0.5))
    on_paper = kinds.on_sheet(ink, rng, 600, share=(0.7, 0.8), pens=(0.01, 0.02))
    assert open_character(KINDS["light falls to half"](on_paper, rng)).count == len(word)


def test_a_word_of_joined_letters_is_several():
    wave = [(40 + x, 150 + 20 * np.sin(x / 12)) for x in range(0, 220, 4)]
    assert open_character(drawn([tuple(map(float, p)) for p in wave], pen=6)).count > 1


def test_a_character_that_touches_a_box_or_the_edge_is_found():
    seven = [(60, 60), (200, 60), (120, 290)]
    assert open_character(drawn(seven, size=(260, 291))).count == 1
    box = [(40, 40), (260, 40), (260, 260), (40, 260), (40, 40)]
    assert not open_character(drawn(box, pen=4)).picture.any()


@pytest.mark.parametrize("side", [(20, 200), (200, 20), (60, 60)])
def test_a_bar_is_no_box(side):
    """An l or a minus, drawn with a ruler, fills its box."""
    picture = Image.new("L", (400, 400), 235)
    picture.paste(40, (100, 100, 100 + side[0], 100 + side[1]))
    found = open_character(content(picture))
    assert found.count == 1
    assert found.picture.shape == pytest.approx(side[::-1], abs=6)


def test_a_zero_is_no_blank_box():
    circle = [(150 + 60 * np.cos(t), 150 + 90 * np.sin(t)) for t in np.linspace(0, 6.4, 60)]
    assert open_character(drawn(circle)).count == 1


def test_opaque_paper_with_a_transparent_edge_is_paper_for_words_too():
    on_paper = sheet("R")
    file = KINDS["transparent border"](on_paper, np.random.default_rng(0))
    grey = open_photo(file)
    assert grey[0, 0] == pytest.approx(on_paper.paper[0, 0] * 255, abs=3)


def test_basins_are_filled_up_to_the_lowest_way_out():
    values = np.full((5, 7), 0.9, np.float32)
    values[2, 1:6] = 0.1
    values[2, 0] = 0.5  # the way out
    filled = fill_basins(values)
    assert filled[2, 1:6] == pytest.approx(0.5, abs=0.021)
    assert filled[0, 0] == pytest.approx(0.9, abs=0.021)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak")
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_48_megapixels_take_at_most_300_megabytes(tmp_path, kind):
    picture = Image.new("RGB", (8000, 6000), "white")
    ImageDraw.Draw(picture).line([(2500, 4500), (4000, 1500), (5500, 4500)], "black", 400)
    picture.save(tmp_path / "large", kind, **({"compress_level": 1} if kind == "PNG" else {}))
    del picture
    code = (
        "import resource, sys; from hwr.images.io import open_character as read;"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "before = peak(); count = read(sys.argv[1]).count; print(count, peak() - before)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "large")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    count, kilobytes = map(int, done.stdout.split())
    assert count == 1
    assert kilobytes / (1024 if sys.platform != "darwin" else 1024**2) <= 300


@pytest.mark.parametrize("kind", ["plain", "coloured paper"])
def test_a_negative_shows_the_same_character(kind):
    for number in range(12):
        grey = draw(kind, number, 3, longest=300)
        image, negative = (
            convert(find_character(g).picture).astype(int) for g in (grey, 255 - grey)
        )
        assert np.abs(image - negative).mean() <= DIFFERENCE, number
