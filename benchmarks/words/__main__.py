"""How well words, lines and photographs are read: the table of bars.

    python benchmarks/words.py [--ink FILE...] [--words N] [--json]

Words of 3 to 9 letters are drawn at random from English's 20,000 most frequent, and each is set
from one writer's drawings: people's, from files as hwr.datasets.drawings reads them, or those of made-up
writers where no file is given. For pictures, letters are EMNIST's test images (made-up ones where
there is no EMNIST), set in a row on paper and photographed. No word here was learned from.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import sheets
import wordfreq
from numpy.typing import NDArray
from PIL import Image

from hwr.datasets import emnist
from hwr.datasets.drawings import load_drawings
from hwr.datasets.synthetic import Writer, compose_word
from hwr.images import io
from hwr.ink import Ink
from hwr.words import reading
from hwr.words.language_model import LOWERCASE, LanguageModel, ProseModel, UniformModel
from hwr.words.reading import Writing

CODE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VOCABULARY = [
    word for word in wordfreq.top_n_list("en", 20_000) if re.fullmatch("[a-z]{3,9}", word)
]
APART, CLOSE, BETWEEN_WORDS = (0.15, 0.3), (-0.10, 0.15), (0.6, 1.0)
"""Gaps between letters and between words, as shares of the writer's height."""
SEED = 5

Draw = Callable[[str], Ink]


@dataclass(frozen=True)
class Hand:
    """Who writes: how a character is drawn, how high capitals are, and which there are."""

    draw: Draw
    height: float
    characters: str


def people(files: list[Path]) -> list[Hand]:
    """Return the writers of files of drawings."""
    drawn: dict[str, dict[str, Ink]] = {}
    for file in files:
        for drawing in load_drawings(file):
            drawn.setdefault(drawing.writer, {})[drawing.label] = drawing.ink
    hands = []
    for inks in drawn.values():
        heights = [np.ptp([y for s in inks[c].strokes for _, y in s]) for c in "bdhkl" if c in inks]
        hands.append(Hand(inks.__getitem__, float(np.median(heights)), "".join(inks)))
    return hands


def made_up(seeds: range) -> list[Hand]:
    """Return made-up writers."""
    hands = []
    for seed in seeds:
        writer, rng = Writer(seed), np.random.default_rng([seed, 1])
        hands.append(Hand(partial(writer.draw, seed=rng), 1.75, LOWERCASE + CODE))
    return hands


def texts(n: int, seed: int, code: bool = False) -> list[str]:
    """Choose words, or codes of six digits and capitals."""
    rng = np.random.default_rng(seed)
    if code:
        return ["".join(rng.choice(list(CODE), 6)) for _ in range(n)]
    return [VOCABULARY[i] for i in rng.integers(len(VOCABULARY), size=n)]


def written(
    hands: list[Hand], chosen: list[str], gap: tuple[float, float]
) -> Iterator[tuple[str, Ink]]:
    """Return each text, and the ink of it in one hand."""
    rng = np.random.default_rng(SEED)
    for text in chosen:
        able = [hand for hand in hands if set(text) <= set(hand.characters)]
        hand = able[rng.integers(len(able))]
        yield text, compose_word(text, hand.draw, hand.height, rng, gap)


def lines(hands: list[Hand], n: int) -> Iterator[tuple[str, Ink]]:
    """Return lines of 5 to 8 words, each in one hand, and their ink."""
    rng = np.random.default_rng([SEED, 1])
    for _ in range(n):
        chosen = [VOCABULARY[i] for i in rng.integers(len(VOCABULARY), size=rng.integers(5, 9))]
        able = [hand for hand in hands if set("".join(chosen)) <= set(hand.characters)]
        hand = able[rng.integers(len(able))]
        strokes, right = [], 0.0
        for word in chosen:
            ink = compose_word(word, hand.draw, hand.height, rng, APART)
            low, high = ink.bounds()
            strokes += [stroke + np.array([right - low[0], 0]) for stroke in ink.strokes]
            right += high[0] - low[0] + rng.uniform(*BETWEEN_WORDS) * hand.height
        yield " ".join(chosen), Ink(strokes)


def measure(pairs: Iterable[tuple[str, Writing]], language: LanguageModel) -> dict[str, float]:
    """Read words.

    Returns
    -------
    dict of str to float
        The share read right, the share cut into the right number of letters, the expected
        calibration error of the words' probabilities, and milliseconds (ink to text).
    """
    right, cut, probable, seconds = [], [], [], []
    for text, writing in pairs:
        began = time.perf_counter()
        word = reading.read_word(writing, language)
        seconds.append(time.perf_counter() - began)
        right.append(word.text == text)
        cut.append(len(word.text) == len(text))
        probable.append(word.probability)
    return {
        "n": len(right),
        "right": float(np.mean(right)),
        "number of letters right": float(np.mean(cut)),
        "calibration error": calibration(np.array(probable), np.array(right)),
        "median ms": 1000 * float(np.median(seconds)),
    }


def calibration(probable: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error in ten bins of probability."""
    bins = np.minimum((probable * 10).astype(int), 9)
    away = [abs((probable - right)[bins == one].sum()) for one in range(10)]
    return float(sum(away) / len(right))


def measure_lines(pairs: Iterable[tuple[str, Ink]], language: LanguageModel) -> dict[str, float]:
    """Read lines: the share of wrong characters, spaces counted too."""
    wrong = characters = n = 0
    for text, ink in pairs:
        wrong += distance(text, str(reading.read_text(ink, language)))
        characters, n = characters + len(text), n + 1
    return {"n": n, "character error rate": wrong / characters}


def distance(one: str, other: str) -> int:
    """Return how many characters to insert, delete or replace (Levenshtein 1966)."""
    before = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        row = [place]
        for column, against in enumerate(other, 1):
            same = before[column - 1] + (character != against)
            row.append(min(same, before[column] + 1, row[-1] + 1))
        before = row
    return before[-1]


def pictures(chosen: list[str], draw: sheets.Draw) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Return words set from images, photographed."""
    rng = np.random.default_rng([SEED, 2])
    for text in chosen:
        yield text, sheets.photograph(sheets.glyph_row(text, draw, rng), rng)


def glyphs() -> sheets.Draw:
    """Return EMNIST's test images, or made-up ones where there is no EMNIST."""
    return sheets.images_of(emnist.course().test, np.random.default_rng([SEED, 3]))


PAGE_WORDS, IN_A_LINE = 100, 8


def page_text() -> list[list[str]]:
    """Choose the words of a page, line by line."""
    chosen = texts(PAGE_WORDS, SEED + 1)
    return [chosen[start : start + IN_A_LINE] for start in range(0, PAGE_WORDS, IN_A_LINE)]


def measure_page() -> dict[str, float]:
    """Read a photograph of 100 words in 12 megapixels, in a process of its own for its memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.jpg"
        photograph = sheets.page(page_text(), glyphs(), np.random.default_rng([SEED, 4]))
        Image.fromarray(photograph).save(file, quality=92)
        command = [sys.executable, __file__, "--page", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    read = json.loads(done.stdout)
    expected = "\n".join(" ".join(row) for row in page_text())
    wrong = distance(expected, read.pop("text")) / len(expected)
    return {"n": 1, "character error rate": wrong, **read}


def read_page(file: Path) -> dict[str, Any]:
    """Read a photograph: its text, the seconds, and the most memory that this process took."""
    reading.read_word(next(written(made_up(range(1)), ["warm"], APART))[1])
    began = time.perf_counter()
    text = str(reading.read_text(io.open_photo(file)))
    seconds = time.perf_counter() - began
    status = Path("/proc/self/status")
    known = status.read_text(encoding="utf-8") if status.exists() else "VmHWM: 0"
    return {"text": text, "seconds": seconds, "MB": int(known.split("VmHWM:")[1].split()[0]) / 1024}


def table(hands: list[Hand], n: int) -> dict[str, dict[str, float]]:
    """Measure all rows."""
    english, plain = ProseModel("en"), UniformModel(LOWERCASE)
    prose = texts(n, SEED)
    rows = {
        "words, letters apart": measure(written(hands, prose, APART), english),
        "the same, no language model": measure(written(hands, prose, APART), plain),
        "words, close or touching": measure(written(hands, prose, CLOSE), english),
        "words, photographed": measure(pictures(prose, glyphs()), english),
    }
    if any(set(CODE) <= set(hand.characters) for hand in hands):
        codes = texts(n, SEED, code=True)
        rows["codes"] = measure(written(hands, codes, APART), UniformModel(CODE))
    rows["lines"] = measure_lines(lines(hands, n // 10), english)
    rows["a page, photographed"] = measure_page()
    return rows


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE")
    options.add_argument("--words", type=int, default=2000, help="how many for each row")
    options.add_argument("--page", type=Path, metavar="FILE", help="read one photograph instead")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if chosen.page:
        print(json.dumps(read_page(chosen.page)))
        return
    measured = table(people(chosen.ink) or made_up(range(900, 920)), chosen.words)
    if chosen.json:
        print(json.dumps(measured))
        return
    for name, row in measured.items():
        figures = ", ".join(
            f"{key} {value:.1%}" if isinstance(value, float) and value <= 1 and key != "seconds"
            else f"{key} {value:,.1f}" if isinstance(value, float) else f"{value:,} of them"
            for key, value in row.items()
        )  # fmt: skip
        print(f"{name:28} {figures}")


if __name__ == "__main__":
    main()
