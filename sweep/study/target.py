"""Target: how sharp the result of a study must be, in place of a fixed number of trainings."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from sweep.errors import UsageError
from sweep.study.axis import Axis

KINDS = ("rse", "minimum", "spread")
LEAST_POINTS = 5
"""Values of an axis below which no minimum between them is looked for."""
FIRST_ROUND = 1000
"""Trainings that the mean at every point is as sharp as, after a first round of which nothing else was said."""
SIDE_BY_SIDE = 32
"""Networks that the kernel trains at once: a round asks for whole multiples, for what is left over takes as long."""
FIRST_ROUND_AT_LEAST = 10
"""A variance out of fewer trainings than this is off by half its size, too bad a guide for what is needed."""
MOST_REPEATS = 100_000
"""Trainings that a target may give a point unless told otherwise."""


class Target(NamedTuple):
    """When a study has trained enough.

    Attributes:
        kind: "rse": every point's standard error is at most the share `value` of its mean; "minimum": the mean of the
            best point found is, with 95 % confidence, at most the share `value` above the lowest mean of all points
            (of the whole curve, where it is pooled); "spread": the ends of the 95 % interval of the minimum's place
            are within the share `value` of it.
        value: the share, between 0 and 1.
        first_round: trainings that every point gets before any decision.

    Examples:
        >>> Target("rse", 0.02, first_round=200).sentence
        'until every relative standard error of the mean is at most 0.02'
        >>> Target("rse", 2.0).check([Axis("epochs", (10, 20))], most=100_000)
        Traceback (most recent call last):
        sweep.errors.UsageError: until-rse was given as 2.0; allowed is a number above 0 and below 1, such as 0.01
    """

    kind: str
    value: float
    first_round: int = 1000

    @property
    def sentence(self) -> str:
        """What is aimed at, in words."""
        if self.kind == "rse":
            return f"until every relative standard error of the mean is at most {self.value:g}"
        if self.kind == "spread":
            return f"until the 95 % interval of the minimum's place is within ± {100 * self.value:g} % of it"
        return f"until the best mean is, with 95 % confidence, at most {100 * self.value:g} % above the lowest"

    def check(self, axes: Sequence[Axis], most: int) -> None:
        """Raise UsageError where the target, with at most `most` trainings a point, is not allowed on these axes."""
        if self.kind not in KINDS:
            raise UsageError(f"target was given as {self.kind!r}; allowed is one of {', '.join(KINDS)}")
        if not 0 < self.value < 1:
            raise UsageError(
                f"until-{self.kind} was given as {self.value}; allowed is a number above 0 and below 1, such as 0.01"
            )
        if self.kind == "spread" and not has_places(axes):
            fields = " × ".join(axis.field for axis in axes)
            raise UsageError(
                f"until-spread was given with an axis of {fields}; allowed is one axis of {LEAST_POINTS} numbers or "
                "more, all above 0: sweep them with --axis FIELD=log:LOW:HIGH:COUNT"
            )
        if self.first_round < FIRST_ROUND_AT_LEAST:
            raise UsageError(
                f"repeats was given as {self.first_round}; with until-{self.kind} allowed is a whole number from "
                f"{FIRST_ROUND_AT_LEAST}, for a variance out of fewer is no guide"
            )
        if not self.first_round <= most <= 10**9:
            raise UsageError(
                f"max-repeats was given as {most}; allowed is a whole number from --repeats ({self.first_round}) to "
                "1,000,000,000: raise it, or lower --repeats"
            )


def has_places(axes: Sequence[Axis]) -> bool:
    """Whether the axes are one of numbers, enough and all above 0 to look for a minimum between them."""
    if len(axes) != 1 or not axes[0].is_numeric:
        return False
    return len(axes[0].values) >= LEAST_POINTS and min(axes[0].values) > 0


def default_first_round(kind: str, overlap: float) -> int:
    """Trainings that every point gets first.

    Args:
        kind: of the target.
        overlap: how many times its own trainings a point has, where the curve that the target is about is pooled from
            draws of their own; 0 elsewhere.

    Examples:
        >>> default_first_round("rse", 57.9), default_first_round("minimum", 57.9), default_first_round("spread", 0.0)
        (1000, 32, 1000)
    """
    if kind == "rse" or not overlap:
        return FIRST_ROUND
    return SIDE_BY_SIDE * math.ceil(FIRST_ROUND / overlap / SIDE_BY_SIDE)
