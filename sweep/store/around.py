"""A store that asks another one, for those who change how it is asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from numpy.typing import NDArray

from sweep.recipe.data import DataSet
from sweep.store.base import Label, Spreads, Store
from sweep.store.moments import Moments
from sweep.store.records import Records
from sweep.study import Point

P = ParamSpec("P")
T = TypeVar("T")


class StoreAround(Store):
    """Keeps the contract by handing every call to the store inside, through `_ask`."""

    def __init__(self, inside: Store) -> None:
        self._inside = inside
        self.name, self.place, self.format_version = inside.name, inside.place, inside.format_version

    def _ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a call of the store inside; what a subclass changes."""
        return call(*args, **kwargs)

    @property
    def places(self) -> tuple[str, ...]:
        """See Store.places."""
        return self._inside.places

    def is_same(self, other: Store) -> bool:
        """See Store.is_same; asked the other way round, whatever is around the other one opens as well."""
        return other.is_same(self._inside)

    def insert(self, point: Point, records: Records) -> int:
        """See Store.insert."""
        return self._ask(self._inside.insert, point, records)

    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """See Store.counts."""
        return self._ask(self._inside.counts, identities, below)

    def repeats(self, identity: str) -> NDArray[Any]:
        """See Store.repeats."""
        return self._ask(self._inside.repeats, identity)

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Store.columns."""
        return self._ask(self._inside.columns, identity, below, names)

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Store.moments."""
        return self._ask(self._inside.moments, identities, below)

    def add_data(self, data: DataSet) -> None:
        """See Store.add_data."""
        self._ask(self._inside.add_data, data)

    def data_set(self, problem: str) -> DataSet:
        """See Store.data_set."""
        return self._ask(self._inside.data_set, problem)

    def points(self) -> dict[str, dict[str, Any]]:
        """See Store.points."""
        return self._ask(self._inside.points)

    def outcome_names(self, identities: Sequence[str]) -> set[str]:
        """See Store.outcome_names."""
        return self._ask(self._inside.outcome_names, identities)

    def labels(self) -> list[Label]:
        """See Store.labels."""
        return self._ask(self._inside.labels)

    def foreign(self) -> int:
        """See Store.foreign."""
        return self._ask(self._inside.foreign)

    def foreign_moments(self) -> dict[Spreads, Moments]:
        """See Store.foreign_moments."""
        return self._ask(self._inside.foreign_moments)

    def foreign_losses(self) -> Iterator[tuple[float, float]]:
        """See Store.foreign_losses."""
        return self._ask(self._inside.foreign_losses)

    def damage(self) -> list[str]:
        """See Store.damage."""
        return self._ask(self._inside.damage)

    def start_run(self, run: Mapping[str, Any]) -> None:
        """See Store.start_run."""
        self._ask(self._inside.start_run, run)

    def end_run(self, identifier: str, ended: str, state: str) -> None:
        """See Store.end_run."""
        self._ask(self._inside.end_run, identifier, ended, state)

    def runs(self) -> list[dict[str, Any]]:
        """See Store.runs."""
        return self._ask(self._inside.runs)

    def close(self) -> None:
        """See Store.close."""
        self._inside.close()
