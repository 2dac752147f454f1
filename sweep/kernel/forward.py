"""Emits the forward pass of a network: outputs of every unit for every row of the truth table."""

from typing import NamedTuple

from sweep.kernel.emitter import Array, Emitter, Memory, Whole
from sweep.kernel.sigmoid import Power, power, sigmoid
from sweep.kernel.vector import Vector, at_least, select_less
from sweep.recipe.recipe import LEAK, Recipe


class Layer(NamedTuple):
    """A layer's parameters: the weight from unit i to unit j has place i * fan_out + j, its bias place j."""

    fan_in: int
    fan_out: int
    activation: str
    weights: Memory
    biases: Memory | None


def lay_out(recipe: Recipe, parameters: Memory) -> list[Layer]:
    """The layers of flat parameters: layer by layer the weights (fan_in, fan_out) row by row, then the biases."""
    layers = []
    for number, (fan_in, fan_out) in enumerate(recipe.layers):
        activation = recipe.activation if number < len(recipe.hidden) else "sigmoid"
        weights, parameters = parameters, parameters.behind(fan_in * fan_out)
        biases = None
        if recipe.biases != "none":
            biases, parameters = parameters, parameters.behind(fan_out)
        layers.append(Layer(fan_in, fan_out, activation, weights, biases))
    return layers


def forward(emitter: Emitter, layers: list[Layer], rows: int) -> list[Array]:
    """Every layer's outputs; that of unit j for a row has place j * rows + row."""
    outputs: list[Array] = []
    for layer in layers:
        above = emitter.array(layer.fan_out * rows)
        for j in emitter.loop(layer.fan_out):
            if outputs:
                _unit(emitter, layer, j, outputs[-1], above, rows)
            else:
                _first_unit(emitter, layer, j, above, rows)
        outputs.append(above)
    return outputs


def _unit(emitter: Emitter, layer: Layer, j: Whole, below: Array, above: Array, rows: int) -> None:
    for row in emitter.loop(rows):

        def term(i: Whole, row: Whole = row) -> Vector:
            return layer.weights[i * layer.fan_out + j] * below[i * rows + row]

        z = emitter.sum(layer.fan_in, term, layer.biases[j] if layer.biases else None)
        above[j * rows + row] = _activate(layer.activation, z)


def _first_unit(emitter: Emitter, layer: Layer, j: Whole, above: Array, rows: int) -> None:
    """A unit whose inputs are 0 or 1: half of the rows are those before with one input more, which adds its weight.

    e**(z + w) is e**z e**w, so sigmoid and tanh take an exponential for every weight instead of every row.
    """
    weights = [layer.weights[i * layer.fan_out + j] for i in reversed(range(layer.fan_in))]
    bias = layer.biases[j] if layer.biases else weights[0].like(0.0)
    if layer.activation not in ("sigmoid", "tanh"):
        sums = emitter.array(rows)
        sums[0] = bias
        for number, weight in enumerate(weights):
            for row in emitter.loop(2**number):
                sums[row + 2**number] = sums[row] + weight
        for row in emitter.loop(rows):
            above[j * rows + row] = _activate(layer.activation, sums[row])
        return
    factor = -1.0 if layer.activation == "sigmoid" else -2.0
    significands, exponents = emitter.array(rows), emitter.array(rows)
    significands[0], exponents[0] = power(bias, factor)
    for number, weight in enumerate(weights):
        one_more = power(weight, factor)
        for row in emitter.loop(2**number):
            product = Power(significands[row], exponents[row]).times(one_more)
            significands[row + 2**number], exponents[row + 2**number] = product
    for row in emitter.loop(rows):
        y = 1.0 / (1.0 + Power(significands[row], exponents[row]).number())
        above[j * rows + row] = y if layer.activation == "sigmoid" else 2.0 * y - 1.0


def _activate(activation: str, z: Vector) -> Vector:
    if activation == "sigmoid":
        return sigmoid(z)
    if activation == "tanh":
        return 2.0 * sigmoid(z, 2.0) - 1.0
    if activation == "relu":
        return at_least(0.0, z)
    if activation == "leaky_relu":
        return select_less(z, 0.0, LEAK * z, z)
    return z
