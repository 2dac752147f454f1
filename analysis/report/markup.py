"""HTML from values: what comes from outside is escaped here, and what is no number is never shown as one."""

import json
import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from sweep.statistics.inference import Interval

UNKNOWN = "unknown"


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text, of a CSS class."""
    return f"<p{_class(kind)}>{escape(text)}</p>"


def number(value: float, digits: int = 2) -> str:
    """A number with thousands separators; a word where there is none."""
    return f"{value:,.{digits}f}" if math.isfinite(value) else UNKNOWN


def share(value: float, digits: int = 1) -> str:
    """A fraction in percent."""
    return f"{100 * value:.{digits}f} %" if math.isfinite(value) else UNKNOWN


def span(interval: Interval, digits: int = 2) -> str:
    """The ends of an interval."""
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return UNKNOWN
    return f"{interval.low:,.{digits}f} to {interval.high:,.{digits}f}"


def share_span(interval: Interval, digits: int = 1) -> str:
    """The ends of an interval of fractions in percent."""
    low, high = (share(end, digits) for end in (interval.low, interval.high))
    return UNKNOWN if UNKNOWN in (low, high) else f"{low} to {high}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table of plain text in a box of its own that scrolls; every cell is labelled with its column's name, which
    narrow screens show in place of the head."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(f"<tr>{_cells(head, row)}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table{_class(kind)}><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def definitions(rows: Iterable[tuple[str, str]]) -> str:
    """Names with their values, as plain text."""
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(value)}</dd>' for name, value in rows)}</dl>"


def commands(lines: Sequence[str]) -> str:
    """Command lines, one under the other."""
    return f'<pre tabindex="0"><code>{escape(chr(10).join(lines))}</code></pre>'


def download(name: str, text: str, words: str) -> str:
    """A link that saves a text that the page itself carries as a file."""
    data = quote(text, safe=",.+-:;")  # a third shorter than base64
    return f'<a download="{escape(name)}" href="data:text/csv;charset=utf-8,{data}">{escape(words)}</a>'


def embedded(name: str, values: Any) -> str:
    """Values as JSON that a script of the page reads, by an id."""
    # No tag can begin inside the data.
    text = json.dumps(values, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{escape(name)}">{text}</script>'


def _cells(head: Sequence[str], row: Sequence[str]) -> str:
    cells = []
    for position, (name, value) in enumerate(zip(head, row, strict=True)):
        tag = 'th scope="row"' if position == 0 else "td"
        cells.append(f'<{tag} data-name="{escape(name)}">{escape(value)}</{tag.split()[0]}>')
    return "".join(cells)


def _class(kind: str) -> str:
    return f' class="{escape(kind)}"' if kind else ""
