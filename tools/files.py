"""Files that several processes may use at the same time. Standard library only."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` that is renamed to it at the end.

    Nobody ever sees half a file or folder: if the body raises, `path` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            temporary.unlink(missing_ok=True)


def write(path: Path, text: str) -> None:
    """Write a small file in one step, unless it already contains `text`."""
    if path.is_file() and path.read_text("utf-8") == text:
        return
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8")


@contextlib.contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold a lock on the file `path`, after waiting for any other process that holds it.

    The system releases the lock when its holders end, even if they are killed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        # Child processes inherit the lock: a pip that outlives a killed course.py keeps it.
        os.set_inheritable(handle.fileno(), True)
        if not _try_lock(handle):
            print("Another call is working in this folder; waiting for it to finish.", flush=True)
            while not _try_lock(handle):
                time.sleep(0.5)
        yield


def _try_lock(handle: IO[str]) -> bool:
    """Return whether the open file could be locked."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a network folder that does not support locks: go on without one
        return True
    return True
