"""What is asked of a MongoDB store, as the documents that its queries are made of."""

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]

OURS = {"_id": {"$regex": "^[0-9a-f]{32}:[0-9]{10}$"}}
"""The trainings that this project stored; the collection may hold those of other programs, too."""
FOREIGN = {"_id": {"$not": OURS["_id"]}}

_LARGEST = sys.float_info.max
READABLE_FOREIGN: Document = {**FOREIGN, "hidden_std_dev": {"$gte": 0, "$lte": _LARGEST}}
"""The trainings of other programs that say their hidden_std_dev."""

IDENTITY = {"$arrayElemAt": [{"$split": ["$_id", ":"]}, 0]}
# MongoDB sorts null and NaN below every number, and texts above.
_IS_FINITE = {"$and": [{"$gte": ["$loss", -_LARGEST]}, {"$lte": ["$loss", _LARGEST]}]}

COUNT = {"count": {"$sum": 1}}
SUMS: Document = {
    **COUNT,
    "diverged": {"$sum": {"$cond": [_IS_FINITE, 0, 1]}},
    "solved": {"$sum": {"$cond": ["$solved", 1, 0]}},
    "loss_sum": {"$sum": {"$cond": [_IS_FINITE, "$loss", 0.0]}},
    "loss_sum_of_squares": {"$sum": {"$cond": [_IS_FINITE, {"$multiply": ["$loss", "$loss"]}, 0.0]}},
    "accuracy": {"$avg": "$accuracy"},
}
"""The fields of Moments, summed by the database; the mean accuracy is null where none has one."""
COUNT_BY_POINT: Document = {"$group": {"_id": IDENTITY, **COUNT}}
SUMS_BY_POINT: Document = {"$group": {"_id": IDENTITY, **SUMS}}
NAMES_OF_OUTCOMES: tuple[Document, ...] = (
    {"$project": {"named": {"$objectToArray": "$outcomes"}}},
    {"$unwind": "$named"},
    {"$group": {"_id": "$named.k"}},
)
_SUMS_OF_LOSSES = {name: total for name, total in SUMS.items() if name not in ("solved", "accuracy")}
GROUP_BY_SPREADS: Document = {
    "_id": {"hidden_std_dev": "$hidden_std_dev", "output_std_dev": "$output_std_dev"},
    **_SUMS_OF_LOSSES,
}

GROUP_BY_LABELS: Document = {
    "_id": {
        "identity": IDENTITY,
        "point": "$point",
        "seed": "$seed",
        "hidden_std_dev": "$hidden_std_dev",
        "output_std_dev": "$output_std_dev",
    },
    **COUNT,
}

_IS_WHOLE = ({"$type": "int"}, {"$type": "long"})
_IS_DOUBLE, _IS_BOOL, _IS_NULL = {"$type": "double"}, {"$type": "bool"}, {"$eq": None, "$exists": True}
_ALLOWED = {
    "repeat": _IS_WHOLE,
    "loss": (_IS_DOUBLE, _IS_NULL),
    "final_loss": (_IS_DOUBLE, _IS_NULL),
    "solved": (_IS_BOOL,),
    "solved_epoch": (*_IS_WHOLE, _IS_NULL),
    "diverged": (_IS_BOOL,),
    "accuracy": (_IS_DOUBLE, {"$eq": None}),  # records from before format 3 lack it
    "outcomes": ({"$type": "object"}, {"$eq": None}),
    "reason": ({"$type": "string"}, {"$eq": None}),
}
MISSHAPEN: Document = {
    **OURS,
    "$or": [{"$nor": [{name: condition} for condition in conditions]} for name, conditions in _ALLOWED.items()],
}
"""The trainings that lack a field, or hold one of another type than it has."""


def key(identity: str, repeat: int) -> str:
    """The _id of a training."""
    return f"{identity}:{repeat:010d}"


def in_range(identity: str, below: int) -> Document:
    """The trainings of a point with repeat < `below`."""
    return {"_id": {"$gte": key(identity, 0), "$lt": key(identity, below)}}


def document_of(record: Document) -> Document:
    """A training as a document: outcomes as one of their own, which queries see into; a network has none."""
    outcomes, reason = record.pop("outcomes"), record.pop("reason")
    return {
        **record,
        **({} if outcomes is None else {"outcomes": json.loads(outcomes)}),
        **({} if reason is None else {"reason": reason}),
    }


def row_of(later: Sequence[str], document: Document) -> Document:
    """A document with the fields that may be missing from it, outcomes as the text that `document_of` took."""
    row = {**dict.fromkeys(later), **document}
    if row.get("outcomes") is not None:
        row["outcomes"] = json.dumps(row["outcomes"])
    return row


def finite_or_nan(loss: object) -> float:
    """A loss as any program may have stored it, NaN where it is no finite number."""
    if isinstance(loss, bool) or not isinstance(loss, float | int) or not math.isfinite(loss):
        return math.nan
    return float(loss)
