"""The conversion of a drawing in a web page, in a real browser, against Python's.

`hwr/web/ink.js` does what `hwr/ink.py` does. Whoever changes one of them alone fails here.
Needs Chromium, Chrome or Edge on this machine; without it these tests are skipped.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from hwr import ink, scribe
from hwr.alphabets import CHARACTERS
from hwr.ink import Ink
from hwr.writer import Writer
from tools.checks import find_chromium

MODULE = Path(ink.__file__).parent / "web" / "ink.js"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        find_chromium() is None, reason="no Chromium on this machine: ink.js not tested"
    ),
]


@pytest.fixture(scope="module")
def page(browser):
    """An empty page, with the module as ``ink``; what it logs as an error fails the test."""
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate(
        """async source => {
          const file = new Blob([source], {type: "text/javascript"});
          window.ink = await import(URL.createObjectURL(file));
        }""",
        MODULE.read_text("utf-8"),
    )
    yield page
    page.close()
    assert not errors


def ask(page, function, drawings):
    """Call a function in the page with each drawing, as [strokes, pen], and give its answers."""
    text = json.dumps([[[stroke.tolist() for stroke in d.strokes], d.pen] for d in drawings])
    return json.loads(
        page.evaluate(f"text => JSON.stringify(JSON.parse(text).map({function}))", text)
    )


def converted(page, drawings):
    """Give the page's images, and its milliseconds for each."""
    answer = ask(
        page,
        """([strokes, pen]) => {
          const begun = performance.now();
          const image = ink.convert(strokes, pen);
          return [Array.from(image), performance.now() - begun];
        }""",
        drawings,
    )
    images, times = (np.array(part) for part in zip(*answer, strict=True))
    return images.reshape(-1, ink.SIDE, ink.SIDE), times


def as_on_a_pad(drawing, size):
    """Give a drawing in whole pixels, as a mouse gives it: points repeat, edges are straight."""
    low, high = drawing.bounds()
    scale = size / (high - low).max()
    return Ink([np.round((stroke - low) * scale) + 40 for stroke in drawing.strokes], drawing.pen)


def there_and_back(times):
    """Give a line that is drawn many times: one of 66.6 pixels, a point at each."""
    ends = [(0.0, 0.0), (10.0, 30.0)]
    return Ink([[ends[i % 2] for i in range(times + 1)]])


def odd_drawings():
    """Give what nobody would call a character."""
    rng = np.random.default_rng(5)
    bow = np.stack([np.cos(np.linspace(0, 9, 50)), np.sin(np.linspace(0, 7, 50))], axis=1)
    return [
        Ink(),
        Ink([[]]),
        Ink([[(5, 5)]]),  # a dot
        Ink([[(-300.7, 7.1), (-300.7, 7.1)]]),
        *(Ink([[(5, 5)]], pen) for pen in np.linspace(0.001, 1, 40)),  # borders of 0.5, 2.5 pixels
        Ink([[(0, 0), (0, 10)]]),  # lines
        Ink([[(3, 8), (90, 8)]]),
        Ink([[(0, 0), (10, 30)], []]),
        Ink([[(0, 0)], [(1000, 1)]]),  # far points
        Ink([[(-9e8, -9e8)], [(9e8, 9e8)]]),
        Ink([[(0, 0), (1, 1)]], 0.001),
        Ink([[(0, 0), (1, 0.2)]], 1),
        *(Ink([[(0, 0), (span, span / 2)]]) for span in (5e-7, 2e-6)),  # a dot, and no dot
        *(Ink([bow * size + where]) for size in (1e-5, 1e-3, 1e8) for where in (0, 0.37 * size)),
        there_and_back(75),  # 4,995 points, and 5,061: as many as make a scribble
        there_and_back(76),
        Ink([[(0, 0)], [((0, 64)[i % 2], 10.125) for i in range(80)]], 0.125),  # halves to round
        Ink([rng.uniform(0, 400, (6_000, 2))]),  # scribbles
        Ink([np.cumsum(rng.normal(0, 3, (6_000, 2)), axis=0)], 0.03),
        Ink(list(rng.uniform(0, 1, (6_000, 1, 2))), 0.02),
    ]


@pytest.fixture(scope="module")
def drawings():
    """1,000 drawings: by the scribe, by made-up writers, in whole pixels, and odd ones."""
    rng = np.random.default_rng(20)
    odd = odd_drawings()
    writers = [Writer(seed) for seed in range(5)]
    characters = [CHARACTERS[i % len(CHARACTERS)] for i in range(1_000 - len(odd))]
    made_up = [
        scribe.write(character, rng) if i % 4 < 2 else writers[i % 5].write(character, rng)
        for i, character in enumerate(characters)
    ]
    pads = [as_on_a_pad(drawing, (90, 260)[i % 2]) for i, drawing in enumerate(made_up[:300])]
    return pads + made_up[300:] + odd


def test_the_page_knows_pythons_constants(page):
    """A constant of the conversion that only one side has, or has otherwise, fails."""
    in_the_page = page.evaluate(
        "() => Object.fromEntries(Object.entries(ink).filter(([name]) => /^[A-Z_]+$/.test(name)))"
    )
    of_files = {"MAX_PIXELS"}  # which the page does not open
    names = {name for name in vars(ink) if name.isupper()} - of_files
    in_python = {name: getattr(ink, name) for name in names}
    assert in_the_page == in_python


def test_the_page_converts_as_python_does(page, drawings, record_property):
    assert len(drawings) == 1_000
    images, times = converted(page, drawings)
    expected = np.stack([ink.convert(drawing) for drawing in drawings])
    difference = np.abs(images - expected)
    worst = int(difference.max())
    record_property("largest_difference", worst)
    record_property("milliseconds", round(float(np.median(times)), 2))
    print(
        f"\nLargest difference {worst} grey levels, in {np.count_nonzero(difference)} of "
        f"{difference.size} pixels; {np.median(times):.2f} ms a drawing in the browser, "
        f"at most {times.max():.0f}."
    )
    at = np.argmax(difference.max(axis=(1, 2)))
    assert worst <= 2, f"drawing {at} differs by {worst} grey levels"
    # Rounding alone moves next to nothing: more is a change too small to be seen in one pixel.
    assert np.count_nonzero(difference) <= difference.size / 10_000


def test_each_step_is_pythons(page, drawings):
    """Where the images differ, this says in which step they part."""
    some = drawings[:900:100] + odd_drawings()[2:12] + odd_drawings()[40:60]
    answers = ask(
        page,
        """([strokes, pen]) => Object.entries(ink.steps(strokes, pen))
          .map(([name, {height = ink.SIDE, width = ink.SIDE, pixels = null}]) =>
            [name, height, width, pixels && Array.from(pixels)])""",
        some,
    )
    for drawing, answer in zip(some, answers, strict=True):
        expected = ink.steps(drawing)
        assert [name for name, *_ in answer] == list(expected)
        for name, height, width, pixels in answer:
            assert (height, width) == expected[name].shape, name
            if pixels is not None:  # the last step's are those of the test above
                np.testing.assert_allclose(
                    np.reshape(pixels, (height, width)), expected[name], atol=1e-6, err_msg=name
                )


def test_an_empty_drawing_is_an_empty_image(page):
    images, _ = converted(page, [Ink(), Ink([[]]), Ink([[], []])])
    assert not images.any()


@pytest.mark.parametrize(
    ("drawing", "sentence"),
    [
        ("[[[0, 0]], [[0, NaN]]]", "Stroke 2 holds a point that is no finite number: "),
        ("[[[0, 0]], [[1e300, 0]]]", "Stroke 2 holds a point that is no finite number: "),
        ("[], 0", "The pen's width is 0: "),
        ("[], 1.5", "The pen's width is 1.5: "),
        ("[], NaN", "The pen's width is NaN: "),
    ],
)
def test_the_page_refuses_what_python_refuses(page, drawing, sentence):
    message = page.evaluate(
        f"() => {{ try {{ ink.convert({drawing}); }} catch (error) {{ return error.message; }} }}"
    )
    assert message.startswith(sentence)
