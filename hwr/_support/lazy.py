"""Public names that are imported when they are first used.

A package lists its public names once, as imports below ``if TYPE_CHECKING:``, where type checkers
and editors find them; this module imports them on demand. ``import hwr`` therefore stays quick, and
reading a character loads neither TensorFlow nor matplotlib. (scikit-image does the same by the
package lazy-loader; the doctor has to run where no package is installed.)
"""

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def public_names(
    package: str, file: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package.

    Parameters
    ----------
    package, file : str
        The package's ``__name__`` and ``__file__``.
    """
    homes: dict[str, str] = {}
    for node in ast.parse(Path(file).read_text("utf-8")).body:
        if isinstance(node, ast.If):
            imports = (entry for entry in node.body if isinstance(entry, ast.ImportFrom))
            homes |= {alias.name: entry.module or "" for entry in imports for alias in entry.names}

    def getattribute(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if homes[name] == package:  # one of its own modules
            return import_module(f"{package}.{name}")
        return getattr(import_module(homes[name]), name)

    return getattribute, lambda: sorted(homes), sorted(homes)
