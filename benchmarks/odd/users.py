"""Users without a home, and folders and files without rights."""

import os
import subprocess
import sys
import sysconfig
from contextlib import suppress
from functools import cache, partial

from benchmarks.odd.asked import QUICK, STORE
from benchmarks.odd.case import case, cases
from benchmarks.odd.place import Odd
from tests.commands import ROOT

SOMEBODY = 54_321
"""The number of a user without an entry in the system's list, whom permissions bind."""


@cache
def public_python():
    """An interpreter of this version that everybody may run; None without one, or without the right to be another."""
    if os.geteuid():
        return None
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys._base_executable, *(f"{folder}/{name}" for folder in ("/usr/bin", "/usr/local/bin"))):
        with suppress(OSError):
            subprocess.run(
                [path, "-c", "import sqlite3, venv"], user=SOMEBODY, check=True, capture_output=True, cwd="/"
            )
            return path
    return None


def without_users():
    return "" if public_python() else "only root runs commands as another user, with a Python that others may read"


def somebody(shell=Odd.shell, environment=(), user=SOMEBODY, **more):
    """What starts commands as another user."""
    path = f"{ROOT}:{sysconfig.get_path('purelib')}"
    return Odd(shell, {"PYTHONPATH": path, **dict(environment)}, user=user, python=public_python(), **more)


needs_users = partial(case, without=without_users)


def give_away(place, user=SOMEBODY):
    """Have the place belong to somebody."""
    for path in (place.folder, place.here):
        os.chown(path, user, user)


def run_and_read(place, odd, names=QUICK, allowed=(0,)):
    place.train(odd, allowed=allowed)
    place.complete()
    place.read(names, odd, allowed)


@case("no HOME")
def no_home(place):
    run_and_read(place, Odd(environment={"HOME": None, "XDG_STATE_HOME": None}))


@cases(
    [
        ("no HOME and no entry of the user", None),
        ("a HOME that does not exist", "/nonexistent"),
        ("HOME is empty", ""),
        ("HOME is a file", "/etc/hostname"),
    ],
    without_users,
)
def no_entry(place, home):
    give_away(place)
    odd = somebody(environment={"HOME": home, "XDG_STATE_HOME": None})
    place.train(odd, allowed=(0,))
    place.complete(odd=odd)
    place.read((*QUICK, "figures"), odd, (0,))


@cases(
    [
        ("pictures' fonts cannot be kept", {"MPLCONFIGDIR": "/proc/nowhere"}),
        ("XDG_STATE_HOME cannot be made", {"XDG_STATE_HOME": "/proc/nowhere"}),
        (
            "machine code cannot be kept: XDG_CACHE_HOME cannot be made",
            {"XDG_CACHE_HOME": "/proc/nowhere", "XDG_CONFIG_HOME": "/proc/nowhere"},
        ),
        ("TMPDIR does not exist", {"TMPDIR": "/proc/nowhere"}),
    ]
)
def no_cache(place, environment):
    run_and_read(place, Odd(environment=environment), (*QUICK, "figures"))


@needs_users("the current folder is read-only")
def read_only_folder(place):
    odd = somebody()
    place.train(odd, allowed=(1,))
    place.give_store()
    place.train(odd, allowed=(0, 1))
    place.read(odd=odd)
    place.complete()


@needs_users("the store is read-only in a folder that is not")
def read_only_store(place):
    place.give_store()
    give_away(place)
    os.chmod(place.here / STORE, 0o444)
    odd = somebody()
    place.train(odd)
    place.read(QUICK, odd, (0, 1))
    place.complete()


@needs_users("the store may not be read")
def unreadable(place):
    place.give_store()
    give_away(place)
    os.chmod(place.here / STORE, 0o200)
    odd = somebody()
    place.train(odd, allowed=(1,))
    for name in QUICK:
        place.read([name], odd, (1,))
    place.complete()


@case("the current folder is gone")
def folder_is_gone(place):
    odd = Odd('mkdir ../gone; cd ../gone; rmdir ../gone; exec "$@"')
    place.train(odd, allowed=(1,))
    place.read(odd=odd, allowed=(1,))
    place.complete()
