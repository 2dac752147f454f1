"""Pools the trainings of a sweep of two spreads, at every pair of some values of each.

The density of both lengths is the product of one of each. What is summed over the bins of both, for every pair of
spreads, are then products of matrices, and no weight of a bin at a pair is ever computed by itself.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.statistics.means import Means, Numbers
from sweep.statistics.pooling import Pool, log_density

NEGLIGIBLE = 1e-100
"""A density, as a part of the highest of any swept spread there, that counts as 0."""
Places = NDArray[np.intp]
Sides = tuple[Numbers, Numbers]


class PairPool(Pool):
    """A pool of two spreads."""

    def map(self, first: Numbers, second: Numbers, of: Numbers, over: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Mean, standard error and effective number at every pair of values (g,) and (h,), (g, h) each; `of` and `over`
        are as `mean` has them."""
        sides = self._sides(first, second)
        total, mean = self._means(sides, of, over)
        variance = np.zeros_like(mean)
        for share, (above, below) in self._units(sides, self._of_bins(of, over)):
            variance += share * (above - mean * below) ** 2
        if not self._n_groups:
            squares, both, others = self._products((sides[0] ** 2, sides[1] ** 2), of, over)
            variance += squares - 2 * mean * both + mean**2 * others
        with np.errstate(divide="ignore", invalid="ignore"):
            return mean, np.sqrt(np.maximum(variance, 0)) / total, self._effective_numbers(sides)

    def means(self, first: Numbers, second: Numbers, of: Numbers, over: Numbers) -> Numbers:
        """The mean alone (g, h), which takes a fraction of the time."""
        return self._means(self._sides(first, second), of, over)[1]

    def pairs(self, first: Numbers, second: Numbers, of: Numbers, over: Numbers) -> Means:
        """The mean at every pair of values (g,) and (h,), row by row (g h,), with the covariance (g h, g h)."""
        sides, g, h = self._sides(first, second), len(first), len(second)
        total, mean = self._means(sides, of, over)
        units = self._units(sides, self._of_bins(of, over))
        found = [(share, (above - mean * below).ravel()) for share, (above, below) in units]
        rows, mean = np.array([row for _, row in found]), mean.ravel()
        covariance = (rows * np.array([[share] for share, _ in found])).T @ rows
        if not self._n_groups:
            # The weights at two pairs, multiplied, are a product of sides again.
            doubled = [(side[:, :, np.newaxis] * side[:, np.newaxis, :]).reshape(len(side), -1) for side in sides]
            squares, both, others = (
                product.reshape(g, g, h, h).swapaxes(1, 2).reshape(g * h, g * h)
                for product in self._products((doubled[0], doubled[1]), of, over)
            )
            covariance = covariance + squares - (mean[:, np.newaxis] + mean) * both + np.outer(mean, mean) * others
        influences = rows / total.ravel() if self._n_groups else None
        return Means(mean, covariance / np.outer(total, total), self._effective_numbers(sides).ravel(), influences)

    def _log_mixture(self, middles: Numbers) -> Numbers:
        lengths, bins = self._distinct(middles)
        (one, rows), (other, columns) = (np.unique(column, return_inverse=True) for column in self._spreads.T)
        spreads, places = (one, other), (rows, columns)
        counts = np.zeros([len(values) for values in spreads])
        np.add.at(counts, places, self._counts)
        one, other = (self._log_side(axis, lengths[axis], spreads[axis]) for axis in (0, 1))
        tops = _top(one), _top(other)
        scaled = np.exp(one - tops[0]) @ counts @ np.exp(other - tops[1]).T
        return np.asarray(np.log(scaled[bins]) + tops[0][bins[0], 0] + tops[1][bins[1], 0])

    def _log_side(self, axis: int, log_lengths: Numbers, spreads: Numbers) -> Numbers:
        return log_density(self._draws[axis], log_lengths, spreads, self._width[self._columns[axis]])

    def _distinct(self, middles: Numbers) -> tuple[Sides, tuple[Places, Places]]:
        """The distinct lengths of each draw (u, its columns) among bins, and where among them each bin's are."""
        parts = [np.unique(middles[:, own], axis=0, return_inverse=True) for own in self._columns]
        (one, rows), (other, columns) = parts
        return (one, other), (rows.ravel(), columns.ravel())

    @cached_property
    def _grid(self) -> "_Grid":
        lengths, bins = self._distinct(self._bins.middles)
        tops = [_top(self._log_side(axis, lengths[axis], np.unique(self._spreads[:, axis]))) for axis in (0, 1)]
        weight = np.exp(tops[0][bins[0], 0] + tops[1][bins[1], 0] - self._bins.log_mixture)
        return _Grid(lengths, bins, (tops[0], tops[1]), weight)

    def _sides(self, first: Numbers, second: Numbers) -> Sides:
        """Scaled density of the bins of each length at values of its spread, (u, g) and (v, h)."""
        grid = self._grid
        one, other = (
            np.exp(self._log_side(axis, grid.lengths[axis], np.asarray(spreads, float)) - grid.tops[axis])
            for axis, spreads in enumerate((first, second))
        )
        for side in (one, other):  # products of such numbers would be denormal, which takes many times as long
            side[side < NEGLIGIBLE] = 0
        return one, other

    def _sum(self, of_bins: Numbers, sides: Sides) -> Numbers:
        """Sum of a number of each bin, weighted with both sides: (g, h)."""
        numbers = np.zeros((len(sides[0]), len(sides[1])))
        numbers[self._grid.bins] = of_bins
        return np.asarray(sides[0].T @ numbers @ sides[1])

    def _means(self, sides: Sides, of: Numbers, over: Numbers) -> tuple[Numbers, Numbers]:
        """The weighted sum of what it is a mean over, and the mean, (g, h) each."""
        bins, weight = self._bins, self._grid.weight
        total, above = (self._sum(weight * column, sides) for column in (bins.sums @ over, bins.sums @ of))
        with np.errstate(divide="ignore", invalid="ignore"):
            return total, above / total

    def _effective_numbers(self, sides: Sides) -> Numbers:
        """Kish's effective number at every pair (g, h)."""
        counts, weight = self._bins.counts, self._grid.weight
        if self._n_groups:
            trainings = self._bins.of_units[-1].data[:, np.newaxis]
            squares = sum((sums[0] ** 2 for _, sums in self._units(sides, trainings)), np.zeros(()))
        else:
            squares = self._sum(weight**2 * counts, (sides[0] ** 2, sides[1] ** 2))
        return self._effective(self._sum(weight * counts, sides), squares)

    def _products(self, sides: Sides, of: Numbers, over: Numbers) -> list[Numbers]:
        """Weighted sums of the products of both with `of`, and of the square of `over`, (g, h) each."""
        weight, products = self._grid.weight**2, self._bins.products
        return [
            self._sum(weight * (products @ right @ left), sides) for left, right in ((of, of), (of, over), (over, over))
        ]

    def _of_bins(self, of: Numbers, over: Numbers) -> Numbers:
        """The sums of both in every bin of every unit that there is (e, 2)."""
        return np.column_stack([matrix.data for matrix in self._bins.of_units[:-1]]) @ np.column_stack([of, over])

    def _units(self, sides: Sides, data: Numbers) -> Iterator[tuple[float, list[Numbers]]]:
        """What the square of each unit's sum counts, and the unit's weighted sums of the columns of its data (e, m), m
        of (g, h)."""
        (rows, columns), weight = self._grid.bins, self._grid.weight
        matrix = self._bins.of_units[0]  # all are made from the same places, so that their elements are in one order
        for number, share in enumerate(self._bins.shares):
            own = slice(matrix.indptr[number], matrix.indptr[number + 1])
            where = matrix.indices[own]
            one, other = sides[0][rows[where]], sides[1][columns[where]]
            observed = data[own] * weight[where, np.newaxis]
            all_of_them = (observed[:, :, np.newaxis] * other[:, np.newaxis, :]).reshape(len(where), -1)
            yield float(share), np.hsplit(one.T @ all_of_them, data.shape[1])


class _Grid(NamedTuple):
    """The bins by each of both lengths: the middles that there are, where among them every bin is, the log-density that
    each is scaled by (u, 1), and the weight of a training in every bin where the scaled densities are 1."""

    lengths: Sides
    bins: tuple[Places, Places]
    tops: Sides
    weight: Numbers


def _top(log_densities: Numbers) -> Numbers:
    """The highest of each row (u, 1), 0 where all are minus infinity."""
    top = log_densities.max(axis=1, keepdims=True)
    return np.asarray(np.where(np.isfinite(top), top, 0.0))
