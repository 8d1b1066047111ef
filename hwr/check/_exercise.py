"""An exercise that checks itself: right, wrong with the reason, or not attempted.

What a learner wrote is tried on a few cases and compared with a solution. If it differs, it is
compared with wrong answers that people really give, so that the reason can be named: "the kernel
is turned" helps more than "expected 3, got 1".
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

from hwr.check._compare import difference, explain, outcome, same, told

State = Literal["not attempted", "wrong", "right"]
STYLES = {"not attempted": ("○", "#6B6B6B"), "wrong": ("✗", "#D55E00"), "right": ("✓", "#009E73")}
"""Sign and colour of each state (Okabe and Ito's, as in the figures)."""
MISSING = "Something is missing: give a value in place of each '...'."


@dataclass(frozen=True)
class Verdict:
    """What a check says; a notebook shows it as a box."""

    state: State
    words: str

    def __repr__(self) -> str:
        return f"{self.state.capitalize()}: {self.words}"

    def _repr_html_(self) -> str:
        sign, colour = STYLES[self.state]
        head = f"<b>{sign} {self.state.capitalize()}.</b>"
        return _box(f"{head} {html.escape(self.words)}", colour)


@dataclass(frozen=True)
class Help:
    """A hint or a solution; ``code`` is shown as such."""

    words: str
    code: str = ""

    def __repr__(self) -> str:
        return f"{self.words}\n\n{self.code}" if self.code else self.words

    def _repr_html_(self) -> str:
        code = f"<pre><code>{html.escape(self.code)}</code></pre>" if self.code else ""
        return _box(html.escape(self.words) + code, "#0072B2")


class Exercise:
    """Judges an answer, gives hints and shows a solution.

    Parameters
    ----------
    name : str
        As it is called: ``check.NAME``.
    judge : callable
        Takes the answer and gives the reason why it is wrong, or None if it is right.
    solution : str
        Code that leads to a right answer.
    hints : sequence of str
        Each tells a little more than the one before.
    right : str
        What to say of a right answer: the point of the exercise.
    mistakes : mapping
        The reasons that it can name, each with an answer for which it does.
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
        self.mistakes = dict(mistakes)
        self._judge = judge
        self._code = solution
        self._hints = tuple(hints)
        self._right = right
        self._given = 0

    def __call__(self, *answers: Any) -> Verdict:
        """Judge an answer; nothing that a learner wrote makes this raise."""
        if answers and all(map(is_stub, answers)):
            help_ = f"Stuck? check.{self.name}.hint() helps, check.{self.name}.solution() tells."
            return Verdict("not attempted", help_)
        if not answers or any(answer is ... or answer is None for answer in answers):
            return Verdict("wrong", MISSING)
        try:
            reason = self._judge(*answers)
        except Exception as error:
            reason = explain(error)
        return Verdict("wrong", reason) if reason else Verdict("right", self._right)

    def hint(self) -> Help:
        """Return a hint; the next call gives the next, and the last one stays."""
        number = min(self._given, len(self._hints) - 1)
        self._given = number + 1
        more = "" if self._given < len(self._hints) else f" Then: check.{self.name}.solution()."
        return Help(f"Hint {number + 1} of {len(self._hints)}: {self._hints[number]}{more}")

    def solution(self) -> Help:
        """Show a solution."""
        return Help("One way to do it:", self._code)

    @property
    def code(self) -> str:
        """The solution as code, for the notebooks of solutions."""
        return self._code

    @property
    def praise(self) -> Verdict:
        """What a right answer is told."""
        return Verdict("right", self._right)

    def __repr__(self) -> str:
        return f"<Exercise check.{self.name}: give it your answer, or call .hint(), .solution()>"


Cases = Sequence[tuple[Any, ...]]
Judge = Callable[[Any], str | None]


def function(
    mistakes: Mapping[str, Callable[..., Any]],
    hints: Sequence[str],
    right: str,
    cases: Cases = (),
    judge: Judge | None = None,
) -> Callable[[Callable[..., Any]], Exercise]:
    """Make an exercise of its solution: the learner is to write a function that does the same.

    Parameters
    ----------
    mistakes : mapping of str to callable
        Reasons, and functions that do what people write for that reason. The first that gives the
        learner's results in every case is named.
    hints, right
        As for :class:`Exercise`.
    cases : sequence of tuples
        Arguments to try it with.
    judge : callable, optional
        In place of cases where more than one result is right: takes the learner's function and
        gives the reason why it is wrong, or None.
    """

    def made(solution: Callable[..., Any]) -> Exercise:
        name = solution.__name__

        def compare(answer: Any) -> str | None:
            if not callable(answer):
                return f"Give the function itself, check.{name}({name}), and not what it returns."
            results = [outcome(answer, case) for case in cases]
            expected = [solution(*copy.deepcopy(case)) for case in cases]
            if all(map(same, results, expected)):
                return None
            for reason, mistake in mistakes.items():
                if all(map(same, results, [outcome(mistake, case) for case in cases])):
                    return reason
            wrong = next(i for i, r in enumerate(results) if not same(r, expected[i]))
            return told(cases[wrong]) + difference(results[wrong], expected[wrong])

        return Exercise(name, judge or compare, _source(solution), hints, right, mistakes)

    return made


def value(
    name: str,
    solution: str,
    wanted: Any,
    mistakes: Mapping[str, Any],
    hints: Sequence[str],
    right: str,
) -> Exercise:
    """Make an exercise whose answer is a value, such as an array or a number.

    Parameters
    ----------
    solution : str
        Code that makes it.
    wanted : object
        The value itself.
    mistakes : mapping of str to object
        Reasons, and the values that people give for that reason.
    name, hints, right
        As for :class:`Exercise`.
    """

    def judge(answer: Any) -> str | None:
        if same(answer, wanted):
            return None
        named = (reason for reason, mistake in mistakes.items() if same(answer, mistake))
        return next(named, None) or difference(answer, wanted, tell=False)

    return Exercise(name, judge, solution, hints, right, mistakes)


def is_stub(answer: Any) -> bool:
    """Return whether an answer is still what the notebook came with."""
    if isinstance(answer, dict) and answer:
        return all(map(is_stub, answer.values()))
    code = getattr(answer, "__code__", None)
    return answer is ... or answer is None or (code is not None and _steps(code) in _STUBS)


def _source(solution: Callable[..., Any]) -> str:
    """Return a function's code as a learner writes it: without decorator and annotations."""
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
