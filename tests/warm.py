"""Forks commands from a process that has imported all that they import, for a tenth of a start of Python.

`python -m tests.warm N` serves whoever holds the other end of the connection N. Each command gets a process of its own,
in which everything is as `python -m MODULE ARGUMENTS` finds it, but that its imports are quick.
"""

import gc
import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle, send_handle

from tests.become import become

COMMANDS = (
    "sweep.run",
    "sweep.status",
    "sweep.check",
    "sweep.merge",
    "sweep.trace",
    "analysis.__main__",
    "analysis.report.playground",
)
READ_LATE = {"SWEEP_STORE", "XDG_STATE_HOME", "PYTEST_CURRENT_TEST"}
"""Variables that a command reads when it needs them. All others may be read at an import, which is past."""


class Warm:
    """A process that commands are forked from, seen from outside.

    Args:
        environment: of the process and, but for READ_LATE, of all commands.
        folder: where this project is.
    """

    def __init__(self, environment, folder):
        self._environment = environment
        self._connection, theirs = Pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=folder,
            env=environment,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()

    def close(self):
        """End it."""
        self._connection.close()
        self._process.wait()

    def can_run(self, environment):
        """Whether a command of this environment would see it, imports included."""
        return all(
            environment.get(name) == self._environment.get(name)
            for name in (environment.keys() | self._environment.keys()) - READ_LATE
        )

    def start(self, command, folder, environment):
        """Start a command in a session of its own."""
        pipes = [os.pipe(), os.pipe()]
        self._connection.send((command, folder, environment))
        for _, end in pipes:
            send_handle(self._connection, end, self._process.pid)
            os.close(end)
        return Forked(self._connection.recv(), [end for end, _ in pipes], self._take_leave)

    def _take_leave(self, pid):
        """The return code of a command that has ended."""
        self._connection.send(pid)
        return self._connection.recv()


class Forked:
    """A command that was started, with what tests use of a `subprocess.Popen` with text captured."""

    def __init__(self, pid, outputs, take_leave):
        self.pid, self.returncode = pid, None
        self.stdout, self.stderr = (os.fdopen(end, encoding="locale") for end in outputs)
        self._take_leave = take_leave
        self._end = os.pidfd_open(pid)

    def poll(self):
        """The return code, None while it runs."""
        return self._await(0)

    def send_signal(self, number):
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout=None):
        """What it and those that it started write to their end; a command that does not end in time is killed."""
        with ThreadPoolExecutor(2) as pool, self.stdout, self.stderr:
            texts = [pool.submit(stream.read) for stream in (self.stdout, self.stderr)]
            if self._await(timeout) is None:
                os.killpg(self.pid, signal.SIGKILL)
                self._await(None)
                raise subprocess.TimeoutExpired("", timeout)
            return tuple(text.result() for text in texts)

    def _await(self, seconds):
        if self.returncode is None and wait([self._end], seconds):
            os.close(self._end)
            self.returncode = self._take_leave(self.pid)
        return self.returncode


def serve(connection):
    """Fork a process for every command that is asked for, and tell how it ended, until nobody can ask any more."""
    while True:
        try:
            asked = connection.recv()
        except EOFError:
            return
        if isinstance(asked, int):
            connection.send(os.waitstatus_to_exitcode(os.waitpid(asked, 0)[1]))
            continue
        command, folder, environment = asked
        outputs = [recv_handle(connection), recv_handle(connection)]
        process = os.fork()
        if not process:
            connection.close()
            os.setsid()
            for number, end in enumerate(outputs, start=1):
                os.dup2(end, number)
                os.close(end)
            module, *arguments = command
            become(module, arguments, folder, environment)
        for end in outputs:
            os.close(end)
        connection.send(process)


def warm_up():
    """Import all that commands import, and leave no trace of what `python -m` is to run itself."""
    import analysis
    import sweep

    for package in (sweep, analysis):
        for _, name, _ in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(name)
    with suppress(ImportError):
        importlib.import_module("distributed")
    for name in COMMANDS:
        parent, _, child = name.rpartition(".")
        delattr(sys.modules[parent], child)
        del sys.modules[name]
    importlib.import_module("matplotlib.backends.backend_svg")
    train_once(sweep)
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page
    n_threads = len(os.listdir("/proc/self/task"))
    assert n_threads == threading.active_count() == 1, "threads do not come along into a fork"


def train_once(sweep):
    import numpy as np

    from sweep.kernel import train

    recipe = sweep.Recipe(epochs=1)
    train(recipe, np.zeros((1, recipe.n_parameters)))


if __name__ == "__main__":
    warm_up()
    serve(Connection(int(sys.argv[1])))
