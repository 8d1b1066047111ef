"""A pad's last picture, kept in the notebook's file for when the pad's kernel is gone.

A notebook's page that is loaded anew finds no widget there, and writes an error in its place. So
beside the widget a cell has a second output: what the pad showed last, hidden until then.
"""

from collections.abc import Callable
from uuid import uuid4

from IPython.display import display, update_display

from hwr._support.display import img_tag
from hwr.pads.html import ASLEEP
from hwr.pads.status_line import Guard
from hwr.pads.throttle import Throttle

REST = 1.0
"""Seconds without a change after which the picture is taken: each one is written to the file."""
IN_NOTEBOOK = "[data-jp-kernel-user] .jp-OutputArea-child"
LOST = "> .jp-OutputArea-output.jupyter-widgets"
"""The page's error in the place of a widget."""
DEAD = ".hwr-pad.jupyter-widgets-disconnected"
LAST = "+ .jp-OutputArea-child .hwr-last"
STYLE = f"""<style>
{IN_NOTEBOOK}:has({LOST}):has({LAST}), {IN_NOTEBOOK}:has({DEAD}):has({LAST}) {{ display: none; }}
{IN_NOTEBOOK}:has({LOST}) {LAST}, {IN_NOTEBOOK}:has({DEAD}) {LAST} {{ display: block; }}
.hwr-last .hwr-asleep {{ display: block; margin: 0 0 10px; padding: 2px 0 2px 10px;
  border-left: 4px solid #d55e00; }}
</style>"""
"""Shows the picture in JupyterLab and Notebook where the output before it is no pad any more."""


class LastPicture:
    """Keeps the picture of a pad up to date in the notebook.

    Parameters
    ----------
    take : callable
        Returns the pad as a PNG file, and its text alternative.
    guard : callable
        Wraps what runs later, whose errors nobody would see.
    """

    def __init__(self, take: Callable[[], tuple[bytes, str]], guard: Guard) -> None:
        self._take = take
        self._id = f"hwr-{uuid4().hex}"
        self._is_shown = False
        self._soon = Throttle(guard(self._update))

    def show(self) -> None:
        """Put the picture into the cell's output, after the pad."""
        self._is_shown = True
        display(self._bundle(), raw=True, display_id=self._id)

    def later(self) -> None:
        """Take a new picture when the pad has been at rest for a while."""
        if self._is_shown:
            self._soon.later(REST)

    def now(self) -> None:
        """Take a new picture."""
        if self._is_shown:
            self._soon.now()

    def _update(self) -> None:
        update_display(self._bundle(), raw=True, display_id=self._id)

    def _bundle(self) -> dict[str, str]:
        picture = img_tag(*self._take())
        return {
            "text/html": f'{STYLE}<div class="hwr-last" hidden="hidden">{ASLEEP}{picture}</div>'
        }
