"""A command in a forked process does what a real start of Python does."""

import re
import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest

from tests.commands import FORKS, PROGRESS, clean_environment, run, start, warm

pytestmark = pytest.mark.skipif(not FORKS, reason="commands are forked on Linux alone")

SMALL = ["--workers", "1", "--set", "epochs=30", "--axis", "hidden_std_dev=0.5,0.7,1", "--repeats", "40"]
COMMANDS = {
    "success": ["sweep.run", *SMALL],
    "nothing to do": ["sweep.run", *SMALL, "--store", "stored.db"],
    "usage": ["sweep.run", "--repeats", "0"],
    "usage that argparse tells": ["sweep.run", "--frobnicate"],
    "failure": ["sweep.status", "--store", "missing.db"],
    "help": ["sweep.check", "--help"],
    "status": ["sweep.status", "--store", "stored.db"],
    "check": ["sweep.check", "--store", "stored.db"],
    "trace": ["sweep.trace", "--set", "epochs=50"],
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
    "waits": "import time\n\nwhile True:\n    time.sleep(1)\n",
    "changes": """
import gc, numpy, os, signal, sys, warnings
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.environ["CHANGED"] = "yes"
os.chdir("/")
os.umask(0)
sys.path.clear()
sys.setrecursionlimit(99)
warnings.simplefilter("error")
gc.disable()
numpy.random.seed(1)
print("changed")
sys.exit(3)
""",
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
DURATIONS = re.compile(rf"\d+\.\d s, [\d,]+ a second|, from 20.*|{PROGRESS.pattern}", re.MULTILINE)


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


def test_the_workers_of_a_forked_command_store_the_same_records(folder):
    rows = []
    for workers, real in ((2, True), (2, False), (3, False)):  # the third of them is really spawned
        path = folder / f"{workers}-{real}.db"
        study = [*SMALL[:-1], "5000", "--workers", workers, "--store", path.name]
        done = run("sweep.run", *study, folder=folder, real=real)
        assert (done.returncode, PROGRESS.sub("", done.stderr)) == (0, ""), done.stderr
        with closing(sqlite3.connect(path)) as connection:
            rows.append(connection.execute("SELECT * FROM results ORDER BY point, repeat").fetchall())
    assert len(rows[0]) == 15_000
    assert rows[0] == rows[1] == rows[2]


def test_a_command_that_changes_its_process_leaves_the_next_as_it_was(folder):
    before = run("tells", folder=folder).stdout
    changed = run("changes", folder=folder)
    assert (changed.returncode, changed.stdout, changed.stderr) == (3, "changed\n", "")
    assert run("tells", folder=folder).stdout == before


def test_other_variables_than_those_that_are_read_late_take_a_real_start(tmp_path):
    assert not warm().can_run(clean_environment() | {"XDG_CACHE_HOME": str(tmp_path)})
    assert not warm().can_run({})
    told = run("sweep.trace", "--set", "epochs=5", folder=tmp_path, environment={"XDG_CACHE_HOME": str(tmp_path / "a")})
    assert told.returncode == 0
    assert (tmp_path / "a").exists()


def test_a_forked_command_can_be_followed_and_signalled(folder):
    status = ["sweep.status", "--store", "stored.db"]
    told, waiting = start(*status, folder=folder), start("waits", folder=folder)
    assert told.stdout.readline() == run(*status, folder=folder).stdout.splitlines(keepends=True)[0]
    assert waiting.poll() is None
    waiting.send_signal(signal.SIGTERM)
    assert waiting.communicate(timeout=60) == ("", "")
    assert waiting.returncode == waiting.poll() == -signal.SIGTERM
    waiting.kill()  # of a process that has ended is none
    told.communicate(timeout=60)
    assert told.returncode == 0


def test_a_command_that_does_not_end_is_killed(folder):
    process = start("waits", folder=folder)
    with pytest.raises(subprocess.TimeoutExpired):
        process.communicate(timeout=0.5)
    assert process.returncode == -signal.SIGKILL
    assert run("sweep.status", "--store", "stored.db", folder=folder).returncode == 0
