"""Means at several values of what is swept, pooled or smoothed, which vary together."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.statistics.inference import Interval, degrees_of_freedom, interval_from_error

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]


class Means(NamedTuple):
    """A mean at each of g values.

    Attributes:
        mean: (g,).
        covariance: of these means (g, g).
        effective: Kish's effective number of independent trainings (sum of w)^2 / (sum of w^2) at each value (g,);
            where repeats share their draws, w is the weight of a repeat, the sum over its trainings.
        influences: what each of n repeats that share their draws, or of as many groups of them, moves the means by
            (n, g), None where every training has draws of its own: then there are so many that the covariance is as
            good as known.
    """

    mean: Numbers
    covariance: Numbers
    effective: Numbers
    influences: Numbers | None = None

    @property
    def standard_error(self) -> Numbers:
        """Standard error of each mean (g,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0))

    def degrees(self, factors: Numbers) -> float:
        """Degrees of freedom of the variance of a combination of the means, by their factors (g,)."""
        return np.inf if self.influences is None else degrees_of_freedom(self.influences @ factors)

    def degrees_at(self, place: int) -> float:
        """Degrees of freedom of the variance of one of the means."""
        return np.inf if self.influences is None else degrees_of_freedom(self.influences[:, place])

    def interval(self, place: int) -> Interval:
        """The interval of one of the means."""
        return interval_from_error(float(self.mean[place]), float(self.standard_error[place]), self.degrees_at(place))

    def at(self, places: Counts) -> "Means":
        """The means at some of the values, by their places (n,)."""
        influences = None if self.influences is None else self.influences[:, places]
        return Means(self.mean[places], self.covariance[np.ix_(places, places)], self.effective[places], influences)

    def combined(self, matrix: Numbers, effective: Numbers) -> "Means":
        """Linear combinations of the means (h,), by their factors (h, g), with their effective numbers (h,)."""
        influences = None if self.influences is None else self.influences @ matrix.T
        return Means(matrix @ self.mean, matrix @ self.covariance @ matrix.T, effective, influences)
