"""Networks of other people are tried in a process of their own, and their cards field by field."""

import hashlib
import json
import os
import re
import struct
import sys

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from hwr._support import trial
from hwr._support.apart import run_apart
from hwr._support.litert import LiteRTNetwork
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


class Built:
    """The parts of a network, put together by hand."""

    def __init__(self):
        self.tensors, self.graphs, self.buffers = [], [], [schema.BufferT()]

    def tensor(self, shape, values=None, kind=schema.TensorType.FLOAT32):
        added = schema.TensorT()
        added.shape, added.shapeSignature, added.type = list(shape), list(shape), kind
        if shape[:1] == (1,):  # of images, as many as are given
            added.shapeSignature = [-1, *shape[1:]]
        if values is not None:
            added.buffer = len(self.buffers)
            self.buffers.append(schema.BufferT())
            self.buffers[-1].data = np.frombuffer(np.asarray(values).tobytes(), np.uint8)
        self.tensors.append(added)
        return len(self.tensors) - 1

    def whole(self, values):
        values = np.array(values, np.int32)
        return self.tensor(values.shape, values, schema.TensorType.INT32)

    def graph(self, inputs, outputs, operators):
        added = schema.SubGraphT()
        added.tensors, added.operators = self.tensors, operators
        added.inputs, added.outputs = [inputs], [outputs]
        self.graphs.append(added)
        self.tensors = []

    def content(self):
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers = 3, self.graphs, self.buffers
        model.operatorCodes = []
        for name in OPERATORS:
            code = schema.OperatorCodeT()
            code.builtinCode = getattr(schema.BuiltinOperator, name)
            code.deprecatedBuiltinCode, code.version = code.builtinCode, 1
            model.operatorCodes.append(code)
        builder = flatbuffers.Builder()
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


OPERATORS = ["MEAN", "FILL", "ADD", "WHILE", "NEG"]


def operator(name, inputs, output, options=None):
    added = schema.OperatorT()
    added.opcodeIndex, added.inputs, added.outputs = OPERATORS.index(name), inputs, [output]
    if options:
        added.builtinOptions = options
        added.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
    return added


def large(shape):
    """Return a network of 800 bytes that adds the mean of an array of ones to that of an image."""
    built, reducing = Built(), schema.ReducerOptionsT()
    image, mean, total = (built.tensor(each) for each in ((1, 28, 28, 1), (1, 1), (1, 1)))
    ones, each, one = built.tensor((0,)), built.tensor(()), built.tensor((), np.float32(1))
    axes, places = built.whole((1, 2)), built.whole(range(len(shape)))
    steps = [
        operator("MEAN", [image, axes], mean, reducing),
        operator("FILL", [built.whole(shape), one], ones, schema.FillOptionsT()),
        operator("MEAN", [ones, places], each, reducing),
        operator("ADD", [mean, each], total, schema.AddOptionsT()),
    ]
    built.graph(image, total, steps)
    return built.content()


def endless():
    """Return a network that changes the sign of an image's mean for ever."""
    built, loop = Built(), schema.WhileOptionsT()
    loop.condSubgraphIndex, loop.bodySubgraphIndex = 1, 2
    image, mean, total = (built.tensor(each) for each in ((1, 28, 28, 1), (1, 1), (1, 1)))
    axes = built.whole((1, 2))
    steps = [
        operator("MEAN", [image, axes], mean, schema.ReducerOptionsT()),
        operator("WHILE", [mean], total, loop),
    ]
    built.graph(image, total, steps)
    before, always = built.tensor((1, 1)), built.tensor((), True, schema.TensorType.BOOL)
    built.graph(before, always, [])
    before, after = built.tensor((1, 1)), built.tensor((1, 1))
    built.graph(before, after, [operator("NEG", [before], after)])
    return built.content()


def test_a_small_network_of_such_parts_can_be_run():
    trial.require_runs(large((100, 100)), "small.tflite")


@pytest.mark.parametrize("shape", [(256, 1024, 1024), (1024,) * 3, (1024, 1024, 1024, 256), (-5,)])
def test_a_network_of_arrays_without_measure_is_refused(shape):
    with pytest.raises(ValueError, match=r"^[^\n]* can(not)? be run[^\n]*\.$"):
        trial.require_runs(large(shape), "large.tflite")


def test_a_network_larger_than_others_is_refused_where_no_system_limits_memory():
    with pytest.raises(ValueError, match=r"an array of 60,000,000 numbers, more than the 50 m"):
        LiteRTNetwork(large((60, 1000, 1000))).logits(np.zeros((1, 28, 28), np.uint8))


def test_a_network_without_end_is_ended():
    before = os.times()
    with pytest.raises(ValueError, match=r"^endless\.tflite is a network that cannot be run, "):
        trial.require_runs(endless(), "endless.tflite")
    after = os.times()
    if sys.platform != "win32":
        assert after.children_user - before.children_user < 3


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
