"""Results that another program put into a MongoDB collection, read as far as they go: spreads and total losses."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.tables.foreign_study import ForeignStudy, recipe_of_results
from analysis.tables.runs import find_study
from sweep.errors import FailedError, UsageError
from sweep.store import Moments, Results, Store
from sweep.store.moments import sums_of
from sweep.store.own import with_outcomes
from sweep.study import Axis, Study


class ForeignResults(Results):
    """The results of other programs in a store, numbered at each spread in the order in which the store gives them.

    Attributes:
        study: has the hidden_std_dev that they say as its axis.
    """

    fields = ("repeat", "loss", "diverged")

    def __init__(self, store: Store) -> None:
        self._store, self.name = store, store.name
        found = store.foreign_moments()
        if not found:
            raise FailedError(
                f"{self.name} holds no run yet, and none of its {store.foreign():,} results of other programs says its "
                "hidden_std_dev; start a run with `python -m sweep.run`"
            )
        spreads = sorted({hidden for hidden, _ in found})
        outputs = {output for _, output in found}
        pooled = f"; {len(outputs):,} values of output_std_dev are pooled" if len(outputs) > 1 else ""
        sums = {spread: sums_of([found[key] for key in found if key[0] == spread]) for spread in spreads}
        self.study = ForeignStudy(
            recipe_of_results("another program", {"hidden_std_dev": spreads[0]}),
            (Axis("hidden_std_dev", tuple(spreads)),),
            max(moments.count for moments in sums.values()),
            draws="independent",
            about=f"Results of another program: recipe, seed, draws and what was solved are not known{pooled}",
        )
        self._identities = dict(zip(spreads, (point.identity for point in self.study.points), strict=True))
        self._moments = {self._identities[spread]: moments for spread, moments in sums.items()}

    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """See Results.counts."""
        known = {identity: self._moments[identity].count for identity in identities if identity in self._moments}
        return {identity: min(count, below) for identity, count in known.items() if below > 0}

    def repeats(self, identity: str) -> NDArray[np.int64]:
        """See Results.repeats."""
        return np.arange(self.counts([identity], 10**9).get(identity, 0), dtype=np.int64)

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Results.columns.

        Raises:
            FailedError: a field is asked for that such results do not have.
        """
        unknown = [name for name in names if name not in self.fields]
        if unknown:
            raise FailedError(
                f"{self.name} holds results of another program, which do not say {', '.join(unknown)}; "
                "`python -m analysis summary` shows what they say"
            )
        loss = self._losses.get(identity, np.empty(0))[: max(below, 0)]
        values = {"repeat": np.arange(len(loss), dtype=np.int64), "loss": loss, "diverged": np.isnan(loss)}
        return {name: values[name] for name in names}

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Results.moments; `below` leaves none out, because which come first means nothing."""
        return {identity: self._moments[identity] for identity in identities if identity in self._moments}

    @cached_property
    def _losses(self) -> dict[str, NDArray[np.float64]]:
        """Every loss, read in one pass: no index would find those of one spread."""
        read = np.fromiter(self._store.foreign_losses(), [("spread", np.float64), ("loss", np.float64)])
        return {identity: read["loss"][read["spread"] == spread] for spread, identity in self._identities.items()}


def find_results(store: Store, run: str | None = None) -> tuple[Results, Study]:
    """What an analysis reads, and the study that it belongs to: the store's latest run or the run with that identifier;
    in a store without runs, the results of other programs.

    Raises:
        FailedError: the store holds neither.
        UsageError: it holds no run of that identifier.
    """
    if store.runs() or not store.foreign():
        study = find_study(store, run)
        return with_outcomes(store, study), study
    if run is not None:
        raise UsageError(f"run was given as {run!r}, and {store.name} holds no run, only results of other programs")
    foreign = ForeignResults(store)
    return foreign, foreign.study
