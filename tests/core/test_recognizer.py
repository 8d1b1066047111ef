"""The shipped recogniser: intact, as its card describes it, lightweight and consistent."""

import hashlib
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from helpers import networks, own_alphabets
from hypothesis import given, settings
from hypothesis import strategies as st

from hwr import metrics
from hwr._support.paths import ROOT
from hwr.alphabets import BYCLASS, CHARACTERS, DIGITS, MARKS, NONE, get_alphabet
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.ink import Ink, convert
from hwr.recognizer import SHIPPED, Recognizer, softmax


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def test_file_and_card_belong_together():
    card = json.loads(SHIPPED.read_text())
    weights = SHIPPED.with_name(card["file"]).read_bytes()
    assert card["sha256"] == hashlib.sha256(weights).hexdigest()
    assert card["characters"] == CHARACTERS
    assert len(weights) < 3_000_000
    for key in ("class_frequencies", "natural_frequencies"):
        assert sum(card[key]) == pytest.approx(1, abs=1e-3)
    for key in ("data", "split", "seed", "command", "measured", "parameters", "threshold"):
        assert card[key]


def test_it_reads_made_up_handwriting(recognizer):  # tests/cli/test_train.py reads more of it
    figures = metrics.measure(recognizer, synthetic.dataset(620, 2), 47, "uniform")
    assert figures["n"] == 620
    assert figures["top3"] > figures["top1"] > 0.8


@settings(max_examples=40)
@given(
    st.sampled_from(CHARACTERS),
    st.integers(0, 1000),
    st.floats(0.3, 3),
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
def test_place_and_size_do_not_change_the_answer(character, seed, scale, by):
    recognizer = Recognizer.load()
    ink = synthetic.draw(character, seed)
    moved = Ink([stroke * scale * 100 + by for stroke in ink.strokes], ink.pen)
    first, second = recognizer.read(ink), recognizer.read(moved)
    assert first.best == second.best
    assert first.probabilities == pytest.approx(second.probabilities, abs=0.02)


def test_one_network_answers_in_every_alphabet(recognizer):
    ink = synthetic.draw("0", 0)
    for name, size in ((62, 62), (47, 47), (26, 26), (10, 10), ("O0", 2)):
        reading = recognizer.read(ink, name, top=2)
        assert len(reading.probabilities) == size
        assert reading.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert len(reading.candidates) == 2
        assert reading.candidates[0][1] >= reading.candidates[1][1]
    assert recognizer.read(ink, 10).best == "0"
    assert recognizer.read(ink, 26).best in "OQD"


def test_an_image_like_emnists_is_read_as_it_is(recognizer):
    image = recognizer.read(synthetic.draw("K", 3)).image
    [expected] = recognizer.probabilities(image[None], "uniform")
    read = recognizer.read(image, converted=True)
    assert read.probabilities == pytest.approx(expected, abs=1e-6)
    assert (read.image == image).all()
    assert (recognizer.read(image).image == convert(image)).all()  # a picture, as at any size


# --- what is none of the alphabet --------------------------------------------------------------


class Says:
    """A network that gives the same probabilities to every image."""

    weights = b""

    def __init__(self, classes: str, **shares: float) -> None:
        rest = (1 - sum(shares.values())) / (len(classes) - len(shares))
        self.answer = np.log([shares.get(name, rest) for name in classes]).astype(np.float32)

    def logits(self, images: np.ndarray) -> np.ndarray:
        return np.repeat(self.answer[None], len(images), axis=0)


def knowing_all(**shares: float) -> Recognizer:
    card = {
        "class_frequencies": [1 / 62] * 62,
        "more_classes": [*MARKS, NONE],
        "temperature": 1.0,
        "threshold": 0.7,
    }
    return Recognizer(Says(CHARACTERS + MARKS + NONE, **shares), card)


def test_a_letter_is_no_digit_and_a_doodle_is_no_character():
    drawing = synthetic.draw("A", 1)
    letter = knowing_all(A=0.98, **{"4": 0.01}).read(drawing, 10)
    assert (letter.best, letter.sure, letter.instead) == ("4", False, "A")
    assert letter.candidates[0][1] > 0.7  # it would be sure, could it choose a digit alone
    assert letter.outside > 0.7
    doodle = knowing_all(**{NONE: 0.98, "0": 0.001}).read(drawing, 62)
    assert (doodle.instead, doodle.sure) == (NONE, False)
    assert doodle.outside > 0.95
    mark = knowing_all(**{"?": 0.98})
    assert mark.read(drawing, 62).instead == "?"
    assert mark.read(drawing, "all").best == mark.read(drawing, "marks").best == "?"
    assert mark.read(drawing, "all").sure
    assert mark.read(drawing).alphabet.name == "62"  # marks are read where they are asked for


def test_look_alikes_of_a_digit_are_no_reason_to_doubt_it():
    ring = knowing_all(**{"0": 0.4, "O": 0.35, "o": 0.2})
    reading = ring.read(synthetic.draw("0", 1), 10)
    assert (reading.best, reading.sure) == ("0", True)
    assert 0.03 < reading.outside < 0.3


def test_outside_is_bayes_rule():
    recognizer = knowing_all(A=0.6, **{"4": 0.3, NONE: 0.05})
    logits = recognizer.logits(np.ones((1, 28, 28), np.uint8))
    [found] = recognizer.outside(logits, DIGITS)
    rest = 0.05 / 92
    digits, others, none = (0.3 + 9 * rest) / 10, (0.6 + 83 * rest) / 84, 0.05
    evidence = digits * 2 / 3 + others / 6 + none / 6
    assert found.sum() == pytest.approx((others / 6 + none / 6) / evidence, abs=1e-5)
    assert found[CHARACTERS.index("A")] == pytest.approx(0.6 / 84 / 6 / evidence, abs=1e-5)
    assert not found[:10].any()


def test_a_network_that_knows_nothing_else_has_no_doubt():
    card = {"class_frequencies": [1 / 62] * 62, "temperature": 1.0, "threshold": 0.7}
    recognizer = Recognizer(Says(CHARACTERS, A=0.9), card)
    reading = recognizer.read(synthetic.draw("A", 1))
    assert (reading.best, reading.outside, reading.instead, reading.sure) == ("A", 0, "", True)


def test_the_network_runs_once_for_a_drawing(recognizer, monkeypatch):
    asked = []
    logits = recognizer.network.logits
    monkeypatch.setattr(
        recognizer.network, "logits", lambda images: asked.append(len(images)) or logits(images)
    )
    assert recognizer.read(synthetic.draw("o", seed=1)).best
    assert asked == [1]


def test_nothing_drawn_is_no_answer(recognizer):
    reading = recognizer.read(Ink())
    assert (reading.candidates, reading.best, reading.sure) == ((), "", False)


def test_below_the_threshold_it_is_not_sure(recognizer):
    readings = [recognizer.read(synthetic.draw(c, 7), 62) for c in CHARACTERS]
    for reading in readings:
        share = reading.candidates[0][1] * (1 - reading.outside)
        assert reading.sure == (share >= recognizer.threshold)
    assert {reading.sure for reading in readings} == {True, False}


def test_a_uniform_prior_removes_the_frequencies(recognizer):
    images, _ = synthetic.draw_images(124, seed=11)
    natural = recognizer.probabilities(images, "natural")
    uniform = recognizer.probabilities(images, "uniform")
    expected = natural / np.array(recognizer.card["natural_frequencies"])
    assert uniform == pytest.approx(expected / expected.sum(axis=1, keepdims=True), abs=1e-3)
    assert uniform[:, :10].sum() < natural[:, :10].sum()  # half of EMNIST is digits
    with pytest.raises(ValueError, match="no prior 'fair'"):
        recognizer.probabilities(images, "fair")


def test_many_images_are_read_as_each_alone(recognizer):
    images, _ = synthetic.draw_images(300, seed=12)
    together = recognizer.logits(images)
    some = [0, 255, 256, 299]
    alone = np.concatenate([recognizer.logits(images[[i]]) for i in some])
    assert together[some] == pytest.approx(alone, abs=1e-4)
    assert recognizer.logits(images[:0]).shape == (0, len(recognizer.outputs))


def test_a_damaged_or_missing_file_is_named(tmp_path):
    card = tmp_path / SHIPPED.name
    with pytest.raises(ValueError, match=r"recognizer\.json is missing"):
        Recognizer.load(card)
    shutil.copy(SHIPPED, card)
    with pytest.raises(ValueError, match=r"recognizer\.tflite is missing"):
        Recognizer.load(card)
    (tmp_path / "recognizer.tflite").write_bytes(b"damaged")
    with pytest.raises(ValueError, match="not the file that its card describes"):
        Recognizer.load(card)
    card.write_text("[]")
    with pytest.raises(ValueError, match="not a recogniser's card"):
        Recognizer.load(card)


def test_softmax_survives_large_logits():
    given_logits = np.array([[1000.0, 1000.0], [-1000.0, 0.0]], np.float32)
    assert softmax(given_logits) == pytest.approx(np.array([[0.5, 0.5], [0.0, 1.0]]))


FIRST_ANSWER = """
import sys
from pathlib import Path
from hwr import Ink, Recognizer
assert Recognizer.load().read(Ink([[(0, 0), (5, 0), (2, 9)]])).candidates
heavy = {"tensorflow", "keras", "matplotlib", "ipycanvas", "ipywidgets"} & set(sys.modules)
assert not heavy, heavy
status = Path("/proc/self/status").read_text()  # ru_maxrss would count the parent, too
print(status.split("VmHWM:")[1].split()[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory from /proc")
def test_the_first_answer_is_light():
    kilobytes = subprocess.check_output([sys.executable, "-c", FIRST_ANSWER], cwd=ROOT)
    assert int(kilobytes) / 1024 < 120


@pytest.mark.parametrize("name", own_alphabets.ALPHABETS)
def test_a_network_of_any_alphabet_is_loaded_and_reads(name, tmp_path):
    recognizer = Recognizer.load(own_alphabets.save(tmp_path, name))
    own = get_alphabet(name)
    assert recognizer.alphabet == own
    for character in own.classes:
        reading = recognizer.read(own_alphabets.draw(character))
        assert (reading.best, reading.alphabet) == (character, own)
        assert reading.probabilities.shape == (len(own),)
    assert recognizer.logits(np.zeros((0, 28, 28), np.uint8)).shape == (0, len(own))
    some = own.classes[1] + own.classes[3]
    assert recognizer.read(own_alphabets.draw(own.classes[3]), some).best == own.classes[3]
    with pytest.raises(
        ValueError, match=r"cannot answer in the alphabet '.#', because it does not"
    ):
        recognizer.read(own_alphabets.draw(own.classes[0]), "?#")


def test_digits_do_not_give_letters():
    recognizer = Recognizer(own_alphabets.litert("10"), own_alphabets.card_of("10"))
    with pytest.raises(ValueError, match=r"recogniser of 0123456789 cannot answer in the .*'62'"):
        recognizer.read(synthetic.draw("7", 3), 62)


@pytest.mark.parametrize("name", ["10", "47", "+−×÷"])
def test_a_network_of_any_alphabet_is_measured(name):
    recognizer = Recognizer(own_alphabets.litert(name), own_alphabets.card_of(name))
    own = get_alphabet(name)
    images = np.stack([convert(own_alphabets.draw(character)) for character in own.classes])
    dataset = Dataset("own", images, np.arange(len(own)), own, "pen strokes")
    assert metrics.measure(recognizer, dataset)["top1"] == 1
    if name == "10":
        in_62 = Dataset("own", images, np.arange(10), BYCLASS, "pen strokes")
        assert metrics.measure(recognizer, in_62)["n"] == 10


def test_it_says_which_network_it_is(tmp_path):
    shipped = json.loads(SHIPPED.read_text())["measured"]["validation, 62 classes"]["top1"]
    assert str(Recognizer.load()) == (
        f"the course's own recogniser: wide_resnet, 62 classes, {100 * shipped:.1f} % of the "
        "validation images right"
    )
    assert str(Recognizer.load(own_alphabets.save(tmp_path, "10"))) == (
        "my_network.json: nearest, 10 classes, 97.9 % of the validation images right"
    )
    unknown = own_alphabets.save(tmp_path, "10", measured=None, architecture=None)
    assert str(Recognizer.load(unknown)) == "my_network.json: a network, 10 classes"
    assert str(Recognizer(own_alphabets.litert("10"), own_alphabets.card_of("10"))).startswith(
        "a network in memory: nearest"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"classes": None, "members": None}, "describes 62 classes, but the network has 10 output"),
        ({"classes": list("abc"), "members": None}, "describes 3 classes, but the network has 10"),
        ({"classes": 10}, "card's classes is 10, not a list of at most 10,000 short texts"),
        ({"members": ["0", 1]}, "card's members is .*, not a list of at most"),
        ({"members": list("0123456788")}, "are no alphabet: give two or more"),
        ({"class_frequencies": None}, "class_frequencies is None, not a list of numbers above 0"),
        ({"class_frequencies": [0.5, 0.5]}, "class_frequencies must be 10 numbers .* are 2 values"),
        (
            {"class_frequencies": [float("inf")] * 10},
            "class_frequencies is .*, not a list of numbers",
        ),
        ({"class_frequencies": [0] + [0.1] * 9}, "class_frequencies is .*, not a list of numbers"),
        ({"class_frequencies": ["a"] * 10}, "class_frequencies is .*, not a list of numbers"),
        (
            {"class_frequencies": [float("nan")] * 10},
            "class_frequencies is .*, not a list of numbers",
        ),
        ({"natural_frequencies": [0.1]}, "natural_frequencies must be 10 numbers .* are 1 values"),
        ({"temperature": None}, "temperature is None, not a number from 0.01 to 100"),
        ({"temperature": 0}, "temperature is 0, not a number"),
        ({"temperature": float("nan")}, "temperature is nan, not a number"),
        ({"threshold": "high"}, "threshold is 'high', not a number from 0 to 1"),
        ({"threshold": 1.5}, "threshold is 1.5, not a number from 0 to 1"),
    ],
)
def test_a_card_that_cannot_work_is_refused_when_it_is_loaded(changes, sentence, tmp_path):
    card = own_alphabets.save(tmp_path, "10", **changes)
    with pytest.raises(ValueError, match=sentence):
        Recognizer.load(card)


@pytest.mark.parametrize(
    ("shape", "outputs"), [((32, 32, 1), (10,)), ((28, 28, 3), (10,)), ((28, 28, 1), (2, 5))]
)
def test_a_network_of_other_images_is_refused_when_it_is_loaded(shape, outputs):
    found = f"float32 {(1, *shape)} and float32 {(1, *outputs)}: give one that turns"
    with pytest.raises(ValueError, match=re.escape(found)):
        Recognizer(networks.shaped(shape, outputs), own_alphabets.card_of("10"))
    with pytest.raises(ValueError, match="no LiteRT file that can be run"):
        Recognizer(b"not a network", own_alphabets.card_of("10"))


@pytest.mark.parametrize("name", ["recognizer.tflite", "folder"])
def test_what_is_no_card_is_refused(name, tmp_path):
    shutil.copy(SHIPPED.with_name("recognizer.tflite"), tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match=f"{name} is not a recogniser's card"):
        Recognizer.load(tmp_path / name)
