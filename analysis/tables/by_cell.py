"""How total losses and times to solve are distributed at every spread, pooled from the trainings of all spreads.

The share of the trainings at a spread whose loss lies in a cell of the fine grid (`analysis.tables.density`) is the
mean of an indicator, and so can be pooled as the mean loss is. Trainings are counted by bin of length and cell, once
for all spreads; quantiles are read off the shares, and lie within a cell, 0.27 %, of what the weighted losses give.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array

from analysis.tables.density import CELLS, CELLS_PER_OCTAVE, LOWEST_CELL, Cells, cells_of
from analysis.tables.distribution import QUANTILES
from sweep.console.progress import watch
from sweep.statistics.curve import Curve
from sweep.statistics.means import Counts, Numbers
from sweep.statistics.observed import ONE, lengths_of
from sweep.store import Results
from sweep.study import Study


class Distribution(NamedTuple):
    """Shares of the trainings at p spreads by cell.

    Attributes:
        cells: of the fine grid that hold anything (c,), ascending.
        share: of all the trainings at each spread (p, c).
    """

    cells: Counts
    share: Numbers

    @property
    def total(self) -> Numbers:
        """Share of the trainings that lie in any cell, those with a finite loss or that ever solved (p,)."""
        return np.asarray(self.share.sum(axis=1))

    def rows(self) -> list[Cells]:
        """Cells and shares of each spread."""
        return [(self.cells, row) for row in self.share]

    def quantiles(self) -> dict[str, Numbers]:
        """QUANTILES (p,) of those that lie in any cell, NaN where none does; even within a cell, in the logarithm."""
        if not len(self.cells):
            return dict.fromkeys(QUANTILES, np.full(len(self.share), np.nan))
        up_to, found = np.cumsum(self.share, axis=1), {}
        for name, quantile in QUANTILES.items():
            asked = quantile * up_to[:, -1:]
            place = np.argmax(up_to >= asked, axis=1)[:, np.newaxis]
            share, end = (np.take_along_axis(array, place, axis=1) for array in (self.share, up_to))
            with np.errstate(divide="ignore", invalid="ignore"):
                position = self.cells[place] + 1 - (end - asked) / share
            values = np.where(self.cells[place] > LOWEST_CELL, 2 ** (position / CELLS_PER_OCTAVE), 0.0)
            found[name] = np.where(up_to[:, -1] > 0, values[:, 0], np.nan)
        return found


class Distributions(NamedTuple):
    """The distributions of the total loss and of the epochs to the first solution, at the values of a pooled curve."""

    loss: Distribution
    solved_epoch: Distribution


def read_distributions(store: Results, study: Study, curve: Curve | None) -> Distributions | None:
    """Both distributions, None where there is no pooled curve.

    Raises:
        StoreError: the store cannot be read.
    """
    if curve is None or curve.pool is None:
        return None
    loss, solved_epoch = _Counts(), _Counts()
    for point in watch(study.points, "points read"):
        names = ["repeat", "loss", *["solved_epoch"] * study.knows_solved]
        read = store.columns(point.identity, study.repeats, names)
        bins = curve.pool.bins_of(lengths_of(point, [curve.field], read["repeat"]))
        loss.add(bins, read["loss"])
        epochs = read.get("solved_epoch", np.full(len(bins), -1))
        solved_epoch.add(bins, np.where(epochs < 0, np.nan, epochs))
    weights = curve.pool.weights(curve.values[:, np.newaxis])
    weights /= weights.T @ curve.pool.total(ONE)
    return Distributions(loss.pooled(weights), solved_epoch.pooled(weights))


class _Counts:
    """Trainings counted by bin of length and cell of the fine grid."""

    def __init__(self) -> None:
        self._added: list[tuple[Counts, Counts]] = []

    def add(self, bins: Counts, values: Numbers) -> None:
        """Count what is finite of the values (n,) of trainings whose lengths lie in these bins (n,)."""
        kept = np.isfinite(values)
        numbers = bins[kept] * CELLS + cells_of(values[kept]) - LOWEST_CELL
        self._added.append(np.unique(numbers, return_counts=True))

    def pooled(self, weights: Numbers) -> Distribution:
        """The distribution at p spreads, given the weight of a training in every bin there (u, p)."""
        numbers, counts = (np.concatenate(parts) for parts in zip(*self._added, strict=True))
        bins, cells = np.divmod(numbers, CELLS)
        occupied, rows = np.unique(cells, return_inverse=True)
        of_cells = csr_array(coo_array((counts.astype(float), (rows, bins)), (len(occupied), len(weights))))
        return Distribution(occupied + LOWEST_CELL, np.ascontiguousarray((of_cells @ weights).T))
