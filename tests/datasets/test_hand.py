"""A learner's drawings are used if enough are left to measure with; if not, a note says why."""

import pytest

from hwr.datasets import Drawing, load_hand, save_drawings, synthetic


def save(path, text):
    save_drawings(path, [Drawing(c, "me", synthetic.draw(c, seed)) for seed, c in enumerate(text)])


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_without_drawings_a_made_up_writer_stands_in(tmp_path, content):
    path = tmp_path / "my_hand.jsonl"
    if content is not None:
        path.write_text(content)
    hand = load_hand(path, "gq")
    assert not hand.own
    assert hand.note == "30 drawings by a made-up writer"
    assert "".join(hand.drawings.characters) == "gq" * 15


@pytest.mark.parametrize(
    ("text", "counted", "left"),
    [("g", "1 drawing", 0), ("gg", "2 drawings", 0), ("g" * 24 + "qq", "26 drawings", 19)],
)
def test_too_few_are_counted_and_the_made_up_writer_goes_on(tmp_path, text, counted, left):
    save(tmp_path / "few.jsonl", text)
    hand = load_hand(tmp_path / "few.jsonl", "gq")
    assert hand.note == (
        f"{counted} of your own: too few to measure ({left} beyond the first 5 of a character, 20 "
        "are needed), so the made-up writer goes on"
    )
    assert not hand.own
    assert len(hand.drawings) == 30


def test_enough_are_used_in_the_order_in_which_they_were_drawn(tmp_path):
    text = "gq" * 15
    save(tmp_path / "mine.jsonl", text)
    hand = load_hand(tmp_path / "mine.jsonl", "0O")
    assert hand.own
    assert hand.note == "30 drawings of your own"
    assert "".join(hand.drawings.characters) == text
