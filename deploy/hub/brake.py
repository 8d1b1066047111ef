"""Slow down those who guess passwords, whichever address or name they give.

What is remembered is bounded, by the length of the class list and the constants below.
"""

import asyncio
import socket
import struct
import time
from collections import defaultdict, deque
from collections.abc import Container, Hashable
from ipaddress import ip_address, ip_network
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.netutil import is_valid_ip
from tornado.web import HTTPError

MAX_WRONG, SECONDS = 10, 60  # wrong passwords that are allowed in this time
DELAY = 1.0  # seconds between two tries of a name that had too many wrong ones, from anywhere
MAX_WAITING = 10  # tries of a name that may wait for their turn
REMEMBERED = 200  # wrong passwords of a name: in `SECONDS`, the delay lets fewer pass
OTHERS = 1000  # counters that all names share that are not on the list


def address(request: HTTPServerRequest, behind: str = "") -> str:
    """Return the address that a request came from, or "" if it came past the hub's proxy.

    The hub's proxy adds the address of its connection to the end of X-Forwarded-For; the sender may
    have made up the rest. But if that is the address of another proxy in front, in the network
    `behind` (such as 10.0.0.0/8), the one before it counts, which that proxy has added.
    """
    connection: Any = request.connection
    end: socket.socket = connection.stream.socket
    if end.family == socket.AF_UNIX:  # then Linux knows who connected; the proxy runs as root
        _, uid, _ = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid != 0:
            return ""
    entries = ",".join(request.headers.get_list("X-Forwarded-For")).split(",")
    # As IPv6, an IPv4 address begins with ::ffff:.
    hops = [entry.strip().removeprefix("::ffff:") for entry in entries[-2:]]
    is_behind = behind and is_valid_ip(hops[-1]) and ip_address(hops[-1]) in ip_network(behind)
    last = hops[0] if is_behind else hops[-1]
    return last if is_valid_ip(last) else ""


class Brake:
    """Counts wrong passwords by name and address, and by name alone.

    Ten from one address in a minute, and it has to wait for a minute. From elsewhere nobody can
    lock out a name, only slow it down: after ten from anywhere, its tries are a second apart.
    """

    def __init__(self) -> None:
        # For each name: when and from where passwords were wrong, and when it may be tried again.
        self._wrong: defaultdict[Hashable, deque[tuple[float, str]]] = defaultdict(
            lambda: deque(maxlen=REMEMBERED)
        )
        self._turns: defaultdict[Hashable, float] = defaultdict(float)

    def key(self, name: str, names: Container[str]) -> Hashable:
        """Return what a name is counted under; an answer must not show which are on the list."""
        return name if name in names else hash(name) % OTHERS

    async def wait(self, key: Hashable, address: str) -> None:
        """Wait until a password may be tried; raises an HTTPError if there were too many."""
        now = time.monotonic()
        recent = [where for when, where in self._wrong[key] if when > now - SECONDS]
        turn = max(now, self._turns[key]) + DELAY
        if recent.count(address) >= MAX_WRONG or turn > now + MAX_WAITING * DELAY:
            raise HTTPError(429, "Too many wrong passwords: wait a minute and try again.")
        if len(recent) >= MAX_WRONG:
            self._turns[key] = turn
            await asyncio.sleep(turn - now)

    def wrong(self, key: Hashable, address: str) -> None:
        """Note a wrong password."""
        self._wrong[key].append((time.monotonic(), address))
