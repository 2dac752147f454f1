"""One Markdown table of all measurements."""

import statistics

HEADER = "| measured | of | rounds | median | set against | its median | times |\n|---|---:|---:|---:|---|---:|---:|"
UNITS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"), (1e-12, "ps"))


def duration(seconds):
    """Three digits and a unit."""
    size, unit = next((pair for pair in UNITS if seconds >= pair[0]), UNITS[-1])
    return f"{three_digits(seconds / size)} {unit}"


def megabytes(n):
    return f"{n:,.0f} MB"


def three_digits(value):
    return f"{value:,.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def lines(table):
    """The lines of one kind of measurements: its title, then its rows."""
    if table.header:
        yield from ("", f"**{table.title}**", "", table.header)
        yield from (f"| {' | '.join(row.cells)} |" for row in table.rows)
        return
    yield f"| **{table.title}** | | | | | | |"
    for row in table.rows:
        yield f"| {' | '.join(_cells(row, table.show))} |"


def _cells(row, show):
    if row.note:
        return [row.what, row.n, "", row.note, "", "", ""]
    cells = [row.what, row.n, str(len(row.values)), show(statistics.median(row.values))]
    if not row.others:
        return [*cells, "", "", ""]
    return [*cells, row.against, show(statistics.median(row.others)), three_digits(row.ratio)]
