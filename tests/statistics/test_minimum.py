import numpy as np
import pytest
from scipy.stats import binom, kstest, norm
from scipy.stats import t as student

from sweep import UsageError
from sweep.statistics.curve import smoothed_curve
from sweep.statistics.inference import mean_interval
from sweep.statistics.losses import Losses
from sweep.statistics.means import Means
from sweep.statistics.minimum import MOST_STEPS, describe, find_minimum
from sweep.statistics.pooling import GROUPS
from sweep.statistics.simulation import SIMULATIONS, find_lowest, simulate
from sweep.statistics.smoothing import smooth

SPREADS = np.geomspace(0.1, 10, 41)


def minimum(given, predicted=None):
    return find_minimum(smoothed_curve(given), predicted)


def simulated(rng, n, paired=True, at=0.6, noise=300.0, spreads=SPREADS, height=200):
    """Losses whose mean is a parabola in log-spread with its minimum of 1000 at `at`."""
    curve = 1000 + height * (np.log(spreads) - np.log(at)) ** 2
    shared = rng.exponential(noise, (n, 1)) if paired else 0
    losses = curve + shared + rng.normal(0, noise / 3, (n, len(spreads)))
    return Losses("learning_rate", spreads, losses, np.ones(losses.shape, bool), paired)


def test_the_smoother_keeps_a_quartic():
    x = np.sort(np.random.default_rng(0).uniform(-2, 2, 30))
    at = np.linspace(-1.5, 1.5, 7)
    np.testing.assert_allclose(
        smooth(x, at) @ (3 - x + 2 * x**2 - x**3 + x**4), 3 - at + 2 * at**2 - at**3 + at**4, rtol=1e-8
    )


def test_it_finds_the_minimum_and_the_gain():
    found = minimum(simulated(np.random.default_rng(1), 20_000), 1.0)
    assert found.spread.estimate == pytest.approx(0.6, rel=0.05)
    mean = 1000 + 300
    assert found.gain.estimate == pytest.approx(mean / (mean + 200 * np.log(0.6) ** 2) - 1, abs=0.003)
    assert found.predicted == pytest.approx(1.0)
    assert found.bracketed
    assert found.n == 20_000


@pytest.mark.parametrize("n", [3, 20])
def test_means_of_few_repeats_that_share_their_draws_have_students_interval(n):
    """Decades apart nothing is smoothed, and next to uniform losses are no more skewed than normal ones."""
    values, losses = np.array([1e-3, 1.0, 1e3]), np.random.default_rng(0).permuted(np.mgrid[:n, :3][0] * 1.0, axis=0)
    at = smoothed_curve(Losses("learning_rate", values, losses, None, True)).at(values)
    for place in range(3):
        assert at.interval(place) == pytest.approx(mean_interval(losses[:, place]))


def test_repeats_beyond_the_groups_are_in_turn_in_all_of_them():
    given = simulated(np.random.default_rng(1), 3 * GROUPS)
    at = smoothed_curve(given).at(SPREADS[20:22])
    assert at.influences.shape == (GROUPS, 2)
    assert at.influences[:, 0].std() * GROUPS**0.5 == pytest.approx(at.standard_error[0], rel=0.05)


def test_points_decades_apart_say_nothing_of_what_lies_between():
    x = np.log([1e-300, 1e-100, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 1e100])
    near, at = x[2:8], np.log([0.7, 3.0, 16.0])
    np.testing.assert_array_equal(smooth(x, at)[:, 2:8], smooth(near, at))
    between = smooth(x, np.log([1e-200, 1e-50, 1e50, 1e-300, 1e100]))
    assert (between >= 0).all()
    np.testing.assert_allclose(between.sum(axis=1), 1)
    np.testing.assert_allclose(between[0, :2], 0.5)
    np.testing.assert_array_equal(between[3:], np.eye(9)[[0, 8]])


@pytest.fixture
def smoothed_once(monkeypatch):
    """Compute the smoother of the same points once: it takes most of the time."""
    known = {}

    def find(x, at):
        key = x.tobytes(), at.tobytes()
        if key not in known:
            known[key] = smooth(x, at)
        return known[key]

    monkeypatch.setattr("sweep.statistics.curve.smooth", find)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.usefixtures("smoothed_once")
def test_the_intervals_contain_the_truth_as_often_as_they_say(paired):
    rng = np.random.default_rng(2)
    around = SPREADS[(SPREADS > 0.2) & (SPREADS < 2)]  # the grid that is simulated is as long as the axis
    mean = 1300 if paired else 1000
    true_gain = mean / (mean + 200 * np.log(0.6) ** 2) - 1
    hits = np.zeros(2)
    for _ in range(300):
        found = minimum(simulated(rng, 200, paired, spreads=around), 1.0)
        hits += [found.spread.low <= 0.6 <= found.spread.high, found.gain.low <= true_gain <= found.gain.high]
    assert (hits / 300 > 0.91).all(), hits / 300
    assert (hits / 300 < 0.985).all(), hits / 300


def test_an_uneven_curve_does_not_move_the_minimum():
    """Steeper to one side, as the curve of `gustaw` is: a local parabola shifts the minimum, a quartic does not."""
    u = np.log(SPREADS / 0.6)
    curve = 1000 + 200 * u**2 - 120 * u**3 + 60 * u**4
    losses = curve + np.random.default_rng(6).normal(0, 30, (20_000, len(SPREADS)))
    found = minimum(Losses("learning_rate", SPREADS, losses, losses > 0, False), 1.0).spread
    assert found.low <= 0.6 <= found.high
    assert found.high - found.low < 0.01


def test_pairing_narrows_the_interval():
    given = simulated(np.random.default_rng(3), 500, noise=1000.0)
    paired, unpaired = (minimum(given._replace(paired=flag)).spread for flag in (True, False))
    assert paired.high - paired.low < (unpaired.high - unpaired.low) / 1.5


def test_the_same_losses_give_the_same_answer():
    given = simulated(np.random.default_rng(5), 300)
    assert minimum(given, 1.0)[:11] == minimum(given, 1.0)[:11]


def test_diverged_and_missing_trainings_are_left_out():
    given = simulated(np.random.default_rng(6), 3000)
    losses = given.losses.copy()
    losses[1000:, ::2] = np.nan
    losses[:, 3] = np.nan
    found = minimum(given._replace(losses=losses), 1.0)
    assert found.spread.low < 0.6 < found.spread.high
    assert found.n == 1000


def test_a_minimum_at_the_end_is_said_to_be_open():
    found = minimum(simulated(np.random.default_rng(7), 2000, at=0.02))
    assert not found.bracketed
    assert "the minimum may lie outside; sweep a wider axis" in describe("learning_rate", found)


@pytest.mark.parametrize("turned", [1, -1])
def test_the_lowest_point_of_a_curve_that_bends_down_to_its_end_is_the_end(turned):
    grid = np.append(np.arange(0, 1, 0.3), 1.0)
    (place,), (lowest,) = find_lowest(grid, -np.array([grid**2])[:, ::turned])
    assert (place, lowest) == (1.0 if turned == 1 else 0.0, -1.0)


@pytest.mark.usefixtures("smoothed_once")
def test_the_lowest_mean_of_a_plateau_is_not_said_to_be_lower_than_it_is():
    rng, studies = np.random.default_rng(4), 60
    means = [minimum(simulated(rng, 30, paired=False, at=1.0, height=3)).mean for _ in range(studies)]
    held = sum(mean.low <= 1000 <= mean.high for mean in means)
    assert held >= binom.ppf(0.01, studies, 0.95), held


def test_an_axis_of_hundreds_of_decades_has_a_grid_of_bounded_size():
    given = simulated(np.random.default_rng(7), 20)
    found = minimum(given._replace(values=np.geomspace(1e-150, 1e150, 41)))
    assert len(found.grid) <= MOST_STEPS + 2
    assert found.grid[[0, -1]] == pytest.approx([1e-150, 1e150])


def test_simulated_curves_have_the_mean_and_covariance_asked_for():
    x = np.linspace(0, 1, 200)
    covariance = np.outer(1 + x, 1 + x) * np.exp(-((x[:, np.newaxis] - x) ** 2) / 0.02)
    curves = simulate(Means(x, covariance, np.ones(200)), 0)
    deviation = np.sqrt(covariance.diagonal() / SIMULATIONS)
    assert (abs(curves.mean(axis=0) - x) < 4 * deviation).all()
    # A covariance from n normal curves varies by sqrt((c_ij^2 + c_ii c_jj) / n).
    error = np.sqrt((covariance**2 + np.outer(covariance.diagonal(), covariance.diagonal())) / SIMULATIONS)
    assert (abs(np.cov(curves.T) - covariance) < 4.5 * error).all()
    assert np.ptp(simulate(Means(x, np.zeros_like(covariance), np.ones(200)), 0) - x) == 0


def test_curves_of_few_repeats_vary_as_students_distribution():
    influences = np.random.default_rng(3).laplace(size=(12, 40))
    means = Means(np.zeros(40), np.eye(40), np.ones(40), influences)
    degrees = means.degrees_at(7)
    assert 3 < degrees < 11
    curves = simulate(means, 7)
    for place in (0, 7, 39):
        assert kstest(curves[:, place], student(degrees).cdf).pvalue > 0.001
        assert np.mean(abs(curves[:, place]) > 3) > 3 * 2 * norm.sf(3)


def test_a_range_that_no_training_reaches_is_left_out_and_said():
    curve = smoothed_curve(simulated(np.random.default_rng(1), 200))

    def at(values):
        found, gap = curve.at(values), (values > 1) & (values < 3)
        found.mean[gap] = found.covariance[gap] = found.covariance[:, gap] = np.nan
        return found

    found = find_minimum(curve._replace(at=at), 2.0)
    assert found.spread.low < 0.6 < found.spread.high
    assert not np.isfinite(found.gain.estimate)
    assert not ((found.grid > 1) & (found.grid < 3)).any()
    assert "No training reaches a part of the swept range, and the minimum may lie there; `python -m" in describe(
        "learning_rate", found
    )
    assert find_minimum(curve, 2.0).whole


def test_a_prediction_outside_the_axis_has_no_gain():
    found = minimum(simulated(np.random.default_rng(8), 200), 20.0)
    assert np.isnan(found.gain.estimate)
    assert "nan" not in describe("learning_rate", found)


def test_few_trainings_are_said_to_be_few():
    text = describe("learning_rate", minimum(simulated(np.random.default_rng(9), 10), 1.0))
    assert "With fewer than 30 trainings a point these intervals are too narrow; raise --repeats." in text


@pytest.mark.parametrize(("n", "is_said"), [(20, True), (2000, False)])
def test_repeats_of_which_few_decide_are_said_to_be_few(n, is_said):
    curve = smoothed_curve(simulated(np.random.default_rng(9), 200))
    influences = np.random.default_rng(10).exponential(size=(n, 1)) - 1

    def at(values):
        return curve.at(values)._replace(influences=np.repeat(influences, len(values), axis=1))

    found = find_minimum(curve._replace(at=at), 1.0)
    assert (found.degrees < 30) == is_said
    words = "Few of the repeats decide the mean there, and these intervals may be too narrow; raise --repeats."
    assert (words in describe("learning_rate", found)) == is_said
    assert words not in describe("learning_rate", find_minimum(curve, 1.0))


def test_one_training_a_point_has_no_interval():
    found = minimum(simulated(np.random.default_rng(9), 1), 1.0)
    assert np.isnan([found.spread.low, found.spread.high, found.gain.low, found.gain.high]).all()
    text = describe("learning_rate", found)
    assert "how sure that is, one training a point does not say: raise --repeats." in text
    assert "nan" not in text


@pytest.mark.parametrize("keep", [slice(0, 4), slice(0, 0)])
def test_too_few_points_are_refused(keep):
    given = simulated(np.random.default_rng(10), 50)
    some = Losses("learning_rate", SPREADS[keep], given.losses[:, keep], given.solved[:, keep], True)
    with pytest.raises(UsageError, match=r"a minimum needs 5 or more, all above 0: sweep them with --axis"):
        minimum(some)


def test_a_spread_of_zero_is_refused():
    given = simulated(np.random.default_rng(11), 50)
    with pytest.raises(UsageError, match="the axis has 41 values with a mean, the lowest 0; a minimum needs"):
        minimum(given._replace(values=np.linspace(0, 1, 41)))
