"""The course's recogniser as a web page: one file that opens from disk and asks for nothing.

The page's own modules (``*.js`` in this folder) keep the names of their Python counterparts:
``ink.js`` does what :mod:`hwr.ink` does, and so on.
"""

import json
from pathlib import Path
from urllib.parse import quote

FOLDER = Path(__file__).parent


def import_map() -> str:
    """Return the page's modules as an import map, JSON: ``hwr/ink.js`` to its text as a data URL.

    With it, modules import each other by these names in a page that has no server, and stay as
    they are.
    """
    urls = {
        f"hwr/{file.name}": "data:text/javascript," + quote(file.read_text("utf-8"))
        for file in sorted(FOLDER.glob("*.js"))
    }
    return json.dumps({"imports": urls})
