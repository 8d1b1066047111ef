"""What a network of words learns from: texts of all kinds, drawn from writers, and in batches."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from helpers.words import DASH, small_material, written

from hwr.alphabets import CHARACTERS
from hwr.cli import pool, word_batches, word_material, word_texts
from hwr.cli.word_batches import ahead, as_seen, gather, training_batches
from hwr.dataset import Dataset
from hwr.datasets import synthetic
from hwr.datasets.joined_words import Piece
from hwr.datasets.unipen import PenSample
from hwr.ink import Ink
from hwr.words.ctc import fewest_frames
from hwr.words.line_image import COLUMNS_PER_FRAME, HEIGHT
from hwr.words.written_language import WRITTEN, WRITTEN_MARKS, classes_of, text_of


def made_up_pool():
    """Two images of each character, and one of a letter of unknown case."""
    images = synthetic.dataset(2 * len(CHARACTERS), 1)
    labels = np.repeat(np.arange(len(CHARACTERS)), 2)
    labels = np.append(labels, len(pool.POOL) - 1)
    images = np.concatenate([images.images, images.images[:1]])
    train = Dataset("few", images, labels, pool.POOL, "made up")
    return pool.Pool(train, train, (), 0)


@pytest.fixture(scope="module")
def material():
    return small_material()


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setattr(word_texts, "LANGUAGES", ("en",))


def test_texts_hold_everything_that_people_write(english):
    rng = np.random.default_rng(1)
    texts = [word_texts.draw_text(rng) for _ in range(3000)]
    assert set("".join(texts)) == set(WRITTEN)
    assert all(0 < len(text) <= 30 for text in texts)
    words = [re.sub("[^A-Za-z]", "", text) for text in texts]
    for kind in (str.islower, str.istitle, str.isupper):
        assert sum(map(kind, words)) > 200
    assert sum(bool(re.fullmatch(r"\d+[/.-]\d+[/.-]\d+", text)) for text in texts) > 60
    assert sum(text.isdigit() for text in texts) > 60
    assert classes_of("0.") == [1, 1 + WRITTEN.index(".")]
    assert text_of(classes_of("Mix-3!")) == "Mix-3!"


def test_material_has_every_kind_and_hardly_repeats_itself(material, english):
    rng = np.random.default_rng(2)
    drawn = [material.draw(rng) for _ in range(300)]
    texts = Counter(text for text, _ in drawn)
    assert 2 <= texts[""] <= 30
    assert sum(texts[word] for word in ("on", "no", "so", "sun", "nun", "moon")) > 120
    marked = [text for text in texts if set(text) & set(WRITTEN_MARKS)]
    assert len(marked) > 30
    strokes = [writing for _, writing in drawn if isinstance(writing, Ink)]
    rows = [(text, writing) for text, writing in drawn if isinstance(writing, np.ndarray)]
    assert 20 < len(rows) < 70
    assert all(set(text) <= set(CHARACTERS) and row.any() for text, row in rows)
    assert all(not ink.empty for ink in strokes)
    seen = [ink.strokes[0].tobytes() for ink in strokes] + [row.tobytes() for _, row in rows]
    assert len(set(seen)) == len(drawn)


def test_a_text_that_nobody_has_written_is_replaced_by_another(material, english, monkeypatch):
    texts = iter(["&", "+", "&so"])
    monkeypatch.setattr(word_material, "draw_text", lambda rng: next(texts))
    known = {each: inks for each, inks in material.characters.items() if each not in "&+"}
    some = replace(material, characters=known)
    piece = some._joined(np.random.default_rng(4))
    assert piece.text == "so"
    assert not piece.ink.empty


def test_underlines_and_scrawls_add_one_stroke(material):
    rng, ink = np.random.default_rng(3), written("sun")
    low, high = ink.bounds()
    line = word_material.underlined(ink, rng).strokes[-1]
    assert line[:, 1].min() > high[1] - 0.1 * (high[1] - low[1])
    scrawl = word_material.struck_out(ink, rng)
    assert len(scrawl.strokes) == len(ink.strokes) + 1
    assert np.ptp(scrawl.strokes[-1], axis=0)[0] > 0.7 * (high[0] - low[0])


def test_writers_take_turns():
    samples = [PenSample(f"{i}", "pap", "much", DASH) for i in range(20)]
    samples += [PenSample("x", "pap", "little", DASH)]
    chosen = word_material.evenly(samples, 5)
    assert Counter(each.writer for each in chosen) == {"much": 4, "little": 1}
    assert len(word_material.evenly(samples, 99)) == 21


def test_batches_follow_from_the_seed_and_fit_their_texts(material, english):
    once, again = (list(training_batches(material.draw, 4, 18, [7, 0])) for _ in range(2))
    other = next(training_batches(material.draw, 4, 1, [7, 1]))
    assert len(once) == 18
    for batch, same in zip(once, again, strict=True):
        np.testing.assert_array_equal(batch.inputs, same.inputs)
        assert batch.texts == same.texts
        count, rows, columns, channels = batch.inputs.shape
        assert (count, rows, channels) == (4, HEIGHT, 1)
        assert columns % word_batches.WIDTH_STEP == 0
        for text, frames in zip(batch.texts, batch.frames, strict=True):
            assert fewest_frames(classes_of(text)) <= frames <= columns // COLUMNS_PER_FRAME
    assert other.texts != once[0].texts


def test_an_image_is_drawn_with_many_pens_in_about_its_place():
    rng = np.random.default_rng(4)
    seen = [as_seen(written("moon"), rng) for _ in range(30)]
    inked = [float((image > 0.5).mean()) for image in seen]
    assert max(inked) > 2 * min(inked)
    rows = [float(np.average(np.arange(HEIGHT), weights=image.sum(axis=(1, 2)))) for image in seen]
    assert np.mean(rows) == pytest.approx(HEIGHT / 2, abs=1)
    assert np.std(rows) > 0.3
    assert min(image.max() for image in seen) > 0.3


def test_words_of_different_widths_are_filled_up_at_the_right():
    batch = gather([np.ones((HEIGHT, width, 1), np.float32) for width in (10, 70)], "ab")
    assert batch.inputs.shape == (2, HEIGHT, 96, 1)
    assert batch.frames.tolist() == [5, 35]
    assert batch.inputs.sum() == HEIGHT * 80


def test_what_another_thread_makes_comes_in_its_order_or_with_its_error():
    assert list(ahead(iter(range(100)), 3)) == list(range(100))

    def fails():
        yield 1
        raise ValueError("no more")

    made = ahead(fails())
    assert next(made) == 1
    with pytest.raises(ValueError, match="no more"):
        next(made)


def test_unipen_is_read_without_those_who_validate(tmp_path, english, monkeypatch):
    monkeypatch.setattr(word_material, "VALIDATION_SPELLED", 5)

    def save(what, labels, providers):
        count = len(labels)
        np.savez(
            tmp_path / f"unipen-{what}.npz",
            label=np.array(labels), provider=np.array(providers), writer=np.array(providers),
            strokes=np.ones(count, np.int16), points=np.full(count, 2, np.int16),
            deltas=np.tile([[0, 0], [5, 5]], (count, 1)).astype(np.int16),
        )  # fmt: skip

    save("words", ["sun", "b@d", "moon", "a"], ["sta", "sta", "pap", "apd"])
    save("characters", ["a", "@", *"0123456789."], ["kai", "kai", *["ced"] * 11])
    few = made_up_pool()
    monkeypatch.setattr(word_material.pool, "load", lambda: few)
    found = word_material.load(tmp_path)
    assert set(found.images) == set(CHARACTERS)
    assert len(found.images["7"]) == 2
    assert {name: [word.text for word in words] for name, words in found.words.items()} == {
        "sta": ["sun"]
    }
    assert list(found.characters) == ["a"]
    assert [word.text for word in found.validation] == ["moon"]
    spelled = [each.text for each in found.spelled]
    assert len(spelled) == word_material.VALIDATION_SPELLED
    assert all(set(text) <= set("0123456789.") for text in spelled)
    assert isinstance(found.words["sta"][0], Piece)
