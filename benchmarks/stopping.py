"""python -m benchmarks.stopping: whether runs that stop when the minimum looks sharp are as sharp as they say.

Every run trains networks of its own, by its own seed; the truth comes from a far larger study, by another.
"""

import argparse
import os
import tempfile
from dataclasses import replace

import numpy as np
from tqdm import tqdm

from sweep import RECIPES, Study
from sweep.console.progress import Progress
from sweep.execution.dispatch import Workers, execute
from sweep.execution.rounds import run_rounds
from sweep.statistics.curve import read_curve
from sweep.statistics.minimum import find_minimum
from sweep.store import open_store
from sweep.study import Target
from sweep.study.parse import parse_axis
from sweep.study.reading import read_study
from tests.execution.test_dispatch import Here

AXIS = "hidden_std_dev=log:0.2:3:20"
TARGETS = [("minimum", 0.01), ("spread", 0.05)]
SEED_OF_TRUTH = 10**6


def train_truth(folder, epochs, repeats):
    """The curve of a large study."""
    study = Study(replace(RECIPES["gustaw"], epochs=epochs), (parse_axis(AXIS),), repeats, SEED_OF_TRUTH)
    url = os.path.join(folder, "truth.db")
    with open_store(url, create=True) as store, Progress(study.n_trainings, 0) as progress:
        execute(study, store, {}, Here(url), progress)
        return read_curve(store, study)


def run_once(folder, epochs, target, seed):
    """How the rounds of one run ended."""
    study = read_study("gustaw", [f"epochs={epochs}"], [AXIS], None, seed, "", target)
    url = os.path.join(folder, "run.db")
    with (
        open_store(url, create=True) as store,
        Progress(0, 0, quiet=True) as progress,
        Workers(study, store, Here(url), progress) as workers,
    ):
        return run_rounds(study, store, workers, progress)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stopping", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="simulated runs to each target (200)")
    parser.add_argument("--epochs", type=int, default=2000, help="of every training (2000)")
    parser.add_argument("--truth", type=int, default=40_000, help="trainings a point of the large study (40000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        truth = train_truth(folder, options.epochs, options.truth)
        lowest = find_minimum(truth)
        print(
            f"Truth, from {truth.trainings:,} trainings of {options.epochs:,} epochs: lowest at "
            f"{lowest.spread.estimate:.4f} ({lowest.spread.low:.4f} to {lowest.spread.high:.4f}), "
            f"{lowest.mean.estimate:,.2f} ± {lowest.standard_error.min():.2f}."
        )
        for kind, share in TARGETS:
            outcomes = [
                run_once(folder, options.epochs, (kind, share), seed)
                for seed in tqdm(range(options.runs), desc=f"until-{kind} {share:g}")
            ]
            report(Target(kind, share), outcomes, truth, lowest)


def report(target, outcomes, truth, lowest):
    """How often what was found is as sharp as the target says."""
    places = np.array([outcome.sharpness.place for outcome in outcomes])
    trainings = np.array([outcome.repeats.sum() for outcome in outcomes])
    above = truth.at(places[:, 0]).mean / lowest.mean.estimate - 1
    within = (places[:, 1] <= lowest.spread.estimate) & (lowest.spread.estimate <= places[:, 2])
    off = np.log(places[:, 0] / lowest.spread.estimate)
    print(
        f"\n{target.sentence}: {len(outcomes)} runs of {trainings.mean():,.0f} trainings ({trainings.min():,} to "
        f"{trainings.max():,}), {np.mean([outcome.n_rounds for outcome in outcomes]):.1f} rounds on average\n"
        f"  mean at the minimum found above the lowest: by {above.mean():.2%} on average, {above.max():.2%} at most; "
        f"more than 1 % in {(above > 0.01).sum()}\n"
        f"  interval contains the truth: {within.sum()} ({within.mean():.1%}); minimum found off by {off.mean():+.2%} "
        f"± {off.std(ddof=1) / np.sqrt(len(off)):.2%}"
    )


if __name__ == "__main__":
    main()
