"""python -m benchmarks.odd: runs real commands where all is not as usual, and judges how each of them ends.

A command ends in the right answer, with all trainings and equal to those of an uninterrupted run; or in one sentence
and exit code 1 or 2, or that of a signal. It shows no traceback, writes nothing that was not asked for and loses
nothing, and the same command completes the study when all is as usual again.
"""

import importlib
import signal
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import machine
from benchmarks.odd.case import CASES
from benchmarks.odd.place import Place, WrongError
from benchmarks.odd.reference import Reference
from sweep.console.command import Parser, run_command, whole_number
from sweep.errors import UsageError

GROUPS = {
    "streams": "streams that are closed, full or cut short",
    "signals": "signals, and terminals that go",
    "users": "homes, folders and files without rights",
    "clocks": "processes that stand still, a clock that is set back",
    "limits": "few files, few processes, little memory",
    "disk": "disks that are full",
    "interpreters": "options of Python, locales and variables",
    "installed": "a wheel without rights, and other versions beside it",
    "paths": "names and kinds of files as stores",
}
RESULTS = Path(__file__).parents[1] / "results" / "odd.md"
HEADER = "| case | commands | right | one sentence | by signal | wrong |\n|---|---:|---:|---:|---:|---:|"


def load():
    for group in GROUPS:
        importlib.import_module(f"benchmarks.odd.{group}")


def read_options(arguments):
    parser = Parser(prog="python -m benchmarks.odd", description=__doc__.partition(": ")[2])
    parser.add_argument("--list", action="store_true", help="name the cases and end")
    parser.add_argument("--only", metavar="CASE", action="append", default=[], help="a case or a group; repeatable")
    parser.add_argument("--jobs", metavar="N", type=whole_number, default=2, help="cases at a time (2)")
    parser.add_argument("--out", metavar="PATH", help=f"where to write (a whole run: {RESULTS.name} of the results)")
    options = parser.parse_args(arguments)
    if options.jobs < 1:
        raise UsageError(f"jobs was given as {options.jobs}; allowed is a whole number from 1")
    for name in options.only:
        if name not in {one for case in CASES for one in (case.group, case.name)}:
            raise UsageError(f"only was given as {name!r}; allowed is a group or a case that --list names")
    if not options.only and not options.out:
        options.out = RESULTS
    return options


def main(arguments):
    load()
    options = read_options(arguments)
    chosen = [one for one in CASES if not options.only or {one.group, one.name} & set(options.only)]
    if options.list:
        print("\n".join(f"{one.group}: {one.name}" for one in chosen))
        return 0
    # However this was started: what is ignored here commands would ignore, too.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    printed, begun = [], time.monotonic()

    def show(line):
        printed.append(line)
        print(line, flush=True)

    for line in machine.describe(None):
        show(line)
    show(f"\n{HEADER}")
    with tempfile.TemporaryDirectory(prefix="odd-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder, "home")
        home.mkdir()
        reference = Reference(Path(folder, "reference"), home)
        is_wrong = run_cases(chosen, options.jobs, Path(folder), home, reference, show)
    show(f"\nTook {(time.monotonic() - begun) / 60:.1f} minutes; {machine.load()} at the end.")
    if options.out:
        Path(options.out).write_text("# Odd environments, by `make odd`\n\n" + "\n".join(printed) + "\n", "utf-8")
        print(f"Written to {options.out}.", file=sys.stderr)
    return int(is_wrong)


def run_cases(chosen, jobs, folder, home, reference, show):
    """Run cases, so many at a time, and show a row of each; whether any is wrong."""
    totals = [0] * 5
    with ThreadPoolExecutor(jobs) as pool:
        places = [Place(folder / str(number), home, reference) for number in range(len(chosen))]
        for one, place in zip(
            chosen, pool.map(lambda pair: run_case(*pair), zip(chosen, places, strict=True)), strict=True
        ):
            if place is None:
                show(f"| {one.group}: {one.name} | | | | | left out: {one.without()} |")
                continue
            counts = [place.counts[name] for name in ("right", "told", "signal")]
            row = [sum(counts) + len(place.wrong), *counts, len(place.wrong)]
            totals = [before + n for before, n in zip(totals, row, strict=True)]
            show(f"| {one.group}: {one.name} | {' | '.join(map(str, row))} |")
            for text in place.wrong:
                print(f"WRONG: {one.name}: {text}", file=sys.stderr, flush=True)
    show(f"| all of {len(chosen)} cases | {' | '.join(f'{n:,}' for n in totals)} |")
    return totals[-1] > 0


def run_case(one, place):
    """Run a case in its place; None where it cannot be run here."""
    if one.without():
        return None
    try:
        one.run(place)
    except WrongError as error:
        place.wrong.append(str(error))
    except Exception:
        place.wrong.append(traceback.format_exc())
    return place


if __name__ == "__main__":
    run_command(main)
