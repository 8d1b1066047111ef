"""The exercises of lesson 06, first part: words that are cut into letters."""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwr.check._exercise import function
from hwr.check._question import Question

Run = tuple[int, int]
Group = tuple[int, int, str, float]


def _scanned(
    picture: NDArray[np.bool_], filled: Callable[..., Any] = np.any, axis: int = 0
) -> list[Run]:
    """Return the runs of columns with ink, found in another way than in the solution."""
    ink = filled(picture, axis=axis)
    change = np.diff(np.concatenate([[0], ink.astype(int), [0]]))
    ends = zip(np.flatnonzero(change == 1), np.flatnonzero(change == -1), strict=True)
    return [(int(left), int(right)) for left, right in ends]


_BOTH_EDGES = np.array(
    [
        [1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1],
        [1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1],
    ],
    bool,
)
_INSIDE = np.zeros((3, 9), bool)
_INSIDE[1, [1, 2, 3, 6, 7]] = True


@function(
    cases=[(_BOTH_EDGES,), (_INSIDE,), (np.zeros((4, 5), bool),)],
    mistakes={
        "Your right end is the last column with ink: it should be the first one WITHOUT, so that "
        "picture[:, left:right] is the whole piece.": (
            lambda picture: [(left, right - 1) for left, right in _scanned(picture)]
        ),
        "The last run is lost when its ink reaches the edge of the picture, where no empty column "
        "ends it.": (
            lambda picture: [run for run in _scanned(picture) if run[1] < picture.shape[1]]
        ),
        "The first run is lost when its ink begins at the edge of the picture: no empty column "
        "comes before column 0.": lambda picture: [run for run in _scanned(picture) if run[0] > 0],
        "You go through the rows: letters stand side by side, so go through the columns, axis=0.": (
            lambda picture: _scanned(picture, axis=1)
        ),
        "These are the gaps: return the runs of columns that hold ink.": (
            lambda picture: _scanned(~picture, np.all)
        ),
        "You make every column with ink a piece of its own: neighbours belong together.": (
            lambda picture: [(int(i), int(i) + 1) for i in np.flatnonzero(picture.any(axis=0))]
        ),
        "That is one piece from the first ink to the last: cut it where columns are empty.": (
            lambda picture: [(runs[0][0], runs[-1][1]) for runs in [_scanned(picture)] if runs]
        ),
        "You count a column only if ALL of its pixels are ink: one is enough, any().": (
            lambda picture: _scanned(picture, np.all)
        ),
    },
    hints=[
        "picture.any(axis=0) tells for each column whether it holds ink.",
        "Go through the columns and remember where a run began. A run ends before the first empty "
        "column or at the edge of the picture.",
        "Add an empty column at the end, np.append(picture.any(axis=0), False): then every run is "
        "followed by an empty column.",
    ],
    right="The runs are half-open, like slices: picture[:, left:right] is one piece.",
)
def column_scan(picture: np.ndarray) -> list[tuple[int, int]]:
    """Return the runs of columns with ink as (left, right), right not included."""
    runs, left = [], None
    for column, inked in enumerate(np.append(picture.any(axis=0), False)):
        if inked and left is None:
            left = column
        if not inked and left is not None:
            runs.append((left, column))
            left = None
    return runs


_CLOG: list[Group] = [
    (0, 1, "c", -0.4),
    (0, 2, "d", -1.4),
    (1, 2, "l", -0.5),
    (2, 3, "o", -0.3),
    (2, 3, "a", -1.0),
    (3, 4, "g", -0.5),
]
_MAN: list[Group] = [
    (0, 1, "r", -0.3),
    (0, 2, "m", -1.0),
    (1, 2, "i", -0.9),
    (2, 3, "c", -0.2),
    (2, 4, "a", -0.6),
    (3, 5, "y", -0.9),
    (4, 5, "n", -0.4),
]
_DEAD_END: list[Group] = [
    (0, 1, "t", -1.2),
    (0, 2, "u", -0.1),
    (1, 2, "h", -1.3),
    (1, 3, "o", -0.4),
]
_MEAN: list[Group] = [
    (0, 1, "r", -0.4),
    (0, 3, "m", -0.9),
    (1, 2, "i", -0.5),
    (1, 3, "n", -0.6),
    (2, 3, "i", -0.8),
]
Way = list[Group]


def _ways(groups: list[Group], segments: int, start: int = 0) -> Iterator[Way]:
    """Yield every reading: groups that follow one another from the first segment to the last."""
    if start == segments:
        yield []
    for group in groups:
        if group[0] == start:
            yield from ([group, *rest] for rest in _ways(groups, segments, group[1]))


def _scores(way: Way) -> list[float]:
    return [score for *_, score in way]


def _chosen(by: Callable[[Way], tuple[float, ...]]) -> Callable[[list[Group], int], str]:
    """Return a function that returns the reading with the largest ``by``."""

    def read(groups: list[Group], segments: int) -> str:
        return _text(max(_ways(groups, segments), key=by))

    return read


def _text(way: Way) -> str:
    return "".join(letter for _, _, letter, _ in way)


def _greedy(groups: list[Group], segments: int) -> str:
    way: Way = []
    while following := [g for g in groups if g[0] == (way[-1][1] if way else 0)]:
        way.append(max(following, key=lambda group: group[3]))
    return _text(way)


def _best_first(groups: list[Group], segments: int) -> str:
    taken: Way = []
    for group in sorted(groups, key=lambda group: -group[3]):
        if all(group[1] <= other[0] or other[1] <= group[0] for other in taken):
            taken.append(group)
    return _text(sorted(taken))


def _anywhere(groups: list[Group], segments: int) -> str:
    ways = [way for end in range(1, segments + 1) for way in _ways(groups, end)]
    return _text(max(ways, key=lambda way: sum(_scores(way))))


@function(
    cases=[(_CLOG, 4), (_MAN, 5), (_DEAD_END, 3), (_MEAN, 3)],
    mistakes={
        "You take the best group at every step, which may lead to a bad continuation or a dead "
        "end: compare whole readings.": _greedy,
        "You take the best groups first, wherever they are, and what is left between them may be a "
        "bad letter or none: compare whole readings.": _best_first,
        "You take the reading with the fewest letters: the sum of the scores decides.": (
            _chosen(lambda way: (-len(way), sum(_scores(way))))
        ),
        "You take the reading with the most letters: the sum of the scores decides.": (
            _chosen(lambda way: (len(way), sum(_scores(way))))
        ),
        "That is the best MEAN, in which good letters hide a bad one. Scores are logarithms of "
        "probabilities: add them up.": _chosen(lambda way: (sum(_scores(way)) / len(way),)),
        "That is the reading with the smallest sum. Scores are negative, and the best sum is the "
        "largest, closest to 0.": _chosen(lambda way: (-sum(_scores(way)),)),
        "You multiply the scores. They are logarithms: multiplying probabilities means adding "
        "scores.": _chosen(lambda way: (prod(_scores(way)),)),
        "Your reading stops early: with negative scores, the shortest beginning looks best. "
        "Compare only readings that reach the last segment.": _anywhere,
        "That is the score: return the text.": (
            lambda groups, segments: max(sum(_scores(way)) for way in _ways(groups, segments))
        ),
    },
    hints=[
        "For each place between two segments, keep the best text that ends there and its score. At "
        "place 0 that is the empty text with score 0.",
        "A group leads from its start to its end: the text kept at its start plus its letter is a "
        "candidate for its end. Take the groups in the order of their start.",
        "best = {0: (0.0, '')}; for start, end, letter, score in sorted(groups): if start in best, "
        "then (best[start][0] + score, best[start][1] + letter) is a candidate for best[end].",
    ],
    right="One text per place is enough as long as scores only add up: there are a great many "
    "readings, but you looked at each group just once.",
)
def best_reading(groups: list[tuple[int, int, str, float]], segments: int) -> str:
    """Return the text of the best way through the groups, from segment 0 to the last."""
    best = {0: (0.0, "")}
    for start, end, letter, score in sorted(groups):
        if start in best:
            candidate = (best[start][0] + score, best[start][1] + letter)
            best[end] = max(best.get(end, candidate), candidate)
    return best[segments][1]


one_beginning = Question(
    "one_beginning",
    "With a language model, may the search keep only the single best beginning at each place?",
    {
        "yes: what is best so far stays best": "With the ink alone it does. A language model, "
        "however, weighs each letter by those before it and may reverse the order later.",
        "no: a beginning that looks worse may continue better": "Only what follows shows which "
        "beginning was right, so several are kept: the beam.",
        "no: it must keep all beginnings, or the best one may be lost": "It may be lost, but "
        "rarely. And there are far too many to keep them all.",
    },
    right="no: a beginning that looks worse may continue better",
)

rare_word = Question(
    "rare_word",
    "The reader knows the 60,000 most frequent English words. Somebody writes a name that is not "
    "among them. What can happen?",
    {
        "the name cannot be read, because it is not on the list": "It can: unknown words are "
        "possible, letter by letter. They are just considered much less probable.",
        "a frequent word that looks similar may be read instead": "The language model bets on what "
        "people usually write. Usually it helps, but where the ink is doubtful a rare word pays.",
        "nothing bad: the language model only breaks ties": "It always counts: both scores are "
        "added up. Only ink that is clear enough outweighs it.",
    },
    right="a frequent word that looks similar may be read instead",
)
