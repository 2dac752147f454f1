"""A store whose trainings are by a function of the user's own: what these say, and no more."""

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import DamagedError
from sweep.recipe import OwnRecipe
from sweep.recipe.own import RESERVED
from sweep.store.around import StoreAround
from sweep.store.base import Store
from sweep.store.moments import Moments
from sweep.store.records import RECORD_FIELDS, readable
from sweep.study import Study

LOOKED_AT = 8
"""Trainings of every point by which outcomes are ordered; those that none of them has follow by their names."""


def with_outcomes(store: Store, study: Study) -> Store:
    """The store as a study's trainings have to be read: itself, or an OwnStore around it."""
    is_fit = not isinstance(study.recipe, OwnRecipe) or isinstance(store, OwnStore)
    return store if is_fit else OwnStore(store, study)


class OwnStore(StoreAround):
    """The store given, whose columns have the outcomes by their names; which trainings are solved is not known.

    Attributes:
        outcomes: what the function returned beside the loss, in any training.
    """

    def __init__(self, store: Store, study: Study) -> None:
        super().__init__(store)
        names: dict[str, None] = {}
        for point in study.points:
            texts = store.columns(point.identity, LOOKED_AT, ["outcomes"])["outcomes"]
            with readable(store.name, point.identity):
                names |= dict.fromkeys(name for one in parse(texts) for name in one)
        names |= dict.fromkeys(sorted(store.outcome_names([point.identity for point in study.points])))
        if taken := [name for name in names if name in RESERVED or not name.isidentifier()]:
            raise DamagedError(
                f"{store.name} holds an outcome named {taken[0]!r}, as none may be; put back a copy, or move the "
                "store away and compute its results again"
            )
        self.outcomes = tuple(names)
        self.fields = ("repeat", "loss", *self.outcomes, "diverged", "reason")

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Store.columns; an outcome that a training lacks is NaN."""
        stored = [name for name in names if name in RECORD_FIELDS and name not in self.outcomes]
        if len(stored) == len(names):
            return super().columns(identity, below, names)
        read = super().columns(identity, below, [*stored, "outcomes"])
        with readable(self.name, identity):
            parsed = parse_outcomes(read["outcomes"], [name for name in names if name not in stored])
        return {name: parsed[name] if name in parsed else read[name] for name in names}

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Store.moments."""
        found = super().moments(identities, below)
        return {identity: moments._replace(solved=math.nan) for identity, moments in found.items()}


def parse_outcomes(texts: Iterable[str | None], names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Outcomes (n,) by name from as many JSON texts, NaN where one is missing or null.

    Examples:
        >>> parse_outcomes(['{"accuracy": 0.5}', None, '{"accuracy": null}'], ["accuracy"])
        {'accuracy': array([0.5, nan, nan])}
    """
    rows = parse(texts)
    return {name: np.array([row.get(name) for row in rows], np.float64) for name in names}


def parse(texts: Iterable[str | None]) -> list[dict[str, Any]]:
    """Outcomes by their names from as many JSON texts.

    Raises:
        ValueError: one is no JSON object.
    """
    rows = json.loads(f"[{','.join(text or '{}' for text in texts)}]")
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("outcomes that are no JSON object")
    return rows  # type: ignore[no-any-return]


def first_reason(store: Store, study: Study) -> str:
    """Why the first diverged training of a study's own function did; empty where none did or nobody knows."""
    for point in study.points:
        read = store.columns(point.identity, study.repeats, ["reason"])["reason"]
        if reasons := [reason for reason in read if reason is not None]:
            return " ".join("".join(one if one.isprintable() else " " for one in str(reasons[0])).split())
    return ""
