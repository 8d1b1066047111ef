"""Walls around a learner's programs, which Linux keeps up: see namespaces(7) and unshare(1).

A learner's server and kernels have their own network, which leads nowhere, their own processes, and
their own /tmp and /dev/shm, in memory. All end with the server. The hub's proxy connects to a port
that is opened outside (:func:`_start_jupyter_server_extension`), and the server to the hub's socket.
"""

import os
import socket
import subprocess
from pathlib import Path
from typing import Any

PRIVATE = (Path("/tmp"), Path("/dev/shm"))  # of which everybody has their own
VARIABLE = "HWR_HUB_PORT"  # has the number of the opened port's socket
NAMESPACES = "--net --ipc --mount --pid --mount-proc --fork --kill-child"
# A file takes memory even if it is empty. As init (see pid_namespaces(7)), the shell has to stay.
SCRIPT = """
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
mount -t tmpfs -o "mode=1777,nosuid,nodev,nr_inodes=50k,size=$1" tmpfs /tmp
mount --bind /tmp /dev/shm
shift
setpriv --no-new-privs --init-groups "$@"
exit $?
"""


def command(size: int, uid: int, gid: int) -> list[str]:
    """Return the command for root to put before a program, which then runs in an account.

    Parameters
    ----------
    size : int
        Bytes of its /tmp and /dev/shm together.
    uid, gid : int
        The account.
    """
    script = ["sh", "-euc", SCRIPT, "walls", str(size)]
    return ["unshare", *NAMESPACES.split(), *script, f"--reuid={uid}", f"--regid={gid}"]


def check() -> None:
    """Raise a ValueError if this machine has no walls."""
    try:
        subprocess.run([*command(2**20, 0, 0), "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"").decode(errors="replace").strip() or error
        raise ValueError(
            "Learners could reach each other's programs, /tmp and /dev/shm, because Linux gives "
            f"them none of their own here ({said}): install util-linux and iproute2 and start the "
            "hub outside of containers or, if all learners trust each other, add --no-walls."
        ) from None


def _load_jupyter_server_extension(app: Any) -> None:
    """Nothing to do yet; Jupyter's server needs this function."""


async def _start_jupyter_server_extension(app: Any) -> None:
    """Answer the hub's proxy, from outside the walls; Jupyter's server calls this when it starts."""
    if number := os.environ.pop(VARIABLE, ""):
        port = socket.socket(fileno=int(number))
        port.setblocking(False)
        app.http_server.add_socket(port)
