"""Measure how the web page reads words that people wrote: as Python does, and how fast.

    python -m benchmarks.web.words [--pens FOLDER] [--words 200]

FOLDER, by default ``$HWR_PENS``, holds UNIPEN (see ``hwr.datasets.unipen``). Words by providers
whom nobody trains on are read in Chromium and in Python, evenly over their writers, a third of each
kind; each is read in the page as a whole, from strokes to boxes.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.words.kinds import KINDS, chosen, kind_of
from hwr.datasets import unipen
from hwr.datasets.unipen import PenSample
from hwr.web import build
from hwr.words.language_model import ProseModel
from hwr.words.word_reader import WordReader
from hwr.words.written_language import WrittenModel
from tools.checks import find_chromium

LETTERS = (5, 8)
"""Fewest and most letters of the words whose median time is told."""
SCRIPT = """
const waits = [];
new PerformanceObserver(list => waits.push(...list.getEntries().map(each => each.duration)))
  .observe({type: "longtask"});
const { WordReader } = await import("hwr/word_reader.js");
const data = JSON.parse(document.getElementById("data").textContent);
const begun = performance.now();
window.reader = await WordReader.load(data.words);
const started = performance.now() - begun;
await new Promise(done => setTimeout(done, 100));
window.start = [started, Math.max(0, ...waits)];
"""
READ = """drawings => JSON.parse(drawings).map(strokes => {
  const begun = performance.now();
  const word = reader.read(strokes);
  return {...word, ms: performance.now() - begun};
})"""


def people(pens: Path, count: int) -> list[PenSample]:
    """Return words by providers that validate, a third of each kind."""
    words = [each for each in unipen.load(pens, "words") if each.validates]
    of_kind = [[each for each in words if kind_of(each) == kind] for kind in KINDS]
    return [each for samples in of_kind for each in chosen(samples, -(-count // len(KINDS)))][
        :count
    ]


def read_in_page(samples: list[PenSample]) -> tuple[list[dict[str, Any]], list[float]]:
    """Return the page's words, and the milliseconds of its start: in all, and the longest task."""
    from playwright.sync_api import sync_playwright

    template = build.TEMPLATE.read_text("utf-8").replace('import "hwr/main.js";', SCRIPT)
    drawings = json.dumps([[stroke.tolist() for stroke in each.ink.strokes] for each in samples])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "page.html"
        file.write_text(build.fill_template(template, {"words": build.words_data()}), "utf-8")
        browser = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(file.as_uri())
        page.wait_for_function("() => window.start")
        answers = page.evaluate(READ, drawings), page.evaluate("start")
        browser.close()
    return answers


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser("benchmarks.web.words", description=__doc__.split("\n")[0])
    options.add_argument("--pens", type=Path, metavar="FOLDER", default=unipen.named_pens())
    options.add_argument("--words", type=int, default=200, help="number of words")
    given = options.parse_args()
    if given.pens is None:
        options.error("say where UNIPEN is: --pens FOLDER, or the variable HWR_PENS")
    samples = people(given.pens, given.words)
    there, (started, longest) = read_in_page(samples)
    reader, english = WordReader.load(), WrittenModel(ProseModel("en"))
    here = [reader.read(each.ink, english) for each in samples]
    pairs = list(zip(samples, there, here, strict=True))
    same = [word["text"] == expected.text for _, word, expected in pairs]
    sure = [word["sure"] == expected.sure for _, word, expected in pairs]
    right = [word["text"].lower() == each.label.lower() for each, word, _ in pairs]
    away = [abs(word["probability"] - expected.probability) for _, word, expected in pairs]
    times = np.array([word["ms"] for word in there])
    long = [LETTERS[0] <= len(each.label) <= LETTERS[1] for each in samples]
    print(f"{len(samples)} words by {len({each.writer for each in samples})} writers")
    print(f"text as in Python: {np.mean(same):.1%}; as sure: {np.mean(sure):.1%}")
    print(f"probabilities differ by up to {max(away):.1e}; read rightly: {np.mean(right):.1%}")
    print(
        f"a word of {LETTERS[0]} to {LETTERS[1]} letters: median {np.median(times[long]):.1f} ms, "
        f"95 % within {np.quantile(times[long], 0.95):.1f} ms; the longest: {times.max():.0f} ms"
    )
    print(f"start: {started:.0f} ms, of which the page waits at most {longest:.0f} ms at once")
    for each, word, expected in pairs:
        if word["text"] != expected.text:
            print(f"{each.label}: {word['text']!r} in the page, {expected.text!r} in Python")


if __name__ == "__main__":
    main()
