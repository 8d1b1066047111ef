"""What the pad says: an answer as a sentence and as bars, a conversion as a row of pictures.

Every function here turns numbers into a piece of HTML and knows nothing of widgets.
"""

import io
import re
from base64 import b64encode
from html import escape, unescape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hwr.alphabets import Alphabet
from hwr.recognizer import Reading

BARS = 5
"""Bars for an alphabet of more than ten classes: its most probable ones."""

STYLE = """<style>
.hwr-pad { --ink: var(--jp-ui-font-color1, #212121); --soft: var(--jp-ui-font-color2, #616161);
  --track: var(--jp-layout-color2, #eee); max-width: 51rem; gap: 10px;
  container-type: inline-size; }
.hwr-pad, .hwr-pad .widget-html-content { font: 15px/1.45 var(--jp-ui-font-family, sans-serif);
  color: var(--ink); }
.hwr-pad .jupyter-widgets { overflow: visible; }
.hwr-pad .widget-html, .hwr-pad .widget-html-content { min-width: 0; max-width: 100%; }
.hwr-pad .widget-toggle-buttons { display: flex; align-items: center; }
.hwr-pad p { margin: 0; }
.hwr-pad b { font-family: var(--jp-code-font-family, monospace); }
.hwr-paper { margin: 4px; border-radius: 6px; cursor: crosshair; touch-action: none;
  box-shadow: 0 0 0 1px var(--jp-border-color1, #bdbdbd); }
.hwr-paper:focus { outline: 3px solid #0072b2; outline-offset: 2px; }
.hwr-words { font-size: 18px; height: 1.9em; overflow: hidden; }
@container (max-width: 600px) { .hwr-words { height: 3.8em; } }
.hwr-words b { font-size: 1.3em; }
.hwr-bars { display: grid; grid-template-columns: 2.4em 1fr 4em; gap: 6px 10px;
  align-items: center; margin: 4px 0; }
.hwr-bars b { font-size: 17px; line-height: 1.3; text-align: center; }
.hwr-bars div { height: 16px; border-radius: 3px; background: var(--track); overflow: hidden; }
.hwr-bars div div { background: #999; border-radius: 0; }
.hwr-bars div .best { background: #0072b2; }
.hwr-bars span { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap;
  color: var(--soft); }
.hwr-steps { min-height: 118px; display: flex; flex-wrap: wrap; gap: 6px 10px;
  align-items: flex-end; }
.hwr-steps figure { margin: 0; }
.hwr-steps figcaption { font-size: 13px; color: var(--soft); text-align: center; }
.hwr-steps img { image-rendering: pixelated; display: block; margin: 0 auto 2px; max-width: none;
  box-shadow: 0 0 0 1px var(--jp-border-color1, #bdbdbd); }
.hwr-steps > span { color: var(--soft); align-self: center; }
.hwr-inside { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
.hwr-inside figure { margin: 0; min-width: 0; max-width: 100%; }
.hwr-inside figure:first-child { flex: 0 0 168px; }
.hwr-inside figcaption { font-size: 13px; color: var(--soft); max-width: 32em; }
.hwr-inside img { image-rendering: pixelated; display: block; margin-bottom: 4px; max-width: 100%;
  height: auto; box-shadow: 0 0 0 1px var(--jp-border-color1, #bdbdbd); }
.hwr-inside .for { border-bottom: 3px solid #0072b2; }
.hwr-inside .against { border-bottom: 3px solid #d55e00; }
.hwr-text { min-height: 64px; }
.hwr-pad .hwr-word { font: 28px/1.2 var(--jp-code-font-family, monospace); padding: 2px 8px 4px;
  min-height: 58px; color: var(--ink); background: none; box-shadow: none; border: 0;
  border-bottom: 3px solid transparent; overflow: visible; }
.hwr-pad .hwr-word:hover { background: var(--track); }
.hwr-pad .hwr-word:focus-visible { outline: 3px solid #0072b2; outline-offset: -2px; }
.hwr-pad .hwr-chosen { border-bottom-color: #0072b2; background: var(--track); }
.hwr-pad .hwr-unsure::after { content: "not sure"; display: block; font: 13px/1.2
  var(--jp-ui-font-family, sans-serif); color: var(--soft); }
.hwr-correct { min-height: 152px; gap: 6px; }
.hwr-pad .hwr-letters .widget-dropdown { flex-direction: column; height: auto; }
.hwr-pad .hwr-letters label { font-size: 12px; width: auto; height: 18px; line-height: 18px;
  text-align: left; }
.hwr-pad .hwr-letters select { font: 18px var(--jp-code-font-family, monospace); flex: 0 0 34px;
  width: 100%; }
.hwr-view img { display: block; height: auto; }
.hwr-heard { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.hwr-problem, .hwr-note { border-left: 4px solid #009e73; padding: 2px 0 2px 10px; }
.hwr-problem { border-color: #d55e00; }
</style>"""
"""Colours of Okabe and Ito (2008), which colour-blind people tell apart; the rest: the theme's."""


# --- the answer in words -----------------------------------------------------------------------


def format_percent(share: float) -> str:
    """Return a probability in whole per cent, never claiming certainty: ``'<1 %'``, ``'>99 %'``."""
    if share >= 0.995:
        return ">99 %"
    return f"{share:.0%}".replace("%", " %") if share >= 0.005 else "<1 %"


def class_name(character: str, alphabet: Alphabet) -> str:
    """Return a class as it is written: ``'C/c'`` where a class holds both."""
    return "/".join(alphabet.members[alphabet.index(character)])


def spoken_name(character: str, alphabet: Alphabet) -> str:
    """Return a class as it is read aloud, where ``g`` and ``G`` would sound the same."""
    members = alphabet.members[alphabet.index(character)]
    if len(members) > 1:
        return f"letter {character}"
    kind = "digit" if character.isdigit() else "capital" if character.isupper() else "small"
    return f"{kind} {character}"


def _article(character: str) -> str:
    return "an" if character in "AEFHILMNORSXaefhilmnorsx8" else "a"


def answer_sentence(reading: Reading) -> str:
    """Say an answer in one sentence of HTML, with the runners-up, or that it is not sure."""
    if not reading.candidates:
        return "<p>Draw a digit or a letter.</p>"
    (best, share), *others = reading.candidates
    what = f"<b>{class_name(best, reading.alphabet)}</b> ({escape(format_percent(share))})"
    first = f"Probably {_article(best)} {what}" if reading.sure else f"Not sure: perhaps {what}"
    rest = " or ".join(
        f"<b>{class_name(other, reading.alphabet)}</b> ({escape(format_percent(chance))})"
        for other, chance in others
    )
    return f"<p>{first}{', else ' if rest else ''}{rest}.</p>"


def screen_reader_text(reading: Reading) -> str:
    """Say the same for a screen reader: letters by kind, no symbols."""
    if not reading.candidates:
        return "The pad is empty."
    parts = [
        f"{spoken_name(character, reading.alphabet)}, {_spoken_share(share)}"
        for character, share in reading.candidates
    ]
    first = ("Probably " if reading.sure else "Not sure: perhaps ") + parts[0]
    return first + (f"; else {' or '.join(parts[1:])}." if parts[1:] else ".")


def _spoken_share(share: float) -> str:
    text = format_percent(share).replace(" %", " percent")
    return text.replace("<", "under ").replace(">", "over ")


def strip_tags(markup: str) -> str:
    """Return the text of a piece of HTML made here."""
    return unescape(re.sub("<[^>]+>", "", markup))


# --- the answer as bars ------------------------------------------------------------------------


def probability_bars(reading: Reading) -> str:
    """Draw the most probable classes as bars: the best five, or all of a small alphabet."""
    shares = reading.probabilities if reading.candidates else np.zeros(len(reading.alphabet))
    shown = np.arange(len(shares))
    if len(shown) > 2 * BARS:
        shown = np.argsort(-shares, kind="stable")[:BARS]
    best = int(np.argmax(shares)) if reading.sure else -1
    rows = []
    for index in shown:
        label = class_name(reading.alphabet.classes[index], reading.alphabet)
        colour = "best" if index == best else "other"
        number = escape(format_percent(float(shares[index]))) if reading.candidates else ""
        rows.append(
            f"<b>{label if reading.candidates or len(shares) == len(shown) else '&nbsp;'}</b>"
            f'<div><div class="{colour}" style="width:{shares[index]:.1%}"></div></div>'
            f"<span>{number}</span>"
        )
    # The sentence beside it says the same, so that a screen reader need not hear it twice.
    return f'<div class="hwr-bars" aria-hidden="true">{"".join(rows)}</div>'


# --- pictures ----------------------------------------------------------------------------------


def ink_image(pixels: NDArray[Any], alt: str, scale: float) -> str:
    """Show a grey picture as an ``<img>``, dark ink on white paper, as it is drawn on the sheet.

    Parameters
    ----------
    pixels : ndarray of uint8, or of float in 0..1, shape (rows, columns)
        Bright is ink.
    alt : str
        What it shows, in words.
    scale : float
        CSS pixels to a pixel; enlarged without smoothing, so that each pixel is seen.
    """
    grey = pixels if pixels.dtype == np.uint8 else np.rint(np.clip(pixels, 0, 1) * 255)
    return rgb_image(255 - grey.astype(np.uint8), alt, scale)


def rgb_image(pixels: NDArray[np.uint8], alt: str, scale: float) -> str:
    """Show a picture as it is, as an ``<img>``: uint8, shape (rows, columns) or with 3 colours."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    data = b64encode(file.getvalue()).decode()
    height, width = (round(side * scale) for side in pixels.shape[:2])
    return (
        f'<img alt="{escape(alt)}" width="{width}" height="{height}" '
        f'src="data:image/png;base64,{data}">'
    )


STEPS = {
    "drawn": "the strokes, drawn at one size",
    "blurred": "with softened edges",
    "cropped": "cut to the ink",
    "centred": "in the middle of a square with a border",
    "28 x 28": "28 by 28 pixels, what the network sees",
}


def conversion_row(steps: dict[str, NDArray[Any]]) -> str:
    """Show the conversion step by step, all at one scale but for the last, 3 times larger."""
    figures = []
    for number, (step, pixels) in enumerate(steps.items(), 1):
        scale = 3.3 if pixels.shape == (28, 28) else 1.1
        alt = f"Step {number}: {STEPS.get(step, step)}"
        shown = ink_image(pixels, alt, scale)
        figures.append(f"<figure>{shown}<figcaption>{number}. {step}</figcaption></figure>")
    hint = "<span>What the network sees will appear here, step by step.</span>"
    return f'<div class="hwr-steps">{"<span>→</span>".join(figures) or hint}</div>'
