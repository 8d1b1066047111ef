"""Tables of the course: rows of text as HTML in a notebook, and as plain text elsewhere."""

import html
from collections.abc import Iterable, Sequence


class Table:
    """A table that a notebook shows as the last line of a cell.

    Parameters
    ----------
    columns : sequence of str
        The headings.
    rows : iterable of sequences
        One value per column. Integers get thousands separators; other numbers are shown as they
        are.
    caption : str
        What the table shows.
    height : str, optional
        A CSS length, such as ``'24em'``, beyond which the table scrolls.
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        caption: str,
        height: str | None = None,
    ) -> None:
        self.columns = tuple(columns)
        self.rows = [tuple(_text(value) for value in row) for row in rows]
        self.caption = caption
        self.height = height
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(
                f"Each row of a table needs {len(self.columns)} values, one per heading."
            )

    def __repr__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        text = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        return "\n".join([self.caption, *text])

    def to_html(self) -> str:
        """Return the table as HTML."""
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>\n"
            for row in self.rows
        )
        table = (
            '<table style="font-family: monospace">'  # tells 1 from I and l
            f"<caption>{html.escape(self.caption)}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>"
        )
        if self.height is None:
            return table
        # In the tab order, so that the arrow keys can scroll it.
        return (
            f'<div style="max-height: {self.height}; overflow: auto" tabindex="0" role="region" '
            f'aria-label="{html.escape(self.caption)}">{table}</div>'
        )

    _repr_html_ = to_html


def _text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
