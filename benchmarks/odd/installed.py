"""The wheel, installed where nobody may write and run as another user, and other versions beside it on one store."""

import os
import re
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path

from benchmarks.odd.asked import QUICK, SLOW, STORE
from benchmarks.odd.case import case
from benchmarks.odd.place import Odd
from benchmarks.odd.users import give_away, public_python, somebody, without_users
from tests.wheel import build, copy_sources, install

LOCK = threading.Lock()


@cache
def kept():
    """A folder for all that is built here; it goes with this process."""
    folder = tempfile.TemporaryDirectory(prefix="odd-installed-")
    os.chmod(folder.name, 0o755)
    return folder


def installed(version=None):
    """The interpreter of a read-only environment with the wheel, or with that of another version and other sources."""
    with LOCK:
        return _installed(version)


@cache
def _installed(version):
    folder = Path(kept().name, version or "this")
    source, wheel = folder / "source", folder / "wheel"
    for one in (source, wheel):
        one.mkdir(parents=True)
    copy_sources(source)
    if version:
        for path, was in (
            (source / "pyproject.toml", r'^version = ".*"'),
            (source / "sweep/__init__.py", r'^__version__ = ".*"'),
        ):
            text = re.sub(was, lambda found: found[0].partition('"')[0] + f'"{version}"', path.read_text(), flags=re.M)
            path.write_text(text)
        with (source / "sweep/kernel/rows.py").open("a") as file:
            file.write("\n# Other sources.\n")
    python = install(build(source, wheel), folder / "environment", public_python() or sys.executable)
    subprocess.run(["chmod", "-R", "a-w", folder / "environment"], check=True)
    return str(python)


def without():
    return without_users()


@case("a wheel in a read-only environment, as another user", without)
def wheel(place):
    give_away(place)
    odd = somebody(environment={"PYTHONPATH": None, "HOME": "/nonexistent"})
    odd.python = installed()
    place.train(odd, allowed=(0,))
    place.complete(odd=odd)
    place.read((*QUICK, "figures", "report"), odd, (0,))


@case("python -I")
def isolated(place):
    odd = Odd(flags=("-I",), python=installed())
    place.train(odd, allowed=(0,))
    place.complete()
    place.read(QUICK, odd, (0,))


@case("two versions on one store at a time")
def two_versions(place):
    odds = [Odd(environment={"PYTHONPATH": None}, python=installed(version)) for version in (None, "0.2.1")]
    asked = [*SLOW.asked, "--store", STORE]
    with place.judging():
        for process in [place.start(asked, odd) for odd in odds]:
            place.judged_run(place.end(process, asked), SLOW, STORE, (0,))
    with place.judging():
        place.run(["sweep.check", "--store", STORE], odds[1], (0,))
    place.complete(SLOW)
