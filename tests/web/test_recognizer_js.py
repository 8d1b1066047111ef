"""The recogniser in the web page, in a real browser, against Python's.

`litert.js` and `recognizer.js` do what LiteRT and `hwr/recognizer.py` do: a change on one side
alone fails here. Needs Chromium, Chrome or Edge on this machine, and the page's runtime; without
them these tests are skipped.
"""

from contextlib import contextmanager

import numpy as np
import pytest
from helpers import networks, own_alphabets
from helpers.pages import call, needs_browser, needs_runtime, opened, refusal

from hwr import ink
from hwr.alphabets import CHARACTERS, NONE, get_alphabet
from hwr.recognizer import Recognizer
from hwr.web import build, litert, quantization

pytestmark = [*needs_browser, needs_runtime]

SCRIPT = """
  import * as ink from "hwr/ink.js";
  import { CharacterNetwork, float16 } from "hwr/litert.js";
  import { Recognizer } from "hwr/recognizer.js";
  const data = JSON.parse(document.getElementById("data").textContent);
  window.hwr = { ink, CharacterNetwork, Recognizer, float16, data };
  hwr.recognizer = await Recognizer.load(data);
  hwr.loaded = performance.now();
"""


@contextmanager
def reading(browser, folder, recognizer, bits):
    """Open a page with a recogniser, and the script in place of its pads."""
    template = build.TEMPLATE.read_text("utf-8").replace('import "hwr/main.js";', SCRIPT)
    path = folder / "a.html"
    path.write_text(build.fill_template(template, build.page_data(recognizer, bits)), "utf-8")
    with opened(browser, path) as tab:
        tab.wait_for_function("() => window.hwr?.loaded")
        yield tab


@pytest.fixture(scope="module")
def tab(browser, tmp_path_factory, recognizer):
    """A page with the course's recogniser in full precision."""
    with reading(browser, tmp_path_factory.mktemp("page"), recognizer, "float32") as tab:
        yield tab


@pytest.fixture(scope="module")
def images(drawings):
    return np.stack([ink.convert(drawing) for drawing in drawings])


def flat(images):
    return images.reshape(len(images), -1).tolist()


@pytest.mark.parametrize(("bits", "allowed"), [("float32", 1e-5), ("float16", 1e-3)])
def test_probabilities_are_pythons(
    browser, tmp_path, recognizer, drawings, images, bits, allowed, record_property
):
    """From strokes: the page's conversion and its network, in two precisions."""
    assert len(drawings) == 1_000
    strokes = [[[stroke.tolist() for stroke in d.strokes], d.pen] for d in drawings]
    function = """drawings => hwr.recognizer.probabilities(
        drawings.map(([strokes, pen]) => hwr.ink.convert(strokes, pen)))"""
    with reading(browser, tmp_path, recognizer, bits) as tab:
        found = np.array(call(tab, function, strokes))
    largest = np.abs(found - recognizer.probabilities(images, "uniform")).max()
    name = f"page, 1,000 drawings, {bits}, most from Python's probability"
    record_property(name, f"{largest:.1e}")
    assert largest <= allowed


@pytest.mark.parametrize("bits", ["float16", "int8"])
def test_rounded_weights_are_those_of_round_weights(browser, tmp_path, images, bits):
    mine = Recognizer(networks.litert("tiny"), own_alphabets.card_of("62"))
    rounded = Recognizer(quantization.round_weights(mine.weights, bits), mine.card)
    some = images[:200]
    with reading(browser, tmp_path, mine, bits) as tab:
        found = call(tab, "images => hwr.recognizer.probabilities(images)", flat(some))
    np.testing.assert_allclose(found, rounded.probabilities(some, "uniform"), atol=1e-5)
    assert np.abs(found - mine.probabilities(some, "uniform")).max() > 1e-5


@pytest.mark.parametrize("name", networks.NAMES)
def test_every_architecture_runs_as_in_litert(tab, images, name):
    file = networks.litert(name)
    function = """async ([described, images]) =>
        (await hwr.CharacterNetwork.load(described)).logits(images)"""
    described = quantization.encode(litert.read_network(file), "float32")
    found = call(tab, function, [described, flat(images[:70])])  # two batches
    card = {"temperature": 1, "threshold": 0.8, "class_frequencies": [1 / 62] * 62}
    expected = Recognizer(file, card).logits(images[:70])
    assert expected.std(axis=0).min() > 1e-3  # images matter
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


READ = """([strokes, alphabet, top]) => {
    const {candidates, probabilities, outside, instead, alphabet: {name}, sure, image} =
        hwr.recognizer.read(strokes, alphabet, top);
    return [candidates, probabilities, outside, instead, name, sure, image];
}"""


def compare(tab, mine, drawings):
    """Compare readings in several alphabets with Python's; return which were sure, and outside."""
    sures, insteads = set(), set()
    known = mine.outputs
    offered = [name for name in build.PAGE_ALPHABETS if not known.obstacle(get_alphabet(name))]
    for i, drawing in enumerate(drawings):
        alphabet, top = offered[i % len(offered)], i % 5
        strokes = [stroke.tolist() for stroke in drawing.strokes]
        found = call(tab, READ, [strokes, alphabet, top])
        candidates, shares, outside, instead, *rest, image = found
        expected = mine.read(drawing, alphabet, top)
        assert [name for name, _ in candidates] == [name for name, _ in expected.candidates]
        np.testing.assert_allclose(shares, expected.probabilities, atol=1e-4)
        assert outside == pytest.approx(expected.outside, abs=1e-4)
        assert (instead, rest) == (expected.instead, [alphabet, expected.sure])
        assert np.abs(np.subtract(image, expected.image.ravel())).max() <= 2
        sures.add(expected.sure)
        insteads.add(instead if outside >= 0.5 else "")
    assert sures == {True, False}
    return insteads


@pytest.mark.parametrize("saved_by", ["keras", "card"])
def test_a_learners_network_answers_as_in_python(browser, tmp_path, drawings, saved_by):
    if saved_by == "keras":
        networks.built("tiny").save(tmp_path / "mine.keras")
        mine = build.load_recognizer(tmp_path / "mine.keras")
        assert (mine.temperature, mine.threshold) == (1, 0.8)
    else:
        card = {"temperature": 1.7, "threshold": 0.3, "class_frequencies": [*range(1, 63)]}
        mine = Recognizer(networks.litert("tiny"), card)
    some = [drawing for drawing in drawings if drawing.pen == ink.PEN][:40]
    with reading(browser, tmp_path, mine, "float32") as tab:
        assert compare(tab, mine, some) <= {"", *CHARACTERS}  # it knows nothing else


def test_what_is_outside_is_found_as_in_python(browser, tmp_path):
    """With a network that knows marks and doodles, of both and of letters and digits."""
    file, card = own_alphabets.knowing_more()
    mine = Recognizer(file, card | {"temperature": 3.0})
    drawn = [own_alphabets.draw(name) for name in ("A", "7", NONE, "?", "g", "&", "Q") * 6]
    some = [ink.Ink(list(drawing.strokes)) for drawing in drawn]  # with the page's pen
    with reading(browser, tmp_path, mine, "float32") as tab:
        assert compare(tab, mine, some) >= {"", "A", "7", NONE, "?"}


def test_an_image_is_read_as_it_is(tab, images, recognizer):
    image = images[0].copy()
    image[:3] = 40
    function = 'image => hwr.recognizer.read(Uint8Array.from(image), "47")'
    read = call(tab, function, image.ravel().tolist())
    assert read["image"] == image.ravel().tolist()
    expected = recognizer.read(image, "47", converted=True).candidates
    assert [name for name, _ in read["candidates"]] == [name for name, _ in expected]


def test_an_empty_drawing_has_no_candidates(tab):
    read = call(tab, '() => hwr.recognizer.read([[]], "26")', None)
    assert (read["candidates"], read["probabilities"]) == ([], [0] * 26)
    assert (read["outside"], read["instead"], read["sure"]) == (0, "", False)
    assert read["image"] == [0] * 784
    assert call(tab, "() => hwr.recognizer.probabilities([])", None) == []


def test_an_unknown_alphabet_is_refused(tab):
    message = refusal(tab, "hwr.recognizer.read([], '5')")
    assert message.startswith("There is no alphabet '5': give one of 62, 47, 26, 10")


def test_16_bits_stand_for_the_number_that_numpy_reads(tab):
    bits = np.arange(2**16, dtype=np.uint16)
    found = call(tab, "bits => bits.map(hwr.float16).map(String)", bits.tolist())
    np.testing.assert_array_equal(list(map(float, found)), bits.view(np.float16).astype(float))


def test_reading_leaves_no_tensors_behind(tab, images, record_property):
    function = """rows => {
        const images = rows.map(row => Uint8Array.from(row));
        const clock = (n, some) => {
            const begun = performance.now();
            for (let i = 0; i < n; i++) hwr.recognizer.probabilities(some(i));
            return (performance.now() - begun) / n;
        };
        clock(20, i => [images[i]]);
        const before = tf.memory().numTensors;
        const times = [...Array(9).keys()].map(() => [
            clock(20, i => [images[i]]), clock(1, () => images.slice(0, 32))]);
        return [before, tf.memory().numTensors, times];
    }"""
    before, after, times = call(tab, function, flat(images[:64]))
    assert before == after
    one, batch = np.median(np.array(times), axis=0)
    start = tab.evaluate("() => hwr.loaded")
    for name, value in {"network ready": start, "one image": one, "32 images": batch}.items():
        record_property(f"page, {name}, ms", f"{value:.1f}")


def test_the_page_cannot_reach_the_network(tab):
    """Nor can it run any script but its own."""
    tried = """async () => {
        const blocked = [];
        addEventListener("securitypolicyviolation", e => blocked.push(e.effectiveDirective));
        for (const url of ["https://example.org/", "data:text/plain,a", location.href]) {
            await fetch(url).then(() => blocked.push("went through"), () => {});
        }
        new Image().src = "https://example.org/a.png";
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        await new Promise(resolve => setTimeout(resolve, 100));
        return [blocked, window.ran ?? false];
    }"""
    context = tab.context.browser.new_context(offline=True)
    try:
        other = context.new_page()
        other.goto(tab.url)
        blocked, ran = other.evaluate(tried)
    finally:
        context.close()
    assert not ran
    assert set(blocked) == {"connect-src", "img-src", "script-src-elem"}
    assert blocked.count("connect-src") == 3
