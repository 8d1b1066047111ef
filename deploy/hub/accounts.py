"""A Unix account for each learner: what keeps one from another's files and kernels.

The accounts have names of their own, ``hwr-ada`` for ada, so that nobody on a class list can be an
account that was there before, such as root. They have no password and no shell: the hub alone
starts anything there.
"""

import os
import pwd
import stat
import subprocess
from pathlib import Path

PREFIX = "hwr-"
SOCKET = "/.run/kernel-12345678-1234-1234-1234-123456789012-ipc-5"
LONGEST = 107  # bytes of a Unix socket's path


def account_of(name: str) -> str:
    """Give the account of a person."""
    return PREFIX + name


def make_account(name: str, home: Path) -> None:
    """Make a person's account and home, unless they are there; nobody else may look in.

    Raises
    ------
    ValueError
        If there is an account of that name that lives elsewhere.
    """
    account = account_of(name)
    if not _exists(account):
        plain = ["--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin"]
        subprocess.run(
            ["useradd", *plain, "--home-dir", str(home), account], check=True, capture_output=True
        )
    entry = pwd.getpwnam(account)
    if entry.pw_dir != str(home):
        raise ValueError(
            f"The account {account} lives in {entry.pw_dir}, not in {home}: it is another hub's. "
            f"Start this one with that --folder, or remove it with 'userdel {account}'."
        )
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, entry.pw_uid, entry.pw_gid)


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def learners(homes: Path) -> dict[str, int]:
    """Give the ids of the accounts that live in a hub's homes, by name; nobody else's are there."""
    return {
        entry.pw_name.removeprefix(PREFIX): entry.pw_uid
        for entry in pwd.getpwall()
        if entry.pw_name.startswith(PREFIX) and Path(entry.pw_dir).parent == homes
    }


def open_to_all(path: Path) -> bool:
    """Tell whether every account may read a file, or enter and list a folder."""
    path = path.resolve()
    wanted = stat.S_IROTH | stat.S_IXOTH if path.is_dir() else stat.S_IROTH
    if path.stat().st_mode & wanted != wanted:
        return False
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)


def refuse_long(home: Path) -> None:
    """Raise a ValueError if a kernel's sockets, in a home, would have too long a path."""
    over = len(os.fsencode(f"{home}{SOCKET}")) - LONGEST
    if over > 0:
        raise ValueError(
            f"The path {home} is {over} characters too long for the sockets of kernels: "
            "give a shorter --folder, or shorter names."
        )
