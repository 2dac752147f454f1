"""How a command ends that is interrupted or told to end."""

import signal
import sys

import pytest

from tests import commands

PROGRAM = """
import os, signal
from sweep.console.command import run_command

def main(arguments):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.kill(os.getpid(), signal.SIGTERM)
    print("goes on")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    print("never")

run_command(main)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no signal is held back there")
@pytest.mark.parametrize("answer", [signal.default_int_handler, signal.SIG_IGN], ids=["foreground", "background"])
def test_a_request_to_end_is_held_back_where_an_interrupt_is(tmp_path, answer):
    (tmp_path / "program.py").write_text(PROGRAM)
    process = commands.start("program", folder=tmp_path, real=True, interrupt=answer)
    assert process.communicate() == ("goes on\n", "Interrupted.\n")
    assert process.returncode == 130
