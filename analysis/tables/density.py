"""How the total losses of every point are distributed: shares of bins that all points have in common.

Losses are first counted on a fine grid that is the same for every study, 2^(k/256), and then on as few of its cells
together as give at most MAX_BINS bins over the losses that occur. So one pass over the trainings is enough, whatever
their range, and the shares are exact.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CELLS_PER_OCTAVE = 256
OCTAVES = 60
"""Losses below 2^-60 (and 0) count as this, those above 2^60 as that."""
LOWEST_CELL, CELLS = -OCTAVES * CELLS_PER_OCTAVE, 2 * OCTAVES * CELLS_PER_OCTAVE + 1
"""The first cell of the fine grid, and how many there are."""
MAX_BINS = 96
_PREFIX, _BETWEEN = "loss ", " to "

Cells = tuple[NDArray[np.int64], NDArray[np.int64] | NDArray[np.float64]]
"""Cells of the fine grid, ascending, and how many losses each holds, or the share of them."""


def cells_of(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The cells of the fine grid that finite values (n,), 0 or above, lie in."""
    logarithm = np.log2(np.clip(values, 2.0**-OCTAVES, 2.0**OCTAVES))
    return np.asarray(np.floor(logarithm * CELLS_PER_OCTAVE), np.int64)


def count_cells(loss: NDArray[np.float64]) -> Cells:
    """The losses (n,) that are finite, counted on the fine grid."""
    return np.unique(cells_of(loss[np.isfinite(loss)]), return_counts=True)


def share_bins(points: Sequence[Cells]) -> pd.DataFrame:
    """One row a point, one column a bin named by its ends (`loss LOW to HIGH`), holding the share of its finite losses.

    The bins follow on one another, are equally wide in the logarithm, and reach from the lowest loss to the highest;
    without a finite loss there are none. A point without one has NaN.
    """
    occupied = [cells for cells, _ in points if len(cells)]
    if not occupied:
        return pd.DataFrame(index=range(len(points)))
    lowest, highest = min(cells[0] for cells in occupied), max(cells[-1] for cells in occupied)
    width = 1
    while highest // width - lowest // width >= MAX_BINS:
        width *= 2
    first, last = lowest // width, highest // width
    shares = np.full((len(points), last - first + 1), np.nan)
    for row, (cells, numbers) in zip(shares, points, strict=True):
        if len(cells):
            row[:] = np.bincount(cells // width - first, numbers, len(row)) / numbers.sum()
    edges = 2.0 ** (np.arange(first, last + 2) * width / CELLS_PER_OCTAVE)
    names = [
        f"{_PREFIX}{low!r}{_BETWEEN}{high!r}" for low, high in zip(edges.tolist(), edges[1:].tolist(), strict=False)
    ]
    return pd.DataFrame(shares, columns=names)


def bins_of(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The edges (bins + 1,) and shares (points, bins) that a table made by `share_bins` holds among other columns."""
    names = bin_names(table)
    ends = [name.removeprefix(_PREFIX).split(_BETWEEN) for name in names]
    edges = np.array([float(low) for low, _ in ends] + [float(high) for _, high in ends[-1:]])
    return edges, table[names].to_numpy(dtype=np.float64)


def bin_names(table: pd.DataFrame) -> list[str]:
    """The columns of a table that are bins."""
    return [name for name in table.columns if name.startswith(_PREFIX) and _BETWEEN in name]
