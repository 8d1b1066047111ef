"""A Unix account for each learner, which protects files and programs from other learners.

The accounts have a prefix, ``hwr-ada`` for ada, so that no name on a class list can be that of an
existing account, such as root. They have no password and no shell: only the hub starts programs in
them.
"""

import os
import pwd
import subprocess
from pathlib import Path

PREFIX = "hwr-"


def account_of(name: str) -> str:
    """Return the account of a learner."""
    return PREFIX + name


def make_account(name: str, home: Path) -> pwd.struct_passwd:
    """Return a learner's account; it and a home that nobody else can enter are made if missing.

    Raises a ValueError if the account exists but has another home.
    """
    account = account_of(name)
    if account not in {entry.pw_name for entry in pwd.getpwall()}:
        plain = ["--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin"]
        subprocess.run(
            ["useradd", *plain, "--home-dir", str(home), account], check=True, capture_output=True
        )
    entry = pwd.getpwnam(account)
    if entry.pw_dir != str(home):
        raise ValueError(
            f"The account {account} belongs to another hub, because its home is {entry.pw_dir}, "
            f"not {home}: use that hub's --folder, or remove it with 'userdel {account}'."
        )
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, entry.pw_uid, entry.pw_gid)
    return entry


def learners(homes: Path) -> dict[str, int]:
    """Return the user ids of the learners whose homes are in the folder `homes`, by name."""
    return {
        entry.pw_name.removeprefix(PREFIX): entry.pw_uid
        for entry in pwd.getpwall()
        if entry.pw_name.startswith(PREFIX) and Path(entry.pw_dir).parent == homes
    }
