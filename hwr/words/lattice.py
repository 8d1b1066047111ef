"""Many ways to cut ink into characters, and the search for the best word among all of them.

The ink of a word is a row of *units*, such as strokes. A *group* is a run of units that may be one
character, with a score for each letter that it may be. A path of groups from the first unit to the
last, with a letter for each, is a reading. All readings together are the lattice; one by one they
are far too many, so they are built from left to right and only the most probable beginnings stay
(beam search).
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hwr.words.language_model import END, LanguageModel, PrefixState

BEAM_WIDTH = 40
"""So many beginnings are kept at each place."""
MARGIN = 12.0
"""Beginnings whose score is lower than the best one's by so much are dropped."""
LETTERS_PER_GROUP = 6
"""So many of a group's letters are tried, the most probable ones."""


@dataclass(frozen=True, eq=False)
class Group:
    """Some units that may be one character.

    Attributes
    ----------
    start, end : int
        The units from ``start`` up to, but without, ``end``.
    scores : tuple of (str, float)
        Letters and the logarithms of their scores, the best first: how well the ink fits the
        letter, and how much it looks like one character at all. An empty letter stands for ink
        that is none, such as a comma.
    """

    start: int
    end: int
    scores: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class LatticePath:
    """A reading, or the beginning of one.

    Attributes
    ----------
    state : State
        Its text, and what the language says of it.
    ink : float
        The sum of its groups' scores.
    groups : tuple of Group
        The best way to cut the ink for this text, without what is left out.
    score : float
        Of ink and language together.
    """

    state: PrefixState
    ink: float = 0.0
    groups: tuple[Group, ...] = ()
    score: float = 0.0

    @property
    def text(self) -> str:
        """What is read."""
        return self.state.text.removesuffix(END)


def beam_search(
    groups: Iterable[Group],
    units: int,
    language: LanguageModel,
    weight: float = 1.0,
    beam: int | None = BEAM_WIDTH,
    letters: int | None = LETTERS_PER_GROUP,
) -> list[LatticePath]:
    """Find the most probable readings.

    Parameters
    ----------
    groups : iterable of Group
    units : int
        How many there are.
    language : Language
        How likely a text is.
    weight : float
        How much the language counts beside the ink.
    beam, letters : int, optional
        How many beginnings, and how many letters of a group are kept; None for all of them, which
        makes the search exact, and slow.

    Returns
    -------
    list of Path
        Whole readings, each text once, the best first. Empty if no path leads to the end.
    """
    margin = math.inf if beam is None else MARGIN
    starting: dict[int, list[Group]] = defaultdict(list)
    for group in groups:
        starting[group.start].append(group)
    reached: list[dict[str, LatticePath]] = [{} for _ in range(units + 1)]
    reached[0][""] = LatticePath(language.begin())
    best = [-math.inf] * (units + 1)
    for place in range(units):
        for path in _best(reached[place].values(), beam, best[place] - margin):
            for group in starting[place]:
                for letter, score in group.scores[:letters]:
                    if path.score + score < best[group.end] - margin:
                        break  # the language can only make it worse, and the next letters are
                    state = language.extend(path.state, letter) if letter else path.state
                    ink = path.ink + score
                    total = ink + weight * language.score(state)
                    known = reached[group.end].get(state.text)
                    if known is None or total > known.score:
                        cut = (*path.groups, group) if letter else path.groups
                        reached[group.end][state.text] = LatticePath(state, ink, cut, total)
                        best[group.end] = max(best[group.end], total)
    ended = []
    for path in _best(reached[units].values(), beam, best[units] - margin):
        state = language.extend(path.state, END)
        ended.append(
            LatticePath(state, path.ink, path.groups, path.ink + weight * language.score(state))
        )
    return sorted(ended, key=lambda path: -path.score) if units else []


def posteriors(scores: Sequence[float]) -> list[float]:
    """Turn the scores of readings into their probabilities among one another: they sum to 1."""
    if not scores:
        return []
    best = max(scores)
    shares = [math.exp(score - best) for score in scores]
    return [share / sum(shares) for share in shares]


def _best(paths: Iterable[LatticePath], beam: int | None, least: float) -> list[LatticePath]:
    every = [path for path in paths if path.score >= least]
    if beam is None or len(every) <= beam:
        return every
    return heapq.nlargest(beam, every, key=lambda path: path.score)
