"""Signals to the command and to all its processes, with Ctrl-C ignored or not, and terminals that go."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.odd.asked import SLOW, STORE
from benchmarks.odd.case import case, cases
from benchmarks.odd.place import Ended, Odd
from tests.execution.faults.studies import wait_until_stored

ENDS = (0, 130)


def interrupted(place, shell, send):
    """Start a slow run, send it a signal when it has stored something, judge how it ends, and complete it."""
    asked = [*SLOW.asked, "--store", STORE]
    before, process = place.files(), place.start(asked, Odd(shell))
    with place.judging():
        wait_until_stored(process, str(place.here / STORE), 0)
        begun = time.monotonic()
        send(process)
        ended = place.end(process, asked)
        place.judged_run(ended, SLOW, STORE, ENDS)
        if ended.code == 130 and "Continue with: python -m sweep.run" not in ended.err:
            place.wrong.append(f"not said how to continue: {ended.err}")
        if time.monotonic() - begun > 10:
            place.wrong.append(f"took {time.monotonic() - begun:.1f} s to end")
        place.check_files(before, STORE)
    place.complete(SLOW)


FOREGROUND, IGNORED = 'exec "$@"', "trap '' INT; exec \"$@\""
NUMBERS = {"SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP}


@cases([
    (f"{name} to {words}{' where Ctrl-C is ignored' if shell == IGNORED else ''}", shell, number, whole)
    for shell in (FOREGROUND, IGNORED)
    for name, number in NUMBERS.items()
    for words, whole in (("the command", False), ("all its processes", True))
    if (shell, name) != (IGNORED, "SIGINT")
])  # fmt: skip
def it_ends_as_on_an_interrupt(place, shell, number, whole):
    interrupted(place, shell, lambda process: (os.killpg if whole else os.kill)(process.pid, number))


@cases([("two SIGTERM", 0.0), ("SIGTERM again and again", 0.02)])
def it_ends_once(place, pause):
    def send(process):
        for _ in range(20 if pause else 2):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
            time.sleep(pause)

    interrupted(place, FOREGROUND, send)


@case("SIGHUP under nohup")
def nohup_goes_on(place):
    asked = [*SLOW.asked, "--store", STORE]
    process = place.start(asked, Odd('exec nohup "$@"'))
    with place.judging():
        wait_until_stored(process, str(place.here / STORE), 0)
        os.killpg(process.pid, signal.SIGHUP)
        ended = place.end(process, asked)
        place.judged_run(
            Ended(asked, ended.code, ended.out, ended.err.replace("nohup: ignoring input\n", "")), SLOW, STORE, (0,)
        )
    place.complete(SLOW)


TERMINAL = """exec setsid --ctty --wait sh -c '{} exec "$@"' sh "$@" """


@cases([("the terminal is closed", ""), ("the terminal is closed where SIGHUP is ignored", 'trap "" HUP;')])
def terminal_closed(place, before):
    asked = [*SLOW.asked, "--store", STORE]
    ours, theirs = os.openpty()
    process = place.start(asked, Odd(TERMINAL.format(before)), stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    with place.judging():
        wait_until_stored(process, str(place.here / STORE), 0)
        os.close(ours)
        place.judged_run(place.end(process, asked), SLOW, STORE, (1,) if before else (130,))
    place.complete(SLOW)


@cases([(f"Ctrl-C while {library} is imported", library) for library in ("numpy", "pandas", "llvmlite", "_sqlite3")])
def early(place, library):
    asked = [*SLOW.asked, "--store", STORE]
    with place.judging():
        process = place.start(asked)
        wait_until_mapped(process, library)
        os.killpg(process.pid, signal.SIGINT)
        place.judged_run(place.end(process, asked), SLOW, STORE, (0, 130, -signal.SIGINT))
    place.complete(SLOW)


def wait_until_mapped(process, library):
    """Wait until a library's machine code is in the memory of a process, or that has ended."""
    while process.poll() is None and f"/{library}" not in Path(f"/proc/{process.pid}/maps").read_text():
        time.sleep(0.001)
