"""What a published claim is, and the rule by which it is judged."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sweep.statistics.inference import Interval

HOLDS, FAILS, OPEN, MISSING = "holds", "does not hold", "not resolved by this many trainings", "not measured"

WIDEST = 0.5

RULE = """\
How a claim is judged. Intervals are of 95 %.
- A seeded run is replayed: the claim holds if the replay does all that is claimed, with the digits that are printed.
- A number is claimed: the claim does not hold if the interval of the measured one excludes it (rounded as it is
  claimed); it holds if the interval includes it and is no wider than half the number; else it is not resolved.
- "About" a number is claimed: any number within a tenth of it is that.
- "Most" is claimed: it holds if the interval of the fraction lies above one half, does not hold if it lies below.
- "Near the optimum" means a mean within 5 % of the lowest: it holds if the interval of the difference lies below that.
- "Can" is claimed: it holds if any training does it. "Cannot" is claimed: it holds if none of 1,000 or more does."""


class Judged(NamedTuple):
    """What is measured here of a claim, in words, from how many trainings, and the verdict."""

    measured: str
    trainings: int
    verdict: str


class Claim(NamedTuple):
    """A published claim.

    Attributes:
        id: by which it is called.
        source: the program that claims it.
        text: what is claimed.
        judge: measures it and gives the verdict. It is handed the claim, and the losses of the program's own sweep
            where the claim is about one.
        number: what is claimed, where that is a number.
        digit: the span that the number stands for: its last place, or what "about" allows.
    """

    id: str
    source: str
    text: str
    judge: Callable[..., Judged]
    number: float = math.nan
    digit: float = math.nan


class Finding(NamedTuple):
    """A claim and what became of it, as a row of a table."""

    id: str
    source: str
    claim: str
    measured: str
    trainings: int
    verdict: str


def number_verdict(measured: Interval, claimed: float, digit: float) -> str:
    """The verdict on a claimed number that stands for a span `digit` wide: its last place, or what "about" allows."""
    if not np.isfinite(measured.low):
        return OPEN
    if claimed + digit / 2 < measured.low or claimed - digit / 2 > measured.high:
        return FAILS
    return HOLDS if measured.high - measured.low <= WIDEST * abs(claimed) else OPEN


def needed(measured: Interval, claimed: float, n: int) -> int:
    """Trainings a point at which the interval would be as narrow as `number_verdict` asks: widths fall as 1/sqrt(n)."""
    return int(np.ceil(n * ((measured.high - measured.low) / (WIDEST * claimed)) ** 2))


def below_verdict(measured: Interval, limit: float) -> str:
    """The verdict on a claim that a number lies below a limit."""
    if measured.high < limit:
        return HOLDS
    return FAILS if measured.low > limit else OPEN


def majority_verdict(*fractions: Interval) -> str:
    """The verdict on a claim that each of these fractions is more than one half."""
    if all(fraction.low > 0.5 for fraction in fractions):
        return HOLDS
    return FAILS if any(fraction.high < 0.5 for fraction in fractions) else OPEN


def replay_verdict(does_it: bool) -> str:
    """The verdict on a claim that one training, or one of many, decides."""
    return HOLDS if does_it else FAILS
