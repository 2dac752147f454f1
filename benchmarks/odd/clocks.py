"""Processes that stand still for a while, and a clock that is set back."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from benchmarks.memory import workers_of
from benchmarks.odd.asked import SLOW, STORE
from benchmarks.odd.case import case, cases
from benchmarks.odd.place import Odd
from tests.execution.faults.studies import wait_until_stored

SET_BACK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <sys/time.h>
#include <unistd.h>
static long behind(void) { return access("../set_back", F_OK) ? 0 : 86400; }
int clock_gettime(clockid_t clock, struct timespec *to) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(clock, to);
    if (clock == CLOCK_REALTIME) to->tv_sec -= behind();
    return code;
}
int gettimeofday(struct timeval *to, void *zone) {
    struct timespec now; clock_gettime(CLOCK_REALTIME, &now);
    to->tv_sec = now.tv_sec; to->tv_usec = now.tv_nsec / 1000; return 0;
}
time_t time(time_t *to) {
    struct timespec now; clock_gettime(CLOCK_REALTIME, &now);
    if (to) *to = now.tv_sec;
    return now.tv_sec;
}
"""


def in_the_middle(place, act, odd=None):
    asked = [*SLOW.asked, "--store", STORE]
    with place.judging():
        process = place.start(asked, odd or Odd())
        wait_until_stored(process, str(place.here / STORE), 0)
        act(process)
        place.judged_run(place.end(process, asked), SLOW, STORE, (0,))
    place.complete(SLOW)


@cases(
    [
        ("the command stands still for 4 s", "main"),
        ("its worker stands still for 4 s", "worker"),
        ("all stand still for 4 s", "all"),
    ]
)
def stopped(place, who):
    def act(process):
        pids = {"main": [process.pid], "worker": workers_of(process.pid)}.get(who)
        for number in (signal.SIGSTOP, signal.SIGCONT):
            if pids is None:
                os.killpg(process.pid, number)
            for pid in pids or ():
                os.kill(pid, number)
            if number == signal.SIGSTOP:
                time.sleep(4)

    in_the_middle(place, act)


def without_compiler():
    return "" if shutil.which("cc") or shutil.which("gcc") else "no C compiler makes such a clock"


@case("the clock is set back by a day", without_compiler)
def set_back(place):
    source, library = place.folder / "clock.c", place.folder / "clock.so"
    source.write_text(SET_BACK)
    subprocess.run([shutil.which("cc") or "gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    odd = Odd(environment={"LD_PRELOAD": str(library)})
    in_the_middle(place, lambda process: Path(place.folder, "set_back").touch(), odd)
    place.read(("status", "summary", "minimum"), odd, (0,))
