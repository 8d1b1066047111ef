"""Networks of other people are tried in a process of their own, and their cards field by field."""

import hashlib
import json
import re
import struct

import pytest

from hwr._support import trial
from hwr._support.apart import run_apart
from hwr.cli.main import main
from hwr.recognizer import SHIPPED, Recognizer
from hwr.web.litert import parse_model


def passed_on(folder, weights, text=None, **changes):
    """Return a card as another person may have passed it on, with the hash of its network."""
    card = json.loads(SHIPPED.read_text("utf-8"))
    card |= {"sha256": hashlib.sha256(weights).hexdigest(), **changes}
    (folder / "recognizer.tflite").write_bytes(weights)
    path = folder / "theirs.json"
    path.write_text(text or json.dumps(card), "utf-8")
    return path


@pytest.fixture
def weights():
    return SHIPPED.with_suffix(".tflite").read_bytes()


def deadly(weights, number):
    """Return a network of which one operation reads what is not there; its file is in order."""
    inputs = parse_model(weights).subgraphs[0].operators[number].inputs
    listed = struct.pack(f"<{len(inputs) + 1}i", len(inputs), *inputs)
    assert weights.count(listed) == 1
    return weights.replace(listed, listed[:4] + struct.pack("<i", -1) + listed[8:])


def test_a_network_that_ends_its_process_does_not_end_this_one(tmp_path, weights, capsys):
    operators = parse_model(weights).subgraphs[0].operators
    adding = next(number for number, each in enumerate(operators) if len(each.inputs) == 2)
    for number in (0, adding, len(operators) - 1):
        card = passed_on(tmp_path, deadly(weights, number))
        assert main(["read", "--model", str(card), "--alphabet", "62", "none.png"]) == 1
        sentence = capsys.readouterr().err
        assert re.fullmatch(
            r"hwr: .* can(not)? be run.*: .* or save the network anew\.\n", sentence
        )


def test_a_good_one_is_tried_once(tmp_path, weights, monkeypatch):
    tried = []

    def run(*arguments, **options):
        tried.append(1)
        return run_apart(*arguments, **options)

    monkeypatch.setattr(trial, "run_apart", run)
    other = weights + bytes(8)  # that it is another file is seen by its hash
    card = passed_on(tmp_path, other)
    assert Recognizer.load(card).weights == Recognizer.load(card).weights == other
    assert tried == [1]


def test_what_was_made_here_or_is_the_course_s_own_is_not_tried(tmp_path, weights, monkeypatch):
    monkeypatch.setattr(trial, "run_apart", None)  # tests/core/test_export.py makes one
    Recognizer.load()
    made = trial.made_here(weights + bytes(16))
    assert Recognizer.load(passed_on(tmp_path, made)).weights == made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -1),
        ("temperature", True),
        ("temperature", 10**400),
        ("threshold", float("nan")),
        ("class_frequencies", [True] * 62),
        ("class_frequencies", [10**400] * 62),
        ("class_frequencies", {"a": 1}),
        ("classes", ["a\x1b[2J", "b"]),
        ("classes", ["a" * 1000, "b"]),
        ("more_classes", [[]]),
        ("members", {"a": 1}),
        ("file", "../recognizer.tflite"),
        ("file", "C:\\recognizer.tflite"),
        ("file", 5),
        ("keras", "/etc/passwd"),
        ("sha256", 5),
        ("sha256", None),
        ("input", {"scale": "1", "offset": 0}),
        ("input", {"scale": 1, "offset": 0, "else": 1}),
        ("architecture", ["resnet"]),
        ("architecture", "\x1b]0;title\x07"),
        ("measured", {"validation, 62 classes": {"top1": "all"}}),
        ("measured", 1),
        ("parameters", "<script>"),
        ("training_images", -1),
        ("taught", "much " * 1000),
    ],
)
def test_a_card_is_checked_field_by_field(tmp_path, weights, name, value):
    card = passed_on(tmp_path, weights, **{name: value})
    trial.made_here(weights)
    with pytest.raises(ValueError, match=rf"^The card's {name} is .*, not .*: .*\.$") as error:
        Recognizer.load(card)
    assert len(str(error.value)) < 250
    assert str(error.value).isprintable()


@pytest.mark.parametrize("name", ["temperature", "threshold", "class_frequencies"])
def test_no_field_that_is_needed_may_be_missing(tmp_path, weights, name):
    card = passed_on(tmp_path, weights, **{name: None})
    trial.made_here(weights)
    with pytest.raises(ValueError, match=rf"^The card's {name} is None, not .*: .*\.$"):
        Recognizer.load(card)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 9**5,
        '{"file":' * 9**5,
        "[]",
        "5",
        '{"file": ' + "9" * 5000 + "}",
        '{"a": 1}',
        "\ud7ff",
    ],
)
def test_what_is_no_card_is_refused(tmp_path, weights, text):
    card = passed_on(tmp_path, weights, text)
    with pytest.raises(ValueError, match=r"^theirs\.json is not a recogniser's card: .*\.$"):
        Recognizer.load(card)
