"""python -m benchmarks.coverage: how often the stated 95 % intervals contain the truth.

A population of trainings is made once; its own values are the truth. Studies are drawn from it, whole repeats with
replacement, so that the pairing across points is that of a real study, and the whole inference is run on each.
"""

import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np
from scipy import stats
from tqdm import tqdm

from analysis.tables.runs import find_study
from sweep.statistics.inference import fraction_interval, mean_interval, relative_change
from sweep.statistics.losses import Losses, read_losses
from sweep.statistics.minimum import BANDWIDTH, find_minimum
from sweep.store import open_store

XAVIER = 2**-0.5


def population(repeats):
    """Losses of `gustaw` at 60 spreads around the minimum."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "population.sqlite3")
        axis = "hidden_std_dev=log:0.2:2.5:60"
        command = ["-m", "sweep.run", "--axis", axis, "--repeats", str(repeats), "--store", path]
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        with open_store(path) as store:
            return read_losses(store, find_study(store))


def nearest(given, spread):
    return int(np.argmin(abs(np.log(given.spreads / spread))))


def intervals(given):
    """Everything that is stated with an interval: name -> (estimate, low, high)."""
    one, xavier, small = (nearest(given, spread) for spread in (1.0, XAVIER, 0.6))
    change, further = (
        relative_change(given.losses[:, before], given.losses[:, after], paired=True)
        for before, after in ((one, xavier), (xavier, small))
    )
    independent = relative_change(given.losses[::2, one], given.losses[1::2, small], paired=False)
    found = find_minimum(given, XAVIER, resamplings=500)
    solved = int(given.solved[:, xavier].sum())
    return {
        "mean at Xavier's": mean_interval(given.losses[:, xavier]),
        "mean at the widest spread": mean_interval(given.losses[:, -1]),
        "change from 1 to Xavier's, paired": (change.change, change.low, change.high),
        "change from Xavier's to 0.6, paired": (further.change, further.low, further.high),
        "change from 1 to 0.6, independent": (independent.change, independent.low, independent.high),
        "minimising spread": found.spread,
        "gain at the minimum over Xavier's": found.gain,
        "fraction solved at Xavier's (Wilson)": fraction_interval(solved, len(given.solved)),
    }


def truth(given):
    """The population's own values; the independent change compares the same points as whole columns."""
    values = {name: interval[0] for name, interval in intervals(given).items()}
    one, small = nearest(given, 1.0), nearest(given, 0.6)
    values["change from 1 to 0.6, independent"] = given.losses[:, small].mean() / given.losses[:, one].mean() - 1
    # The population's minimum is smoothed less than a study's, so that the smoother's own bias shows.
    found = find_minimum(given, XAVIER, bandwidth=BANDWIDTH / 2)
    values["minimising spread"], values["gain at the minimum over Xavier's"] = (
        found.spread.estimate,
        found.gain.estimate,
    )
    return values


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--studies", type=int, default=2000, help="simulated studies of each size (2000)")
    parser.add_argument("--population", type=int, default=100_000, help="trainings a point of the population (100000)")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[200, 1000, 5000, 20_000], help="trainings a point of a study"
    )
    options = parser.parse_args()
    everything = population(options.population)
    expected = truth(everything)
    rng = np.random.default_rng(0)
    within = stats.binom.interval(0.95, options.studies, 0.95)
    low, high = (hits / options.studies for hits in within)
    print(f"{options.studies:,} simulated studies of each size from {options.population:,} trainings a point;")
    print(f"chance alone spreads a true 95 % over {low:.1%} to {high:.1%}.\n")
    print("| stated 95 % interval | truth | " + " | ".join(f"n = {size:,}" for size in options.sizes) + " |")
    print("|---|---:|" + "---:|" * len(options.sizes))
    hits = {name: [0] * len(options.sizes) for name in expected}
    for column, size in enumerate(options.sizes):
        for _ in tqdm(range(options.studies), desc=f"n = {size:,}"):
            rows = rng.integers(0, len(everything.losses), size)
            study = Losses(everything.spreads, everything.losses[rows], everything.solved[rows], True)
            for name, (_, low, high) in intervals(study).items():
                hits[name][column] += low <= expected[name] <= high
    for name, counts in hits.items():
        shares = " | ".join(f"{count / options.studies:.1%}" for count in counts)
        print(f"| {name} | {expected[name]:.4g} | {shares} |")


if __name__ == "__main__":
    main()
