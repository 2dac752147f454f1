import numpy as np
import pytest

from sweep import UsageError
from sweep.statistics.compare import compare, describe, find_column
from sweep.statistics.inference import relative_change
from sweep.statistics.losses import Losses
from tests import commands

SPREADS = np.array([0.25, 0.5, 2**-0.5, 1.0])


def given(paired=True):
    rng = np.random.default_rng(0)
    losses = np.array([40.0, 20.0, 25.0, 30.0]) + rng.normal(size=(100, 1)) + rng.normal(0, 0.1, (100, 4))
    return Losses(SPREADS, losses, losses > 0, paired)


@pytest.mark.parametrize("paired", [True, False])
def test_every_pair_is_compared_as_its_draws_allow(paired):
    found = compare(given(paired), [1, 0.7071, 0.5])
    assert [(one.before, one.after) for one in found] == [(1, 2**-0.5), (1, 0.5), (2**-0.5, 0.5)]
    losses = given().losses
    assert found[0].change == relative_change(losses[:, 3], losses[:, 2], paired=paired)
    assert ("paired by repeat" in describe("hidden_std_dev", found).lower()) == paired
    assert ("not paired, since the draws are independent" in describe("x", found).lower()) == (not paired)


def test_pairing_needs_fewer_trainings():
    paired, unpaired = (compare(given(flag), [1, 0.5])[0].change for flag in (True, False))
    assert paired.high - paired.low < (unpaired.high - unpaired.low) / 3


def test_a_value_that_was_not_swept_names_the_nearest():
    with pytest.raises(UsageError) as error:
        compare(given(), [1, 0.6])
    assert str(error.value) == "0.6 was not swept; the nearest is 0.5 (--nearest takes it)"
    assert compare(given(), [1, 0.6], nearest=True)[0].after == 0.5


@pytest.mark.parametrize("values", [[1.0], [1, 1], [1, 0.5, 0.50001]])
def test_fewer_than_two_different_values_are_refused(values):
    with pytest.raises(UsageError, match=r"values that mean .* were given; give two or more that differ"):
        compare(given(), values)


def test_four_digits_are_enough():
    assert find_column(given(), 0.7071) == 2
    with pytest.raises(UsageError):
        find_column(given(), 0.707)


def test_one_training_a_point_is_unknown_not_nan():
    one = given()
    text = describe("x", compare(one._replace(losses=one.losses[:1]), [1, 0.5]))
    assert "unknown, one training a point" in text
    assert "nan" not in text


def test_the_commands(tmp_path):
    sweep = ["--set", "epochs=30", "--axis", "hidden_std_dev=log:0.25:4:9", "--repeats", "40"]
    assert commands.run("sweep.run", *sweep, folder=tmp_path).returncode == 0
    compared = commands.run("analysis", "compare", "0.25", "1", "4", folder=tmp_path)
    assert compared.returncode == 0, compared.stderr
    assert "0.25 -> 1" in compared.stdout
    assert "Paired by repeat, since the draws are common; n = 40." in compared.stdout
    minimum = commands.run("analysis", "minimum", folder=tmp_path)
    assert minimum.returncode == 0, minimum.stderr
    assert minimum.stdout.startswith("Lowest smoothed mean at hidden_std_dev = ")
    assert "From Xavier's 0.7071 to there: " in minimum.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "0.3", "1"], "0.3 was not swept; the nearest is 0.5 (--nearest takes it)"),
        (["compare", "one", "1"], "argument VALUE: was given as 'one'; allowed is a finite number"),
        (["compare", "1"], "values that mean 1 were given; give two or more that differ"),
        (["minimum"], "the axis has 2 values with a mean, the lowest 0.5; a minimum needs 5 or more"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, arguments, message):
    sweep = ["--set", "epochs=3", "--axis", "hidden_std_dev=0.5,1", "--repeats", "3"]
    assert commands.run("sweep.run", *sweep, folder=tmp_path).returncode == 0
    done = commands.run("analysis", *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert message in commands.one_sentence(done.stderr)


def test_named_values_cannot_be_compared_so(tmp_path):
    sweep = ["--set", "epochs=3", "--axis", "activation=tanh,relu", "--repeats", "3"]
    assert commands.run("sweep.run", *sweep, folder=tmp_path).returncode == 0
    done = commands.run("analysis", "compare", "1", "2", folder=tmp_path)
    assert done.returncode == 2
    assert "the study sweeps activation; this needs one axis of numbers" in commands.one_sentence(done.stderr)
