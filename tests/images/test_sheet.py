"""The sheet is cut out of the desk, and what is no sheet on a desk stays as it is."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hwr.images.sheet import cut_out_sheet, find_sheet

CORNERS = np.array([(90, 60), (560, 100), (530, 420), (50, 350)], np.float64)


def photo(desk, corners=CORNERS, shadow=0.0):
    """A sheet with a line of ink on it, on a desk of one colour with some grain."""
    image = Image.new("RGB", (640, 480), desk)
    pen = ImageDraw.Draw(image)
    pen.polygon([tuple(corner) for corner in corners.tolist()], (240, 238, 232))
    pen.line((200, 230, 420, 250), (30, 30, 60), 4)
    seen = np.asarray(image, np.float32) + np.random.default_rng(0).normal(0, 3, (480, 640, 1))
    seen *= np.linspace(1, 1 - shadow, 640)[:, None]
    return Image.fromarray(np.uint8(seen.clip(0, 255)))


@pytest.mark.parametrize("desk", [(40, 40, 45), (120, 80, 50), (190, 170, 140)])
@pytest.mark.parametrize("shadow", [0.0, 0.5])
def test_a_sheet_is_found_on_any_desk(desk, shadow):
    found = find_sheet(photo(desk, shadow=shadow))
    assert np.hypot(*(found - CORNERS).T).max() < 14
    sheet = np.asarray(cut_out_sheet(photo(desk)).convert("L"))
    assert sheet.shape[1] == pytest.approx(475, abs=20)
    assert np.quantile(sheet, 0.02) > 200  # no desk is left


def test_plain_paper_in_any_light_is_no_desk():
    everything = np.array([(-5, -5), (645, -5), (645, 485), (-5, 485)], np.float64)
    picture = photo((0, 0, 0), everything, 0.7)
    assert cut_out_sheet(picture) is picture


def test_one_edge_may_be_that_of_a_shadow():
    half = np.array([(-5, -5), (400, -5), (400, 485), (-5, 485)], np.float64)
    assert find_sheet(photo((120, 120, 120), half)) is None
