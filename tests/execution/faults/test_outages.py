"""A SQLite store that is locked, full, read-only or gone for a while or for good: nothing trained is lost."""

import shutil
import signal
import sqlite3
import subprocess
from contextlib import contextmanager

import pytest

from sweep.errors import StoreError
from sweep.store import open_store
from tests import commands
from tests.commands import door
from tests.execution.faults.studies import (
    N_TRAININGS,
    STUDY,
    assert_complete,
    complete,
    finish,
    rows,
    start,
    wait_for_line,
    wait_until_stored,
)
from tests.store.test_sqlite_file import unprivileged  # noqa: F401

main = door("sweep.run")

CONTINUE = f"; continue with: python -m sweep.run {' '.join(STUDY)} --workers 2 --store "


@contextmanager
def locked(url):
    """Hold the write lock of a SQLite file, as another program would."""
    other = sqlite3.connect(url, timeout=30, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def assert_ends_and_is_continued(process, url, state, cause):
    """A run that waits in vain for one second ends with the cause; the next takes up what it had to keep."""
    _, error = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in error
    lines = error.splitlines()
    assert lines[-1].startswith(f"error: {cause}")
    assert lines[-1].endswith(f"{CONTINUE}{url} --wait 1")
    (kept,) = state.iterdir()
    sentence = f" that could not be stored are kept in {kept}; the next run with this store stores them."
    assert any(line.endswith(sentence) for line in lines)
    return kept


def test_a_lock_is_waited_for_at_the_start_and_in_the_middle(url, expected):
    open_store(url, create=True).close()
    with locked(url):
        process = start(url, workers=1)
        assert wait_for_line(process, "Waiting for up to") == (
            f"cannot use the store {url} (database is locked): another program has locked it; end that program or "
            "wait, then try again. Waiting for up to 120 s; nothing that was trained is lost.\n"
        )
    assert wait_for_line(process, "answers again").startswith(f"{url} answers again after ")
    wait_until_stored(process, url, 0)
    with locked(url):
        wait_for_line(process, "Waiting for up to 120 s")
    assert finish(process).startswith(f"{url} answers again after ")
    assert_complete(url, expected)


def test_after_a_lock_for_good_the_next_run_takes_up_what_was_trained(url, state, expected):
    process = start(url, "--wait", "1")
    wait_until_stored(process, url, 0)
    with locked(url):
        kept = assert_ends_and_is_continued(process, url, state, f"cannot use the store {url} (database is")
    n_before = len(rows(url))
    again = complete(url)
    n_kept = int(again.split()[1].replace(",", ""))
    assert again == f"Stored {n_kept:,} trainings that an earlier run had kept in {kept}.\n"
    assert 0 < n_kept <= N_TRAININGS - n_before
    assert list(state.iterdir()) == []
    assert_complete(url, expected)


def test_an_interrupt_while_it_waits_keeps_what_was_trained(url, state):
    process = start(url, workers=1, real=True)
    wait_until_stored(process, url, 0)
    with locked(url):
        wait_for_line(process, "Waiting for up to 120 s")
        commands.signal_group(process, signal.SIGINT)
        _, error = process.communicate(timeout=120)
    n_before = len(rows(url))
    assert process.returncode == 130
    kept, warning, sentence = error.splitlines()[-3:]
    assert " that could not be stored are kept in " in kept
    assert warning.startswith("warning: the store could not be told that run ")
    assert sentence.startswith(f"Interrupted: {n_before:,} of {N_TRAININGS:,} trainings are stored in {url}, ")
    assert str(next(state.iterdir())) in kept


@pytest.fixture
def small_disk(tmp_path):
    """A file system of half a megabyte, and a function that enlarges it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o"]
    if (
        not shutil.which("mount")
        or subprocess.run([*mount, "size=512k", "none", folder], capture_output=True).returncode
    ):
        pytest.skip("no small file system can be mounted here")
    yield folder, lambda: subprocess.run([*mount, "remount,size=64m", "none", folder], check=True)
    subprocess.run(["umount", folder], check=True)


def test_what_a_full_disk_does_not_take_is_kept_elsewhere(small_disk, state, expected):
    folder, enlarge = small_disk
    url = str(folder / "store.db")
    process = start(url, "--wait", "1")
    assert "the disk is full; free some space" in wait_for_line(process, "Waiting for up to 1 s")
    assert_ends_and_is_continued(process, url, state, f"cannot use the store {url} (")
    enlarge()
    assert complete(url).startswith("Stored ")
    assert list(state.iterdir()) == []
    assert_complete(url, expected)


def test_a_read_only_file_ends_the_run_at_once(unprivileged, capsys):  # noqa: F811
    path = unprivileged / "store.db"
    open_store(str(path), create=True).close()
    path.chmod(0o400)
    with pytest.raises(StoreError) as caught:
        main(["--store", str(path)])
    assert str(caught.value) == (
        f"cannot use the store {path} (attempt to write a readonly database): it is read-only; allow writing to the "
        f"file and to its folder, or name another store; continue with: python -m sweep.run --store {path}"
    )
    assert "Waiting" not in capsys.readouterr().err


def test_a_file_that_is_removed_meanwhile_ends_the_run(url, state):
    process = start(url, workers=1)
    wait_until_stored(process, url, 0)
    shutil.move(url, f"{url}.moved")
    _, error = process.communicate(timeout=120)
    assert process.returncode == 1
    assert f"error: cannot use the store {url}: the file was removed or replaced while it was in use; put it" in error
    assert len(list(state.iterdir())) == 1
