"""The lattice of all readings of a word, and a beam search for the best of them.

The ink of a word is a row of segments, such as strokes. A *group* is a run of segments that may be
one character, with a score for each letter. A path of groups from the first segment to the last,
with a letter for each, is a reading; all readings together form the lattice. They are far too many
to try one by one, so they are built from left to right, and only the most probable prefixes are
kept (beam search).
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hwr._support import deadline
from hwr.words.language_model import END, LanguageModel, PrefixState

BEAM_WIDTH = 40
"""Prefixes kept after each segment."""
SCORE_MARGIN = 12.0
"""Prefixes whose score is lower than the best one's by more than this are dropped."""
LETTERS_PER_GROUP = 6
"""How many of a group's letters are tried, the most probable ones first."""


@dataclass(frozen=True, eq=False)
class Group:
    """Neighbouring segments that may be one character.

    Attributes
    ----------
    start, end : int
        The segments from ``start`` up to, but without, ``end``.
    scores : tuple of (str, float)
        Letters and their log-scores, best first: how well the ink fits the letter, and how much it
        looks like one character at all. An empty letter stands for ink that is skipped, such as a
        comma.
    """

    start: int
    end: int
    scores: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class LatticePath:
    """A reading, or the prefix of one.

    Attributes
    ----------
    state : PrefixState
        Its text, and the language model's log-probabilities.
    ink : float
        The sum of its groups' scores.
    groups : tuple of Group
        The best way to cut the ink for this text, without skipped ink.
    score : float
        Of ink and language together.
    """

    state: PrefixState
    ink: float = 0.0
    groups: tuple[Group, ...] = ()
    score: float = 0.0

    @property
    def text(self) -> str:
        """The letters read."""
        return self.state.text.removesuffix(END)


def beam_search(
    groups: Iterable[Group],
    segments: int,
    language: LanguageModel,
    weight: float = 1.0,
    beam: int | None = BEAM_WIDTH,
    letters: int | None = LETTERS_PER_GROUP,
) -> list[LatticePath]:
    """Find the most probable readings of a word.

    Parameters
    ----------
    groups : iterable of Group
    segments : int
        The number of segments in the word.
    language : LanguageModel
    weight : float
        Weight of the language model's score beside the ink's.
    beam, letters : int, optional
        How many prefixes, and how many letters per group, are kept. None keeps all: the search is
        then exact, and slow.

    Returns
    -------
    list of LatticePath
        Complete readings, each text once, best first. Empty if no path leads to the end.
    """
    margin = math.inf if beam is None else SCORE_MARGIN
    starting: dict[int, list[Group]] = defaultdict(list)
    for group in groups:
        starting[group.start].append(group)
    reached: list[dict[str, LatticePath]] = [{} for _ in range(segments + 1)]
    reached[0][""] = LatticePath(language.begin())
    best = [-math.inf] * (segments + 1)
    for place in range(segments):
        deadline.check()
        for path in _pruned(reached[place].values(), beam, best[place] - margin):
            for group in starting[place]:
                for letter, score in group.scores[:letters]:
                    if path.score + score < best[group.end] - margin:
                        break  # the language only lowers scores, and later letters score less
                    state = language.extend(path.state, letter) if letter else path.state
                    ink = path.ink + score
                    total = ink + weight * language.score(state)
                    known = reached[group.end].get(state.text)
                    if known is None or total > known.score:
                        cut = (*path.groups, group) if letter else path.groups
                        reached[group.end][state.text] = LatticePath(state, ink, cut, total)
                        best[group.end] = max(best[group.end], total)
    complete = []
    for path in _pruned(reached[segments].values(), beam, best[segments] - margin):
        state = language.extend(path.state, END)
        total = path.ink + weight * language.score(state)
        complete.append(LatticePath(state, path.ink, path.groups, total))
    return sorted(complete, key=lambda path: -path.score) if segments else []


def posteriors(scores: Sequence[float]) -> list[float]:
    """Convert the scores of alternative readings to probabilities that sum to 1."""
    if not scores:
        return []
    best = max(scores)
    shares = [math.exp(score - best) for score in scores]
    return [share / sum(shares) for share in shares]


def _pruned(paths: Iterable[LatticePath], beam: int | None, least: float) -> list[LatticePath]:
    kept = [path for path in paths if path.score >= least]
    if beam is None or len(kept) <= beam:
        return kept
    return heapq.nlargest(beam, kept, key=lambda path: path.score)
