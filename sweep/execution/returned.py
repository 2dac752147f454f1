"""What a training function of the user's own returned, read as trainings; what is no result is told."""

import json
import math
from collections.abc import Collection, Mapping
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.recipe.own import LARGEST_LOSS

ALLOWED = "allowed is a number, the loss, or a dict of numbers with 'loss' among them"


class Trained(NamedTuple):
    """One training: its loss, NaN where it diverged, its further outcomes as JSON and why it diverged."""

    loss: float
    outcomes: str | None
    reason: str | None


class RubbishError(ValueError):
    """What a function returned is no result."""


def read(returned: Any, taken: Collection[str]) -> Trained:
    """What a function returned of one training; no outcome may be called as one of the names that are taken."""
    if not isinstance(returned, Mapping):
        return _trained(_number(returned), None)
    loss, further = _split(returned, taken)
    numbers = {name: _number(value, name) for name, value in further.items()}
    return _trained(_number(loss), _to_json(numbers) if numbers else None)


def read_batch(returned: Any, n: int, taken: Collection[str]) -> list[Trained]:
    """What a function returned of n trainings; as `read`."""
    if not isinstance(returned, Mapping):
        return list(map(_trained, _numbers(returned, n).tolist(), repeat(None)))
    loss, further = _split(returned, taken)
    columns = {name: _numbers(value, n, name) for name, value in further.items()}
    losses = _numbers(loss, n).tolist()
    if not columns:
        return list(map(_trained, losses, repeat(None)))
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    if all(np.isfinite(column).all() for column in columns.values()):
        form = "{" + ", ".join(f"{json.dumps(name).replace('%', '%%')}: %r" for name in columns) + "}"
        texts = [form % row for row in rows]
    else:
        texts = [_to_json(dict(zip(columns, row, strict=True))) for row in rows]
    return list(map(_trained, losses, texts))


def _trained(loss: float, outcomes: str | None) -> Trained:
    if abs(loss) <= LARGEST_LOSS:
        return Trained(loss, outcomes, None)
    return Trained(math.nan, outcomes, f"the loss is {loss}")


def _split(returned: Mapping[Any, Any], taken: Collection[str]) -> tuple[Any, dict[str, Any]]:
    """The loss and the other outcomes."""
    further = dict(returned)
    if "loss" not in further:
        raise RubbishError(
            f"it returned a dict without 'loss', with {', '.join(map(repr, further)) or 'nothing'}; {ALLOWED}"
        )
    loss = further.pop("loss")
    for name in further:
        if not isinstance(name, str) or not name.isidentifier() or name in taken:
            raise RubbishError(
                f"it returned an outcome named {name!r}; allowed are names of letters, digits and _, but not "
                f"{', '.join(sorted(taken))}"
            )
    return loss, further


def _number(value: Any, name: str = "loss") -> float:
    if not isinstance(value, str | bytes) and getattr(value, "ndim", 0) == 0 and hasattr(value, "__float__"):
        return float(value)
    raise RubbishError(f"it returned {_shown(value)} as {name}; {ALLOWED}")


def _numbers(value: Any, n: int, name: str = "loss") -> NDArray[np.float64]:
    try:
        numbers = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        numbers = np.empty(())
    if numbers.shape != (n,):
        raise RubbishError(
            f"it returned {_shown(value)} as {name} of a batch of {n}; allowed is an array of shape ({n},), or a dict "
            "of such with 'loss' among them"
        )
    return numbers


def _shown(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return f"an array of shape {tuple(shape)}" if shape else repr(value)[:60]


def _to_json(numbers: Mapping[str, float]) -> str:
    return json.dumps({name: value if math.isfinite(value) else None for name, value in numbers.items()})
