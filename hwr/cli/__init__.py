"""The commands of ``python -m hwr``, each loaded when it runs."""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr.cli.doctor import diagnose
    from hwr.cli.reset import originals

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
