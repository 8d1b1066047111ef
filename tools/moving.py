"""What the notebooks of :mod:`tools.going_back` do in their kernel besides the lesson's own cells.

``begin()`` before the first cell, ``again()`` before the second time, ``await move_all()`` last.
"""

import ast
import asyncio
import sys
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

import ipywidgets as widgets
from IPython import get_ipython

POSITIONS = 5  # of a slider, from its lowest to its highest
SHORT = {"steps_per_epoch": 2, "validation_steps": 1}  # training the first time
_errors: list[str] = []
_shown: list[Any] = []  # widgets that cells have displayed


class _NoClaims(ast.NodeTransformer):
    """Leaves out what cells assert."""

    def visit_Assert(self, node: ast.Assert) -> ast.Pass:
        return ast.copy_location(ast.Pass(), node)


_no_claims = _NoClaims()


def begin() -> None:
    """Note the errors that are shown instead of stopping a cell, and make the first time short.

    The first time through, networks train for two steps an epoch; so no claim about them holds.
    """
    shell: Any = get_ipython()
    show = shell.showtraceback

    def note(exc_tuple: Any = None, *arguments: Any, **named: Any) -> None:
        if not named.get("running_compiled_code"):  # which stops the cell
            _note(exc_tuple[1] if exc_tuple else sys.exc_info()[1])
        show(exc_tuple, *arguments, **named)

    show_widget = widgets.Widget._repr_mimebundle_

    def display(self: Any, **named: Any) -> Any:
        _shown.append(self)
        return show_widget(self, **named)

    shell.showtraceback, widgets.Widget._repr_mimebundle_ = note, display
    shell.ast_transformers.append(_no_claims)
    shell.events.register("pre_run_cell", _shorten)


def again() -> None:
    """From now on train in full, check all claims, and move only widgets that are yet to come."""
    shell: Any = get_ipython()
    shell.ast_transformers.remove(_no_claims)
    shell.events.unregister("pre_run_cell", _shorten)
    if "keras" in sys.modules:
        sys.modules["keras"].Model.fit = _full_fit[0]
    _shown.clear()


_full_fit: list[Any] = []


def _shorten(_: Any) -> None:
    """Shorten training as soon as a cell has imported Keras."""
    if "keras" in sys.modules and not _full_fit:
        model = sys.modules["keras"].Model
        _full_fit.append(model.fit)
        model.fit = lambda *arguments, **named: _full_fit[0](*arguments, **named | SHORT)


async def move_all() -> None:
    """Move each widget through its values, click each button; raise an AssertionError of errors."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, about: _errors.append(str(about)))
    found = list(_visible(_shown))
    moved = [_move(widget) for widget in found if any(widget is one for one in _visible(_shown))]
    print("widgets that move:", sum(moved))
    await asyncio.sleep(0.5)  # for what they have asked to be done later
    _errors.extend(line.value for line in found if "That failed" in str(getattr(line, "value", "")))
    assert not _errors, "\n\n".join(_errors)


def _note(error: BaseException | None) -> None:
    _errors.append("".join(traceback.format_exception(error)[-3:]))


def _visible(shown: Iterable[Any]) -> Iterator[Any]:
    """Yield the widgets that a page shows now, from the outside in."""
    for widget in shown:
        if getattr(widget.layout, "display", None) != "none":
            yield widget
            yield from _visible(getattr(widget, "children", ()))


def _move(widget: Any) -> bool:
    """Move one widget; return whether it is one that moves."""
    values = list(_values(widget))
    for trait, value in values:
        try:
            setattr(widget, trait, value)
        except Exception as error:  # one run shows all of them
            _note(error)
    clickable = isinstance(widget, widgets.Button) and not widget.disabled
    if clickable:
        widget.click()
    return bool(values) or clickable


def _values(widget: Any) -> Iterator[tuple[str, Any]]:
    """Yield what to set, the present value last."""
    if isinstance(widget, widgets.widget_selection._Selection):
        yield from (("index", index) for index in [*range(len(widget.options)), widget.index])
    elif all(hasattr(widget, name) for name in ("value", "min", "max")):
        low, high, kind = widget.min, widget.max, type(widget.value)
        steps = range(POSITIONS)
        yield from (("value", kind(low + (high - low) * step / (POSITIONS - 1))) for step in steps)
        yield "value", widget.value
    elif isinstance(getattr(widget, "value", None), bool):
        yield from (("value", value) for value in (not widget.value, widget.value))
