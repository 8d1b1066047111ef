"""Measure how well words, lines and photographs are read.

    python -m benchmarks.words [--ink FILE...] [--words N] [--json]

Words of 3 to 9 letters are drawn at random from the 20,000 most frequent English ones. Each is
composed of one writer's drawings: those of people, from files in the format of
``hwr.datasets.drawings``, or those of made-up writers if no file is given. For pictures, EMNIST's
test images (made-up ones if EMNIST is missing) are set in a row on paper and photographed. None of
these words was used in training.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.words import sheets, writers
from benchmarks.words.writers import APART, CLOSE, CODE, SEED, Hand, texts, written
from hwr.datasets import emnist
from hwr.images import io
from hwr.ink import Ink
from hwr.words import reading
from hwr.words.edit_distance import edit_distance
from hwr.words.language_model import DIGITS, LOWERCASE, LanguageModel, ProseModel, UniformModel
from hwr.words.reading import Writing


def measure(pairs: Iterable[tuple[str, Writing]], language: LanguageModel) -> dict[str, float]:
    """Read words.

    Returns
    -------
    dict of str to float
        Number of words, share of words read correctly, ignoring case and exactly, share with the
        correct number of letters, expected calibration error of the words' probabilities, and
        median time in milliseconds.
    """
    rows = []
    for text, writing in pairs:
        began = time.perf_counter()
        word = reading.read_word(writing, language)
        taken = time.perf_counter() - began
        same = word.text.lower() == text.lower(), word.text == text
        rows.append((*same, len(word.text) == len(text), word.probability, taken))
    caseless, right, cut, probable, seconds = np.array(rows).T
    return {
        "n": len(right),
        "right, ignoring case": float(np.mean(caseless)),
        "exact": float(np.mean(right)),
        "number of letters right": float(np.mean(cut)),
        "calibration error": calibration(probable, right),
        "median ms": 1000 * float(np.median(seconds)),
    }


def calibration(probable: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the expected calibration error in ten bins of probability."""
    bins = np.minimum((probable * 10).astype(int), 9)
    away = [abs((probable - right)[bins == one].sum()) for one in range(10)]
    return float(sum(away) / len(right))


def measure_lines(pairs: Iterable[tuple[str, Ink]], language: LanguageModel) -> dict[str, float]:
    """Read lines; return their number and the share of wrong characters, including spaces."""
    wrong = characters = n = 0
    for text, ink in pairs:
        wrong += edit_distance(text, str(reading.read_text(ink, language)))
        characters, n = characters + len(text), n + 1
    return {"n": n, "character error rate": wrong / characters}


def pictures(chosen: list[str]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield words and photographs of them, set in images of single characters."""
    draw, rng = glyphs(), np.random.default_rng([SEED, 2])
    for text in chosen:
        yield text, sheets.photograph(sheets.glyph_row(text, draw, rng), rng)


def glyphs() -> sheets.Draw:
    """Return a function that draws characters with EMNIST's test images, or made-up ones."""
    return sheets.images_of(emnist.course().test, np.random.default_rng([SEED, 3]))


def measure_page() -> dict[str, float]:
    """Read a photograph of 100 words in 12 megapixels, in a new process to measure its memory."""
    chosen = texts(100, SEED + 1)
    page = [chosen[start : start + 8] for start in range(0, len(chosen), 8)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.jpg"
        photograph = sheets.page(page, glyphs(), np.random.default_rng([SEED, 4]))
        Image.fromarray(photograph).save(file, quality=92)
        command = [sys.executable, "-m", "benchmarks.words", "--page", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    read = json.loads(done.stdout)
    expected = "\n".join(" ".join(row) for row in page)
    wrong = edit_distance(expected, read.pop("text")) / len(expected)
    return {"n": 1, "character error rate": wrong, **read}


def read_page(file: Path) -> dict[str, Any]:
    """Read a photograph; return its text, the seconds, and the peak memory of this process."""
    reading.read_word(next(written(writers.made_up(range(1)), ["warm"], APART))[1])
    began = time.perf_counter()
    text = str(reading.read_text(io.open_photo(file)))
    seconds = time.perf_counter() - began
    status = Path("/proc/self/status")
    known = status.read_text(encoding="utf-8") if status.exists() else "VmHWM: 0"
    return {"text": text, "seconds": seconds, "MB": int(known.split("VmHWM:")[1].split()[0]) / 1024}


def table(hands: list[Hand], n: int) -> dict[str, dict[str, float]]:
    """Return the figures of every row of the table."""
    english, plain = ProseModel("en"), UniformModel(LOWERCASE)
    prose = texts(n, SEED)
    rows = {
        "words, letters apart": measure(written(hands, prose, APART), english),
        "the same, no language model": measure(written(hands, prose, APART), plain),
        "words, close or touching": measure(written(hands, prose, CLOSE), english),
        "words, photographed": measure(pictures(prose), english),
    }
    codes, any_code = texts(n, SEED, code=True), UniformModel(CODE)
    if any(set(CODE) <= set(hand.characters) for hand in hands):
        numbers = [str(number) for number in np.random.default_rng(SEED).integers(10**5, 10**6, n)]
        rows["numbers"] = measure(written(hands, numbers, APART), UniformModel(DIGITS))
        rows["codes"] = measure(written(hands, codes, APART), any_code)
        rows["codes, close or touching"] = measure(written(hands, codes, CLOSE), any_code)
    rows["codes, photographed"] = measure(pictures(codes), any_code)
    rows["lines"] = measure_lines(writers.lines(hands, n // 10), english)
    rows["a page, photographed"] = measure_page()
    return rows


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser("benchmarks.words", description=__doc__.split("\n")[0])
    options.add_argument("--ink", type=Path, nargs="*", default=[], metavar="FILE")
    options.add_argument("--words", type=int, default=2000, help="number for each row")
    options.add_argument("--page", type=Path, metavar="FILE", help="read one photograph instead")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if chosen.page:
        print(json.dumps(read_page(chosen.page)))
        return
    measured = table(writers.people(chosen.ink) or writers.made_up(range(900, 920)), chosen.words)
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
