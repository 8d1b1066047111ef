"""One run of the room: all come, run notebook 00 and draw; things may go wrong on purpose."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import room_watch
from room_hub import Hub
from room_kernel import RoomError
from room_learner import FIRST, Learner
from room_watch import Clock, Memory

WRONG = (RoomError, aiohttp.ClientError, TimeoutError)


@dataclass
class Room:
    """All learners of one run, and what became of it.

    Attributes
    ----------
    failures : list of str
        Who failed at what; one that failed does nothing further.
    peak, memory : Memory
        A learner's, at most until everybody had a pad, and in the middle of drawing.
    cores : dict of str to float
        Cores that were busy while they drew, by part.
    events : dict of str to float
        What was killed, and seconds until it served again.
    """

    learners: list[Learner]
    hub: Hub | None = None
    arrive: float = 0.0
    failures: list[str] = field(default_factory=list)
    peak: Memory = field(default_factory=Memory)
    memory: Memory = field(default_factory=Memory)
    cores: dict[str, float] = field(default_factory=dict)
    events: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = [learner.name for learner in self.learners]
        self._under_way = len(self.learners)
        self._ready = asyncio.Event()
        self._ends = 0.0

    async def together(self, do: Callable[[Learner], Coroutine[Any, Any, None]]) -> None:
        """Let everybody sign in, evenly over the time of arrival, and do something."""

        async def live(number: int, learner: Learner) -> None:
            await asyncio.sleep(self.arrive * number / len(self.learners))
            try:
                async with learner:
                    await learner.sign_in()
                    await do(learner)
            except WRONG as error:
                self.failures.append(f"{learner.name}: {error or type(error).__name__}")
            finally:
                self._arrived()

        await asyncio.gather(*(live(*numbered) for numbered in enumerate(self.learners)))

    def _arrived(self) -> None:
        self._under_way -= 1
        if self._under_way <= 0:
            self._ready.set()

    # --- a lesson with the pad -----------------------------------------------------------------

    async def lesson(self, seconds: float, events: bool = False) -> None:
        """Let all run notebook 00 and, when the last has a pad, draw for some seconds."""

        async def learn(learner: Learner) -> None:
            await learner.run_notebook(FIRST)
            await learner.open_pad()
            before = await learner.count_drawings()
            await learner.write_note()
            self._arrived()
            await self._ready.wait()
            await learner.draw_for(seconds)
            await learner.check(before)

        beside = asyncio.create_task(self._measure(seconds, events))
        await self.together(learn)
        await beside
        expected = dict.fromkeys(self.names[:2], 1) if events else {}
        for learner in self.learners:
            found = [interruption.why for interruption in learner.interruptions]
            if len(found) != expected.get(learner.name, 0):
                self.failures.append(f"{learner.name}: interrupted {len(found)} times: {found}")

    async def _measure(self, seconds: float, events: bool) -> None:
        while not self._ready.is_set():
            self.peak = max(self.peak, await self._look(), key=lambda memory: memory.pss)
            await asyncio.sleep(3)
        clock = Clock(self.names, *([self.hub.processes] if self.hub else []))
        if events:
            await self._go_wrong(seconds / 5)
        else:
            await asyncio.sleep(seconds / 2)
        self.memory = await self._look()
        await asyncio.sleep(seconds / 4)
        self.cores = clock.read()

    async def _look(self) -> Memory:
        return await asyncio.to_thread(room_watch.memory, self.names)

    # --- what goes wrong -----------------------------------------------------------------------

    async def _go_wrong(self, pause: float) -> None:
        """Kill the first learner's kernel, the second's server, then the hub, which comes back."""
        for learner, kind in zip(self.learners, ("kernel", "server"), strict=False):
            await asyncio.sleep(pause)
            os.kill(room_watch.find(learner.name, kind).pid, signal.SIGKILL)
        await asyncio.sleep(pause)
        assert self.hub is not None
        self.events["hub killed"] = await asyncio.to_thread(self.hub.kill)
        third = self.learners[-1]
        async with Learner(third.name, third.password, third.hub, third.seed) as again:
            await again.sign_in()
