"""The sheet in a photograph: found by its edges, cut out of the desk, and straightened.

A sheet's edge is sharp and straight, and goes all around; a shadow's is soft, and ink is thin. So
ink is removed by a closing, and the sheet is the part around the middle of the picture from which
no sharp edge needs to be crossed. If that part is a quadrangle, it is mapped to a rectangle.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import ConvexHull

OVERVIEW_SIDE = 320
"""Length in pixels of the longer side at which the sheet is sought."""
PEN_SHARE = 0.02
"""Width of the widest stroke that is no edge of a sheet, as a share of the longer side."""
EDGE = 0.1
"""Change of brightness from one pixel of the overview to the next but one that is a sharp edge, as
a difference of logarithms."""
MIN_AREA, MAX_AREA = 0.25, 0.97
"""Share of the picture that a sheet with a desk around it covers."""
MIN_FILLED = 0.94
"""Share of its quadrangle that a sheet fills; curled corners and things on it do not."""
MIN_SIDES = 2
"""Sides of the sheet that lie within the picture: a single edge may be that of a shadow."""
INSET = 0.008
"""Width of the sheet's edge that is left out, as a share of its longer side."""

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


def cut_out_sheet(picture: Image.Image) -> Image.Image:
    """Return the sheet of paper in a photograph as if seen from above, without the desk.

    Parameters
    ----------
    picture : PIL.Image.Image
        In grey, or in red, green and blue.

    Returns
    -------
    PIL.Image.Image
        The same picture if no desk is visible.
    """
    corners = find_sheet(picture)
    if corners is None:
        return picture
    top, right, bottom, left = np.hypot(*(np.roll(corners, -1, 0) - corners).T)
    size = round(float(max(top, bottom))), round(float(max(left, right)))
    wide, tall = size
    target = np.array([(0, 0), (wide, 0), (wide, tall), (0, tall)], np.float64)
    return picture.transform(
        size,
        Image.Transform.PERSPECTIVE,
        homography(target, corners)[:8].tolist(),
        Image.Resampling.BICUBIC,
        fillcolor=_paper(picture, corners),
    )


def _paper(picture: Image.Image, corners: Values) -> int | tuple[int, ...]:
    """Return the colour of the paper: most pixels of the sheet have it, more or less."""
    low = corners.min(axis=0).clip(0).astype(int).tolist()
    high = corners.max(axis=0).astype(int).tolist()
    part = picture.crop((*low, *np.minimum(high, picture.size).tolist()))
    part.thumbnail((OVERVIEW_SIDE, OVERVIEW_SIDE))
    median = np.median(np.asarray(part, np.uint8).reshape(part.width * part.height, -1), axis=0)
    colour = tuple(median.astype(int).tolist())
    return colour if len(colour) > 1 else colour[0]


def homography(source: Values, target: Values) -> Values:
    """Return the homography that maps four points to four others: 9 numbers, the last one 1."""
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1.0)


def find_sheet(picture: Image.Image) -> Values | None:
    """Return the corners of a sheet that lies on a desk; None if no desk is visible.

    Returns
    -------
    ndarray of float64, shape (4, 2), or None
        Points (x, y) in pixels of the picture, clockwise from the top left, a little within the
        sheet's edges.
    """
    overview = picture.copy()
    overview.thumbnail((OVERVIEW_SIDE, OVERVIEW_SIDE), Image.Resampling.BOX)
    region = _around_the_middle(np.asarray(overview.convert("RGB"), np.float32))
    if not MIN_AREA * region.size < region.sum() < MAX_AREA * region.size:
        return None
    quadrangle = enclosing_quadrangle(region)
    if quadrangle is None or region.sum() < MIN_FILLED * _seen(quadrangle, region).sum():
        return None
    size = np.array(region.shape[::-1], np.float64)
    if _sides_within(quadrangle, size) < MIN_SIDES:
        return None
    inset = _moved_inwards(quadrangle, INSET * float(size.max()))
    return inset * (np.array(picture.size) / size)


def _around_the_middle(colours: NDArray[np.float32]) -> Mask:
    """Return the pixels that can be reached from the middle without crossing a sharp edge."""
    tall, wide, _ = colours.shape
    window = max(3, round(PEN_SHARE * max(tall, wide)))
    paper = np.log(ndimage.grey_closing(colours, (window, window, 1)) + 8)
    change = ndimage.grey_dilation(paper, (3, 3, 1)) - ndimage.grey_erosion(paper, (3, 3, 1))
    smooth = change.max(axis=2) < EDGE
    labels, count = ndimage.label(ndimage.binary_opening(smooth, np.ones((2 * window, 2 * window))))
    middle = labels[tall // 3 : tall - tall // 3, wide // 3 : wide - wide // 3]
    if not middle.any():
        return np.zeros(smooth.shape, np.bool_)
    sizes = np.bincount(middle.ravel(), minlength=count + 1)
    region = labels == int(np.argmax(sizes[1:])) + 1
    # Back into the corners, and onto the edge itself.
    region = ndimage.binary_dilation(region, np.ones((3, 3)), window, mask=smooth)
    grown = ndimage.binary_dilation(region, np.ones((3, 3)))
    return np.asarray(ndimage.binary_fill_holes(grown))


def enclosing_quadrangle(region: Mask) -> Values | None:
    """Return a small quadrangle around a region, clockwise from the top left; None if it has none.

    Sides of the convex hull are taken away one by one, their neighbours prolonged until they meet:
    each time the side by which the area grows least.
    """
    rows, columns = np.nonzero(region)
    pixels = np.column_stack([columns, rows])
    ends = np.concatenate(
        [pixels + np.array(corner) for corner in ((0, 0), (1, 0), (0, 1), (1, 1))]
    )
    points = ends[ConvexHull(ends).vertices].astype(np.float64)
    while len(points) > 4:
        added = [_added(points, place) for place in range(len(points))]
        place = int(np.argmin([area for area, _ in added]))
        if not np.isfinite(added[place][0]):
            return None
        points[place] = added[place][1]
        points = np.delete(points, (place + 1) % len(points), axis=0)
    if len(points) < 4:
        return None
    return np.roll(points, -int(np.argmin(points.sum(axis=1))), axis=0)


def _added(points: Values, place: int) -> tuple[float, Values]:
    """Return the area that is added if a side is taken away, and where its neighbours meet."""
    before, start, end, after = points[np.arange(place - 1, place + 3) % len(points)]
    first, second = start - before, end - after
    across = float(first[0] * second[1] - first[1] * second[0])
    gap = end - start
    along = float(gap[0] * second[1] - gap[1] * second[0]) / across if across else -1.0
    if along < 0:  # they move apart
        return np.inf, start
    meeting = start + along * first
    away = meeting - start
    return abs(float(gap[0] * away[1] - gap[1] * away[0])) / 2, meeting


def _seen(points: Values, region: Mask) -> Mask:
    """Return the part of a picture within a quadrangle."""
    image = Image.new("1", region.shape[::-1])
    ImageDraw.Draw(image).polygon([tuple(point) for point in points.tolist()], 1)
    return np.asarray(image)


def _sides_within(points: Values, size: Values) -> int:
    """Return how many sides of a quadrangle do not lie at the picture's edge."""
    near = 0.03 * size.max()
    count = 0
    for start, end in zip(points, np.roll(points, -1, axis=0), strict=True):
        low, high = np.minimum(start, end), np.maximum(start, end)
        count += not ((high < near) | (low > size - near)).any()
    return count


def _moved_inwards(points: Values, distance: float) -> Values:
    """Return a quadrangle whose sides are moved inwards by a distance."""
    after = np.roll(points, -1, axis=0)
    along = (after - points) / np.hypot(*(after - points).T)[:, None]
    inwards = np.column_stack([-along[:, 1], along[:, 0]])  # clockwise, y is down
    lines = np.column_stack([inwards, (inwards * points).sum(axis=1) + distance])
    return np.array([
        np.linalg.solve([one[:2], other[:2]], [one[2], other[2]])
        for one, other in zip(np.roll(lines, 1, axis=0), lines, strict=True)
    ])  # fmt: skip
