"""What the trainings of one point say beyond their mean: quantiles, fraction solved, time to solve, parts of the mean.

Everywhere `loss` (n,) is NaN where a training diverged, and such trainings count in no statistic of the loss; `solved`
(n,) says whether a training was solved at its end, and the others are called stuck.
"""

import numpy as np
from numpy.typing import NDArray

from sweep.statistics.inference import fraction_interval

QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
"""Column -> the fraction of trainings at or below its value."""

Statistics = dict[str, float]


def loss_quantiles(loss: NDArray[np.float64]) -> Statistics:
    """`mean` and QUANTILES of the total loss (Hyndman & Fan 1996, definition 7); NaN without a finite loss."""
    finite = loss[np.isfinite(loss)]
    return {"mean": _mean(finite), **_quantiles(finite)}


def fraction_solved(solved: NDArray[np.bool_]) -> Statistics:
    """`solved`, the fraction solved at the end of all trainings, diverged ones included, with the ends `solved_low` and
    `solved_high` of its 95 % interval (Wilson 1927); NaN without trainings."""
    estimate, low, high = fraction_interval(int(solved.sum()), len(solved))
    return {"solved": estimate, "solved_low": low, "solved_high": high}


def mean_accuracy(accuracy: NDArray[np.float64]) -> Statistics:
    """The mean `accuracy` of the trainings (n,) that have one, and its standard error `accuracy_error`; NaN where there
    are too few."""
    kept = accuracy[np.isfinite(accuracy)]
    error = float(kept.std(ddof=1)) / np.sqrt(len(kept)) if len(kept) > 1 else np.nan
    return {"accuracy": _mean(kept), "accuracy_error": float(error)}


def epoch_quantiles(solved_epoch: NDArray[np.int64]) -> Statistics:
    """QUANTILES of the epochs to the first solution, over the `ever_solved` trainings that had one, else NaN, and the
    share `share_ever_solved` of all trainings that these are.

    Args:
        solved_epoch: (n,), number of epochs, -1 where a training never solved the problem.
    """
    ever = solved_epoch[solved_epoch >= 0]
    share = len(ever) / len(solved_epoch) if len(solved_epoch) else np.nan
    return {"ever_solved": len(ever), "share_ever_solved": share, **_quantiles(ever.astype(np.float64))}


def parts_of_mean(loss: NDArray[np.float64], solved: NDArray[np.bool_]) -> Statistics:
    """The mean total loss taken apart: mean = stuck · mean_stuck + (1 - stuck) · mean_solved.

    Returns:
        `mean`; `stuck`, the fraction of the trainings with a finite loss that are not solved at the end; `mean_stuck`
        and `mean_solved`, NaN where there are none of that kind; and the two terms, `part_stuck` and `part_solved`,
        which add up to the mean (0 where there are none). All NaN without a finite loss.
    """
    kept = np.isfinite(loss)
    finite, is_solved = loss[kept], solved[kept]
    n = len(finite)
    if n == 0:
        return dict.fromkeys(("mean", "stuck", "mean_stuck", "mean_solved", "part_stuck", "part_solved"), np.nan)
    return {
        "mean": _mean(finite),
        "stuck": 1 - float(is_solved.mean()),
        "mean_stuck": _mean(finite[~is_solved]),
        "mean_solved": _mean(finite[is_solved]),
        "part_stuck": float(finite[~is_solved].sum()) / n,
        "part_solved": float(finite[is_solved].sum()) / n,
    }


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else np.nan


def _quantiles(values: NDArray[np.float64]) -> Statistics:
    if len(values) == 0:
        return dict.fromkeys(QUANTILES, np.nan)
    return dict(zip(QUANTILES, np.quantile(values, list(QUANTILES.values())).tolist(), strict=True))
