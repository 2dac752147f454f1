"""A store whose columns and sums are read once, for an analysis that looks at the same trainings several times."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from sweep.store import Moments, Store
from sweep.store.around import StoreAround

READ = ("repeat", "loss", "solved", "solved_epoch")


class RememberingStore(StoreAround):
    """The store given, which keeps what it has once read in memory: sums, and columns, some 25 bytes a training, which
    cannot be written to.

    What other processes store meanwhile is not seen in what is known.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.fields, self.outcomes = store.fields, store.outcomes
        self._columns: dict[tuple[str, int], dict[str, NDArray[Any]]] = {}
        self._moments: dict[tuple[frozenset[str], int], dict[str, Moments]] = {}

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Store.columns."""
        known = self._columns.setdefault((identity, below), {})
        if not known.keys() >= set(names):
            known.update(
                self._inside.columns(identity, below, list({*(READ if "solved" in self.fields else READ[:2]), *names}))
            )
            for array in known.values():
                array.flags.writeable = False
        return {name: known[name] for name in names}

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Store.moments."""
        asked = (frozenset(identities), below)
        if asked not in self._moments:
            self._moments[asked] = self._inside.moments(identities, below)
        return self._moments[asked]
