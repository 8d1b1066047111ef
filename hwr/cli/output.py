"""What the commands print: names and other texts may be anybody's, and a terminal would obey them.

No other module of this room prints (``tests/cli/test_output.py``).
"""

import sys

from hwr._support.texts import printable


def say(*lines: str) -> None:
    """Print lines to stdout."""
    for line in lines:
        print(printable(line), flush=True)  # a training runs for hours


def remark(line: str) -> None:
    """Print a line to stderr, behind what was printed to stdout so far."""
    sys.stdout.flush()
    print(printable(line), file=sys.stderr)
