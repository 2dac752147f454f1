import json

import numpy as np
import pytest

from sweep import UsageError
from sweep.statistics.compare import compare_means, describe, find_column
from sweep.statistics.inference import relative_change
from sweep.statistics.losses import Losses
from tests import commands

SPREADS = np.array([0.25, 0.5, 2**-0.5, 1.0])


def given(paired=True):
    rng = np.random.default_rng(0)
    losses = np.array([40.0, 20.0, 25.0, 30.0]) + rng.normal(size=(100, 1)) + rng.normal(0, 0.1, (100, 4))
    return Losses("learning_rate", SPREADS, losses, losses > 0, paired)


@pytest.mark.parametrize("paired", [True, False])
def test_every_pair_is_compared_as_its_draws_allow(paired):
    found = compare_means(given(paired), [1, 0.7071, 0.5])
    assert [(one.before, one.after) for one in found] == [(1, 2**-0.5), (1, 0.5), (2**-0.5, 0.5)]
    losses = given().losses
    assert found[0].change == relative_change(losses[:, 3], losses[:, 2], paired=paired)
    assert ("paired by repeat" in describe("hidden_std_dev", found).lower()) == paired
    assert ("not paired, since the draws are independent" in describe("x", found).lower()) == (not paired)


def test_pairing_needs_fewer_trainings():
    paired, unpaired = (compare_means(given(flag), [1, 0.5])[0].change for flag in (True, False))
    assert paired.high - paired.low < (unpaired.high - unpaired.low) / 3


def test_a_value_that_was_not_swept_names_the_nearest():
    with pytest.raises(UsageError) as error:
        compare_means(given(), [1, 0.6])
    assert str(error.value) == "0.6 was not swept; the nearest is 0.5 (--nearest takes it)"
    assert compare_means(given(), [1, 0.6], nearest=True)[0].after == 0.5


@pytest.mark.parametrize("values", [[1.0], [1, 1], [1, 0.5, 0.50001]])
def test_fewer_than_two_different_values_are_refused(values):
    with pytest.raises(UsageError, match=r"values that mean .* were given; give two or more that differ"):
        compare_means(given(), values)


def test_four_digits_are_enough():
    assert find_column(given(), 0.7071) == 2
    with pytest.raises(UsageError):
        find_column(given(), 0.707)


def test_one_training_a_point_is_unknown_not_nan():
    one = given()
    text = describe("x", compare_means(one._replace(losses=one.losses[:1]), [1, 0.5]))
    assert "unknown, one training a point" in text
    assert "nan" not in text


def sweep_spreads(folder, count, *more):
    sweep = ["--set", "epochs=30", "--axis", f"hidden_std_dev=log:0.25:4:{count}", "--repeats", "40", *more]
    assert commands.run("sweep.run", *sweep, folder=folder).returncode == 0


def test_a_swept_spread_is_compared_at_any_values(tmp_path):
    sweep_spreads(tmp_path, 40)
    compared = commands.run("analysis", "compare", "0.3", "1", "3.9", folder=tmp_path)
    assert compared.returncode == 0, compared.stderr
    assert "0.3 -> 1" in compared.stdout
    assert "Pooled from all trainings of the sweep; effectively " in compared.stdout
    done = commands.run("analysis", "compare", "0.2", "1", folder=tmp_path)
    assert done.returncode == 2
    assert "0.2 lies outside what was swept; allowed is a number from 0.25 to 4" in commands.one_sentence(done.stderr)


def test_the_answer_is_the_same_in_words_and_for_machines(tmp_path):
    sweep_spreads(tmp_path, 40)
    words = commands.run("analysis", "minimum", folder=tmp_path).stdout
    found = json.loads(commands.run("analysis", "minimum", "--json", folder=tmp_path).stdout)
    assert set(found) >= {"spread", "gain", "predicted", "method", "trainings", "effective_trainings"}
    assert (found["method"], found["trainings"], found["predicted"]) == ("pooled", 1600, 2**-0.5)
    spread = found["spread"]
    assert f"{spread['estimate']:.4g}, 95 % interval {spread['low']:.4g} to {spread['high']:.4g}" in words
    assert f"From Xavier's 0.7071 to there: {found['gain']['estimate']:+.2%} mean total loss" in words
    assert "Pooled from 1,600 trainings of all spreads; the mean there is as sharp as that of " in words
    assert commands.run("sweep.run", "--set", "epochs=30", "--axis", "hidden_std_dev=log:0.25:4:40", "--repeats", "40",
                        folder=tmp_path).stdout.count(words.splitlines()[0]) == 1  # fmt: skip
    compared = json.loads(commands.run("analysis", "compare", "0.3", "1", "--json", folder=tmp_path).stdout)
    (one,) = compared["comparisons"]
    assert (one["before"], one["after"], one["method"]) == (0.3, 1.0, "pooled")
    assert one["change"]["low"] < one["change"]["estimate"] < one["change"]["high"]
    summary = json.loads(commands.run("analysis", "summary", "--json", folder=tmp_path).stdout)
    assert len(summary["points"]) == 40
    assert set(summary["points"][0]) == {
        "hidden_std_dev", "mean", "std", "count", "standard_error", "solved", "diverged", "accuracy"
    }  # fmt: skip


def test_common_draws_are_pooled_too(tmp_path):
    sweep_spreads(tmp_path, 40, "--draws", "common")
    assert "Pooled from 1,600 trainings of all spreads, whose repeats share their draws." in (
        commands.run("analysis", "minimum", folder=tmp_path).stdout
    )


def test_few_far_spreads_are_paired_and_smoothed(tmp_path):
    sweep_spreads(tmp_path, 5)
    compared = commands.run("analysis", "compare", "0.25", "1", "4", folder=tmp_path)
    assert "Paired by repeat, since the draws are common; n = 40." in compared.stdout
    minimum = commands.run("analysis", "minimum", folder=tmp_path)
    assert "Smoothed through the means of 200 trainings, 40 or more a point (paired by repeat)." in minimum.stdout


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
