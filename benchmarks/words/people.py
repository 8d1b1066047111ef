"""Measure how words that people wrote are read: letters apart, partly joined, in one piece.

    python -m benchmarks.words.people [--pens FOLDER] [--reader NAME|CARD...] [--picture]

FOLDER, by default ``$HWR_PENS``, holds UNIPEN (see ``hwr.datasets.unipen``). Words by the providers
``pap``, ``apd`` and ``pcl`` are read, whom nobody trains on: common English ones, a third of each
kind, evenly over the kind's writers. *All* weighs the kinds as they occur, writer by writer. There
are no people's numbers, codes and marks: for these, characters by ``ced`` and ``uqb`` are set side
by side. A reader is ``shipped``; ``cutting``, the search over all ways to cut, or ``cut-strokes``,
the same with strokes cut into parts of letters; or the CARD of a network from ``python -m hwr train
words``. With ``--picture``, the same ink is read as a picture. What is no writing, doodles and
words that were struck out, should be answered by nothing: the area under the ROC says how well a
word's probability tells it from words.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.words.cut_strokes import cut
from benchmarks.words.kinds import KINDS, SEED, chosen, kind_of, shares_of_kinds
from hwr.cli import word_material
from hwr.datasets import doodles, unipen
from hwr.datasets.unipen import PenSample
from hwr.ink import Ink
from hwr.words.cutting import read_by_cutting
from hwr.words.edit_distance import edit_distance
from hwr.words.language_model import word_frequencies
from hwr.words.pictures import clean_picture
from hwr.words.text import Word
from hwr.words.word_reader import SHIPPED, WordReader

SPELLED = "digits, marks"
"""The row of texts with digits and marks, which were set side by side."""
NO_WRITING, NOT_WRITTEN = "no writing", 200
"""The row of what is no writing, and the number of its inks."""
PICTURE_HEIGHT, PICTURE_PEN = 90, 5
"""Pixels of a word that is drawn as a picture, and of its pen."""

Read = Callable[[Ink], Word]


class Answer(NamedTuple):
    """What was read of a word."""

    sample: PenSample
    word: Word
    seconds: float


def drawn(ink: Ink) -> NDArray[np.uint8]:
    """Return a word as a clean picture: dark ink on bright paper."""
    low, high = ink.bounds()
    scale = PICTURE_HEIGHT / max(float(high[1] - low[1]), 1e-9)
    width, height = (np.ceil((high - low) * scale) + 2 * PICTURE_HEIGHT).astype(int).tolist()
    picture = Image.new("L", (3 * width, 3 * height), 250)
    pen = ImageDraw.Draw(picture)
    for stroke in ink.strokes:
        points = 3 * ((stroke - low) * scale + PICTURE_HEIGHT)
        pen.line([tuple(point) for point in points], 30, 3 * PICTURE_PEN, "curve")
        for x, y in points:
            reach = 1.5 * PICTURE_PEN
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), 30)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


def answers(samples: Sequence[PenSample], read: Read) -> list[Answer]:
    """Return what is read of each word, and how long that took."""
    found = []
    for sample in samples:
        began = time.perf_counter()
        word = read(sample.ink)
        found.append(Answer(sample, word, time.perf_counter() - began))
    return found


def figures(found: Sequence[Answer]) -> dict[str, float]:
    """Return the figures of some words: shares, but for numbers and milliseconds."""
    pairs = [(each.sample.label, each.word) for each in found]
    right = np.array([label.lower() == word.text.lower() for label, word in pairs])
    sure = np.array([word.sure for _, word in pairs])
    wrong = sum(edit_distance(label.lower(), word.text.lower()) for label, word in pairs)
    return {
        "n": len(pairs),
        "writers": len({each.sample.writer for each in found}),
        "right": float(right.mean()),
        "exact": float(np.mean([label == word.text for label, word in pairs])),
        "wrong letters": wrong / sum(len(label) for label, _ in pairs),
        "sure": float(sure.mean()),
        "sure and wrong": float((sure & ~right).mean()),
        "wrong of sure": float((~right[sure]).mean()) if sure.any() else 0.0,
        "nothing": float(np.mean([not word.text for _, word in pairs])),
        "median ms": 1000 * float(np.median([each.seconds for each in found])),
    }


def no_writing(words: Sequence[PenSample], count: int) -> list[Ink]:
    """Return doodles and words that were struck out, half of each."""
    rng = np.random.default_rng(SEED)
    kinds = list(doodles.KINDS)
    drawn_over = [word_material.struck_out(word.ink, rng) for word in words[: count // 2]]
    return [doodles.draw(kinds[i % len(kinds)], rng) for i in range(count // 2)] + drawn_over


def rejection(found: Sequence[Answer], inks: Sequence[Ink], read: Read) -> dict[str, float]:
    """Return how ink that is no writing is answered, and told from words that were read."""
    answered = [read(ink) for ink in inks]
    words = np.array([each.word.probability for each in found])
    others = np.array([word.probability for word in answered])
    above = (words[:, None] > others).mean() + (words[:, None] == others).mean() / 2
    return {
        "n": len(inks),
        "nothing": float(np.mean([not word.text for word in answered])),
        "sure": float(np.mean([word.sure for word in answered])),
        "area under ROC": float(above),
    }


def table(
    of_kind: dict[str, list[PenSample]], shares: dict[str, float], read: Read
) -> dict[str, dict[str, float]]:
    """Return the figures of each kind, and those of all, weighed as the kinds occur."""
    read(of_kind[KINDS[0]][0].ink)  # what is loaded once does not count
    rows = {kind: figures(answers(samples, read)) for kind, samples in of_kind.items()}
    weights = {kind: shares[kind] for kind in rows}
    total = sum(weights.values())
    every = {
        name: sum(weights[kind] * row[name] for kind, row in rows.items()) / total
        for name in next(iter(rows.values()))
    }
    every["n"] = sum(row["n"] for row in rows.values())
    every["writers"] = len({each.writer for samples in of_kind.values() for each in samples})
    sure = every["sure"]
    every["wrong of sure"] = every["sure and wrong"] / sure if sure else 0.0
    return {**rows, "all": every}


def reader(name: str, picture: bool) -> Read:
    """Return a reader, by its name on the command line, of strokes or of pictures."""
    if name == "cutting":
        return lambda ink: read_by_cutting(drawn(ink) if picture else ink)
    if name == "cut-strokes":
        if picture:
            raise SystemExit("A picture has no strokes to cut: leave out --picture or cut-strokes.")
        return lambda ink: read_by_cutting(cut(ink))
    network = WordReader.load(SHIPPED if name == "shipped" else Path(name))
    if picture:
        return lambda ink: network.read(clean_picture(drawn(ink)))
    return network.read


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser("benchmarks.words.people", description=__doc__.split("\n")[0])
    options.add_argument("--pens", type=Path, metavar="FOLDER", default=unipen.named_pens())
    options.add_argument("--reader", nargs="+", default=["shipped"], metavar="NAME|CARD")
    options.add_argument("--words", type=int, default=900, help="number of words")
    options.add_argument("--picture", action="store_true", help="read the ink as a picture")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    if given.pens is None:
        options.error("say where UNIPEN is: --pens FOLDER, or the variable HWR_PENS")
    common = {word for word, _ in word_frequencies("en")}
    pieces_of_text = word_material.spelled_texts(unipen.load(given.pens))
    spelled = [PenSample(piece.text, "joined", "joined", piece.ink) for piece in pieces_of_text]
    people = [each for each in unipen.load(given.pens, "words") if each.validates]
    people = [each for each in people if len(each.label) > 1 and each.label.lower() in common]
    shares = shares_of_kinds(people)
    of_kind = {
        kind: chosen([each for each in people if kind_of(each) == kind], given.words // len(KINDS))
        for kind in KINDS
    }
    some = [each for samples in of_kind.values() for each in samples][:: len(KINDS)]
    scrawled = no_writing(some, NOT_WRITTEN)
    measured = {}
    for name in given.reader:
        read = reader(name, given.picture)
        measured[name] = table(of_kind, shares, read)
        measured[name][SPELLED] = figures(answers(spelled, read))
        measured[name][NO_WRITING] = rejection(answers(some, read), scrawled, read)
    if given.json:
        print(json.dumps({"shares of kinds": shares, **measured}))
        return
    print("kinds:", ", ".join(f"{kind} {share:.0%}" for kind, share in shares.items()))
    for name, rows in measured.items():
        for kind, row in rows.items():
            values = (
                f"{key} {value:,.0f}"
                if key in ("n", "writers", "median ms")
                else f"{key} {value:.1%}"
                for key, value in row.items()
            )
            print(f"{Path(name).stem}, {kind:14}", ", ".join(values))


if __name__ == "__main__":
    main()
