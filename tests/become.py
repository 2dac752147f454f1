"""Turns a forked process into the Python that a command line asks for, as if it had been started so."""

import atexit
import builtins
import fcntl
import multiprocessing.util
import os
import runpy
import signal
import sys
import threading
import types
from multiprocessing import Pipe
from multiprocessing.reduction import recv_handle, send_handle

HIGHEST = 1000
"""Of the file descriptors that a process may have when it begins."""


def become(module, arguments, folder, environment):
    """Be `python -m MODULE ARGUMENTS` to its end; raises where Python would show a traceback."""
    _be_new(folder, environment, ["-m", *arguments], ["-m", module, *arguments])
    sys.path[0] = os.getcwd()
    sys.excepthook = _show
    if module in SPAWNING:
        _sow(SPAWNING[module])
    try:
        runpy._run_module_as_main(module)  # what `python -m` itself calls
    except SystemExit as error:
        if not isinstance(error.code, int | None):
            raise
        _leave(error.code or 0)
    _leave(0)


SPAWNING = {"sweep.run": 3}
"""Commands that spawn processes, and how many of these are to be quick: two workers and multiprocessing's tracker."""


def _sow(n):
    """Fork processes that wait to become what this one spawns; forked later, from among threads, they could not."""
    waiting = []
    for _ in range(n):
        ours, theirs = Pipe()
        process = os.fork()
        if not process:
            ours.close()
            _become_spawned(theirs)
        theirs.close()
        waiting.append((process, ours))
    spawn = multiprocessing.util.spawnv_passfds

    def take_one(path, command, descriptors):
        if not waiting:
            return spawn(path, command, descriptors)
        process, connection = waiting.pop(0)
        masked = list(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ())))
        connection.send((list(map(os.fsdecode, command)), list(descriptors), masked, os.getcwd(), dict(os.environ)))
        for one in descriptors:
            send_handle(connection, one, process)
        connection.close()
        return process

    multiprocessing.util.spawnv_passfds = take_one


def _become_spawned(connection):
    """Be the Python that was asked for through a connection, if any is, to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whom nobody has asked for yet is not there to be interrupted
    try:
        command, numbers, masked, folder, environment = connection.recv()
        received = [fcntl.fcntl(recv_handle(connection), fcntl.F_DUPFD, HIGHEST) for _ in numbers]
    except EOFError:
        os._exit(0)
    connection.close()
    os.closerange(3, HIGHEST)
    for number, one in zip(numbers, received, strict=True):
        os.dup2(one, number)
        os.close(one)
    code = command.index("-c")
    _be_new(folder, environment, ["-c", *command[code + 2 :]], command[1:])
    sys.path[0] = ""
    signal.pthread_sigmask(signal.SIG_SETMASK, masked)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        exec(command[code + 1], vars(sys.modules["__main__"]))
    except SystemExit as error:
        _leave(error.code or 0)
    _leave(0)


def _be_new(folder, environment, arguments, command):
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv, sys.orig_argv = arguments, [sys.executable, *command]
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    main.__builtins__, main.__annotations__ = builtins, {}


def _leave(code):
    """End as Python does, but that modules are not taken down one by one, which would copy every page."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()
    os._exit(code)


def _show(kind, error, traceback):
    """Show a traceback from where the command begins."""
    while traceback.tb_frame.f_code is not become.__code__:
        traceback = traceback.tb_next
    sys.__excepthook__(kind, error.with_traceback(traceback.tb_next), None)
