import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from sweep.errors import StoreError
from sweep.store import open_store
from sweep.store.format import FORMAT_VERSION
from sweep.store.sqlite import file as sqlite_file
from tests.store.samples import a_point, same, some_records


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder that the test owns, as a user whom file permissions bind (root is not bound)."""
    with tempfile.TemporaryDirectory() as folder:
        root = os.geteuid() == 0
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        yield Path(folder)
        os.chmod(folder, 0o700)
        if root:
            os.seteuid(0)


def test_an_empty_file_becomes_a_store_only_when_asked(path: str) -> None:
    Path(path).touch()
    with pytest.raises(StoreError, match="there is no store at"):
        open_store(path)
    assert Path(path).read_bytes() == b""
    open_store(path, create=True).close()
    open_store(path).close()


def assert_refused_untouched(path: str, expected: str) -> None:
    folder = Path(path).parent
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    for create in (False, True):
        with pytest.raises(StoreError) as caught:
            open_store(path, create=create)
        assert str(caught.value) == expected
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize("content", [b"x", b"hidden_std_dev,loss\n0.5,0.1\n", b"\x89PNG" * 1000, b"\0" * 4096])
def test_a_file_that_is_no_database_is_left_as_it_was(content: bytes, path: str) -> None:
    Path(path).write_bytes(content)
    assert_refused_untouched(
        path,
        f"cannot use the store {path} (file is not a database): it is no SQLite database and was left as it was; "
        "name another store",
    )


@pytest.mark.parametrize("version", [0, 1, -1])
@pytest.mark.parametrize("journal", ["delete", "wal"])
@pytest.mark.parametrize("table", ["songs", "runs"])
def test_another_programs_database_is_left_as_it_was(version: int, journal: str, table: str, path: str) -> None:
    make_foreign(path, version, journal, f"CREATE TABLE {table} (id)")
    assert_refused_untouched(
        path,
        f"cannot use the store {path}: it is the database of another program and was left as it was; "
        "name another store",
    )


def test_a_newer_format_is_left_as_it_was(made: str) -> None:
    make_foreign(made, FORMAT_VERSION + 1, "wal", "CREATE TABLE later (id)")
    assert_refused_untouched(
        made,
        f"the store {made} has format {FORMAT_VERSION + 1}, and this project knows formats up to {FORMAT_VERSION}; "
        "upgrade this project, or name another store",
    )


def make_foreign(path: str, version: int, journal: str, statement: str) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    for one in (f"PRAGMA journal_mode = {journal}", f"PRAGMA user_version = {version}", statement):
        database.execute(one)
    database.close()


def test_a_checkpoint_that_was_cut_short_is_no_damage(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.db", tmp_path / "cut.db"
    with open_store(str(whole), create=True) as store:
        store.insert(a_point(), some_records(0, 500))
        for suffix in ("", "-wal"):
            shutil.copy(f"{whole}{suffix}", f"{cut}{suffix}")
    with closing(sqlite3.connect(whole)) as finished:
        header = whole.read_bytes()[:4096]
        assert finished.execute("PRAGMA page_count").fetchone()[0] > 2
    cut.write_bytes(header)  # the first page has its place, the others do not yet
    with open_store(str(cut)) as store:
        assert same(store.records(a_point().identity, 999), some_records(0, 500))


@pytest.mark.parametrize("under", ["nowhere/store.db", "a_file/store.db"])
def test_a_missing_folder_is_named(under: str, tmp_path: Path) -> None:
    (tmp_path / "a_file").touch()
    path = tmp_path / under
    with pytest.raises(StoreError) as caught:
        open_store(str(path), create=True)
    assert str(caught.value) == (
        f"cannot use the store {path} (unable to open database file): the folder {path.parent} must exist and be "
        "writable, and the file be readable; make it (mkdir -p), change the permissions, or name another store"
    )
    assert os.listdir(tmp_path) == ["a_file"]


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    for create in (False, True):
        with pytest.raises(StoreError) as caught:
            open_store(str(tmp_path), create=create)
        assert str(caught.value) == f"cannot use the store {tmp_path}: it is a folder; name a file in it"
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipe has a name there")
def test_a_pipe_is_no_store(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for create in (True, False):
        with pytest.raises(StoreError) as caught:
            open_store(str(tmp_path / "pipe"), create=create)
        assert str(caught.value) == f"cannot use the store {tmp_path / 'pipe'}: it is a pipe; name a file"


def test_a_folder_without_write_permission_is_named(unprivileged: Path) -> None:
    unprivileged.chmod(0o500)
    with pytest.raises(StoreError, match=f"the folder {unprivileged} must exist and be writable"):
        open_store(str(unprivileged / "store.db"), create=True)
    assert os.listdir(unprivileged) == []


@pytest.mark.parametrize("folder_mode", [0o500, 0o700])
def test_a_read_only_file_is_read_and_not_written(folder_mode: int, unprivileged: Path) -> None:
    path = unprivileged / "store.db"
    with open_store(str(path), create=True) as store:
        store.insert(a_point(), some_records(0, 3))
    path.chmod(0o400)
    unprivileged.chmod(folder_mode)
    before = path.read_bytes()
    with open_store(str(path)) as store:
        assert same(store.records(a_point().identity, 9), some_records(0, 3))
        with pytest.raises(StoreError) as caught:
            store.insert(a_point(), some_records(0, 9))
    assert str(caught.value) == (
        f"cannot use the store {path} (attempt to write a readonly database): it is read-only; "
        "allow writing to the file and to its folder, or name another store"
    )
    assert path.read_bytes() == before


def test_who_may_only_read_leaves_nothing_beside_the_file(unprivileged: Path) -> None:
    """A log that a reader makes is the reader's own, and locks out whoever may write."""
    path = unprivileged / "store.db"
    open_store(str(path), create=True).close()
    path.chmod(0o400)
    with open_store(str(path)) as store:
        assert store.counts([a_point().identity], 9) == {}
    assert os.listdir(unprivileged) == ["store.db"]


def test_an_unreadable_file_is_named(unprivileged: Path) -> None:
    path = unprivileged / "store.db"
    path.touch(0o000)
    with pytest.raises(StoreError, match="the file be readable"):
        open_store(str(path))


def test_making_a_store_in_a_locked_file_gives_up(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program has locked it"):
        open_store(path, create=True)
    other.close()


def test_making_a_store_waits_for_a_lock(path: str) -> None:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = Timer(0.3, other.execute, ["ROLLBACK"])
    release.start()
    with open_store(path, create=True) as store:
        assert store.insert(a_point(), some_records(0, 3)) == 3
    release.join()
    other.close()
