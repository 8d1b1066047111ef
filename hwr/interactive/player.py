"""A play button that moves a slider by itself, and pauses where one wants to look."""

import asyncio

import ipywidgets as widgets
from ipywidgets import Layout

from hwr.interactive.slider import Slider


class Player(widgets.Button):
    """A button that moves a slider to its end, step by step; pressed again, it pauses.

    Its name says what it does next, so that it works by keyboard and for screen readers as it is.

    Parameters
    ----------
    slider : Slider
        May be moved, and its limits changed, while it plays: it goes on from there. At its end,
        Play begins anew.
    pause : float
        Seconds between two steps.

    Attributes
    ----------
    playing : asyncio.Task or None
    """

    def __init__(self, slider: Slider, pause: float) -> None:
        super().__init__(layout=Layout(width="7.4em"))
        self.slider, self.pause = slider, pause
        self.playing: asyncio.Task[None] | None = None
        self._name("Play")
        self.on_click(lambda _: self._play_or_pause())

    def _name(self, name: str) -> None:
        self.description, self.icon = name, name.lower()

    def _play_or_pause(self) -> None:
        if self.playing is not None:
            self.playing.cancel()
            return
        self._name("Pause")
        # In a task of its own, so that the kernel still answers the other controls.
        self.playing = asyncio.get_running_loop().create_task(self._go_on())
        self.playing.add_done_callback(self._stopped)

    async def _go_on(self) -> None:
        if self.slider.value >= self.slider.high:
            self.slider.value = self.slider.low
            await asyncio.sleep(self.pause)
        while self.slider.value < self.slider.high:
            self.slider.value += self.slider.step
            await asyncio.sleep(self.pause)

    def _stopped(self, _: asyncio.Task[None]) -> None:
        self._name("Play")
        self.playing = None
