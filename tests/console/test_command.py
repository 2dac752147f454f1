"""How a command ends that is interrupted or told to end."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests import commands
from tests.execution.faults.studies import start, wait_until_stored

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no signal is held back there")

PROGRAM = """
import os, signal
from sweep.console.command import run_command

def main(arguments):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.kill(os.getpid(), getattr(signal, arguments[0]))
    print("goes on")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    print("never")

run_command(main)
"""


@pytest.mark.parametrize("request_to_end", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("answer", [signal.default_int_handler, signal.SIG_IGN], ids=["foreground", "background"])
def test_a_request_to_end_is_held_back_where_an_interrupt_is(tmp_path, answer, request_to_end):
    (tmp_path / "program.py").write_text(PROGRAM)
    process = commands.start("program", request_to_end, folder=tmp_path, real=True, interrupt=answer)
    assert process.communicate() == ("goes on\n", "Interrupted.\n")
    assert process.returncode == 130


ENDING = """
import atexit, os, signal
from sweep.console.command import run_command

def main(arguments):
    raise KeyboardInterrupt

@atexit.register
def ask_again():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)

run_command(main)
"""


def test_a_command_that_ends_is_asked_no_more(tmp_path):
    (tmp_path / "program.py").write_text(ENDING)
    process = commands.start("program", folder=tmp_path, real=True)
    assert process.communicate() == ("", "Interrupted.\n")
    assert process.returncode == 130


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="no /proc to see imports in")
def test_an_interrupt_while_libraries_are_imported_is_no_traceback(tmp_path):
    process = commands.start("sweep.run", folder=tmp_path, real=True)
    while "/numpy/" not in Path(f"/proc/{process.pid}/maps").read_text():
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGINT)
    assert process.communicate() == ("", "")
    assert process.returncode == -signal.SIGINT
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_that_goes_interrupts_a_run_and_leaves_no_word_of_its_helpers(tmp_path):
    """As the system does it: SIGHUP to all processes, multiprocessing's own among them."""
    url = str(tmp_path / "store.db")
    process = start(url, "--repeats", "3000", real=True)
    wait_until_stored(process, url, 0)
    commands.signal_group(process, signal.SIGHUP)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert commands.one_sentence(commands.PROGRESS.sub("", error)).startswith("Interrupted: ")
