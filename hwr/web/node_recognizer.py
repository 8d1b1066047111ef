"""The page's recogniser beside Python's: its modules and its TensorFlow.js, run in Node.

For lessons that compare the two on many images. What counts for the page is measured in a browser.
"""

import base64
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.recognizer import Recognizer
from hwr.web import litert, quantization, tfjs
from hwr.web.node import run_js
from hwr.web.quantization import Precision

# In a page these scripts are elements. TensorFlow.js takes Node for a server and asks for modules.
PROGRAM = """
const { createRequire } = await import("node:module");
Object.assign(globalThis, { require: createRequire("file:///"), __dirname: "/", __filename: "/" });
globalThis.document = { getElementById: () => ({ textContent: wasm }) };
for (const script of scripts) (0, eval)(script);
const { Recognizer } = await import("hwr/recognizer.js");
const recognizer = await Recognizer.load({ card, network, alphabets: [] });
const probabilities = recognizer.probabilities(images.map((image) => Uint8Array.from(image)));
const milliseconds = images.slice(0, 300).map((image) => {
  const begun = performance.now();
  recognizer.probabilities([Uint8Array.from(image)]);
  return performance.now() - begun;
});
return { probabilities, milliseconds };
"""


class Answers(NamedTuple):
    """What the page's recogniser makes of images.

    Attributes
    ----------
    probabilities : ndarray of float32, shape (n, 62)
        With all characters expected equally often.
    milliseconds : ndarray of float
        What each of the first 300 took, one at a time.
    """

    probabilities: NDArray[np.float32]
    milliseconds: NDArray[np.float64]


def read_in_node(
    recognizer: Recognizer, images: NDArray[np.uint8], weights: Precision = "float32"
) -> Answers:
    """Let the page's code read images.

    Parameters
    ----------
    recognizer : Recognizer
    images : ndarray of uint8, shape (n, 28, 28)
    weights : {'float32', 'float16', 'int8'}
        The precision in which the page has them.

    Raises
    ------
    ValueError
        If the page's runtime is not installed, or cannot run this network.
    RuntimeError
        As for :func:`hwr.web.node.run_js`.
    """
    contents = tfjs.runtime_files()
    told = run_js(
        PROGRAM,
        wasm=base64.b64encode(contents[tfjs.WASM]).decode("ascii"),
        scripts=[contents[name].decode() for name in (tfjs.CORE, tfjs.WASM_BACKEND)],
        card=recognizer.card,
        network=quantization.encode(litert.read_network(recognizer.weights), weights),
        images=images.reshape(len(images), -1),
    )
    probabilities = np.array(told["probabilities"], np.float32)
    return Answers(probabilities, np.array(told["milliseconds"]))
