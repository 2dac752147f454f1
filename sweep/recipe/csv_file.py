"""A CSV file as a data set, with its targets as an output needs them."""

import math
import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.recipe.csv_table import Table, as_number, numbers, read_table, shown
from sweep.recipe.data import MAX_INPUTS, MAX_OUTPUTS, DataSet

Array = NDArray[np.float64]

SUFFIX = ".csv"


def is_csv(problem: str) -> bool:
    """Whether a problem, as it is typed, names a CSV file."""
    return problem.lower().endswith(SUFFIX) or f"{SUFFIX}:" in problem.lower()


def read_csv(text: str, output: str) -> DataSet:
    """The data set that a CSV file holds: UTF-8, a header, and a row a line.

    Args:
        text: FILE.csv, whose last column is the target, or FILE.csv:NAME,NAME with the names of the targets; all other
            columns are inputs.
        output: of the recipe that learns it. "sigmoid" takes targets 0 and 1, or one column of two labels, which become
            0 and 1 in sorted order; "softmax" takes one column of labels, numbers or text, whose distinct values in
            sorted order become the outputs, 1 for the row's own and 0 for the others; "identity" takes numbers.

    Raises:
        UsageError: the file cannot be read, or is no such table; the message names the file, and where there is one the
            line and the column.

    Examples:
        >>> from pathlib import Path
        >>> _ = Path("fruit.csv").write_text("mass,length,kind\\n120,18,banana\\n150,7,apple\\n170,8,apple\\n")
        >>> data = read_csv("fruit.csv", "softmax")
        >>> data.input_names, data.output_names, data.targets.tolist()
        (('mass', 'length'), ('apple', 'banana'), [[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
        >>> read_csv("fruit.csv:length", "identity")
        Traceback (most recent call last):
        sweep.errors.UsageError: fruit.csv, line 2, column 'kind', has the text 'banana'; allowed is a finite number: \
correct it, or leave out the row or the column
    """
    path, targets = _split(text)
    table = read_table(path)
    chosen = _choose(table, targets)
    columns = [place for place in range(len(table.names)) if place not in chosen]
    _check_limit(path, len(columns), MAX_INPUTS, "inputs")
    _check_limit(path, len(chosen), MAX_OUTPUTS, "targets")
    inputs = numbers(table, columns)
    if output == "softmax":
        labels, encoded = _one_hot(table, chosen)
    else:
        labels, encoded = _targets(table, chosen, output)
    return DataSet(os.path.basename(path), tuple(table.names[i] for i in columns), tuple(labels), inputs, encoded)


def _split(text: str) -> tuple[str, list[str]]:
    """The path and the names of the targets; a path may hold colons, too."""
    place = text.lower().rfind(f"{SUFFIX}:")
    if place < 0 or os.path.exists(text):
        return text, []
    return text[: place + len(SUFFIX)], text[place + len(SUFFIX) + 1 :].split(",")


def _choose(table: Table, targets: Sequence[str]) -> list[int]:
    """The places of the target columns: the named ones, else the last."""
    names = [name.strip() for name in targets]
    for place, name in enumerate(names):
        if name not in table.names:
            raise UsageError(f"{table.path} has no column {name!r}; its columns are {', '.join(table.names)}")
        if name in names[:place]:
            raise UsageError(f"{table.path} was given the target {name!r} twice; name each target once")
    chosen = [table.names.index(name) for name in names] or [len(table.names) - 1]
    if len(chosen) == len(table.names):
        raise UsageError(
            f"{table.path} has no inputs: every column is a target; leave at least one column that is none"
        )
    return chosen


def _check_limit(path: str, n: int, most: int, what: str) -> None:
    if n > most:
        raise UsageError(f"{path} has {n:,} {what}; allowed are {most:,}: leave some out")


def _one_hot(table: Table, chosen: Sequence[int]) -> tuple[list[str], Array]:
    """The labels of the one target column in order, and 1 for each row's own (rows, labels)."""
    if len(chosen) > 1:
        raise UsageError(
            f"{table.path} was given {len(chosen)} targets; with output=softmax allowed is one column of labels"
        )
    labels, codes = _labels(table, chosen[0])
    if len(labels) > MAX_OUTPUTS:
        raise UsageError(
            f"{table.path} has {len(labels):,} classes in column {table.names[chosen[0]]!r}; allowed are "
            f"{MAX_OUTPUTS}: join some, or use output=identity for a quantity"
        )
    return labels, np.eye(len(labels))[codes]


def _labels(table: Table, column: int) -> tuple[list[str], list[int]]:
    """The distinct labels of a column in order (by value where all are numbers), and each row's place among them."""
    cells = [row[column] for row in table.rows]
    for row, cell in enumerate(cells):
        if not cell:
            raise UsageError(f"{table.place(row, column)} has no label; give it one, or leave out the row")
    values = [as_number(cell) for cell in cells]
    keys: Sequence[float | str] = cells
    if all(number is not None and math.isfinite(number) for number in values):
        keys = [number for number in values if number is not None]  # 1 and 1.0 are one label
    distinct = {key: cell for key, cell in zip(reversed(keys), reversed(cells), strict=True)}
    order = sorted(distinct)  # all numbers, or all text
    if len(order) == 1:
        raise UsageError(
            f"{table.path} has one class only in column {table.names[column]!r}, {shown(cells[0])}; give it rows of "
            "two classes or more"
        )
    place = {key: number for number, key in enumerate(order)}
    return [distinct[key] for key in order], [place[key] for key in keys]


def _targets(table: Table, chosen: Sequence[int], output: str) -> tuple[list[str], Array]:
    """The target columns' names and numbers (rows, targets)."""
    names = [table.names[column] for column in chosen]
    if output == "sigmoid" and len(chosen) == 1 and _is_text(table, chosen[0]):
        labels, codes = _labels(table, chosen[0])
        if len(labels) > 2:
            raise UsageError(
                f"{table.path} has {len(labels):,} classes in column {names[0]!r}, and output=sigmoid tells two apart; "
                "use output=softmax, loss=cross_entropy"
            )
        return names, np.array(codes, np.float64)[:, np.newaxis]
    values = numbers(table, chosen)
    if output == "sigmoid":
        for row, column in np.argwhere((values != 0) & (values != 1)).tolist():
            raise UsageError(
                f"{table.place(row, chosen[column])} has {shown(table.rows[row][chosen[column]])}; with "
                "output=sigmoid a target is 0 or 1: use output=softmax, loss=cross_entropy for classes, or "
                "output=identity, loss=mse for numbers"
            )
    for column, name in zip(values.T, names, strict=True):
        if (column == column[0]).all():
            what = "class" if output == "sigmoid" else "value"
            raise UsageError(
                f"{table.path} has one {what} only in column {name!r}, {column[0]:g}; there is nothing to learn: name "
                "another target"
            )
    return names, values


def _is_text(table: Table, column: int) -> bool:
    """Whether a column holds a label that is no number."""
    return any(row[column] and as_number(row[column]) is None for row in table.rows)
