"""Standard streams that are closed, full or have lost their reader: real ones, of real commands."""

import errno
import io
import os
import signal
import subprocess
import sys

import pytest

from sweep.console.streams import Output
from sweep.errors import FailedError
from tests import commands

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sh starts the commands")

PROGRAM = """
import os, sys
from sweep.console.command import run_command
from sweep.console.progress import say

def main(arguments):
    opened = os.open("opened", os.O_CREAT | os.O_WRONLY)
    assert opened > 2, opened
    say("on the way")
    print("the answer ×")
    print("more", flush=True)
    open("done", "w").close()
    return 0

run_command(main)
"""


@pytest.fixture
def start(tmp_path):
    """Run the program by a line of the shell; what it wrote to the streams that are left."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")

    def run(shell, **environment):
        return subprocess.run(
            ["sh", "-c", shell, "sh", sys.executable, "-m", "program"],
            cwd=tmp_path, env=commands.clean_environment() | environment, capture_output=True, text=True,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("shell", ['"$@" >&-', '"$@" 2>&-', '"$@" <&-', '"$@" <&- >&- 2>&-', '"$@" 2>/dev/full'])
def test_a_stream_that_is_closed_or_for_errors_and_full_does_not_hinder_the_work(start, shell, tmp_path):
    done = start(shell)
    assert (done.returncode, done.stderr.replace("on the way\n", "")) == (0, "")
    assert (tmp_path / "done").exists()
    assert (tmp_path / "opened").read_bytes() == b""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written_is_a_sentence(start, unbuffered, tmp_path):
    done = start('"$@" >/dev/full', PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    assert done.stderr == (
        "on the way\n"
        "error: the output cannot be written (No space left on device); what was stored or written until then is "
        "there: free some space, or send the output elsewhere, and start again\n"
    )
    assert not (tmp_path / "done").exists()


def test_whoever_reads_no_more_is_told_nothing(start):
    done = start('{ sleep 0; "$@"; echo $? >&3; } 3>&2 | true')
    assert done.stderr.replace("on the way\n", "") == "1\n"


def test_what_an_encoding_lacks_is_replaced(start):
    done = start('"$@"', PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, "the answer ?\nmore\n")


def test_a_folder_that_is_gone_is_a_sentence(start):
    done = start('mkdir gone; cd gone; rmdir ../gone; PYTHONPATH=$OLDPWD:$PYTHONPATH exec "$@"')
    assert done.returncode == 1
    assert done.stderr == (
        "error: the current folder cannot be used (No such file or directory); go to one that exists\n"
    )


@pytest.mark.parametrize(
    ("limit", "scarce", "cause"),
    [
        ("-n 16", "open files", "[os.pipe() for _ in range(9)]"),
        ("-v 600000", "memory", "bytes(10**9)"),
        ("-n 64", "processes or threads", 'raise RuntimeError("can\'t start new thread")'),
    ],
)
def test_what_the_system_gives_no_more_of_is_named(tmp_path, limit, scarce, cause):
    (tmp_path / "program.py").write_text(
        "import os\nfrom sweep.console.command import run_command\ndef main(arguments):\n"
        f"    {cause}\n    return 0\nrun_command(main)\n"
    )
    done = subprocess.run(
        ["sh", "-c", f'ulimit {limit}; exec "$@"', "sh", sys.executable, "-m", "program"],
        cwd=tmp_path, env=commands.clean_environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert commands.one_sentence(done.stderr) == (
        f"error: the system gives this command no more {scarce}; what is stored stays: give it more (ulimit -a says "
        "what it may have), or use fewer --workers, and start again"
    )


class Gone(io.RawIOBase):
    """A terminal that has gone."""

    def __init__(self):
        self.file = os.open(os.devnull, os.O_WRONLY)

    def write(self, data):
        raise OSError(errno.EIO, "Input/output error")

    def fileno(self):
        return self.file


def test_a_terminal_that_goes_is_a_signal_where_that_comes_a_moment_later():
    def interrupt(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        gone = Gone()
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            Output(None, gone).write(b"more")
    finally:
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(FailedError, match=r"the output cannot be written \(Input/output error\)"):
        Output(None, gone).write(b"more")
    os.close(gone.file)
