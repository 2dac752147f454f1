"""joblib, a task a training: results come back as a list, and nothing is stored."""

from joblib import Parallel, delayed


def run(objective, spreads, repeats, workers):
    """Results of the objective over spreads x repeats, in that order."""
    tasks = (delayed(objective)(spread, repeat) for spread in spreads for repeat in range(repeats))
    return Parallel(n_jobs=workers)(tasks)
