"""Several stores read as one, without copying: what `sweep.merge` of them would put into an empty store."""

from collections import ChainMap, Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain, combinations
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from sweep.console.progress import say
from sweep.console.words import plural
from sweep.errors import DamagedError, StoreError, StoreUnavailableError, UsageError
from sweep.recipe.data import DataSet
from sweep.store.base import Label, Spreads, Store
from sweep.store.differing import differing
from sweep.store.moments import Moments, moments_of, sums_of
from sweep.store.records import Records, known_fields
from sweep.study import Point

T = TypeVar("T")


class UnitedStore(Store):
    """The stores given, to be read as one; they are closed with it.

    A training that several of them hold is there once. Where they have different results of it, that of the store given
    first counts; `close` says on standard error of how many trainings such were read. Results of other programs are
    added up, since nobody knows which are the same.

    Attributes:
        differing: identity -> the repeats that were read with different results.

    Raises:
        UsageError: two of the stores are the same.
    """

    def __init__(self, stores: Sequence[Store]) -> None:
        for one, other in combinations(stores, 2):
            if one.is_same(other):
                raise UsageError(f"stores were given as {one.name} and {other.name}, which are the same; name it once")
        self._stores = tuple(stores)
        self.name = " + ".join(store.name for store in stores)
        self.place = " + ".join(store.place for store in stores)
        self.format_version = min(store.format_version for store in stores)
        self.differing: dict[str, NDArray[np.int64]] = {}

    @property
    def places(self) -> tuple[str, ...]:
        """See Store.places."""
        return tuple(chain.from_iterable(store.places for store in self._stores))

    def is_same(self, other: Store) -> bool:
        """Whether the other store is one of these."""
        return any(store.is_same(other) for store in self._stores)

    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """See Store.counts."""
        found = [store.counts(identities, below) for store in self._stores]
        return _of_points(found, lambda identity: int(np.searchsorted(self.repeats(identity), below)))

    def repeats(self, identity: str) -> NDArray[np.int64]:
        """See Store.repeats."""
        return np.unique(np.concatenate([store.repeats(identity) for store in self._stores]))

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Store.columns."""
        asked = list(dict.fromkeys(["repeat", *known_fields(names)]))
        parts = [store.columns(identity, below, asked) for store in self._stores]
        read = [part for part in parts if len(part["repeat"])] or parts[:1]
        whole = read[0] if len(read) == 1 else self._joined(identity, read)
        return {name: whole[name] for name in names}

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Store.moments; of a point that several stores hold, no database can sum what is not there twice."""
        found = [store.moments(identities, below) for store in self._stores]
        names = ("loss", "solved", "accuracy")
        return _of_points(found, lambda identity: moments_of(**self.columns(identity, below, names)))

    def data_set(self, problem: str) -> DataSet:
        """See Store.data_set; of the first store that gives it."""
        failed: StoreError | None = None
        for store in self._stores:
            try:
                return store.data_set(problem)
            except StoreUnavailableError:
                raise
            except StoreError as error:
                failed = error if failed is None or isinstance(error, DamagedError) else failed
        assert failed is not None
        raise failed

    def points(self) -> dict[str, dict[str, Any]]:
        """See Store.points."""
        return dict(ChainMap(*[store.points() for store in self._stores]))

    def outcome_names(self, identities: Sequence[str]) -> set[str]:
        """See Store.outcome_names."""
        return set().union(*[store.outcome_names(identities) for store in self._stores])

    def labels(self) -> list[Label]:
        """See Store.labels; of each store its own."""
        return list(chain.from_iterable(store.labels() for store in self._stores))

    def foreign(self) -> int:
        """See Store.foreign."""
        return sum(store.foreign() for store in self._stores)

    def foreign_moments(self) -> dict[Spreads, Moments]:
        """See Store.foreign_moments."""
        found = [store.foreign_moments() for store in self._stores]
        return {spreads: sums_of(one[spreads] for one in found if spreads in one) for spreads in ChainMap(*found)}

    def foreign_losses(self) -> Iterator[tuple[float, float]]:
        """See Store.foreign_losses."""
        return chain.from_iterable(store.foreign_losses() for store in self._stores)

    def damage(self) -> list[str]:
        """See Store.damage."""
        return [f"{store.name}: {text}" for store in self._stores for text in store.damage()]

    def runs(self) -> list[dict[str, Any]]:
        """See Store.runs; a run that several stores hold has ended if any of them says so."""
        found: dict[str, dict[str, Any]] = {}
        for run in chain.from_iterable(store.runs() for store in self._stores):
            known = found.setdefault(run["id"], run)
            if run["ended"] is not None:
                known.update(ended=run["ended"], state=run["state"])
        return sorted(found.values(), key=lambda run: (run["started"], run["id"]))

    def insert(self, point: Point, records: Records) -> int:
        """Refused."""
        self._refuse()

    def add_data(self, data: DataSet) -> None:
        """Refused."""
        self._refuse()

    def start_run(self, run: Mapping[str, Any]) -> None:
        """Refused."""
        self._refuse()

    def end_run(self, identifier: str, ended: str, state: str) -> None:
        """Refused."""
        self._refuse()

    def close(self) -> None:
        """See Store.close."""
        with ExitStack() as closing:
            for store in self._stores:
                closing.callback(store.close)
        n = sum(map(len, self.differing.values()))
        if n:
            self.differing = {}
            say(
                f"{plural(n, 'training')} {'has' if n == 1 else 'have'} another result in several of {self.name}; that "
                "of the store named first counts: other processors and versions may round otherwise."
            )

    def _refuse(self) -> NoReturn:
        raise StoreError(f"{self.name} are several stores, which are read as one; name one store to write to")

    def _joined(self, identity: str, parts: Sequence[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
        """The trainings of several stores by ascending repeat, each once, as the first store that has it says."""
        together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        rows = np.argsort(together["repeat"], kind="stable")
        repeat = together["repeat"][rows]
        is_first = np.diff(repeat, prepend=-1) > 0
        if not is_first.all():
            first = rows[np.maximum.accumulate(np.where(is_first, np.arange(len(rows)), 0))]
            here, there = ({name: column[of] for name, column in together.items()} for of in (rows, first))
            differs = differing(here, there)
            if differs.any():
                known = self.differing.get(identity, np.empty(0, np.int64))
                self.differing[identity] = np.union1d(known, repeat[differs])
        return {name: column[rows[is_first]] for name, column in together.items()}


def _of_points(found: Sequence[dict[str, T]], of_several: Callable[[str], T]) -> dict[str, T]:
    """What stores say of points, each of its own; of a point that several hold, what is made of it."""
    holders = Counter(chain.from_iterable(found))
    return {one: of_several(one) if n > 1 else ChainMap(*found)[one] for one, n in holders.items()}
