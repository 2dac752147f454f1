"""The contract that every store keeps, in prose, and the values that cross it."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from sweep.errors import DamagedError, UsageError
from sweep.recipe import AnyRecipe, OwnRecipe
from sweep.recipe.data import DataSet
from sweep.store.moments import Moments
from sweep.study import Point

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


def spreads_said(recipe: AnyRecipe) -> tuple[float | tuple[float, ...] | None, float | None]:
    """The hidden_std_dev and output_std_dev that a record says; None where a function has no such field."""
    if isinstance(recipe, OwnRecipe):
        values = dict(recipe.values)
        return values.get("hidden_std_dev"), values.get("output_std_dev")
    return recipe.hidden_std_dev, recipe.output_std_dev


Spreads = tuple[float, object]
"""hidden_std_dev and output_std_dev of a record, the latter as the record says it, None where it does not."""


class Label(NamedTuple):
    """What `count` records say of themselves, beside the identity by which the store finds them (None: by none).

    A `hidden_std_dev` of one spread for each hidden layer is a list of them, or None in a store that keeps one alone.
    """

    identity: str | None
    point: object
    seed: object
    hidden_std_dev: object
    output_std_dev: object
    count: int  # type: ignore[assignment]  # hides tuple.count, as in Moments


class Results(ABC):
    """The records of many points, to be read."""

    name: str
    """The store's URL or path as it may be shown: every password in it is `***`."""

    fields: tuple[str, ...] = NETWORK_FIELDS
    """The fields of `Records` that the records have."""

    outcomes: tuple[str, ...] = ()
    """What the records of a function of the user's own have beside them; `columns` gives these by their names, too."""

    @abstractmethod
    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """Identity -> number of stored repeats that are < `below`; points without any are left out."""

    @abstractmethod
    def repeats(self, identity: str) -> NDArray[np.int64]:
        """The repeat numbers stored for one point, ascending; empty for an unknown point."""

    @abstractmethod
    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """The fields `names` of `Records` alone, as `records` has them; quicker by what is left out.

        Returns:
            Name -> array (n,), in the order of `names`.

        Raises:
            UsageError: there is no such field.
            DamagedError: a record cannot be read.
        """

    def records(self, identity: str, below: int) -> Records:
        """The records of one point with repeat < `below`, by ascending repeat; empty for an unknown point."""
        return Records(**self.columns(identity, below, RECORD_FIELDS))

    @abstractmethod
    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """Identity -> sums over its records with repeat < `below`; points without any are left out.

        The database computes the sums; no record leaves it.
        """


class Store(Results):
    """Where every training's record and every run's record is kept.

    A training is identified by its point's identity and its repeat number; a store holds at most one record of it,
    and a record that is stored never changes. An instance belongs to one process and one thread; any number of
    processes may open the same store at once, each with an instance of its own, and read and write concurrently.
    What `insert` has returned from is durable against the end of the process. Every method raises StoreError, naming
    the store (never its password) and the remedy, when the database cannot be reached, read or written, and after
    `close`; its subclass StoreUnavailableError where the same call may succeed later. Any call may be repeated after
    an error, whether the failed one had an effect or not. Open an instance in the process that uses it: none crosses
    a fork.
    """

    place: str
    """What stays the same however the URL is written: the absolute path, or the hosts and the database."""

    format_version: int
    """The format that the store is in, 1 or above."""

    @property
    def places(self) -> tuple[str, ...]:
        """The place; of several stores that are read as one, each."""
        return (self.place,)

    def is_same(self, other: "Store") -> bool:
        """Whether the other store is this one, under whatever name it was opened."""
        return self.place == other.place

    @abstractmethod
    def insert(self, point: Point, records: Records) -> int:
        """Store the records that are not yet there; return how many were new. Storing a record twice is harmless."""

    @abstractmethod
    def add_data(self, data: DataSet) -> None:
        """Store a data set under its `problem`; storing it again is harmless, and keeps the name that it has then."""

    @abstractmethod
    def data_set(self, problem: str) -> DataSet:
        """The data set that a recipe's `problem` names.

        Raises:
            StoreError: the store does not hold it.
            DamagedError: its numbers are not those that its digest is of.
        """

    @abstractmethod
    def points(self) -> dict[str, dict[str, Any]]:
        """Identity -> "recipe", "seed" and "draws" of every point, as they are stored, right or not."""

    @abstractmethod
    def outcome_names(self, identities: Sequence[str]) -> set[str]:
        """The names of all outcomes that trainings of these points have; empty for unknown points."""

    @abstractmethod
    def labels(self) -> list[Label]:
        """How many records there are of each identity and of what they say of themselves, right or not."""

    @abstractmethod
    def foreign(self) -> int:
        """Number of records of other programs beside those of this project, which no other method sees or counts."""

    @abstractmethod
    def foreign_moments(self) -> dict[Spreads, Moments]:
        """Sums over the records of other programs that say their hidden_std_dev, by the spreads that they say."""

    @abstractmethod
    def foreign_losses(self) -> Iterator[tuple[float, float]]:
        """Those records one by one: hidden_std_dev and total loss, NaN where that is no finite number."""

    @abstractmethod
    def damage(self) -> list[str]:
        """What the database itself finds wrong with its records, a sentence each; empty if nothing."""

    @abstractmethod
    def start_run(self, run: Mapping[str, Any]) -> None:
        """Record that a run has started; recording it twice is harmless.

        `run` is JSON-like, with a unique string "id" and an ISO 8601 "started".
        """

    @abstractmethod
    def end_run(self, identifier: str, ended: str, state: str) -> None:
        """Set "ended" (ISO 8601) and "state" of a recorded run; an unknown identifier changes nothing."""

    @abstractmethod
    def runs(self) -> list[dict[str, Any]]:
        """Every recorded run as it was given, oldest start first, with "ended" and "state" as `end_run` set them.

        Until then "ended" is None and "state" is "running".
        """

    @abstractmethod
    def close(self) -> None:
        """Give the connection back; closing twice is harmless."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
