"""Stores of older and newer formats."""

import os
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from importlib import resources
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pymongo
import pytest

from sweep.errors import StoreError
from sweep.status import status
from sweep.store import open_store
from sweep.store.format import FORMAT_VERSION
from sweep.store.sqlite import file as sqlite_file
from sweep.study import Study
from tests.store.samples import a_point, same, some_records

FORMAT_1 = (Path(__file__).parent / "format_1.sql").read_text()
FORMAT_2 = """
UPDATE runs SET document = json_insert(document, '$.study.until', json('null'));
INSERT INTO trainings VALUES (1, 3, 1e300, 5e-324, 1, 50, 0), (1, 4, 4.0, 9e999, 0, NULL, 0);
PRAGMA user_version = 2;
"""
LOSSES_1 = [34.7194501458264, 34.77314941363538, 34.650255469271556]
"""Of the first point, as the program of format 1 printed them."""


@pytest.fixture
def old(path: str) -> str:
    return make(path)


def make(path: str, version: int = 1) -> str:
    """A file as the program of an older format made it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(FORMAT_1)
        if version == 2:
            database.executescript(FORMAT_2)
    return path


def content(path: str) -> list[object]:
    """All that the columns of formats 1 and 2 hold, to the last bit: no number of them is -0.0."""
    with closing(sqlite3.connect(path)) as database:
        return [
            database.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
            for table, columns in {
                "trainings": "point_id, repeat, loss, final_loss, solved, solved_epoch, diverged",
                "points": "id, identity, seed, draws, hidden_std_dev, output_std_dev, recipe",
                "runs": "id, started, ended, state",
                "results": "point, repeat, hidden_std_dev, output_std_dev, loss, final_loss, solved, solved_epoch, "
                "diverged, seed",
            }.items()
        ]


def layout(path: str) -> dict[str, object]:
    """The tables and views of a file and their columns."""
    with closing(sqlite3.connect(path)) as database:
        names = database.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall()
        lists = "SELECT name, strict, wr FROM pragma_table_list"
        return {
            "strict": sorted(database.execute(lists).fetchall()),
            **{
                name: (
                    database.execute(f"PRAGMA table_info({name})").fetchall(),
                    database.execute(f"PRAGMA foreign_key_list({name})").fetchall(),
                )
                for (name,) in names
            },
        }


def targets(path: str) -> list[str | None]:
    """The JSON type of every run's target, None where the run says none."""
    with closing(sqlite3.connect(path)) as database:
        return [kind for (kind,) in database.execute("SELECT json_type(document, '$.study.until') FROM runs")]


def test_an_older_file_is_read_as_it_is(old: str) -> None:
    before = Path(old).read_bytes()
    with open_store(old) as store:
        assert store.format_version == 1
        first, second = (Study.from_dict(run["study"]) for run in store.runs())
        assert store.records(first.points[0].identity, 9).loss.tolist() == LOSSES_1
        assert store.records(second.points[0].identity, 9).diverged.tolist() == [True, False]
        assert status(store).count("complete") == 2
    assert Path(old).read_bytes() == before


def test_an_older_file_is_brought_up_to_date_by_whoever_writes(old: str) -> None:
    assert targets(old) == [None, None]
    with open_store(old) as store:
        before = store.runs()
    with open_store(old, create=True) as store:
        assert store.format_version == FORMAT_VERSION
        runs = store.runs()
        assert runs == [{**run, "study": {**run["study"], "until": None}} for run in before]
        point = Study.from_dict(runs[0]["study"]).points[0]
        assert store.records(point.identity, 9).loss.tolist() == LOSSES_1
        assert store.insert(point, some_records(0, 5)) == 2
    assert targets(old) == ["null", "null"]
    with open_store(old) as store:
        assert store.format_version == FORMAT_VERSION


def test_a_step_that_fails_changes_nothing(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sqlite_file.STEPS, 2, (*sqlite_file.STEPS[2], "DELETE FROM points", "no SQL"))
    before = content(old)
    with pytest.raises(StoreError, match="syntax error"):
        open_store(old, create=True)
    assert targets(old) == [None, None]
    with open_store(old) as store:
        assert (store.format_version, len(store.points())) == (1, 3)
    assert content(old) == before


@pytest.mark.parametrize("version", [1, 2])
def test_a_step_keeps_every_record_and_makes_the_tables_of_a_new_file(version: int, path: str, tmp_path: Path) -> None:
    before = content(make(path, version))
    with open_store(path, create=True) as store:
        (loss,) = (store.records(identity, 9).loss for identity in list(store.points())[:1])
    new = str(tmp_path / "new.db")
    open_store(new, create=True).close()
    assert content(path) == before
    assert loss[:3].tolist() == LOSSES_1
    assert layout(path) == layout(new)


@pytest.mark.parametrize("version", [1, 2])
def test_records_of_an_older_file_have_no_accuracy_before_and_after_the_step(version: int, path: str) -> None:
    make(path, version)
    for create in (False, True):
        with open_store(path, create=create) as store:
            for identity in store.points():
                records = store.records(identity, 9)
                assert np.isnan(records.accuracy).all()
                assert np.isnan(store.columns(identity, 9, ["accuracy"])["accuracy"]).all()
                assert np.isnan(store.moments([identity], 9)[identity].accuracy)


def test_two_processes_take_the_step_at_once(path: str) -> None:
    before = content(make(path, 2))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(open_to_write, 4 * [path])) == 4 * [FORMAT_VERSION]
    assert content(path) == before


def open_to_write(path: str) -> int:
    with open_store(path, create=True, seconds=20) as store:
        return store.format_version


def test_a_process_that_is_killed_in_the_middle_of_a_step_leaves_the_older_file(path: str) -> None:
    before = content(make(path, 2))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(die_in_the_step, path).exception() is not None
    assert content(path) == before
    assert open_to_write(path) == FORMAT_VERSION
    assert content(path) == before


def die_in_the_step(path: str) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    for statement in sqlite_file.STEPS[2][:-2]:
        database.execute(statement)
    os._exit(1)


def test_duckdb_reads_a_file(old: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    extensions = list(
        resources.files(pytest.importorskip("duckdb_extension_sqlite_scanner")).rglob("*.duckdb_extension")
    )
    open_store(old, create=True).close()
    with duckdb.connect() as database:
        database.execute(f"LOAD '{extensions[0]}'")
        database.execute(f"ATTACH '{old}' AS store (TYPE sqlite, READ_ONLY)")
        query = (
            "SELECT hidden_std_dev, avg(loss), count(loss) FROM store.results WHERE seed = 0 AND NOT diverged::BOOL "
        )
        found = database.execute(f"{query} AND final_loss > 0.6 GROUP BY hidden_std_dev ORDER BY 1").fetchall()
    assert found[0] == (0.5, pytest.approx(sum(LOSSES_1) / 3), 3)


def test_the_steps_lead_to_the_present_format() -> None:
    from sweep.store.mongo import format as mongo_format

    assert list(sqlite_file.STEPS) == list(mongo_format.STEPS) == list(range(1, FORMAT_VERSION))


in_mongodb = pytest.mark.parametrize("url", ["mongomock", "mongodb"], indirect=True)


def documents(url: str, name: str) -> list[dict[str, object]]:
    with pymongo.MongoClient(url) as client:
        return list(client.get_default_database()[name].find())


@in_mongodb
def test_a_new_database_says_its_format(url: str) -> None:
    with open_store(url) as store:
        assert store.format_version == FORMAT_VERSION
    assert documents(url, "format") == []
    for _ in range(2):
        with open_store(url, create=True) as store:
            store.insert(a_point(), some_records(0, 2))
        assert documents(url, "format") == [{"_id": "format", "version": FORMAT_VERSION}]


@in_mongodb
def test_an_older_database_is_read_as_it_is_and_brought_up_to_date_by_whoever_writes(url: str) -> None:
    point, records = a_point(), some_records(0, 5)
    with open_store(url, create=True) as store:
        store.insert(point, records)
    with pymongo.MongoClient(url) as client:
        database = client.get_default_database()
        database["results"].update_many({}, {"$unset": {"accuracy": ""}})
        database["results"].insert_one({"_id": "another program's", "hidden_std_dev": 1.0})
        database["format"].drop()
    run = {"started": "2026-11-20T09:29:32+00:00", "ended": None, "state": "finished"}
    old, new = {"axes": [], "seed": 0}, {"axes": [], "until": ["rse", 0.1, 5]}
    with pymongo.MongoClient(url) as client:
        runs = [{"_id": "a", "study": old, **run}, {"_id": "b", "study": new, **run}]
        client.get_default_database()["runs"].insert_many(runs)
    with open_store(url) as store:
        assert store.format_version == 1
        assert [run["study"] for run in store.runs()] == [old, new]
        assert np.isnan(store.records(point.identity, 9).accuracy).all()
        assert np.isnan(store.moments([point.identity], 9)[point.identity].accuracy)
        assert store.damage() == []
    assert documents(url, "format") == []
    with open_store(url, create=True) as store:
        assert store.format_version == FORMAT_VERSION
        assert [run["study"] for run in store.runs()] == [{**old, "until": None}, new]
        found = store.records(point.identity, 9)
        assert np.isnan(found.accuracy).all()
        assert same(replace(found, accuracy=records.accuracy), records)
        assert store.damage() == []
    assert documents(url, "format") == [{"_id": "format", "version": FORMAT_VERSION}]


@in_mongodb
@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, "2", None])
def test_a_newer_database_is_refused_untouched(url: str, version: object) -> None:
    with pymongo.MongoClient(url) as client:
        client.get_default_database()["format"].insert_one({"_id": "format", "version": version})
    for create in (False, True):
        with pytest.raises(StoreError) as caught:
            open_store(url, create=create)
        assert str(caught.value) == (
            f"the store {url} has format {version}, and this project knows formats up to {FORMAT_VERSION}; "
            "upgrade this project, or name another store"
        )
    assert documents(url, "format") == [{"_id": "format", "version": version}]
