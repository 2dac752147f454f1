"""What the published program stores is read as far as it goes; our collection is read its way, too."""

import numpy as np
import pandas as pd
import pymongo
import pytest
from matplotlib.text import Text

from analysis import load
from analysis.__main__ import main
from analysis.figures import mean_loss
from analysis.tables.foreign import ForeignResults, find_results
from analysis.tables.runs import find_study
from sweep import Axis, Recipe, Study
from sweep.errors import FailedError, UsageError
from sweep.execution.processes import run_block, start_worker, stop_worker
from sweep.statistics.curve import smoothed_curve
from sweep.statistics.losses import read_losses
from sweep.statistics.minimum import find_minimum
from sweep.statistics.summary import summarize
from sweep.status import status
from sweep.store import open_store
from sweep.store.provenance import describe_run
from sweep.study import plan
from tests.conftest import MONGODB

SPREADS = (0.125, 0.5, 1.0, 2.0, 8.0)
in_mongodb = pytest.mark.parametrize("url", [MONGODB], indirect=True)


def put(url, documents):
    with pymongo.MongoClient(url) as client:
        client.get_default_database()["results"].insert_many(documents)


def published_frame(url):
    """The collection as the published program reads it."""
    with pymongo.MongoClient(url) as client:
        results = client.get_default_database()["results"]
        return pd.DataFrame(list(results.find({}, {"_id": 0, "hidden_std_dev": 1, "loss": 1})))


def assert_same_table(summary, frame):
    """Our summary against the published grouping: mean, std and count, and std / sqrt(count) as the error."""
    expected = frame.groupby("hidden_std_dev")["loss"].agg(["mean", "std", "count"]).reset_index()
    ours = summary.sort_values("hidden_std_dev")
    assert ours["hidden_std_dev"].tolist() == expected["hidden_std_dev"].tolist()
    assert ours["count"].tolist() == expected["count"].tolist()
    for name in ("mean", "std"):
        np.testing.assert_allclose(ours[name], expected[name], rtol=1e-10)
    np.testing.assert_allclose(ours["standard_error"], expected["std"] / np.sqrt(expected["count"]), rtol=1e-10)


@pytest.fixture
def losses():
    rng = np.random.default_rng(0)
    return {spread: rng.lognormal(7, 1, 50 + place) for place, spread in enumerate(SPREADS)}


@pytest.fixture
def foreign(url, losses):
    """A collection as the published program makes it."""
    rows = [(spread, loss) for spread in reversed(SPREADS) for loss in losses[spread].tolist()]
    put(url, [{"hidden_std_dev": spread, "output_std_dev": 0.8165, "loss": loss} for spread, loss in rows])
    return url


@in_mongodb
def test_the_published_way_of_reading_gives_our_table(url):
    study = Study(Recipe(epochs=30), (Axis("hidden_std_dev", (2.0, 0.5, 1.0)),), repeats=40)
    with open_store(url, create=True) as store:
        store.start_run(describe_run(study, "", 1))
        start_worker(url)
        for block in plan(study, {}):
            run_block(block)
        stop_worker()
        summary = summarize(store, study)
    assert_same_table(summary, published_frame(url))


@in_mongodb
def test_the_published_programs_collection_is_summed_as_it_sums_it(foreign):
    with open_store(foreign) as store:
        results, study = find_results(store)
        summary = summarize(results, study)
    assert_same_table(summary, published_frame(foreign))
    assert "solved" not in summary
    assert study.sentence == ("Results of another program: recipe, seed, draws and what was solved are not known")


@in_mongodb
def test_losses_of_another_program_are_read_and_never_paired(foreign, losses):
    with open_store(foreign) as store:
        given = read_losses(*find_results(store))
    assert given.values.tolist() == list(SPREADS)
    assert given.solved is None
    assert not given.paired
    for column, spread in enumerate(SPREADS):
        found = given.losses[:, column]
        assert sorted(found[np.isfinite(found)]) == sorted(losses[spread])
    assert np.isnan(find_minimum(smoothed_curve(given), None).predicted)


@in_mongodb
def test_results_that_are_odd_are_told_apart(foreign, losses):
    odd = [np.nan, np.inf, None, "text", True]
    put(foreign, [{"hidden_std_dev": 0.5, "output_std_dev": 0.8165, "loss": loss} for loss in odd])
    put(foreign, [{"hidden_std_dev": 2, "loss": 7}, {"hidden_std_dev": "1", "loss": 7.0}, {"hidden_std_dev": -1.0}, {}])
    with open_store(foreign) as store:
        assert store.foreign() == sum(map(len, losses.values())) + 9
        results, study = find_results(store)
        summary = summarize(results, study).set_index("hidden_std_dev")
        given = read_losses(results, study)
    assert "2 values of output_std_dev are pooled" in study.sentence
    assert summary["diverged"].tolist() == [0, 5, 0, 0, 0]
    assert summary["count"].tolist() == [50, 51, 52, 54, 54]
    assert summary.loc[0.5, "mean"] == pytest.approx(losses[0.5].mean())
    assert summary.loc[2.0, "mean"] == pytest.approx(np.append(losses[2.0], 7.0).mean())
    assert np.isfinite(given.losses).sum(axis=0).tolist() == [50, 51, 52, 54, 54]


@in_mongodb
def test_what_other_programs_do_not_say_is_refused(foreign):
    with open_store(foreign) as store:
        results = ForeignResults(store)
        identity = results.study.points[0].identity
        assert results.repeats(identity).tolist() == list(range(50))
        assert results.counts([identity, "unknown"], 20) == {identity: 20}
        assert results.counts([identity], 0) == results.moments(["unknown"], 5) == {}
        assert len(results.columns(identity, 20, ["loss", "diverged"])["loss"]) == 20
        assert results.columns("unknown", 20, ["repeat"])["repeat"].size == 0
        with pytest.raises(FailedError) as caught:
            results.columns(identity, 20, ["loss", "solved", "final_loss"])
        assert str(caught.value) == (
            f"{store.name} holds results of another program, which do not say solved, final_loss; "
            "`python -m analysis summary` shows what they say"
        )
        with pytest.raises(UsageError) as caught:
            find_results(store, "x")
        assert str(caught.value) == (
            f"run was given as 'x', and {store.name} holds no run, only results of other programs"
        )
        with pytest.raises(FailedError, match="holds no run yet, only 260 results of other programs; start one"):
            find_study(store)


@in_mongodb
def test_load_gives_what_other_programs_say(foreign):
    loaded = load(foreign)
    assert loaded.columns.tolist() == ["hidden_std_dev", "repeat", "loss", "diverged"]
    expected = published_frame(foreign).sort_values(["hidden_std_dev", "loss"])
    ours = loaded.sort_values(["hidden_std_dev", "loss"])
    for name in ("hidden_std_dev", "loss"):
        assert ours[name].tolist() == expected[name].tolist()


@in_mongodb
def test_results_without_a_spread_are_refused(url):
    put(url, [{"loss": 1.0}, {"loss": 2.0}])
    with open_store(url) as store, pytest.raises(FailedError) as caught:
        find_results(store)
    assert str(caught.value) == (
        f"{store.name} holds no run yet, and none of its 2 results of other programs says its hidden_std_dev; "
        "start a run with `python -m sweep.run`"
    )


@in_mongodb
def test_our_own_results_are_read_where_there_are_any(foreign):
    study = Study(Recipe(epochs=5), (Axis("hidden_std_dev", (0.5,)),), repeats=2)
    with open_store(foreign, create=True) as store:
        assert "260 results of other programs lie in the same collection; `python -m analysis summary` reads them." in (
            status(store)
        )
        store.start_run(describe_run(study, "", 1))
        assert find_results(store) == (store, study)
        assert "260 results of other programs lie in the same collection; no command reads them." in status(store)


@in_mongodb
def test_every_command_says_what_is_not_known(foreign, capsys, tmp_path):
    unknown = "Results of another program: recipe, seed, draws and what was solved are not known."
    for arguments in (["summary"], ["compare", "0.5", "2"], ["minimum"], ["figures", "--out", str(tmp_path)]):
        assert main([*arguments, "--store", foreign]) == 0
        assert unknown in capsys.readouterr().out
    assert main(["summary", "--store", foreign]) == 0
    assert "solved" not in capsys.readouterr().out.splitlines()[0]
    assert main(["summary", "--csv", str(tmp_path / "table.csv"), "--store", foreign]) == 0
    assert "solved" not in pd.read_csv(tmp_path / "table.csv")


@in_mongodb
def test_a_figure_of_them_claims_nothing_that_is_not_known(foreign):
    with open_store(foreign) as store:
        results, study = find_results(store)
        figure = mean_loss.draw(summarize(results, study), study)
    texts = " ".join(text.get_text() for text in figure.findobj(Text))
    assert "Results of another program: recipe, seed, draws and what was solved are not known. n = 50 to 54" in texts
    assert "mean loss (as stored)" in texts
    for word in ("prediction", "INCOMPLETE", "nats", "squared", "independent"):
        assert word not in texts


def test_a_file_holds_no_results_of_other_programs(tmp_path):
    with open_store(str(tmp_path / "store.db"), create=True) as store, pytest.raises(FailedError) as caught:
        find_results(store)
    assert str(caught.value) == f"{store.name} holds no run yet; start one with `python -m sweep.run`"
