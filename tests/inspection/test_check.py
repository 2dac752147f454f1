"""A sound store is in order, and everything that can be off in one is found."""

import json
import sqlite3
from contextlib import closing

import numpy as np
import pymongo
import pytest

from sweep import Axis, Recipe, Study, __version__
from sweep.check import check, describe, main
from sweep.errors import DamagedError
from sweep.execution.own_training import train_repeat
from sweep.execution.processes import run_block, start_worker, stop_worker
from sweep.inspection.recompute import draw_sample, train_again
from sweep.inspection.verify import Report, check_records
from sweep.store import Records, open_store
from sweep.store.provenance import RUN_FIELDS, describe_run
from sweep.study import Point, Target, plan
from tests.commands import one_sentence, run
from tests.conftest import MONGODB

STUDY = Study(Recipe(epochs=20), (Axis("hidden_std_dev", (0.5, 1.0)),), repeats=1030)
FIRST, SECOND = (point.identity for point in STUDY.points)
RUN = describe_run(STUDY, "python -m sweep.run", 1) | {"id": "r"}
ROW = f"point_id = (SELECT id FROM points WHERE identity = '{FIRST}') AND repeat = 7"
ABOUT = f"point {FIRST}"


def make(url, study=STUDY, state="finished"):
    """A store that holds what `study` asks for, trained and stored as a worker does."""
    with open_store(url, create=True) as store:
        store.start_run({**RUN, "study": study.to_dict(), "study_identity": study.identity})
        start_worker(url)
        for block in plan(study, {}):
            run_block(block)
        stop_worker()
        store.end_run("r", "2026-01-01T00:00:00.000+00:00", state)
    return url


@pytest.fixture
def sound(url):
    return make(url)


def findings(url, capsys, sample=200):
    """The lines of the list, without its dashes; fails unless the exit code agrees."""
    capsys.readouterr()
    with open_store(url) as store:
        code = check(store, sample, 0)
    found = [line[2:] for line in capsys.readouterr().out.splitlines() if line.startswith("- ")]
    assert code == bool(found)
    return found


def test_an_accuracy_that_older_formats_did_not_keep_is_not_missed(tmp_path, capsys):
    url = make(str(tmp_path / "old.db"))
    with closing(sqlite3.connect(url)) as database, database:
        database.execute("UPDATE trainings SET accuracy = NULL")
    assert findings(url, capsys) == []


def test_an_accuracy_of_a_data_set_is_missed():
    shape = "data:150x4x3:0123456789abcdef0123456789abcdef"
    classes, values = (
        Recipe(problem=shape, hidden=(3,), output=output, loss=loss, solved_below=enough, epochs=5)
        for output, loss, enough in (("softmax", "cross_entropy", 0), ("identity", "mse", 0.1))
    )
    columns = (np.arange(3), np.array([1.0, 1.0, np.nan]), np.array([1.0, 1.0, np.nan]), np.zeros(3, bool))
    records = Records(*columns, np.full(3, -1), np.array([False, False, True]), np.array([0.5, np.nan, np.nan]))
    about = [list(check_records("it", records, Point(recipe, 0, "common"))) for recipe in (classes, values)]
    assert about == [["it has 1 record without an accuracy though not diverged (repeat 1)"], []]


def test_a_sound_store_is_in_order(sound, capsys):
    with open_store(sound) as store:
        assert check(store, 300, 0) == 0
        name = store.name
    assert capsys.readouterr().out == (
        f"{name} is in order: 2,060 records of 2 points and 1 run, 300 of them trained again.\n"
    )


@pytest.mark.parametrize(("change", "is_off"), [(1 + 1e-12, False), (1 + 1e-6, True)])
def test_what_a_graphics_card_trained_may_differ_in_the_last_digits(tmp_path, capsys, monkeypatch, change, is_off):
    url = str(tmp_path / "store.db")
    monkeypatch.setitem(RUN, "device", "NVIDIA H100")
    make(url)
    with closing(sqlite3.connect(url)) as database, database:
        database.execute(f"UPDATE trainings SET loss = loss * {change!r}")
    capsys.readouterr()
    with open_store(url) as store:
        assert check(store, 100, 0) == is_off
    told = capsys.readouterr().out
    assert (
        "Note: 100 of the trainings trained again are of points that ran on NVIDIA H100, which rounds otherwise than a "
        "processor: they were compared to within 1e-09 of themselves, not bit for bit." in told
    )
    assert ("it may have run on NVIDIA H100 with version" in told) == is_off


def test_nothing_is_written(tmp_path, capsys):
    path = tmp_path / "store.db"
    make(str(path))
    before = path.read_bytes()
    assert main(["--store", str(path), "--sample", "5"]) == 0
    assert path.read_bytes() == before


def test_an_empty_store_is_in_order(url, capsys):
    open_store(url, create=True).close()
    with open_store(url) as store:
        assert check(store, 200, 0) == 0
    assert "is in order: 0 records of 0 points and 0 runs, 0 of them trained again." in capsys.readouterr().out


OFF = [
    ("loss = NULL", {"loss": float("nan")}, "has 1 record with a loss that is no number though not diverged"),
    ("final_loss = NULL", {"final_loss": None}, "with a final_loss that is no number though not diverged"),
    ("diverged = 1", {"diverged": True}, "has 1 record with a loss though diverged (repeat 7)"),
    ("loss = 9e999", {"loss": float("inf")}, "has 1 record with an infinite loss (repeat 7)"),
    ("final_loss = -0.5", {"final_loss": -0.5}, "has 1 record with a final_loss below 0 (repeat 7)"),
    ("solved = 1, solved_epoch = NULL", {"solved": True, "solved_epoch": None}, "solved without a solved_epoch"),
    ("solved = 1, diverged = 1", {"solved": True, "diverged": True}, "has 1 record solved and diverged (repeat 7)"),
    ("accuracy = 1.5", {"accuracy": 1.5}, "has 1 record with an accuracy that is not from 0 to 1 (repeat 7)"),
    ("solved_epoch = 21", {"solved_epoch": 21}, "has 1 record with a solved_epoch above 20 epochs (repeat 7)"),
]


@pytest.mark.parametrize(("statement", "fields", "expected"), OFF)
def test_values_that_do_not_agree_are_found(sound, capsys, statement, fields, expected):
    change(sound, f"UPDATE trainings SET {statement} WHERE {ROW}", fields)
    found = findings(sound, capsys, sample=0)
    assert any(f"{ABOUT} has 1 record" in one and expected in one for one in found), found


def change(url, statement, fields, identity=f"{FIRST}:0000000007", collection="results"):
    """Change a store behind its back."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as database:
            database.execute(statement)
    else:
        with pymongo.MongoClient(url) as client:
            done = client.get_default_database()[collection].update_one({"_id": identity}, {"$set": fields})
            assert done.matched_count == 1


def test_a_loss_that_differs_in_its_last_bit_is_found(sound, capsys, monkeypatch):
    with open_store(sound) as store:
        loss = store.records(FIRST, 8).loss[7]
    other = float(np.nextafter(loss, 0))
    change(sound, f"UPDATE trainings SET loss = {other!r} WHERE {ROW}", {"loss": other})
    (found,) = findings(sound, capsys, sample=3000)
    expected = (
        f"point {FIRST}: 1 of 1,030 trainings come out another way; "
        f"repeat 7 has loss {other!r}, and again it is {float(loss)!r}"
    )
    assert found == expected
    assert findings(sound, capsys, sample=0) == []
    monkeypatch.setattr("sweep.check.cpu_model", lambda: "Abacus")
    (found,) = findings(sound, capsys, sample=3000)
    made, here = f"{RUN['cpu']} with version {__version__}", f"Abacus with version {__version__}"
    excuse = f"it may have run on {made}, which may round otherwise than {here}"
    assert found == f"{expected} ({excuse})"


def test_a_recipe_that_is_not_its_points_is_found(sound, capsys):
    other = Point(Recipe(epochs=21, hidden_std_dev=0.5), 0, "common")
    text = json.dumps(other.recipe.to_dict())
    change(
        sound,
        f"UPDATE points SET recipe = '{text}' WHERE identity = '{FIRST}'",
        {"recipe": other.recipe.to_dict()}, FIRST, "points",
    )  # fmt: skip
    assert findings(sound, capsys) == [
        f"point {FIRST} has recipe, seed and draws whose identity is {other.identity}",
        f"1,030 records of point {FIRST} have no readable point: what they were trained from is unknown",
    ]


def test_a_recipe_that_cannot_be_read_is_found(sound, capsys):
    recipe = {**STUDY.points[0].recipe.to_dict(), "activation": "swish"}
    statement = f"UPDATE points SET recipe = '{json.dumps(recipe)}' WHERE identity = '{FIRST}'"
    change(sound, statement, {"recipe": recipe}, FIRST, "points")
    first, _ = findings(sound, capsys)
    assert first.startswith(f"point {FIRST} cannot be read: activation was given as 'swish'; allowed is one of")


def test_a_record_that_says_another_spread_is_found(sound, capsys):
    change(sound, f"UPDATE points SET hidden_std_dev = 0.25 WHERE identity = '{FIRST}'", {"hidden_std_dev": 0.25})
    n = "1,030 records" if sound.startswith("sqlite") else "1 record"
    assert findings(sound, capsys) == [f"{n} of point {FIRST} say hidden_std_dev = 0.25; the point says 0.5"]


def test_missing_trainings_of_a_finished_run_are_found(sound, capsys):
    if sound.startswith("sqlite"):
        change(sound, f"DELETE FROM trainings WHERE {ROW}", {})
    else:
        with pymongo.MongoClient(sound) as client:
            client.get_default_database()["results"].delete_one({"_id": f"{FIRST}:0000000007"})
    assert findings(sound, capsys) == ["run r is recorded as finished, and 1 of its 2,060 trainings are missing"]


def test_an_interrupted_run_may_lack_trainings(url, capsys):
    make(url, state="interrupted")
    with open_store(url, create=True) as store:
        store.start_run({**RUN, "id": "s", "study": {**STUDY.to_dict(), "repeats": 5000}})
    assert findings(url, capsys) == []


def test_a_run_with_a_target_has_its_first_round(url, capsys):
    study = Study(STUDY.recipe, STUDY.axes, repeats=5000, until=Target("rse", 0.5, 100))
    with open_store(url, create=True) as store:
        store.start_run({**RUN, "study": study.to_dict(), "study_identity": study.identity})
        store.end_run("r", "2026-01-01T00:00:00.000+00:00", "finished")
    assert findings(url, capsys) == ["run r is recorded as finished, and 200 of its 200 trainings are missing"]


def test_a_run_that_says_too_little_is_found(url, capsys):
    with open_store(url, create=True) as store:
        store.insert(STUDY.points[0], no_records())
        store.start_run({"id": "r", "started": "2026", "study": {"axes": []}})
        store.start_run({**RUN, "id": "s", "study_identity": "0"})
    first, second, third = findings(url, capsys)
    lacking = ", ".join(name for name in RUN_FIELDS if name not in ("id", "started", "study", "ended", "state"))
    assert first == f"run r does not say its {lacking}"
    assert second == "run r has a study that cannot be read: the record of a study cannot be read (KeyError('recipe'))"
    assert third == f"run s says study 0; the identity of its study is {STUDY.identity}"


def no_records():
    return Records(*(np.zeros(0, kind) for kind in (int, float, float, bool, int, bool, float)))


def test_records_that_no_run_asked_for_are_found(url, capsys):
    with open_store(url, create=True) as store:
        again = train_again(STUDY.points[0], np.arange(3), train_repeat)
        fields = (again.loss, again.final_loss, again.solved, again.solved_epoch, again.diverged, again.accuracy)
        store.insert(STUDY.points[0], Records(np.arange(3), *fields))
    assert findings(url, capsys) == [f"point {FIRST} has 3 records, and no run asked for it"]


def test_a_run_whose_process_is_gone_is_noted(sound, capsys):
    with open_store(sound, create=True) as store:
        store.start_run({**RUN, "id": "s", "process": 2**22 + 1})
        assert check(store, 0, 0) == 0
    assert "Note: run s was killed: it is recorded as running, and its process is gone.\n" in capsys.readouterr().out


@pytest.mark.parametrize("url", [MONGODB], indirect=True)
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"loss": "text"}, "could not convert string to float"),
        ({"repeat": 8}, None),
        ({"solved": 1}, None),
        ({"solved_epoch": 1.5}, None),
    ],
)
def test_misshapen_documents_are_found(sound, capsys, fields, expected):
    change(sound, "", fields)
    found = findings(sound, capsys)
    if "repeat" in fields:
        assert found == [f"{ABOUT} has 1 record stored under another repeat than they say (repeat 7)"]
        return
    assert found[0] == (
        f"1 documents of results lack a field or hold one of another type, _id '{FIRST}:0000000007' for one"
    )
    assert expected is None or any(expected in one for one in found)


@pytest.mark.parametrize("url", [MONGODB], indirect=True)
def test_a_document_without_a_field_is_found(sound, capsys):
    with pymongo.MongoClient(sound) as client:
        results = client.get_default_database()["results"]
        results.update_one({"_id": f"{FIRST}:0000000007"}, {"$unset": {"loss": 1}})
        results.insert_one({"hidden_std_dev": 0.5, "output_std_dev": 1.0, "loss": 1.0})
    with open_store(sound) as store:
        assert check(store, 0, 0) == 1
        with pytest.raises(DamagedError) as caught:
            store.records(FIRST, 9)
    assert str(caught.value) == (
        f"{store.name} holds a record of point {FIRST} that cannot be read (KeyError('loss')); "
        "`python -m sweep.check` lists what is off"
    )
    out = capsys.readouterr().out
    assert f"- {ABOUT} has a record that cannot be read: KeyError('loss')\n" in out
    assert "Note: 1 results of other programs lie in the same collection, unchecked.\n" in out


def test_rows_without_a_point_and_odd_flags_are_found(tmp_path, capsys):
    path = make(f"sqlite:///{tmp_path / 'store.db'}")
    change(path, f"UPDATE trainings SET solved = 7 WHERE {ROW}", {})
    change(path, f"DELETE FROM points WHERE identity = '{SECOND}'", {})
    assert findings(path, capsys, sample=0)[:2] == [
        "1 rows of trainings have a solved or diverged that is neither 0 nor 1",
        "1,030 records of point None have no readable point: what they were trained from is unknown",
    ]


@pytest.mark.parametrize("table", ["points", "runs"])
def test_json_that_cannot_be_read_is_told_in_one_sentence(tmp_path, table):
    path = str(tmp_path / "store.db")
    make(path, Study(STUDY.recipe, STUDY.axes, repeats=2))
    column = "recipe" if table == "points" else "document"
    change(f"sqlite:///{path}", f"UPDATE {table} SET {column} = '{{oops'", {})
    done = run("sweep.check", "--store", path)
    assert done.returncode == 1
    assert one_sentence(done.stderr).startswith(
        f"error: {path} holds a point or a run that cannot be read (Expecting property name"
    )
    assert one_sentence(done.stderr).endswith(
        "'{oops'; put back a copy, or move the file away and compute its results again"
    )


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.75, 0.99])
def test_a_truncated_file_is_told_in_one_sentence(tmp_path, share):
    path = tmp_path / "store.db"
    make(str(path))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    for module, *arguments in (("sweep.check",), ("sweep.status",), ("analysis", "summary"), ("sweep.run", "--quiet")):
        done = run(module, *arguments, "--store", path)
        assert done.returncode == 1
        # A run may find the damage only when it stores what it has trained, and then says first where it keeps that.
        told = (
            one_sentence(done.stderr.strip().splitlines()[-1]) if module == "sweep.run" else one_sentence(done.stderr)
        )
        assert told.startswith(f"error: cannot use the store {path} (")
        assert "the file is damaged; put back a copy, or move it away" in told
        assert "Traceback" not in done.stderr


def test_the_command_ends_with_1_and_a_list(tmp_path):
    path = str(tmp_path / "store.db")
    small = Study(STUDY.recipe, (Axis("hidden_std_dev", tuple(0.1 * n for n in range(1, 26))),), repeats=2)
    make(path, small)
    done = run("sweep.check", "--store", path, "--sample", "10", "--seed", "3")
    assert (done.returncode, done.stderr) == (0, "")
    change(f"sqlite:///{path}", "UPDATE trainings SET final_loss = -1.0", {})
    done = run("sweep.check", "--store", path, "--sample", "0")
    assert (done.returncode, done.stderr) == (1, "")
    first, *lines, last = done.stdout.splitlines()
    assert first == f"{path} has 25 things that are off: 50 records of 25 points and 1 run, 0 of them trained again."
    assert len(lines) == 20
    assert last == "and 5 more"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--sample", "-1"], "error: sample was given as -1; allowed is a whole number, 0 or above"),
        (["--seed", "-1"], "error: seed was given as -1; allowed is a whole number, 0 or above"),
        (["--sample", "x"], "argument --sample: was given as 'x'; allowed is a whole number"),
    ],
)
def test_what_is_not_allowed_is_named(arguments, expected, tmp_path):
    done = run("sweep.check", *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert expected in one_sentence(done.stderr)


def test_one_thing_that_is_off_is_one():
    assert describe("x", Report(findings=["it"]), 1, 0).startswith("x has 1 thing that is off: 0 records of 0 points")


def test_every_training_is_as_likely_in_a_sample():
    stored = {"a": np.arange(900), "b": np.arange(1000, 1100), "c": np.zeros(0, np.int64)}
    hits = {"a": 0, "b": 0}
    for seed in range(200):
        sample = draw_sample(stored, 50, seed)
        assert sum(map(len, sample.values())) == 50
        for name, repeats in sample.items():
            assert len(set(repeats.tolist())) == len(repeats)
            assert set(repeats.tolist()) <= set(stored[name].tolist())
            hits[name] += len(repeats)
    assert hits["b"] / 10_000 == pytest.approx(0.1, abs=0.01)
    everything = draw_sample(stored, 5000, 0)
    assert {name: repeats.tolist() for name, repeats in everything.items()} == {
        "a": list(range(900)), "b": list(range(1000, 1100))
    }  # fmt: skip
    assert draw_sample({}, 5, 0) == {}


def test_long_lists_of_repeats_are_cut():
    n = 5
    flags, none = np.zeros(n, bool), np.full(n, np.nan)
    records = Records(np.arange(n), -np.ones(n), np.ones(n), flags, np.full(n, -1), flags, none)
    assert list(check_records("x", records, None)) == ["x has 5 records with a loss below 0 (repeat 0, 1, 2, …)"]
