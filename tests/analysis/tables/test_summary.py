import numpy as np
import pandas as pd
import pytest

from analysis.tables.runs import find_study
from sweep import Axis, Recipe, Study, UsageError
from sweep.errors import FailedError
from sweep.statistics.summary import summarize
from sweep.store import Records, open_store
from sweep.store.provenance import describe_run

STUDY = Study(Recipe(), (Axis("hidden_std_dev", (0.5, 1.0, 2.0)), Axis("loss", ("bce", "mse"))), repeats=100)


def records(loss, diverged=None, solved=None, accuracy=None):
    n = len(loss)
    diverged = np.zeros(n, bool) if diverged is None else diverged
    solved = np.zeros(n, bool) if solved is None else solved
    accuracy = np.full(n, np.nan) if accuracy is None else accuracy
    loss = np.where(diverged, np.nan, loss)
    return Records(np.arange(n), loss, loss / 2, solved, np.where(solved, 5, -1), diverged, accuracy)


@pytest.fixture
def store(url):
    with open_store(url, create=True) as store:
        yield store


def test_a_summary_is_what_pandas_makes_of_the_losses(store):
    rng = np.random.default_rng(0)
    frames = []
    for point in STUDY.points:
        loss, solved = rng.lognormal(7, 1, 100), rng.random(100) < 0.7
        store.insert(point, records(loss, solved=solved))
        frames.append(
            pd.DataFrame(
                {
                    "hidden_std_dev": point.recipe.hidden_std_dev,
                    "loss_name": point.recipe.loss,
                    "loss": loss,
                    "solved": solved,
                }
            )
        )
    grouped = pd.concat(frames).groupby(["hidden_std_dev", "loss_name"])
    expected = grouped["loss"].agg(["mean", "std", "count", "sem"]).reset_index()
    summary = summarize(store, STUDY)
    assert summary.columns.tolist() == [
        "hidden_std_dev", "loss", "mean", "std", "count", "standard_error", "solved", "diverged"
    ]  # fmt: skip
    assert summary["hidden_std_dev"].tolist() == expected["hidden_std_dev"].tolist()
    assert summary["loss"].tolist() == expected["loss_name"].tolist()
    for ours, theirs in (("mean", "mean"), ("std", "std"), ("count", "count"), ("standard_error", "sem")):
        np.testing.assert_allclose(summary[ours], expected[theirs], rtol=1e-12)
    np.testing.assert_allclose(summary["solved"], grouped["solved"].mean())


def test_diverged_trainings_count_in_no_mean_and_are_shown_apart(store):
    point = STUDY.points[2]
    store.insert(point, records(np.array([1.0, 2.0, 99.0, 3.0]), np.array([False, False, True, False])))
    row = summarize(store, STUDY).iloc[2]
    assert (row["mean"], row["std"], row["count"], row["diverged"]) == (2.0, 1.0, 3, 1)


def test_points_without_records_stay_as_empty_rows(store):
    store.insert(STUDY.points[0], records(np.array([4.0])))
    store.insert(STUDY.points[1], records(np.array([4.0]), np.array([True])))
    summary = summarize(store, STUDY)
    assert summary["count"].tolist() == [1, 0, 0, 0, 0, 0]
    assert summary["mean"].iloc[0] == 4.0
    assert summary[["std", "standard_error"]].isna().all(axis=None)
    assert summary["mean"].iloc[1:].isna().all()


def test_a_deviation_far_smaller_than_the_mean_keeps_its_digits(store):
    loss = 1e9 + np.arange(100) * 1e-3
    store.insert(STUDY.points[0], records(loss))
    store.insert(STUDY.points[1], records(np.full(100, 6931.471805599453)))
    summary = summarize(store, STUDY)
    assert summary["std"].iloc[0] == pytest.approx(np.std(loss, ddof=1), rel=1e-9)
    assert summary["std"].iloc[1] == 0


def test_only_the_repeats_asked_for_count(store):
    store.insert(STUDY.points[0], records(np.arange(150.0)))
    assert summarize(store, STUDY)["mean"].iloc[0] == np.arange(100).mean()


def test_the_mean_accuracy_is_of_those_that_have_one(store):
    store.insert(STUDY.points[0], records(np.arange(3.0), accuracy=np.array([0.5, np.nan, 1.0])))
    store.insert(STUDY.points[1], records(np.arange(3.0)))
    accuracy = summarize(store, STUDY)["accuracy"]
    assert accuracy.iloc[0] == 0.75
    assert accuracy.iloc[1:].isna().all()


def test_where_no_training_has_an_accuracy_there_is_no_column_of_it(store):
    store.insert(STUDY.points[0], records(np.arange(3.0)))
    assert "accuracy" not in summarize(store, STUDY)


def test_the_latest_run_is_read_unless_told_otherwise(store):
    with pytest.raises(FailedError, match=r"holds no run yet; start one with `python -m sweep\.run`"):
        find_study(store)
    other = Study(Recipe(), repeats=3)
    first, second = (
        describe_run(STUDY, "", 1),
        describe_run(other, "", 1) | {"started": "2999-01-01T00:00:00.000+00:00"},
    )
    store.start_run(first)
    store.start_run(second)
    assert find_study(store) == other
    assert find_study(store, first["id"]) == STUDY
    with pytest.raises(
        UsageError, match=r"run was given as 'x', which .* does not hold; `python -m sweep.status` lists"
    ):
        find_study(store, "x")
