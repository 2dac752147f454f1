import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from sweep.errors import StoreError, StoreUnavailableError
from sweep.store import Records, open_store
from sweep.store.format import FORMAT_VERSION
from sweep.store.sqlite import file as sqlite_file
from tests.commands import ROOT
from tests.store.samples import a_point, same, some_records


def test_what_was_inserted_survives_a_killed_process(path: str) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(insert_and_die, path).exception() is not None
    with open_store(path) as store:
        assert same(store.records(a_point().identity, 99), some_records(0, 9))


def insert_and_die(path: str) -> None:
    store = open_store(path, create=True)
    store.insert(a_point(), some_records(0, 9))
    os._exit(1)


def test_reading_repeats_takes_no_more_memory_than_their_array(path: str) -> None:
    n = 20_000
    with open_store(path, create=True) as store:
        store.insert(a_point(), some_records(0, n))
        tracemalloc.start()
        repeats = store.repeats(a_point().identity)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert len(repeats) == n
    assert peak < 4 * repeats.nbytes


def test_the_file_is_a_wal_database_of_the_present_format(made: str) -> None:
    database = sqlite3.connect(made)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute("PRAGMA user_version").fetchone() == (FORMAT_VERSION,)
    recipe, seed, draws = database.execute("SELECT recipe, seed, draws FROM points").fetchone()
    assert (json.loads(recipe), seed, draws) == (a_point().recipe.to_dict(), 0, "common")
    database.close()


def test_a_locked_store_says_so_and_reads_go_on(made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(made, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_store(made) as store:
        with pytest.raises(StoreError) as caught:
            store.insert(a_point(), some_records(0, 9))
        assert store.repeats(a_point().identity).size == 3
        other.execute("ROLLBACK")
        assert store.insert(a_point(), some_records(0, 9)) == 6
    other.close()
    assert str(caught.value) == (
        f"cannot use the store {made} (database is locked): another program has locked it; "
        "end that program or wait, then try again"
    )


def test_a_full_disk_says_so_and_keeps_what_is_stored(made: str) -> None:
    with open_store(made) as store:
        store._database.execute("PRAGMA max_page_count = 1")  # SQLite keeps to the present size, and answers "full"
        with pytest.raises(StoreError) as caught:
            store.insert(a_point(), some_records(0, 10_000))
        assert str(caught.value) == (
            f"cannot use the store {made} (database or disk is full): the disk is full; "
            "free some space and start again, what is stored stays"
        )
        assert same(store.records(a_point().identity, 99), some_records(0, 3))
        store._database.execute("PRAGMA max_page_count = 1000000")
        assert store.insert(a_point(), some_records(0, 10_000)) == 9_997


def test_a_damaged_file_says_so(made: str) -> None:
    size = os.path.getsize(made)
    with open(made, "r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with open_store(made) as store, pytest.raises(StoreError) as caught:
        store.records(a_point().identity, 9)
    assert str(caught.value) == (
        f"cannot use the store {made} (database disk image is malformed): the file is damaged; "
        "put back a copy, or move it away and compute its results again"
    )


def test_a_closed_store_says_so(made: str) -> None:
    store = open_store(made)
    store.close()
    with pytest.raises(StoreError) as caught:
        store.runs()
    assert str(caught.value) == (
        f"cannot use the store {made} (Cannot operate on a closed database.): check the file, or name another store"
    )


def test_an_interrupted_insert_leaves_nothing(made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Records) -> Iterator[object]:
        yield 7, 0.5, 0.5, True, 1, False, 1.0, None, None
        raise KeyboardInterrupt

    with open_store(made) as store:
        with monkeypatch.context() as patched:
            patched.setattr(Records, "rows", interrupted)
            with pytest.raises(KeyboardInterrupt):
                store.insert(a_point(), some_records(0, 9))
        assert store.repeats(a_point().identity).tolist() == [0, 1, 2]
        assert store.insert(a_point(), some_records(0, 9)) == 6


@pytest.mark.parametrize(
    ("code", "may_pass"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR_WRITE, True),
        (sqlite3.SQLITE_READONLY, False),
        (sqlite3.SQLITE_NOTADB, False),
        (sqlite3.SQLITE_CORRUPT, False),
        (sqlite3.SQLITE_CANTOPEN, False),
    ],
)
def test_what_may_pass_is_told_from_what_will_not(code: int, may_pass: bool) -> None:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode = code
    with pytest.raises(StoreError) as caught, sqlite_file.explained("/data/x.db"):
        raise error
    assert isinstance(caught.value, StoreUnavailableError) == may_pass


@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_written_to_a_file_that_is_gone(replaced: bool, made: str) -> None:
    with open_store(made) as store:
        os.rename(made, f"{made}.moved")
        if replaced:
            open_store(f"{made}.other", create=True).close()
            os.rename(f"{made}.other", made)
        with pytest.raises(StoreError) as caught:
            store.insert(a_point(), some_records(0, 9))
        assert str(caught.value) == (
            f"cannot use the store {made}: the file was removed or replaced while it was in use; "
            "put it back, or start again to compute what is missing"
        )
        os.rename(f"{made}.moved", made)
        assert store.insert(a_point(), some_records(0, 9)) == 6


def test_a_failing_drive_says_so() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR | (3 << 8)
    with pytest.raises(StoreError) as caught, sqlite_file.explained("/data/x.db"):
        raise error
    assert str(caught.value) == (
        "cannot use the store /data/x.db (disk I/O error): the disk or network drive fails; check it, then start again"
    )


@pytest.mark.skipif(not shutil.which("localedef"), reason="localedef makes no locale here")
def test_what_is_new_is_counted_in_a_turkish_locale(tmp_path: Path) -> None:
    """The lower case of its I is another letter, by which Python takes an INSERT for a query."""
    made = subprocess.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", tmp_path / "tr_TR.UTF-8"], capture_output=True)
    if made.returncode:
        pytest.skip("localedef makes no Turkish locale here")
    program = (
        "from sweep.store import open_store; from tests.store.samples import a_point, some_records\n"
        "with open_store('new.db', create=True) as store: print(store.insert(a_point(), some_records(0, 5)))"
    )
    environment = {"LOCPATH": str(tmp_path), "LC_ALL": "tr_TR.UTF-8", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("5\n", "")
