"""What a recipe's fields may be, each alone and together; every refusal is one sentence."""

import math
from typing import TYPE_CHECKING, Any

from sweep.errors import UsageError
from sweep.recipe.choices import CHOICES, FULL, LOSSES_OF, MAX_EPOCHS, MAX_WIDTH
from sweep.recipe.problem import is_truth_table

if TYPE_CHECKING:
    from sweep.recipe.recipe import Recipe

FRACTIONS = ("momentum", "alpha", "beta1", "beta2")
AT_LEAST_ZERO = ("solved_below", "weight_decay", "output_std_dev")
ABOVE_ZERO = ("learning_rate", "epsilon")


def checked(recipe: "Recipe") -> dict[str, Any]:
    """The fields that are numbers, as Python's own.

    Raises:
        UsageError: a field is not allowed, whatever the others are.
    """
    for name, allowed in CHOICES.items():
        if getattr(recipe, name) not in allowed:
            raise _refused(recipe, name, f"one of {', '.join(allowed)}")
    widths, rows = recipe.hidden, recipe.rows
    if not isinstance(widths, (tuple, list)) or not all(is_whole(w) and 1 <= w <= MAX_WIDTH for w in widths):
        raise _refused(recipe, "hidden", f"a tuple of layer widths from 1 to {MAX_WIDTH}, or () for none")
    if not is_whole(recipe.epochs) or not 1 <= recipe.epochs <= MAX_EPOCHS:
        raise _refused(recipe, "epochs", f"a whole number from 1 to {MAX_EPOCHS:,}")
    if not is_whole(recipe.batch_size) or not 0 <= recipe.batch_size <= rows:
        raise _refused(recipe, "batch_size", f"a whole number from 1 to the problem's {rows:,} rows, or full")
    _check_numbers(recipe)
    return {
        "hidden": tuple(int(width) for width in widths),
        "hidden_std_dev": _one_or_each(recipe),
        "epochs": int(recipe.epochs),
        "batch_size": FULL if recipe.batch_size == rows else int(recipe.batch_size),
        **{name: float(getattr(recipe, name)) + 0.0 for name in (*FRACTIONS, *AT_LEAST_ZERO, *ABOVE_ZERO)},
    }


def _check_numbers(recipe: "Recipe") -> None:
    for name in ABOVE_ZERO:
        if not _is_finite(getattr(recipe, name)) or getattr(recipe, name) <= 0:
            raise _refused(recipe, name, "a finite number above 0")
    for name in AT_LEAST_ZERO:
        if not _is_finite(getattr(recipe, name)) or getattr(recipe, name) < 0:
            raise _refused(recipe, name, "a finite number, 0 or above")
    for name in FRACTIONS:
        if not _is_finite(getattr(recipe, name)) or not 0 <= getattr(recipe, name) < 1:
            raise _refused(recipe, name, "a number from 0, below 1")


def _one_or_each(recipe: "Recipe") -> float | tuple[float, ...]:
    """hidden_std_dev as one number where all layers have the same."""
    given = recipe.hidden_std_dev
    each = given if isinstance(given, (tuple, list)) else (given,)
    if not all(_is_finite(spread) and spread >= 0 for spread in each):
        raise _refused(recipe, "hidden_std_dev", "a finite number, 0 or above")
    if not each or (isinstance(given, (tuple, list)) and len(given) != len(recipe.hidden)):
        raise _refused(
            recipe,
            "hidden_std_dev",
            f"one number, or one for each hidden layer, of which there are {len(recipe.hidden)}",
        )
    spreads = tuple(float(spread) + 0.0 for spread in each)
    return spreads if len(set(spreads)) > 1 else spreads[0]


def check_together(recipe: "Recipe") -> None:
    """Raise UsageError where fields do not go together."""
    is_table, output = is_truth_table(recipe.problem), recipe.output
    if recipe.loss not in LOSSES_OF[output]:
        raise _refused(recipe, "loss", f"{' or '.join(LOSSES_OF[output])} with output={output}")
    if output == "softmax" and recipe.widths[-1] < 2:
        raise _refused(
            recipe, "output", "sigmoid or identity for a problem with one output: softmax tells classes apart"
        )
    if output == "identity" and not recipe.solved_below:
        raise _refused(
            recipe, "solved_below", "a number above 0 with output=identity: the mean loss that is good enough"
        )
    if recipe.inputs == "standardized" and is_table:
        raise _refused(recipe, "inputs", "raw for a truth table; only a data set is standardized")
    if recipe.update_order == "output_first" and not (is_table and recipe.batch_size == FULL):
        raise _refused(
            recipe,
            "update_order",
            "simultaneous, as the recipe mlp has it; output_first is for truth tables with batch_size=full",
        )


def _refused(recipe: "Recipe", field: str, allowed: str) -> UsageError:
    return UsageError(f"{field} was given as {getattr(recipe, field)!r}; allowed is {allowed}")


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, Python's own or NumPy's."""
    return not isinstance(value, bool) and hasattr(value, "__index__")


def _is_finite(value: Any) -> bool:
    if isinstance(value, bool) or not (is_whole(value) or hasattr(value, "__float__")):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        return False
