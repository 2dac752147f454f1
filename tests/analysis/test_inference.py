import numpy as np
import pytest

from analysis.inference import relative_change


def simulated(rng, n, paired):
    """Two samples with means 10 and 8 whose noise is shared where paired."""
    shared = rng.normal(0, 3, n)
    other = shared if paired else rng.normal(0, 3, n)
    return 10 + shared + rng.normal(0, 1, n), 8 + other + rng.normal(0, 1, n)


@pytest.mark.parametrize("paired", [True, False])
def test_the_standard_error_is_the_deviation_of_repeated_studies(paired):
    rng = np.random.default_rng(1)
    results = [relative_change(*simulated(rng, 200, paired), paired=paired) for _ in range(2000)]
    changes = np.array([result.change for result in results])
    assert changes.mean() == pytest.approx(-0.2, abs=0.002)
    assert np.mean([result.standard_error for result in results]) == pytest.approx(changes.std(), rel=0.06)


def test_pairing_sharpens_what_is_shared():
    before, after = simulated(np.random.default_rng(2), 500, paired=True)
    paired, unpaired = (relative_change(before, after, paired=flag) for flag in (True, False))
    assert paired.change == unpaired.change
    assert paired.standard_error < unpaired.standard_error / 2


def test_a_pair_with_a_diverged_half_is_left_out():
    before, after = np.array([1.0, np.nan, 3.0, 4.0]), np.array([2.0, 5.0, np.nan, 8.0])
    assert relative_change(before, after, paired=True)[:2] == (1.0, 0.0)
    assert relative_change(before, after, paired=False).n == 3


def test_one_pair_has_no_standard_error_and_none_no_change():
    one = relative_change(np.array([2.0]), np.array([1.0]), paired=True)
    assert one.change == -0.5
    assert np.isnan(one.standard_error)
    assert np.isnan(relative_change(np.array([]), np.array([]), paired=True).change)
