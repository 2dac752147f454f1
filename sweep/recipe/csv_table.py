"""A CSV file as a table of cells, and its cells as numbers."""

import csv
import io
import math
import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.recipe.data import MAX_ROWS

MAX_BYTES = 64_000_000
SHOWN = 40
"""Characters of a cell that an error shows."""


class Table(NamedTuple):
    """The cells of a file, as they are written.

    Attributes:
        path: of the file.
        names: of the columns.
        lines: number of each row's line in the file, from 1.
        rows: the cells of each row, without the blanks around them.
    """

    path: str
    names: list[str]
    lines: list[int]
    rows: list[list[str]]

    def place(self, row: int, column: int) -> str:
        """Where a cell stands, in words."""
        return f"{self.path}, line {self.lines[row]:,}, column {self.names[column]!r},"


def read_table(path: str) -> Table:
    """The cells of a CSV file: UTF-8, a header, and a row a line; empty lines are none.

    Raises:
        UsageError: the file cannot be read, or is no such table.
    """
    return _parse(path, _read(path))


def numbers(table: Table, columns: Sequence[int]) -> NDArray[np.float64]:
    """The cells of these columns as numbers (rows, columns).

    Raises:
        UsageError: one of them is no finite number.
    """
    values = [[_number(table, row, column) for column in columns] for row in range(len(table.rows))]
    return np.array(values, np.float64)


def as_number(cell: str) -> float | None:
    """The number that a cell holds; Python's underscores between digits are none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def shown(cell: str) -> str:
    """A cell as an error shows it."""
    return repr(cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…")


def _number(table: Table, row: int, column: int) -> float:
    cell = table.rows[row][column]
    number = as_number(cell)
    if number is None:
        found = f"the text {shown(cell)}" if cell else "no number"
        raise UsageError(
            f"{table.place(row, column)} has {found}; allowed is a finite number: correct it, or leave out the row or "
            "the column"
        )
    if not math.isfinite(number):
        raise UsageError(
            f"{table.place(row, column)} has {shown(cell)}; allowed is a finite number: correct it, or leave out the "
            "row"
        )
    return number + 0.0  # one zero


def _read(path: str) -> str:
    if os.path.isdir(path):
        raise UsageError(f"problem was given as {path}, which is a folder; name a CSV file in it")
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(
            f"problem was given as {path}, and there is no such file; name a CSV file that exists"
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read ({error}); allow reading it, or name another file") from error
    if len(content) > MAX_BYTES:
        raise UsageError(
            f"{path} is too large; allowed are {MAX_BYTES / 1e6:g} MB and {MAX_ROWS:,} rows: leave out rows or columns"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path} is not UTF-8 in line {line:,}; save it as UTF-8 text") from None


def _parse(path: str, text: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] = []
    lines: list[int] = []
    rows: list[list[str]] = []
    try:
        for cells in reader:
            if not cells:
                continue  # an empty line
            if not names:
                names = [name.strip() for name in cells]
                continue
            if len(cells) != len(names):
                raise UsageError(
                    f"{path} has {len(cells):,} cells in line {reader.line_num:,}, and its header has {len(names):,}; "
                    "give every row one cell a column"
                )
            if len(rows) == MAX_ROWS:
                raise UsageError(f"{path} has more than {MAX_ROWS:,} rows; leave some out")
            lines.append(reader.line_num)
            rows.append([cell.strip() for cell in cells])
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV file in line {reader.line_num:,} ({error}); correct that line") from None
    if not names:
        raise UsageError(f"{path} is empty; it needs a header with the columns' names, and a row a line")
    for place, name in enumerate(names):
        if not name:
            raise UsageError(f"{path} has no name for column {place + 1:,}; give each column a name of its own")
        if name in names[:place]:
            raise UsageError(f"{path} has two columns named {name!r}; give each column a name of its own")
    if not rows:
        raise UsageError(f"{path} has a header and no rows; give it a row a line")
    return Table(path, names, lines, rows)
