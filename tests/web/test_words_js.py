"""Words read by the page's modules, in a real browser, against Python's reading of the same ink.

Modules of `hwr/web/js/` do what their namesakes in `hwr/words/` do: a change on one side alone
fails here. The network is Python's on both sides; the page is given its answers.
Needs Chromium, Chrome or Edge on this machine; without it these tests are skipped.
"""

import ast
import base64
import importlib
import inspect
import json
import re
from itertools import combinations

import numpy as np
import pytest
from helpers.pages import call, needs_browser, refusal

from hwr.alphabets import CHARACTERS
from hwr.datasets.synthetic import Writer, compose_word
from hwr.ink import Ink
from hwr.web import word_list
from hwr.words import reading
from hwr.words.language_model import (
    DIGITS,
    END,
    LOWERCASE,
    ProseModel,
    UniformModel,
    word_frequencies,
)
from hwr.words.lattice import Group, beam_search

MODULES = ("ink", "segments", "hypotheses", "language_model", "lattice", "decoding", "reading")
# Python only: the opening of files, the coefficients' file, the making of the word list, languages,
# the split of lines.
NOT_IN_THE_PAGE = {
    "MAX_PIXELS",
    "MAX_READING_SECONDS",
    "COEFFICIENTS_FILE",
    "VOCABULARY_SIZE",
    "TRANSLITERATIONS",
    "ENGLISH",
    "PROSE_LANGUAGES",
    "CODE_ALPHABETS",
    "LANGUAGE_NAMES",
    "CERTAIN_GAP",
    "MAX_DOUBTFUL_GAPS",
}
# Constants that Python has in another module, or not at all.
ONLY_IN_THE_PAGE = {
    "hypotheses": {"CHARACTERS": CHARACTERS},
    "reading": {"NO_LANGUAGE": "none"},
}
APART, CLOSE = (0.15, 0.3), (-0.1, 0.15)
WORDS, CODES = 80, 40

pytestmark = needs_browser

SET_UP = """async ([names, words]) => {
  window.hwr = {};
  for (const name of names) hwr[name] = await import(`hwr/${name}.js`);
  window.data = JSON.parse(words);
  window.table = new Map();
  window.asked = [];
  const probabilities = images => {
    asked.push(images.length);
    return images.map(image => {
      const row = table.get(image.join());
      if (row === undefined) throw new Error("Python was not shown this image.");
      return row;
    });
  };
  window.reader = new hwr.reading.WordReader({probabilities}, data);
  window.english = reader.learn("en");
}"""


@pytest.fixture(scope="module")
def page(blank):
    """A page with the modules."""
    blank.evaluate(
        SET_UP,
        [[*MODULES, "tfjs"], json.dumps({**word_list.word_data("en"), "characters": CHARACTERS})],
    )
    return blank


@pytest.fixture(scope="module")
def english():
    return ProseModel("en")


def strokes_of(inks):
    return json.dumps([[stroke.tolist() for stroke in ink.strokes] for ink in inks])


def show(page, recognizer, inks):
    """Give the page the network's answers for every image that it may ask about."""
    found = page.evaluate(
        """drawings => {
          window.images = new Map();
          for (const strokes of JSON.parse(drawings)) {
            const segments = new hwr.segments.Segments(strokes);
            if (segments.length > hwr.reading.MAX_WORD_SEGMENTS) continue;
            for (const {span} of hwr.hypotheses.candidateSpans(segments, data.fitted)) {
              const image = segments.image(span);
              images.set(image.join(), image);
            }
          }
          return [...images.values()].map(image => btoa(String.fromCharCode(...image)));
        }""",
        strokes_of(inks),
    )
    images = np.frombuffer(b"".join(map(base64.b64decode, found)), np.uint8).reshape(-1, 28, 28)
    rows = recognizer.probabilities(images, "uniform")
    page.evaluate(
        """rows => {
          const all = new Float32Array(hwr.tfjs.bytes(rows).buffer);
          [...images.keys()].forEach((image, i) =>
            table.set(image, all.subarray(62 * i, 62 * (i + 1))));
        }""",
        base64.b64encode(rows.tobytes()).decode(),
    )


def read_in(page, inks, language):
    """Return the words that the page reads, each with its milliseconds."""
    return call(
        page,
        """([drawings, language]) => JSON.parse(drawings).map(strokes => {
          const begun = performance.now();
          const word = reader.read(strokes, language);
          return {...word, ms: performance.now() - begun};
        })""",
        [strokes_of(inks), language],
    )


def in_ink(text, seed, gap):
    writer, rng = Writer(seed), np.random.default_rng([seed, len(text)])
    return compose_word(text, lambda character: writer.draw(character, rng), 1.75, rng, gap)


def as_on_a_pad(ink):
    """Return ink in whole pixels, like a mouse's."""
    low, high = ink.bounds()
    scale = 150 / (high - low)[1]
    return Ink([np.round((stroke - low) * scale) + 40 for stroke in ink.strokes])


@pytest.fixture(scope="module")
def written():
    """80 words and 40 codes by 20 synthetic writers, as pairs of language and ink."""
    rng = np.random.default_rng(26)
    listed = [word for word, _ in word_frequencies("en")[:20_000]]
    known = [word for word in listed if re.fullmatch("[a-z]{3,9}", word)]
    inks = []
    for number in range(WORDS + CODES):
        seed, gap = 900 + number % 20, (APART, CLOSE)[number % 2]
        text = known[rng.integers(len(known))]
        text = (text, text, text, text.title(), text.upper())[number % 5]
        if number >= WORDS:
            text = "".join(rng.choice(list(CHARACTERS), 6))
        ink = in_ink(text, seed, gap)
        inks.append(("en" if number < WORDS else "none", as_on_a_pad(ink) if number % 3 else ink))
    return inks


def apart(one, other):
    """Return the greatest difference of two lists of (text, probability); inf if texts differ."""
    if [text for text, _ in one] != [text for text, _ in other]:
        return np.inf
    return max((abs(p - q) for (_, p), (_, q) in zip(one, other, strict=True)), default=0.0)


@pytest.fixture(scope="module")
def compared(page, recognizer, english, written):
    """Pairs of what the page and what Python reads, word by word."""
    pairs = []
    for name, language in (("en", english), ("none", UniformModel(CHARACTERS))):
        inks = [ink for tongue, ink in written if tongue == name]
        show(page, recognizer, inks)
        here = [reading.read_word(ink, language, recognizer) for ink in inks]
        pairs += zip(read_in(page, inks, name), here, strict=True)
    return pairs


def test_the_page_reads_words_as_python_does(compared, record_property):
    assert len(compared) == WORDS + CODES
    same = np.mean([there["text"] == here.text for there, here in compared])
    away = np.array([abs(there["probability"] - here.probability) for there, here in compared])
    times = np.array([there["ms"] for there, _ in compared])
    record_property("page, words read as in Python", f"{same:.1%}")
    record_property("page, one word without the network, ms", f"{np.median(times):.0f}")
    assert np.mean([bool(here.text) for _, here in compared]) > 0.9  # there is something to compare
    assert same >= 0.99
    assert np.quantile(away, 0.98) <= 1e-3


def test_boxes_letters_and_alternatives_are_pythons(compared):
    worst = np.array([
        [
            apart(there["alternatives"], here.alternatives),
            max(map(apart, there["letters"], here.letters), default=0.0),
            np.abs(np.reshape(there["boxes"], (-1, 4)) - here.boxes).max(initial=0.0),
            there["sure"] != here.sure,
        ]
        for there, here in compared
        if there["text"] == here.text
    ])  # fmt: skip
    assert len(worst) >= 0.99 * len(compared)
    agree = (worst <= [1e-3, 1e-3, 1e-9, 0]).mean(axis=0)
    assert (agree >= [0.98, 0.98, 1, 0.99]).all()


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
        "upside down": Ink([-stroke for stroke in hello.strokes]),
        "mirrored": Ink([stroke * [-1, 1] for stroke in hello.strokes]),
        "late strokes": Ink(hello.strokes[::-1]),
        "a comma": Ink([*hello.strokes, [(12, -0.03), (11.97, 0.12)]]),
        "far": Ink([[(-9e8, -9e8), (9e8, 9e8)], [(0, 0), (1e-9, 3)]]),
        "200 strokes": Ink(rng.uniform(0, 100, (200, 2, 2))),
        "40 strokes": Ink(np.cumsum(rng.normal(1, 2, (40, 6, 2)), axis=0)),
    }


@pytest.mark.parametrize("name", ["en", "none"])
def test_the_page_refuses_the_ink_that_python_refuses(page, recognizer, english, name):
    odd = odd_inks()
    show(page, recognizer, odd.values())
    language = english if name == "en" else UniformModel(CHARACTERS)
    answers = read_in(page, odd.values(), name)
    read = 0
    for (what, ink), there in zip(odd.items(), answers, strict=True):
        here = reading.read_word(ink, language, recognizer)
        assert (there["text"], there["sure"]) == (here.text, here.sure), what
        assert there["probability"] == pytest.approx(here.probability, abs=1e-3), what
        np.testing.assert_allclose(np.reshape(there["boxes"], (-1, 4)), here.boxes, err_msg=what)
        read += bool(here.text)
    assert 0 < read < len(odd)  # some of it is refused, not all


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


def test_what_was_in_the_word_before_is_not_read_again(page, recognizer):
    """Stroke by stroke gives the same as all at once; only new groups are read, in one batch."""
    ink = in_ink("window", 21, APART)
    grown = [Ink(ink.strokes[:count]) for count in range(1, len(ink.strokes) + 1)]
    show(page, recognizer, grown)
    asked, last = page.evaluate(
        """grown => {
          reader.read([]);  // forget what other tests wrote
          let word;
          const asked = JSON.parse(grown).map(strokes => {
            window.asked = [];
            word = reader.read(strokes);
            reader.read(strokes, "none");
            return window.asked;
          });
          return [asked, word];
        }""",
        strokes_of(grown),
    )
    alone = read_in(page, [Ink(), ink], "en")[1]
    assert last == {key: alone[key] for key in last}
    assert all(len(batches) == 1 for batches in asked)  # the second language asks nothing
    assert max(batch for [batch] in asked) <= 10  # a whole word has more than 30
    assert sum(batch for [batch] in asked) > 30


def test_english_is_pythons(page, english):
    """Listed words, numbers and random letters have the same scores at every letter."""
    rng = np.random.default_rng(1)
    known = [word for word, _ in word_frequencies("en")]
    texts = [known[i] for i in rng.integers(len(known), size=300)]
    texts += ["".join(rng.choice(list(LOWERCASE), size)) for size in rng.integers(1, 12, 200)]
    texts += ["".join(rng.choice(list(DIGITS + LOWERCASE[:3]), 4)) for _ in range(60)]
    there = page.evaluate(
        """([texts, end]) => texts.map(text => {
          const scores = [];
          let state = english.begin();
          for (const letter of [...text, end]) {
            state = english.extend(state, letter);
            scores.push([english.score(state), state.listed, state.spelled, state.number]);
          }
          return scores;
        })""",
        [texts, END],
    )
    for text, scores in zip(texts, there, strict=True):
        state, expected = english.begin(), []
        for letter in text + END:
            state = english.extend(state, letter)
            expected.append([english.score(state), *state[1:]])
        np.testing.assert_allclose(scores, expected, rtol=1e-9, err_msg=text)


def test_the_time_to_learn_english_is_recorded(page, record_property):
    times = page.evaluate(
        """() => Array.from({length: 5}, () => {
          const begun = performance.now();
          new hwr.language_model.ProseModel(data);
          return performance.now() - begun;
        })"""
    )
    record_property("page, English learned, ms", f"{min(times):.0f}")


def lattices(longest):
    """Return small random lattices: numbers of segments, and groups with scores."""
    rng = np.random.default_rng(8)
    for _ in range(100):
        segments = int(rng.integers(1, longest + 1))
        spans = [(a, b) for a, b in combinations(range(segments + 1), 2) if b - a <= 3]
        chosen = rng.choice(len(spans), rng.integers(1, len(spans) + 1), replace=False)
        groups = []
        for place in chosen:
            letters = rng.choice([*"abcehlo1", ""], rng.integers(1, 8), replace=False)
            scores = sorted(rng.normal(0, 4, len(letters)), reverse=True)
            groups.append(Group(*spans[place], tuple(zip(map(str, letters), scores, strict=True))))
        yield segments, groups


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("name", ["en", "none"])
def test_the_search_is_pythons(page, english, name, exact):
    language = english if name == "en" else UniformModel(CHARACTERS)
    given = list(lattices(4 if exact else 8))
    plain = [(segments, [vars(group) for group in groups]) for segments, groups in given]
    answers = page.evaluate(
        """([lattices, name, exact]) => lattices.map(([segments, groups]) =>
          hwr.lattice.beamSearch(groups, segments, reader.learn(name),
            exact ? {beam: Infinity, letters: Infinity} : {beam: 5, letters: 3})
          .map(({text, score, groups}) => [text, score, groups.map(g => [g.start, g.end])]))""",
        [plain, name, exact],
    )
    found = 0
    kept = {"beam": None, "letters": None} if exact else {"beam": 5, "letters": 3}
    for (segments, groups), there in zip(given, answers, strict=True):
        here = beam_search(groups, segments, language, **kept)
        assert [text for text, *_ in there] == [path.text for path in here]
        np.testing.assert_allclose([score for _, score, _ in there], [p.score for p in here])
        cuts = [[[group.start, group.end] for group in path.groups] for path in here]
        assert [cut for *_, cut in there] == cuts
        found += len(here)
    assert found > 2 * len(given)


@pytest.mark.parametrize("name", MODULES)
def test_the_page_knows_pythons_constants(page, name):
    """A constant that only one side has, or that differs, fails."""
    there = page.evaluate(
        """name => Object.fromEntries(Object.entries(hwr[name])
          .filter(([constant]) => /^[A-Z_]+$/.test(constant))
          .map(([constant, value]) => [constant, value instanceof Map ? [...value] : value]))""",
        name,
    )
    module = importlib.import_module("hwr.ink" if name == "ink" else f"hwr.words.{name}")
    here = {constant: getattr(module, constant) for constant in own(module) - NOT_IN_THE_PAGE}
    plain = {key: [*value.items()] if isinstance(value, dict) else value
             for key, value in here.items()}  # fmt: skip
    assert there == json.loads(json.dumps(plain)) | ONLY_IN_THE_PAGE.get(name, {})


def own(module):
    """Return the names of the constants that a module defines."""
    body = ast.parse(inspect.getsource(module)).body
    parts = [part for node in body if isinstance(node, ast.Assign) for part in ast.walk(node)]
    names = [part for part in parts if isinstance(part, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, ast.Store) and name.id.isupper()}


def test_no_word_is_left_out_of_the_page():
    data = word_list.word_data("en")
    unpacked, word = [], ""
    for shared, rest, number in re.findall("([A-Z])([a-z]*)([0-9A-Z]{2})", data["words"]):
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
