"""Large pictures: refused before anything is computed, or read as small ones are."""

import io
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hwr._support.arrays import picture_of
from hwr._support.bounds import MAX_PAGE_PIXELS, MAX_PIXELS
from hwr._support.deadline import OutOfTimeError, time_limit
from hwr.images.character import find_character
from hwr.images.io import MAX_SIDE, open_photo
from hwr.images.strikes import remove_struck_out
from hwr.ink import convert
from hwr.words.reading import read_text, read_word

BEYOND = np.broadcast_to(np.uint8(0), (10_000, MAX_PIXELS // 10_000 + 1))  # takes no memory


@pytest.mark.parametrize(
    "read", [convert, read_text, read_word, lambda p: picture_of("picture", p)]
)
def test_more_pixels_than_a_camera_has_are_refused(read):
    with pytest.raises(ValueError, match=r"^The picture has 10,000 x 5,001 pixels, more .*: .*\.$"):
        read(BEYOND)


def test_text_is_read_in_pages_alone():
    page = np.broadcast_to(np.uint8(0), (4000, MAX_PAGE_PIXELS // 4000 + 1))
    with pytest.raises(ValueError, match=r"4,000 x 3,001 pixels, more than 12 million: open it"):
        read_text(page)


def test_a_large_picture_of_a_character_is_converted_as_a_small_one():
    small = np.zeros((120, 90), np.uint8)
    small[10:110, 40:50] = small[55:65, 10:80] = 255
    large = np.kron(small, np.ones((25, 25), np.uint8))
    assert max(large.shape) > 2000
    assert np.abs(convert(large).astype(int) - convert(small)).max() <= 40


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_a_large_picture_in_another_mode_is_upright(mode):
    picture = Image.new(mode, (2 * MAX_SIDE + 100, 400), "white")
    ImageDraw.Draw(picture).rectangle((100, 100, 900, 300), fill="black")
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn to the right
    file = io.BytesIO()
    picture.save(file, "PNG", exif=exif)
    grey = open_photo(file.getvalue())
    assert grey.shape[0] == MAX_SIDE
    assert grey.shape[1] < MAX_SIDE / 10
    dark = np.argwhere(grey < 128)
    assert dark.mean(axis=0) == pytest.approx([500 / picture.width * MAX_SIDE, 98], abs=4)


def test_a_comb_of_long_teeth_is_looked_at_no_longer_than_there_is_time():
    comb = np.zeros((500, 1000), np.float32)
    comb[::8] = comb[1::8] = comb[:, :2] = 1  # one tall letter, with 62 lines that may strike it
    begun = time.thread_time()
    with pytest.raises(OutOfTimeError), time_limit(0.05):
        remove_struck_out(comb)
    assert time.thread_time() - begun < 0.5


def test_a_row_of_pixels_is_looked_at_no_longer_than_there_is_time():
    begun = time.thread_time()
    with pytest.raises(OutOfTimeError), time_limit(0.05):
        remove_struck_out(np.zeros((1, 1_000_000), np.float32))
    assert time.thread_time() - begun < 0.3


def test_a_picture_full_of_stripes_is_looked_at_for_a_character_in_a_moment():
    stripes = np.full((400, 400), 250, np.uint8)
    stripes[::3] = stripes[1::3] = 0
    begun = time.thread_time()
    assert find_character(stripes).count == 0
    assert time.thread_time() - begun < 1.5
