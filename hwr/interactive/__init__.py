"""Interactive figures for a notebook; each is also a still figure for print."""

from typing import TYPE_CHECKING

from hwr._support.lazy import public_names

if TYPE_CHECKING:
    from hwr.interactive.confusion import ConfusionViewer
    from hwr.interactive.decide import Replay
    from hwr.interactive.duel import Duel, hardest_images
    from hwr.interactive.explorer.explorer import Explorer
    from hwr.interactive.fool import Fool
    from hwr.interactive.kernel import KernelWorkshop
    from hwr.interactive.mcnemar import Comparison, compare
    from hwr.interactive.slider import Slider
    from hwr.interactive.steps import ConvolutionSteps, PoolingSteps

__getattr__, __dir__, __all__ = public_names(__name__, __file__)
