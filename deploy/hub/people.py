"""Who may come in: the instructor's class list, with a password of their own for everybody.

One password for the whole class would be simpler, but whoever knows it could sign in under any
name and read that person's files: no wall between accounts would be worth anything. The passwords
are made here, not chosen, and stand readable in a file of the hub's own, because the instructor
has to hand them out, and again to who lost theirs.
"""

import os
import re
import secrets
import time
from collections import defaultdict
from collections.abc import Iterable
from hmac import compare_digest
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError
from traitlets import Unicode

from deploy.hub.settings import INSTRUCTOR

NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another
LENGTH, INSTRUCTORS_LENGTH = 10, 32  # 49 and 158 bits
WRONG, SECONDS = 10, 60  # so many wrong passwords in so many seconds


def read_class(path: Path) -> list[str]:
    """Read a class list, a name a line; the instructor need not be on it.

    Raises
    ------
    ValueError
        If it cannot be read, is empty or has a line that can be no name.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ValueError(
            f"The class list {path} cannot be read: give a text file with a name a line."
        ) from None
    names = []
    for number, line in enumerate(lines, 1):
        name = line.strip().lower()
        if not name or name.startswith("#"):
            continue
        if not NAME.fullmatch(name) or name == INSTRUCTOR:
            raise ValueError(
                f"Line {number} of {path} is {line.strip()!r}: a name has up to 20 letters a-z, "
                f"digits and hyphens, begins with a letter and is not {INSTRUCTOR!r}."
            )
        names.append(name)
    if not names:
        raise ValueError(f"The class list {path} names nobody: give a name a line.")
    return list(dict.fromkeys(names))


def read_passwords(path: Path) -> dict[str, str]:
    """Give each person's password; nobody's where there is no file."""
    if not path.exists():
        return {}
    return dict(line.split(maxsplit=1) for line in path.read_text("utf-8").splitlines() if line)


def keep_passwords(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Make passwords for who has none, drop who is no longer named, and give those made.

    The file can be read by the hub's account alone.
    """
    old = read_passwords(path)
    new = {INSTRUCTOR: old.get(INSTRUCTOR) or make_password(INSTRUCTORS_LENGTH)}
    new |= {name: old.get(name) or make_password() for name in names}
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.touch(mode=0o600)
    beside.write_text("".join(f"{name} {password}\n" for name, password in new.items()), "utf-8")
    beside.replace(path)
    return {name: password for name, password in new.items() if name not in old}


def enrol(passwords: Path, names: Iterable[str]) -> None:
    """Keep passwords for these and the instructor, and show the instructor those made."""
    for name, password in keep_passwords(passwords, names).items():
        print(f"  {name:20} {password}", flush=True)


def make_password(length: int = LENGTH) -> str:
    """Make a password of letters and digits."""
    return "".join(secrets.choice(SIGNS) for _ in range(length))


class ClassAuthenticator(Authenticator):
    """Lets in who is in the file of passwords, and slows down who guesses."""

    passwords = Unicode(help="The file that keep_passwords writes.").tag(config=True)

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        # By name and address: nobody elsewhere can lock a learner out.
        self._wrong: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """Give the name if the password is the person's own.

        Raises
        ------
        HTTPError
            After ten wrong ones, for a minute.
        """
        name: str = self.normalize_username(data["username"])
        now = time.monotonic()
        who = name, handler.request.remote_ip
        self._wrong[who] = [then for then in self._wrong[who] if now - then < SECONDS]
        if len(self._wrong[who]) >= WRONG:
            raise HTTPError(429, "Too many wrong passwords: wait a minute and try again.")
        expected = read_passwords(Path(self.passwords)).get(name)
        given = data["password"].strip().encode()
        # A name that is not there takes as long as one that is.
        right = compare_digest(given, (expected or make_password()).encode())
        if right and expected:
            del self._wrong[who]
            return name
        self._wrong[who].append(now)
        return None
