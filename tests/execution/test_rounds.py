"""Adaptive repeats through a store: rounds end where they should, whatever was stored or interrupted before."""

import re
import signal
import sqlite3
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from sweep import RECIPES, Axis, Study
from sweep.console.progress import Progress
from sweep.execution.dispatch import Workers, execute
from sweep.execution.processes import Processes
from sweep.execution.rounds import describe_outcome, run_rounds
from sweep.statistics.allocate import ERROR, chances_lower, repeats_for_minimum
from sweep.statistics.answer import find_answer
from sweep.statistics.curve import read_curve
from sweep.store import open_store
from sweep.store.stored import stored_repeats
from sweep.study import Target
from sweep.study.axis import log_spaced
from sweep.study.overlap import draw_of
from tests import commands
from tests.execution.test_dispatch import Here, all_rows, bits

SPREADS = (0.0, 0.7, 5.0, 54.6)
STUDY = Study(
    replace(RECIPES["gustaw"], epochs=40),
    (Axis("hidden_std_dev", SPREADS), Axis("loss", ("bce", "mse"))),
    repeats=5000,
    until=Target("rse", 0.005, 30),
)
MINIMUM = Study(
    replace(RECIPES["gustaw"], epochs=3000, hidden_distribution="uniform"),
    (Axis("hidden_std_dev", tuple(log_spaced(0.2, 3, 8))),),
    repeats=20_000,
    until=Target("minimum", 0.01, 50),
)
"""Uniform draws, which overlap too little for pooling."""
POOLED = Study(
    replace(RECIPES["gustaw"], epochs=3000),
    (Axis("hidden_std_dev", tuple(np.geomspace(0.2, 5, 16).tolist())),),
    repeats=20_000,
    draws="by_spread",
    until=Target("minimum", 0.003, 50),
)
PLACE = replace(POOLED, until=Target("spread", 0.08, 50))


def run(study, url, make_backend=Here):
    progress = Progress(0, 0, quiet=True)
    with open_store(url, create=True) as store, progress, Workers(study, store, make_backend(url), progress) as workers:
        return run_rounds(study, store, workers, progress)


def losses(study, url):
    with open_store(url) as store:
        return [store.records(point.identity, 10**9).loss for point in study.points]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    url = str(tmp_path_factory.mktemp("expected") / "store.db")
    return run(STUDY, url), bits(STUDY, url), losses(STUDY, url)


def test_every_point_reaches_the_target_and_none_is_trained_far_beyond(expected):
    outcome, _, found = expected
    assert not outcome.is_open.any()
    for repeats, loss in zip(outcome.repeats, found, strict=True):
        assert len(loss) == repeats
        assert loss.std(ddof=1) / np.sqrt(repeats) <= 0.005 * loss.mean()
        assert repeats <= max(30, 1.5 * (loss.std(ddof=1) / loss.mean() / 0.005) ** 2 + 32)
    assert outcome.repeats.min() == 30
    assert outcome.repeats.max() > 500
    assert outcome.n_trained == outcome.repeats.sum()
    assert outcome.n_rounds > 2


def test_every_store_gets_the_same_records(url, expected):
    outcome = run(STUDY, url)
    assert outcome.repeats.tolist() == expected[0].repeats.tolist()
    assert bits(STUDY, url) == expected[1]


def test_two_processes_and_the_real_mongodb_give_the_same_records(mongodb_url, expected):
    run(STUDY, mongodb_url, partial(Processes, 2))
    assert bits(STUDY, mongodb_url) == expected[1]


def test_all_rounds_share_one_pool(tmp_path, expected):
    pools = []

    class Counted(Processes):
        def open(self):
            pools.append(super().open())
            return pools[-1]

    url = str(tmp_path / "store.db")
    assert run(STUDY, url, partial(Counted, 1)).n_rounds > 2
    assert len(pools) == 1
    assert bits(STUDY, url) == expected[1]


def test_a_finished_study_trains_nothing(tmp_path, expected):
    url = str(tmp_path / "store.db")
    run(STUDY, url)
    again = run(STUDY, url)
    assert again.n_trained == 0
    assert again.repeats.tolist() == expected[0].repeats.tolist()
    assert bits(STUDY, url) == expected[1]
    assert describe_outcome(STUDY, "store.db", again).startswith(
        "All that the target asks for is already stored in store.db; nothing to compute.\nTarget reached: "
    )


def test_what_is_stored_counts_and_changes_no_decision(tmp_path, expected):
    url = str(tmp_path / "store.db")
    fixed = replace(STUDY, axes=(Axis("hidden_std_dev", SPREADS[1:]), STUDY.axes[1]), repeats=90, until=None)
    with open_store(url, create=True) as store, Progress(fixed.n_trainings, 0, quiet=True) as progress:
        execute(fixed, store, stored_repeats(store, fixed), Here(url), progress)
    outcome = run(STUDY, url)
    assert outcome.repeats.tolist() == expected[0].repeats.tolist()
    assert outcome.n_trained == sum(max(repeats - 90, 0) for repeats in outcome.repeats[2:]) + outcome.repeats[:2].sum()
    assert outcome.repeats[2:].min() < 90 < outcome.repeats.max()


def test_holes_are_filled(tmp_path, expected):
    url = str(tmp_path / "store.db")
    run(STUDY, url)
    with sqlite3.connect(url) as connection:
        n_gone = connection.execute("DELETE FROM trainings WHERE repeat % 7 = 3").rowcount
    connection.close()
    assert run(STUDY, url).n_trained == n_gone
    assert bits(STUDY, url) == expected[1]


def test_the_cap_stops_points_and_says_what_would_do(tmp_path):
    study = replace(STUDY, repeats=60)
    outcome = run(study, str(tmp_path / "store.db"))
    assert outcome.repeats.max() == 60
    found = losses(study, str(tmp_path / "store.db"))
    errors = np.array([loss.std(ddof=1) / loss.mean() for loss in found]) / np.sqrt(outcome.repeats)
    assert outcome.is_open.tolist() == (errors > 0.005).tolist()
    words = describe_outcome(study, "store.db", outcome)
    start, _, enough = words.partition(" Raise --max-repeats to ")
    assert start == (
        f"Target missed at 60 repeats: {(errors > 0.005).sum()} of 8 points are above 0.005, the worst at "
        f"{errors.max():.4g} ({outcome.repeats.sum()} trainings, 30 to 60 a point, {outcome.n_rounds} rounds)."
    )
    enough = int(enough.rstrip(".").replace(",", ""))
    needed = 60 * (errors.max() / 0.005) ** 2
    assert needed <= enough <= 1.1 * needed + 1


def test_points_that_all_diverge_get_the_first_round_alone(tmp_path):
    recipe = replace(RECIPES["gustaw"], activation="identity", hidden_std_dev=1e308, hidden=(64,), epochs=3)
    study = Study(recipe, (Axis("output_std_dev", (1e308,)),), 1000, until=Target("rse", 0.1, 12))
    for until in (study.until, Target("minimum", 0.1, 12)):
        with np.errstate(over="ignore"):
            outcome = run(replace(study, until=until), str(tmp_path / "store.db"))
        assert outcome.repeats.tolist() == [12]
        assert "1 of 1 points got the first round alone: all their trainings diverged." in describe_outcome(
            study, "store.db", outcome
        )


def test_the_minimum_is_sure_by_pairs(tmp_path):
    """The target holds by a computation of its own, on fewer repeats than the means alone would take."""
    url = str(tmp_path / "store.db")
    outcome, found = run(MINIMUM, url), losses(MINIMUM, url)
    means = np.array([loss.mean() for loss in found])
    best = int(means.argmin())
    pairs = [loss[: len(found[best])] - found[best][: len(loss)] for loss in found]
    gaps = np.array([pair.mean() for pair in pairs])
    errors = np.array([pair.std(ddof=1) / np.sqrt(len(pair)) for pair in pairs])
    assert chances_lower(best, gaps, errors, 0.01 * means[best]).sum() <= ERROR
    assert not outcome.is_open.any()
    assert outcome.repeats.max() == outcome.repeats[best] > 4 * outcome.repeats.min() == 200
    alone = [loss.std(ddof=1) / np.sqrt(len(loss)) for loss in found]
    assert chances_lower(best, means - means[best], np.hypot(alone, alone[best]), 0.01 * means[best]).sum() > ERROR


def test_the_minimum_with_independent_draws_takes_the_means_alone(tmp_path):
    url, study = (
        str(tmp_path / "store.db"),
        replace(MINIMUM, draws="independent", seed=1, until=Target("minimum", 0.02, 50)),
    )
    outcome, found = run(study, url), losses(study, url)
    means = np.array([loss.mean() for loss in found])
    squares = np.array([loss.var(ddof=1) / len(loss) for loss in found])
    best = int(means.argmin())
    errors = np.sqrt(squares + squares[best])
    assert chances_lower(best, means - means[best], errors, 0.02 * means[best]).sum() <= ERROR
    assert not outcome.is_open.any()
    assert outcome.repeats.max() > 4 * outcome.repeats.min()


def test_the_minimum_that_the_cap_keeps_open_is_said(tmp_path):
    study = replace(MINIMUM, repeats=60)
    outcome = run(study, str(tmp_path / "store.db"))
    words = describe_outcome(study, "store.db", outcome)
    assert words.startswith(
        f"Target missed at 60 repeats: {outcome.is_open.sum()} of 8 points may be lower than the best"
    )
    assert words.endswith("Raise --max-repeats, or allow more with --until-minimum.")


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """How the runs to targets of a pooled curve ended, by the study's draws, and their records."""
    found = {}
    for draws in ("by_spread", "common"):
        study, url = replace(PLACE, draws=draws), str(tmp_path_factory.mktemp(draws) / "store.db")
        found[draws] = run(study, url), bits(study, url), url
    return found


@pytest.mark.parametrize("draws", ["by_spread", "common"])
def test_the_interval_that_is_answered_at_the_end_is_the_one_that_the_target_asked_for(places, draws):
    outcome, _, url = places[draws]
    with open_store(url) as store:
        found = find_answer(store, replace(PLACE, draws=draws)).minimum.spread
    assert found == outcome.sharpness.place
    assert max(found.high / found.estimate - 1, 1 - found.low / found.estimate) <= 0.08
    assert not outcome.is_open.any()
    assert outcome.n_rounds > 2
    assert outcome.n_trained == outcome.repeats.sum()


def test_the_trainings_go_where_the_minimum_may_lie(places):
    outcome = places["by_spread"][0]
    distance = np.abs(np.log(np.array(PLACE.axes[0].values) / outcome.sharpness.place.estimate))
    assert outcome.repeats[distance.argmin()] == outcome.repeats.max() > 4 * outcome.repeats.min() == 200
    assert (outcome.repeats[distance > 0.5 + 2 * draw_of(PLACE.recipe, "hidden_std_dev").deviations[0]] == 50).all()


def test_what_is_stored_changes_no_decision_about_a_curve(tmp_path, places):
    url = str(tmp_path / "store.db")
    fixed = replace(PLACE, repeats=300, until=None)
    with open_store(url, create=True) as store, Progress(fixed.n_trainings, 0, quiet=True) as progress:
        execute(fixed, store, stored_repeats(store, fixed), Here(url), progress)
    outcome, expected = run(PLACE, url), places["by_spread"][0]
    assert outcome.repeats.tolist() == expected.repeats.tolist()
    assert outcome.sharpness == expected.sharpness
    assert outcome.n_trained == np.maximum(expected.repeats - 300, 0).sum() < expected.n_trained


def test_a_curve_with_holes_is_filled_to_the_same_records(tmp_path, places):
    url = str(tmp_path / "store.db")
    run(PLACE, url)
    with sqlite3.connect(url) as connection:
        n_gone = connection.execute("DELETE FROM trainings WHERE repeat % 7 = 3").rowcount
    connection.close()
    assert run(PLACE, url).n_trained == n_gone
    assert bits(PLACE, url) == places["by_spread"][1]


def test_a_pooled_minimum_is_sure_by_the_whole_curve(tmp_path):
    """The target holds by draws of its own from the curve, on a part of what the swept means alone would take."""
    url = str(tmp_path / "store.db")
    outcome = run(POOLED, url)
    assert not outcome.is_open.any()
    grid = np.geomspace(0.2, 5, 300)
    with open_store(url) as store:
        found = read_curve(store, POOLED).at(np.append(grid, outcome.sharpness.place.estimate))
    curves = np.random.default_rng(1).multivariate_normal(found.mean, found.covariance, 4000, method="eigh")
    above = np.quantile(curves[:, -1] / curves.min(axis=1) - 1, 0.95)
    assert above == pytest.approx(outcome.sharpness.above, rel=0.15)
    assert outcome.sharpness.above <= 0.003
    estimates = outcome.estimates
    assert repeats_for_minimum(estimates, 0.003, 10**6).needed.sum() > 3 * outcome.repeats.sum()


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (Target("minimum", 0.001, 50), r"the mean at the minimum found may be (?P<found>[\d.]+)% above the lowest"),
        (Target("spread", 0.02, 50), r"the interval of the minimum reaches (?P<found>[\d.]+)% from it"),
    ],
)
def test_a_curve_that_the_cap_keeps_blunt_is_said(tmp_path, until, words):
    study = replace(POOLED, repeats=60, until=until)
    outcome = run(study, str(tmp_path / "store.db"))
    assert outcome.repeats.max() == 60
    spent = rf" \({outcome.repeats.sum():,} trainings, 50 to 60 a point, 2 rounds\)\."
    pattern = f"Target missed at 60 repeats: {words}{spent} Raise --max-repeats to (?P<enough>.*)\\."
    said = re.fullmatch(pattern, describe_outcome(study, "store.db", outcome))
    found = outcome.sharpness.above if until.kind == "minimum" else outcome.sharpness.reach
    assert float(said["found"]) == pytest.approx(100 * found, abs=0.006)
    needed = 60 * (found / until.value) ** (1 if until.kind == "minimum" else 2)
    assert needed <= int(said["enough"].replace(",", "")) <= 1.1 * needed + 1


def test_the_place_of_a_minimum_along_a_field_that_is_no_spread_is_that_of_the_smoothed_curve(tmp_path):
    rates = Axis("learning_rate", tuple(np.geomspace(0.5, 300, 9).tolist()))
    study = Study(replace(RECIPES["gustaw"], epochs=100), (rates,), 20_000, until=Target("spread", 0.01, 100))
    url = str(tmp_path / "store.db")
    outcome = run(study, url)
    with open_store(url) as store:
        found = find_answer(store, study).minimum
    assert found.method == "smoothed"
    assert found.spread == outcome.sharpness.place
    assert outcome.sharpness.reach <= 0.01
    assert not outcome.is_open.any()
    assert outcome.repeats.max() > outcome.repeats.min()


def test_a_minimum_between_too_few_means_is_not_looked_for(tmp_path):
    recipe = replace(RECIPES["gustaw"], activation="identity", hidden=(64,), epochs=3)
    axis = Axis("learning_rate", (0.1, 0.2, 1e306, 1e307, 1e308))
    study = Study(recipe, (axis,), 1000, until=Target("spread", 0.1, 12))
    with np.errstate(over="ignore"):
        outcome = run(study, str(tmp_path / "store.db"))
    assert outcome.repeats.tolist() == [12] * 5
    assert describe_outcome(study, "store.db", outcome).startswith(
        "Target missed: 2 of 5 values have a mean, and a minimum needs 5 or more (60 trainings, 12 to 12 a point, "
        "1 round). Sweep values at which trainings do not diverge.\n3 of 5 points got the first round alone"
    )


SLOW = ["--set", "epochs=4000", "--axis", "hidden_std_dev=log:0.1:10:10", "--repeats", "200", "--until-rse", "0.012",
        "--workers", "1", "--store", "store.db"]  # fmt: skip


@pytest.fixture(scope="module")
def slow_records(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slow")
    assert commands.run("sweep.run", *SLOW, folder=folder).returncode == 0
    return all_rows(folder / "store.db")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_study_is_continued_to_the_same_records(tmp_path, slow_records, number):
    process = commands.start("sweep.run", *SLOW, folder=tmp_path, real=True)
    wait_for_second_round(process, tmp_path / "store.db")
    commands.signal_group(process, number)
    _, error = process.communicate()
    n_stored = len(all_rows(tmp_path / "store.db"))
    assert 2000 < n_stored < len(slow_records)
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert error.splitlines()[-1] == (
            f"Interrupted: {n_stored:,} trainings stored in store.db so far. "
            f"Continue with: python -m sweep.run {' '.join(SLOW)}"
        )
    assert commands.run("sweep.run", *SLOW, folder=tmp_path).returncode == 0
    assert all_rows(tmp_path / "store.db") == slow_records


def wait_for_second_round(process, path):
    while process.poll() is None:
        if path.exists():
            connection = sqlite3.connect(path)
            n_tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'trainings'").fetchone()[0]
            n_records = connection.execute("SELECT count(*) FROM trainings").fetchone()[0] if n_tables else 0
            connection.close()
            if n_records > 2000:
                return
        time.sleep(0.01)
    pytest.fail(f"the run ended before it could be stopped: {process.communicate()}")
