"""Measure how well single characters are read in pictures of all kinds.

    python -m benchmarks.pictures [--ink FILE...] [--each N] [--seed N] [--only KIND...]

The characters are drawn by people, from files in the format of ``hwr.datasets.drawings``, or by
made-up writers. Each appears once plain and once in every kind of ``benchmarks.pictures.kinds``.
Printed for each kind: the share that is read correctly in 47 classes, the same as a share of what
is right in plain pictures, the share that is sure and wrong, the share in which one character is
counted, and the mean time. Also printed: in which share of pictures of two to five characters their
number is told, and more than one, and of how many pictures without writing it is told.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.pictures import kinds
from benchmarks.pictures.kinds import KINDS, Sheet
from benchmarks.words import writers
from hwr.alphabets import CHARACTERS, get_alphabet
from hwr.datasets.synthetic import Writer, compose_word
from hwr.images.io import open_character
from hwr.ink import Ink
from hwr.recognizer import Recognizer

CLASSES = 47
APART = (0.15, 0.5)
"""Smallest and largest gap between two characters, as a share of a capital's height."""


BLANK = (
    "plain", "light falls to half", "shadow of a hand", "vignette", "sheet on a desk",
    "desk at a side", "box around", "ruled paper",
)  # fmt: skip
"""The kinds that are also drawn without a character."""


def drawings(files: list[Path], each: int, seed: int) -> list[tuple[str, Ink]]:
    """Return characters and their ink: of all writers and all characters, in random order."""
    rng = np.random.default_rng([seed, 1])
    if files:
        hands = writers.people(files)
        found = [(c, hand.draw(c)) for hand in hands for c in hand.characters]
        return [found[i] for i in rng.permutation(len(found))[:each]]
    chosen = rng.permutation(list(CHARACTERS) * (each // len(CHARACTERS) + 1))[:each]
    return [(c, Writer(int(rng.integers(1000, 1020))).draw(c, rng)) for c in chosen]


def on_sheet(kind: str, ink: Ink, rng: np.random.Generator) -> Sheet:
    """Return a character on paper, in a size and with a pen that suit the kind of picture."""
    if kind == "28 pixels, in a corner":
        return kinds.on_sheet(ink, rng, side=28, share=(0.4, 0.7), pens=(0.08, 0.16))
    if kind == "ballpoint photo":
        side = rng.uniform(800, 3000)
        return kinds.on_sheet(ink, rng, side, share=(0.12, 0.5), pens=(0.03, 0.06))
    return kinds.on_sheet(ink, rng)


def measure(
    kind: str, chosen: list[tuple[str, Ink]], seed: int, recognizer: Recognizer
) -> NDArray[np.float64]:
    """Return for every character whether it is right, sure and wrong, one, and the seconds."""
    alphabet, rows = get_alphabet(CLASSES), []
    for number, (character, ink) in enumerate(chosen):
        rng = np.random.default_rng([seed, list(KINDS).index(kind), number])
        file = KINDS[kind](on_sheet(kind, ink, rng), rng)
        began = time.perf_counter()
        found = open_character(file)
        reading = recognizer.read(found.picture, alphabet)
        taken = time.perf_counter() - began
        right = reading.best == alphabet.classes[alphabet.index(character)]
        sure = reading.sure and found.count == 1
        rows.append((right, sure and not right, found.count == 1, taken))
    return np.array(rows, np.float64)


def count_several(chosen: list[tuple[str, Ink]], seed: int) -> tuple[float, float]:
    """Return how often the number of two to five characters is told, and that they are several."""
    rng, told = np.random.default_rng([seed, 2]), []
    for start in range(len(chosen) - 5):
        number = int(rng.integers(2, 6))
        word = "".join(character for character, _ in chosen[start : start + number])
        writer = Writer(int(rng.integers(1000, 1020)))
        ink = compose_word(word, lambda c, w=writer: w.draw(c, rng), 1.75, rng, APART)
        sheet = kinds.on_sheet(ink, rng, rng.uniform(300, 2000), (0.5, 0.8), (0.01, 0.025))
        count = open_character(kinds.gradient(sheet, rng)).count
        told.append((count == number, count > 1))
    exact, several = np.mean(told, axis=0)
    return float(exact), float(several)


def count_nothing(number: int, seed: int) -> dict[str, float]:
    """Return, for each kind without a character, how often it is told that nothing is written."""
    dot, shares = Ink([[(0, 0), (1, 1)]]), {}
    for kind in BLANK:
        told = []
        for one in range(number):
            rng = np.random.default_rng([seed, 3, list(KINDS).index(kind), one])
            sheet = on_sheet(kind, dot, rng)
            blank = replace(sheet, ink=np.zeros_like(sheet.ink))
            told.append(open_character(KINDS[kind](blank, rng)).count == 0)
        shares[kind] = float(np.mean(told))
    return shares


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser("benchmarks.pictures", description=__doc__.split("\n")[0])
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE")
    options.add_argument("--each", type=int, default=100, help="pictures of each kind")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", nargs="*", default=list(KINDS), metavar="KIND")
    asked = options.parse_args()
    recognizer = Recognizer.load()
    chosen = drawings(asked.ink, asked.each, asked.seed)
    plain = measure("plain", chosen, asked.seed, recognizer)[:, 0].mean()
    print(f"{'kind':24} right  of plain  sure and wrong  counted one  seconds")
    for kind in asked.only:
        right, wrong, one, taken = measure(kind, chosen, asked.seed, recognizer).mean(axis=0)
        print(
            f"{kind:24} {right:5.1%} {right / plain:9.1%} {wrong:15.1%} {one:12.1%} {taken:8.2f}",
            flush=True,
        )
    exact, several = count_several(chosen, asked.seed)
    print(f"two to five characters: counted {exact:.1%}, more than one {several:.1%}")
    for kind, share in count_nothing(asked.each // 3, asked.seed).items():
        print(f"nothing written, {kind}: told in {share:.1%}")


if __name__ == "__main__":
    main()
