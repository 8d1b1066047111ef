"""How people joined the letters of words, and samples of each kind.

How a word was written is told from its strokes: those that lie over or under each other for more
than half of the narrower one's width belong to one piece, as the dot of an i or the bar of a t do.
A word of one piece was written in *one piece*, one with at least as many pieces as letters with
letters *apart*, and any other *partly joined*.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from hwr.datasets.unipen import PenSample
from hwr.ink import Ink

KINDS = ("apart", "partly joined", "one piece")
OVER = 0.5
"""Share of the narrower of two strokes that lies over or under the other, if they are one piece."""
SEED = 20_261_128


def pieces(ink: Ink) -> int:
    """Return in how many pieces a word was written."""
    ranges = [(stroke[:, 0].min(), stroke[:, 0].max()) for stroke in ink.strokes]
    groups: list[tuple[float, float]] = []
    for low, high in sorted(ranges, key=lambda one: one[0] - one[1]):  # the widest first
        for place, (left, right) in enumerate(groups):
            shared = min(high, right) - max(low, left)
            if shared >= OVER * min(high - low, right - left):
                groups[place] = min(low, left), max(high, right)
                break
        else:
            groups.append((low, high))
    return len(groups)


def kind_of(sample: PenSample) -> str:
    """Return how a word was written: one of ``KINDS``."""
    number = pieces(sample.ink)
    return KINDS[0] if number >= len(sample.label) else KINDS[2] if number == 1 else KINDS[1]


def chosen(samples: Sequence[PenSample], count: int) -> list[PenSample]:
    """Return samples of each writer in turn, until there are enough, or no more."""
    rng = np.random.default_rng(SEED)
    of_writer: dict[str, list[PenSample]] = defaultdict(list)
    for place in rng.permutation(len(samples)).tolist():
        of_writer[samples[place].writer].append(samples[place])
    order = rng.permutation(sorted(of_writer)).tolist()
    found: list[PenSample] = []
    while len(found) < count and any(of_writer.values()):
        found += [of_writer[name].pop() for name in order if of_writer[name]]
    return found[:count]


def shares_of_kinds(samples: Sequence[PenSample]) -> dict[str, float]:
    """Return how often words are written in each way, as the mean over writers."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(KINDS))
    for sample in samples:
        counts[sample.writer][KINDS.index(kind_of(sample))] += 1
    rows = np.array(list(counts.values()), np.float64)
    return dict(zip(KINDS, (rows / rows.sum(axis=1, keepdims=True)).mean(axis=0), strict=True))
