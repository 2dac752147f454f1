"""Pools the trainings of a sweep of spreads: each of them answers for every spread.

A training that started from drawn parameters of a length, at one spread, is a possible start at any other: its length
is merely more, or less, likely there. Weighted by how likely, it counts in the mean at every spread: multiple
importance sampling with the balance heuristic (Veach & Guibas 1995, SIGGRAPH, 419-428; Owen & Zhou 2000, JASA 95,
135-143; in physics MBAR, Shirts & Chodera 2008, J. Chem. Phys. 129, 124105). With n_j trainings at the swept spread
s_j, and a training i whose drawn parameters have the length r_i,

    w_i(s) = p_s(r_i) / sum over j of n_j p_j(r_i),        m(s) = sum over i of w_i(s) a_i / sum over i of w_i(s) b_i

where p_s is the density of the draws at spread s, and a and b are what was observed: the total loss and whether it is
finite for the mean loss, solved and 1 for the fraction solved.

Everything here is pure. As a weight depends on the length alone, trainings are counted in narrow bins of it, and the
cost does not grow with spreads times trainings. How likely truncated normal draws are depends on their norm and on
their largest component: a bin is one of both. Where two spreads are swept, it is one of the lengths of each, and the
density the product of both.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from itertools import combinations_with_replacement

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.special import logsumexp

from sweep.statistics.bins import Bins, distinct, merged, sums_of
from sweep.statistics.means import Counts, Means, Numbers
from sweep.study.distributions import CUT_DEVIATION
from sweep.study.overlap import Draw

BINS_PER_DEVIATION = 20
"""Bins in a standard deviation of the log-length at one spread; twice as many move no mean by 1e-4 of itself."""
GROUPS = 2000
"""Groups of repeats, where more share their draws: their sums vary as the repeats' do, at a bounded cost."""
AT_ONCE = 4_000_000
"""Numbers in the largest intermediate array."""


def log_density(draw: Draw, log_lengths: Numbers, spread: Numbers, widths: Numbers) -> Numbers:
    """Log-density of draws of some lengths at spreads, but for what does not depend on the spread.

    Args:
        draw: how the parameters are drawn.
        log_lengths: middles of bins of log-length (n, lengths of the draw), as `sweep.study.draws.drawn_lengths` orders
            them.
        spread: spreads (m,).
        widths: of the bins (lengths,); a bin of the largest component across the spread, beyond which there is no
            density, counts by its part.

    Returns:
        Shape (n, m).
    """
    log_spread = np.log(spread)
    density = np.broadcast_to(-draw.dimension * log_spread, (len(log_lengths), len(spread)))
    if draw.distribution != "uniform":
        underlying = math.log(CUT_DEVIATION) if draw.distribution == "truncated_normal" else 0.0
        density = density - np.exp(2 * (log_lengths[:, :1] + underlying - log_spread)) / 2
    if draw.distribution != "normal":
        with np.errstate(divide="ignore"):
            density = density + np.log(np.clip(0.5 - (log_lengths[:, -1:] - log_spread) / widths[-1], 0, 1))
    return density


class Pool:
    """The trainings of a sweep of one spread or two, counted by bins of their lengths.

    Args:
        draws: how the parameters of each swept spread are drawn, k of them, 1 or 2.
        spreads: the swept spreads (j, k), all above 0.
        n_repeats: number of repeats, where the points share their draws, so that the trainings of a repeat belong
            together; 0 where every training is independent of every other.
    """

    def __init__(self, draws: Sequence[Draw], spreads: Numbers, n_repeats: int = 0) -> None:
        self._draws, self._spreads = tuple(draws), np.asarray(spreads, float)
        self._n_repeats = n_repeats
        self._n_groups = min(n_repeats, GROUPS if len(draws) == 1 else GROUPS // 10)
        self._width = np.array([one / BINS_PER_DEVIATION for draw in draws for one in draw.deviations])
        ends = np.cumsum([len(draw.deviations) for draw in draws])
        self._columns = [slice(end - len(draw.deviations), end) for draw, end in zip(draws, ends, strict=True)]
        self._counts = np.zeros(len(self._spreads))
        self._added: list[tuple[Counts, Numbers, Numbers]] = []
        self._squares: list[tuple[Counts, Numbers]] = []

    def add(self, places: int | Counts, repeats: Counts, lengths: Numbers, observed: Numbers) -> None:
        """Add trainings, all those of a swept spread at once.

        Args:
            places: of their spreads in the order given: one, or one for each training (n,).
            repeats: repeat numbers (n,).
            lengths: of the drawn parameters (n, columns), above 0, as `sweep.study.draws.drawn_lengths` gives them.
            observed: what was observed of each training (n, m), such as whether its loss is finite, and that loss.
        """
        n = len(observed)
        if not n:
            return
        places = np.broadcast_to(places, n)
        self._counts += np.bincount(places, minlength=len(self._counts))
        cells = self._cells(lengths)
        unit = repeats % self._n_groups if self._n_groups else places
        key, where = distinct(np.column_stack([unit, cells]))
        self._added.append((key, np.bincount(where).astype(float), sums_of(where, observed)))
        if self._n_groups:  # where repeats share their draws, their sums alone count
            return
        m = observed.shape[1]
        products = np.empty((len(key), m, m))
        for i, j in combinations_with_replacement(range(m), 2):
            products[:, i, j] = products[:, j, i] = np.bincount(where, observed[:, i] * observed[:, j])
        # Within a spread, n trainings tell its variance from n - 1 differences.
        own = np.bincount(places)[key[:, 0]]
        unbiased = np.where(own > 1, own / np.maximum(own - 1, 1), 1.0)[:, np.newaxis]
        self._squares.append((key[:, 1:], unbiased * products.reshape(-1, m * m)))
        first, *others = (len(cells) for cells, _ in self._squares)
        if sum(others) > max(first, AT_ONCE // m**2):  # so that each is merged a few times at most
            self._squares = [merged(self._squares)]

    def _cells(self, lengths: Numbers) -> Counts:
        return np.asarray(np.floor(np.log(lengths) / self._width).astype(np.int64))

    @cached_property
    def _bins(self) -> Bins:
        key, counts, sums = (np.concatenate(parts) for parts in zip(*self._added, strict=True))
        cells, where = distinct(key[:, 1:])
        m = sums.shape[1]
        middles = (cells + 0.5) * self._width
        units, unit = np.unique(key[:, 0], return_inverse=True)
        of_units = [csr_array(coo_array((one, (unit, where)), (len(units), len(cells)))) for one in (*sums.T, counts)]
        return Bins(
            cells,
            middles,
            self._log_mixture(middles),
            sums_of(where, counts[:, np.newaxis])[:, 0],
            sums_of(where, sums),
            np.empty((len(cells), 0, 0)) if self._n_groups else merged(self._squares)[1].reshape(-1, m, m),
            of_units,
            self._shares(units),
        )

    def _shares(self, units: Counts) -> Numbers:
        """What the square of a unit's sum counts in the covariance (u,): negative where trainings are independent, for
        their variance is about the mean of their spread."""
        if self._n_groups:
            return np.full(len(units), len(units) / max(len(units) - 1, 1))
        n = self._counts[units]
        return np.asarray(np.where(n > 1, -1 / np.maximum(n - 1, 1), 0.0))

    def _log_density(self, middles: Numbers, spreads: Numbers) -> Numbers:
        parts = zip(self._draws, self._columns, spreads.T, strict=True)
        return sum(  # type: ignore[return-value]
            log_density(draw, middles[:, own], values, self._width[own]) for draw, own, values in parts
        )

    def _log_mixture(self, middles: Numbers) -> Numbers:
        """Log of the sum of n_j p_j at bins (u,)."""
        used = self._counts > 0
        rows = np.array_split(middles, max(1, len(middles) * int(used.sum()) // AT_ONCE))
        parts = [self._log_density(some, self._spreads[used]) for some in rows]
        return np.concatenate([logsumexp(part, axis=1, b=self._counts[used]) for part in parts])

    @property
    def log_lengths(self) -> Numbers:
        """Middles of the bins' log-lengths (u, columns)."""
        return self._bins.middles

    def bins_of(self, lengths: Numbers) -> Counts:
        """The bin (n,) of trainings that were added, from their lengths (n, columns)."""
        cells, where = distinct(np.concatenate([self._bins.cells, self._cells(lengths)]))
        assert len(cells) == len(self._bins.cells)
        return where[len(cells) :]

    def total(self, of: Numbers) -> Numbers:
        """Sum of a combination (m,) of what was observed in every bin (u,)."""
        return self._bins.sums @ of

    def weights(self, spreads: Numbers) -> Numbers:
        """Weight of a training in every bin (u,) at spreads (g, k): (u, g)."""
        return np.asarray(
            np.exp(self._log_density(self._bins.middles, spreads) - self._bins.log_mixture[:, np.newaxis])
        )

    def mean(self, spreads: Numbers, of: Numbers, over: Numbers) -> Means:
        """The pooled mean of one combination of what was observed over that of another.

        Args:
            spreads: (g, k).
            of: factors (m,) of what was observed, such as (0, 1) for the loss.
            over: factors (m,) of what it is a mean over, such as (1, 0) for whether it is finite.
        """
        return self.weighted(self.weights(spreads), of, over)

    def weighted(self, w: Numbers, of: Numbers, over: Numbers) -> Means:
        """The mean under any weights (u, g) of a training in every bin, one combination over another as for `mean`.

        The linearised share of training i in the mean at s is w_i(s) (a_i - m(s) b_i) / sum of w b. Its covariance
        comes from its products within the bins, less what the spreads' own means make of them.
        """
        bins = self._bins
        total = w.T @ (bins.sums @ over)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = w.T @ (bins.sums @ of) / total
            effective = self._effective(w.T @ bins.counts, self._squared_weights(w))
        parts = zip(bins.of_units[:-1], of, over, strict=True)
        shares = sum((matrix @ w) * (one - mean * other) for matrix, one, other in parts if one or other)
        covariance = (shares * bins.shares[:, np.newaxis]).T @ shares
        if not self._n_groups:
            pairs = ((of, of), (of, over), (over, over))
            squares, both, others = (bins.products @ right @ left for left, right in pairs)
            # The sum of (a - m b)(a - m' b) of a bin is that of what a regression on b leaves of a, and of the rest.
            slope = np.divide(both, others, out=np.zeros_like(both), where=others > 0)[:, np.newaxis]
            left = np.sqrt(np.maximum(squares - slope[:, 0] * both, 0))[:, np.newaxis]
            factor = np.vstack([left * w, np.sqrt(others)[:, np.newaxis] * (slope - mean) * w])
            covariance = covariance + factor.T @ factor
        with np.errstate(divide="ignore", invalid="ignore"):  # where next to nothing counts, nothing is known
            influences = shares / total if self._n_groups else None
            return Means(mean, covariance / np.outer(total, total), effective, influences)

    def _squared_weights(self, w: Numbers) -> Numbers:
        """Sum of the squared weights (g,) of all that is independent: trainings, or groups of repeats."""
        bins = self._bins
        return ((bins.of_units[-1] @ w) ** 2).sum(axis=0) if self._n_groups else (w * w).T @ bins.counts

    def _effective(self, total: Numbers, squares: Numbers) -> Numbers:
        """The effective number from the sum of the weights and that of their squares, elementwise. What the sums of
        groups differ by is what the repeats in them do."""
        if self._n_groups:
            squares = squares - total**2 / len(self._bins.shares) * (1 - self._n_groups / self._n_repeats)
        return np.asarray(total**2 / squares)
