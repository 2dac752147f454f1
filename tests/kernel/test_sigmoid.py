import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.kernel.compiler import LANES
from sweep.kernel.sigmoid import COEFFICIENTS, exp, power, sigmoid
from sweep.kernel.vector import split
from tests.kernel.vectors import compile_vectors


@pytest.fixture(scope="module")
def vectorised():
    """exp and sigmoid of an array (n, LANES)."""
    return compile_vectors(lambda x: [exp(x), sigmoid(x)], 1)


@pytest.fixture(scope="module")
def products():
    """e**-(a + b + c) as a product of powers, and from the sum, of three arrays (n, LANES)."""

    def emit(a, b, c):
        return [power(a, -1.0).times(power(b, -1.0)).times(power(c, -1.0)).number(), exp(a + b + c, -1.0)]

    return compile_vectors(emit, 3)


def test_the_polynomial_is_the_exponential_to_its_stated_error():
    half = np.log(np.longdouble(2)) / 2
    r = np.linspace(-half, half, 100_001)
    p = np.polyval(np.array(COEFFICIENTS, dtype=np.longdouble), r)
    assert abs(p / np.exp(r) - 1).max() < 3e-16


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


@pytest.mark.parametrize("spread", [0.1, 1, 50, 200, 1e4, 1e6])
def test_a_product_of_powers_is_the_power_of_the_sum(products, spread):
    """Also where the single powers are beyond all float64 numbers and cancel each other."""
    a, b, c = np.random.default_rng(0).normal(0, spread, (3, 5_000, LANES))
    c[::2] = np.random.default_rng(1).normal(0, 3, c[::2].shape) - a[::2] - b[::2]
    product, direct = products(a, b, c)
    within = abs(a + b + c) < 690
    assert within[::2].all()
    # By how much the sum itself is rounded.
    rounded = 3e-16 * (abs(a) + abs(b) + abs(c))
    assert (abs(product / direct - 1)[within] <= 2e-15 + rounded[within]).all()
    assert (product[a + b + c > 690] < 1e-290).all()
    assert (product[a + b + c < -690] > 1e290).all()


def test_a_product_of_powers_at_the_ends(products):
    ends = np.resize([0.0, np.inf, -np.inf, 1e300, -1e300, np.nan, -0.0, 2.0**50], (1, LANES))
    zero = np.zeros((1, LANES))
    product = products(ends, zero, zero)[0][0]
    assert product[[0, 6]].tolist() == [1, 1]
    assert (product[[1, 3, 7]] < 1e-300).all()
    assert (product[[2, 4]] > 1e300).all()
    assert np.isfinite(product[[2, 4]]).all()
    assert np.isnan(product[5])
    assert all(np.isnan(products(zero, ends, ends)[0][0, 5:6]))


@settings(max_examples=50)
@given(st.lists(st.floats(1e-300, 1e300), min_size=LANES, max_size=LANES))
def test_split_is_frexp(taken_apart, numbers):
    significand, exponent = taken_apart(np.array([numbers]))
    assert (significand >= 1).all()
    assert (significand < 2).all()
    assert (np.ldexp(significand, exponent.astype(int)) == numbers).all()


@pytest.fixture(scope="module")
def taken_apart():
    return compile_vectors(split, 1)


def test_powers_of_two_and_the_numbers_below_them_are_split_right(taken_apart):
    twos = 2.0 ** np.arange(-1000, 1000)
    numbers = np.concatenate([twos, np.nextafter(twos, 0)]).reshape(-1, LANES)
    significand, exponent = taken_apart(numbers)
    expected = np.frexp(numbers)
    assert (significand == 2 * expected[0]).all()
    assert (exponent == expected[1] - 1).all()
