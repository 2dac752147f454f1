"""The contract that every store keeps, in prose."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import AnyRecipe, OwnRecipe
from sweep.recipe.data import DataSet
from sweep.store.moments import Moments
from sweep.store.records import NETWORK_FIELDS, RECORD_FIELDS, Records
from sweep.study import Point


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
