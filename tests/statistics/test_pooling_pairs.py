import numpy as np
import pytest

from sweep.statistics.pooling import Pool
from sweep.statistics.pooling_pairs import PairPool
from sweep.study.overlap import Draw

FINITE, LOSS, SOLVED = np.eye(3)
VALUES = np.geomspace(0.2, 5, 7), np.geomspace(0.3, 3, 6)


def both_pools(hidden, numbers, n_repeats=0):
    """The same trainings, a tenth of them diverged, pooled weight by weight and by matrix products."""
    rng = np.random.default_rng(1)
    draws = hidden, Draw("normal", 3)
    pairs = np.array([(a, b) for a in VALUES[0] for b in VALUES[1]])
    pools = Pool(draws, pairs, n_repeats), PairPool(draws, pairs, n_repeats)
    for place, (pair, n) in enumerate(zip(pairs, numbers, strict=True)):
        lengths = pair * np.sqrt(rng.chisquare([d.dimension for d in draws], (n, 2)))
        largest = pair[:1] * rng.random((n, 1)) ** (1 / hidden.dimension)
        if hidden.distribution == "uniform":
            lengths[:, :1] = largest
        if hidden.distribution == "truncated_normal":
            lengths = np.insert(lengths, [1], largest, axis=1)
        is_finite = rng.random(n) > 0.1
        losses = np.where(is_finite, 900 + 100 * np.log(lengths).sum(axis=1) ** 2 + rng.normal(0, 50, n), 0.0)
        for pool in pools:
            pool.add(place, np.arange(n), lengths, np.column_stack([is_finite, losses, losses > 950]))
    return pools


@pytest.mark.parametrize(
    ("hidden", "numbers", "n_repeats"),
    [
        (Draw("normal", 6), np.full(42, 30), 0),
        (Draw("normal", 6), np.arange(42) % 25, 0),
        (Draw("uniform", 6), np.full(42, 30), 0),
        (Draw("truncated_normal", 6), np.full(42, 30), 0),
        (Draw("normal", 24), np.full(42, 30), 30),
    ],
    ids=["even", "uneven and missing", "uniform", "truncated normal", "common draws"],
)
def test_matrix_products_are_the_sum_over_all_weights(hidden, numbers, n_repeats):
    slow, quick = both_pools(hidden, numbers, n_repeats)
    first, second = np.geomspace(0.3, 4, 5), np.geomspace(0.4, 2, 4)
    pairs = np.array([(a, b) for a in first for b in second])
    expected, solved = slow.mean(pairs, LOSS, FINITE), slow.mean(pairs, FINITE - SOLVED, FINITE)
    found = quick.pairs(first, second, LOSS, FINITE)
    np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-12)
    np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-9, atol=1e-9 * expected.covariance.max())
    np.testing.assert_allclose(found.effective, expected.effective, rtol=1e-12)
    mean, error, effective = (part.ravel() for part in quick.map(first, second, LOSS, FINITE))
    np.testing.assert_allclose(mean, expected.mean, rtol=1e-12)
    np.testing.assert_allclose(error, expected.standard_error, rtol=1e-9)
    np.testing.assert_allclose(quick.means(first, second, FINITE - SOLVED, FINITE).ravel(), solved.mean, rtol=1e-12)
    np.testing.assert_allclose(
        quick.map(first, second, FINITE - SOLVED, FINITE)[1].ravel(), solved.standard_error, rtol=1e-9
    )
    np.testing.assert_allclose(effective, expected.effective, rtol=1e-12)
