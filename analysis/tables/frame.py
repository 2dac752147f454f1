"""Results that somebody measured elsewhere: a table with a row a training, from a file or a DataFrame."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.tables.foreign_study import ForeignStudy, recipe_of_results
from sweep.errors import FailedError, UsageError
from sweep.recipe.own import LARGEST_LOSS, RESERVED
from sweep.statistics.compare import Comparison
from sweep.statistics.compare import compare as statistics_compare
from sweep.statistics.curve import read_curve
from sweep.statistics.minimum import Minimum, find_minimum
from sweep.store import Moments, Results
from sweep.store.moments import moments_of
from sweep.study import Axis

MOST_VALUES = 100_000


class FrameResults(Results):
    """The losses of a table along one of its columns.

    Args:
        frame: a row a training.
        x: the column that was swept: numbers, or texts.
        y: the column of the loss; what is no finite number is a training that diverged.
        repeat: the column that says which trainings belong together, such as a seed: those of one repeat at different
            values of x are paired. Left out, none are.
        name: of the table, as it is shown.

    Attributes:
        study: has x as its axis.

    Raises:
        UsageError: a column is missing, x or repeat has an empty cell, y holds texts, a repeat is there twice at one
            value of x, or there is no row.
    """

    fields = ("repeat", "loss", "diverged")

    def __init__(self, frame: pd.DataFrame, x: str, y: str, repeat: str | None = None, name: str = "the table") -> None:
        self.name = name
        for what, column in (("x", x), ("y", y), *([] if repeat is None else [("repeat", repeat)])):
            if list(frame.columns).count(column) != 1:
                said = "has no column" if column not in frame.columns else "has more than one column"
                raise UsageError(
                    f"{what} was given as {column!r}, and {name} {said} of this name; its columns are {_list(frame)}"
                )
        if len({x, y, repeat}) < 3:
            raise UsageError(f"x {x!r}, y {y!r} and repeat {repeat!r} were given for {name}; name columns that differ")
        if x in RESERVED:
            raise UsageError(f"x was given as {x!r}, a name that tables use; rename the column")
        if odd := [one for one in (x, y, repeat) if not str(one).isprintable()]:
            raise UsageError(f"{name} has a column {odd[0]!r}; allowed are names of printable characters: rename it")
        if frame.empty:
            raise UsageError(f"{name} has no rows; give it a row a training")
        swept, places = _values(frame, x, name)
        losses = _losses(frame, y, name)
        repeats = _repeats(frame, repeat, places, name)
        rows = np.lexsort((repeats, places))
        places, repeats, losses = places[rows], repeats[rows], losses[rows]
        if repeat is not None and (twice := (np.diff(places) == 0) & (np.diff(repeats) == 0)).any():
            row = frame.iloc[rows[int(np.flatnonzero(twice)[0])]]
            raise UsageError(
                f"{name} has two rows with {x} = {row[x]} and {repeat} = {row[repeat]}; give every training of a value "
                "a repeat of its own, or leave out the repeat"
            )
        unknown = "how they were trained and what was solved are not known"
        self.study = ForeignStudy(
            recipe_of_results(name, {x: swept[0]}),
            (Axis(x, tuple(swept)),),
            int(repeats.max()) + 1,
            draws="independent" if repeat is None else "common",
            about=f"Results of {name}: {y} by {x}{'' if repeat is None else f', paired by {repeat}'}; {unknown}",
        )
        parts = np.split(np.arange(len(rows)), np.searchsorted(places, np.arange(1, len(swept))))
        self._columns = {
            point.identity: {"repeat": repeats[of], "loss": losses[of], "diverged": np.isnan(losses[of])}
            for point, of in zip(self.study.points, parts, strict=True)
        }

    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """See Results.counts."""
        counted = {one: int((self._of(one)["repeat"] < below).sum()) for one in identities}
        return {identity: count for identity, count in counted.items() if count}

    def repeats(self, identity: str) -> NDArray[np.int64]:
        """See Results.repeats."""
        return self._of(identity)["repeat"]

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Results.columns.

        Raises:
            FailedError: a field is asked for that such results do not have.
        """
        unknown = [name for name in names if name not in self.fields]
        if unknown:
            raise FailedError(f"{self.name} does not say {', '.join(unknown)}; it says {', '.join(self.fields)}")
        of_point = self._of(identity)
        kept = of_point["repeat"] < below
        return {name: of_point[name][kept] for name in names}

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Results.moments."""
        found = {}
        for identity in identities:
            loss = self.columns(identity, below, ["loss"])["loss"]
            if len(loss):
                found[identity] = moments_of(loss)
        return found

    def _of(self, identity: str) -> dict[str, NDArray[Any]]:
        nothing = {"repeat": np.empty(0, np.int64), "loss": np.empty(0), "diverged": np.empty(0, bool)}
        return self._columns.get(identity, nothing)


def minimum(frame: pd.DataFrame, *, x: str, y: str = "loss", repeat: str | None = None) -> Minimum:
    """Where the mean of a column is lowest along another, with 95 % intervals.

    Args:
        frame: a row a training.
        x: the column that was swept, numbers above 0.
        y: the column of the loss; what is no finite number is a training that diverged.
        repeat: the column whose equal values belong together, such as a seed; those are paired.

    Raises:
        UsageError: the table is none such, or has too few values of x.

    Examples:
        >>> rng = np.random.default_rng(0)
        >>> spread = np.tile(np.geomspace(0.1, 10, 20), 50)
        >>> loss = 3 + np.log(2 * spread) ** 2 + rng.normal(0, 0.3, spread.size)
        >>> found = minimum(pd.DataFrame({"spread": spread, "loss": loss}), x="spread")
        >>> print(found.spread.low < 0.5 < found.spread.high, found.method)
        True smoothed
    """
    results = FrameResults(frame, x, y, repeat)
    return find_minimum(read_curve(results, results.study), None)


def compare(
    frame: pd.DataFrame, values: Sequence[float], *, x: str, y: str = "loss", repeat: str | None = None
) -> list[Comparison]:
    """The relative change of the mean between every pair of values of a column, with 95 % intervals.

    The arguments are those of `minimum`, and the values that are compared.

    Raises:
        UsageError: the table is none such, or a value was not swept.

    Examples:
        >>> table = pd.DataFrame({"x": [1, 1, 2, 2], "loss": [4.0, 6.0, 2.0, 3.0], "seed": [0, 1, 0, 1]})
        >>> (found,) = compare(table, [1, 2], x="x", repeat="seed")
        >>> found.change.change, found.method
        (-0.5, 'paired')
    """
    results = FrameResults(frame, x, y, repeat)
    return statistics_compare(results, results.study, values)


def read_results(path: str, x: str, y: str, repeat: str | None = None) -> FrameResults:
    """The results in a CSV or Parquet file, as `FrameResults` has them.

    Raises:
        UsageError: the file cannot be read, or is no such table.
    """
    kind = os.path.splitext(path)[1].lower()
    if kind not in (".csv", ".parquet"):
        raise UsageError(f"results was given as {path}; allowed is a FILE.csv or a FILE.parquet")
    try:
        frame = pd.read_csv(path) if kind == ".csv" else pd.read_parquet(path)
    except FileNotFoundError:
        raise UsageError(f"results was given as {path}, and there is no such file; name one that exists") from None
    except ImportError:
        raise UsageError(
            f"{path} is a Parquet file, which needs pyarrow: python -m pip install '.[parquet]', or save it as CSV"
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path} cannot be read as a table ({str(error).splitlines()[0]}); correct it, or name another"
        ) from None
    return FrameResults(frame, x, y, repeat, os.path.basename(path))


def _values(frame: pd.DataFrame, x: str, name: str) -> tuple[list[Any], NDArray[np.int64]]:
    """The distinct values of x, ascending, and the place of each row's own."""
    column = frame[x]
    _require_all(column, name)
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    plain = column.to_numpy(np.float64) if is_number else column.astype(str).to_numpy(object)
    if is_number and not np.isfinite(plain.astype(float)).all():
        raise UsageError(f"{name} has values of {x} that are not finite; leave out such rows")
    swept, places = np.unique(plain, return_inverse=True)
    if len(swept) > MOST_VALUES:
        raise UsageError(f"{x} in {name} has {len(swept):,} distinct values; allowed are {MOST_VALUES:,}: round them")
    return swept.tolist(), places.astype(np.int64)


def _losses(frame: pd.DataFrame, y: str, name: str) -> NDArray[np.float64]:
    column = frame[y]
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        texts = pd.to_numeric(column, errors="coerce").isna() & column.notna()
        example = f", {column[texts].iloc[0]!r} for one" if texts.any() else ""
        raise UsageError(
            f"{y} in {name} is not of numbers{example}; allowed are numbers, empty where a training diverged"
        )
    losses = column.to_numpy(np.float64, na_value=np.nan)
    losses = np.where(np.isfinite(losses), losses, np.nan)
    if (large := np.abs(losses) > LARGEST_LOSS).any():
        raise UsageError(
            f"{y} in {name} has {losses[large][0]:g}; allowed are numbers from -{LARGEST_LOSS:g} to "
            f"{LARGEST_LOSS:g}, whose squares are numbers: scale them, or leave the cell empty "
            "where a training diverged"
        )
    return losses


def _repeats(frame: pd.DataFrame, repeat: str | None, places: NDArray[np.int64], name: str) -> NDArray[np.int64]:
    """A number for the repeat of each row: equal where the column is, else counted at each value."""
    if repeat is None:
        return np.array(pd.Series(places).groupby(places).cumcount(), np.int64)
    _require_all(frame[repeat], name)
    codes, _ = pd.factorize(frame[repeat], sort=True)
    return np.array(codes, np.int64)


def _require_all(column: "pd.Series[Any]", name: str) -> None:
    if column.isna().any():
        row = int(np.argmax(column.isna())) + 1
        raise UsageError(f"{name} has no {column.name} in row {row:,}; give it one, or leave out the row")


def _list(frame: pd.DataFrame) -> str:
    return ", ".join(map(str, frame.columns)) or "none"
