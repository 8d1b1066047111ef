"""The conversion of a drawing in a web page, in a real browser, against Python's.

`hwr/web/js/ink.js` does what `hwr/ink.py` does: a change on one side alone fails here.
Needs Chromium, Chrome or Edge on this machine; without it these tests are skipped.
"""

import numpy as np
import pytest
from helpers.pages import call, needs_browser, refusal
from helpers.thousand import odd_drawings

from hwr import ink
from hwr.ink import Ink

pytestmark = needs_browser


@pytest.fixture(scope="module")
def page(blank):
    """An empty page, with the module as ``ink``."""
    blank.evaluate('async () => { window.ink = await import("hwr/ink.js"); }')
    return blank


def ask(page, function, drawings):
    """Call a function in the page with each drawing, as [strokes, pen], and return its results."""
    values = [[[stroke.tolist() for stroke in d.strokes], d.pen] for d in drawings]
    return call(page, f"drawings => drawings.map({function})", values)


def converted(page, drawings):
    """Return the page's images, and its milliseconds for each."""
    answer = ask(
        page,
        """([strokes, pen]) => {
          const begun = performance.now();
          return [ink.convert(strokes, pen), performance.now() - begun];
        }""",
        drawings,
    )
    images, times = (np.array(part) for part in zip(*answer, strict=True))
    return images.reshape(-1, ink.SIDE, ink.SIDE), times


def test_the_page_converts_as_python_does(page, drawings, record_property):
    assert len(drawings) == 1_000
    images, times = converted(page, drawings)
    expected = np.stack([ink.convert(drawing) for drawing in drawings])
    difference = np.abs(images - expected)
    worst = int(difference.max())
    record_property("page, 1,000 drawings, most grey levels from Python", worst)
    record_property("page, one drawing converted, ms", f"{np.median(times):.2f}")
    at = np.argmax(difference.max(axis=(1, 2)))
    assert worst <= 2, f"drawing {at} differs by {worst} grey levels"
    # Rounding alone moves next to nothing: more is a change too small to be seen in one pixel.
    assert np.count_nonzero(difference) <= difference.size / 10_000


def test_each_step_is_pythons(page, drawings):
    """If the images differ, this shows in which step."""
    some = drawings[:900:100] + odd_drawings()[2:12] + odd_drawings()[40:60]
    answers = ask(
        page,
        """([strokes, pen]) => Object.entries(ink.conversionSteps(strokes, pen))
          .map(([name, {height = ink.SIDE, width = ink.SIDE, pixels = null}]) =>
            [name, height, width, pixels])""",
        some,
    )
    for drawing, answer in zip(some, answers, strict=True):
        expected = ink.conversion_steps(drawing)
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
    assert refusal(page, f"ink.convert({drawing})").startswith(sentence)
