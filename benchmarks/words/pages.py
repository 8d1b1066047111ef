"""Measure how pages on ruled paper, underlined lines and turned pages are read.

    python -m benchmarks.words.pages [--ink FILE...] [--pages N] [--only KIND...]

Every page holds three lines of words in one hand, as in ``benchmarks.words``; all kinds show the
same pages. A word counts as right if it stands at its place among those that were read.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

from benchmarks.words import writers
from benchmarks.words.writers import APART, SEED, VOCABULARY, Hand
from hwr.datasets.synthetic import compose_word
from hwr.words import reading

LETTER = 52.0
"""Height of a capital in pixels."""
PITCH, MARGIN = 96.0, 50.0
"""Distance of lines, and the margin around the writing, in pixels."""
SCALE = 3
"""Pages are drawn at this multiple of their size, and made smaller."""

Grey = NDArray[np.uint8]
Stroke = NDArray[np.float64]
Line = tuple[float, float, float, float]


@dataclass(frozen=True)
class Page:
    """Words and their strokes, in pixels; ``baselines`` are y, left and right of each line."""

    words: list[str]
    strokes: list[Stroke]
    baselines: list[tuple[float, float, float]]
    size: tuple[int, int]


@dataclass(frozen=True)
class Paper:
    """Greys in 0..255 of the paper, the pen and the rules, and where the rules are."""

    paper: float = 246
    pen: float = 30
    rule: float = 110
    rules: Callable[[Page, np.random.Generator], list[Line]] = lambda page, rng: []
    slope: float = 0.0
    bend: float = 0.0
    turn: int = 0


def write_page(hand: Hand, rng: np.random.Generator) -> Page:
    """Return three lines of two or three words."""
    known = [word for word in VOCABULARY if set(word) <= set(hand.characters)]
    scale = LETTER / hand.height
    words, strokes, baselines = [], [], []
    for number in range(3):
        right, base = MARGIN, MARGIN + LETTER + number * PITCH
        for _ in range(rng.integers(2, 4)):
            word = known[rng.integers(len(known))]
            ink = compose_word(word, hand.draw, hand.height, rng, APART)
            low, high = ink.bounds()
            strokes += [(s - [low[0], 0]) * scale + [right, base] for s in ink.strokes]
            right += (high[0] - low[0] + rng.uniform(0.6, 1.0) * hand.height) * scale
            words.append(word)
        baselines.append((base, MARGIN, right - 0.6 * LETTER))
    wide = max(right for _, _, right in baselines)
    return Page(words, strokes, baselines, (int(wide + MARGIN), int(2 * MARGIN + 3.4 * PITCH)))


def ruled(page: Page, rng: np.random.Generator) -> list[Line]:
    """Return a rule near each baseline, and one above and below, from edge to edge."""
    wide, tall = page.size
    first = page.baselines[0][0] + rng.uniform(-0.12, 0.2) * LETTER
    return [(0, y, wide, y) for y in np.arange(first - PITCH, tall, PITCH)]


def squared(page: Page, rng: np.random.Generator) -> list[Line]:
    """Return squares of half a line, from edge to edge."""
    wide, tall = page.size
    down = np.arange(rng.uniform(0, PITCH / 2), tall, PITCH / 2)
    across = np.arange(rng.uniform(0, PITCH / 2), wide, PITCH / 2)
    return [(0, y, wide, y) for y in down] + [(x, 0, x, tall) for x in across]


def underlined(page: Page, rng: np.random.Generator) -> list[Line]:
    """Return a stroke below one or two lines, drawn by hand."""
    found = []
    for base, left, right in page.baselines[: rng.integers(1, 3)]:
        y = base + rng.uniform(0.1, 0.35) * LETTER
        ends = left + rng.normal(0, 8), right + rng.normal(0, 20)
        found.append((ends[0], y, ends[1], y + rng.normal(0, 4)))
    return found


KINDS = {
    "plain": Paper(),
    "pencil": Paper(paper=236, pen=110),
    "ruled, as dark as ink": Paper(rule=60, rules=ruled),
    "ruled, grey": Paper(rule=130, rules=ruled),
    "ruled, blue": Paper(rule=175, rules=ruled),
    "ruled, strong blue": Paper(rule=120, rules=ruled),
    "ruled, dark grey paper": Paper(paper=150, pen=35, rule=70, rules=ruled),
    "ruled, pencil": Paper(paper=236, pen=110, rule=125, rules=ruled),
    "ruled, pencil, dark rules": Paper(paper=236, pen=120, rule=70, rules=ruled),
    "skewed": Paper(slope=0.05),
    "bent": Paper(bend=12),
    "ruled, skewed": Paper(rule=90, rules=ruled, slope=0.05),
    "ruled, bent": Paper(rule=90, rules=ruled, bend=12),
    "squared, grey": Paper(rule=130, rules=squared),
    "squared, as dark as ink": Paper(rule=60, rules=squared),
    "underlined": Paper(rule=30, rules=underlined),
    "turned by 90": Paper(turn=90),
    "turned by 180": Paper(turn=180),
    "turned by 270": Paper(turn=270),
}


def draw(page: Page, paper: Paper, rng: np.random.Generator) -> Grey:
    """Return a picture of a page: uint8, dark ink on bright paper."""
    wide, tall = page.size
    pen, thin = rng.uniform(3.5, 6), rng.uniform(1.5, 3)
    by_pen = paper.rules is underlined

    def layer(lines: list[Stroke], width: float) -> NDArray[np.float32]:
        image = Image.new("L", (wide * SCALE, tall * SCALE))
        ink = ImageDraw.Draw(image)
        radius = width * SCALE / 2
        for stroke in lines:
            points = [tuple(point) for point in _moved(stroke, paper, page.size) * SCALE]
            ink.line(points, 255, round(2 * radius), "curve")
            for x, y in (points[0], points[-1]):
                ink.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
        small = image.resize((wide, tall), Image.Resampling.BOX)
        return ndimage.gaussian_filter(np.asarray(small, np.float32) / 255, 0.6)

    rules = [np.linspace(line[:2], line[2:], 40) for line in paper.rules(page, rng)]
    seen = np.full((tall, wide), paper.paper, np.float32)
    seen += (paper.rule - seen) * layer(rules, pen if by_pen else thin)
    seen += (paper.pen - seen) * layer(page.strokes, pen)
    seen += rng.normal(0, 2.5, seen.shape)
    return np.rot90(np.clip(np.rint(seen), 0, 255).astype(np.uint8), paper.turn // 90)


def _moved(stroke: Stroke, paper: Paper, size: tuple[int, int]) -> Stroke:
    """Return a stroke as it lies on sloped or bent paper."""
    x = stroke[:, 0]
    down = paper.slope * (x - size[0] / 2) + paper.bend * np.sin(np.pi * x / size[0])
    return stroke + np.column_stack([0 * x, down])


def read(grey: Grey) -> list[tuple[str, bool]]:
    """Return the words that are read, and whether each is sure."""
    text = reading.read_text(grey)
    return [(word.text, word.sure) for word in text.words if word.text]


def score(expected: list[str], found: list[tuple[str, bool]]) -> tuple[int, int]:
    """Return how many words are right, and how many sure ones are wrong."""
    texts = [text for text, _ in found]
    blocks = SequenceMatcher(None, expected, texts, autojunk=False).get_matching_blocks()
    right = {place for block in blocks for place in range(block.b, block.b + block.size)}
    return len(right), sum(sure for place, (_, sure) in enumerate(found) if place not in right)


def pages(hands: list[Hand], n: int) -> Iterator[Page]:
    """Yield pages, by one hand after another."""
    able = [hand for hand in hands if set("etaoin") <= set(hand.characters)]
    for number in range(n):
        yield write_page(able[number % len(able)], np.random.default_rng([SEED, number]))


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser("benchmarks.words.pages", description=__doc__.split("\n")[0])
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE")
    options.add_argument("--pages", type=int, default=60, help="number for each kind")
    options.add_argument("--only", nargs="*", metavar="KIND", help="some of the kinds")
    chosen = options.parse_args()
    hands = writers.people(chosen.ink) or writers.made_up(range(900, 930))
    written = list(pages(hands, chosen.pages))
    words = sum(len(page.words) for page in written)
    for kind in chosen.only or KINDS:
        scores = []
        for number, page in enumerate(written):
            picture = draw(page, KINDS[kind], np.random.default_rng([SEED, number, 1]))
            scores.append(score(page.words, read(picture)))
        right, wrong = np.sum(scores, axis=0) / words
        figures = f"{right:.1%} of {words} words right, {wrong:.1%} sure and wrong"
        print(f"{kind:28} {figures}", flush=True)


if __name__ == "__main__":
    main()
