"""An exercise that checks itself: right, wrong with the reason, or not attempted.

A learner's answer is tried on a few cases and compared with a solution. If it differs, it is
compared with wrong answers that people really give, to name the reason: "the kernel is turned"
helps more than "expected 3, got 1".
"""

import ast
import copy
import dis
import html
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hwr._support.display import PALETTE
from hwr.check._compare import beginning, difference, explain, outcome, same

State = Literal["not attempted", "wrong", "right"]
STYLES = {
    "not attempted": ("○", PALETTE["neutral"]),
    "wrong": ("✗", PALETTE["bad"]),
    "right": ("✓", PALETTE["good"]),
}
"""Sign and colour of each state."""
MISSING = "Something is missing: replace each '...' with a value."


@dataclass(frozen=True)
class Verdict:
    """The result of a check; a notebook shows it as a box."""

    state: State
    words: str

    def __repr__(self) -> str:
        return f"{self.state.capitalize()}: {self.words}"

    def to_html(self) -> str:
        """Return the verdict as HTML."""
        sign, colour = STYLES[self.state]
        head = f"<b>{sign} {self.state.capitalize()}.</b>"
        return _box(f"{head} {html.escape(self.words)}", colour)

    _repr_html_ = to_html


@dataclass(frozen=True)
class Help:
    """A hint or a solution, maybe with code; a notebook shows it as a box."""

    words: str
    code: str = ""

    def __repr__(self) -> str:
        return f"{self.words}\n\n{self.code}" if self.code else self.words

    def _repr_html_(self) -> str:
        code = f"<pre><code>{html.escape(self.code)}</code></pre>" if self.code else ""
        return _box(html.escape(self.words) + code, PALETTE["main"])


class Exercise:
    """A task that judges an answer, gives hints and shows a solution.

    Parameters
    ----------
    name : str
        NAME in ``check.NAME``.
    judge : callable
        Takes the answer and returns why it is wrong, or None if it is right.
    solution : str
        Code of a right answer; afterwards ``code``.
    hints : sequence of str
        Each reveals a little more than the one before; afterwards a tuple.
    right : str
        Reply to a right answer, the point of the exercise; ``praise`` is the verdict with it.
    mistakes : mapping
        Wrong answers by the reason why they are wrong.
    """

    def __init__(
        self,
        name: str,
        judge: Callable[..., str | None],
        solution: str,
        hints: Sequence[str],
        right: str,
        mistakes: Mapping[str, Any],
    ) -> None:
        self.name = name
        self.code = solution
        self.praise = Verdict("right", right)
        self.mistakes = dict(mistakes)
        self._judge = judge
        self.hints = tuple(hints)
        self._given = 0

    def __call__(self, *answers: Any) -> Verdict:
        """Return the verdict on an answer; an exception in it becomes a verdict too."""
        if answers and all(map(is_stub, answers)):
            stuck = f"Stuck? Try check.{self.name}.hint(), then check.{self.name}.solution()."
            return Verdict("not attempted", stuck)
        if not answers or any(answer is ... or answer is None for answer in answers):
            return Verdict("wrong", MISSING)
        try:
            reason = self._judge(*answers)
        except Exception as error:
            reason = explain(error)
        return Verdict("wrong", reason) if reason else self.praise

    def hint(self) -> Help:
        """Return the next hint; once all are given, the last one again."""
        number, count = min(self._given + 1, len(self.hints)), len(self.hints)
        self._given = number
        more = f" Still stuck? Try check.{self.name}.solution()." if number == count else ""
        return Help(f"Hint {number} of {count}: {self.hints[number - 1]}{more}")

    def solution(self) -> Help:
        """Return a solution."""
        return Help("One way to do it:", self.code)

    def __repr__(self) -> str:
        return f"<Exercise check.{self.name}: give it your answer, or call .hint() or .solution()>"


Cases = Sequence[tuple[Any, ...]]
Judge = Callable[[Any], str | None]


def function(
    mistakes: Mapping[str, Callable[..., Any]],
    hints: Sequence[str],
    right: str,
    cases: Cases = (),
    judge: Judge | None = None,
    dtype: type[np.generic] | None = None,
) -> Callable[[Callable[..., Any]], Exercise]:
    """Return a decorator that turns a solution into an exercise: write a function like it.

    Parameters
    ----------
    mistakes : mapping of str to callable
        Wrong functions by the reason why they are wrong. A learner is told the reason of the first
        one with the same results in every case.
    hints, right
        As for :class:`Exercise`.
    cases : sequence of tuples
        Arguments to call the functions with.
    judge : callable, optional
        Used instead of cases if several results are right: takes the learner's function and
        returns why it is wrong, or None.
    dtype : NumPy type, optional
        The type that the results must have, too.
    """

    def made(solution: Callable[..., Any]) -> Exercise:
        name = solution.__name__

        def compare(answer: Any) -> str | None:
            if not callable(answer):
                return f"Pass the function itself, check.{name}({name}), not what it returns."
            results = [outcome(answer, case) for case in cases]
            expected = [solution(*copy.deepcopy(case)) for case in cases]
            if all(map(same, results, expected)):
                return _wrong_type(results, dtype) if dtype else None
            for reason, mistake in mistakes.items():
                if all(map(same, results, [outcome(mistake, case) for case in cases])):
                    return reason
            wrong = next(i for i, r in enumerate(results) if not same(r, expected[i]))
            return beginning(cases[wrong]) + difference(results[wrong], expected[wrong])

        return Exercise(name, judge or compare, _source(solution), hints, right, mistakes)

    return made


def _wrong_type(results: Sequence[Any], dtype: type[np.generic]) -> str | None:
    """Return why right values are not the answer yet, or None if they are."""
    name = np.dtype(dtype).name
    found = next((found for r in results if (found := np.asarray(r).dtype.name) != name), None)
    advice = f"but they are {found}, not {name}: use .astype(np.{name})."
    return f"The values are right, {advice}" if found else None


def is_stub(answer: Any) -> bool:
    """Return whether an answer is still the notebook's placeholder."""
    if isinstance(answer, dict) and answer:
        return all(map(is_stub, answer.values()))
    code = getattr(answer, "__code__", None)
    return answer is ... or answer is None or (code is not None and _steps(code) in _STUBS)


def _source(solution: Callable[..., Any]) -> str:
    """Return a function's code as a learner would write it, without decorator and annotations."""
    code = textwrap.dedent(inspect.getsource(solution))
    [definition] = ast.parse(code).body
    assert isinstance(definition, ast.FunctionDef)
    body = code.splitlines()[definition.body[0].lineno - 1 :]
    names = ", ".join(argument.arg for argument in definition.args.args)
    return "\n".join([f"def {definition.name}({names}):", *body])


def _box(content: str, colour: str) -> str:
    return (
        f'<div role="status" style="border-left: 4px solid {colour}; padding: 4px 12px; '
        f'max-width: 46em">{content}</div>'
    )


def _steps(code: Any) -> list[tuple[str, Any]]:
    return [(step.opname, step.argval) for step in dis.get_instructions(code)]


def _empty() -> None: ...


def _dots() -> Any:
    return ...


_STUBS = [_steps(stub.__code__) for stub in (_empty, _dots)]
