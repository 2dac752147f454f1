"""Target: how sharp the result of a study must be, in place of a fixed number of trainings."""

from typing import NamedTuple

from sweep.errors import UsageError

KINDS = ("rse", "minimum")
FIRST_ROUND_AT_LEAST = 10
"""A variance out of fewer trainings than this is off by half its size, too bad a guide for what is needed."""


MOST_REPEATS = 100_000
"""Trainings that a target may give a point unless told otherwise."""


class Target(NamedTuple):
    """When a study has trained enough.

    Attributes:
        kind: "rse": every point's standard error is at most the share `value` of its mean; "minimum": the mean of the
            best point found is, with 95 % confidence, at most the share `value` above the lowest mean of all points.
        value: the share, between 0 and 1.
        first_round: trainings that every point gets before any decision.

    Examples:
        >>> Target("rse", 0.02, first_round=200).sentence
        'until every relative standard error of the mean is at most 0.02'
        >>> Target("rse", 2.0).check(most=100_000)
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
        return f"until the best mean is, with 95 % confidence, at most {100 * self.value:g} % above the lowest"

    def check(self, most: int) -> None:
        """Raise UsageError where the target, with at most `most` trainings a point, is not allowed."""
        if self.kind not in KINDS:
            raise UsageError(f"target was given as {self.kind!r}; allowed is one of {', '.join(KINDS)}")
        if not 0 < self.value < 1:
            raise UsageError(
                f"until-{self.kind} was given as {self.value}; allowed is a number above 0 and below 1, such as 0.01"
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
