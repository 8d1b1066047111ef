"""A notebook as a page: figures become files, exercises folds, and pads live.

What is stored in a notebook is what the page shows; only a pad and the exercises, which a page can
do itself, are replaced.
"""

import io
import re
from base64 import b64decode
from collections.abc import Callable
from html import escape

from nbformat import NotebookNode
from nbformat.v4 import new_output
from PIL import Image

from hwr.check._exercise import Exercise
from tools.site.exercises import exercise_html, question_html
from tools.solutions import task

PADS = {"<Pad: word": "word", "<Pad": "character", "<IPython.lib.display.IFrame": "character"}
"""Beginning of an output's text, to the mode of the live pad that takes its place."""
MOVES = re.compile(r"interactive\(children=|<[A-Z]\w+>$")
"""Text of an output that moves in a notebook: ipywidgets' ``interact``, and `hwr.interactive`."""
WHITE = 250
"""Grey level from which a figure's corners count as white paper."""
LIVE = '<div class="hwr-live" data-frame="{frame}" data-title="{title}">{still}</div>'
Keep = Callable[[str, bytes], str]
"""Keeps a figure's file by its name, and returns its address on the page."""


def as_page(notebook: NotebookNode, name: str, leads: str, keep: Keep, up: str) -> NotebookNode:
    """Change a notebook to what its page shows, and return it.

    Parameters
    ----------
    notebook : NotebookNode
    name : str
        Its file's name, without the ending.
    leads : str
        A sentence of HTML that leads to the notebook itself.
    keep : callable
    up : str
        Address of the site's folder on the page.
    """
    figures = (f"{name}-{number}.png" for number in range(1, 1000))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found = task(cell)
            if isinstance(found, Exercise):
                cell.outputs = [_html(exercise_html(found, leads))]
            elif found is not None:
                cell.outputs = [_html(question_html(found))]
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "remove-input"]
            else:
                cell.outputs = [_shown(o, figures.__next__, keep, up, leads) for o in cell.outputs]
    return notebook


def _html(content: str) -> NotebookNode:
    output: NotebookNode = new_output("display_data", {"text/html": content})
    return output


def _shown(
    output: NotebookNode, next_name: Callable[[], str], keep: Keep, up: str, leads: str
) -> NotebookNode:
    """Return an output as the page shows it."""
    data = output.get("data", {})
    text, page = data.get("text/plain", ""), data.get("text/html", "")
    if "image/png" in data:
        png = b64decode(data["image/png"])
        alt = output.metadata["image/png"]["alt"]
        page = figure_html(png, alt, keep(next_name(), png))
    mode = next((PADS[start] for start in PADS if text.startswith(start)), None)
    if mode is not None:
        still = page if "image/png" in data else ""
        return _html(
            LIVE.format(frame=f"{up}pad.html#{mode}", title="A pad to draw on", still=still)
        )
    if text == "<Explorer>":
        live = LIVE.format(frame=f"{up}explorer.html", title="The network opened up", still="")
        return _html(f"{page}<p class=hwr-moves>Live, with the course's network:</p>{live}")
    if MOVES.match(text):
        return _html(f"{page}<p class=hwr-moves>This moves in the notebook. {leads}</p>")
    if "<table" in page:
        return _html(f'<div class="hwr-table">{page}</div>')
    return _html(page) if page else output


def figure_html(png: bytes, alt: str, address: str) -> str:
    """Return a figure with its text alternative; the browser loads it when it comes near."""
    with Image.open(io.BytesIO(png)) as picture:
        width, height = picture.size
        kind = "hwr-white" if has_white_ground(picture) else ""
    return (
        f'<img class="hwr-figure {kind}" alt="{escape(alt)}" src="{address}" width="{width}" '
        f'height="{height}" loading="lazy" decoding="async">'
    )


def has_white_ground(picture: Image.Image) -> bool:
    """Return whether a picture's four corners are white and opaque."""
    right, low = (side - 1 for side in picture.size)
    seen = picture.convert("RGBA")
    corners = [seen.getpixel(at) for at in ((0, 0), (right, 0), (0, low), (right, low))]
    return all(min(corner) >= WHITE for corner in corners if isinstance(corner, tuple))
