"""python -m benchmarks.faults: injects faults into runs, merges and exports, and counts what is lost.

A record counts as lost when a store or a file once held it, or a finished command should have written it, and it is not
there. What is there is compared with what an uninterrupted command gives after every kill and at the end of each.
"""

import argparse
import os
import re
import tempfile
import time
from functools import partial
from pathlib import Path

# Read when NumPy is imported: a command is forked from a process of one thread (tests/warm.py).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")

from benchmarks import machine
from benchmarks.cluster_faults import into_cluster
from benchmarks.commands import ROOT
from benchmarks.follow import follow
from benchmarks.outages import SERVER_HELP
from benchmarks.surfaces import IRIS, OWN, WALK, XOR, Place, into_exports, into_merges, into_runs

RESULTS = ROOT / "benchmarks" / "results" / "faults.md"
HEADER = (
    "| fault | injected | of these, commands that ended and were continued | lost | doubled | different |\n"
    "|---|---:|---:|---:|---:|---:|"
)
SECTIONS = {
    "draws by spread": (
        partial(into_runs, [*XOR, "--draws", "by_spread"], ()),
        "runs of XOR networks, 1,000 trainings",
    ),
    "common draws": (partial(into_runs, [*XOR, "--draws", "common"], ()), "the same with common draws"),
    "data set": (partial(into_runs, IRIS, ()), "runs with softmax that learn iris.csv in batches, 1,000 trainings"),
    "own function": (partial(into_runs, OWN, ("--recipe", WALK)), "runs of a function of one's own, 800 trainings"),
    "merge": (into_merges, "merges of two files that overlap, 60,000 trainings"),
    "export": (into_exports, "exports of 60,000 trainings"),
    "followed": (follow, "runs that a page and a status follow, 1,000 trainings"),
    "cluster": (into_cluster, "runs of XOR networks on a Dask cluster, 1,000 trainings"),
}


def write(out, name, words, rows, lines):
    """Put a section into the file in place of what it says of it."""
    path = Path(out)
    text = path.read_text(encoding="utf-8") if path.exists() else "# Measured by `make faults`\n"
    text = re.sub(rf"\n## {re.escape(name)}\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL).rstrip()
    section = [text, "", f"## {name}", "", f"Into {words}.", "", *lines, "", HEADER, *rows, ""]
    path.write_text("\n".join(section), encoding="utf-8")


def read_options(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--only", action="append", choices=SECTIONS, help="inject into these alone; repeatable")
    parser.add_argument("--injections", type=int, default=20, help="of every fault that is short (20)")
    parser.add_argument(
        "--seconds",
        type=float,
        nargs="+",
        default=[10, *[1] * 19],
        help="lengths of outages, whose number is that of two at once and of outages for good, too (10 and 19 of 1)",
    )
    parser.add_argument("--mongodb", metavar="URI", help="a server to test with (default: $TEST_MONGODB_URI)")
    parser.add_argument("--server", metavar="COMMAND", help=SERVER_HELP)
    parser.add_argument("--seed", type=int, default=0, help="of the random instants (0)")
    parser.add_argument("--out", metavar="PATH", help="a file whose sections are replaced by what was found")
    options = parser.parse_args(arguments)
    options.mongodb = options.mongodb or os.environ.get("TEST_MONGODB_URI")
    return options


def inject(name, options):
    """Inject into one surface, show its rows and, where asked, write them."""
    (surface, words), rows, begun = SECTIONS[name], [], time.monotonic()
    lines = [*machine.describe(options.mongodb), ""]
    print(f"\n{name}: {words}\n\n{HEADER}", flush=True)

    def show(row):
        rows.append(row)
        print(row, flush=True)
        lines[-1] = f"- took {time.monotonic() - begun:.0f} s so far"
        if options.out:  # after every row: a campaign takes long, and may be cut off
            write(options.out, name, words, rows, lines)

    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = os.path.join(folder, "state")
        surface(Place(options, folder, show))
        left = sum(len(files) for _, _, files in os.walk(os.environ["XDG_STATE_HOME"]))
    lines[-1] = f"- took {time.monotonic() - begun:.0f} s; files of trainings that no run has taken up: {left}"
    print(lines[-1], flush=True)
    if options.out:
        write(options.out, name, words, rows, lines)


def main(arguments=None):
    options = read_options(arguments)
    for name in options.only or SECTIONS:
        inject(name, options)


if __name__ == "__main__":
    main()
