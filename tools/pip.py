"""Run pip, and explain in one sentence why it failed. Standard library only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.processes import child_environment

# Every file is checked by its hash, and nothing is compiled.
OPTIONS = (
    *("--require-hashes", "--only-binary", ":all:", "--no-deps"),
    *("--disable-pip-version-check", "--no-input", "--retries", "3"),
)
REGISTRY = "The package registry"
KIT = "The kit"
NO_WHEEL = r"No matching distribution found for (?P<package>\S+)"
# A pattern in pip's output, and what to tell the user; the first pattern that is found counts.
FAILURES = {
    "DO NOT MATCH THE HASHES": (
        "A downloaded package differs from the one in requirements.lock (its hash differs): "
        "try again, and if it happens again, trust neither the network nor the file."
    ),
    "No space left|not enough space|Errno 28": ("The disk is full: free about 4 GB and try again."),
    "Long Path": (
        "The path of this folder is too long for Windows: move the course to a shorter one, "
        "such as C:\\hwr, or enable long paths, and try again."
    ),
    "NameResolution|getaddrinfo|name resolution|Connection|Max retries|timed out|Timeout|"
    "ProxyError|SSLError|HTTP error|IncompleteRead|Network is unreachable": (
        "The package registry could not be reached: connect to the network and try again; "
        "packages that were already downloaded are kept."
    ),
    NO_WHEEL: (
        "{source} has no {package} for this machine ({machine}): the course runs on "
        "64-bit Linux, Windows (x86-64) and macOS (Apple silicon){limit}."
    ),
}


def failure(log: str) -> str | None:
    """Return the first key of `FAILURES` that is found in pip's output, or None."""
    return next((pattern for pattern in FAILURES if re.search(pattern, log)), None)


def explain(log: str, source: str = REGISTRY) -> str:
    """Return one sentence about pip's output; `source` is where the packages come from."""
    pattern = failure(log)
    if pattern is None:
        last = ([""] + [line for line in log.splitlines() if line.strip()])[-1]
        return f"pip failed with '{last.strip()}': try again; .venv/setup.log has its full output."
    found = re.search(pattern, log)
    assert found
    machine = " ".join(os.uname()[::4]) if hasattr(os, "uname") else sys.platform
    limit = ", and a kit only on the systems in its START.html" if source == KIT else ""
    return FAILURES[pattern].format(
        source=source, machine=machine, limit=limit, **found.groupdict()
    )


def install(
    pip: Sequence[str], requirements: Path, log: Path, kit: Path | None = None
) -> str | None:
    """Install what `requirements` lists, from `kit` if it is given; pip's output goes to `log`.

    Returns
    -------
    str or None
        One sentence about why pip failed, or None if it did not.
    """
    # Isolated, because a pip.conf could name other places than the kit.
    only = ["--isolated", "--no-index", "--find-links", str(kit / "wheels")] if kit else []
    status = run([*pip, "install", *OPTIONS, *only, "-r", str(requirements)], log)
    return explain(log.read_text("utf-8"), KIT if kit else REGISTRY) if status != 0 else None


def run(command: Sequence[str], log: Path) -> int:
    """Run pip, show the current package on one line, and return pip's exit status."""
    pip = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        errors="replace", close_fds=False, env=child_environment(),
    )  # fmt: skip
    assert pip.stdout is not None
    with log.open("w", encoding="utf-8") as record:
        for line in pip.stdout:
            record.write(line)
            found = re.match(r"Collecting (\S+)|(Installing) collected", line)
            if found and sys.stdout.isatty():
                print(f"\r  {found[1] or 'unpacking'}".ljust(60), end="", flush=True)
    if sys.stdout.isatty():
        print("\r".ljust(60), end="\r", flush=True)
    return pip.wait()
