"""Sums over trainings by the bins that their lengths lie in."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from sweep.statistics.means import Counts, Numbers


class Bins(NamedTuple):
    """What is known of u bins: their numbers in ascending order and middles of log-lengths (u, columns), log-density of
    all draws together (u,), trainings (u,), sums (u, m) and sums of products (u, m, m) of what was observed; sums by
    unit, m matrices (units, u) and that of the trainings, and what the squares of the units' sums count (units,)."""

    cells: Counts
    middles: Numbers
    log_mixture: Numbers
    counts: Numbers
    sums: Numbers
    products: Numbers
    of_units: list[csr_array]
    shares: Numbers


def sums_of(where: Counts, columns: Numbers) -> Numbers:
    """Sums of columns (n, m) over the elements of each group, whose numbers are `where` (n,): (groups, m)."""
    found = np.empty((int(where.max()) + 1, columns.shape[1]))
    for place, column in enumerate(columns.T):
        found[:, place] = np.bincount(where, column)
    return found


def distinct(cells: Counts) -> tuple[Counts, Counts]:
    """The distinct rows of numbers of bins (n, k) in ascending order, and where among them each row is (n,)."""
    lowest = cells.min(axis=0)
    shape = tuple((cells.max(axis=0) - lowest + 1).tolist())
    found, where = np.unique(np.ravel_multi_index(tuple((cells - lowest).T), shape), return_inverse=True)
    return np.column_stack(np.unravel_index(found, shape)) + lowest, where


def merged(parts: list[tuple[Counts, Numbers]]) -> tuple[Counts, Numbers]:
    """Bins and columns of sums, of which each bin is there once."""
    cells, where = distinct(np.concatenate([cells for cells, _ in parts]))
    return cells, sums_of(where, np.concatenate([columns for _, columns in parts]))
