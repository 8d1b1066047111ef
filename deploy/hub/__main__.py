"""Start the room: ``python course.py hub``, which calls ``python -m deploy.hub``."""

import argparse
import os
import re
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.hub.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
UNITS = {"M": 1024**2, "G": 1024**3}
LEAST = 512 * 1024**2  # bytes: a server and a pad's kernel, and some air


def memory(text: str) -> int:
    """Read a size such as 800M or 2G."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([MG])", text.upper())
    if found is None or (taken := int(float(found[1]) * UNITS[found[2]])) < LEAST:
        raise argparse.ArgumentTypeError(f"{text!r}: give at least 512M, such as 800M or 2G")
    return taken


def minutes(text: str) -> int:
    """Read a time in minutes, as seconds."""
    try:
        seconds = round(60 * float(text))
    except (ValueError, OverflowError):
        seconds = 0
    if seconds < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number of minutes, such as 20")
    return seconds


def file(text: str) -> str:
    """Read the name of a file, which must be there."""
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {path}")
    return str(path)


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    root = os.geteuid() == 0
    place = Path("/srv/hwr") if root else Path.home() / "hwr-hub"
    grammar = argparse.ArgumentParser(
        prog="course.py hub",
        description="A JupyterHub for a class, on this machine; deploy/hub/README.md has more.",
    )
    add, environment = grammar.add_argument, os.environ.get
    add("--class", dest="people", type=Path, metavar="FILE", help="the class list, a name a line")
    add("--folder", type=Path, default=place, help=f"homes and passwords; {place} if not given")
    add("--address", default="127.0.0.1", help="where to listen; this machine only if not given")
    add("--port", type=int, default=8000, help="8000 if not given; two more follow it")
    for name, what in (("cert", "the certificate for HTTPS"), ("key", "its key")):
        default = environment(f"HWR_HUB_{name.upper()}")
        add(f"--{name}", type=file, default=default, metavar="FILE", help=what)
    add("--memory", type=memory, default="2G", help="for each learner; 2G if not given")
    add("--cell-minutes", type=minutes, default="20", help="of processor time; 20 if not given")
    add("--idle-minutes", type=minutes, default="60", help="till a server stops; 60 if not given")
    add("--shared-account", action="store_true", help="start although there are no walls")
    return grammar


def prepare(options: argparse.Namespace) -> Settings:
    """Lay everything out for the hub, and say what the instructor has to know.

    Raises
    ------
    ValueError
        If it cannot be started as it is asked to.
    """
    from deploy.hub import accounts, deliver, environment, people, proxy

    if os.geteuid() != 0 and not options.shared_account:
        raise ValueError(
            "Only root can give each learner an account: as it is, every learner could read and "
            "change every other's files and kernels. Call with sudo, or, where all trust each "
            "other, with --shared-account."
        )
    if os.geteuid() == 0 and options.shared_account:
        raise ValueError(
            "With --shared-account every learner would be root here: call as another user, or "
            "without it."
        )
    if bool(options.cert) != bool(options.key):
        raise ValueError("HTTPS needs a certificate and its key: give both --cert and --key.")
    for port in range(options.port, options.port + 3):
        refuse_taken(port)
    settings = Settings(
        folder=str(options.folder.expanduser().absolute()),
        address=options.address,
        port=options.port,
        certificate=options.cert or "",
        key=options.key or "",
        memory=options.memory,
        cell_seconds=options.cell_minutes,
        idle_seconds=options.idle_minutes,
        class_list=str(options.people.absolute()) if options.people else "",
        shared_account=options.shared_account,
    )
    names = people.read_class(options.people) if options.people else None
    names = names or [n for n in people.read_passwords(settings.passwords) if n != "instructor"]
    if not names:
        raise ValueError("Nobody could sign in: give the class list, --class FILE, a name a line.")
    accounts.refuse_long(settings.home(max(names, key=len)))
    make_folders(settings)
    people.enrol(settings.passwords, names)
    print(f"Passwords, to hand out: {settings.passwords}")
    deliver.lay_out(environment.ROOT, settings.fresh)
    proxy.install()
    return complete(settings)


def refuse_taken(port: int) -> None:
    """Raise a ValueError if something listens there."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise ValueError(
                f"Something listens on port {port} already, perhaps this hub: end it, or give "
                "another --port (it and the two after it are used)."
            )


def make_folders(settings: Settings) -> None:
    """Make the hub's folders; learners pass through to what is theirs, and see no more."""
    from deploy.hub.accounts import open_to_all

    folder = Path(settings.folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    (folder / "shared").mkdir(exist_ok=True, mode=0o755)
    settings.homes.mkdir(exist_ok=True, mode=0o711)
    settings.private.mkdir(exist_ok=True, mode=0o700)
    settings.private.chmod(0o700)
    if not settings.shared_account and not open_to_all(folder / "shared"):
        raise ValueError(
            f"Learners' accounts cannot pass through to {folder / 'shared'}: give a --folder that "
            "everybody may enter, such as /srv/hwr."
        )


def complete(settings: Settings) -> Settings:
    """Find what learners' servers need: an interpreter and EMNIST, readable by their accounts."""
    import shutil
    from dataclasses import replace

    from deploy.hub import accounts, environment
    from hwr.datasets import archive, fallback

    shared = Path(settings.folder) / "shared"
    emnist, python = archive.first_archive(), sys.executable
    if not settings.shared_account:
        python = environment.python_for_all(shared / "python")
        if emnist is not None and not accounts.open_to_all(emnist):
            shutil.copyfile(emnist, shared / "emnist.zip")
            (shared / "emnist.zip").chmod(0o444)
            emnist = shared / "emnist.zip"
    if emnist is None:
        print(
            "EMNIST is not here: made-up handwriting stands in for it. To have it, end this, run "
            f"'{sys.executable} -m hwr fetch' (with '--from emnist.zip' where there is no network) "
            "and start again."
        )
        fallback.images_and_labels()  # drawn once, here: each learner would need 13 seconds for it
    return replace(settings, python=python, emnist=str(emnist or ""))


def main(arguments: Sequence[str]) -> int:
    """Start the hub and stay until it is ended; turn what is wrong into one sentence."""
    grammar = parser()
    options = grammar.parse_args(arguments)
    try:
        if not sys.platform.startswith("linux"):
            raise ValueError("The hub runs on Linux only: it needs its accounts and limits.")
        settings = prepare(options)
        from deploy.hub.supervise import supervise

        scheme = "https" if settings.certificate else "http"
        everywhere = settings.address in ("0.0.0.0", "::")
        host = socket.gethostname() if everywhere else settings.address
        where = f"{scheme}://{host}:{settings.port}"
        print(f"The class signs in at {where}; Ctrl-C ends everything.", flush=True)
        if not settings.certificate and settings.address not in LOOPBACK:
            print("Without --cert and --key, passwords cross the network for all to read.")
        return supervise(settings)
    except (ValueError, OSError) as error:
        print(f"hub: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
