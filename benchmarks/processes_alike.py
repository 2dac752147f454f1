"""python -m benchmarks.processes_alike: whether a wide network's kernel is as fast in every process.

Memory lies elsewhere in each, and where a kernel's vectors lie across cache lines it is slower for the process's life.
"""

import subprocess
import sys
import time

import numpy as np

from benchmarks import machine
from benchmarks.commands import ROOT
from sweep import Recipe, kernel
from sweep.console.command import Parser, run_command, whole_number
from sweep.study import Point
from sweep.study.draws import initial_parameters

WIDTHS = ((16,), (64,), (16, 16))
NETWORKS, EPOCHS, TIMES = 16, 1000, 9
SLOW = 1.4
"""Times the median from which a process counts as slow."""
RESULTS = ROOT / "benchmarks/results/processes.md"
HERE = "from benchmarks.processes_alike import here; here()"


def here():
    """Print the least milliseconds of processor time, of several, that networks of each width take in this process."""
    least = []
    for hidden in WIDTHS:
        recipe = Recipe(hidden=hidden, epochs=EPOCHS)
        parameters = initial_parameters(Point(recipe, 0, "common"), 0, NETWORKS)
        kernel.train(recipe, parameters)  # loads the machine code
        taken = []
        for _ in range(TIMES):
            start = time.process_time()
            kernel.train(recipe, parameters)
            taken.append(time.process_time() - start)
        least.append(1000 * min(taken))
    print(*least)


def main(arguments):
    parser = Parser(prog="python -m benchmarks.processes_alike", description=__doc__.partition(": ")[2])
    parser.add_argument("--processes", metavar="N", type=whole_number, default=200, help="one after another (200)")
    options = parser.parse_args(arguments)
    lines = [*machine.describe(None), f"- {options.processes} processes; the least of {TIMES} times in each", ""]
    start = [sys.executable, "-c", HERE]
    printed = [
        subprocess.run(start, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for _ in range(options.processes)
    ]
    taken = np.array([line.split() for line in printed], float)
    lines += [f"| 2-…-1 on XOR | median | slowest of all | times the median | from {SLOW} times on |"]
    lines += ["|---|---:|---:|---:|---:|"]
    for hidden, of_width in zip(WIDTHS, taken.T, strict=True):
        median, slowest = np.median(of_width), of_width.max()
        name, n_slow = "×".join(map(str, hidden)), int((of_width >= SLOW * median).sum())
        lines.append(f"| {name} | {median:.2f} ms | {slowest:.2f} ms | {slowest / median:.2f} | {n_slow} |")
    text = "\n".join(lines)
    print(text)
    RESULTS.write_text(f"# Measured by `python -m benchmarks.processes_alike`\n\n{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    run_command(main)
