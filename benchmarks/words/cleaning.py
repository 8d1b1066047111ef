"""Measure what cleaning a picture takes away from the writing, and what it leaves beside it.

    python -m benchmarks.words.cleaning [--pens FOLDER] [--words N] [--pages N] [--only KIND...]

The ink of each picture is known, because it was drawn: words set in images of EMNIST's training
part and photographed; people's words drawn as pictures; and people's words on the papers of
``benchmarks.words.papers`` that lie straight. *Kept* is the share of the writing's pixels that are
still ink after each step, *foreign* the amount of other ink that is left, as a share of the
writing's. Of lone words nothing may be taken away.
"""

import argparse
import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from benchmarks.words import pages, papers, sheets
from benchmarks.words.kinds import chosen
from benchmarks.words.papers import KINDS, Page, Stroke
from benchmarks.words.people import drawn
from benchmarks.words.writers import SEED, texts
from hwr.datasets import emnist, unipen
from hwr.datasets.unipen import PenSample
from hwr.images.binarization import binarize
from hwr.images.components import INK_THRESHOLD
from hwr.images.drawings import remove_drawings
from hwr.images.levelling import find_level, turn_level
from hwr.images.rules import remove_rules
from hwr.images.strikes import remove_struck_out

SOFT = 3
"""Pixels around the writing in which ink is not foreign."""
LOST = 0.98
"""Share of kept ink below which a picture is listed."""
WORST = 8
"""How many of these are listed."""

Mask = NDArray[np.bool_]


class Known(NamedTuple):
    """A picture whose writing is known."""

    name: str
    grey: NDArray[np.uint8]
    ink: Mask


STEPS = {"rules": remove_rules, "strikes": remove_struck_out, "drawings": remove_drawings}


def photographed(n: int) -> Iterator[Known]:
    """Yield photographs of words, set in EMNIST's training images."""
    draw = sheets.images_of(emnist.course().train, np.random.default_rng([SEED, 20]))
    for number, text in enumerate(texts(n, SEED + 20)):
        rng = np.random.default_rng([SEED, 21, number])
        row = sheets.glyph_row(text, draw, rng)
        angle = copy.deepcopy(rng).uniform(-sheets.TURN, sheets.TURN)  # the photograph's first
        turned = Image.fromarray(np.pad(row, 60)).rotate(angle, Image.Resampling.BICUBIC)
        yield Known(text, sheets.photograph(row, rng), np.asarray(turned) > 0.5)


def drawn_words(samples: list[PenSample], n: int) -> Iterator[Known]:
    """Yield people's words drawn as clean pictures."""
    for sample in chosen(samples, n):
        grey = drawn(sample.ink)
        yield Known(sample.label, grey, grey < 140)


def on_paper(samples: list[PenSample], kind: str, n: int) -> Iterator[Known]:
    """Yield pages by people on one kind of paper; words that are struck out are no writing."""
    able, paper = pages.by_people(samples, validating=False), KINDS[kind]
    plain = papers.Paper(slope=paper.slope, bend=paper.bend, angle=paper.angle, tilt=paper.tilt)
    for number in range(n):
        rng = np.random.default_rng([SEED, number])
        page = pages.write_page(able[number % len(able)], rng, 4, paper.columns)
        if paper.drawn is papers.drawing:
            page = pages.with_room(page)
        photo = papers.draw(page, paper, copy.deepcopy(rng))
        kept = [stroke for stroke in page.strokes
                if not paper.struck or _word_of(stroke, page) % papers.STRUCK != 2]  # fmt: skip
        alone = papers.draw(replace(page, strokes=kept), plain, copy.deepcopy(rng))
        grey = np.asarray(Image.fromarray(photo).convert("L"))
        yield Known(f"{kind} {number}", grey, alone.mean(axis=2) < 140)


def _word_of(stroke: Stroke, page: Page) -> int:
    """Return the place of the word to which a stroke belongs."""
    x, y = (stroke.min(axis=0) + stroke.max(axis=0)) / 2
    base, left, right = np.array(page.places).T
    away = np.abs(base - papers.LETTER / 3 - y) + np.maximum(left - x, x - right).clip(0)
    return int(np.argmin(away))


def follow(known: Known) -> dict[str, tuple[float, float]]:
    """Return the shares of the writing that are kept, and of foreign ink, after each step."""
    ink, truth = binarize(known.grey), known.ink
    found = {"binarized": _shares(ink, truth)}
    level = find_level(ink)
    if any(level):
        ink = turn_level(ink, *level)
        truth = turn_level(truth.astype(np.float32), *level) > 0.5
    found["level"] = _shares(ink, truth)
    for name, step in STEPS.items():
        ink = step(ink)
        found[name] = _shares(ink, truth)
    return found


def _shares(ink: NDArray[np.float32], truth: Mask) -> tuple[float, float]:
    mask = ink >= INK_THRESHOLD
    foreign = mask & ~ndimage.binary_dilation(truth, iterations=SOFT)
    size = max(int(truth.sum()), 1)
    return int((mask & truth).sum()) / size, int(foreign.sum()) / size


def report(name: str, pictures: Iterator[Known]) -> None:
    """Print the figures of some pictures, and those of which most is lost."""
    rows = {known.name: follow(known) for known in pictures}
    means = np.array([list(row.values()) for row in rows.values()]).mean(axis=0)
    steps = list(next(iter(rows.values())))
    kept = ", ".join(f"{step} {share:.1%}" for step, (share, _) in zip(steps, means, strict=True))
    print(f"{name:28} {len(rows)} kept: {kept}; foreign {means[0, 1]:.1%} -> {means[-1, 1]:.1%}")
    lost = sorted((row["drawings"][0] / row["level"][0], which) for which, row in rows.items())
    for share, which in [each for each in lost if each[0] < LOST][:WORST]:
        after = ", ".join(f"{step} {row[0]:.1%}" for step, row in rows[which].items())
        print(f"  {which}: {share:.1%} of what was level ({after})", flush=True)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(
        "benchmarks.words.cleaning", description=__doc__.split("\n")[0]
    )
    options.add_argument("--pens", type=Path, metavar="FOLDER", default=unipen.named_pens())
    options.add_argument("--words", type=int, default=1000, help="number of each kind of words")
    options.add_argument("--pages", type=int, default=6, help="number for each kind of paper")
    options.add_argument("--only", nargs="*", metavar="KIND", help="some of the papers")
    given = options.parse_args()
    if given.words:
        report("words, photographed", photographed(given.words))
    if given.pens is None:
        return
    samples = unipen.load(given.pens, "words")
    if given.words:
        learned = [each for each in samples if not each.validates and len(each.label) > 1]
        report("people's words, drawn", drawn_words(learned, given.words))
    for kind in KINDS if given.only is None else given.only:
        if not KINDS[kind].desk and not KINDS[kind].turn:
            report(kind, on_paper(samples, kind, given.pages))


if __name__ == "__main__":
    main()
