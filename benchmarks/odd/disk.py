"""Disks that are full at some step, and files that may not become large."""

import os
import shutil
import subprocess
from contextlib import contextmanager

from benchmarks.odd.asked import SLOW, STORE
from benchmarks.odd.case import cases
from benchmarks.odd.place import Odd

SIZES = (8, 16, 32, 64, 96, 128, 192, 256, 384)
"""Kilobytes: from less than a store's first page to more than it and its log."""
WRITERS = ("merge", "export", "recipes", "figures", "report", "playground")
WRITES = (4, 64, 512, 1024)
"""Kilobytes that are left for what a reading command writes."""


def without_mounts():
    can = os.geteuid() == 0 and shutil.which("mount")
    return "" if can else "only root makes small file systems"


@contextmanager
def small(place, kilobytes):
    """Have `here` be a file system of that size; a function enlarges it."""
    mount = ["mount", "-t", "tmpfs", "-o"]
    subprocess.run([*mount, f"size={kilobytes}k", "none", place.here], check=True)
    try:
        yield lambda: subprocess.run([*mount, "remount,size=64m", "none", place.here], check=True)
    finally:
        subprocess.run(["umount", "--lazy", place.here], check=True)


@cases(
    [
        (f"a disk of {size} kB{words}", size, spill)
        for words, spill in (("", True), (", which has the home, too", False))
        for size in SIZES
    ],
    without_mounts,
)
def full_disk(place, size, has_home):
    odd = Odd() if has_home else Odd(environment={"XDG_STATE_HOME": str(place.here / "state")})
    with small(place, size) as enlarge:
        place.train(odd, SLOW, more=("--wait", "1"))
        enlarge()
        place.complete(SLOW, odd=odd)


@cases([(f"{name} on a disk with {size} kB left", name, size) for name in WRITERS for size in WRITES], without_mounts)
def full_disk_for_what_is_written(place, name, size):
    with small(place, size + os.stat(place.reference.store).st_size // 1024 + 8) as enlarge:
        place.read([name], beside=[STORE])  # SQLite makes the log of a reader, and may not have the room to end it
        left = [one for one in place.files() if "part" in one]
        if left:
            place.wrong.append(f"left behind: {left}")
        enlarge()
        place.read([name], allowed=(0,))


@cases([(f"no file above {size} kB", size) for size in (4, 32, 64, 128, 256)])
def short_files(place, size):
    odd = Odd(f'ulimit -f {2 * size}; exec "$@"')
    place.train(odd, SLOW, more=("--wait", "1"))
    place.complete(SLOW)


@cases([(f"no file of {name} above 16 kB", name) for name in ("merge", "export", "figures", "report")])
def short_files_of_readers(place, name):
    place.read([name], Odd('ulimit -f 32; exec "$@"'))
    place.read([name], allowed=(0,))
