"""The page: the template, the recogniser, its runtime and all the modules in one HTML file.

It opens from disk by a double click and asks the network for nothing. That is no promise of its
authors but a *Content Security Policy* in its head, which the browser enforces: no connection, and
no script but those whose hashes it names. It lets modules come from ``data:`` URLs, in which the
import map holds ours; they, too, can fetch and post nothing.
"""

import base64
import hashlib
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from hwr import alphabets
from hwr.recognizer import Recognizer
from hwr.web import FOLDER, import_map, litert, tfjs, word_list
from hwr.web.quantization import Precision, encode

LARGEST = 6_000_000
"""Bytes that the page may have."""
TEMPLATE = FOLDER / "page.html"
STYLE = FOLDER / "page.css"
ALPHABETS = ("62", "47", "26", "10")
UNKNOWN = {"temperature": 1.0, "threshold": 0.8}
"""What is taken for a network that comes without a card: nobody has measured it."""


def build_page(out: Path, card: Path | None = None, precision: Precision = "float32") -> Path:
    """Make the page.

    Parameters
    ----------
    out : Path
        Where it goes; written beside and renamed.
    card : Path, optional
        Whose network reads in it: a recogniser's card, or a network of ours that Keras saved
        (``.keras``); by default the one that comes with the course.
    precision : {'float32', 'float16', 'int8'}
        Of its weights, as in :mod:`hwr.web.quantization`. In float32 the page answers as Python does,
        to a millionth; the others make a smaller page, of another network.

    Returns
    -------
    Path
        That of the page.

    Raises
    ------
    ValueError
        If the network or the runtime is none that the page can have, or the page gets too large.
    """
    recognizer = load_recognizer(card)
    tfjs.install()
    template = TEMPLATE.read_text("utf-8")
    text = fill_template(template, page_data(recognizer, precision), style=STYLE.read_text("utf-8"))
    content = text.encode("utf-8")
    if len(content) > LARGEST:
        raise ValueError(
            f"With this network the page would have {len(content) / 1e6:.1f} MB, more than "
            f"{LARGEST / 1e6:g}: write its weights with fewer bits "
            "(--precision float16 or int8), or build a network of fewer weights."
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f"{out.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    return out


def load_recognizer(card: Path | None = None) -> Recognizer:
    """Load a recogniser by its card, or make one of a network that Keras saved."""
    if card is None or card.suffix != ".keras":
        return Recognizer.load(card)
    from hwr._support.keras import keras
    from hwr.export import to_litert  # TensorFlow takes seconds to start

    if not card.is_file():
        raise ValueError(f"There is no file {card}: give a card (.json) or a network (.keras).")
    try:
        model = keras.models.load_model(card, compile=False)
    except (ValueError, OSError, TypeError, KeyError):  # any of them, with a page of words
        raise ValueError(
            f"{card.name} is no network that Keras {keras.__version__} can load: give the file "
            "that model.save wrote in this environment."
        ) from None
    litert.check_shapes(model.input_shape, model.output_shape)
    frequencies = [1 / len(alphabets.CHARACTERS)] * len(alphabets.CHARACTERS)
    described = {"architecture": model.name, "parameters": model.count_params()}
    return Recognizer(to_litert(model), {**described, **UNKNOWN, "class_frequencies": frequencies})


def page_data(recognizer: Recognizer, precision: Precision = "float32") -> dict[str, Any]:
    """Return what the page's modules read: the card, the alphabets, the network and the words."""
    found = [alphabets.get_alphabet(name) for name in ALPHABETS]
    return {
        "card": recognizer.card,
        "alphabets": [
            {"name": each.name, "classes": each.classes, "members": each.members} for each in found
        ],
        "network": encode(litert.read_network(recognizer.weights), precision),
        "words": word_list.word_data("en"),
    }


def fill_template(template: str, described: dict[str, Any], style: str = "") -> str:
    """Fill the template.

    Parameters
    ----------
    template : str
        HTML with each of ``@POLICY@``, ``@STYLE@``, ``@IMPORTS@``, ``@RUNTIME@``, ``@DATA@`` once.
    described : dict
        What goes into the page as JSON, for its modules.
    style : str
        The page's CSS.

    Returns
    -------
    str
        The whole page.
    """
    parts = {
        "STYLE": style,
        "IMPORTS": import_map(),
        "RUNTIME": tfjs.scripts(),
        # "<" would matter to the reader of HTML, within a text too.
        "DATA": json.dumps(described, separators=(",", ":")).replace("<", "\\u003c"),
    }
    # In one go: what is filled in may hold such a name itself.
    page = re.sub(rf"@({'|'.join(parts)})@", lambda name: parts[name[1]], template)
    return page.replace("@POLICY@", policy(page), 1)


def policy(page: str) -> str:
    """Return the Content Security Policy for a page: its own scripts and styles, and nothing else."""
    elements = _Elements()
    elements.feed(page)
    elements.close()
    scripts = " ".join(map(_hash, elements.scripts))
    return "; ".join(
        [
            "default-src 'none'",  # no connection, no frame, no font, no worker
            f"script-src 'wasm-unsafe-eval' data: {scripts}",
            f"style-src {' '.join(map(_hash, elements.styles))}",
            "img-src data: blob:",  # a picture from disk
            "media-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


class _Elements(HTMLParser):
    """Collects the texts of a page's scripts and styles. JSON and WebAssembly do not run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self._now: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        runs = dict(attrs).get("type") in (None, "module", "importmap")
        self._now = self.scripts if tag == "script" and runs else None
        self._now = self.styles if tag == "style" else self._now
        if self._now is not None:
            self._now.append("")

    def handle_data(self, data: str) -> None:
        if self._now is not None:
            self._now[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._now = None
