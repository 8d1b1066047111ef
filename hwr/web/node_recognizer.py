"""The page's recogniser in Node: the same modules and the same TensorFlow.js, without a browser.

Lessons compare it with Python's recogniser on many images. Times in a browser differ.
"""

import base64
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hwr.recognizer import Recognizer
from hwr.web import litert, quantization, tfjs
from hwr.web.build import alphabet_data
from hwr.web.node import run_js
from hwr.web.quantization import Precision

# In the page these scripts are elements. In Node, TensorFlow.js expects `require` and a file name.
READER_SCRIPT = """
const { createRequire } = await import("node:module");
Object.assign(globalThis, { require: createRequire("file:///"), __dirname: "/", __filename: "/" });
globalThis.document = { getElementById: () => ({ textContent: wasm }) };
for (const script of scripts) (0, eval)(script);
const { Recognizer } = await import("hwr/recognizer.js");
const recognizer = await Recognizer.load({ card, network, alphabets, outputs });
const probabilities = recognizer.probabilities(images.map((image) => Uint8Array.from(image)));
const milliseconds = images.slice(0, 300).map((image) => {
  const begun = performance.now();
  recognizer.probabilities([Uint8Array.from(image)]);
  return performance.now() - begun;
});
return { probabilities, milliseconds };
"""


class NodeAnswers(NamedTuple):
    """Answers of the page's recogniser.

    Attributes
    ----------
    probabilities : ndarray of float32, shape (n, classes)
        Of the recogniser's own classes, for a uniform prior over them.
    milliseconds : ndarray of float64, shape (min(n, 300),)
        Time of each of the first 300 images, read one by one.
    """

    probabilities: NDArray[np.float32]
    milliseconds: NDArray[np.float64]


def read_in_node(
    recognizer: Recognizer, images: NDArray[np.uint8], weights: Precision = "float32"
) -> NodeAnswers:
    """Read images with the page's code.

    Parameters
    ----------
    recognizer : Recognizer
    images : ndarray of uint8, shape (n, 28, 28)
    weights : {'float32', 'float16', 'int8'}
        Precision of the weights in the page.

    Raises
    ------
    ValueError
        If TensorFlow.js is not installed, or the page cannot run this network.
    RuntimeError
        As for :func:`hwr.web.node.run_js`.
    """
    contents = tfjs.runtime_files()
    answers = run_js(
        READER_SCRIPT,
        wasm=base64.b64encode(contents[tfjs.WASM]).decode("ascii"),
        scripts=[contents[name].decode() for name in (tfjs.CORE, tfjs.WASM_BACKEND)],
        card=recognizer.card,
        alphabets=[alphabet_data(recognizer.alphabet)],
        outputs=alphabet_data(recognizer.outputs),
        network=quantization.encode(litert.read_network(recognizer.weights), weights),
        images=images.reshape(len(images), -1),
    )
    probabilities = np.array(answers["probabilities"], np.float32)
    return NodeAnswers(probabilities, np.array(answers["milliseconds"]))
