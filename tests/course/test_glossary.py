"""The glossary names the lesson that explains each term, and no lesson before uses it."""

import re

import pytest

from tools import glossary, solutions

TEXT = glossary.GLOSSARY.read_text("utf-8")
TERMS = glossary.read(TEXT)


def test_every_row_of_the_glossary_is_read():
    assert len(TERMS) == TEXT.count("\n| ") - 2 > 60  # without the head
    assert len({term.name.lower() for term in TERMS}) == len(TERMS)


def test_each_term_is_in_its_lesson_and_in_none_before():
    assert glossary.faults(TERMS, glossary.texts()) == []


def test_each_link_leads_to_its_lesson():
    for term in TERMS:
        [path] = [path for path in solutions.lessons() if path.name.startswith(term.lesson)]
        assert (glossary.GLOSSARY.parent / term.link).resolve() == path


def test_an_excuse_gives_a_reason():
    assert all(len(why.split()) >= 3 for term in TERMS for why in term.allowed.values())


def test_an_optional_lesson_comes_after_the_one_that_it_follows():
    assert glossary.in_order(["00", "05", "10", "04", "09"]) == ["00", "04", "10", "05", "09"]


@pytest.mark.parametrize(
    ("lessons", "said"),
    [
        (["", "one learning_rate", "The learning rate is"], "learning rate is in 01, but 02"),
        (["", "Learning\nrates!", "The learning rate is"], "learning rate is in 01, but 02"),
        (["", "(learning-rate)", "The learning rate is"], "learning rate is in 01, but 02"),
        (["", "", "nothing"], "learning rate is not in 02"),
        (["", "", "The *learning* rates"], None),
        (["a learning rate", "", "a learning rate"], None),  # excused
        (["", "learning rated", "The learning rate"], None),
    ],
)
def test_a_term_in_the_wrong_place_is_found(lessons, said):
    excuse = "00: it is in a title" if lessons[0] else ""
    [term] = glossary.read(f"| learning rate | how long | [02](x.ipynb) | {excuse} |")
    words = {f"0{number}": glossary.plain(text) for number, text in enumerate(lessons)}
    found = glossary.faults([term], words)
    assert [said in sentence for sentence in found] == ([True] if said else [])


def test_an_excuse_that_is_no_longer_needed_is_a_fault():
    [term] = glossary.read("| loss | less | [01](x.ipynb) | 00: a title of another lesson |")
    [sentence] = glossary.faults([term], {"00": "no such word", "01": "the loss"})
    assert re.match(r"loss is excused in 00", sentence)
