"""A command in a forked process does what a real start of Python does."""

import re

import pytest

from tests.commands import clean_environment, run, warm

SMALL = ["--set", "epochs=30", "--axis", "hidden_std_dev=0.5,0.7,1", "--repeats", "40"]
COMMANDS = {
    "success": ["sweep.run", *SMALL],
    "nothing to do": ["sweep.run", *SMALL, "--store", "stored.db"],
    "usage": ["sweep.run", "--repeats", "0"],
    "usage that argparse tells": ["sweep.run", "--frobnicate"],
    "failure": ["sweep.status", "--store", "missing.db"],
    "help": ["sweep.check", "--help"],
    "status": ["sweep.status", "--store", "stored.db"],
    "check": ["sweep.check", "--store", "stored.db"],
    "trace": ["sweep.trace", "--set", "epochs=50", "--figure", "trace.svg"],
    "table": ["analysis", "summary", "--store", "stored.db"],
    "figures": ["analysis", "figures", "--store", "stored.db"],
    "package without a command": ["tests"],
    "no module": ["nowhere"],
    "traceback": ["fails"],
    "killed": ["dies"],
    "surroundings": ["tells", "one", "--two=3"],
}
PROGRAMS = {
    "fails": "import sys\n\ndef fail():\n    raise ValueError('unexpected')\n\nprint('begun')\nfail()\n",
    "dies": "import os, signal\nprint('lost', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "tells": """
import atexit, gc, json, multiprocessing, os, signal, sys, threading, warnings
atexit.register(print, "at exit")
main = sys.modules["__main__"]
print(json.dumps({
    "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path, "folder": os.getcwd(),
    "flags": list(sys.flags), "warnings": list(map(str, warnings.filters[-5:])), "executable": sys.executable,
    "name": __name__, "spec": __spec__.name, "file": __file__, "main": sorted(vars(main)),
    "environment": dict(os.environ), "read": os.popen("env | sort").read().replace(str(os.getpid()), ""),
    "streams": [(one.isatty(), one.encoding, one.errors, one.line_buffering, one.mode)
                for one in (sys.stdin, sys.stdout, sys.stderr)],
    "kinds": [os.fstat(one).st_mode for one in range(3)], "files": sorted(os.listdir("/proc/self/fd"))[:3],
    "signals": [str(signal.getsignal(one)) for one in signal.valid_signals() if one != signal.SIGKILL],
    "masked": list(map(str, signal.pthread_sigmask(signal.SIG_BLOCK, []))), "umask": os.umask(0o22),
    "threads": [one.name for one in threading.enumerate()], "children": len(multiprocessing.active_children()),
    "parent": multiprocessing.parent_process(), "start": multiprocessing.get_start_method(True),
    "collects": gc.isenabled(), "limit": sys.getrecursionlimit(), "nice": os.nice(0),
}))
""",
}
DURATIONS = re.compile(r"\d+\.\d s, [\d,]+ a second|, from 20.*")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("commands")
    for name, program in PROGRAMS.items():
        (path / f"{name}.py").write_text(program)
    assert run("sweep.run", *SMALL, "--store", "stored.db", folder=path).returncode == 0
    return path


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_forked_command_says_what_a_real_one_says(folder, command):
    assert warm().can_run(clean_environment())
    told = []
    for real in (True, False):
        (folder / "sweep.sqlite3").unlink(missing_ok=True)
        done = run(*command, folder=folder, real=real)
        told.append((done.returncode, DURATIONS.sub("", done.stdout), DURATIONS.sub("", done.stderr)))
    assert told[0] == told[1]
