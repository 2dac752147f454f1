"""Recipe: all that decides one training, apart from the random draws."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from typing import Any

from sweep.errors import UNREADABLE, UsageError, unreadable
from sweep.recipe.choices import FULL
from sweep.recipe.layer import Layer
from sweep.recipe.own import OwnRecipe
from sweep.recipe.problem import is_truth_table, shape_of
from sweep.recipe.rules import check_together, checked


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One training of a small network by gradient descent.

    Attributes:
        problem: what is learned: a truth table (xor, the parity of 2 to 5 bits, table: and a Boolean function's
            outputs) or a data set (`sweep.recipe.data.DataSet.problem`).
        inputs: of a data set, "raw" or "standardized" (less their means, divided by their standard deviations).
        hidden: widths of the hidden layers; () is no hidden layer.
        activation: of the hidden units.
        output: of the output units: "sigmoid" (each a probability of its own), "softmax" (probabilities of classes) or
            "identity" (numbers).
        loss: mean over the rows, and over the outputs of a row, of binary cross-entropy (bce; probabilities clipped to
            [1e-15, 1 - 1e-15] in the loss only) or of the squared error (mse); or mean over the rows of the
            cross_entropy of a row's class.
        solved_below: mean loss at and below which the problem counts as solved; 0 where every row must be right.
        optimizer: what makes a step of a gradient, by PyTorch's definitions: gradient_descent, momentum (without
            dampening), nesterov, rmsprop or adam.
        learning_rate: step at the first epoch.
        schedule: how the step changes from there (`sweep.recipe.schedule.learning_rates`).
        momentum: share of the last step that momentum and nesterov add.
        alpha: share of the squared gradients that rmsprop keeps.
        beta1, beta2: shares of the gradients and their squares that adam keeps.
        epsilon: what rmsprop and adam add to the root that they divide by.
        weight_decay: times each parameter, added to its gradient.
        batch_size: rows in a batch, in an order that is drawn anew for every epoch; 0 is all rows, in their own order.
        epochs: number of times that every row is learned from.
        biases: "drawn" with the spread of their layer's weights, "zero" at the start, or "none" at all.
        update_order: "simultaneous" computes every gradient from the old weights (the textbook gradient);
            "output_first" updates the layers from the output down, each hidden delta using the weights above it
            that were ALREADY updated.
        gradient_scale: the objective that is descended: the "sum" of the rows' losses, "half_sum" (half of it: the
            delta rule's 1/2 (y - t)^2) or their "mean".
        hidden_std_dev: standard deviation of the initial weights (and drawn biases) of all hidden layers, or one for
            each of them.
        output_std_dev: the same of the output layer, always normal.
        hidden_distribution: of the initial hidden weights (`sweep.study.distributions`).
        spread_unit: of both: "absolute", or multiples of what "xavier", "he" or "lecun" predict for each layer.

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
    inputs: str = "raw"
    hidden: tuple[int, ...] = (2,)
    activation: str = "sigmoid"
    output: str = "sigmoid"
    loss: str = "bce"
    solved_below: float = 0.0
    optimizer: str = "gradient_descent"
    learning_rate: float = 0.1
    schedule: str = "constant"
    momentum: float = 0.9
    alpha: float = 0.99
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    batch_size: int = FULL
    epochs: int = 10_000
    biases: str = "drawn"
    update_order: str = "simultaneous"
    gradient_scale: str = "sum"
    hidden_std_dev: float | tuple[float, ...] = 1.0
    output_std_dev: float = 1.0
    hidden_distribution: str = "normal"
    spread_unit: str = "absolute"

    def __post_init__(self) -> None:
        # 1 and 1.0, or a NumPy number and Python's, must be one and the same recipe.
        for name, value in checked(self).items():
            object.__setattr__(self, name, value)
        check_together(self)

    @property
    def widths(self) -> tuple[int, ...]:
        """Number of inputs, of units in each hidden layer, and of outputs."""
        shape = shape_of(self.problem)
        return (shape.inputs, *self.hidden, shape.outputs)

    @property
    def data_set(self) -> str | None:
        """The data set that is learned, as `problem` names it; None of a truth table."""
        return None if is_truth_table(self.problem) else self.problem

    @property
    def rows(self) -> int:
        """Number of rows of the problem."""
        return shape_of(self.problem).rows

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of weights from the inputs to the output."""
        return tuple(Layer(*pair) for pair in pairwise(self.widths))

    @property
    def spreads(self) -> tuple[float, ...]:
        """Standard deviation of the initial weights of every layer, in no unit but their own."""
        hidden = self.hidden_std_dev
        each = hidden if isinstance(hidden, tuple) else len(self.hidden) * (hidden,)
        return tuple(
            spread * layer.unit(self.spread_unit)
            for spread, layer in zip((*each, self.output_std_dev), self.layers, strict=True)
        )

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases."""
        has_bias = self.biases != "none"
        return sum((layer.fan_in + has_bias) * layer.fan_out for layer in self.layers)

    @property
    def operations(self) -> int:
        """Multiplications, or so, in one training: what decides how long it takes."""
        per_row = sum((layer.fan_in + 4) * layer.fan_out for layer in self.layers)
        return self.epochs * per_row * max(1, self.rows // 4)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values that JSON and a document database hold unchanged.

        A field that came after version 0.2.0 is left out at its default, so that what was stored before keeps its
        identity.
        """
        values = {name: value for name, value in asdict(self).items() if name in FIRST or value != DEFAULTS[name]}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Recipe":
        """The recipe that `to_dict` gave `values`.

        Raises:
            UsageError: a field is unknown or not allowed.
        """
        try:
            unknown = set(values) - set(FIELDS)
            if unknown:
                raise unknown_field(min(unknown))
            return cls(**values)
        except UNREADABLE as error:
            raise unreadable("a recipe", error) from error


AnyRecipe = Recipe | OwnRecipe
"""What one training is: of a network of this project, or by a function of the user's own."""


def recipe_from_dict(values: Mapping[str, Any]) -> AnyRecipe:
    """The recipe of either kind that `to_dict` gave `values`.

    Raises:
        UsageError: a field is unknown or not allowed.
    """
    is_own = isinstance(values, Mapping) and "function" in values
    return OwnRecipe.from_dict(values) if is_own else Recipe.from_dict(values)


def network_of(recipe: AnyRecipe, what: str) -> Recipe:
    """A recipe of a network of this project, for what works with no other.

    Raises:
        UsageError: it is a function of the user's own.
    """
    if isinstance(recipe, OwnRecipe):
        raise UsageError(
            f"{what} looks inside networks of this project, and {recipe.function} is a function of its own; name a "
            "recipe"
        )
    return recipe


FIELDS = {field.name: field.type for field in fields(Recipe)}
"""Name of a recipe's field -> its type."""
DEFAULTS = {field.name: field.default for field in fields(Recipe)}
FIRST = {
    "problem", "hidden", "activation", "loss", "learning_rate", "schedule", "epochs", "biases", "update_order",
    "gradient_scale", "hidden_std_dev", "output_std_dev", "hidden_distribution",
}  # fmt: skip
"""The fields that every identity includes."""


def unknown_field(name: str) -> UsageError:
    """The error that says which fields a recipe has."""
    return UsageError(f"unknown recipe field {name!r}: a recipe has {', '.join(FIELDS)}")
