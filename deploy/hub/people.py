"""Sign-in: the names on the instructor's class list, each with its own generated password.

They are stored in plain text, in a file that only the hub can read, because the instructor has to
hand them out, again if a learner loses one.
"""

import asyncio
import os
import re
import secrets
from collections.abc import Iterable
from hmac import compare_digest
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError
from traitlets import Instance, Unicode

from deploy.hub.brake import Brake, address
from deploy.hub.settings import INSTRUCTOR

NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are easily confused
MAX_LENGTH = 100  # characters that a name or a password may have at sign-in
# Seconds before an answer, with which the hub closes its socket: if the proxy has not yet ended its
# request, with an empty write, it calls the hub unavailable (503).
PAUSE = 0.2


def read_class(path: Path) -> list[str]:
    """Return the names on a class list, which has one per line; raise a ValueError if it cannot."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ValueError(
            f"The class list {path} cannot be read: name a text file with one name per line."
        ) from None
    numbered = {number: line.strip().lower() for number, line in enumerate(lines, 1)}
    names = {number: name for number, name in numbered.items() if name and name[0] != "#"}
    for number, name in names.items():
        if not NAME.fullmatch(name) or name == INSTRUCTOR:
            raise ValueError(
                f"Line {number} of {path} is {name!r}: a name has up to 20 letters a-z, digits and "
                f"hyphens, starts with a letter and is not {INSTRUCTOR!r}."
            )
    if not names:
        raise ValueError(f"The class list {path} has no names: write one name per line.")
    return list(dict.fromkeys(names.values()))


def read_passwords(path: Path) -> dict[str, str]:
    """Return the passwords in a file by name; a missing file has none."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return dict(line.split(maxsplit=1) for line in lines if line)


def update_passwords(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Update the file of passwords to these names and the instructor; print and return new ones.

    Existing passwords are kept, those of other names removed.
    """
    old = read_passwords(path)
    new = {INSTRUCTOR: old.get(INSTRUCTOR) or make_password(32)}
    new |= {name: old.get(name) or make_password() for name in names}
    temporary = path.with_name(f"{path.name}.{os.getpid()}")  # a pod has no tools.files
    temporary.touch(mode=0o600)
    temporary.write_text("".join(f"{name} {password}\n" for name, password in new.items()), "utf-8")
    temporary.replace(path)
    added = {name: password for name, password in new.items() if name not in old}
    for name, password in added.items():
        print(f"  {name:20} {password}", flush=True)
    return added


def make_password(length: int = 10) -> str:
    """Return a new random password of letters and digits; ten of them have 49 bits."""
    return "".join(secrets.choice(SIGNS) for _ in range(length))


class ClassAuthenticator(Authenticator):
    """Admits everybody in the file of passwords, and slows down guessing."""

    passwords = Unicode(help="The file that update_passwords writes.").tag(config=True)
    behind = Unicode(help="The network of a proxy in front of the hub's own.").tag(config=True)
    brake = Instance(Brake, ())

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """Return the name if its password is right, else None; an HTTPError says what else."""
        await asyncio.sleep(PAUSE)
        if max(map(len, data.values())) > MAX_LENGTH:  # else the hub's log would have it
            raise HTTPError(403, "No name or password is as long as this: ask your instructor.")
        name: str = self.normalize_username(data["username"].strip())
        if not NAME.fullmatch(name):
            return None
        passwords, given = read_passwords(Path(self.passwords)), data["password"].strip()
        where, key = address(handler.request, self.behind), self.brake.key(name, passwords)
        await self.brake.wait(key, where)
        # Compare in any case: the time must not show whether the name exists.
        expected = passwords.get(name)
        if compare_digest(given.encode(), (expected or make_password()).encode()) and expected:
            return name
        self.brake.wrong(key, where)
        return None
