"""Stores put into one: nothing is lost, doubled or changed, whichever kind they are and whatever happens on the way."""

import json
import shlex
import sqlite3
import threading
from dataclasses import replace

import numpy as np
import pytest

from sweep import Axis, Recipe, Study, merge
from sweep.check import check
from sweep.errors import FailedError, StoreError, UsageError
from sweep.recipe.csv_file import read_csv
from sweep.recipe.data import remember_data
from sweep.store import Records, open_store
from tests.commands import run
from tests.stores import fill

STUDY = Study(Recipe(epochs=20), (Axis("hidden_std_dev", (0.5, 1.0)),), repeats=1030)
OTHER = Study(Recipe(epochs=20), (Axis("hidden_std_dev", (1.0, 2.0)),), repeats=50)


def contents(url):
    """Everything in a store, as plain values."""
    with open_store(url) as store:
        rows = {identity: list(store.records(identity, 10**9).rows()) for identity in store.points()}
        runs = {run["id"]: run for run in store.runs()}
    return json.loads(json.dumps([rows, runs]))


def in_order(url, capsys):
    with open_store(url) as store:
        assert check(store, 100, 0) == 0, capsys.readouterr().out


def merged(capsys, *arguments):
    capsys.readouterr()
    assert merge.main([*arguments, "--quiet"]) == 0
    return capsys.readouterr().out.splitlines()


def test_what_stores_of_either_kind_hold_comes_together_once(url, tmp_path, capsys):
    one, other, back = fill(url, STUDY), fill(str(tmp_path / "other.db"), OTHER), str(tmp_path / "back.db")
    said = merged(capsys, other, "--store", one)
    with open_store(one) as store:
        name = store.name
    # Common draws: the points at 1.0 of both are the same point, and 50 repeats of it are in both.
    assert said == [
        f"Stored 50 trainings and 1 run of {other} in {name}.",
        "50 trainings were there already.",
        f"Next: python -m sweep.status --store {shlex.quote(one)}",
    ]
    assert merged(capsys, other, "--store", one)[0].startswith("Stored 0 trainings and 1 run")
    in_order(one, capsys)
    merged(capsys, one, "--store", back)
    in_order(back, capsys)
    assert contents(back) == contents(one)
    rows, runs = contents(back)
    assert sum(map(len, rows.values())) == 2 * 1030 + 50
    assert {run["state"] for run in runs.values()} == {"finished"}


def test_data_sets_go_along(tmp_path, capsys):
    path = tmp_path / "rows.csv"
    path.write_text("a,b,kind\n" + "".join(f"{n % 7},{n % 3},{'xy'[n % 2]}\n" for n in range(12)))
    data = read_csv(str(path), "sigmoid")
    remember_data(data)
    recipe = Recipe(problem=data.problem, epochs=5)
    url = fill(str(tmp_path / "data.db"), Study(recipe, (Axis("hidden_std_dev", (0.5, 1.0)),), repeats=3))
    merged(capsys, url, "--store", str(tmp_path / "all.db"))
    with open_store(str(tmp_path / "all.db")) as store:
        np.testing.assert_array_equal(store.data_set(data.problem).inputs, data.inputs)
    in_order(str(tmp_path / "all.db"), capsys)


def test_an_interrupted_merge_is_continued(tmp_path, monkeypatch, capsys):
    url, to = fill(str(tmp_path / "one.db"), STUDY), str(tmp_path / "all.db")
    monkeypatch.setattr(merge, "AT_ONCE", 400)
    with open_store(to, create=True) as store:
        insert, calls = type(store).insert, []

    def interrupted(self, point, records):
        calls.append(len(records.repeat))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return insert(self, point, records)

    with monkeypatch.context() as patched:
        patched.setattr(type(store), "insert", interrupted)
        with pytest.raises(KeyboardInterrupt):
            merge.main([url, "--store", to, "--quiet"])
    in_order(to, capsys)
    assert merged(capsys, url, "--store", to)[:2] == [
        f"Stored 1,030 trainings and 1 run of {url} in {to}.",
        "1,030 trainings were there already.",
    ]
    assert contents(to) == contents(url)


def test_a_store_that_is_locked_is_waited_for(tmp_path, capsys):
    url, to = fill(str(tmp_path / "one.db"), OTHER), fill(str(tmp_path / "all.db"), STUDY)
    lock = sqlite3.connect(to, isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN EXCLUSIVE")
    threading.Timer(1.5, lock.execute, ["COMMIT"]).start()
    capsys.readouterr()
    assert merge.main([url, "--store", to, "--quiet"]) == 0
    said = capsys.readouterr()
    assert "Waiting for up to 120 s" in said.err
    assert "answers again after" in said.err
    assert said.out.startswith("Stored 50 trainings and 1 run")
    in_order(to, capsys)


def test_an_odd_time_to_wait_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(UsageError, match="wait was given as -1; allowed is a number of seconds, 0 or above"):
        merge.main([str(tmp_path / "none.db"), "--wait", "-1"])


def test_a_result_that_is_there_stays_and_is_told(tmp_path, capsys):
    one, other = (fill(str(tmp_path / name), OTHER, blocks) for name, blocks in (("one.db", None), ("two.db", 0)))
    point = OTHER.points[0]
    with open_store(one) as store:
        records = store.records(point.identity, 2)
    with open_store(other) as store:
        store.insert(point, Records(**{**vars(records), "loss": np.nextafter(records.loss, 0)}))
    before = contents(other)[0]
    said = merged(capsys, one, "--store", other)
    assert said[1] == "2 trainings were there already."
    assert said[2].startswith(
        "2 trainings of these have another result there, which stays: other processors and versions"
    )
    assert contents(other)[0][point.identity][:2] == before[point.identity]


def test_a_store_with_something_off_is_refused_before_anything_is_written(tmp_path):
    sound, damaged = fill(str(tmp_path / "one.db"), OTHER), fill(str(tmp_path / "two.db"), STUDY)
    with open_store(damaged) as store:
        repeat = store.records(STUDY.points[0].identity, 1)
        store.insert(STUDY.points[0], replace(repeat, repeat=np.array([5000]), loss=np.array([-1.0])))
    message = (
        rf"{damaged} has \d things? that (is|are) off, and nothing was merged: .*; "
        rf"`python -m sweep.check --store {damaged}` lists what is off"
    )
    with pytest.raises(FailedError, match=message):
        merge.main([sound, damaged, "--store", str(tmp_path / "all.db")])
    assert not (tmp_path / "all.db").exists()


def test_a_store_is_not_merged_into_itself(tmp_path):
    url = fill(str(tmp_path / "one.db"), OTHER)
    with pytest.raises(UsageError, match=r"one\.db was to be merged into itself; allowed is another store as --store"):
        merge.main([f"sqlite:///{url}", "--store", url])


def test_a_store_that_is_missing_is_told(tmp_path):
    with pytest.raises(StoreError, match=r"there is no store at .*none\.db"):
        merge.main([str(tmp_path / "none.db"), "--store", str(tmp_path / "all.db")])
    assert not (tmp_path / "all.db").exists()


def test_the_command_as_it_is_typed(tmp_path):
    fill(str(tmp_path / "one.db"), OTHER)
    done = run("sweep.merge", "one.db", "--store", "all.db", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Stored 100 trainings and 1 run of one.db in all.db."
    done = run("sweep.merge", folder=tmp_path)
    assert done.returncode == 2
    assert "FROM" in done.stderr
