"""python -m benchmarks.processes_alike: whether a wide network's kernel is as fast in every process.

Some processes live side by side and train in turns. What makes one of them slow for its life, such as where its memory
lies, shows in all of its turns; what makes a moment slow, such as another's work on the machine, shows in one.
"""

import subprocess
import sys
import time
from contextlib import ExitStack

import numpy as np

from benchmarks import machine
from benchmarks.commands import ROOT
from sweep import Recipe, kernel
from sweep.console.command import Parser, run_command, whole_number
from sweep.study import Point
from sweep.study.draws import initial_parameters

EPOCHS = {(16,): 6000, (64,): 1500, (16, 16): 1500, (64, 64): 80}
"""By widths; a turn takes some milliseconds of each."""
NETWORKS, SIDE_BY_SIDE, TURNS = 16, 40, 9
SLOW = 1.4
"""Times the others from which a process, or a turn, counts as slow."""
RESULTS = ROOT / "benchmarks/results/processes.md"
HERE = "from benchmarks.processes_alike import take_turns; take_turns()"


def take_turns():
    """Print, for every line that is read, the seconds of processor time that networks of each width take here."""
    recipes = [Recipe(hidden=hidden, epochs=epochs) for hidden, epochs in EPOCHS.items()]
    trainings = [(recipe, initial_parameters(Point(recipe, 0, "common"), 0, NETWORKS)) for recipe in recipes]
    for training in trainings:
        kernel.train(*training)  # loads the machine code
    for _ in sys.stdin:
        moments = [time.process_time()]
        for training in trainings:
            kernel.train(*training)
            moments.append(time.process_time())
        print(*np.diff(moments), flush=True)


def measure(processes):
    """Seconds (TURNS, processes, widths) of processes that live side by side."""
    with ExitStack() as stack:
        start = [sys.executable, "-c", HERE]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        started = [stack.enter_context(subprocess.Popen(start, cwd=ROOT, **pipes)) for _ in range(processes)]

        def turn(process):
            process.stdin.write("\n")
            process.stdin.flush()
            return [float(word) for word in process.stdout.readline().split()]

        for process in started:
            turn(process)  # until all have begun
        return np.array([[turn(process) for process in started] for _ in range(TURNS)])


def table(groups):
    """Lines of the table, of several times what `measure` returns."""
    turns = np.concatenate([seconds / np.median(seconds, axis=1, keepdims=True) for seconds in groups], axis=1)
    processes = np.median(turns, axis=0)
    yield f"| 2-…-1 on XOR | a turn | slowest process | from {SLOW} on | slowest turn | from {SLOW} on |"
    yield "|---|---:|---:|---:|---:|---:|"
    for place, hidden in enumerate(EPOCHS):
        of_width, of_turns = processes[:, place], turns[..., place]
        cells = (
            "×".join(map(str, hidden)),
            f"{1000 * np.median(np.concatenate(groups, axis=1)[..., place]):.2f} ms",
            f"{of_width.max():.2f}",
            f"{(of_width >= SLOW).sum()} of {of_width.size}",
            f"{of_turns.max():.2f}",
            f"{(of_turns >= SLOW).sum()} of {of_turns.size}",
        )
        yield f"| {' | '.join(cells)} |"


def main(arguments):
    parser = Parser(prog="python -m benchmarks.processes_alike", description=__doc__.partition(": ")[2])
    parser.add_argument("--groups", metavar="N", type=whole_number, default=10, help="one after another (10)")
    options = parser.parse_args(arguments)
    described = list(machine.describe(None))
    groups = [measure(SIDE_BY_SIDE) for _ in range(options.groups)]
    turns = f"- {options.groups} groups of {SIDE_BY_SIDE} processes, {TURNS} turns each; a turn beside the median of"
    lines = [*described, f"{turns} its round's, a process by the median of its turns", "", *table(groups)]
    text = "\n".join(lines)
    print(text)
    RESULTS.write_text(f"# Measured by `python -m benchmarks.processes_alike`\n\n{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    run_command(main)
