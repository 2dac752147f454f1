import numpy as np
import pytest
from numba import njit

from sweep.sigmoid import exp, sigmoid
from sweep.simd import LANES, load, store


@pytest.fixture(scope="module")
def vectorised():
    """exp and sigmoid as functions of an array (n, LANES)."""

    @njit
    def apply(x, exps, sigmoids):
        for row in range(len(x)):
            store(exps, row, exp(load(x, row)))
            store(sigmoids, row, sigmoid(load(x, row)))

    def both(x):
        exps, sigmoids = np.empty((2, *x.shape))
        apply(x, exps, sigmoids)
        return exps, sigmoids

    return both


def test_they_are_numpys_to_the_last_digits(vectorised):
    x = np.random.default_rng(0).uniform(-700, 700, (20_000, LANES))
    x[:10_000] /= 100
    exps, sigmoids = vectorised(x)
    np.testing.assert_allclose(exps, np.exp(x), rtol=1e-15)
    np.testing.assert_allclose(sigmoids, 1 / (1 + np.exp(-x)), rtol=1e-15)


def test_the_ends_and_the_middle(vectorised):
    x = np.resize([0.0, -0.0, 1e4, -1e4, np.inf, -np.inf, np.nan, 5e-324], (1, LANES))
    exps, sigmoids = vectorised(x)
    assert sigmoids[0, [0, 1, 7]].tolist() == [0.5, 0.5, 0.5]
    assert (sigmoids[0, [2, 4]] == 1).all()
    assert (sigmoids[0, [3, 5]] < 1e-300).all()
    assert np.isnan([sigmoids[0, 6], exps[0, 6]]).all()
    assert exps[0, 0] == 1
