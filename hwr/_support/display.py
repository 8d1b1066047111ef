"""Colours, HTML images and notices: what everything that is shown has in common."""

import io
import sys
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

PALETTE = {
    "main": "#0072B2",
    "other": "#E69F00",
    "good": "#009E73",
    "bad": "#D55E00",
    "third": "#CC79A7",
    "sky": "#56B4E9",
    "neutral": "#6B6B6B",
}
"""Okabe and Ito's colours, which colour-blind people can tell apart; each has one meaning."""
TEXT = "#767676"
"""Grey of text on a page, light or dark: 4.5:1 on white, 4.2:1 on JupyterLab's darkest grey. No
colour reaches 4.5:1 on both."""
OPAQUE_SHARE = 0.8
"""Of a file's colours; the others are for soft edges on the page itself."""


def encode_png(picture: "Image.Image", colours: int | None = None) -> bytes:
    """Return a picture as a PNG file, reduced to a number of colours if one is given."""
    file = io.BytesIO()
    (_reduced(picture, colours) if colours else picture).save(file, "PNG", optimize=bool(colours))
    return file.getvalue()


def _reduced(picture: "Image.Image", colours: int) -> "Image.Image":
    """Return a picture in few colours; Pillow chooses good ones only where nothing is clear."""
    import numpy as np
    from PIL import Image

    values, most = np.array(picture.convert("RGBA")), round(OPAQUE_SHARE * colours)
    opaque = values[..., 3] == 255
    solid = picture.convert("RGB").quantize(most)
    values[opaque] = 0
    clear = Image.fromarray(values).quantize(colours - most, Image.Quantize.FASTOCTREE)
    indices = np.where(opaque, np.asarray(solid), np.asarray(clear) + most)
    found = Image.fromarray(indices.astype(np.uint8), "P")
    palette = np.zeros((colours, 4), np.uint8)
    for start, part in ((0, solid), (most, clear)):
        known = np.reshape(part.getpalette("RGBA") or [], (-1, 4))[: colours - start]
        palette[start : start + len(known)] = known
    found.putpalette(palette.tobytes(), "RGBA")
    return found


def img_tag(png: bytes, alt: str, attributes: str = 'style="max-width: 100%"') -> str:
    """Return a PNG file as an ``<img>``, which front ends prefer to the file itself.

    JupyterLab, Notebook and nbconvert show a file without its text alternative, wherever that is
    stored; a screen reader gets it only from HTML.

    Parameters
    ----------
    png : bytes
    alt : str
        Text alternative: what the picture shows.
    attributes : str
        Further HTML attributes.
    """
    data = b64encode(png).decode()
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}" {attributes}>'


def pixel_image(pixels: "NDArray[np.uint8]", alt: str, scale: float) -> str:
    """Return pixels, shape (rows, columns) or (rows, columns, 3), as an enlarged ``<img>``.

    Parameters
    ----------
    scale : float
        CSS pixels per pixel.
    """
    from PIL import Image  # plain text needs no pictures

    height, width = (round(side * scale) for side in pixels.shape[:2])
    size = f'width="{width}" height="{height}"'
    return img_tag(encode_png(Image.fromarray(pixels)), alt, size)


def draw_strokes(
    sheet: "Image.Image", strokes: "Iterable[NDArray[np.float64]]", width: float, shade: int
) -> None:
    """Draw strokes with a round pen.

    Parameters
    ----------
    sheet : PIL.Image.Image
        In grey levels; drawn on.
    strokes : iterable of ndarray, shape (points, 2)
        x and y in pixels of the sheet.
    width : float
        Width of the pen, in the same pixels.
    shade : int
        Grey level of the ink, 0..255.
    """
    from PIL import ImageDraw

    draw, radius = ImageDraw.Draw(sheet), width / 2
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in stroke]
        draw.line(points, fill=shade, width=round(width), joint="curve")
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)


class Notice(Protocol):
    """A message that can be shown as text and in a notebook."""

    def __str__(self) -> str: ...

    def _repr_html_(self) -> str: ...


shown_notices: set[Notice] = set()


def show_once(notice: Notice) -> None:
    """Show a notice, in a notebook as HTML and elsewhere as text, unless it was shown before."""
    if notice in shown_notices:
        return
    shown_notices.add(notice)
    ipython: Any = sys.modules.get("IPython")
    if ipython and hasattr(ipython.get_ipython(), "kernel"):
        ipython.display.display(ipython.display.HTML(notice._repr_html_()))
    else:
        print(notice)
