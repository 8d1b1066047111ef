"""One lesson: all learners sign in, run notebook 00 and draw; processes can be killed meanwhile."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from benchmarks.room import watch
from benchmarks.room.hub import Hub
from benchmarks.room.kernel import RoomError
from benchmarks.room.learner import FIRST, Learner
from benchmarks.room.watch import Clock, Memory

ERRORS = (RoomError, aiohttp.ClientError, TimeoutError)


@dataclass
class Room:
    """All learners of one lesson, and what was measured."""

    learners: list[Learner]
    hub: Hub | None = None  # is measured and killed; None for one that is already running
    arrive: float = 0.0  # seconds in which all sign in
    # A learner and the problem in one sentence; after a failure, the learner stops.
    failures: list[str] = field(default_factory=list)
    peak: Memory = field(default_factory=Memory)  # the largest until all had a pad or were done
    memory: Memory = field(default_factory=Memory)  # during drawing
    cores: dict[str, float] = field(default_factory=dict)  # busy during drawing, by part
    seconds: float = 0.0  # of drawing; more than asked for if the events took longer
    events: dict[str, float] = field(default_factory=dict)  # seconds until they were repaired

    def __post_init__(self) -> None:
        self.failed: set[str] = set()
        self.names = [learner.name for learner in self.learners]
        self._under_way = len(self.learners)
        self._ready, self._over = asyncio.Event(), asyncio.Event()

    async def together(self, do: Callable[[Learner], Coroutine[Any, Any, None]]) -> None:
        """Let all learners sign in, spread evenly over the time of arrival, and do something."""

        async def live(number: int, learner: Learner) -> None:
            await asyncio.sleep(self.arrive * number / len(self.learners))
            try:
                async with learner:
                    await learner.sign_in()
                    await do(learner)
            except ERRORS as error:
                self._fail(learner, str(error) or type(error).__name__)
            finally:
                self._arrived()

        await asyncio.gather(*(live(*numbered) for numbered in enumerate(self.learners)))

    def _fail(self, learner: Learner, what: str) -> None:
        self.failed.add(learner.name)
        self.failures.append(f"{learner.name}: {what}")

    def _arrived(self) -> None:
        self._under_way -= 1
        if self._under_way <= 0:
            self._ready.set()

    async def lesson(self, seconds: float, events: bool = False) -> None:
        """Let all run notebook 00 and draw for some seconds, as soon as the last has a pad."""

        async def learn(learner: Learner) -> None:
            await learner.run_notebook(FIRST)
            await learner.open_pad()
            before = await learner.count_drawings()
            await learner.write_note()
            self._arrived()
            await self._ready.wait()
            await learner.draw_until(self._over)
            await learner.check(before)

        beside = asyncio.create_task(self._measure(seconds, events))
        await self.together(learn)
        await beside
        for number, learner in enumerate(self.learners):
            found = [interruption.why for interruption in learner.interruptions]
            if len(found) != (1 + (number < 2) if events else 0):  # see _kill
                self._fail(learner, f"interrupted {len(found)} times: {found}")

    async def watch_memory(self) -> None:
        """Measure the largest memory until all learners are ready or done."""
        while not self._ready.is_set():
            self.peak = max(self.peak, await self._look(), key=lambda memory: memory.pss)
            await asyncio.sleep(3)

    async def _measure(self, seconds: float, events: bool) -> None:
        await self.watch_memory()
        if len(self.failed) < len(self.learners):
            try:
                await self._watch(seconds, events)
            except ERRORS as error:
                self.failures.append(f"during the events: {error or type(error).__name__}")
        self._over.set()

    async def _watch(self, seconds: float, events: bool) -> None:
        """Measure while they draw, for some seconds and until all events are over."""
        clock, now = Clock(self.names, self.hub.processes if self.hub else tuple), time.monotonic
        end = now() + seconds
        await asyncio.sleep(seconds / 4)
        self.memory = await self._look()
        if events:
            await self._kill()
        await asyncio.sleep(max(0, end - now()))
        self.cores, self.seconds = clock.read(), clock.seconds

    async def _look(self) -> Memory:
        return await asyncio.to_thread(watch.memory, self.names)

    async def _kill(self) -> None:
        """Kill the first learner's kernel, the second's server, the hub, and everybody's proxy."""
        for learner, kind in zip(self.learners, ("kernel", "server"), strict=False):
            os.kill(watch.find(learner.name, kind).pid, signal.SIGKILL)
            while not learner.interruptions and learner.name not in self.failed:
                await asyncio.sleep(0.2)
        assert self.hub is not None
        self.events["hub killed, served again after s"] = await asyncio.to_thread(self.hub.kill)
        last = self.learners[-1]
        async with Learner(last.name, last.password, last.hub, last.seed) as again:
            await again.sign_in()
        names = [name for name in self.names if name not in self.failed]
        back = await asyncio.to_thread(self.hub.kill_proxy, names)
        self.events["proxy killed, all served again after s"] = back
