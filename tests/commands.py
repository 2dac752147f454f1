"""Runs the project's command lines as a person does."""

import atexit
import os
import re
import runpy
import signal
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.warm import Warm

ROOT = Path(__file__).parent.parent
SECONDS = 120
FORKS = sys.platform == "linux" and os.environ.get("OPENBLAS_NUM_THREADS") == "1"
"""Whether a process with all imports has a single thread, and so can be forked."""

SET_BY_DASK = ("PYTHONHASHSEED", "__DASK_PARENT_PID")
"""Variables that Dask sets for its workers in the process that starts them."""

PROGRESS = re.compile(r"^[\d,]+ of [\d,]+ trainings \(.* (?:left|time left unknown)\n", re.MULTILINE)
"""How far a run is, which it tells where it takes long."""


def run(module, *arguments, folder=None, environment=None, real=False, python=sys.executable):
    """Run `python -m MODULE ARGUMENTS` to its end; the result has returncode, stdout and stderr.

    Unless a real start of Python, or another one, is asked for, the process is forked from one that has done the
    imports.
    """
    command = [module, *map(str, arguments)]
    environment = clean_environment() | (environment or {})
    if not real and python == sys.executable and can_fork(environment):
        process = warm().start(command, folder or os.getcwd(), environment)
        texts = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(command, process.returncode, *texts)
    with interrupts():
        return subprocess.run(
            [python, "-m", *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )


def door(module):
    """The main of a command, not imported as a module of its package: `sweep.run` is a function there."""
    return runpy.run_module(module)["main"]


def start(module, *arguments, folder=None, environment=None, real=False, interrupt=signal.default_int_handler):
    """Start it in a process group of its own, with a Ctrl-C that interrupts or, with SIG_IGN, one that is ignored.

    Tests of signals, of workers and of what is killed ask for a real start; others get a forked process, as of `run`.
    """
    command = [module, *map(str, arguments)]
    environment = clean_environment() | (environment or {})
    if not real and interrupt is signal.default_int_handler and can_fork(environment):
        return warm().start(command, folder or os.getcwd(), environment)
    with interrupts(interrupt):
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def can_fork(environment):
    """Whether a forked command finds what a real start with this environment finds."""
    return FORKS and warm().can_run(environment)


@contextmanager
def interrupts(answer=signal.default_int_handler):
    """What is started meanwhile takes Ctrl-C, and a terminal that goes, as in a shell's foreground, also where the
    tests run in its background or under nohup."""
    answers = {signal.SIGINT: answer} | {getattr(signal, "SIGHUP", signal.SIGTERM): signal.SIG_DFL}
    before = {number: signal.signal(number, one) for number, one in answers.items()}
    try:
        yield
    finally:
        for number, one in before.items():
            signal.signal(number, one)


@cache
def warm():
    """What commands are forked from; it ends with this process."""
    with interrupts():
        process = Warm(clean_environment(), ROOT)
    atexit.register(process.close)
    return process


def signal_group(process, number=signal.SIGKILL):
    """Send a signal to the process and all that it started, as Ctrl-C at a terminal or a power loss would."""
    os.killpg(process.pid, number)


def clean_environment():
    kept = {name: value for name, value in os.environ.items() if name not in ("SWEEP_STORE", *SET_BY_DASK)}
    return kept | {"PYTHONPATH": str(ROOT)}


def one_sentence(text):
    """The one line that a command wrote to standard error, progress aside; fails on a traceback or anything more."""
    assert "Traceback" not in text, text
    lines = PROGRESS.sub("", text).strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]
