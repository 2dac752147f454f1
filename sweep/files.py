"""How files are written: a table as CSV, and any file whole or not at all."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from sweep.errors import FailedError, UsageError

AT_ONCE = 2**17
"""Rows whose cells are in memory at a time."""
LOOKED_AT = 1024
"""Numbers that tell whether those of a column are few that return, or hardly ever the same."""
OF_DATABASES = b"SQLite format 3\0"
"""What SQLite's files begin with."""


def unwritable(path: Path, cause: str) -> FailedError:
    """The error that says a file cannot be written."""
    return FailedError(f"{path} cannot be written ({cause}); name another place that exists and is writable")


def check_place(path: Path) -> None:
    """Raise FailedError where no file can be written, before one is made."""
    is_folder = os.path.isdir(path)  # where the name is too long, a Path would raise
    if is_folder or not os.path.isdir(path.parent):
        raise unwritable(path, "Is a directory" if is_folder else "No such file or directory")


def check_spares(path: str | Path, *read: str | None) -> None:
    """Raise UsageError where what is to be written would take the place of a database, or of a file that is read; None
    is no file."""
    if not os.fspath(path):
        raise UsageError("the name of what is to be written was given as ''; allowed is any other, such as . for here")
    for one in read:
        if one is not None and os.path.realpath(path) == os.path.realpath(one):
            raise UsageError(f"{path} was given as the file to write, and it is read: name another")
    with suppress(OSError), open(path, "rb") as file:
        if file.read(len(OF_DATABASES)) == OF_DATABASES:
            raise UsageError(f"{path} was given as the file to write, and it is a database: name another")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to: what is written there replaces `path` in the end.

    After an error or an interrupt nothing is left of it, and `path` is as it was.

    Raises:
        FailedError: the file cannot be written.

    Examples:
        >>> with whole(Path("answer.txt")) as beside:
        ...     _ = beside.write_text("0.595")
        ...     Path("answer.txt").exists()
        False
        >>> Path("answer.txt").read_text()
        '0.595'
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        yield beside
        os.replace(beside, target)
    except OSError as error:
        raise unwritable(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):  # the error that led here says more
            beside.unlink()


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table with every digit of its numbers and the same line ends everywhere.

    Raises:
        FailedError: the file cannot be written.
    """
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            file.write(csv_text(table))
    except OSError as error:
        raise unwritable(path, error.strerror or str(error)) from error


def csv_text(table: pd.DataFrame) -> str:
    """What `write_csv` writes."""
    file = io.StringIO()
    write_names(table, file)
    write_rows(table, file)
    return file.getvalue()


def write_names(table: pd.DataFrame, file: IO[str]) -> None:
    """Write the first line of a CSV, the names of the columns."""
    file.write(",".join(map(_cell, table.columns)) + "\n")


def write_rows(table: pd.DataFrame, file: IO[str]) -> None:
    """Write the rows of a table as lines of a CSV.

    Numbers have every digit, so that they come back bit for bit, and what is missing is an empty cell. A text that a
    spreadsheet would take for a formula gets an apostrophe before it (CWE-1236).
    """
    width = table.shape[1]
    for start in range(0, len(table), AT_ONCE):
        part = table.iloc[start : start + AT_ONCE]
        cells = [""] * part.size
        for number in range(width):
            cells[number::width] = _cells(part.iloc[:, number], "," if number + 1 < width else "\n")
        file.write("".join(cells))


def _cells(column: "pd.Series[Any]", end: str) -> list[str]:
    """A column in texts, `end` after each; what takes long is done once for each distinct value."""
    codes: Any
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, texts = column.cat.codes, [_cell(value) + end for value in column.cat.categories]
    elif column.dtype == np.float64:
        # Of the bits: 0.0 and -0.0 are equal, but not the same.
        bits = column.to_numpy().view(np.int64)
        if len(np.unique(bits[:LOOKED_AT])) > LOOKED_AT / 2:
            return _floats(column.tolist(), end)
        codes, few = pd.factorize(bits)
        texts = _floats(few.view(np.float64).tolist(), end)
    elif pd.api.types.is_bool_dtype(column) or pd.api.types.is_integer_dtype(column):
        codes, distinct = pd.factorize(column)
        texts = [f"{value}{end}" for value in distinct]
    else:
        return [_cell(value) + end for value in column]
    # The code of what is missing is -1, the last.
    found: list[str] = np.array([*texts, end], object)[np.asarray(codes)].tolist()
    return found


def _floats(values: list[float], end: str) -> list[str]:
    """Numbers in texts as Python writes them; a list of them is written in half the time of its single ones."""
    texts = repr(values)[1:-1].replace(", ", f"{end}\0").split("\0")
    texts[-1] += end
    nothing = f"nan{end}"
    return [end if text == nothing else text for text in texts] if nothing in texts else texts


def _cell(value: object) -> str:
    if not isinstance(value, str):
        return "" if value is None or value is pd.NA or value != value else _quoted(str(value))
    if value[:1] in tuple("=+-@\t\r") and not _is_number(value):
        value = f"'{value}"
    return _quoted(value) or '""'  # an empty text is not missing


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if any(one in text for one in ',"\r\n') else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
