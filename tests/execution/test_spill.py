"""What could not be stored comes back from its file bit for bit; no file breaks a run."""

import os
import sys

import numpy as np
import pytest

from sweep.execution.spill import keep, take_up
from sweep.store import open_store
from tests.store.samples import a_point, same, some_records

TRAINED = [(a_point(1), some_records(0, 9)), (a_point(2), some_records(5, 7)), (a_point(1), some_records(9, 20))]


@pytest.fixture
def store(tmp_path, monkeypatch):
    (tmp_path / "current").mkdir()
    monkeypatch.chdir(tmp_path / "current")
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        yield store


def only_file(folder):
    (path,) = folder.iterdir()
    return path


def test_what_is_kept_is_taken_up_bit_for_bit_and_the_file_removed(store, state, capsys):
    keep(store, TRAINED)
    path = only_file(state)
    assert capsys.readouterr().err == (
        f"22 trainings that could not be stored are kept in {path}; the next run with this store stores them.\n"
    )
    take_up(store)
    assert capsys.readouterr().err == f"Stored 22 trainings that an earlier run had kept in {path}.\n"
    assert same(store.records(a_point(1).identity, 99), some_records(0, 20))
    assert same(store.records(a_point(2).identity, 99), some_records(5, 7))
    assert list(state.iterdir()) == []
    take_up(store)
    assert capsys.readouterr().err == ""


def test_runs_that_end_at_once_keep_files_of_their_own(store, state):
    keep(store, TRAINED[:1])
    keep(store, TRAINED[1:])
    assert len(list(state.iterdir())) == 2
    take_up(store)
    assert same(store.records(a_point(1).identity, 99), some_records(0, 20))


def test_what_belongs_to_another_store_stays(store, state, tmp_path):
    keep(store, TRAINED)
    with open_store(str(tmp_path / "other.db"), create=True) as other:
        take_up(other)
        assert other.counts([a_point(1).identity], 99) == {}
    assert only_file(state)


def test_the_same_store_under_another_name_takes_it_up(store, state, tmp_path):
    keep(store, TRAINED)
    with open_store("sqlite:///../store.db") as again:
        take_up(again)
    assert list(state.iterdir()) == []
    assert store.counts([a_point(1).identity], 99) == {a_point(1).identity: 20}


def test_mongodb_under_another_user_and_with_other_options_is_the_same_store(mongodb_url, state):
    with open_store(mongodb_url) as store:
        keep(store, TRAINED)
    with open_store(f"{mongodb_url}&appName=another") as again:
        take_up(again)
        assert same(again.records(a_point(1).identity, 99), some_records(0, 20))
    assert list(state.iterdir()) == []


def test_a_write_that_was_cut_short_is_not_seen(store, state, monkeypatch, capsys):
    def cut_short(file, **_):
        file.write(b"PK")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(np, "savez", cut_short)
        with pytest.raises(KeyboardInterrupt):
            keep(store, TRAINED)
    assert list(state.iterdir()) == []
    keep(store, TRAINED[:1])
    path = only_file(state)
    path.rename(path.with_suffix(".part"))  # as a power loss leaves it
    capsys.readouterr()
    take_up(store)
    assert capsys.readouterr().err == ""
    assert store.counts([a_point(1).identity], 99) == {}


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_damaged_file_is_told_of_and_left(damage, store, state, capsys):
    keep(store, TRAINED)
    path = only_file(state)
    content = bytearray(path.read_bytes())
    content[1000] ^= 255
    path.write_bytes({"cut": content[:500], "changed": content, "empty": b""}[damage])
    capsys.readouterr()
    take_up(store)
    said = capsys.readouterr().err
    assert said.startswith(f"warning: {path} holds trainings of an earlier run and cannot be read (")
    assert said.count("\n") == 1
    assert path.exists()
    assert store.counts([a_point(1).identity], 99) == {}


def test_no_damage_breaks_a_run_or_stores_anything_else(store, state):
    keep(store, TRAINED[:1])
    path = only_file(state)
    whole = path.read_bytes()
    for offset in range(0, len(whole), 23):
        changed = bytearray(whole)
        changed[offset] ^= 255
        path.write_bytes(changed)
        take_up(store)
        found = store.records(a_point(1).identity, 99)
        assert found.repeat.size == 0 or same(found, some_records(0, 9))


def test_where_the_first_folder_cannot_be_written_the_current_one_is_used(store, state, tmp_path):
    (tmp_path / "state").touch()
    keep(store, TRAINED)
    only_file(tmp_path / "current")
    take_up(store)
    assert os.listdir(tmp_path / "current") == []
    assert same(store.records(a_point(1).identity, 99), some_records(0, 20))


def test_what_cannot_be_kept_anywhere_is_told(store, tmp_path, monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    keep(store, TRAINED)
    assert capsys.readouterr().err == (
        "22 trainings could neither be stored nor kept in a file ([Errno 28] No space left on device; "
        "[Errno 28] No space left on device) and will be computed again.\n"
    )
    assert os.listdir(tmp_path / "current") == []


def test_who_has_no_home_keeps_it_in_the_current_folder(store, monkeypatch):
    """No folder named "~" is made."""
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as where neither HOME nor the user's entry is
    keep(store, TRAINED[:1])
    (kept,) = os.listdir()
    assert kept.startswith("unstored-")
    take_up(store)
    assert os.listdir() == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are Unicode there")
def test_a_store_whose_name_is_no_unicode_has_its_file_too(tmp_path, state):
    with open_store(os.fsdecode(bytes(tmp_path) + b"/not \xff.db"), create=True) as store:
        keep(store, TRAINED[:1])
        take_up(store)
        assert store.counts([a_point(1).identity], 99) == {a_point(1).identity: 9}
    assert list(state.iterdir()) == []
