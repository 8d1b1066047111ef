"""Measure how words that people wrote are read: letters apart, partly joined, in one piece.

    python -m benchmarks.words.people [--pens FOLDER] [--reader lattice|CARD...] [--picture]

FOLDER, by default ``$HWR_PENS``, holds UNIPEN (see ``hwr.datasets.unipen``). Words by the providers
``pap``, ``apd`` and ``pcl`` are read, whom nobody trains on: common English ones, a third of each
kind, evenly over the kind's writers. *All* weighs the kinds as they occur, writer by writer. There
are no people's numbers, codes and marks: for these, characters by ``ced`` and ``uqb`` are set side
by side. A CARD is that of a network from ``python -m hwr train words``; with ``--picture``, the
same ink is read as a picture.

How a word was written is told from its strokes: those that lie over or under each other for more
than half of the narrower one's width belong to one piece, as the dot of an i or the bar of a t do.
A word of one piece was written in *one piece*, one with at least as many pieces as letters with
letters *apart*, and any other *partly joined*.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from hwr.cli import word_material
from hwr.datasets import unipen
from hwr.datasets.unipen import PenSample
from hwr.ink import Ink
from hwr.words import reading
from hwr.words.edit_distance import edit_distance
from hwr.words.joined_reader import JoinedReader
from hwr.words.language_model import word_frequencies
from hwr.words.pictures import clean_picture
from hwr.words.reading import Word

KINDS = ("apart", "partly joined", "one piece")
SPELLED = "digits, marks"
"""The row of texts with digits and marks, which were set side by side."""
OVER = 0.5
"""Share of the narrower of two strokes that lies over or under the other, if they are one piece."""
SEED = 20_261_128
PICTURE_HEIGHT, PICTURE_PEN = 90, 5
"""Pixels of a word that is drawn as a picture, and of its pen."""

Read = Callable[[Ink], Word]


class Answer(NamedTuple):
    """What was read of a word."""

    sample: PenSample
    word: Word
    seconds: float


def pieces(ink: Ink) -> int:
    """Return in how many pieces a word was written."""
    ranges = [(stroke[:, 0].min(), stroke[:, 0].max()) for stroke in ink.strokes]
    groups: list[tuple[float, float]] = []
    for low, high in sorted(ranges, key=lambda one: one[0] - one[1]):  # the widest first
        for place, (left, right) in enumerate(groups):
            shared = min(high, right) - max(low, left)
            if shared >= OVER * min(high - low, right - left):
                groups[place] = min(low, left), max(high, right)
                break
        else:
            groups.append((low, high))
    return len(groups)


def kind_of(sample: PenSample) -> str:
    """Return how a word was written: one of ``KINDS``."""
    number = pieces(sample.ink)
    return KINDS[0] if number >= len(sample.label) else KINDS[2] if number == 1 else KINDS[1]


def chosen(samples: Sequence[PenSample], count: int) -> list[PenSample]:
    """Return samples of each writer in turn, until there are enough, or no more."""
    rng = np.random.default_rng(SEED)
    of_writer: dict[str, list[PenSample]] = defaultdict(list)
    for place in rng.permutation(len(samples)).tolist():
        of_writer[samples[place].writer].append(samples[place])
    order = rng.permutation(sorted(of_writer)).tolist()
    found: list[PenSample] = []
    while len(found) < count and any(of_writer.values()):
        found += [of_writer[name].pop() for name in order if of_writer[name]]
    return found[:count]


def shares_of_kinds(samples: Sequence[PenSample]) -> dict[str, float]:
    """Return how often words are written in each way, as the mean over writers."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(KINDS))
    for sample in samples:
        counts[sample.writer][KINDS.index(kind_of(sample))] += 1
    rows = np.array(list(counts.values()), np.float64)
    return dict(zip(KINDS, (rows / rows.sum(axis=1, keepdims=True)).mean(axis=0), strict=True))


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
    """Return a reader: ``lattice``, or that of a network's card; of strokes or of pictures."""
    if name == "lattice":
        return lambda ink: reading.read_word(drawn(ink) if picture else ink)
    network = JoinedReader.load(Path(name))
    if picture:
        return lambda ink: network.read(clean_picture(drawn(ink)))
    return network.read


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser("benchmarks.words.people", description=__doc__.split("\n")[0])
    options.add_argument("--pens", type=Path, metavar="FOLDER", default=unipen.named_pens())
    options.add_argument("--reader", nargs="+", default=["lattice"], metavar="lattice|CARD")
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
    measured = {}
    for name in given.reader:
        read = reader(name, given.picture)
        measured[name] = table(of_kind, shares, read) | {SPELLED: figures(answers(spelled, read))}
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
