"""Exercises in a page: questions that answer there, hints and solutions behind a fold.

Everything is ``<details>``, which needs no script and works by keyboard. The next hint, and in the
end the solution, lies inside the one before, so that they are read one at a time.
"""

from html import escape

from hwr.check._exercise import Exercise
from hwr.check._question import Question


def question_html(question: Question) -> str:
    """Return a question, each option a fold that holds the reply to it."""
    options = "".join(
        f"<details><summary>{letter}) {escape(text)}</summary>{question.answer(letter).to_html()}"
        "</details>"
        for letter, text in question.options.items()
    )
    return (
        f'<div class="hwr-question" role="group" aria-label="Question">'
        f"<p><strong>{escape(question.asked)}</strong></p>{options}"
        "<p>Open the answer that you think is right.</p></div>"
    )


def exercise_html(exercise: Exercise, notebook: str) -> str:
    """Return an exercise's folds, and `notebook`, a sentence that leads to where it is solved."""
    inner = (
        f"<details><summary>Solution</summary><p>One way to do it:</p>"
        f'<pre tabindex="0"><code>{escape(exercise.code)}</code></pre></details>'
    )
    hints = exercise.hints
    for number, hint in reversed(list(enumerate(hints, 1))):
        summary = f"Hint {number} of {len(hints)}"
        inner = f"<details><summary>{summary}</summary><p>{escape(hint)}</p>{inner}</details>"
    return (
        f'<div class="hwr-exercise" role="group" aria-label="Exercise {exercise.name}">'
        f"<p>{notebook} The check there says whether your answer is right, and if not, why.</p>"
        f"{inner}</div>"
    )
