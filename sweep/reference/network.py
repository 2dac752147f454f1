"""The layers of a network, what they pass on, and what a step of gradient descent makes of them.

A layer computes z = x @ weights + biases and passes on activation(z). A delta is the derivative of the objective by a
layer's z. The gradient of a layer's weights is x.T @ delta, which sums over the rows (Rumelhart, Hinton & Williams
1986, "Learning representations by back-propagating errors").
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.recipe import Recipe
from sweep.recipe.objective import gradient_scale, probabilities
from sweep.reference.activation import activate, derivative
from sweep.reference.optimizer import Memory, take_step

Array = NDArray[np.float64]


@dataclass
class Weights:
    """The parameters of one layer: weights (fan_in, fan_out), biases (fan_out,), all zero where the recipe has none."""

    weights: Array
    biases: Array

    def weighted_sums(self, x: Array) -> Array:
        """What reaches the layer's units (rows, fan_out) from the units below (rows, fan_in)."""
        return x @ self.weights + self.biases


class Memories:
    """What the optimiser keeps of a layer's gradients."""

    def __init__(self, layer: Weights) -> None:
        self.weights = Memory(np.zeros_like(layer.weights), np.zeros_like(layer.weights))
        self.biases = Memory(np.zeros_like(layer.biases), np.zeros_like(layer.biases))


def forward(recipe: Recipe, layers: list[Weights], inputs: Array) -> list[Array]:
    """The inputs (rows, n_inputs), then every layer's outputs (rows, fan_out); of a softmax the last are logits."""
    outputs = [inputs]
    for layer in layers:
        z = layer.weighted_sums(outputs[-1])
        if layer is not layers[-1]:
            outputs.append(activate(recipe.activation, z))
        else:
            outputs.append(activate("sigmoid", z) if recipe.output == "sigmoid" else z)
    return outputs


def descend(
    recipe: Recipe,
    layers: list[Weights],
    memories: list[Memories],
    outputs: list[Array],
    targets: Array,
    learning_rate: float,
    update: int,
) -> None:
    """One step: backpropagation from the output layer down, updating the layers in place.

    With update_order "output_first" a layer has already been updated when the delta below it is computed.
    """
    delta = output_delta(recipe, outputs[-1], targets)
    for number in reversed(range(len(layers))):
        layer, x = layers[number], outputs[number]
        old_weights = layer.weights.copy()
        take_step(recipe, layer.weights, x.T @ delta, memories[number].weights, learning_rate, update)
        if recipe.biases != "none":
            take_step(recipe, layer.biases, delta.sum(axis=0), memories[number].biases, learning_rate, update)
        weights = layer.weights if recipe.update_order == "output_first" else old_weights
        if number > 0:
            z = layers[number - 1].weighted_sums(outputs[number - 1])
            delta = (delta @ weights.T) * derivative(recipe.activation, z)


def output_delta(recipe: Recipe, outputs: Array, targets: Array) -> Array:
    """Derivative of the objective by the output units' z, shape (rows, n_outputs)."""
    rows, n_outputs = outputs.shape
    y, scale = probabilities(recipe, outputs), gradient_scale(recipe, rows)
    if recipe.loss != "cross_entropy":
        scale /= n_outputs
    if recipe.loss != "mse":
        delta = scale * (y - targets)
    else:
        delta = scale * 2 * (y - targets)
        if recipe.output == "sigmoid":
            delta = delta * y * (1 - y)
        elif recipe.output == "softmax":
            delta = y * (delta - (delta * y).sum(axis=1, keepdims=True))
    return np.asarray(delta)


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
