"""Cut a Python process off from the network: only this machine answers.

With this folder on ``PYTHONPATH`` Python imports the file at its start, so it holds in the kernels
of notebooks, too. What tries all the same gets an error, as it would without a network.
"""

import ipaddress
import socket
from typing import Any

_connect, _look_up = socket.socket.connect, socket.getaddrinfo


def is_here(host: Any) -> bool:
    """Return whether a host's name or address means this machine."""
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


def connect(self: socket.socket, address: Any) -> None:
    """Connect only within this machine."""
    if isinstance(address, tuple) and not is_here(address[0]):
        raise OSError(101, "Network is unreachable (cut off by the tests)")
    _connect(self, address)


def look_up(host: Any, *arguments: Any, **named: Any) -> Any:
    """Look up only this machine's names."""
    if not is_here(host):
        raise socket.gaierror(-3, "Temporary failure in name resolution (cut off by the tests)")
    return _look_up(host, *arguments, **named)


socket.socket.connect = connect  # type: ignore[method-assign]
socket.getaddrinfo = look_up
