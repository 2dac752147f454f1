"""Recipe: all that decides one training, apart from the random draws."""

import math
from collections.abc import Container
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from typing import Any

from sweep.errors import UsageError
from sweep.recipe.layer import Layer
from sweep.recipe.problem import N_INPUTS

PROBLEMS = tuple(N_INPUTS)
ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity")
LOSSES = ("bce", "mse")
BIASES = ("drawn", "zero", "none")
UPDATE_ORDERS = ("simultaneous", "output_first")
GRADIENT_SCALES = ("sum", "half_sum", "mean")
SCHEDULES = ("constant", "linear", "cosine", "inverse_time")
DISTRIBUTIONS = ("normal", "uniform")
CHOICES = {
    "problem": PROBLEMS,
    "activation": ACTIVATIONS,
    "loss": LOSSES,
    "schedule": SCHEDULES,
    "biases": BIASES,
    "update_order": UPDATE_ORDERS,
    "gradient_scale": GRADIENT_SCALES,
    "hidden_distribution": DISTRIBUTIONS,
}
"""Field -> the values it may take, for the fields that are chosen from a list."""
LEAK = 0.01
"""Slope of leaky_relu below zero."""
CLIP = 1e-15
"""Binary cross-entropy takes probabilities nearer to 0 or 1 than this as this near."""
MAX_WIDTH = 1024
MAX_EPOCHS = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One training of a small network on a truth table by full-batch gradient descent.

    Attributes:
        problem: the truth table: xor, or the parity of 2 to 5 bits.
        hidden: widths of the hidden layers; () is no hidden layer.
        activation: of the hidden units; the output is always one sigmoid unit.
        loss: mean over the rows of the truth table, of binary cross-entropy (bce; probabilities clipped to
            [1e-15, 1 - 1e-15] in the loss only) or of the squared error (mse).
        learning_rate: step of gradient descent at the first epoch.
        schedule: how the step changes from there (`sweep.recipe.schedule.learning_rates`).
        epochs: number of updates.
        biases: "drawn" with the spread of their layer's weights, "zero" at the start, or "none" at all.
        update_order: "simultaneous" computes every gradient from the old weights (the textbook gradient);
            "output_first" updates the layers from the output down, each hidden delta using the weights above it
            that were ALREADY updated.
        gradient_scale: the objective that is descended: the "sum" of the rows' losses, "half_sum" (half of it: the
            delta rule's 1/2 (y - t)^2) or their "mean".
        hidden_std_dev: standard deviation of the initial weights (and drawn biases) of all hidden layers.
        output_std_dev: the same of the output layer, always normal.
        hidden_distribution: of the initial hidden weights: normal, or uniform with the same standard deviation.

    Raises:
        UsageError: a field is not allowed; the message names the field, what was given and what is allowed.

    Examples:
        >>> recipe = Recipe(problem="parity3", hidden=(3,), activation="tanh")
        >>> recipe.widths, recipe.n_parameters
        ((3, 3, 1), 16)
        >>> [round(layer.xavier, 4) for layer in recipe.layers]
        [0.5774, 0.7071]
        >>> Recipe(epochs=0)
        Traceback (most recent call last):
        sweep.errors.UsageError: epochs was given as 0; allowed is a whole number from 1 to 10,000,000
    """

    problem: str = "xor"
    hidden: tuple[int, ...] = (2,)
    activation: str = "sigmoid"
    loss: str = "bce"
    learning_rate: float = 0.1
    schedule: str = "constant"
    epochs: int = 10_000
    biases: str = "drawn"
    update_order: str = "simultaneous"
    gradient_scale: str = "sum"
    hidden_std_dev: float = 1.0
    output_std_dev: float = 1.0
    hidden_distribution: str = "normal"

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise _refused(name, getattr(self, name), f"one of {', '.join(allowed)}")
        widths = self.hidden
        if not isinstance(widths, (tuple, list)) or not all(_is_whole(w) and 1 <= w <= MAX_WIDTH for w in widths):
            raise _refused("hidden", widths, f"a tuple of layer widths from 1 to {MAX_WIDTH}, or () for none")
        if not _is_whole(self.epochs) or not 1 <= self.epochs <= MAX_EPOCHS:
            raise _refused("epochs", self.epochs, f"a whole number from 1 to {MAX_EPOCHS:,}")
        if not _is_finite(self.learning_rate) or self.learning_rate <= 0:
            raise _refused("learning_rate", self.learning_rate, "a finite number above 0")
        for name in ("hidden_std_dev", "output_std_dev"):
            if not _is_finite(getattr(self, name)) or getattr(self, name) < 0:
                raise _refused(name, getattr(self, name), "a finite number, 0 or above")
        # 1 and 1.0, or a NumPy number and Python's, must be one and the same recipe.
        object.__setattr__(self, "hidden", tuple(int(width) for width in widths))
        object.__setattr__(self, "epochs", int(self.epochs))
        for name in ("learning_rate", "hidden_std_dev", "output_std_dev"):
            object.__setattr__(self, name, float(getattr(self, name)) + 0.0)

    @property
    def widths(self) -> tuple[int, ...]:
        """Number of inputs, of units in each hidden layer, and of outputs (1)."""
        return (N_INPUTS[self.problem], *self.hidden, 1)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of weights from the inputs to the output."""
        return tuple(Layer(*pair) for pair in pairwise(self.widths))

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases."""
        has_bias = self.biases != "none"
        return sum((layer.fan_in + has_bias) * layer.fan_out for layer in self.layers)

    @property
    def operations(self) -> int:
        """Multiplications, or so, in one training: what decides how long it takes."""
        return self.epochs * sum((layer.fan_in + 4) * layer.fan_out for layer in self.layers)

    def sentence(self, leave_out: Container[str] = ()) -> str:
        """The recipe in words, without the fields to leave out."""
        biases = {"drawn": "drawn biases", "zero": "biases from zero", "none": "no biases"}
        loss = {"bce": "binary cross-entropy", "mse": "squared error"}
        shape = "-".join(str(width) for width in self.widths)
        words = {
            "hidden": f"{shape} network on {self.problem}",
            "activation": f"{self.activation.replace('_', ' ')} hidden units" if self.hidden else "",
            "hidden_distribution": "uniform hidden weights" if self.hidden_distribution == "uniform" else "",
            "biases": biases[self.biases],
            "loss": loss[self.loss],
            "learning_rate": f"learning rate {self.learning_rate:g}",
            "schedule": "" if self.schedule == "constant" else f"falling ({self.schedule.replace('_', ' ')})",
            "epochs": f"{self.epochs:,} epochs",
            "gradient_scale": f"gradient of the {self.gradient_scale.replace('_', ' ')}",
            "update_order": f"{self.update_order.replace('_', '-')} update",
            "hidden_std_dev": f"hidden spread {self.hidden_std_dev:g}" if self.hidden else "",
            "output_std_dev": f"output spread {self.output_std_dev:g}",
        }
        return ", ".join(text for field, text in words.items() if text and field not in leave_out)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values that JSON and a document database hold unchanged."""
        return {**asdict(self), "hidden": list(self.hidden)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Recipe":
        """The recipe that `to_dict` gave `values`.

        Raises:
            UsageError: a field is unknown or not allowed.
        """
        unknown = set(values) - set(FIELDS)
        if unknown:
            raise unknown_field(min(unknown))
        return cls(**values)


FIELDS = {field.name: field.type for field in fields(Recipe)}
"""Name of a recipe's field -> its type."""


def unknown_field(name: str) -> UsageError:
    """The error that says which fields a recipe has."""
    return UsageError(f"unknown recipe field {name!r}: a recipe has {', '.join(FIELDS)}")


def _refused(field: str, given: object, allowed: str) -> UsageError:
    return UsageError(f"{field} was given as {given!r}; allowed is {allowed}")


def _is_whole(value: object) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__index__")


def _is_finite(value: Any) -> bool:
    return not isinstance(value, bool) and (_is_whole(value) or hasattr(value, "__float__")) and math.isfinite(value)


def xavier_spread(recipe: Recipe) -> float | None:
    """Xavier's prediction for the first hidden layer, None without one."""
    return recipe.layers[0].xavier if recipe.hidden else None
