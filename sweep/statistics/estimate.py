"""The mean total loss of points, its variance, and how many trainings it is of."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.store import Moments, Results
from sweep.study import Point

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

EXACT_BELOW = 1e-7
"""Sums of squares lose all digits of a variance below 1e-16 of the squared mean; below this share it is recomputed."""

NO_RECORDS = Moments(0, 0, 0, 0.0, 0.0, np.nan)


class Estimate(NamedTuple):
    """What the trainings of one point say, from their sums or from the trainings themselves.

    Attributes:
        mean: of the total loss over the trainings that count, NaN without any.
        variance: their sample variance, NaN below two.
        count: trainings that count (those that did not diverge); hides tuple.count, which nobody calls on estimates.
        diverged: trainings that do not.
        solved: fraction of all trainings that are solved, NaN without any or where it is not known.
        accuracy: mean over the trainings that have one, NaN without any.
    """

    mean: float
    variance: float
    count: int  # type: ignore[assignment]
    diverged: int
    solved: float
    accuracy: float = np.nan

    @classmethod
    def from_moments(cls, moments: Moments, losses: Callable[[], Numbers]) -> "Estimate":
        """The estimate from a database's sums; `losses` gives the losses, asked for where the sums cancel."""
        count = moments.count - moments.diverged
        mean = moments.loss_sum / count if count else np.nan
        square = mean * mean  # a power would raise where this is infinite
        variance = max(moments.loss_sum_of_squares - count * square, 0) / (count - 1) if count > 1 else np.nan
        if variance < EXACT_BELOW * square:
            variance = _variance(losses())
        solved = moments.solved / moments.count if moments.count else np.nan
        return cls(mean, variance, count, moments.diverged, solved, moments.accuracy)

    @classmethod
    def from_losses(cls, loss: Numbers, solved: NDArray[np.bool_]) -> "Estimate":
        """The estimate from total losses (n,), NaN where diverged, and whether each training is solved (n,)."""
        count = int(np.isfinite(loss).sum())
        mean = float(loss[np.isfinite(loss)].mean()) if count else np.nan
        return cls(mean, _variance(loss), count, len(loss) - count, float(solved.mean()) if len(solved) else np.nan)

    def row(self) -> dict[str, float]:
        """The columns of a summary: mean, std, count, standard_error, solved, diverged."""
        std = float(np.sqrt(self.variance))
        error = std / np.sqrt(self.count) if self.count else np.nan
        return {
            "mean": self.mean,
            "std": std,
            "count": self.count,
            "standard_error": float(error),
            "solved": self.solved,
            "diverged": self.diverged,
        }


class Estimates(NamedTuple):
    """The estimates of n points; all arrays are of shape (n,), and as in `Estimate`.

    Attributes:
        mean: of the total loss.
        variance: of single total losses.
        count: trainings that count; hides tuple.count.
        trainings: all trainings, the diverged ones too.
    """

    mean: Numbers
    variance: Numbers
    count: Counts  # type: ignore[assignment]
    trainings: Counts

    @property
    def error(self) -> Numbers:
        """Standard error of each mean, NaN below two trainings that count."""
        return np.sqrt(self.variance / np.maximum(self.count, 1))

    @property
    def relative_error(self) -> Numbers:
        """Standard error as a share of the mean: 0 where nothing varies, even around 0; NaN where it is unknown."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.variance == 0, 0.0, self.error / np.abs(self.mean))


def estimate(store: Results, points: Sequence[Point], below: Sequence[int] | Counts) -> list[Estimate]:
    """The estimate of every point from its stored trainings with repeat < `below`, one number a point."""
    return [
        Estimate.from_moments(moments, partial(_losses, store, point, int(limit)))
        for point, moments, limit in zip(points, moments_below(store, points, below), below, strict=True)
    ]


def gather(found: Sequence[Estimate]) -> Estimates:
    """Estimates of single points as arrays."""
    mean, variance = (np.array([getattr(one, name) for one in found], float) for name in ("mean", "variance"))
    count, diverged = (np.array([getattr(one, name) for one in found], np.int64) for name in ("count", "diverged"))
    return Estimates(mean, variance, count, count + diverged)


def moments_below(store: Results, points: Iterable[Point], below: Iterable[int]) -> list[Moments]:
    """The sums of every point over its trainings with repeat < `below`; the points that share one share a query."""
    asked = [(point.identity, int(limit)) for point, limit in zip(points, below, strict=True)]
    together: dict[int, list[str]] = {}
    for identity, limit in asked:
        together.setdefault(limit, []).append(identity)
    found = {limit: store.moments(identities, limit) for limit, identities in together.items()}
    return [found[limit].get(identity, NO_RECORDS) for identity, limit in asked]


def _losses(store: Results, point: Point, below: int) -> Numbers:
    return store.columns(point.identity, below, ["loss"])["loss"]


def _variance(loss: Numbers) -> float:
    """Sample variance of the losses (n,) that are finite, NaN below two."""
    finite = loss[np.isfinite(loss)]
    return float(np.var(finite - finite.min(), ddof=1)) if len(finite) > 1 else np.nan
