"""Trains ONE network in plain NumPy, written to be read. It is the oracle of the kernel and the source of traces.

A layer computes z = x @ weights + biases and passes on activation(z). A delta is the derivative of the objective by a
layer's z. The gradient of a layer's weights is x.T @ delta, which sums over the rows of the truth table (Rumelhart,
Hinton & Williams 1986, "Learning representations by back-propagating errors").
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.recipe.objective import gradient_scale, is_solved, row_losses
from sweep.recipe.problem import truth_table
from sweep.recipe.recipe import LEAK, Recipe
from sweep.recipe.schedule import learning_rates

__all__ = ["Training", "Weights", "forward", "train", "unpack"]

Array = NDArray[np.float64]


@dataclass
class Weights:
    """The parameters of one layer: weights (fan_in, fan_out), biases (fan_out,), all zero where the recipe has none."""

    weights: Array
    biases: Array


@dataclass(frozen=True)
class Training:
    """What became of one network.

    A mean loss is over the rows of the truth table, in nats (bce) or squared error (mse).

    Attributes:
        loss: total loss: the sum of `losses`.
        final_loss: mean loss at the trained parameters.
        solved: whether all outputs are on their side of 0.5 at the trained parameters.
        solved_epoch: number of updates after which that first held, -1 if never.
        diverged: whether a loss or a trained parameter is not finite; loss and final_loss are then NaN.
        parameters: the trained parameters (n_parameters,).
        losses: mean loss of each epoch, before its update (epochs,).
    """

    loss: float
    final_loss: float
    solved: bool
    solved_epoch: int
    diverged: bool
    parameters: Array
    losses: Array


def train(recipe: Recipe, parameters: Array) -> Training:
    """Train one network by full-batch gradient descent.

    Args:
        recipe: what to train; its spreads play no part here.
        parameters: initial parameters, float64 (n_parameters,), layer by layer the weights (fan_in, fan_out) row by
            row, then the biases (fan_out,) if the recipe has them; not changed.

    Raises:
        UsageError: the parameters have another shape.

    Examples:
        >>> from sweep import RECIPES
        >>> recipe = RECIPES["gustaw"]
        >>> training = train(recipe, np.random.default_rng(0).normal(0, 0.7, recipe.n_parameters))
        >>> training.losses.shape, training.losses[[0, 5000, -1]].round(3).tolist()
        ((10000,), [0.706, 0.008, 0.003])
        >>> training.solved, training.solved_epoch
        (True, 1925)
    """
    layers = unpack(recipe, parameters)
    inputs, targets = truth_table(recipe.problem)
    losses = np.empty(recipe.epochs)
    solved_epoch = -1
    # A sigmoid far from 0 overflows to the right limit; a diverging network is reported as such.
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch, learning_rate in enumerate(learning_rates(recipe)):
            outputs = forward(recipe, layers, inputs)
            losses[epoch] = row_losses(recipe, outputs[-1][:, 0], targets).mean()
            if solved_epoch < 0 and is_solved(outputs[-1][:, 0], targets):
                solved_epoch = epoch
            descend(recipe, layers, outputs, learning_rate)
        y = forward(recipe, layers, inputs)[-1][:, 0]
    final_loss = float(row_losses(recipe, y, targets).mean())
    solved = bool(is_solved(y, targets))
    trained = pack(recipe, layers)
    diverged = not (np.isfinite(losses).all() and np.isfinite(final_loss) and np.isfinite(trained).all())
    return Training(
        loss=np.nan if diverged else float(losses.sum()),
        final_loss=np.nan if diverged else final_loss,
        solved=solved and not diverged,
        solved_epoch=recipe.epochs if solved and solved_epoch < 0 else solved_epoch,
        diverged=diverged,
        parameters=trained,
        losses=losses,
    )


def forward(recipe: Recipe, layers: list[Weights], inputs: Array) -> list[Array]:
    """The inputs (rows, n_inputs), then every layer's outputs (rows, fan_out); the last has one column."""
    outputs = [inputs]
    for layer in layers:
        z = outputs[-1] @ layer.weights + layer.biases
        outputs.append(activate("sigmoid" if layer is layers[-1] else recipe.activation, z))
    return outputs


def descend(recipe: Recipe, layers: list[Weights], outputs: list[Array], learning_rate: float) -> None:
    """One step of gradient descent: backpropagation from the output layer down, updating the layers in place.

    With update_order "output_first" a layer has already been updated when the delta below it is computed.
    """
    targets = truth_table(recipe.problem)[1]
    delta = output_delta(recipe, outputs[-1], targets[:, np.newaxis])
    for layer, x in zip(reversed(layers), reversed(outputs[:-1]), strict=True):
        old_weights = layer.weights.copy()
        layer.weights -= learning_rate * (x.T @ delta)
        if recipe.biases != "none":
            layer.biases -= learning_rate * delta.sum(axis=0)
        weights = layer.weights if recipe.update_order == "output_first" else old_weights
        if layer is not layers[0]:
            delta = (delta @ weights.T) * derivative(recipe.activation, x)


def output_delta(recipe: Recipe, y: Array, targets: Array) -> Array:
    """Derivative of the objective by the output unit's z, shape (rows, 1)."""
    scale = gradient_scale(recipe, len(y))
    if recipe.loss == "bce":
        return scale * (y - targets)
    return scale * 2 * (y - targets) * y * (1 - y)


def activate(activation: str, z: Array) -> Array:
    """The activation function, element by element."""
    if activation == "sigmoid":
        return 1 / (1 + np.exp(-z))
    if activation == "tanh":
        return np.tanh(z)
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "leaky_relu":
        return np.where(z > 0, z, LEAK * z)
    return z


def derivative(activation: str, output: Array) -> Array:
    """Derivative of the activation function, from its output; at the kink of relu and leaky_relu the slope below it."""
    if activation == "sigmoid":
        return output * (1 - output)
    if activation == "tanh":
        return 1 - output**2
    if activation == "relu":
        return np.where(output > 0, 1.0, 0.0)
    if activation == "leaky_relu":
        return np.where(output > 0, 1.0, LEAK)
    return np.ones_like(output)


def unpack(recipe: Recipe, parameters: Array) -> list[Weights]:
    """The layers of a flat array of parameters (n_parameters,), as copies.

    Raises:
        UsageError: the parameters have another shape.
    """
    flat = np.array(parameters, dtype=np.float64)
    if flat.shape != (recipe.n_parameters,):
        raise UsageError(
            f"parameters were given with shape {flat.shape}; allowed is ({recipe.n_parameters},) for this recipe"
        )
    layers = []
    for fan_in, fan_out in recipe.layers:
        n_biases = fan_out if recipe.biases != "none" else 0
        weights, biases, flat = np.split(flat, [fan_in * fan_out, fan_in * fan_out + n_biases])
        layers.append(Weights(weights.reshape(fan_in, fan_out), biases if n_biases else np.zeros(fan_out)))
    return layers


def pack(recipe: Recipe, layers: list[Weights]) -> Array:
    """The flat array that `unpack` takes apart."""
    pieces = []
    for layer in layers:
        pieces += [layer.weights.ravel()] + ([layer.biases] if recipe.biases != "none" else [])
    return np.concatenate(pieces)
