"""A CSV file from a run to what is read of it, on this machine and on others that have no file."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from sweep.check import check
from sweep.errors import StoreError
from sweep.execution.cluster_job import job_of, run_job
from sweep.execution.own_training import train_repeat
from sweep.execution.processes import run_block, start_worker, stop_worker
from sweep.execution.worker import Unstored
from sweep.inspection.recompute import train_again
from sweep.recipe import data as at_hand
from sweep.recipe.csv_file import read_csv
from sweep.recipe.data import remember_data
from sweep.recipe.problem import find_problem
from sweep.status import status
from sweep.store import open_store
from sweep.store.data_sets import share_data
from sweep.store.provenance import describe_run
from sweep.study import plan
from sweep.study.reading import read_study
from tests import commands

FLOWERS = "width,length,kind\n1,2.5,rose\n-3e-2,0,lily\n.5,7,rose\n2,1,iris\n"
SETTINGS = ["problem=flowers.csv", "output=softmax", "loss=cross_entropy", "epochs=20", "inputs=standardized"]
RECIPE = ["--recipe", "mlp", *(part for setting in SETTINGS for part in ("--set", setting))]
RUN = [*RECIPE, "--axis", "hidden_std_dev=0.5,1", "--repeats", "30", "--workers", "1", "--store", "store.db"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a file and the store of a study of it."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "flowers.csv").write_text(FLOWERS)
    done = commands.run("sweep.run", *RUN, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "Trained: 2-8-3 network on standardized flowers.csv (4 rows), tanh hidden units" in done.stdout
    return folder


@pytest.fixture
def elsewhere(trained, tmp_path):
    """Another machine, which has the store and no file."""
    shutil.copy(trained / "store.db", tmp_path)
    return tmp_path


def command(folder, module, *arguments):
    done = commands.run(module, *arguments, "--store", "store.db", folder=folder)
    return done.returncode, done.stdout + done.stderr


def problem_in(folder):
    with closing(sqlite3.connect(folder / "store.db")) as database:
        ((problem,),) = database.execute("SELECT problem FROM data_sets").fetchall()
    return problem


def test_everything_that_reads_a_store_needs_no_file(elsewhere):
    code, text = command(elsewhere, "sweep.check", "--sample", "60")
    assert (code, text) == (0, "store.db is in order: 60 records of 2 points and 1 run, 60 of them trained again.\n")
    assert "network on standardized flowers.csv (4 rows)" in command(elsewhere, "sweep.status")[1]
    code, text = command(elsewhere, "analysis", "summary")
    assert code == 0
    assert text.split()[:8] == [
        "hidden_std_dev", "mean", "std", "count", "standard_error", "solved", "diverged", "accuracy",
    ]  # fmt: skip
    assert 0 < float(text.splitlines()[1].split()[-1]) <= 1


def test_a_training_is_replayed_with_the_file_or_without(trained, elsewhere):
    replay = ["--set", "hidden_std_dev=0.5", "--repeat", "3"]
    by_digest = [*RECIPE, *replay, "--set", f"problem={problem_in(elsewhere)}"]
    for folder, arguments in ((trained, [*RECIPE, *replay]), (elsewhere, by_digest)):
        code, text = command(folder, "sweep.trace", *arguments)
        assert code == 0, text
        assert "the total loss equals the record in store.db, bit for bit." in text
        assert "4 of 4 rows: inputs | targets | outputs" in text
        assert " of 4 rows (" in text


def test_a_run_goes_on_elsewhere_by_the_digest(elsewhere):
    again = [f"problem={problem_in(elsewhere)}" if "=flowers" in one else one for one in RUN]
    done = commands.run("sweep.run", *again, "--repeats", "31", folder=elsewhere)
    assert done.returncode == 0, done.stderr
    assert "Stored 2 trainings" in done.stdout
    assert "network on standardized data:4x2x3:" in done.stdout


def test_another_file_of_that_name_is_another_problem(elsewhere):
    (elsewhere / "flowers.csv").write_text(FLOWERS.replace("2,1,iris", "2,1.5,iris"))
    done = commands.run("sweep.run", *RUN, folder=elsewhere)
    assert "Stored 60 trainings" in done.stdout
    with closing(sqlite3.connect(elsewhere / "store.db")) as database:
        assert database.execute("SELECT name FROM data_sets").fetchall() == 2 * [("flowers.csv",)]


def test_nothing_is_made_for_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "flowers.csv").write_text(FLOWERS.replace(".5,7", ".5,"))
    done = commands.run("sweep.run", *RUN, folder=tmp_path)
    assert done.returncode == 2
    assert commands.one_sentence(done.stderr) == (
        "error: flowers.csv, line 4, column 'length', has no number; allowed is a finite number: correct it, or leave "
        "out the row or the column"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["flowers.csv"]


def test_a_digest_that_no_store_holds_says_so(tmp_path):
    problem = f"data:4x2x3:{32 * '0'}"
    arguments = [f"problem={problem}" if "=flowers" in one else one for one in RUN]
    done = commands.run("sweep.run", *arguments, folder=tmp_path)
    assert done.returncode == 1
    assert f"store.db does not hold the data set {problem}; run the command that trained on it again" in done.stderr
    done = commands.run("sweep.trace", *arguments[:-8], "--store", "none.db", folder=tmp_path)
    assert done.returncode == 2
    assert commands.one_sentence(done.stderr) == (
        f"error: the data set {problem} is not at hand: it is in the stores of the runs that used it (--store URL), "
        "and where its CSV file is given as problem"
    )


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study whose data set is at hand; monkeypatch forgets it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(at_hand, "_known", {})
    Path("flowers.csv").write_text(FLOWERS)
    return read_study("mlp", SETTINGS, ["hidden_std_dev=0.5"], 3, 0, "common")


def forget(monkeypatch):
    """Have no data set at hand, as in another process."""
    monkeypatch.setattr(at_hand, "_known", {})
    find_problem.cache_clear()


def test_workers_take_the_data_set_from_the_store(study, url, monkeypatch):
    (point,) = study.points
    (block,) = plan(study, {})
    expected = train_again(point, np.arange(3), train_repeat).loss.tolist()
    with open_store(url, create=True) as store:
        share_data(store, study)
        for work in (lambda: run_block(block), lambda: run_job(job_of(url), [block])[0]):
            forget(monkeypatch)
            start_worker(url)
            assert work() in (0, 3)
            stop_worker()
        assert store.records(point.identity, 9).loss.tolist() == expected
        assert not np.isnan(store.records(point.identity, 9).accuracy).any()


def test_a_worker_of_a_store_without_the_data_set_says_so(study, url, monkeypatch):
    (block,) = plan(study, {})
    open_store(url, create=True).close()
    forget(monkeypatch)
    start_worker(url)
    with pytest.raises(StoreError, match="does not hold the data set"):
        run_block(block)
    stop_worker()


def test_a_worker_whose_store_is_away_trains_later(study, tmp_path, monkeypatch):
    (block,) = plan(study, {})
    path = str(tmp_path / "store.db")
    with open_store(path, create=True) as store:
        share_data(store, study)
    forget(monkeypatch)
    monkeypatch.setattr("sweep.execution.processes.SECONDS_TO_CONNECT", 0.05)
    start_worker(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("PRAGMA user_version = 3")
        refused = run_block(block)
    assert isinstance(refused, Unstored)
    assert (refused.block, refused.records) == (block, None)
    stop_worker()


def test_a_check_finds_a_data_set_that_is_missing_or_damaged(study, monkeypatch, capsys):
    (point,) = study.points
    with open_store("store.db", create=True) as store:
        share_data(store, study)
        store.start_run(describe_run(study, "", 1))
        start_worker("store.db")
        run_block(next(iter(plan(study, {}))))
        stop_worker()
        assert check(store, 9, 0) == 0
        forget(monkeypatch)
        for statement, words in (
            ("UPDATE data_sets SET targets = zeroblob(96)", "in a form that cannot be read (its numbers have another"),
            ("DELETE FROM data_sets", f"does not hold the data set {point.recipe.problem}; run the command"),
        ):
            with closing(sqlite3.connect("store.db", isolation_level=None)) as database:
                database.execute(statement)
            capsys.readouterr()
            assert check(store, 9, 0) == 1
            text = capsys.readouterr().out
            assert words in text
            assert "3 records of 1 point and 1 run, 0 of them trained again." in text
            assert "network on standardized data:4x2x3:" in status(store)


@pytest.mark.parametrize(
    ("name", "problem", "classes"),
    [
        ("iris", "data:150x4x3:0b8587c6d7c01de8fa5437498af95042", ("setosa", "versicolor", "virginica")),
        ("digits", "data:1797x64x10:0f618c56b89fe8b53466b965f5729837", tuple("0123456789")),
    ],
)
def test_the_files_of_the_example_are_read(name, problem, classes):
    data = read_csv(str(commands.ROOT / f"docs/examples/{name}.csv"), "softmax")
    assert data.problem == problem
    assert data.output_names == classes
    assert data.targets.sum(axis=1).tolist() == [1] * len(data.targets)


def test_the_file_is_not_what_is_kept_but_its_numbers(study):
    problem = study.points[0].recipe.problem
    Path("other.csv").write_text(FLOWERS.replace("width", "w").replace(".5,7", "0.50,7e0"))
    assert remember_data(read_csv("other.csv", "softmax")) == problem
