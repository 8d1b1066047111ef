"""Start the hub: ``python course.py hub`` runs ``python -m deploy.hub``."""

import argparse
import os
import re
import socket
import sys
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from deploy.hub.settings import ROOT, Settings

EVERYWHERE = ("0.0.0.0", "::")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
UNITS = {"M": 1024**2, "G": 1024**3}
MINIMUM_MEMORY = 512 * 1024**2  # bytes: a server and a kernel with the pad need 300 MB


def memory(text: str) -> int:
    """Return the bytes of a size such as 800M or 2G."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([MG])", text.upper())
    if found is None or (size := int(float(found[1]) * UNITS[found[2]])) < MINIMUM_MEMORY:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size of at least 512M, such as 2G")
    return size


def minutes(text: str) -> int:
    """Return the seconds of a number of minutes."""
    seconds = 60 * float(text)
    if not 1 <= seconds < 1e9:
        raise ValueError  # argparse says what is wrong
    return round(seconds)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line, whose values are those of `Settings`."""
    parser = argparse.ArgumentParser(
        prog="course.py hub",
        description="A JupyterHub for a class on this machine; see deploy/hub/README.md.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        argument_default=argparse.SUPPRESS,
    )
    add = parser.add_argument
    seconds: dict[str, Any] = {"type": minutes, "metavar": "MINUTES"}
    file: dict[str, Any] = {"type": os.path.abspath, "metavar": "FILE"}
    add("--class", dest="class_list", help="one name per line", **file)
    add("--folder", type=os.path.abspath, default="/srv/hwr", help="for homes and passwords")
    add("--address", default="127.0.0.1", help="where to listen; 0.0.0.0 for the network")
    add("--port", type=int, default=8000, help="the two ports after it are used too")
    add("--cert", dest="certificate", help="for HTTPS", **file)
    add("--key", help="of this certificate", **file)
    add("--behind", metavar="ADDRESS", help="of your own proxy in front")
    add("--memory", type=memory, default="2G", help="for each learner")
    add("--cell-minutes", dest="cell_seconds", default="20", help="of processor time", **seconds)
    add("--idle-minutes", dest="idle_seconds", default="60", help="until a server stops", **seconds)
    add("--no-walls", action="store_true", help="let them share network, /tmp and /dev/shm")
    return parser


def prepare(settings: Settings) -> None:
    """Prepare the hub's folder and programs, or raise a ValueError."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise ValueError(
            "Only root, and on Linux, can create an account for each learner, without which every "
            "learner could read and change every other's files: run this with sudo."
        )
    from deploy.hub import people, supervise, walls
    from tools import npm, publish

    if bool(settings.certificate) != bool(settings.key):
        raise ValueError("HTTPS needs both a certificate and its key: add --cert or --key.")
    for file in filter(None, (settings.certificate, settings.key)):
        Path(file).open().close()  # a missing one is an OSError that names it
    ip_network(settings.behind or "::")  # a ValueError names what is none
    for port in range(settings.port, settings.port + 3):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise ValueError(
                    f"Another program, perhaps this hub, already listens on port {port}: stop it, "
                    "or choose another --port (it and the two after it are used)."
                )
    if settings.class_list:
        names = people.read_class(Path(settings.class_list))
    elif not (names := list(people.read_passwords(settings.passwords))):
        raise ValueError(
            "Nobody could sign in: name a class list, one name per line, with --class FILE."
        )
    # Learners can pass through these folders only to their own files.
    shared = settings.fresh.parent
    for folder, mode in ((shared, 0o755), (settings.homes, 0o711), (settings.private, 0o700)):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    people.update_passwords(settings.passwords, names)
    print(f"The passwords to hand out are in {settings.passwords}")
    publish.publish_notebooks(ROOT, settings.fresh)
    publish.publish_site(ROOT / "build" / "site", settings.site / "course")
    settings.emnist = find_emnist()
    walls.check(settings)
    npm.install(Path(__file__).parent, supervise.PROXY)


def find_emnist() -> str:
    """Return the archive of EMNIST, or "" after drawing what replaces it, once for all."""
    from hwr import datasets

    if emnist := datasets.archive.first_archive():
        return str(emnist)
    print(
        "EMNIST was not found: made-up handwriting replaces it. To use EMNIST, stop the hub, run "
        f"'{sys.executable} -m hwr fetch' (without a network: with '--from emnist.zip') and start "
        "the hub again."
    )
    datasets.fallback.images_and_labels()
    return ""


def main(arguments: Sequence[str]) -> int:
    """Run the hub until it is stopped; after an expected failure, print why and return 1."""
    settings = Settings(**vars(make_parser().parse_args(arguments)))
    try:
        prepare(settings)
        from deploy.hub.supervise import supervise

        host = socket.gethostname() if settings.address in EVERYWHERE else settings.address
        print(f"The class signs in at {settings.url(host)}; Ctrl-C stops everything.")
        if not settings.certificate and settings.address not in LOOPBACK:
            print("Without --cert and --key, passwords cross the network unencrypted.")
        sys.stdout.flush()
        return supervise(settings)
    except (ValueError, OSError) as error:
        print(f"hub: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
