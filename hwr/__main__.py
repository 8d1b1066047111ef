"""``python -m hwr``: the course's commands (:mod:`hwr.cli.main`)."""

import sys

from hwr.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
