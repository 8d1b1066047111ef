"""The recogniser in the web page, in a real browser, against Python's.

`litert.js` and `recognizer.js` do what LiteRT and `hwr/recognizer.py` do: a change on one side
alone fails here. Needs Chromium, Chrome or Edge on this machine, and the page's runtime; without
them these tests are skipped.
"""

from contextlib import contextmanager

import numpy as np
import pytest
from helpers import networks
from helpers.pages import call, needs_browser, needs_runtime
from helpers.thousand import thousand

from hwr import ink
from hwr.recognizer import Recognizer
from hwr.web import build, litert, quantization

pytestmark = [*needs_browser, needs_runtime]

TEMPLATE = """<!DOCTYPE html><meta charset="utf-8"><title>A test</title>
<meta http-equiv="Content-Security-Policy" content="@POLICY@">
<style>@STYLE@</style>
<script type="importmap">@IMPORTS@</script>
@RUNTIME@
<script type="application/json" id="data">@DATA@</script>
<script type="module">
  import * as ink from "hwr/ink.js";
  import { Network, float16 } from "hwr/litert.js";
  import { Recognizer } from "hwr/recognizer.js";
  const data = JSON.parse(document.getElementById("data").textContent);
  window.hwr = { ink, Network, Recognizer, float16, data };
  hwr.recognizer = await Recognizer.load(data);
  hwr.loaded = performance.now();
</script>"""


@contextmanager
def opened(browser, path, recognizer, bits):
    """Open a page with a recogniser from disk, offline; anything that it logs fails the test."""
    path.write_text(build.fill_template(TEMPLATE, build.page_data(recognizer, bits)), "utf-8")
    context = browser.new_context(offline=True)
    tab, said, asked = context.new_page(), [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(path.as_uri())
    tab.wait_for_function("() => window.hwr?.loaded")
    yield tab
    context.close()
    assert not said
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


@pytest.fixture(scope="module")
def shipped():
    return Recognizer.load()


@pytest.fixture(scope="module")
def tab(browser, tmp_path_factory, shipped):
    """A page with the course's recogniser in full precision."""
    with opened(browser, tmp_path_factory.mktemp("page") / "a.html", shipped, "float32") as tab:
        yield tab


@pytest.fixture(scope="module")
def drawings():
    return thousand()


@pytest.fixture(scope="module")
def images(drawings):
    return np.stack([ink.convert(drawing) for drawing in drawings])


def flat(images):
    return images.reshape(len(images), -1).tolist()


def probabilities(tab, images):
    """Return the page's probabilities of the 62 characters for images."""
    function = """images => hwr.recognizer.probabilities(images.map(i => Uint8Array.from(i)))
        .map(row => Array.from(row))"""
    return np.array(call(tab, function, flat(images)))


@pytest.mark.parametrize(("bits", "allowed"), [("float32", 1e-5), ("float16", 1e-3)])
def test_probabilities_are_pythons(
    browser, tmp_path, shipped, drawings, images, bits, allowed, record_property
):
    """From strokes: the page's conversion and its network, in two precisions."""
    assert len(drawings) == 1_000
    strokes = [[[stroke.tolist() for stroke in d.strokes], d.pen] for d in drawings]
    function = """drawings => hwr.recognizer.probabilities(
        drawings.map(([strokes, pen]) => hwr.ink.convert(strokes, pen))).map(r => Array.from(r))"""
    with opened(browser, tmp_path / "a.html", shipped, bits) as tab:
        found = np.array(call(tab, function, strokes))
    expected = shipped.probabilities(images, "uniform")
    largest = float(np.abs(found - expected).max())
    record_property(
        f"page, 1,000 drawings, {bits}, most from Python's probability", f"{largest:.1e}"
    )
    assert largest <= allowed


@pytest.mark.parametrize("bits", ["float16", "int8"])
def test_rounded_weights_are_those_that_python_measures(browser, tmp_path, shipped, images, bits):
    """The page's rounded weights are those of `round_weights`."""
    rounded = Recognizer(quantization.round_weights(shipped.weights, bits), shipped.card)
    with opened(browser, tmp_path / "a.html", shipped, bits) as tab:
        found = probabilities(tab, images[:200])
    np.testing.assert_allclose(found, rounded.probabilities(images[:200], "uniform"), atol=1e-5)
    assert np.abs(found - shipped.probabilities(images[:200], "uniform")).max() > 1e-5


@pytest.mark.parametrize("name", networks.NAMES)
def test_every_architecture_runs_as_in_litert(tab, images, name):
    file = networks.litert(name)
    function = """async ({described, images}) => {
        const network = await hwr.Network.load(described);
        return network.logits(images.map(i => Uint8Array.from(i))).map(row => Array.from(row));
    }"""
    asked = {"described": quantization.encode(litert.read_network(file), "float32")}
    found = np.array(call(tab, function, {**asked, "images": flat(images[:70])}))  # two batches
    card = {"temperature": 1, "threshold": 0.8, "class_frequencies": [1 / 62] * 62}
    expected = Recognizer(file, card).logits(images[:70])
    assert expected.std(axis=0).min() > 1e-3  # images matter
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("saved_by", ["keras", "card"])
def test_a_learners_network_answers_as_in_python(browser, tmp_path, images, drawings, saved_by):
    if saved_by == "keras":
        networks.built("small").save(tmp_path / "mine.keras")
        mine = build.load_recognizer(tmp_path / "mine.keras")
        assert (mine.temperature, mine.threshold) == (1, 0.8)
    else:
        card = {"temperature": 1.7, "threshold": 0.3, "class_frequencies": [*range(1, 63)]}
        mine = Recognizer(networks.litert("small"), card)
    function = """([strokes, alphabet, top]) => {
        const {candidates, probabilities, alphabet: {name}, sure, image} =
            hwr.recognizer.read(strokes, alphabet, top);
        return [candidates, Array.from(probabilities), name, sure, Array.from(image)];
    }"""
    sures = set()
    some = [drawing for drawing in drawings if drawing.pen == ink.PEN][:40]
    with opened(browser, tmp_path / "a.html", mine, "float32") as tab:
        for i, drawing in enumerate(some):
            alphabet, top = build.PAGE_ALPHABETS[i % 4], i % 5
            strokes = [stroke.tolist() for stroke in drawing.strokes]
            found = call(tab, function, [strokes, alphabet, top])
            expected = mine.read(drawing, alphabet, top)
            assert [name for name, _ in found[0]] == [name for name, _ in expected.candidates]
            np.testing.assert_allclose(found[1], expected.probabilities, atol=1e-4)
            assert found[2:4] == [alphabet, expected.sure]
            assert np.abs(np.subtract(found[4], expected.image.ravel())).max() <= 2
            sures.add(expected.sure)
    assert sures == {True, False}


def test_an_image_is_read_as_it_is(tab, images, shipped):
    image = images[0].copy()
    image[:3] = 40
    function = """image => {
        const read = hwr.recognizer.read(Uint8Array.from(image), "47");
        return [read.candidates, Array.from(read.image)];
    }"""
    candidates, seen = call(tab, function, image.ravel().tolist())
    assert seen == image.ravel().tolist()
    expected = shipped.read(image, "47").candidates
    assert [name for name, _ in candidates] == [name for name, _ in expected]


def test_an_empty_drawing_has_no_candidates(tab):
    function = """() => {
        const {candidates, probabilities, sure, image} = hwr.recognizer.read([[]], "26");
        return [candidates, Array.from(probabilities), sure, Math.max(...image), image.length];
    }"""
    assert call(tab, function, None) == [[], [0] * 26, False, 0, 784]
    assert call(tab, "() => hwr.recognizer.probabilities([])", None) == []


def test_an_unknown_alphabet_is_refused(tab):
    function = """() => {
        try { hwr.recognizer.read([], "5"); } catch (error) { return error.message; }
    }"""
    assert call(tab, function, None) == "There is no alphabet '5': give one of 62, 47, 26, 10."


def test_16_bits_stand_for_the_number_that_numpy_reads(tab):
    bits = np.arange(2**16, dtype=np.uint16)
    found = call(tab, "bits => bits.map(hwr.float16).map(String)", bits.tolist())
    np.testing.assert_array_equal(
        np.array([float(text) for text in found]), bits.view(np.float16).astype(float)
    )


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
