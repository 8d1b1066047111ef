"""Measure how quickly a class at one hub gets its answers, with simulated learners.

    python -m benchmarks.room [--learners 30] [--minutes 3] [--events] [--json]
    python -m benchmarks.room --train [--learners 5]        # all run notebook 04 at once
    python -m benchmarks.room --hub URL --passwords FILE    # a hub that is already running

Starts the hub of ``deploy/hub`` on this machine, as root. Every learner signs in with the form,
gets a server, runs notebook 00, opens the pad of notebook 09 and draws made-up characters at the
speed of a mouse, 60 events a second, with pauses to look at the answers. They send the same
requests as a browser (form, cookies, websockets), except for the files of JupyterLab's page.
``--events`` kills one learner's kernel, another's server and the hub, which is started again.
The exit status is 1 if anything failed.
"""

import argparse
import asyncio
import contextlib
import importlib.util
import json
import signal
import sys

if importlib.util.find_spec("aiohttp") is None:
    raise SystemExit("The room's packages are missing: 'python course.py hub --help' brings them.")

from benchmarks.room import measure
from benchmarks.room.hub import Hub, random_names


def parse() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser("benchmarks.room", description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, help="how many; 30, or 5 with --train")
    parser.add_argument("--minutes", type=float, default=3.0, help="of drawing")
    parser.add_argument("--arrive", type=float, default=60.0, help="seconds until all have come")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two characters")
    parser.add_argument("--events", action="store_true", help="kill kernel, server, hub, proxy")
    parser.add_argument("--train", action="store_true", help="run notebook 04 instead")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--hub", help="the address of a hub that is already running")
    parser.add_argument("--passwords", help="its file of names and passwords")
    arguments = parser.parse_args()
    arguments.learners = arguments.learners or (5 if arguments.train else 30)
    if bool(arguments.hub) != bool(arguments.passwords):
        parser.error("--hub and --passwords go together: name both or neither")
    if arguments.events and (arguments.hub or arguments.learners < 3):
        parser.error("--events needs three learners and a hub of its own: leave out --hub")
    return arguments


def main() -> int:
    """Measure and print; return the exit status."""
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the hub is cleaned up, too
    names = random_names(arguments.learners)
    with contextlib.nullcontext() if arguments.hub else Hub(names) as hub:
        found = asyncio.run(measure.run(arguments, hub))
    print(json.dumps(found, indent=2) if arguments.json else measure.table(found))
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
