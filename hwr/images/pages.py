"""Pages of a document and frames of an animation: the first with ink is the one that is read."""

import math
import time
from collections.abc import Callable, Iterable
from itertools import islice

from PIL import Image, ImageChops, ImageFilter

MAX_SIDE = 2400
"""Length in pixels to which the longer side of a photograph is reduced."""
MAX_PAGES, MAX_SECONDS = 50, 3.0
"""Pages that are looked at for ink, and for how long."""
OVERVIEW_SIDE = 1000
"""Length in pixels of the longer side at which ink is looked for."""
INK_CONTRAST = 25
"""Grey levels by which ink differs at least from the paper around it."""
STRIP_PIXELS = 2_000_000


def first_written(pages: Iterable[Image.Image]) -> Image.Image | None:
    """Return the first page with ink; None if none of those that are looked at has any."""
    end = time.monotonic() + MAX_SECONDS
    for page in islice(pages, MAX_PAGES):
        if has_ink(page):
            return page
        if time.monotonic() > end:
            break
    return None


def has_ink(page: Image.Image) -> bool:
    """Return whether something stands out from the paper, away from the page's edge."""
    factor = math.ceil(max(page.size) / OVERVIEW_SIDE)
    if not page.has_transparency_data:
        return _has_contrast(shrink(page, factor, "L"))
    grey, alpha = shrink(page, factor, "LA").split()
    papers = (Image.new("L", grey.size, shade) for shade in (255, 0))
    return any(_has_contrast(Image.composite(grey, paper, alpha)) for paper in papers)


def _has_contrast(grey: Image.Image) -> bool:
    width, height = grey.size
    paper = grey.filter(ImageFilter.GaussianBlur(max(grey.size) / 25))
    contrast = ImageChops.difference(grey, paper)
    edge = (width // 30, height // 30, width - width // 30, height - height // 30)
    count = sum(contrast.crop(edge).histogram()[INK_CONTRAST:])
    return count > max(3, width * height / 50_000)  # more than specks of dust


def shrink(picture: Image.Image, factor: int, mode: str) -> Image.Image:
    """Return a picture in another mode, each side divided by an integer."""

    def strip(top: int, bottom: int) -> Image.Image:
        return picture.crop((0, top, picture.width, bottom)).convert(mode)

    return assemble(strip, picture.size, factor, mode)


def assemble(
    strip: Callable[[int, int], Image.Image], size: tuple[int, int], factor: int, mode: str
) -> Image.Image:
    """Return a picture of which ``strip`` gives the rows from one to another, shrunk by a factor.

    It goes strip by strip, because a converted copy of a large picture takes hundreds of megabytes.
    """
    width, height = size
    shrunk = Image.new(mode, (math.ceil(width / factor), math.ceil(height / factor)))
    rows = factor * max(1, STRIP_PIXELS // (width * factor))
    for top in range(0, height, rows):
        shrunk.paste(strip(top, min(top + rows, height)).reduce(factor), (0, top // factor))
    return shrunk
