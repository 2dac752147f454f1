"""The list of all cases."""

from collections.abc import Callable
from typing import NamedTuple


class Case(NamedTuple):
    """What runs commands in a place and judges them; `without` says why it cannot run here, or nothing."""

    group: str
    name: str
    run: Callable
    without: Callable


CASES = []


def case(name, without=lambda: ""):
    """Make a case of a function of a `Place`; its group is the first line of its module's docstring."""

    def add(run):
        group = run.__globals__["__name__"].rpartition(".")[2]
        CASES.append(Case(group, name, run, without))
        return run

    return add


def cases(rows, without=lambda: ""):
    """Make a case of every row, a name and what the function is given beside the place."""

    def add(run):
        for name, *given in rows:
            group = run.__globals__["__name__"].rpartition(".")[2]
            CASES.append(Case(group, name, lambda place, given=given: run(place, *given), without))
        return run

    return add
