"""python -m benchmarks.inputs: makes thousands of inputs up, and counts how they end.

Each case is a command in a folder of its own, in a process that may take 2 GB more and is interrupted after 5 s. It
must end in an answer, in one sentence with exit code 2 or 1, or interrupted; print no traceback, no warning of
Python's, no password and no character that steers a terminal; and write what was asked for alone, with exit code 2
nothing. A case is known by its surface, the seed and its number, and `--surface NAME --only NUMBER` runs it again and
shows it.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.inputs.campaign import Counted, import_all, make_up, run_all, template
from benchmarks.inputs.case import run_case
from benchmarks.inputs.extremes import extremes
from benchmarks.inputs.surfaces import Surface, surfaces

FILE = Path("benchmarks/results/inputs.md")
STATES = ("answer", "exit 2", "exit 1", "interrupted")


def main() -> int:
    """Run the campaign; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inputs", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of what is made up (1)")
    parser.add_argument("--times", type=float, default=1, help="as many cases as these times the usual number (1)")
    parser.add_argument("--surface", action="append", help="that alone; repeatable")
    parser.add_argument("--only", type=int, action="append", help="the case of that number alone, shown; repeatable")
    parser.add_argument("--mongodb", metavar="URI", default=os.environ.get("TEST_MONGODB_URI"), help="a server")
    parser.add_argument(
        "--out", type=Path, default=FILE, help=f"where the table is written ({FILE}); not with --surface"
    )
    options = parser.parse_args()
    begun, head = time.monotonic(), list(machine.describe(options.mongodb))
    import_all()
    out, lines, n_wrong = options.out.absolute(), [], 0
    with template() as folder, surfaces(folder, options.mongodb) as found:
        for surface in found:
            if not options.surface or surface.name in options.surface:
                cases = make_up(surface.cases, max(1, round(options.times * surface.n)), options.seed)
                counted = run_all(surface, cases, folder, options.only)
                n_wrong += show(surface, counted, bool(options.only))
                lines.append(row(surface, counted))
                print(lines[-1], flush=True)
        more = [] if options.surface else run_extremes(folder)
    n_wrong += sum("wrong" in line for line in more)
    text = table(head, options, lines, more, time.monotonic() - begun)
    print(text)
    if not options.surface:
        out.write_text(text, encoding="utf-8")
    return 1 if n_wrong else 0


def show(surface: Surface, counted: Counted, all_of_it: bool) -> int:
    """Print what is wrong; return how many cases that is."""
    shown = counted.outcomes if all_of_it else {number: counted.outcomes[number] for number in counted.wrong}
    for number, (case, outcome) in shown.items():
        print(
            f"{surface.name} {number}: {outcome.state}, {'; '.join(outcome.wrong) or 'nothing wrong'}\n  {case!r:.2000}"
        )
        print(outcome.output[-3000:], outcome.error[-5000:], sep="\n", file=sys.stderr if not all_of_it else sys.stdout)
    return len(counted.wrong)


def row(surface: Surface, counted: Counted) -> str:
    """The line of a surface in the table."""
    n = [sum(counted.states.values()), *(counted.states[state] for state in STATES)]
    tracebacks, unasked = (sum(one(outcome) for _, outcome in counted.outcomes.values()) for one in (
        lambda outcome: "traceback" in outcome.wrong, lambda outcome: bool(outcome.unasked)))  # fmt: skip
    other = len(counted.wrong) - tracebacks - unasked
    return f"| {surface.name} | {' | '.join(f'{one:,}' for one in (*n, tracebacks, unasked, max(other, 0)))} |"


def run_extremes(folder: Path) -> list[str]:
    """Run every extreme; a line of the table each."""
    lines = []
    for one in extremes():
        outcome = run_case(one.case, folder, seconds=one.seconds)
        said = (outcome.error if outcome.state != "answer" else outcome.output).strip().splitlines()
        wrong = f" (wrong: {'; '.join(outcome.wrong)})" if outcome.wrong else ""
        lines.append(
            f"| {one.name} | {outcome.state}{wrong} | {outcome.seconds:.1f} s | {outcome.memory / 1e6:,.0f} MB |"
        )
        print(lines[-1], *said[-6:], sep="\n  ")
    return lines


def table(head: list[str], options: argparse.Namespace, lines: list[str], more: list[str], seconds: float) -> str:
    """What the campaign came to."""
    names = ("inputs", "cases", *STATES, "tracebacks", "unasked writes", "else wrong")
    return "\n".join(
        [
            "# Made up by `python -m benchmarks.inputs`",
            "",
            *head,
            f"- seed {options.seed}, {options.times:g} times the usual number of cases",
            "",
            f"| {' | '.join(names)} |",
            f"|---|{(len(names) - 1) * '---:|'}",
            *lines,
            "",
            *(["| extreme | ended in | after | memory |", "|---|---|---:|---:|", *more, ""] if more else []),
            f"Took {seconds / 60:.1f} minutes. Memory is the most that a process had, its imports among it.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
