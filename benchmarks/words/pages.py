"""Measure how pages are read, whatever lies on them besides writing.

    python -m benchmarks.words.pages [--pens FOLDER | --ink FILE...] [--pages N] [--only KIND...]

FOLDER, by default ``$HWR_PENS``, holds UNIPEN (see ``hwr.datasets.unipen``): each page shows words
that one person wrote, apart or joined, by the providers whom nobody trains on. With ``--ink``,
letters of people are set side by side instead, and those of made-up writers if neither is given.
All kinds of ``benchmarks.words.papers`` show the same pages, as files that are opened and read.
Words count as found if they are read in their order, ignoring case; all others are invented.
"""

import argparse
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from benchmarks.words import papers, writers
from benchmarks.words.papers import KINDS, LETTER, MARGIN, PITCH, Page, Photo, Random, Stroke
from benchmarks.words.writers import APART, SEED, VOCABULARY, Hand
from hwr.datasets import unipen
from hwr.datasets.synthetic import compose_word
from hwr.datasets.unipen import PenSample
from hwr.images.io import open_photo
from hwr.words import reading
from hwr.words.language_model import word_frequencies
from hwr.words.line_image import DEVIATION, frame_of_ink
from hwr.words.segments import Segments


class Write(NamedTuple):
    """Somebody who writes words.

    Attributes
    ----------
    word : callable
        Returns a word and its strokes, in pixels; its left end is at 0, and so is its baseline.
    gap : float
        What he or she leaves between letters that stand apart, in pixels.
    """

    word: Callable[[Random], tuple[str, list[Stroke]]]
    gap: float


LINE, GUTTER = 620.0, 2.0
"""Length of a line in pixels, and the gap between columns in capitals' heights."""
MIN_WORDS = 30
"""Different words of a person who fills a page."""


def by_letters(hand: Hand) -> Write:
    """Return a writer of words from somebody's letters, apart."""
    known = [word for word in VOCABULARY if set(word) <= set(hand.characters)]
    scale = LETTER / hand.height

    def write(rng: Random) -> tuple[str, list[Stroke]]:
        word = known[rng.integers(len(known))]
        ink = compose_word(word, hand.draw, hand.height, rng, APART)
        left = ink.bounds()[0][0]
        return word, [(stroke - [left, 0]) * scale for stroke in ink.strokes]

    return Write(write, 0.0)


def by_people(samples: Sequence[PenSample], validating: bool = True) -> list[Write]:
    """Return a writer of words for each person who wrote enough common English ones.

    They are those whom nobody trains on, or those who are trained on.
    """
    common = {word for word, _ in word_frequencies("en")}
    of_person: dict[str, list[PenSample]] = defaultdict(list)
    for each in samples:
        if each.validates is validating and len(each.label) > 1 and each.label.lower() in common:
            of_person[each.writer].append(each)
    return [_person(of_person[name]) for name in sorted(of_person)
            if len({each.label for each in of_person[name]}) >= MIN_WORDS]  # fmt: skip


def _person(samples: list[PenSample]) -> Write:
    """Return a writer of one person's words, whose small letters are half as high as LETTER."""
    frames = [frame_of_ink(each.ink) for each in samples]
    scale = 0.22 * LETTER / DEVIATION * float(np.median([frame.scale for frame in frames]))

    def write(rng: Random) -> tuple[str, list[Stroke]]:
        chosen = int(rng.integers(len(samples)))
        ink, frame = samples[chosen].ink, frames[chosen]
        middle = frame.top + 20 / frame.scale  # of the image's 40 rows
        origin = [ink.bounds()[0][0], middle + 0.25 * LETTER / scale]
        return samples[chosen].label, [(stroke - origin) * scale for stroke in ink.strokes]

    gaps = np.concatenate([Segments.from_ink(each.ink).gaps() for each in samples]) * scale
    return Write(write, float(np.quantile(gaps.clip(0), 0.8)))


def write_page(write: Write, rng: Random, lines: int = 3, columns: int = 1) -> Page:
    """Return lines of words, from the top of the first column to the end of the last."""
    words: list[str] = []
    strokes: list[Stroke] = []
    baselines, places = [], []
    start = MARGIN
    for _ in range(columns):
        for number in range(lines):
            right, base = start, MARGIN + LETTER + number * PITCH
            while right < start + LINE - 3 * LETTER or right == start:
                word, drawn = write.word(rng)
                strokes += [stroke + np.array([right, base]) for stroke in drawn]
                end = right + max(float(stroke[:, 0].max()) for stroke in drawn)
                words.append(word)
                places.append((base, right, end))
                right = end + write.gap + rng.uniform(0.7, 1.1) * LETTER
            baselines.append((base, start, end))
        start = max(right for _, _, right in baselines) + GUTTER * LETTER
    wide = max(right for _, _, right in baselines)
    size = int(wide + MARGIN), int(2 * MARGIN + (lines + 0.4) * PITCH)
    return Page(words, strokes, baselines, places, size)


def with_room(page: Page) -> Page:
    """Return a page with room for a drawing below the writing."""
    wide, tall = page.size
    return Page(
        page.words, page.strokes, page.baselines, page.places, (wide, tall + int(5 * LETTER))
    )


def pages(hands: list[Hand], n: int) -> Iterator[Page]:
    """Yield pages of three lines, by one hand after another."""
    able = [hand for hand in hands if set("etaoin") <= set(hand.characters)]
    for number in range(n):
        write = by_letters(able[number % len(able)])
        yield write_page(write, np.random.default_rng([SEED, number]))


def draw(page: Page, kind: str, rng: Random) -> Photo:
    """Return a picture of a page: uint8, shape (height, width, 3)."""
    paper = KINDS[kind]
    return papers.draw(with_room(page) if paper.drawn is papers.drawing else page, paper, rng)


def score(expected: list[str], found: list[str]) -> tuple[int, int]:
    """Return how many words were found in their order, and how many were invented."""
    wanted, got = ([word.lower() for word in words] for words in (expected, found))
    blocks = SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
    right = sum(block.size for block in blocks)
    return right, len(found) - right


def read(photo: Photo) -> list[str]:
    """Return the words that are read in a file with a picture."""
    file = BytesIO()
    Image.fromarray(photo).save(file, "JPEG", quality=90)
    text = reading.read_text(open_photo(file.getvalue()))
    return [word.text for word in text.words if word.text]


def megabytes() -> float:
    """Return the most memory that this process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser("benchmarks.words.pages", description=__doc__.split("\n")[0])
    options.add_argument("--pens", type=Path, metavar="FOLDER", default=unipen.named_pens())
    options.add_argument("--ink", type=Path, nargs="*", metavar="FILE")
    options.add_argument("--pages", type=int, default=10, help="number for each kind")
    options.add_argument("--lines", type=int, default=4, help="number for each page")
    options.add_argument("--only", nargs="*", metavar="KIND", help="some of the kinds")
    options.add_argument("--save", type=Path, metavar="FOLDER", help="keep the pictures there")
    given = options.parse_args()
    if given.pens and given.ink is None:
        able = by_people(unipen.load(given.pens, "words"))
    else:
        hands = writers.people(given.ink or []) or writers.made_up(range(900, 930))
        able = [by_letters(hand) for hand in hands]
    able = [able[i] for i in np.random.default_rng(SEED).permutation(len(able))]
    for kind in given.only or KINDS:
        scores, expected, seconds, nothing = [], 0, [], 0
        for number in range(given.pages):
            rng = np.random.default_rng([SEED, number])
            page = write_page(able[number % len(able)], rng, given.lines, KINDS[kind].columns)
            photo = draw(page, kind, rng)
            if given.save:
                Image.fromarray(photo).save(given.save / f"{kind} {number}.png")
            began = time.process_time()
            found = read(photo)
            seconds.append(time.process_time() - began)
            words = KINDS[kind].written(page)
            scores.append(score(words, found))
            expected += len(words)
            nothing += not found
        right, invented = np.sum(scores, axis=0)
        print(
            f"{kind:30} {right / expected:6.1%} of {expected} found, {invented / expected:6.1%} "
            f"invented, {nothing} empty, {np.mean(seconds):.1f} s of the processor "
            f"(at most {max(seconds):.1f}), {megabytes():.0f} MB with the drawing",
            flush=True,
        )


if __name__ == "__main__":
    main()
