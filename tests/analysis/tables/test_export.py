"""A file with a row a training holds what the store does, bit for bit, and says what it is of."""

import json
import os
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pymongo
import pytest

import analysis
from analysis.__main__ import main
from analysis.tables.export import beside
from analysis.tables.runs import find_run
from sweep import Axis, Recipe, Study, UsageError, __version__
from sweep.errors import FailedError
from sweep.recipe import OwnRecipe
from sweep.store import Records, open_store
from sweep.store.sqlite.store import SqliteStore
from tests import commands
from tests.analysis.samples import NAMED, ONE_AXIS, TWO_AXES, fill, some_trainings
from tests.conftest import MONGODB

KINDS = ("parquet", "csv")
TRAINING = ["repeat", "loss", "final_loss", "solved", "solved_epoch", "diverged", "accuracy"]
POINT = ["seed", "draws", "point"]
OWN = OwnRecipe(
    function="mine:mine", version="1", values=(("rate", 0.1), ("steps", 3), ("flag", True), ("kind", "plain"))
)


def odd_trainings(study, position):
    """Random trainings with the numbers that are easily lost: the smallest, the largest, neighbours of a round one."""
    trainings = some_trainings(study, position)
    trainings.loss[~trainings.diverged & (trainings.repeat < 12)] = np.nextafter(0.1, 1)
    trainings.final_loss[~trainings.diverged & (trainings.repeat < 12)] = 5e-324
    trainings.loss[-1], trainings.diverged[-1] = 1.7976931348623157e308, False
    trainings.final_loss[-1] = 0.1 + 0.2
    trainings.accuracy[::3] = 1 / 3
    return trainings


def own_trainings(study, position):
    """Outcomes, one of them null, one now and then missing; reasons of those that diverged."""
    n = study.repeats
    nothing, flags = np.full(n, np.nan), np.zeros(n, bool)
    outcomes = [json.dumps({"length": 0.1 * (r + position), "score": None if r % 2 else -0.0}) for r in range(n)]
    reason = np.full(n, None, object)
    reason[0], reason[1] = '=cmd|"a", b', "two\nlines"
    diverged = np.arange(n) < 2
    loss = np.where(diverged, np.nan, 1 / (7 + np.arange(n)))
    outcomes[0] = None
    return Records(
        np.arange(n), loss, nothing, flags, np.full(n, -1), diverged, nothing, np.array(outcomes, object), reason
    )


def read(path):
    """A Parquet file as pandas reads it, a CSV as DuckDB does, to the last bit."""
    if path.suffix == ".csv":
        return duckdb.read_csv(str(path), allow_quoted_nulls=False).df()
    return pd.read_parquet(path)


def said_of(path):
    """The metadata of a file."""
    if path.suffix == ".csv":
        return json.loads(beside(path).read_text(encoding="utf-8"))
    return json.loads(pq.read_schema(path).metadata[b"initialization-sweep"])


def assert_same_numbers(found, expected):
    """Bit for bit where there are any, and nothing where there are none."""
    assert found.isna().tolist() == expected.isna().tolist()
    kept = expected.notna()
    assert found[kept].to_numpy(expected[kept].to_numpy().dtype).tobytes() == expected[kept].to_numpy().tobytes()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [1, 100, 10**6])
def test_a_study_comes_back_as_load_gives_it(url, tmp_path, monkeypatch, kind, rows):
    monkeypatch.setattr("analysis.tables.export.AT_ONCE", rows)
    path = tmp_path / f"trainings.{kind}"
    fill(url, TWO_AXES, odd_trainings, leave_out=[5])
    assert analysis.export(url, path) == (11 * 40, "INCOMPLETE: 40 of 480 trainings are missing")
    assert said_of(path)["complete"] is False
    expected, found = analysis.load(url), read(path)
    assert found.columns.tolist() == ["hidden_std_dev", "output_std_dev", *POINT, *TRAINING]
    for name in expected:
        assert_same_numbers(found[name], expected[name])
    assert set(found["seed"]) == {0}
    assert set(found["draws"]) == {TWO_AXES.draws}
    stored = [point.identity for number, point in enumerate(TWO_AXES.points) if number != 5]
    assert found["point"].tolist() == [identity for identity in stored for _ in range(40)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_says_what_it_is_of(url, tmp_path, kind):
    path = tmp_path / f"trainings.{kind}"
    fill(url, ONE_AXIS)
    fill(url, NAMED)
    with open_store(url) as store:
        run = store.runs()[0]
        assert analysis.export(store, str(path), run["id"]) == (750, "")
        run = find_run(store, run["id"])
    said = said_of(path)
    assert Study.from_dict(said["study"]) == ONE_AXIS
    assert said["run"] | {"study": said["study"]} == run
    assert said["sentence"] == ONE_AXIS.sentence
    assert said["version"] == __version__
    assert said["complete"] is True


def test_types_are_those_of_the_fields(tmp_path):
    axes = (
        Axis("hidden", ((), (2,), (3, 3))), Axis("loss", ("bce", "mse")), Axis("learning_rate", (1, 2)),
        Axis("epochs", (10, 20)),
    )  # fmt: skip
    study = Study(Recipe(), axes, repeats=3, seed=2**63 - 1)
    path = tmp_path / "typed.parquet"
    fill(tmp_path / "store.db", study)
    analysis.export(str(tmp_path / "store.db"), path)
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    assert {name: kind for name, kind, *_ in described} == {
        "hidden": "VARCHAR", "loss_function": "VARCHAR", "learning_rate": "DOUBLE", "epochs": "BIGINT",
        "seed": "BIGINT", "draws": "VARCHAR", "point": "VARCHAR", "repeat": "BIGINT", "loss": "DOUBLE",
        "final_loss": "DOUBLE", "solved": "BOOLEAN", "solved_epoch": "BIGINT", "diverged": "BOOLEAN",
        "accuracy": "DOUBLE",
    }  # fmt: skip
    frame = pd.read_parquet(path)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "hidden": "category", "loss_function": "category", "learning_rate": "float64", "epochs": "int64",
        "seed": "int64", "draws": "category", "point": "category", "repeat": "int64", "loss": "float64",
        "final_loss": "float64", "solved": "bool", "solved_epoch": "Int64", "diverged": "bool", "accuracy": "float64",
    }  # fmt: skip
    assert frame["hidden"].unique().tolist() == ["none", "2", "3x3"]
    assert frame["loss_function"].tolist() == ([*["bce"] * 12, *["mse"] * 12]) * 3
    assert frame["seed"].unique().tolist() == [2**63 - 1]
    encodings = pq.ParquetFile(path).metadata.row_group(0)
    for number in range(encodings.num_columns):
        column = encodings.column(number)
        if column.path_in_schema in ("hidden", "loss_function", "draws", "point"):
            assert column.has_dictionary_page, column.path_in_schema


def test_what_is_unknown_is_null(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS)
    analysis.export(str(tmp_path / "store.db"), tmp_path / "x.parquet")
    analysis.export(str(tmp_path / "store.db"), tmp_path / "x.csv")
    trainings = analysis.load(str(tmp_path / "store.db"))
    lost, unsolved = int(trainings["diverged"].sum()), int(trainings["solved_epoch"].isna().sum())
    assert 0 < lost < unsolved
    query = (
        "SELECT count(*) FILTER (loss IS NULL), count(*) FILTER (final_loss IS NULL), "
        "count(*) FILTER (solved_epoch IS NULL), count(accuracy), count(*) FILTER (isnan(loss)) FROM '{}'"
    )
    assert duckdb.sql(query.format(tmp_path / "x.parquet")).fetchall() == [(lost, lost, unsolved, 0, 0)]
    assert duckdb.sql(query.format(tmp_path / "x.csv")).fetchall() == [(lost, lost, unsolved, 0, 0)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_of_ones_own_brings_its_outcomes_and_reasons(url, tmp_path, kind):
    axes = (Axis("rate", (0.5, 1)), Axis("flag", (True, False)), Axis("steps", (1, 2)), Axis("kind", ("=a", "", "b,c")))
    study = Study(OWN, axes, repeats=5)
    fill(url, study, own_trainings)
    path = tmp_path / f"own.{kind}"
    assert analysis.export(url, path).trainings == 24 * 5
    expected = analysis.load(url)
    found = read(path)
    assert found.columns.tolist() == [
        "rate", "flag", "steps", "kind", *POINT, "repeat", "loss", "length", "score", "diverged", "reason",
    ]  # fmt: skip
    for name in ("rate", "flag", "steps", "repeat", "loss", "length", "score", "diverged"):
        assert_same_numbers(found[name], expected[name])
    assert np.signbit(found["score"].dropna()).all()
    formula = "" if kind == "parquet" else "'"
    kinds = [text for text in (f"{formula}=a", "", "b,c") for _ in range(5)]
    assert found["kind"].tolist() == kinds * 8
    assert found["reason"].dropna().tolist() == [f'{formula}=cmd|"a", b', "two\nlines"] * 24
    assert said_of(path)["study"]["recipe"]["values"] == dict(OWN.values)


def test_a_reason_that_nobody_has_is_a_column_of_texts(tmp_path):
    study = Study(OWN, (Axis("rate", (0.5,)),), repeats=1)

    def fine(study, position):
        one = np.ones(1)
        return Records(
            np.arange(1), one, one * np.nan, one < 0, -one.astype(int), one < 0, one * np.nan,
            np.array(['{"a": 1}'], object),
        )  # fmt: skip

    fill(tmp_path / "store.db", study, fine)
    analysis.export(str(tmp_path / "store.db"), tmp_path / "own.parquet")
    found = duckdb.sql(f"SELECT typeof(reason), reason, typeof(a) FROM '{tmp_path / 'own.parquet'}'").fetchall()
    assert found == [("VARCHAR", None, "DOUBLE")]


@pytest.mark.parametrize("url", [MONGODB], indirect=True)
@pytest.mark.parametrize("kind", KINDS)
def test_results_of_another_program_are_exported_as_far_as_they_go(url, tmp_path, capsys, kind):
    with pymongo.MongoClient(url) as client:
        client.get_default_database()["results"].insert_many(
            [{"hidden_std_dev": spread, "loss": loss} for spread in (0.5, 1.0) for loss in (0.1, 0.3, float("nan"))]
        )
    path = tmp_path / f"theirs.{kind}"
    assert main(["export", str(path), "--store", url]) == 0
    assert capsys.readouterr().out == (
        f"6 rows written to {path}\n"
        "Results of another program: recipe, seed, draws and what was solved are not known.\n"
    )
    expected, found = analysis.load(url), read(path)
    assert found.columns.tolist() == ["hidden_std_dev", "repeat", "loss", "diverged"]
    for name in expected:
        assert_same_numbers(found[name], expected[name])
    said = said_of(path)
    assert said["sentence"].startswith("Results of another program: recipe, seed, draws")
    assert (said["study"], said["run"], said["complete"]) == (None, None, None)


def test_the_command_says_what_it_wrote_and_what_lacks(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS, leave_out=[3])
    for name in ("x.csv", "X.PARQUET", "x.csv"):  # the last takes the place of the first
        done = commands.run("analysis", "export", name, "--store", "store.db", folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"700 rows written to {name}\nINCOMPLETE: 50 of 750 trainings are missing.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["X.PARQUET", "store.db", "x.csv", "x.csv.json"]
    assert pd.read_parquet(tmp_path / "X.PARQUET").shape == read(tmp_path / "x.csv").shape == (700, 11)


@pytest.mark.parametrize("n_replaced", [0, 1])
def test_what_ends_between_its_two_files_leaves_none_that_do_not_belong_together(tmp_path, monkeypatch, n_replaced):
    fill(tmp_path / "store.db", ONE_AXIS)
    path, replaced = tmp_path / "x.csv", []

    def replace(beside, target):
        if len(replaced) == n_replaced:
            raise KeyboardInterrupt
        replaced.append(target)
        before(beside, target)

    before = os.replace
    analysis.export(str(tmp_path / "store.db"), path)
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        analysis.export(str(tmp_path / "store.db"), path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["store.db", "x.csv"]
    assert replaced == [path][:n_replaced]


def test_an_exported_file_answers_as_the_store_does(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS)
    analysis.export(str(tmp_path / "store.db"), tmp_path / "x.parquet")
    ours, theirs = (
        analysis.minimum(frame, x="hidden_std_dev", repeat="repeat").to_dict()
        for frame in (pd.read_parquet(tmp_path / "x.parquet"), analysis.load(str(tmp_path / "store.db")))
    )
    assert ours == theirs


def test_rows_are_written_as_they_are_read(tmp_path, monkeypatch):
    """However many points there are, no more of them are in memory than fill a row group."""
    monkeypatch.setattr("analysis.tables.export.AT_ONCE", 100)
    fill(tmp_path / "store.db", ONE_AXIS)
    analysis.export(str(tmp_path / "store.db"), tmp_path / "x.parquet")
    groups = pq.ParquetFile(tmp_path / "x.parquet").metadata
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [100] * 7 + [50]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), FailedError("gone")])
def test_an_interrupt_or_an_error_leaves_no_half_of_a_file(tmp_path, monkeypatch, kind, error):
    fill(tmp_path / "store.db", ONE_AXIS)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("analysis.tables.export.AT_ONCE", 100)
    path = tmp_path / f"trainings.{kind}"
    seen = []

    class Failing(SqliteStore):
        def columns(self, *asked):
            seen.append(sorted(tmp_path.iterdir()))
            if len(seen) == 8:
                raise error
            return super().columns(*asked)

    with Failing(str(tmp_path / "store.db")) as store, pytest.raises((KeyboardInterrupt, FailedError)) as caught:
        analysis.export(store, path)
    if isinstance(error, OSError):
        assert "cannot be written (No space left on device); name another place" in str(caught.value)
    assert len(seen[-1]) > len(before)  # it was under way
    assert path not in seen[-1]
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["x.xlsx"], 2, "the file was given as x.xlsx; allowed is a FILE.csv or a FILE.parquet"),
        (["x"], 2, "the file was given as x; allowed is a FILE.csv or a FILE.parquet"),
        (["x.csv", "--run", "y"], 2, "run was given as 'y', which sweep.sqlite3 does not hold"),
        (["x.csv", "--store", "none.db"], 1, "there is no store at none.db"),
        (["no/x.csv"], 1, "no/x.csv cannot be written (No such file or directory); name another place that exists"),
        (["no/x.parquet"], 1, "no/x.parquet cannot be written (No such file or directory); name another place"),
        (["folder.csv"], 1, "folder.csv cannot be written (Is a directory)"),
        (["beside.csv"], 1, "beside.csv.json cannot be written (Is a directory)"),
        (["x.csv", "--store", "empty.db"], 1, "empty.db holds no run yet; start one with `python -m sweep.run`"),
        (["x.parquet", "--store", "nothing.db"], 1, "nothing.db holds no training of this study yet; `python -m sweep"),
        (["x.csv", "--store", "nothing.db"], 1, "nothing.db holds no training of this study yet; `python -m sweep"),
        (
            ["store.csv", "--store", "store.csv"],
            2,
            "store.csv was given as the file to write, and it is read: name another",
        ),
        (["y.csv", "--store", "y.csv.json"], 2, "y.csv.json was given as the file to write, and it is read: name an"),
        ([], 2, "the following arguments are required: FILE"),
    ],
)
def test_mistakes_are_one_sentence_and_write_nothing(stores, arguments, code, message):
    before = {path: path.stat().st_size for path in stores.iterdir()}
    done = commands.run("analysis", "export", *arguments, folder=stores)
    assert done.returncode == code
    assert message in commands.one_sentence(done.stderr)
    assert {path: path.stat().st_size for path in stores.iterdir()} == before


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stores")
    for name in ("sweep.sqlite3", "store.csv", "y.csv.json"):
        fill(folder / name, NAMED)
    fill(folder / "nothing.db", NAMED, leave_out=range(3))
    open_store(str(folder / "empty.db"), create=True).close()
    (folder / "folder.csv").mkdir()
    (folder / "beside.csv.json").mkdir()
    return folder


def test_parquet_without_pyarrow_names_the_extra_and_csv_needs_none(tmp_path, monkeypatch):
    fill(tmp_path / "store.db", NAMED)
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError) as caught:
        analysis.export(str(tmp_path / "store.db"), tmp_path / "x.parquet")
    assert str(caught.value) == (
        f"{tmp_path}/x.parquet is a Parquet file, which needs pyarrow: python -m pip install '.[parquet]', "
        "or name a FILE.csv"
    )
    assert os.listdir(tmp_path) == ["store.db"]
    assert analysis.export(str(tmp_path / "store.db"), Path(tmp_path, "x.csv")).trainings == 120
