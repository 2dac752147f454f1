"""Forks commands from a process that has imported all that they import, for a tenth of a start of Python.

`python -m tests.warm N` serves whoever holds the other end of the connection N. Each command gets a process of its own,
in which everything is as `python -m MODULE ARGUMENTS` finds it, but that its imports are quick.
"""

import gc
import importlib
import os
import pkgutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle

from tests.become import become

COMMANDS = ("sweep.run", "sweep.status", "sweep.check", "sweep.merge", "sweep.trace", "analysis.__main__")
DASK = "sweep.execution.cluster"
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

    def run(self, command, folder, environment, seconds):
        """Run a command to its end, as `subprocess.run` does with text captured."""
        pipes = [os.pipe(), os.pipe()]
        self._connection.send((command, folder, environment))
        for _, end in pipes:
            send_handle(self._connection, end, self._process.pid)
            os.close(end)
        process = self._connection.recv()
        with ThreadPoolExecutor(len(pipes)) as pool:
            texts = [pool.submit(_read, end) for end, _ in pipes]
            if not self._connection.poll(seconds):
                os.kill(process, 9)
                self._connection.recv()
                raise subprocess.TimeoutExpired(command, seconds)
            return subprocess.CompletedProcess(command, self._connection.recv(), *(text.result() for text in texts))


def _read(end):
    with open(end, encoding="locale") as file:
        return file.read()


def serve(connection):
    """Fork a process for every command that is asked for, one after the other, until nobody can ask any more."""
    while True:
        try:
            command, folder, environment = connection.recv()
        except EOFError:
            return
        outputs = [recv_handle(connection), recv_handle(connection)]
        process = os.fork()
        if not process:
            connection.close()
            for number, end in enumerate(outputs, start=1):
                os.dup2(end, number)
                os.close(end)
            module, *arguments = command
            become(module, arguments, folder, environment)
        for end in outputs:
            os.close(end)
        connection.send(process)
        connection.send(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


def warm_up():
    """Import all that commands import, and leave no trace of what `python -m` is to run itself."""
    import analysis
    import sweep

    for package in (sweep, analysis):
        for _, name, _ in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not name.startswith(DASK):
                importlib.import_module(name)
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
