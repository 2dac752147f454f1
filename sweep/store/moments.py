"""What is summed up of a point's trainings."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Moments(NamedTuple):
    """What a database sums up of one point.

    `count` is of all its trainings, `diverged` of those without a finite loss, `solved` of the solved ones (NaN where
    that is not known); the two sums are over `loss` of those that did not diverge (`count - diverged` of them).
    `accuracy` is the mean of those that have one, NaN without any.

    Each database sums in an order of its own: the last digits of the two sums, of the accuracy, and of what is made of
    them may differ from store to store of the same records.
    """

    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls on sums
    diverged: int
    solved: float
    loss_sum: float
    loss_sum_of_squares: float
    accuracy: float


def moments_of(
    loss: NDArray[np.float64],
    solved: NDArray[np.bool_] | None = None,
    accuracy: NDArray[np.float64] | None = None,
) -> Moments:
    """The sums over the trainings (n,) of one point; without `solved` or `accuracy` these are not known.

    Examples:
        >>> moments_of(np.array([1.0, np.nan, 3.0]), np.array([True, False, False]))
        Moments(count=3, diverged=1, solved=1, loss_sum=4.0, loss_sum_of_squares=10.0, accuracy=nan)
    """
    finite = loss[np.isfinite(loss)]
    known = np.empty(0) if accuracy is None else accuracy[~np.isnan(accuracy)]
    return Moments(
        len(loss),
        len(loss) - len(finite),
        np.nan if solved is None else int(solved.sum()),
        float(finite.sum()),
        float((finite**2).sum()),
        float(known.mean()) if len(known) else np.nan,
    )


def sums_of(parts: Iterable[Moments]) -> Moments:
    """The sums over the trainings of all parts, whose accuracy is not known."""
    return Moments(*(sum(column) for column in zip(*parts, strict=True)))._replace(accuracy=np.nan)
