"""The exercises of lesson 01: convolution and pooling."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import signal

from hwr.check._compare import difference, same
from hwr.check._exercise import Exercise, function
from hwr.check._question import Question

FLIPPED = (
    "Your kernel is turned by 180 degrees: that is convolution as defined in mathematics. A "
    "network applies the kernel as it is (cross-correlation)."
)

IMAGE = np.array([[0, 2, 1, 0], [0, 1, 0, 3], [1, 1, 0, 2]])
KERNEL = np.array([[1, 2], [0, -1]])
FEATURE_MAP = signal.correlate2d(IMAGE, KERNEL, "valid")


def _judge_map(answer: Any) -> str | None:
    if same(answer, FEATURE_MAP):
        return None
    named = (reason for reason, map_ in feature_map.mistakes.items() if same(answer, map_))
    return next(named, None) or difference(answer, FEATURE_MAP, tell=False)


feature_map = Exercise(
    "feature_map",
    _judge_map,
    "import numpy as np\n\n"
    "# upper left: 0·1 + 2·2 + 0·0 + 1·(-1) = 3\n"
    f"feature_map = np.array({FEATURE_MAP.tolist()})",
    mistakes={
        FLIPPED: signal.convolve2d(IMAGE, KERNEL, "valid"),
        "You have put a margin of zeros around the image ('same' padding): here the kernel stays "
        "inside the image ('valid'), so the map is smaller.": signal.correlate2d(
            np.pad(IMAGE, ((0, 1), (0, 1))), KERNEL, "valid"
        ),
        "Rows and columns are swapped: the kernel moves along a row first, and its results form a "
        "row.": FEATURE_MAP.T,
        "A minus sign is missing: ink under the -1 makes the sum smaller.": signal.correlate2d(
            IMAGE, abs(KERNEL), "valid"
        ),
        "That is the mean of the four products: a convolution adds them up without dividing.": (
            FEATURE_MAP / 4
        ),
    },
    hints=[
        "A kernel with 2 columns has 3 places in a row of 4, and with 2 rows 2 places in a column "
        "of 3.",
        "Upper left: 0·1 + 2·2 + 0·0 + 1·(-1) = 3. Now move one column to the right.",
        "The first row of the map is 3, 4, -2.",
    ],
    right="Four numbers or nine, a 3 x 4 image or a photograph: it is always this sum.",
)


@function(
    cases=[(5, 3, 1), (7, 3, 2), (28, 5, 3), (4, 2, 2), (9, 4, 3)],
    mistakes={
        "The last windows hang over the edge: a window that starts at r covers r to r + window - "
        "1, and all of it must lie inside.": lambda size, _, stride: list(range(0, size, stride)),
        "The last place is missing, the famous + 1: a window of 3 fits into 3 pixels once.": (
            lambda size, window, stride: list(range(0, size - window, stride))
        ),
        "The windows move on by one pixel: the stride is not used.": (
            lambda size, window, stride: list(range(size - window + 1))
        ),
        "The windows move on by their own size: they should move on by the stride.": (
            lambda size, window, stride: list(range(0, size - window + 1, window))
        ),
        "The step is one too large: with stride 1 the window moves by 1 pixel, not by 2.": (
            lambda size, window, stride: list(range(0, size - window + 1, stride + 1))
        ),
        "You count from 1, Python counts from 0: the first window starts at row 0.": (
            lambda size, window, stride: list(range(1, size - window + 2, stride))
        ),
        "That is the number of windows: return the list of the rows at which they start.": (
            lambda size, window, stride: (size - window) // stride + 1
        ),
    },
    hints=[
        "Python's range(start, stop, step) makes such sequences; stop itself is left out.",
        "The last row at which a window may start is size - window.",
        "range(0, size - window + 1, stride) has them all.",
    ],
    right="As many as output_size returns, and none hangs over the edge.",
)
def starts(size: int, window: int, stride: int) -> list[int]:
    """Return the first row of every window that lies inside the image."""
    return list(range(0, size - window + 1, stride))


def _correlate(stack: NDArray[np.float64], kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    patches = sliding_window_view(stack, kernel.shape)[:, :, 0]
    return np.asarray((patches * kernel).sum(axis=(2, 3, 4)))


_RNG = np.random.default_rng(1)
_STACKS = [
    (_RNG.integers(0, 5, (5, 6, 3)).astype(float), _RNG.integers(-2, 3, (3, 3, 3)).astype(float)),
    (_RNG.integers(0, 5, (4, 4, 2)).astype(float), _RNG.integers(-2, 3, (2, 2, 2)).astype(float)),
]


@function(
    cases=_STACKS,
    mistakes={
        FLIPPED: lambda stack, kernel: _correlate(stack, kernel[::-1, ::-1]),
        "The channels are reversed: channel 0 of the kernel belongs to channel 0 of the stack.": (
            lambda stack, kernel: _correlate(stack, kernel[:, :, ::-1])
        ),
        "You return one map for each channel: add up the products of all channels, so that one "
        "filter gives one map.": (
            lambda s, k: np.dstack(
                [_correlate(s[..., [c]], k[..., [c]]) for c in range(k.shape[2])]
            )
        ),
        "Only the first channel is used: a filter reaches through the whole stack.": (
            lambda stack, kernel: _correlate(stack[..., :1], kernel[..., :1])
        ),
        "The map's rows and columns are swapped.": lambda *case: _correlate(*case).T,
        "The map is as large as the image, so you have added a margin ('same'): keep the kernel "
        "inside the image ('valid').": lambda stack, kernel: _correlate(
            np.pad(stack, ((1, kernel.shape[0] - 2), (1, kernel.shape[1] - 2), (0, 0))), kernel
        ),
        "That is the mean over the channels: add up the products without dividing.": (
            lambda stack, kernel: _correlate(stack, kernel) / stack.shape[2]
        ),
    },
    hints=[
        "For one channel, convolve does it: image and kernel have two axes.",
        "Let channel c of the kernel slide over channel c of the stack, then add the maps.",
        "sum(convolve(stack[..., c], kernel[..., c]) for c in range(stack.shape[2])) does it.",
    ],
    right="A filter with 32 channels is 32 small kernels whose maps are added up to one.",
)
def through_channels(stack: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide a kernel (rows, columns, channels) over a stack of maps (height, width, channels)."""
    rows, columns, _ = kernel.shape
    height, width = stack.shape[0] - rows + 1, stack.shape[1] - columns + 1
    result = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            patch = stack[row : row + rows, column : column + columns]
            result[row, column] = (patch * kernel).sum()
    return result


@function(
    cases=[(3, 1, 32), (3, 32, 64), (5, 3, 8)],
    mistakes={
        "The biases are missing: each filter adds one number of its own to its map.": (
            lambda window, channels, filters: window**2 * channels * filters
        ),
        "There is one bias for each filter, not one for the whole layer.": (
            lambda window, channels, filters: window**2 * channels * filters + 1
        ),
        "The channels are forgotten: it has window x window numbers for each input channel.": (
            lambda window, channels, filters: window**2 * filters + filters
        ),
        "You give every channel of every filter a bias: a filter has just one.": (
            lambda window, channels, filters: (window**2 + 1) * channels * filters
        ),
        "The window has two sides: it holds window x window numbers.": (
            lambda window, channels, filters: window * channels * filters + filters
        ),
    },
    hints=[
        "How many numbers does one filter have if the input has one channel?",
        "window * window * channels, and one more for its bias.",
        "(window * window * channels + 1) * filters.",
    ],
    right="The size of the image plays no part: that is weight sharing.",
)
def parameters(window: int, channels: int, filters: int) -> int:
    """Return the number of parameters of a convolutional layer."""
    return (window * window * channels + 1) * filters


shifted_by_one = Question(
    "shifted_by_one",
    "After a shift of 1 pixel, how much of the features' change does one 2 x 2 max pooling remove?",
    {
        "all of it: pooling makes a network invariant": "Where an edge crosses the border between "
        "two squares, it jumps to the next number. Only the maximum of a whole map is invariant.",
        "less than half": "A second pooling removes more, and the maximum of the whole map removes "
        "everything.",
        "nothing: the next layer sees the same": "An edge that stays within its square gives the "
        "same number as before, so something is gained.",
    },
    right="less than half",
)

larger_images = Question(
    "larger_images",
    "A convolutional layer gets images of 56 x 56 instead of 28 x 28 pixels. How does its number "
    "of weights change?",
    {
        "it stays the same": "Its kernels are the same; they only slide over more places. The work "
        "quadruples, the weights do not change.",
        "it doubles": "Neither weights nor places double: the number of places doubles in both "
        "directions.",
        "it quadruples": "The number of places and the work quadruple, and so would a dense "
        "layer's weights. The kernel slides over all places with the same weights.",
    },
    right="it stays the same",
)
