"""python -m benchmarks: one table of what the kernel, its peers and whole sweeps take, as ratios within one run.

Rounds are interleaved and medians are taken, so that a machine whose speed drifts slows alike all that is compared.
A ratio is the median over the rounds of (measured / set against).
"""

import os
import sys
import time
from pathlib import Path

from benchmarks import answers, browser, exports, jobs, machine, networks, overhead, recipes, start, table, trainers
from sweep.console.command import Parser, run_command, whole_number
from sweep.errors import UsageError

SECTIONS = {
    "trainers": (trainers.measure, "the kernel beside the reference, NumPy, PyTorch and JAX"),
    "recipes": (recipes.measure, "the kernel beside the reference, for every recipe"),
    "networks": (networks.measure, "the kernel beside JAX and PyTorch on a data set"),
    "browser": (browser.measure, "the kernel in WebAssembly beside plain JavaScript and the kernel here"),
    "overhead": (overhead.measure, "what a result costs here, with joblib and with Optuna"),
    "stores": (jobs.measure_stores, "the whole job per store, beside the kernel's own time"),
    "workers": (jobs.measure_workers, "the whole job with more and more workers"),
    "sizes": (jobs.measure_sizes, "the whole job in larger and larger sizes: time and memory"),
    "exports": (exports.measure, "a row a training into a file, beside load and pandas"),
    "start": (start.measure, "the time to the first results on the screen"),
    "answers": (answers.measure, "how near the best spread, beside smoothers and Optuna's samplers"),
}
RESULTS = Path(__file__).parent / "results"
SIZES = [10_000, 100_000, 1_000_000, 4_000_000]
QUICK_SIZES = [4_000, 40_000]


def build_parser():
    listed = "; ".join(f"{name}: {words}" for name, (_, words) in SECTIONS.items())
    parser = Parser(prog="python -m benchmarks", description=__doc__, epilog=f"Sections: {listed}.")
    parser.add_argument("--only", metavar="SECTION", action="append", default=[], help="measure it alone; repeatable")
    parser.add_argument("--quick", action="store_true", help="little of everything, for a first look (2 minutes)")
    parser.add_argument("--rounds", metavar="N", type=whole_number, help="of every measurement (5; --quick: 2)")
    parser.add_argument("--job-rounds", metavar="N", type=whole_number, help="of every whole job (3; --quick: 1)")
    parser.add_argument(
        "--sizes", metavar="N", type=whole_number, nargs="+",
        help=f"trainings of the section sizes, multiples of 400 ({' '.join(map(str, SIZES))})",
    )  # fmt: skip
    parser.add_argument("--mongodb", metavar="URI", help="a server to measure with (default: $TEST_MONGODB_URI)")
    parser.add_argument(
        "--out", metavar="PATH",
        help="where the table is written, too (a run of all that is not --quick: a file named after the processor in "
        "benchmarks/results; others: nowhere)",
    )  # fmt: skip
    return parser


def read_options(arguments):
    """The options, complete.

    Raises:
        UsageError: one of them is not allowed.
    """
    options = build_parser().parse_args(arguments)
    options.rounds = _positive("rounds", options.rounds, 2 if options.quick else 5)
    options.job_rounds = _positive("job-rounds", options.job_rounds, 1 if options.quick else 3)
    options.sizes = sorted(set(options.sizes or (QUICK_SIZES if options.quick else SIZES)))
    options.mongodb = options.mongodb or os.environ.get("TEST_MONGODB_URI")
    for name in options.only:
        if name not in SECTIONS:
            raise UsageError(f"only was given as {name!r}; allowed is one of {', '.join(SECTIONS)}")
    for size in options.sizes:
        if size < jobs.N_POINTS or size % jobs.N_POINTS:
            raise UsageError(f"sizes was given as {size}; allowed are multiples of {jobs.N_POINTS}, the study's points")
    if not options.out and not options.only and not options.quick:
        options.out = RESULTS / machine.file_name()
    return options


def _positive(name, given, default):
    if given is not None and given < 1:
        raise UsageError(f"{name} was given as {given}; allowed is a whole number from 1")
    return given or default


def main(arguments):
    options = read_options(arguments)
    printed = []

    def show(line):
        printed.append(line)
        print(line, flush=True)

    begun = time.monotonic()
    for line in (*machine.describe(options.mongodb), "", table.HEADER):
        show(line)
    is_wrong = False
    for name in [name for name in SECTIONS if name in (options.only or SECTIONS)]:
        for measured in SECTIONS[name][0](options):
            is_wrong |= any(row.is_wrong for row in measured.rows)
            for line in table.lines(measured):
                show(line)
    show(f"\nTook {(time.monotonic() - begun) / 60:.1f} minutes; {machine.load()} at the end.")
    if options.out:
        path = Path(options.out)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Measured by `make bench`\n\n" + "\n".join(printed) + "\n", encoding="utf-8")
        print(f"Written to {path}.", file=sys.stderr)
    return int(is_wrong)


if __name__ == "__main__":
    run_command(main)
