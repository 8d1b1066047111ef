"""The exercises of lesson 06, second part: what a network's answers in every frame mean."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from math import log, prod

from hwr.check._exercise import function
from hwr.check._question import Question

BLANK = "_"
Frames = list[dict[str, float]]


def _merged(path: str) -> str:
    return "".join(character for character, _ in groupby(path))


def _without_blanks(path: str) -> str:
    return path.replace(BLANK, "")


@function(
    cases=[
        ("k_iinn__d",),
        ("__gg_oo__oo_d__",),
        ("aaa_a",),
        ("_",),
        ("",),
        ("a",),
        ("aabbaa",),
    ],
    mistakes={
        "You remove the blanks first and merge afterwards, which merges double letters, too: "
        "'o_o' should become 'oo'. Merge first.": lambda path: _merged(_without_blanks(path)),
        "You only remove the blanks: a character that goes on over several frames is one "
        "character, so merge repeats first.": _without_blanks,
        "You merge repeats but leave the blanks: remove them afterwards.": _merged,
        "You keep each character only once in the whole text. Only NEIGHBOURS that are equal are "
        "merged.": lambda path: "".join(dict.fromkeys(_without_blanks(path))),
        "You merge only pairs: a character may go on over three or more frames.": (
            lambda path: _without_blanks(
                "".join(each * ((len(list(run)) + 1) // 2) for each, run in groupby(path))
            )
        ),
        "The last character is lost: you compare each frame with the next one, and the last frame "
        "has none.": lambda path: _without_blanks(
            "".join(one for one, other in pairwise(path) if one != other)
        ),
        "The first character is lost: you compare each frame with the one before, and the first "
        "frame has none.": lambda path: _without_blanks(
            "".join(other for one, other in pairwise(path) if one != other)
        ),
        "That is a list of characters: return a text, ''.join(...).": (
            lambda path: list(_without_blanks(_merged(path)))
        ),
    },
    hints=[
        "Two steps, in this order: of equal neighbours keep one, then drop every '_'.",
        "Go through the path and remember the frame before. A character belongs to the text if it "
        "differs from the frame before and is no blank.",
        "for character in path: if character != before and character != '_', add it to the text; "
        "then before = character, blank or not.",
    ],
    right="Because the blank still stands between them when repeats are merged, 'o_o' stays two "
    "letters: that is what it is for.",
)
def collapse(path: str) -> str:
    """Return the text of a path: repeats merged, then blanks removed."""
    text, before = "", "_"
    for character in path:
        if character not in (before, "_"):
            text += character
        before = character
    return text


def _states(text: str) -> str:
    return BLANK + "".join(character + BLANK for character in text)


def _summed(
    add: Callable[[Iterable[float]], float] = sum,
    skips: Callable[[str, str], bool] = lambda state, other: state not in (BLANK, other),
    begin: Sequence[int] = (0, 1),
    end: Sequence[int] = (-2, -1),
    steps: Sequence[int] = (0, 1, 2),
    at_once: bool = False,
) -> Callable[[Frames, str], float]:
    """Return a function that goes through the states of a text frame by frame, as it is told."""

    def forward(probabilities: Frames, text: str) -> float:
        states = _states(text)
        places = range(len(states))
        row = [probabilities[0][s] if i in begin else 0.0 for i, s in enumerate(states)]
        for frame in probabilities[1:]:
            source = row if at_once else row.copy()
            for i in places:
                came = [
                    source[i - step]
                    for step in steps
                    if step <= i and (step < 2 or skips(states[i], states[i - 2]))
                ]
                row[i] = add(came) * frame[states[i]]
        return add([row[i] for i in end])

    return forward


def _best_classes(probabilities: Frames, text: str) -> float:
    return prod(max(frame.values()) for frame in probabilities)


_ALL = [
    {"_": 0.1, "a": 0.8, "l": 0.1},
    {"_": 0.2, "a": 0.3, "l": 0.5},
    {"_": 0.3, "a": 0.1, "l": 0.6},
    {"_": 0.5, "a": 0.1, "l": 0.4},
    {"_": 0.2, "a": 0.1, "l": 0.7},
]
_DOG = [
    {"_": 0.1, "c": 0.5, "d": 0.4, "g": 0.0, "l": 0.0, "o": 0.0},
    {"_": 0.2, "c": 0.0, "d": 0.35, "g": 0.0, "l": 0.45, "o": 0.0},
    {"_": 0.1, "c": 0.0, "d": 0.0, "g": 0.0, "l": 0.0, "o": 0.9},
    {"_": 0.1, "c": 0.0, "d": 0.0, "g": 0.9, "l": 0.0, "o": 0.0},
]


@function(
    cases=[(_ALL, "all"), (_ALL, "al"), (_DOG, "dog"), (_ALL[:3], "ala"), (_ALL[:2], "ll")],
    mistakes={
        "That is the probability of the best path alone: max() keeps one path, and the text has "
        "many. Add them up.": _summed(add=lambda values: max(values, default=0.0)),
        "You skip the blank between equal letters as well: then the paths of 'al' count for "
        "'all'. Skip it only between letters that differ.": _summed(
            skips=lambda state, other: state != BLANK
        ),
        "You count only paths that end in the last blank: a path may also end in the last letter, "
        "so add both.": _summed(end=(-1,)),
        "You count only paths that end in the last letter: a path may also end in the blank after "
        "it, so add both.": _summed(end=(-2,)),
        "You count only paths that begin with a blank: a path may also begin with the first "
        "letter.": _summed(begin=(0,)),
        "You count only paths that begin with a letter: a path may also begin with a blank.": (
            _summed(begin=(1,))
        ),
        "You never skip a blank: between letters that differ none is needed.": _summed(
            steps=(0, 1)
        ),
        "You never stay: a state may go on in the next frame.": _summed(steps=(1, 2)),
        "You overwrite sums that the same frame still needs, so that a path moves on several times "
        "in one frame: compute the new sums from a copy of the old ones.": _summed(at_once=True),
        "That is the product of the largest probability of each frame, whatever the text is.": (
            _best_classes
        ),
        "You add up all states at the end: only paths that end in the last letter or the last "
        "blank hold the whole text.": lambda probabilities, text: _summed(
            end=range(2 * len(text) + 1)
        )(probabilities, text),
        "That is the logarithm: here the sum itself is wanted.": lambda probabilities, text: log(
            _summed()(probabilities, text) or 1e-300
        ),
    },
    hints=[
        "states = '_' + ''.join(letter + '_' for letter in text). Keep one sum for each state: the "
        "probability of all beginnings of paths that end there. In the first frame, only the first "
        "two states can be reached.",
        "For each further frame, a state's new sum is (its own old sum + the one before + the one "
        "two before, if that may skip the blank between) times the state's probability. The "
        "result is the last two sums together.",
        "The step over a blank is allowed if states[i] != '_' and states[i] != states[i - 2]. Use "
        "a copy of the old sums with two zeros in front, so that every state has two before it.",
    ],
    right="However many paths there are, you went through the states once for each frame. Training "
    "makes minus the logarithm of this sum smaller.",
)
def forward(probabilities: list[dict[str, float]], text: str) -> float:
    """Return the probability of a text: the sum over all its paths."""
    states = "_" + "".join(letter + "_" for letter in text)
    sums = [probabilities[0][s] if i < 2 else 0.0 for i, s in enumerate(states)]
    for frame in probabilities[1:]:
        before = [0.0, 0.0, *sums]
        for i, state in enumerate(states):
            total = before[i + 2] + before[i + 1]
            if i >= 2 and state not in ("_", states[i - 2]):
                total += before[i]
            sums[i] = total * frame[state]
    return sums[-1] + sums[-2]


fewest_frames = Question(
    "fewest_frames",
    "How many frames does the shortest path have that stands for 'letter'?",
    {
        "6: one for each letter": "'letter' as a path has two equal neighbours, which are merged: "
        "it stands for 'leter'.",
        "7: one for each letter, and a blank between the two t": "'let_ter' is the shortest path. "
        "Only equal neighbours need the blank.",
        "11: one for each letter, and a blank between any two": "'l_e_t_t_e_r' is one of its "
        "paths, but not the shortest: letters that differ need no blank between them.",
    },
    right="7: one for each letter, and a blank between the two t",
)
