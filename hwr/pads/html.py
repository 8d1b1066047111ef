"""Answers as sentences and as bars, conversions as rows of pictures: all HTML, without widgets."""

import re
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr._support.display import pixel_image
from hwr.pads import names
from hwr.recognizer import Reading

BARS = 5
"""Number of bars for an alphabet of more than ten classes."""
UNSURE = "Not sure: perhaps"
"""The beginning of an answer that is not sure."""
STYLE = f"<style>\n{Path(__file__).with_name('style.css').read_text('utf-8')}</style>"
"""The style of everything interactive, as an HTML element."""
ASLEEP = (
    '<p class="hwr-asleep" role="alert">Asleep: the kernel was restarted, or this page has lost '
    "it, so nothing here answers. To wake it, run this cell again (click on its code, then press "
    "Shift+Enter), after the cells above it.</p>"
)
"""A sentence that :data:`STYLE` shows once the page has lost a widget's kernel.

Jupyter's page then gives all widgets the class ``jupyter-widgets-disconnected``. While a cell runs
it does not: the widget answers later.
"""

UNTRUSTED = (
    '<style>.hwr-untrusted { display: none; }</style><p class="hwr-untrusted">Only a picture: this '
    "notebook is not trusted here, as it was run elsewhere. To use it, run this cell (click on its "
    "code, then press Shift+Enter), after the cells above it.</p>"
)
"""A sentence beside the picture of a pad or a toy, for pages that remove styles from what they do
not trust."""


# --- the answer in words -----------------------------------------------------------------------


def format_percent(share: float) -> str:
    """Return a probability in whole per cent, never claiming certainty: ``'<1 %'``, ``'>99 %'``."""
    if share >= 0.995:
        return ">99 %"
    return f"{share:.0%}".replace("%", " %") if share >= 0.005 else "<1 %"


def bold(text: str, share: float | None = None) -> str:
    """Return a text in bold, followed by its probability if that is given."""
    percent = "" if share is None else f" ({escape(format_percent(share))})"
    return f"<b>{escape(text)}</b>{percent}"


def answer_sentence(reading: Reading) -> str:
    """Return an answer and its runners-up as one sentence of HTML.

    If the drawing is nothing of the alphabet, that is a sentence of its own; the best answer
    follows.
    """
    if not reading.candidates:
        return f"<p>{escape(names.what_to_draw(reading.alphabet))}</p>"
    best, *others = (
        (names.class_name(name, reading.alphabet), share) for name, share in reading.candidates
    )
    if outside := names.outside_sentence(reading):
        like = f"{names.among(reading.alphabet)}, most like {bold(best[0])}."
        return f"<p>{escape(outside)}</p> <p>{like}</p>"
    sure = f"Probably {escape(names.introduction(reading.best))}"
    rest = " or ".join(bold(*other) for other in others)
    return f"<p>{sure if reading.sure else UNSURE} {bold(*best)}{rest and ', else '}{rest}.</p>"


def screen_reader_text(reading: Reading) -> str:
    """Return the same for a screen reader, with the kind of each character and without symbols.

    All probabilities are told: bars cannot be heard.
    """
    if not reading.candidates:
        return "The pad is empty."
    best, *others = (
        f"{names.spoken_name(name, reading.alphabet)}, {without_symbols(format_percent(share))}"
        for name, share in reading.candidates
    )
    answers = f"{best}{'; else ' if others else ''}{' or '.join(others)}."
    if outside := names.outside_sentence(reading):
        return f"{outside} {names.among(reading.alphabet)}, most like {answers}"
    return f"{'Probably' if reading.sure else UNSURE} {answers}"


def without_symbols(text: str) -> str:
    """Return a text whose percentages are written in words."""
    return text.replace(" %", " percent").replace("<", "under ").replace(">", "over ")


def strip_tags(markup: str) -> str:
    """Return the text of a piece of HTML from this package."""
    return unescape(re.sub("<[^>]+>", "", markup))


def sentence_line(sentence: str) -> str:
    """Return a sentence of HTML as a pad's top line, which screen readers skip."""
    return f'<div class="hwr-words" aria-hidden="true">{sentence}</div>'


def live_paragraph(text: str, visible: bool = False) -> str:
    """Return a text as a paragraph that screen readers read aloud whenever it changes."""
    hidden = "" if visible else ' class="hwr-heard"'
    return f'<p{hidden} role="status" aria-live="polite">{escape(text)}</p>'


# --- the answer as bars ------------------------------------------------------------------------


def most_probable(probabilities: NDArray[Any], count: int = BARS) -> list[int]:
    """Return the indices of the most probable classes, best first."""
    return [int(index) for index in np.argsort(-probabilities, kind="stable")[:count]]


def bars(
    labels: Sequence[str], shares: Sequence[float], coloured: Sequence[bool], empty: bool = False
) -> str:
    """Return probabilities as bars, which screen readers skip: a sentence has to say the same.

    Parameters
    ----------
    labels : sequence of str
        Written before the bars.
    shares : sequence of float
        Lengths of the bars, in 0..1.
    coloured : sequence of bool
        Whether a bar is blue instead of grey.
    empty : bool
        Whether to leave out the percentages.
    """
    rows = [
        f'<b>{escape(label)}</b><div><div class="{"best" if colour else "other"}" '
        f'style="width:{share:.1%}"></div></div>'
        f"<span>{'' if empty else escape(format_percent(share))}</span>"
        for label, share, colour in zip(labels, shares, coloured, strict=True)
    ]
    return f'<div class="hwr-bars" aria-hidden="true">{"".join(rows)}</div>'


def probability_bars(reading: Reading) -> str:
    """Return bars for the five most probable classes, or for all classes of a small alphabet."""
    shares, empty = reading.probabilities, not reading.candidates
    shown = list(range(len(shares)))
    best = int(np.argmax(shares)) if reading.sure else -1
    labels = [names.class_name(name, reading.alphabet) for name in reading.alphabet.classes]
    if len(shown) > 2 * BARS:
        shown = most_probable(shares)
        labels = ["\N{NO-BREAK SPACE}"] * len(labels) if empty else labels
    return bars(
        [labels[index] for index in shown],
        [float(shares[index]) for index in shown],
        [index == best for index in shown],
        empty,
    )


# --- pictures ----------------------------------------------------------------------------------


def ink_image(pixels: NDArray[Any], alt: str, scale: float) -> str:
    """Return a grey picture as an ``<img>``: dark ink on white paper, without smoothing.

    Parameters
    ----------
    pixels : ndarray of uint8, or of float in 0..1, shape (rows, columns)
        Bright is ink.
    alt : str
        Text alternative.
    scale : float
        CSS pixels per pixel.
    """
    grey = pixels if pixels.dtype == np.uint8 else np.rint(np.clip(pixels, 0, 1) * 255)
    return pixel_image(255 - grey.astype(np.uint8), alt, scale)


STEPS = {
    "drawn": "the strokes, drawn at one size",
    "blurred": "with softened edges",
    "cropped": "cut to the ink",
    "centred": "in the middle of a square with a border",
    "28 x 28": "28 by 28 pixels, what the network sees",
}


def conversion_row(steps: dict[str, NDArray[Any]]) -> str:
    """Return the steps of a conversion side by side, the last one three times larger."""
    figures = []
    for number, (step, pixels) in enumerate(steps.items(), 1):
        scale = 3.3 if pixels.shape == (28, 28) else 1.1
        alt = f"Step {number}: {STEPS.get(step, step)}"
        shown = ink_image(pixels, alt, scale)
        figures.append(f"<figure>{shown}<figcaption>{number}. {step}</figcaption></figure>")
    hint = "<span>What the network sees will appear here, step by step.</span>"
    return f'<div class="hwr-steps">{"<span>→</span>".join(figures) or hint}</div>'
