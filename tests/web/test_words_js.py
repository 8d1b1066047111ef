"""Words read by the page's modules, in a real browser, against Python's reading of the same ink.

Modules of `hwr/web/js/` do what their namesakes in `hwr/words/` do: a change on one side alone
fails here. The search over texts is given the answers of Python's network; a last part reads with
the page's own, and needs its runtime. Needs Chromium, Chrome or Edge on this machine; without it
these tests are skipped.
"""

import ast
import base64
import importlib
import inspect
import json
import re

import numpy as np
import pytest
from helpers.pages import call, needs_browser, needs_runtime, opened, refusal

from hwr._support import card as card_file
from hwr._support.litert import LineNetwork
from hwr.alphabets import CHARACTERS, MERGED_LETTERS
from hwr.datasets.joined_words import Piece, draw_spacing, join
from hwr.datasets.synthetic import Writer, compose_word
from hwr.ink import Ink
from hwr.recognizer import Recognizer
from hwr.web import build, word_list
from hwr.words import ctc, line_image, segments, single_letters
from hwr.words.language_model import (
    DIGITS,
    END,
    LOWERCASE,
    ProseModel,
    UniformModel,
    word_frequencies,
)
from hwr.words.prefix_beam import Advice, prefix_beam
from hwr.words.word_reader import NETWORK, SHIPPED, WordReader
from hwr.words.written_language import CLASSES, WRITTEN, WRITTEN_MARKS, WrittenModel

MODULES = (
    "ink", "line_image", "ctc", "letter_boxes", "language_model", "written_language", "prefix_beam",
    "single_letters", "word_reader",
)  # fmt: skip
# Python only: the opening of files, the making of the word list, languages, and what a test of
# scores compares.
NOT_IN_THE_PAGE = {
    "VOCABULARY_SIZE",
    "SPELT",
    "TRANSLITERATIONS",
    "ENGLISH",
    "PROSE_LANGUAGES",
    "CODE_ALPHABETS",
    "LANGUAGE_NAMES",
    "AFTER_NUMBER",
    "NETWORK",
    "SHIPPED",
}
# Constants that Python has in another module, or not at all.
ONLY_IN_THE_PAGE = {
    "written_language": {"CHARACTERS": CHARACTERS},
    "single_letters": {"MERGED_LETTERS": MERGED_LETTERS},
    "word_reader": {"NO_LANGUAGE": "none", "MAX_STROKES": segments.MAX_SEGMENTS},
}
APART, CLOSE = (0.15, 0.3), (-0.1, 0.15)
WORDS, TEXTS, CODES = 60, 20, 20

pytestmark = needs_browser

SET_UP = """async ([names, words, characters]) => {
  window.hwr = {};
  for (const name of names) hwr[name] = await import(`hwr/${name}.js`);
  window.data = JSON.parse(words);
  window.answer = null;  // of the network
  const sum = (greys) => greys.reduce((a, b) => a + b, 0);
  const logits = (image) => Array.from({length: 95}, (_, i) => sum(image.slice(8 * i, 8 * i + 8)));
  const sums = {logits: (images) => images.map(logits).map((each) => each.map((z) => z / 500))};
  const recognizer = new hwr.recognizer.Recognizer(JSON.parse(characters), sums);
  window.reader = new hwr.word_reader.WordReader(data, {logits: () => answer}, recognizer);
  window.english = reader.learn("en");
}"""


class Sums:
    """A network of single characters whose logits are the sums of eight neighbouring greys."""

    weights = b""

    def logits(self, images):
        return images.reshape(len(images), -1)[:, :760].reshape(-1, 95, 8).sum(axis=2) / 500


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer(Sums(), Recognizer.load().card)


@pytest.fixture(scope="module")
def page(blank, recognizer):
    """A page with the modules."""
    names = ("alphabet", "outputs")
    alphabet, outputs = (build.alphabet_data(getattr(recognizer, name)) for name in names)
    characters = {"card": recognizer.card, "alphabets": [alphabet], "outputs": outputs}
    words = build.words_data() | {"network": None}
    modules = [*MODULES, "tfjs", "recognizer"]
    blank.evaluate(SET_UP, [modules, json.dumps(words), json.dumps(characters)])
    return blank


@pytest.fixture(scope="module")
def network():
    """Python's network of words."""
    _, weights = card_file.read(SHIPPED)
    return LineNetwork(weights, *NETWORK)


@pytest.fixture(scope="module")
def reader(recognizer):
    with pytest.MonkeyPatch.context() as patch:  # the page's own does not fit into these tests
        patch.setattr(single_letters, "_shipped", lambda: recognizer)
        yield WordReader.load()


@pytest.fixture(scope="module")
def languages():
    """Python's language models, by their names in the page."""
    return {"en": WrittenModel(ProseModel("en")), "none": UniformModel(CHARACTERS)}


def strokes_of(inks):
    return json.dumps([[stroke.tolist() for stroke in ink.strokes] for ink in inks])


def read_in(page, network, inks, language):
    """Return the words that the page reads, each with its milliseconds, without the network."""
    answers = [network.logits(line_image.as_input(line_image.line_image(ink)[0])) for ink in inks]
    return call(
        page,
        """([drawings, answers, classes, language]) => JSON.parse(drawings).map((strokes, i) => {
          const flat = new Float32Array(hwr.tfjs.bytes(answers[i]).buffer);
          const frames = Array.from({length: flat.length / classes}, (_, k) => k);
          window.answer = frames.map(k => flat.subarray(k * classes, (k + 1) * classes));
          const begun = performance.now();
          const word = reader.read(strokes, language);
          return {...word, ms: performance.now() - begun};
        })""",
        [
            strokes_of(inks),
            [base64.b64encode(answer.tobytes()).decode() for answer in answers],
            CLASSES,
            language,
        ],
    )


def in_ink(text, seed, gap):
    """Return a text in letters apart or touching; a mark is one small stroke."""
    writer, rng = Writer(seed), np.random.default_rng([seed, len(text)])
    return compose_word(text, lambda character: writer.draw(character, rng), 1.75, rng, gap)


def joined(text, seed):
    """Return a text some of whose letters are linked, with marks where it has some."""
    writer, rng = Writer(seed), np.random.default_rng([seed, len(text)])
    slash = Ink([[(0, 0), (0.3, -1)]])
    return join(
        [Piece(each, writer.draw(each, rng) if each.isalnum() else slash) for each in text],
        draw_spacing(rng),
        rng,
    ).ink


def as_on_a_pad(ink):
    """Return ink in whole pixels, like a mouse's."""
    low, high = ink.bounds()
    scale = 150 / (high - low)[1]
    return Ink([np.round((stroke - low) * scale) + 40 for stroke in ink.strokes])


@pytest.fixture(scope="module")
def written():
    """60 words, 20 texts with digits and marks, and 20 codes, as pairs of language and ink."""
    rng = np.random.default_rng(26)
    listed = [word for word, _ in word_frequencies("en")[:20_000]]
    known = [word for word in listed if re.fullmatch("[a-z]{3,9}", word)]
    inks = []
    for number in range(WORDS + TEXTS + CODES):
        seed, gap = 900 + number % 20, (APART, CLOSE)[number % 2]
        text = known[rng.integers(len(known))]
        text = (text, text, text, text.title(), text.upper())[number % 5]
        if number >= WORDS:
            characters = list(WRITTEN if number < WORDS + TEXTS else CHARACTERS)
            text = "".join(rng.choice(characters, 6))
        plain = number % 4 == 0 and text.isalnum()
        ink = in_ink(text, seed, gap) if plain else joined(text, seed)
        name = "en" if number < WORDS + TEXTS else "none"
        inks.append((name, as_on_a_pad(ink) if number % 3 else ink))
    return inks


# --- the line's image ----------------------------------------------------------------------------


def odd_inks():
    """Return ink that is no word, or hardly one, by its description."""
    rng = np.random.default_rng(3)
    hello = in_ink("hello", 21, APART)
    return {
        "empty": Ink(),
        "no points": Ink([[], []]),
        "a dot": Ink([[(5, 5)]]),
        "dots": Ink([[(5, 5)], [(9, 5)], [(9, 5)], [(40, 6)]]),
        "a scribble": Ink([rng.uniform(size=(40, 2)) * [4, 1] for _ in range(3)]),
        "a tangle": Ink([np.cumsum(rng.normal(0, 3, (3_000, 2)), axis=0)]),
        "a line": Ink([[(0, 0), (300, 0)]]),
        "a stem": Ink([[(0, 0), (0, 300)]]),
        "upside down": Ink([-stroke for stroke in hello.strokes]),
        "mirrored": Ink([stroke * [-1, 1] for stroke in hello.strokes]),
        "late strokes": Ink(hello.strokes[::-1]),
        "a comma": Ink([*hello.strokes, [(12, -0.03), (11.97, 0.12)]]),
        "far": Ink([[(-9e8, -9e8), (9e8, 9e8)], [(0, 0), (1e-9, 3)]]),
        "long": Ink([np.cumsum(rng.uniform([3, -7], [9, 7], (500, 2)), axis=0)]),
        "200 strokes": Ink(rng.uniform(0, 100, (200, 2, 2))),
        "40 strokes": Ink(np.cumsum(rng.normal(1, 2, (40, 6, 2)), axis=0)),
    }


def test_the_line_is_drawn_as_python_draws_it(page, written):
    inks = [ink for _, ink in written] + [ink for ink in odd_inks().values() if not ink.empty]
    found = call(
        page,
        """drawings => JSON.parse(drawings).map(strokes => {
          const frame = hwr.line_image.frameOfInk(strokes);
          return [frame, hwr.line_image.drawInk(strokes, frame)];
        })""",
        strokes_of(inks),
    )
    differing = pixels = 0
    for ink, (frame, there) in zip(inks, found, strict=True):
        image, expected = line_image.line_image(ink)
        names = ("scale", "left", "top")
        np.testing.assert_allclose(
            [frame[name] for name in names], [getattr(expected, name) for name in names], rtol=1e-9
        )
        assert (frame["width"], there["width"], there["height"]) == (*[expected.width] * 2, 40)
        away = np.abs(np.reshape(there["pixels"], image.shape) - image.astype(int))
        assert away.max() <= 1
        differing, pixels = differing + np.count_nonzero(away), pixels + image.size
    assert differing <= pixels / 10_000


# --- words ---------------------------------------------------------------------------------------


def apart(one, other):
    """Return the greatest difference of two lists of (text, probability); inf if texts differ."""
    if [text for text, _ in one] != [text for text, _ in other]:
        return np.inf
    return max((abs(p - q) for (_, p), (_, q) in zip(one, other, strict=True)), default=0.0)


def difference(there, here):
    """Return by how much a word of the page differs from one of Python, in several ways."""
    boxes = np.reshape(there["boxes"], (-1, 4))
    unit = np.abs(here.boxes).max(initial=1e-9)
    return [
        there["text"] != here.text,
        abs(there["probability"] - here.probability),
        apart(there["alternatives"], here.alternatives),
        np.abs(boxes - here.boxes).max(initial=0) / unit if boxes.shape == here.boxes.shape else 1,
        there["sure"] != here.sure,
    ]


ALLOWED = [0, 1e-3, 1e-3, 1e-6, 0]


def test_the_page_reads_words_as_python_does(
    page, network, reader, languages, written, record_property
):
    """Texts, probabilities, other texts, boxes, and whether they are sure."""
    worst, times, texts, sures = [], [], [], set()
    for name, language in languages.items():
        inks = [ink for tongue, ink in written if tongue == name]
        here = [reader.read(ink, language) for ink in inks]
        for there, word in zip(read_in(page, network, inks, name), here, strict=True):
            worst.append(difference(there, word))
            times.append(there["ms"])
            texts.append(word.text)
            sures.add(word.sure)
    agree = (np.array(worst) <= ALLOWED).mean(axis=0)
    record_property("page, words read as in Python", f"{agree[0]:.1%}")
    record_property("page, one word without the network, ms", f"{np.median(times):.1f}")
    assert len(texts) == WORDS + TEXTS + CODES
    assert np.mean([bool(text) for text in texts]) > 0.9  # there is something to compare
    assert sures == {True, False}
    assert any(set(text) & set(WRITTEN_MARKS) for text in texts)
    assert (agree >= [0.99, 0.98, 0.98, 0.99, 0.99]).all(), agree


@pytest.mark.parametrize("name", ["en", "none"])
def test_the_page_answers_odd_ink_as_python_does(page, network, reader, languages, name):
    odd = {what: ink for what, ink in odd_inks().items() if not ink.empty}
    answers = read_in(page, network, odd.values(), name)
    for (what, ink), there in zip(odd.items(), answers, strict=True):
        away = difference(there, reader.read(ink, languages[name]))
        assert (np.array(away) <= ALLOWED).all(), what
    assert 0 < sum(bool(there["text"]) for there in answers) < len(odd)


@pytest.mark.parametrize("strokes", ["[]", "[[], []]"])
def test_where_nothing_is_written_nothing_is_read(page, strokes):
    empty = {"text": "", "probability": 0, "alternatives": [], "boxes": [], "sure": False}
    assert page.evaluate(f"() => reader.read({strokes})") == empty


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("[[[0, 0]], [[0, NaN]]]", "Stroke 2 holds a point that is no finite number: "),
        ("Array(4001).fill([[0, 0]])", "There are 4,001 strokes, too many for handwriting "),
        ("[[[0, 0]]], 'xx'", "There are no words of a language 'xx' in this page: choose 'en' "),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(page, call, sentence):
    message = refusal(page, f"reader.read({call})")
    assert message.startswith(sentence)
    assert "\n" not in message


# --- its parts -----------------------------------------------------------------------------------


def random_frames(rng, frames, classes, sharpness=2.0):
    """Return log-probabilities of frames, some of them in little doubt."""
    scores = rng.normal(0, sharpness, (frames, classes))
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def test_letters_are_aligned_as_in_python(page):
    rng = np.random.default_rng(5)
    given = []
    for labels in ([], [2], [2, 2], [1, 2, 1], [3, 3, 3], [1, 2, 3, 4, 4, 1]):
        fewest = ctc.fewest_frames(labels)
        given += [
            (random_frames(rng, frames, 5).tolist(), labels)
            for frames in (max(fewest, 1), fewest + 1, fewest + 12)
            for _ in range(10)
        ]
    found = page.evaluate(
        "given => given.map(([rows, labels]) => hwr.ctc.align(rows, labels))", given
    )
    for spans, (rows, labels) in zip(found, given, strict=True):
        assert spans == ctc.align(np.array(rows), labels).tolist()


@pytest.mark.parametrize("name", ["en", "none"])
@pytest.mark.parametrize(
    ("characters", "frames", "kept"),
    [("aAl,", 5, (None, -np.inf)), (WRITTEN, 12, (6, -5.0)), (WRITTEN, 20, ())],
    ids=["exact", "narrow", "as it reads"],
)
def test_the_search_is_pythons(page, languages, name, characters, frames, kept):
    rng = np.random.default_rng(8)
    advice = Advice(languages[name], 0.6, 0.9)
    given = [random_frames(rng, frames, 1 + len(characters), 3.0) for _ in range(4)]
    answers = call(
        page,
        """([given, characters, name, kept]) => given.map(rows => hwr.prefix_beam.prefixBeam(rows,
          characters, {language: reader.learn(name), weight: 0.6, bonus: 0.9},
          ...kept.map(each => each ?? Infinity).map((each, i) => (i && each > 0 ? -each : each)))
          .map(({text, ink, score}) => [text, ink, score]))""",
        [
            [rows.tolist() for rows in given],
            characters,
            name,
            [None if each in (None, -np.inf) else each for each in kept],
        ],
    )
    for rows, there in zip(given, answers, strict=True):
        here = prefix_beam(rows, characters, advice, *kept)
        assert [text for text, *_ in there] == [one.text for one in here]
        np.testing.assert_allclose([each for _, *each in there], [(o.ink, o.score) for o in here])
    assert max(map(len, answers)) > 5


def scores_in(page, model, texts):
    """Return the scores of prefixes of texts, and of the whole ones, by a model of the page."""
    return page.evaluate(
        f"""([texts, end]) => texts.map(text => {{
          const model = {model};
          let state = model.begin();
          return [...text, end].map(letter => model.score(state = model.extend(state, letter)));
        }})""",
        [texts, END],
    )


def test_languages_are_pythons(page, languages):
    """Words in their cases, numbers, marks and random texts: the same scores at every letter."""
    rng = np.random.default_rng(1)
    known = [word for word, _ in word_frequencies("en")]
    words = [known[i] for i in rng.integers(len(known), size=150)]
    plain = [*words, *("".join(rng.choice(list(LOWERCASE), size)) for size in range(1, 30))]
    plain += ["".join(rng.choice(list(DIGITS + LOWERCASE[:3]), 4)) for _ in range(60)]
    texts = [*words[:30], *(word.title() for word in words[30:60])]
    texts += [word.upper() for word in words[60:80]] + [f'("{word}!"),' for word in words[80:100]]
    texts += [
        "24.12.2026",
        "1,000",
        "3/4",
        "well-known",
        "don't",
        "It's",
        "'I'LL'",
        "l'eau",
        "rock'n'roll",
        "McDonald",
        "eBay",
        "A4",
        "R2-D2",
    ]
    texts += ["".join(rng.choice(list(WRITTEN), size)) for size in rng.integers(1, 9, 80)]
    prose = ProseModel("en")
    for model, language, some in (
        ("(window.prose ??= new hwr.language_model.ProseModel(data))", prose, plain),
        ("english", languages["en"], texts),
        ("reader.learn('none')", languages["none"], texts),
    ):
        for text, scores in zip(some, scores_in(page, model, some), strict=True):
            state, expected = language.begin(), []
            for letter in text + END:
                state = language.extend(state, letter)
                expected.append(language.score(state))
            np.testing.assert_allclose(scores, expected, rtol=1e-9, err_msg=text)


def test_the_time_to_learn_english_is_recorded(page, record_property):
    times = page.evaluate(
        """() => Array.from({length: 3}, () => {
          const begun = performance.now();
          new hwr.language_model.ProseModel(data);
          return performance.now() - begun;
        })"""
    )
    record_property("page, English learned, ms", f"{min(times):.0f}")


@pytest.mark.parametrize("name", MODULES)
def test_the_page_knows_pythons_constants(page, name):
    """A constant that only one side has, or that differs, fails."""
    there = page.evaluate(
        """name => Object.fromEntries(Object.entries(hwr[name])
          .filter(([constant]) => /^[A-Z_]+$/.test(constant)))""",
        name,
    )
    module = importlib.import_module("hwr.ink" if name == "ink" else f"hwr.words.{name}")
    here = {constant: getattr(module, constant) for constant in own(module) - NOT_IN_THE_PAGE}
    assert there == json.loads(json.dumps(here)) | ONLY_IN_THE_PAGE.get(name, {})


def own(module):
    """Return the names of the constants that a module defines."""
    body = ast.parse(inspect.getsource(module)).body
    parts = [part for node in body if isinstance(node, ast.Assign) for part in ast.walk(node)]
    names = [part for part in parts if isinstance(part, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, ast.Store) and name.id.isupper()}


def test_no_word_is_left_out_of_the_page():
    data = word_list.word_data("en")
    unpacked, word = [], ""
    for shared, rest, number in re.findall("([A-Z])([a-z']*)([0-9A-Z]{2})", data["words"]):
        word = word[: ord(shared) - ord("A")] + rest
        unpacked.append((word, data["frequencies"][int(number, 36)]))
    assert sorted(unpacked) == sorted(word_frequencies("en"))
    assert len(json.dumps(data)) <= 320_000


def test_words_are_packed_by_what_they_share():
    pairs = [("car", 7), ("care", 36), ("cat", 0), ("cat", 1), ("z", 1295)]
    assert word_list.pack(pairs) == "Acar07De10Ct00D01AzZZ"
    long = "a" * 40
    assert word_list.pack([(long, 0), (long + "b", 0)]) == f"A{long}00Z{'a' * 15}b00"


def test_a_language_without_words_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="choose one of"):
        word_list.word_data("xx")


# --- with the page's own network -----------------------------------------------------------------

WHOLE = """
  import { LineNetwork } from "hwr/litert.js";
  import { WordReader } from "hwr/word_reader.js";
  const data = JSON.parse(document.getElementById("data").textContent);
  const begun = performance.now();
  window.reader = await WordReader.load(data.words);
  window.started = performance.now() - begun;
  window.network = await LineNetwork.load(data.words.network);
"""


@pytest.fixture(scope="module")
def whole(browser, tmp_path_factory):
    """A page with the whole reader in place of its pads."""
    path = tmp_path_factory.mktemp("page") / "words.html"
    template = build.TEMPLATE.read_text("utf-8").replace('import "hwr/main.js";', WHOLE)
    path.write_text(build.fill_template(template, {"words": build.words_data()}), "utf-8")
    with opened(browser, path) as tab:
        tab.wait_for_function("() => window.network")
        yield tab


@needs_runtime
def test_the_pages_own_network_reads_words_as_python_does(
    whole, reader, languages, written, record_property
):
    inks = [ink for name, ink in written if name == "en"][:40]
    found = call(
        whole,
        """drawings => JSON.parse(drawings).map(strokes => {
          const begun = performance.now();
          const word = reader.read(strokes);
          return {...word, ms: performance.now() - begun};
        })""",
        strokes_of(inks),
    )
    here = [reader.read(ink, languages["en"]) for ink in inks]
    worst = [difference(*pair) for pair in zip(found, here, strict=True)]
    agree = (np.array(worst) <= ALLOWED).mean(axis=0)
    record_property("page, reader of words started, ms", f"{whole.evaluate('started'):.0f}")
    record_property("page, one word, ms", f"{np.median([word['ms'] for word in found]):.0f}")
    assert (agree >= [0.975, 0.95, 0.95, 0.95, 0.95]).all(), agree


@needs_runtime
def test_lines_of_any_width_go_through_and_leave_no_tensors(whole, network):
    rng = np.random.default_rng(2)
    widths = [2, 16, 74, 178, 1022, 2000, 16]
    images = [rng.integers(0, 256, (40, width), dtype=np.uint8) for width in widths]
    given = [(image.shape[1], base64.b64encode(image).decode()) for image in images]
    before, rows, after = call(
        whole,
        """images => {
          const lines = images.map(([width, data]) => ({height: 40, width,
            pixels: Uint8Array.from(atob(data), each => each.charCodeAt(0))}));
          const before = tf.memory().numTensors;
          const rows = lines.map(line => network.logits(line));
          return [before, rows, tf.memory().numTensors];
        }""",
        given,
    )
    assert before == after
    for image, found in zip(images, rows, strict=True):
        expected = network.logits(image[..., None] / np.float32(255))
        np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())
