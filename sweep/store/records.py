"""The records of trainings: the values that cross a store's contract."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import DamagedError, UsageError

Row = tuple[int, float | None, float | None, bool, int | None, bool, float | None, str | None, str | None]
"""One training as a database holds it: the fields of `Records` in their order, None for null."""


@dataclass(frozen=True)
class Records:
    """Trainings of one point, one array element a training, all arrays of shape (n,), n may be 0.

    `repeat` numbers are 0 to 999,999,999. Every finite loss comes back bit for bit, but -0.0 as 0.0.
    `loss` and `final_loss` are NaN exactly where `diverged` is true; a store keeps null there.
    `solved_epoch` is -1 where the training never solved the problem; a store keeps null there.
    `accuracy`, the fraction of the rows that are right, is NaN where there is none; a store keeps null there.
    Of functions of the user's own `final_loss` and `accuracy` are always NaN and `solved` false: they are not known.
    `outcomes` is what such a function returns beside the loss, a JSON object of numbers, and `reason` why it diverged;
    None elsewhere, as they are where left out.
    """

    repeat: NDArray[np.int64]
    loss: NDArray[np.float64]
    final_loss: NDArray[np.float64]
    solved: NDArray[np.bool_]
    solved_epoch: NDArray[np.int64]
    diverged: NDArray[np.bool_]
    accuracy: NDArray[np.float64]
    outcomes: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, object))
    reason: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, object))

    def __post_init__(self) -> None:
        for name in ("outcomes", "reason"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(len(self.repeat), None, object))

    def rows(self) -> Iterator[Row]:
        """The trainings one by one, as plain Python values."""
        columns = (getattr(self, name).tolist() for name in RECORD_FIELDS)
        for repeat, loss, final_loss, solved, epoch, diverged, accuracy, outcomes, reason in zip(*columns, strict=True):
            yield (
                repeat, _or_null(loss), _or_null(final_loss), solved, None if epoch < 0 else epoch, diverged,
                _or_null(accuracy), outcomes, reason,
            )  # fmt: skip


def _or_null(value: float) -> float | None:
    # SQLite's REAL columns have one zero.
    return None if math.isnan(value) else value + 0.0


RECORD_FIELDS = tuple(one.name for one in fields(Records))
NETWORK_FIELDS = RECORD_FIELDS[:-2]
"""What is known of a training of a network of this project."""
# A float holds every epoch exactly, and takes null as NaN.
_READ_AS: dict[str, type[np.generic]] = dict.fromkeys(RECORD_FIELDS, np.float64) | {
    "repeat": np.int64,
    "solved": np.bool_,
    "diverged": np.bool_,
    "outcomes": np.object_,
    "reason": np.object_,
}


def columns_of(names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> dict[str, NDArray[Any]]:
    """The columns of trainings whose fields `names` come row by row, None for null, as arrays (n,) of Records' types.

    No row is kept as Python values, which take ten times the memory of an array's.
    """
    read = np.fromiter(rows, np.dtype([(name, _READ_AS[name]) for name in names]))
    columns = {name: np.ascontiguousarray(read[name]) for name in names}
    if "solved_epoch" in columns:
        columns["solved_epoch"] = np.nan_to_num(columns["solved_epoch"], nan=-1).astype(np.int64)
    return columns


@contextmanager
def readable(name: str, identity: str) -> Iterator[None]:
    """Say in a DamagedError which point's record of the store of that name cannot be read."""
    try:
        yield
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise DamagedError(
            f"{name} holds a record of point {identity} that cannot be read ({error!r}); "
            "`python -m sweep.check` lists what is off"
        ) from error


def known_fields(names: Sequence[str]) -> tuple[str, ...]:
    """The fields of `Records` of these names, from the class itself: no text from outside gets into a query.

    Raises:
        UsageError: there is no such field.
    """
    for name in names:
        if name not in RECORD_FIELDS:
            raise UsageError(f"field was given as {name!r}; allowed is one of {', '.join(RECORD_FIELDS)}")
    return tuple(RECORD_FIELDS[RECORD_FIELDS.index(name)] for name in names)
