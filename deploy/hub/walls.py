"""Walls around a learner's programs, which Linux keeps up: see namespaces(7) and unshare(1).

From outside, the hub's proxy connects to a port that the hub has opened; the learner's server
connects to the hub's socket. There is no other network.
"""

import os
import pwd
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.hub.settings import Settings

VARIABLE = "HWR_HUB_PORT"  # has the number of the opened port's socket
NICENESS = 5  # the hub and its proxy have priority
MAX_PROCESSES = 2000  # includes threads, of which TensorFlow has many
TEMPORARY = 4  # of the memory, this part is added for /tmp and /dev/shm
NAMESPACES = "unshare --net --ipc --mount --pid --mount-proc --fork --kill-child"
# Even an empty file needs memory. Of a folder that is closed to learners and has the course's
# Python, such as /root, only the Python is shown. The shell stays, as init: pid_namespaces(7).
SCRIPT = """
size=$1 python=$2 closed=$3
shift 3
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
mount -t tmpfs -o "mode=1777,nosuid,nodev,nr_inodes=50k,size=$size" tmpfs /tmp
if [ "$closed" ]; then
    umask 022
    mkdir /tmp/python
    mount --bind "$python" /tmp/python
    mount -t tmpfs -o mode=755,size=1m tmpfs "$closed"
    mkdir -p "$python"
    mount --move /tmp/python "$python"
    rmdir /tmp/python
fi
mount --bind /tmp /dev/shm
umask 077
"$@"
exit $?
"""
# Can an account run the course's Python and read what is named?
TRIAL = "import os, sys, deploy.hub, jupyterhub; [os.open(path, 0) for path in sys.argv[1:]]"


def command(settings: Settings, account: pwd.struct_passwd) -> list[str]:
    """Return the command for root to put before an account's program."""
    limits = ["nice", f"-n{NICENESS}", "prlimit", "--core=0", f"--nproc={MAX_PROCESSES}"]
    # A larger allocation fails with a MemoryError, before the hub has to stop the kernel.
    limits += [f"--data={settings.memory}"]
    change = ["setpriv", "--no-new-privs", "--init-groups"]
    change += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"]
    if settings.no_walls:
        return [*limits, *change]
    python, size = Path(sys.base_prefix).resolve(), settings.memory // TEMPORARY
    closed = [path for path in python.parents if not path.stat().st_mode & stat.S_IXOTH]
    places = [str(size), str(python), str(closed[-1]) if closed else ""]
    return [*limits, *NAMESPACES.split(), "sh", "-euc", SCRIPT, "walls", *places, *change]


def check(settings: Settings) -> None:
    """Raise a ValueError if this machine has no walls, or learners' accounts cannot enter them."""
    said = _try(settings, "true")
    if said and not settings.no_walls:
        raise ValueError(
            "Learners could reach each other's programs, /tmp and /dev/shm, because Linux gives "
            f"them none of their own here ({said}): install util-linux and iproute2 and start the "
            "hub outside of containers or, if all learners trust each other, add --no-walls."
        )
    needed = filter(None, (settings.folder, settings.emnist))
    # By env(1), because setpriv still has root's rights when it runs what follows.
    if said := _try(settings, "env", sys.executable, "-c", TRIAL, *needed):
        raise ValueError(
            f"Learners' accounts cannot use the course or EMNIST here ({said}): give everybody the "
            "right to read them, in a folder that everybody may enter, such as /opt or /srv."
        )


def _try(settings: Settings, *program: str) -> str:
    """Return why an account without any rights cannot run a program, or "" if it can."""
    whole = [*command(settings, pwd.getpwnam("nobody")), *program]
    done = subprocess.run(whole, cwd="/", capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stderr.splitlines() or ["it fails"])[-1]


def _load_jupyter_server_extension(app: Any) -> None:
    """Nothing to do yet; Jupyter's server needs this function."""


async def _start_jupyter_server_extension(app: Any) -> None:
    """Answer the hub's proxy, from outside the walls; Jupyter's server calls this at its start."""
    if number := os.environ.pop(VARIABLE, ""):
        port = socket.socket(fileno=int(number))
        port.setblocking(False)
        app.http_server.add_socket(port)
