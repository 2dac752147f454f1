"""Where the system gives a command too little, a sentence says what, whichever library noticed."""

import errno
import subprocess
import sys
import threading

import pytest

from sweep.console import scarcity
from sweep.console.scarcity import too_little, what_is_scarce
from tests.commands import ROOT

limited = pytest.mark.skipif(sys.platform != "linux", reason="limits of addresses are Linux's")


def caused(error, cause):
    error.__cause__ = cause
    return error


def of_another_s(error, before):
    """An error that is raised in another's place, `from None`."""
    error.__context__, error.__suppress_context__ = before, True
    return error


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "open files"),
        (OSError(errno.EAGAIN, "Resource temporarily unavailable"), "processes or threads"),
        (OSError(errno.ENOSPC, "No space left on device"), "space on a disk"),
        (MemoryError(), "memory"),
        (RuntimeError("can't start new thread"), "processes or threads"),
        (ImportError("libopenblas.so: failed to map segment from shared object"), "memory"),
        (caused(ImportError("the C-extensions failed"), ImportError("x.so: cannot allocate memory")), "memory"),
        (caused(OSError("no libllvmlite.so"), Exception("… OSError: Cannot allocate memory")), "memory"),
        (of_another_s(ValueError("a mistake"), MemoryError()), ""),
        (OSError(errno.ENOENT, "No such file or directory"), ""),
        (ImportError("No module named 'pandas'"), ""),
    ],
)
def test_what_is_scarce_is_named_wherever_it_was_noticed(error, what):
    assert what_is_scarce(error) == what


def test_an_error_that_nobody_caught_is_a_sentence_or_python_s(capsys):
    error = MemoryError()
    scarcity._tell(MemoryError, error, None)
    assert capsys.readouterr().err == (
        "error: the system gives this command no more memory; what is stored stays: give it more (ulimit -a says what "
        "it may have), or use fewer --workers, and start again\n"
    )
    assert too_little("memory").count("\n") == 0
    scarcity._tell(ValueError, ValueError("another one"), None)
    assert "ValueError: another one" in capsys.readouterr().err


def test_a_thread_that_ends_by_an_error_is_told_where_that_is_not_said_otherwise(monkeypatch, capsys):
    monkeypatch.setattr(threading, "excepthook", scarcity._tell_of_thread)
    for error in (RuntimeError("can't start new thread"), RuntimeError("another one")):
        thread = threading.Thread(target=raising, args=[error])
        thread.start()
        thread.join()
    told = capsys.readouterr().err
    assert "another one" in told
    assert "can't start" not in told


def raising(error):
    raise error


@limited
@pytest.mark.parametrize("module", ["sweep.run", "analysis"])
def test_too_few_addresses_are_told_before_a_library_notices(tmp_path, module):
    done = subprocess.run(
        ["sh", "-c", 'ulimit -v 300000; exec "$@"', "sh", sys.executable, "-m", module, "--help"],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "error: the limit of addresses was given as 300,000 kB; allowed are 1,000,000 kB and above, which the "
        "libraries need: raise it (ulimit -v)\n",
    )
