"""Runs the project's command lines as a person does."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(module, *arguments, folder=None, environment=None, python=sys.executable):
    """Run `python -m MODULE ARGUMENTS` to its end; the result has returncode, stdout and stderr."""
    return subprocess.run(
        [python, "-m", module, *map(str, arguments)],
        cwd=folder,
        env=clean_environment() | (environment or {}),
        capture_output=True,
        text=True,
        timeout=120,
    )


def start(module, *arguments, folder=None, environment=None):
    """Start it in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=folder,
        env=clean_environment() | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def signal_group(process, number=signal.SIGKILL):
    """Send a signal to the process and all that it started, as Ctrl-C at a terminal or a power loss would."""
    os.killpg(process.pid, number)


def clean_environment():
    kept = {name: value for name, value in os.environ.items() if name != "SWEEP_STORE"}
    return kept | {"PYTHONPATH": str(ROOT)}


def one_sentence(text):
    """The one line that a command wrote to standard error; fails on a traceback or anything more."""
    assert "Traceback" not in text, text
    lines = text.strip().splitlines()
    assert len(lines) == 1, text
    return lines[0]
