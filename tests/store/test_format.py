"""Stores of older and newer formats."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pymongo
import pytest

from sweep.errors import StoreError
from sweep.status import status
from sweep.store import open_store
from sweep.store.format import FORMAT_VERSION
from sweep.store.sqlite import file as sqlite_file
from sweep.study import Study
from tests.store.samples import a_point, some_records

FORMAT_1 = (Path(__file__).parent / "format_1.sql").read_text()
LOSSES_1 = [34.7194501458264, 34.77314941363538, 34.650255469271556]
"""Of the first point, as the program of format 1 printed them."""


@pytest.fixture
def old(path: str) -> str:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(FORMAT_1)
    return path


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
    monkeypatch.setitem(sqlite_file.STEPS, 1, (*sqlite_file.STEPS[1], "DELETE FROM points", "no SQL"))
    with pytest.raises(StoreError, match="syntax error"):
        open_store(old, create=True)
    assert targets(old) == [None, None]
    with open_store(old) as store:
        assert (store.format_version, len(store.points())) == (1, 3)


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
    run = {"started": "2026-11-20T09:29:32+00:00", "ended": None, "state": "finished"}
    old, new = {"axes": [], "seed": 0}, {"axes": [], "until": ["rse", 0.1, 5]}
    with pymongo.MongoClient(url) as client:
        runs = [{"_id": "a", "study": old, **run}, {"_id": "b", "study": new, **run}]
        client.get_default_database()["runs"].insert_many(runs)
    with open_store(url) as store:
        assert store.format_version == 1
        assert [run["study"] for run in store.runs()] == [old, new]
    assert documents(url, "format") == []
    with open_store(url, create=True) as store:
        assert store.format_version == FORMAT_VERSION
        assert [run["study"] for run in store.runs()] == [{**old, "until": None}, new]
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
