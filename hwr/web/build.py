"""The web page: template, recogniser, runtime and modules in one HTML file.

The page opens by a double click and needs no network. The browser enforces this: the *Content
Security Policy* in the page's head forbids every connection and every script whose hash it does not
list. The page's own modules come as ``data:`` URLs in its import map; they cannot connect either.
"""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hwr import alphabets
from hwr._support import card as card_file
from hwr._support.atomic_write import write_bytes
from hwr._support.drawing_keys import DRAWING_KEYS
from hwr._support.paths import PACKAGE
from hwr._support.signs import sign_name
from hwr.recognizer import Recognizer
from hwr.web import litert, tfjs, word_list
from hwr.web.node import MODULE_FOLDER
from hwr.web.quantization import Precision, encode
from hwr.words.word_reader import NETWORK, SHIPPED
from hwr.words.written_language import WRITTEN

MAX_PAGE_BYTES = 9_000_000
"""Opens in a second or two. The runtime, the words and the network that reads them take 4.4 MB, and
leave a learner's own network of characters 4.5 MB."""
TEMPLATE = PACKAGE / "web" / "page.html"
STYLESHEET = PACKAGE / "web" / "page.css"
EMNIST_ALPHABETS = ("62", "47", "26", "10")
PAGE_ALPHABETS = (*EMNIST_ALPHABETS, "marks", "all")
"""The alphabets that the page offers, if the network can answer in them, beside its own."""
OF_WORDS = (
    *("weight", "bonus", "temperature", "threshold"),
    *("parameters", "training_words", "data", "license"),
)
"""What the page holds of the card of the network of words: how it reads, and where it comes from,
which must stay with the weights."""
PLAIN = " !$&'()*+,/:;=?@[]^`{|}>"
"""Characters that may stand in a ``data:`` URL as they are, beside letters and digits; escaped,
they would make the JavaScript half as large again."""
UNCALIBRATED = {"temperature": 1.0, "threshold": 0.8}
"""Settings of a network without a card, which nobody has measured."""


def build_page(out: Path, card: Path | None = None, precision: Precision | None = None) -> Path:
    """Build the page, and install its runtime if necessary.

    Parameters
    ----------
    out : Path
        Where to write the page.
    card : Path, optional
        The recogniser's card, or a network that Keras saved (``.keras``); by default the recogniser
        that ships with the course.
    precision : {'float32', 'float16', 'int8'}, optional
        Of the weights in the page (:mod:`hwr.web.quantization`). By default they stay what they
        are in the file, and the page's probabilities equal Python's to within rounding; fewer bits
        make a smaller page.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    ValueError
        If the page cannot run the network, the runtime cannot be installed, or the page would be
        larger than ``MAX_PAGE_BYTES``.
    """
    recognizer = load_recognizer(card)
    tfjs.install()
    template, style = (file.read_text("utf-8") for file in (TEMPLATE, STYLESHEET))
    content = fill_template(template, page_data(recognizer, precision), style).encode("utf-8")
    if len(content) > MAX_PAGE_BYTES:
        raise ValueError(
            f"With this network the page would have {len(content) / 1e6:.1f} MB, more than "
            f"{MAX_PAGE_BYTES / 1e6:g}: write its weights with fewer bits "
            "(--precision float16 or int8), or build a network of fewer weights."
        )
    write_bytes(out, content)
    return out


def load_recognizer(card: Path | None = None) -> Recognizer:
    """Return a recogniser by its card, or one made of a network that Keras saved.

    Raises
    ------
    ValueError
        If the file is missing, is neither, or its network does not turn 28x28 grey images into the
        logits of one of EMNIST's alphabets: only a card names other classes.
    """
    if card is None or card.suffix != ".keras":
        return Recognizer.load(card)
    from hwr._support.keras_files import load_network
    from hwr._support.networks import adapted, given_name, largest_input
    from hwr.export import to_litert  # TensorFlow takes seconds to start

    if not card.is_file():
        raise ValueError(f"There is no file {card}: give a card (.json) or a network (.keras).")
    model = load_network(card)
    litert.check_shapes(model.input_shape, model.output_shape)
    classes = model.output_shape[-1]
    if str(classes) not in EMNIST_ALPHABETS:
        raise ValueError(
            f"{card.name} does not say which {classes} classes it has: give its card (.json), or a "
            f"network of {', '.join(EMNIST_ALPHABETS)} classes."
        )
    alphabet = alphabets.get_alphabet(classes)
    described = {
        "architecture": given_name(model),
        "parameters": model.count_params(),
        "classes": list(alphabet.classes),
        "members": list(alphabet.members),
        "class_frequencies": [1 / classes] * classes,
    }
    return Recognizer(
        to_litert(adapted(model, largest_input(model))), {**described, **UNCALIBRATED}, card.name
    )


def page_data(recognizer: Recognizer, precision: Precision | None = None) -> dict[str, Any]:
    """Return the data of the page's modules, for JSON.

    Returns
    -------
    dict
        ``card``; ``alphabets``, the recogniser's own first; ``outputs``, the classes of its
        network, like an alphabet; ``network``; and ``words``, from :func:`words_data`.
    """
    own, outputs = recognizer.alphabet, recognizer.outputs
    named = [alphabets.get_alphabet(name) for name in PAGE_ALPHABETS]
    offered = dict.fromkeys([own, *(each for each in named if not outputs.obstacle(each))])
    return {
        "card": recognizer.card,
        "alphabets": [alphabet_data(alphabet) for alphabet in offered],
        "outputs": alphabet_data(outputs),
        "network": encode(litert.read_network(recognizer.weights), precision),
        "words": words_data(),
    }


def words_data() -> dict[str, Any]:
    """Return the data with which the page reads words, whatever reads its single characters.

    Returns
    -------
    dict
        ``characters``, those of the network of words that ships; ``card``, the part of its card in
        ``OF_WORDS``; ``network``, its weights as in the file; and ``language``, ``frequencies`` and
        ``words``, from :func:`hwr.web.word_list.word_data`.
    """
    card, weights = card_file.read(SHIPPED, NETWORK)
    return {
        "characters": WRITTEN,
        "card": {name: card[name] for name in OF_WORDS},
        "network": encode(litert.read_network(weights, of_words=True)),
        **word_list.word_data("en"),
    }


def alphabet_data(alphabet: alphabets.Alphabet) -> dict[str, Any]:
    """Return an alphabet for JSON, with the names of its signs, which screen readers may skip."""
    signs = [name for name in alphabet.classes if len(name) == 1 and not name.isalnum()]
    return {
        "name": alphabet.name,
        "classes": alphabet.classes,
        "members": alphabet.members,
        "signs": {sign: sign_name(sign) for sign in signs},
    }


def import_map() -> str:
    """Return the page's modules as an import map, JSON: names such as ``hwr/ink.js`` to data URLs.

    With it the modules import each other by these names, although the page has no server.
    """
    urls = {
        f"hwr/{file.name}": "data:text/javascript," + quote(file.read_text("utf-8"), PLAIN)
        for file in sorted(MODULE_FOLDER.glob("*.js"))
    }
    return json.dumps({"imports": urls})


def fill_template(template: str, described: dict[str, Any], style: str = "") -> str:
    """Return the whole page.

    Parameters
    ----------
    template : str
        HTML with each of ``@POLICY@``, ``@STYLE@``, ``@KEYS@``, ``@IMPORTS@``, ``@RUNTIME@``,
        ``@DATA@`` once.
    described : dict
        Data of the page's modules, for JSON.
    style : str
        CSS.
    """
    parts = {
        "STYLE": style,
        "KEYS": DRAWING_KEYS,
        "IMPORTS": import_map(),
        "RUNTIME": tfjs.scripts(),
        # A "<" could end the element, even inside a JSON string.
        "DATA": json.dumps(described, separators=(",", ":")).replace("<", "\\u003c"),
    }
    # In one pass: the parts may contain such names themselves.
    page = re.sub(rf"@({'|'.join(parts)})@", lambda name: parts[name[1]], template)
    return page.replace("@POLICY@", policy(page), 1)


def policy(page: str) -> str:
    """Return a Content Security Policy that allows only a page's own scripts and styles."""
    elements = _Elements()
    elements.feed(page)
    elements.close()
    scripts = " ".join(map(_hash, elements.scripts))
    return "; ".join(
        [
            "default-src 'none'",  # no connection, no frame, no font, no worker
            f"script-src 'wasm-unsafe-eval' data: {scripts}",
            f"style-src {' '.join(map(_hash, elements.styles))}",
            "img-src data: blob:",  # pictures from disk
            "media-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


class _Elements(HTMLParser):
    """Collects the text of each script that runs (not JSON, not WebAssembly) and each style."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self._open: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        runs = dict(attrs).get("type") in (None, "module", "importmap")
        self._open = self.scripts if tag == "script" and runs else None
        self._open = self.styles if tag == "style" else self._open
        if self._open is not None:
            self._open.append("")

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._open = None
