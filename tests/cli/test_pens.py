"""What is learned from pens: every writer and every character counts, and nothing is tested on."""

import numpy as np
import pytest

from hwr.alphabets import CHARACTERS, MARKS, NONE
from hwr.cli import material as materials
from hwr.cli import pens
from hwr.cli.pens import OUTPUTS
from hwr.cli.pool import Pool
from hwr.datasets import synthetic
from hwr.datasets.emnist import course
from hwr.datasets.unipen import PenSample


def sample(label: str, writer: str, seed: int, provider: str = "abc") -> PenSample:
    return PenSample(label, provider, writer, synthetic.draw(label, seed))


def test_a_writers_first_drawings_of_a_character_count():
    samples = [sample("a", "x", n) for n in range(5)] + [sample("a", "y", 9), sample("b", "x", 9)]
    kept = pens._limited(samples, 2)
    assert [each.label + each.writer for each in kept] == ["ax", "ax", "ay", "bx"]
    assert kept[:2] == samples[:2]


def test_every_character_occurs_as_often_whatever_people_wrote():
    samples = [sample("e", "x", n) for n in range(20)] + [sample("Q", "x", 1), sample("Q", "y", 2)]
    drawn = pens.of_each_character(samples, np.random.default_rng(0), 7)
    counts = np.bincount(drawn.labels, minlength=len(OUTPUTS))
    assert counts[OUTPUTS.index("e")] == counts[OUTPUTS.index("Q")] == 7
    assert counts.sum() == 14
    of_e = drawn.images[drawn.labels == OUTPUTS.index("e")]
    assert len({image.tobytes() for image in of_e}) == 7  # different drawings
    of_q = drawn.images[drawn.labels == OUTPUTS.index("Q")]
    assert len({image.tobytes() for image in of_q}) > 2  # the same ones with other pens


def test_look_alikes_are_not_held_against_each_other():
    alike = pens._alike()
    for pair in ("0O", "Oo", "1l", "l|", "Cc", "cC", "9g"):
        first, second = (OUTPUTS.index(character) for character in pair)
        assert alike[first, second] == alike[second, first] == 1
    assert alike[OUTPUTS.index("A"), OUTPUTS.index("4")] == 0
    assert (alike.diagonal() == 1).all()


def test_a_label_that_a_network_is_sure_is_wrong_is_left_out(monkeypatch):
    samples = [sample(label, writer, 3) for writer in "uvwx" for label in "AB"]
    wrong = PenSample("B", "abc", "u", synthetic.draw("A", 3))

    def judge(learned, _):
        def probabilities(images):
            found = np.full((len(images), len(OUTPUTS)), 1e-4, np.float32)
            for row, image in zip(found, images, strict=True):
                is_a = (image == pens.convert(synthetic.draw("A", 3))).all()
                row[OUTPUTS.index("A" if is_a else "B")] = 0.99
            return found

        return probabilities

    monkeypatch.setattr(pens, "_judge", judge)
    kept, judges, dropped = pens._clean([*samples, wrong])
    assert (kept, len(judges), dropped) == (samples, 2, 1)


def test_scans_side_by_side_are_no_character():
    images, _ = synthetic.draw_images(40, 1)
    spoilt = pens.spoilt_scans(images, 10)
    assert (spoilt.shape, spoilt.dtype) == ((10, 28, 28), np.uint8)
    known = {image.tobytes() for image in images}
    assert not any(image.tobytes() in known for image in spoilt)
    assert np.array_equal(spoilt, pens.spoilt_scans(images, 10))


@pytest.fixture(scope="module")
def material() -> materials.Material:
    splits = course()
    few = [part.take(np.arange(300)) for part in (splits.train, splits.validation, splits.test)]
    with pytest.MonkeyPatch.context() as fewer:
        fewer.setattr(materials, "MADE_UP_IMAGES", 620)
        fewer.setattr(materials, "SPOILT_SCANS", 600)
        return materials.prepare(Pool(few[0], few[1], (few[2],), 0), None)


def test_without_pens_scans_and_made_up_handwriting_are_learned(material):
    outputs = material.validation.alphabet
    assert "".join(outputs.classes) == CHARACTERS + NONE
    assert not set(MARKS) & set("".join(outputs.members))
    assert len(material.train) == 300 + 600 + 620
    assert material.counts == {}


def test_scans_and_drawings_of_a_letter_have_their_own_frequencies(material):
    known = material.train.alphabet
    assert material.frequencies.shape == (len(known), len(material.validation.alphabet))
    assert (material.frequencies > 0).all()
    scans, drawings = material.frequencies[0], material.frequencies[-1]
    assert np.ptp(drawings[:62]) < 1e-3  # made up: every character as often
    assert drawings[:62].sum() == pytest.approx(1, abs=1e-3)
    assert scans[:62].sum() == pytest.approx(1, abs=1e-3)
