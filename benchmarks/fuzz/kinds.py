"""What is fuzzed: files of pictures, strokes, arrays of pixels, cards of recognisers, drawings."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.fuzz import files
from hwr.datasets.synthetic import Writer, compose_word, draw

Case = tuple[str, bytes]
Door = Callable[[bytes], None]
"""Reads some content; a ValueError refuses it, an AssertionError says that the answer is none."""

FOLDER = Path(tempfile.gettempdir()) / "hwr-fuzz"
NUMBERS = (0, -1, 1e-300, 1e9, 1e300, float("nan"), float("inf"), 10**400, "9" * 400, True, None)
TEXTS = ("", "a", "\x1b[2J", "\u202e", "\ud800", "g" * 10**5, "\0", "ä", "../x", "٣", "👩‍🎓")
SHARES = (0.003, 0.03, 0.1)
"""Of odd values: with few, more of the others are looked at."""
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0")


class Kind(NamedTuple):
    """Content of a kind, by seed and number, and what reads it."""

    case: Callable[[int, int], Case]
    doors: Callable[[], dict[str, Door]]


# --- values in the place of others ---------------------------------------------------------------


def _odd(rng: np.random.Generator) -> Any:
    """Return a value that nobody expects."""
    pick = int(rng.integers(6))
    if pick < 2:
        return NUMBERS[int(rng.integers(len(NUMBERS)))]
    if pick == 2:
        return TEXTS[int(rng.integers(len(TEXTS)))]
    return ([], {}, [[[]]], [None] * 1000, {"a": {}}, [[1, 2], [3]])[int(rng.integers(6))]


def _replaced(value: Any, rng: np.random.Generator, share: float) -> Any:
    """Return a JSON value of which parts are odd, at any depth."""
    if rng.random() < share:
        return _odd(rng)
    if isinstance(value, dict):
        kept = {key: _replaced(each, rng, share) for key, each in value.items()}
        return {key: each for key, each in kept.items() if rng.random() > share / 2}
    if isinstance(value, list):
        return [_replaced(each, rng, share / max(len(value), 1) * 2) for each in value]
    return value


def _spoiled(text: bytes, rng: np.random.Generator) -> bytes:
    """Return text as it is, or with damage to its bytes, a mark before it, or deep nesting."""
    pick = int(rng.integers(8))
    if pick == 0:
        damage = (files.flip, files.truncate, files.cut_out)[int(rng.integers(3))]
        return damage(text, rng)
    if pick == 1:
        return BOMS[int(rng.integers(len(BOMS)))] + text
    if pick == 2:
        depth = int(rng.choice([100, 5000, 10**5]))
        return text.replace(b"[", b"[" * depth, 1)
    return text


# --- strokes -------------------------------------------------------------------------------------


def strokes(seed: int, number: int) -> Case:
    """Return strokes as JSON: of a word, or of anything."""
    rng = np.random.default_rng([seed, number])
    made = ("word", "scribble", "ticks", "dots", "few", "long", "odd")[number % 7]
    if made in ("word", "odd"):
        letters = rng.choice(list("abcdefghijklmnopqrstuvwxyz"), int(rng.integers(1, 12)))
        writer = Writer(number)
        found = compose_word("".join(letters), lambda c: writer.draw(c, rng), 1.75, rng).strokes
        drawn: Any = [stroke.round(3).tolist() for stroke in found]
        drawn = [_replaced(each, rng, 0.3) for each in drawn] if made == "odd" else drawn
    else:
        count, points = {
            "scribble": (int(rng.integers(1, 150)), int(rng.integers(2, 200))),
            "ticks": (int(rng.integers(1, 6000)), 2),
            "dots": (int(rng.integers(1, 20_000)), 1),
            "few": (int(rng.integers(0, 4)), int(rng.integers(0, 4))),
            "long": (1, int(rng.choice([10**4, 10**5, 10**5 + 1, 3 * 10**5]))),
        }[made]
        size = float(rng.choice([1e-6, 1, 100, 1e8]))
        place = rng.uniform(0, 60, (count, 1, 2)) * (made != "scribble")
        drawn = (size * (place + rng.normal(size=(count, points, 2)))).round(9).tolist()
    return made, json.dumps(drawn).encode()


def _stroke_doors() -> dict[str, Door]:
    from hwr import Recognizer
    from hwr.ink import Ink
    from hwr.words import read_text, read_word

    recognizer = Recognizer.load()

    def text(data: bytes) -> None:
        assert isinstance(str(read_text(Ink(json.loads(data)))), str)

    def word(data: bytes) -> None:
        assert 0 <= read_word(Ink(json.loads(data))).probability <= 1

    def character(data: bytes) -> None:
        shares = recognizer.read(Ink(json.loads(data))).probabilities
        assert np.isfinite(shares).all()

    return {"read_text": text, "read_word": word, "Recognizer.read": character}


# --- pictures ------------------------------------------------------------------------------------


def pictures(seed: int, number: int) -> Case:
    """Return a picture as a .npy file: writing, noise, ticks, stripes, blots, or plain."""
    rng = np.random.default_rng([seed, number])
    made = ("noise", "ticks", "stripes", "blots", "plain", "letters", "specks", "lines")[number % 8]
    side = int(rng.choice([1, 3, 30, 150, 400, 640, 1200, 2400, 3464]))
    shape = side, max(1, int(side * rng.uniform(0.2, 1)))
    if made == "noise":
        grey = 255.0 * (rng.random(shape) > rng.random())
    elif made == "ticks":
        down, across = int(rng.integers(6, 60)), int(rng.integers(4, 60))
        rows, columns = np.ogrid[: shape[0], : shape[1]]
        grey = 255.0 * ((rows % down > down // 2) | (columns % across > across // 4))
    elif made == "stripes":
        wave = np.sin(np.arange(shape[0]) / rng.uniform(0.3, 30))
        grey = np.tile(127 + 127 * wave[:, None], (1, shape[1]))
    elif made == "blots":
        from scipy import ndimage

        smooth = ndimage.gaussian_filter(rng.normal(size=shape), rng.uniform(1, 12))
        grey = 255.0 * (smooth < np.quantile(smooth, rng.random()))
    elif made == "specks":  # around a ring
        step, rows, columns = int(rng.integers(3, 30)), *np.ogrid[: shape[0], : shape[1]]
        ring = abs(np.hypot(rows - shape[0] / 2, columns - shape[1] / 2) - min(shape) / 3) < 4
        grey = 250.0 * ~(ring | ((rows % step < step // 3) & (columns % step < step // 3)))
    elif made == "lines":  # that slope, and may end
        rows, columns = np.ogrid[: shape[0], : shape[1]]
        step, slope = int(rng.integers(3, 60)), float(rng.uniform(-0.3, 0.3))
        inked = (rows + slope * columns) % step < rng.integers(1, step / 2 + 1)
        grey = 255.0 * ~(inked & (columns % int(rng.integers(20, 4000)) > 10))
    elif made == "plain":
        grey = np.full(shape, float(rng.integers(256)))
    else:
        from hwr.ink import convert

        grey = 255.0 - np.kron(convert(draw("g", rng)), np.ones((4, 4)))
    file = BytesIO()
    np.save(file, grey.astype(np.uint8))
    return f"{made} of {shape[0]} x {shape[1]}", file.getvalue()


def _picture_doors() -> dict[str, Door]:
    from hwr import Recognizer
    from hwr.images.character import find_character
    from hwr.words import read_text

    recognizer = Recognizer.load()

    def text(data: bytes) -> None:
        assert isinstance(str(read_text(np.load(BytesIO(data)))), str)

    def character(data: bytes) -> None:
        found = find_character(np.load(BytesIO(data))).picture
        assert np.isfinite(recognizer.read(found).probabilities).all()

    return {"read_text": text, "find_character": character}


# --- cards ---------------------------------------------------------------------------------------


@cache
def _shipped() -> tuple[str, bytes]:
    from hwr.recognizer import SHIPPED

    return SHIPPED.read_text("utf-8"), SHIPPED.with_suffix(".tflite").read_bytes()


def cards(seed: int, number: int) -> Case:
    """Return a card with odd fields, or with a damaged network whose hash is right."""
    rng = np.random.default_rng([seed, number])
    text, network = _shipped()
    card = json.loads(text)
    if number % 3 == 0:
        values = np.frombuffer(network[: len(network) // 4 * 4], np.int32).copy()
        small = np.flatnonzero((values > 0) & (values < 4096))  # sizes, places, numbers of tensors
        values[rng.choice(small, int(rng.integers(1, 4)))] = int(rng.choice([-1, 0, 5, 2**30]))
        spoiled = values.tobytes() + network[len(network) // 4 * 4 :]
        card["sha256"] = hashlib.sha256(spoiled).hexdigest()
        return "a damaged network", json.dumps(card).encode() + b"\n\n" + spoiled
    kept = {name: card[name] for name in ("file", "sha256")} if rng.random() < 0.8 else {}
    odd = _replaced(card, rng, float(rng.choice(SHARES)))
    content = json.dumps(odd | kept if isinstance(odd, dict) else odd).encode()
    return "odd fields", _spoiled(content, rng) + b"\n\n" + network


def _card_doors() -> dict[str, Door]:
    from hwr import Recognizer
    from hwr.ink import Ink

    def load(data: bytes) -> None:
        text, _, network = data.partition(b"\n\n")
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "recognizer.tflite").write_bytes(network)
        (FOLDER / "theirs.json").write_bytes(text)
        recognizer = Recognizer.load(FOLDER / "theirs.json")
        assert str(recognizer).isprintable()
        recognizer.read(Ink([[(0, 0), (5, 9)]]))

    return {"Recognizer.load": load}


# --- drawings ------------------------------------------------------------------------------------


def drawings(seed: int, number: int) -> Case:
    """Return a file of drawings of which some lines are odd."""
    rng = np.random.default_rng([seed, number])
    lines, share = [], float(rng.choice(SHARES))
    for _ in range(int(rng.integers(1, 6))):
        found = draw("g", rng)
        fields = {
            "label": "g",
            "writer": "Zoë",
            "strokes": [each.tolist() for each in found.strokes],
        }
        lines.append(json.dumps(_replaced(fields, rng, share)).encode())
    return "lines", _spoiled(b"\n".join(lines), rng)


def _drawing_doors() -> dict[str, Door]:
    from hwr._support.texts import printable
    from hwr.datasets.gather import format_report, merge_drawings, read_drawings

    def gather(data: bytes) -> None:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "class.jsonl").write_bytes(data)
        report = format_report(read_drawings(merge_drawings([FOLDER / "class.jsonl"])))
        assert printable(report.replace("\n", "")) == report.replace("\n", "")

    return {"gather": gather}


def _file_doors() -> dict[str, Door]:
    from hwr.images.io import open_photo, open_picture

    def door(read: Callable[[bytes], Any]) -> Door:
        def checked(data: bytes) -> None:
            grey = read(data)
            assert grey.ndim == 2, f"a picture of shape {grey.shape}"
            assert grey.size, "a picture without pixels"
            assert grey.dtype == "uint8", f"a picture of {grey.dtype}"

        return checked

    return {read.__name__: door(read) for read in (open_photo, open_picture)}


KINDS = {
    "files": Kind(files.case, _file_doors),
    "strokes": Kind(strokes, _stroke_doors),
    "pictures": Kind(pictures, _picture_doors),
    "cards": Kind(cards, _card_doors),
    "drawings": Kind(drawings, _drawing_doors),
}
