"""The recogniser as a web page: one HTML file that opens from disk and needs no network.

:func:`build_page` makes it. Its JavaScript lies in ``js/``, each file named after the Python module
that it follows: ``ink.js`` does what :mod:`hwr.ink` does.
"""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr.web import tfjs
    from hwr.web.build import build_page, load_recognizer, page_data
    from hwr.web.litert import read_network
    from hwr.web.node import run_js
    from hwr.web.node_recognizer import read_in_node
    from hwr.web.quantization import PRECISIONS, round_weights, weights_size

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
