"""Every exercise knows the right answer, names what is wrong, and lets nobody's cell raise."""

import itertools
import re
from math import prod

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from hwr import check, keras
from hwr.alphabets import CHARACTERS
from hwr.check import Exercise, Question, convolution
from hwr.check._compare import difference

PUBLIC = {name: getattr(check, name) for name in check.__all__}
EXERCISES = {name: found for name, found in PUBLIC.items() if isinstance(found, Exercise)}
QUESTIONS = {name: found for name, found in PUBLIC.items() if isinstance(found, Question)}


def shown(thing) -> dict[str, str]:
    """Return what a notebook shows, by MIME type."""
    return DisplayFormatter().format(thing)[0]


def written(code: str, name: str):
    """Run a cell and give what it defines under a name."""
    defined = {"np": np}
    exec(code, defined)
    return defined[name]


@pytest.mark.parametrize("name", EXERCISES)
def test_its_solution_is_right(name):
    exercise = EXERCISES[name]
    verdict = exercise(written(exercise.code, name))
    assert verdict == exercise.praise
    assert repr(verdict).startswith("Right: ")


@pytest.mark.parametrize("name", EXERCISES)
def test_what_the_notebook_came_with_is_not_attempted(name):
    def stub(a, b=1): ...

    def documented(a):
        """Do what is asked."""

    def dots(a):
        return ...

    for untouched in (stub, documented, dots, ..., None, {"a": ..., "b": ...}):
        verdict = EXERCISES[name](untouched)
        assert verdict.state == "not attempted"
        assert f"check.{name}.hint()" in verdict.words


@pytest.mark.parametrize("name", EXERCISES)
def test_it_names_each_mistake_by_its_own_reason(name):
    exercise = EXERCISES[name]
    assert len(exercise.mistakes) >= 3
    for reason, answer in exercise.mistakes.items():
        verdict = exercise(answer)
        assert (verdict.state, verdict.words) == ("wrong", reason)


# Written as learners write: other code than that by which the exercises recognise them.
WRONG = {
    "feature_map": {
        "convolution.signal.convolve2d(convolution.IMAGE, convolution.KERNEL, 'valid')": "turned",
        "np.array([[3, 1], [4, 1], [-2, 4]])": "Rows and columns",
        "[[4.0, 4.0, 1.0], [2.0, 1.0, 6.0]]": "not the expected value",
        "[[3, 4, -2, 0], [1, 1, 4, 3], [3, 1, 4, 2]]": "margin",
    },
    "starts": {
        "lambda size, window, stride: [r for r in range(size) if r % stride == 0]": "hang over",
        "lambda size, window, stride: np.arange(size - window)[::stride]": "last place is missing",
        "lambda size, window, stride: range(size + 1 - window)": "stride is not used",
        "lambda size, window, stride: [r // 0 for r in range(size)]": "ZeroDivisionError",
    },
    "through_channels": {
        "lambda s, k: solved(s, np.rot90(k, 2))": "turned by 180",
        "lambda s, k: solved(s, k).T": "swapped",
        "lambda s, k: solved(s[..., :1], k[..., :1])": "first channel",
    },
    "parameters": {
        "lambda w, c, f: w * w * c * f": "biases are missing",
        "lambda w, c, f: f * w * w + f": "channels are forgotten",
        "lambda w, c, f: 1 + f * c * w**2": "one bias for each filter",
    },
    "upright": {
        "lambda rows: np.stack([row.reshape(28, 28) for row in rows])": "on their side",
        "lambda rows: np.stack([np.rot90(row.reshape(28, 28), 3) for row in rows])": "mirror wri",
        "lambda rows: np.array(rows)": "rows of 784",
    },
    "letters": {
        "lambda labels: [chr(65 + label) for label in labels]": "Off by one: the labels",
        "lambda labels: [chr(96 + label) for label in labels]": "small letters",
        "lambda labels: list(np.array(list(CHARACTERS))[labels])": "order of ByClass",
    },
    "mean_recall": {
        "lambda labels, answers: np.sum(labels == answers) / len(labels)": "accuracy",
        "lambda y, a: np.mean([(y[a == c] == c).mean() for c in set(a)])": "precision",
        "lambda y, a: np.mean([(a[y == c] == c).mean() if c in y else 0 for c in range(62)])": "62",
    },
    "mend": {
        "lambda a, b, c, d: (a, b, c, d)": "Nothing is mended",
        "lambda a, b, c, d: (np.transpose(a, (0, 2, 1)), b, np.transpose(c, (0, 2, 1)), d)": "lab",
        "lambda a, b, c, d: (a, (b + 61) % 62, c, (d + 61) % 62)": "labels are right",
    },
    "shift": {
        "lambda image, right: np.concatenate([image[:, image.shape[1] - right :], "
        "image[:, : image.shape[1] - right]], axis=1)": "wraps around",
        "lambda image, right: np.hstack([image[:, right:], 0 * image[:, :right]])": "to the left",
        "lambda image, right: np.hstack([np.zeros((len(image), right), int), image])": "wider",
    },
    "keeps_label": {
        "{**solved, 'mirror left to right': True}": "mirror",
        "{**solved, 'slant by 10 degrees': False}": "slant",
        "{**solved, 'turn upside down': True}": "upside",
    },
    "prepared": {
        "lambda i, y, d: (np.r_[i, d(i)][:int(1.6 * len(i))], np.r_[y, y][:int(1.6 * len(i))], "
        "np.r_[i, d(i)][int(1.6 * len(i)):], np.r_[y, y][int(1.6 * len(i)):])": "Leakage",
        "lambda i, y, d: (d(i[:int(.8 * len(i))]), y[:int(.8 * len(i))], "
        "i[int(.8 * len(i)):], y[int(.8 * len(i)):])": "undistorted images are missing",
        "lambda i, y, d: (i[:int(.8 * len(i))], y[:int(.8 * len(i))], "
        "i[int(.8 * len(i)):], y[int(.8 * len(i)):])": "Nothing is distorted",
    },
    "as_network_input": {
        "lambda images: np.expand_dims(images, -1).astype('float32')": "0 to 255",
        "lambda images: np.float32(images) / 255": "channel is missing",
        "lambda images: images.reshape(-1, 28, 28, 1) / 255": "they are float64, not float32",
        "lambda i: (i / 255)[..., None].astype('float16')": r"At index \[0, 0, 0, 0\]",
        "lambda images: np.float32(images).reshape(-1, 1, 28, 28) / 255": "comes last",
    },
    "cross_entropy": {
        "lambda z, y: -np.log(overflowing(z)[range(len(y)), y]).mean()": "np.exp.1000. is infinite",
        "lambda z, y: np.mean(np.log(np.exp(z).sum(1)) - z[range(len(y)), y])": "You got inf",
        "lambda z, y: -np.log(soft(soft(z))[range(len(y)), y]).mean()": "twice",
        "lambda z, y: np.mean(np.log(soft(z)[range(len(y)), y]))": "minus sign",
        "lambda z, y: -np.log(soft(z)[range(len(y)), y]).sum()": "sum over the images",
        "lambda z, y: -np.log(np.max(soft(z), axis=1)).mean()": "largest probability",
    },
    "my_network": {
        "lambda n: conv_network(n).summary(print_fn=lambda text: None)": "returns nothing",
        "lambda n: conv_network(n).layers": "list, not a network",
        "conv_network(62)": "the function itself",
        "lambda n: keras.Sequential([keras.layers.Conv2D(4, 3)])": "keras.Input",
        "lambda n: conv_network(n, shape=(784,))": r"shape \(784,\)",
        "lambda n: conv_network(n, [keras.layers.MaxPooling2D(2)])": "at least one",
        "lambda n: conv_network(47)": r"my_network\(62\) ends in 47 outputs instead of 62",
        "lambda n: conv_network(62)": r"my_network\(10\) ends in 62 outputs instead of 10",
        "lambda n: conv_network(n, last='sigmoid')": "ends in sigmoid",
        "lambda n: keras.Sequential([conv_network(n), keras.layers.ReLU()])": "ends in ReLU",
        "lambda n: conv_network(n, [keras.layers.AveragePooling2D()])": "raises TypeError",
        "lambda n: keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(n, 3)])":
        r"shape \(26, 26, 62\)",
    },
    "half_width": {
        "lambda p, n: 2 * 1.96 * (p * (1 - p) / n) ** 0.5": "from end to end",
        "lambda p, n: (p * (1 - p) / n) ** 0.5": "one standard error",
        "lambda p, n: 1.96 * (p * (1 - p)) ** 0.5 / n": "outside the root",
        "lambda p, n: 1.96 * (p * (1 - p) / n)": "square root is missing",
        "lambda p, n: 1.96 * (p / n) ** 0.5": "You got",
    },
    "best_epoch": {
        "lambda h: h[np.argmax([row['test_accuracy'] for row in h])]['epoch']": "TEST",
        "lambda h: h[np.argmax([row['accuracy'] for row in h])]['epoch']": "TRAINING",
        "lambda h: np.argmax([row['val_accuracy'] for row in h])": "Off by one",
    },
    "shuffled": {
        "lambda i, y, r: (i[r.permutation(len(i))], y[r.permutation(len(y))])": "separately",
        "lambda i, y, r: (i[r.permutation(len(i))], y)": "Only the images",
        "lambda i, y, r: (i[:5], y[:5])": "not at all",
    },
    "precision": {
        "lambda m: np.diag(m) / m.sum(1)": "recall",
        "lambda m: np.diag(m).sum() / m.sum()": "accuracy",
        "lambda m: np.diag(m)": "counts",
    },
    "with_temperature": {
        "lambda z, t: soft(soft(z / t))": "twice",
        "lambda z, t: soft(z * t)": "multiply",
        "lambda z, t: soft(z) / t": "divide the probabilities",
    },
    "coverage_and_risk": {
        "lambda p, y, t: ((p.max(1) >= t).mean(), "
        "np.mean((p.max(1) >= t) * (p.argmax(1) != y)))": "among all images",
        "lambda p, y, t: ((p.max(1) > t).mean(), np.mean((p.argmax(1) != y)[p.max(1) > t]))": ">=",
        "lambda p, y, t: ((p.max(1) >= t).mean(), (p.argmax(1) == y)[p.max(1) >= t].mean())": "go",
    },
    "outside": {
        "lambda p, inside: (p * (inside + ~inside))[:, ~inside].sum(1)": "0.5 each",
        "lambda p, inside: np.min(1 - p[:, inside], axis=1)": "a 1 that may be",
        "lambda p, inside: (p / (2 * np.where(inside, sum(inside), sum(~inside))))[:, ~inside]"
        ".sum(1)": "no longer sum to 1",
        "lambda p, inside: 1 - solved(p, inside)": "IS in the alphabet",
    },
    "quantised": {
        "lambda w: ((w / abs(w).max() * 127).round(), [abs(w).max() / 127] * len(w))": "one scale",
        "lambda w: (np.rint(127 * w / np.ptp(w, axis=1, keepdims=True)), np.ptp(w, axis=1) / 127)":
        "expected",
        "lambda w: ((127 * w / abs(w).max(1, keepdims=True)).astype(np.int8), abs(w).max(1) / 127)":
        "cut off",
        "lambda w: ((w * 127 / w.max(1)[:, None]).round().astype(int), w.max(1) / 127)": "np.abs",
        "lambda w: solved(w)[::-1]": "first the integers",
        "lambda w: (np.rint(127 * w / abs(w).max(1)[:, None]), abs(w).max(1)[:, None] / 127)":
        "a column",
    },
    "weighted_sum": {
        "lambda p, w, k, y, x: (np.reshape(p, (-1, w))[y:y+3, x:x+3].T * np.reshape(k, (3, 3))"
        ").sum()": "column by column",
        "lambda p, w, k, y, x: (np.reshape(p, (-1, w))[y:y+3, x:x+3] * np.reshape(k[::-1], (3, 3))"
        ").sum()": "turned",
        "lambda p, w, k, y, x: (np.reshape(p, (-1, w))[y:y+3, x:x+3] * np.reshape(k, (3, 3))"
        ").mean()": "mean",
        "lambda p, w, k, y, x: (np.reshape(p, (-1, w))[:3, :3] * np.reshape(k, (3, 3))).sum()":
        "not used",
        "lambda p, w, k, y, x: sum(a * b for a, b in zip(p[y * w + x:], k))": "nine neighbours",
    },
    "may_flip": {
        "lambda p, t: [sorted(row)[-1] - sorted(row)[-2] < t for row in p]": "TWICE",
        "lambda p, t: [sorted(row)[-1] - sorted(row)[-2] > 2 * t for row in p]": "other way round",
        "lambda p, t: [max(row) - min(row) < 2 * t for row in p]": "worst",
        "lambda p, t: [max(row) > 1 - 2 * t for row in p]": "with 1",
    },
    "first_of_each": {
        "lambda labels, each: np.array([True] * len(labels))": "Every drawing teaches",
        "lambda labels, each: np.array([sum(labels[:i] == c) <= each "
        "for i, c in enumerate(labels)])": "One too many",
        "lambda labels, each: np.array([sum(labels[:i] == c) >= each "
        "for i, c in enumerate(labels)])": "other way round",
    },
    "mixed": {
        "lambda old, new, s: tuple(s * a + (1 - s) * b for a, b in zip(old, new))": "swapped",
        "lambda old, new, s: tuple(a + s * b for a, b in zip(old, new))": "on top",
        "lambda old, new, s: tuple((a + b) / 2 for a, b in zip(old, new))": "the mean",
    },
    "top": {
        "lambda p, classes, k: [classes[i] for i in sorted(range(len(p)), key=lambda i: p[i])[:k]]":
        "least probable: ",
        "lambda p, classes, k: sorted(range(len(p)), key=lambda i: -p[i])[:k]": "places",
        "lambda p, classes, k: sorted(p, reverse=True)[:k]": "These are probabilities",
    },
    "normalised": {
        "lambda strokes: tuple((s - s.min(0)) / np.ptp(s, 0).max() for s in strokes)": "by itself",
        "lambda strokes: tuple((s - np.concatenate(strokes).min(0)) / "
        "np.ptp(np.concatenate(strokes), axis=0) for s in strokes)": "separately",
        "lambda strokes: tuple(s - np.concatenate(strokes).min(0) for s in strokes)": "the size",
    },
    "column_scan": {
        "lambda picture: runs(np.sum(picture, axis=0) > 0, last=1)": "first one WITHOUT",
        "lambda picture: runs(np.sum(picture, axis=1) > 0)": "through the rows",
        "lambda picture: runs(np.sum(picture, axis=0) == 0)": "the gaps",
        "lambda picture: runs(np.sum(picture, axis=0) > 0)[:-1] if picture[:, -1].any() "
        "else runs(np.sum(picture, axis=0) > 0)": "last run is lost",
        "lambda picture: [(i, i + 1) for i in range(picture.shape[1]) if max(picture[:, i])]":
        "neighbours belong",
        "lambda picture: [picture.any(0)]": "You got|shape",
    },
    "best_reading": {
        "walk": "at every step",
        "lambda groups, units: max(whole(groups, units), key=lambda w: "
        "np.mean([g[3] for g in w]), default=[])": "shape|You got",
        "lambda groups, units: ''.join(g[2] for g in max(whole(groups, units), key=lambda w: "
        "np.mean([g[3] for g in w])))": "best MEAN",
        "lambda groups, units: ''.join(g[2] for g in min(whole(groups, units), key=lambda w: "
        "(len(w), -sum(g[3] for g in w))))": "fewest letters",
        "lambda groups, units: ''.join(g[2] for g in min(whole(groups, units), key=lambda w: "
        "sum(g[3] for g in w)))": "smallest sum",
        "lambda groups, units: max([w for end in range(1, units + 1) for w in "
        "whole(groups, end)], key=lambda w: sum(g[3] for g in w))[0][2]": "stops early",
    },
    "collapse": {
        "lambda path: re.sub(r'(.)\\1+', r'\\1', path.replace('_', ''))": "Merge first",
        "lambda path: ''.join(c for c in path if c != '_')": "only remove the blanks",
        "lambda path: re.sub(r'(.)\\1+', r'\\1', path)": "leave the blanks",
        "lambda path: path.replace('aa', 'a').replace('_', '')": "You got",
        "lambda path: [c for c, d in zip(path, '_' + path) if c != d and c != '_']": "a list",
    },
    "forward": {
        "lambda p, text: by_listing(p, text, max)": "best path alone",
        "lambda p, text: sum(from_state(p, '_' + '_'.join(text) + '_', i) for i in (0, 1))":
        "skip the blank between equal letters",
        "lambda p, text: by_listing(p, text, sum, lambda path: path[-1] == '_')": "the last blank",
        "lambda p, text: by_listing(p, text, sum, lambda path: path[-1] != '_')": "last letter",
        "lambda p, text: by_listing(p, text, sum, lambda path: path[0] == '_')": "begin with a b",
        "lambda p, text: np.log(by_listing(p, text, sum) or 1e-300)": "logarithm",
        "lambda p, text: by_listing(p, text, len)": "You got",
    },
}  # fmt: skip


def conv_network(classes, middle=None, shape=(28, 28, 1), last=None):
    """Build a network for images in the middle of which a learner has put other layers."""
    middle = [keras.layers.Conv2D(4, 3)] if middle is None and len(shape) == 3 else middle or []
    begin, end = [keras.Input(shape), *middle], keras.layers.Dense(classes, activation=last)
    return keras.Sequential([*begin, keras.layers.Flatten(), end])


def soft(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def overflowing(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def runs(inked, last=0):
    """Part columns where they are empty, as a learner does with NumPy."""
    columns = np.flatnonzero(inked)
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    return [(part[0], part[-1] + 1 - last) for part in parts if len(part)]


def whole(groups, units):
    """Return all readings from the first unit to the last."""
    open_, done = [[]], []
    while open_:
        way = open_.pop()
        place = way[-1][1] if way else 0
        done += [way] if place == units else []
        open_ += [[*way, group] for group in groups if group[0] == place]
    return done


def walk(groups, units):
    """Take the best next group, again and again."""
    text, place = "", 0
    while following := sorted((g for g in groups if g[0] == place), key=lambda g: g[3]):
        _, place, letter, _ = following[-1]
        text += letter
    return text


def merged(path):
    return re.sub(r"(.)\1+", r"\1", path).replace("_", "")


def by_listing(frames, text, add, wanted=lambda path: True):
    """Put together the probabilities of all paths of a text, listed one by one."""
    paths = itertools.product(frames[0], repeat=len(frames))
    found = ["".join(path) for path in paths if merged("".join(path)) == text]
    wanted_ones = [zip(frames, path, strict=True) for path in found if wanted(path)]
    return add([prod(frame[c] for frame, c in pairs) for pairs in wanted_ones] or [0])


def from_state(frames, states, i):
    """Add up what is left of all paths from a state on; any blank may be skipped."""
    if i >= len(states) or not frames:
        return 0
    onwards = [i, i + 1, i + 2] if states[i] != "_" else [i, i + 1]
    last = i >= len(states) - 2 if len(frames) == 1 else 0
    return frames[0][states[i]] * (last + sum(from_state(frames[1:], states, n) for n in onwards))


@pytest.mark.parametrize("name", EXERCISES)
def test_it_recognises_what_learners_write(name):
    exercise = EXERCISES[name]
    names = globals() | {"CHARACTERS": CHARACTERS, "solved": written(exercise.code, name)}
    words = []
    for code, pattern in WRONG[name].items():
        verdict = exercise(eval(code, names))
        assert verdict.state == "wrong", code
        assert re.search(pattern, verdict.words), (code, verdict.words)
        words.append(verdict.words)
    assert len(set(words)) == len(words) >= 3


@pytest.mark.parametrize("ending", ["softmax", "dense"])
def test_any_network_of_images_with_a_convolution_is_right(ending):
    def my_network(classes):
        images = keras.Input((28, 28, 1))
        maps = keras.Sequential([keras.layers.SeparableConv2D(6, 5, strides=2)])(images)
        x = keras.layers.Concatenate()([maps, keras.layers.Conv2D(3, 5, strides=2)(images)])
        x = keras.layers.Dense(classes)(keras.layers.GlobalMaxPooling2D()(x))
        return keras.Model(images, keras.layers.Softmax()(x) if ending == "softmax" else x)

    assert check.my_network(my_network) == check.my_network.praise


def starts(last_line):
    return written(f"def starts(size, window, stride):\n    {last_line}", "starts")


@pytest.mark.parametrize(
    ("exercise", "answer", "said"),
    [
        ("starts", starts("return size[0]"), "Line 2 of your cell raises TypeError"),
        ("starts", starts("print(end='')"), "return"),
        ("starts", [0, 1, 2], "the function itself"),
        ("parameters", lambda w, c, f: 7, "For 3, 1, 32: You got 7; expected 320."),
    ],
    ids=["raises", "returns nothing", "no function", "unknown mistake"],
)
def test_an_answer_that_cannot_be_named_is_told_what_comes_of_it(exercise, answer, said):
    verdict = EXERCISES[exercise](answer)
    assert verdict.state == "wrong"
    assert said in verdict.words


TABLE = np.arange(6.0).reshape(2, 3)


def spoiled(place, value, table=TABLE):
    changed = table.copy()
    changed[place] = value
    return changed


@pytest.mark.parametrize(
    ("got", "wanted", "said"),
    [
        (spoiled((1, 2), 7), TABLE, "At row 1, column 2 (counted from 0) you got 7; expected 5. 1"),
        (spoiled(np.s_[0], np.nan), TABLE, "row 0, column 0 (counted from 0) you got nan; exp"),
        ([1, 2, 4], [1, 2, 3], "element 2 (counted from 0) you got 4; expected 3. 1 of 3 values"),
        (["a", "c"], ["a", "b"], "At element 1 (counted from 0) you got c; expected b."),
        (TABLE[None] + 1, TABLE[None], "At index [0, 0, 0] (counted from 0) you got 1; expected"),
        ((TABLE, spoiled((0, 1), 9)), (TABLE, TABLE), "Result 2 of 2: At row 0, column 1"),
        (TABLE > 2, TABLE, "you got False; expected 1."),
        (TABLE.T, TABLE, "The result has shape (3, 2); the expected shape is (2, 3)."),
        (np.float32(2), 3.0, "You got 2; expected 3."),
    ],
    ids=["cell", "nan", "list", "texts", "index", "results", "bools", "shape", "number"],
)  # fmt: skip
def test_the_cell_of_an_array_that_is_wrong_is_named(got, wanted, said):
    assert said in difference(got, wanted)
    assert "expected" not in difference(spoiled((1, 2), 7), TABLE, tell=False).replace(
        "not the expected value", ""
    )


@pytest.mark.parametrize(
    "loss",
    [
        lambda z, y: -np.log(overflowing(z)[range(len(y)), y]).mean(),
        lambda z, y: np.mean(
            [-np.log(np.exp(a)[b] / sum(np.exp(a))) for a, b in zip(z, y, strict=True)]
        ),
        lambda z, y: float(
            -np.log((np.exp(z).T / np.exp(z).sum(1)).T[np.arange(len(y)), y]).mean()
        ),
    ],
    ids=["function", "loop", "transposed"],
)
def test_an_overflow_is_told_by_the_verdict_alone(loss, recwarn):
    words = check.cross_entropy(loss).words
    assert "infinite" in words
    assert "Subtract the largest logit" in words
    assert not recwarn.list


@pytest.mark.parametrize("dtype", [np.float64, np.longdouble, list], ids=str)
def test_right_values_of_another_type_are_told_so(dtype):
    def converted(images):
        values = images[..., None] / 255
        return values.tolist() if dtype is list else values.astype(dtype)

    words = check.as_network_input(converted).words
    assert words.startswith("The values are right, but they are ")
    assert "not float32: use .astype(np.float32)." in words


def test_an_answer_cannot_change_what_the_next_one_is_judged_by():
    def spoils(matrix):
        matrix[:] = 1
        return matrix

    check.precision(spoils)
    assert check.precision(written(check.precision.code, "precision")).state == "right"


def test_a_value_is_not_given_away():
    wanted = str(convolution.FEATURE_MAP.tolist())
    assert wanted not in check.feature_map(np.zeros((2, 3))).words


def test_hints_tell_more_each_time_and_the_last_stays():
    exercise = EXERCISES["precision"]
    told = [exercise.hint().words for _ in range(4)]
    assert told[0].startswith("Hint 1 of 3")
    assert len(set(told)) == 3
    assert told[2] == told[3]
    assert "check.precision.solution()" in told[3]
    assert exercise.code in repr(exercise.solution())


@pytest.mark.parametrize("name", EXERCISES)
def test_what_it_shows_is_a_box_with_its_state_in_words(name):
    exercise = EXERCISES[name]
    page, solution = (shown(thing)["text/html"] for thing in (exercise(...), exercise.solution()))
    assert 'role="status"' in page
    assert "Not attempted." in page
    assert "&lt;" in solution or "<" not in exercise.code


def test_names_are_the_exercises_own():
    for name, found in (EXERCISES | QUESTIONS).items():
        assert found.name == name
    assert len(EXERCISES) + len(QUESTIONS) == len(check.__all__)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_option_of_a_question_has_its_own_reply(name):
    question = QUESTIONS[name]
    verdicts = {letter: question.answer(letter) for letter in question.options}
    assert 3 <= len(verdicts) <= 4
    assert [v.state for v in verdicts.values()].count("right") == 1
    assert verdicts[question.right].state == "right"
    assert len({verdict.words for verdict in verdicts.values()}) == len(verdicts)
    assert question.answer().state == "not attempted"
    with pytest.raises(ValueError, match="no option 'z': choose one of a, b, c"):
        question.answer("z")


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_click_on_an_option_shows_its_reply(name):
    question = QUESTIONS[name]
    _, buttons, reply = question.widget().children
    assert buttons.value is None
    for letter in question.options:
        buttons.value = letter
        assert question.answer(letter).words[:20] in reply.value.replace("&#x27;", "'")


def test_a_page_without_widgets_shows_a_question_as_a_list():
    bundle = shown(check.hotter)
    assert "<li>a) it rises" in bundle["text/html"]
    assert "a) it rises" in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_careless_loader_has_its_three_faults():
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (300, 28, 28), dtype=np.uint8)
    labels = np.arange(300) % 62
    train, train_labels, judged, judged_labels = check.damaged(images, labels, 100, 40)
    assert train.shape == (240, 28, 28)
    assert judged.shape == (100, 28, 28)
    shared = {image.tobytes() for image in train} & {image.tobytes() for image in judged}
    assert len(shared) == 40
    label_of = {image.T.tobytes(): label for image, label in zip(images, labels, strict=True)}
    both = [*zip(train, train_labels, strict=True), *zip(judged, judged_labels, strict=True)]
    assert all((label_of[image.tobytes()] + 1) % 62 == label for image, label in both)


def test_the_careless_shuffle_loses_every_pair():
    numbers = np.arange(1000)
    images, labels = check.careless(numbers, numbers, np.random.default_rng(0))
    assert np.array_equal(np.sort(images), numbers)
    assert (images == labels).mean() < 0.01


def test_a_stub_is_told_from_a_short_answer():
    states = [check.starts(answer).state for answer in (lambda: None, lambda: 5, lambda a: a)]
    assert states == ["not attempted", "wrong", "wrong"]
