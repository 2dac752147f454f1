"""Emits the forward pass of a network: outputs of every unit for every row of the truth table."""

from collections.abc import Callable
from typing import NamedTuple

from sweep.kernel.emitter import Array, Emitter, Memory, Whole
from sweep.kernel.sigmoid import Power, power, sigmoid
from sweep.kernel.vector import Vector, at_least, select_less
from sweep.recipe.recipe import LEAK, Recipe


class LayerParameters(NamedTuple):
    """Where a layer's parameters lie: the weight from unit i to unit j has place i * fan_out + j, its bias place j."""

    fan_in: int
    fan_out: int
    activation: str
    weights: Memory
    biases: Memory | None


def lay_out(recipe: Recipe, parameters: Memory) -> list[LayerParameters]:
    """The layers of flat parameters: layer by layer the weights (fan_in, fan_out) row by row, then the biases."""
    layers = []
    for number, (fan_in, fan_out) in enumerate(recipe.layers):
        activation = recipe.activation if number < len(recipe.hidden) else "sigmoid"
        weights, parameters = parameters, parameters.behind(fan_in * fan_out)
        biases = None
        if recipe.biases != "none":
            biases, parameters = parameters, parameters.behind(fan_out)
        layers.append(LayerParameters(fan_in, fan_out, activation, weights, biases))
    return layers


def forward(emitter: Emitter, layers: list[LayerParameters], rows: int) -> list[Array]:
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


def _unit(emitter: Emitter, layer: LayerParameters, j: Whole, below: Array, above: Array, rows: int) -> None:
    for row in emitter.loop(rows):

        def term(i: Whole, row: Whole = row) -> Vector:
            return layer.weights[i * layer.fan_out + j] * below[i * rows + row]

        z = emitter.sum(layer.fan_in, term, layer.biases[j] if layer.biases else None)
        above[j * rows + row] = _activate(layer.activation, z)


def _first_unit(emitter: Emitter, layer: LayerParameters, j: Whole, above: Array, rows: int) -> None:
    """A unit whose inputs are 0 or 1: half of the rows are those before with one input more, which adds its weight.

    XOR's rows are 00, 01, 10, 11 and the unit has the weights w1, w2 and the bias b. Its weighted sums are made in
    two steps, the last input first:

        row       00   01       10       11
        begin     b
        w2        b    b + w2
        w1        b    b + w2   b + w1   b + w2 + w1

    so every row takes one addition, not one for each input. Where the unit needs e**sum, the same steps multiply
    powers (`_first_powers`): an exponential for each weight instead of each row.
    """
    weights = [layer.weights[i * layer.fan_out + j] for i in reversed(range(layer.fan_in))]
    bias = layer.biases[j] if layer.biases else weights[0].like(0.0)
    if layer.activation in ("sigmoid", "tanh"):
        outputs = _first_powers(emitter, layer.activation, weights, bias, rows)
    else:
        outputs = _first_sums(emitter, layer.activation, weights, bias, rows)
    for row in emitter.loop(rows):
        above[j * rows + row] = outputs(row)


def _first_sums(
    emitter: Emitter, activation: str, weights: list[Vector], bias: Vector, rows: int
) -> Callable[[Whole], Vector]:
    """The unit's output for a row, from its weighted sum."""
    sums = emitter.array(rows)
    sums[0] = bias
    for number, weight in enumerate(weights):
        for row in emitter.loop(2**number):
            sums[row + 2**number] = sums[row] + weight
    return lambda row: _activate(activation, sums[row])


def _first_powers(
    emitter: Emitter, activation: str, weights: list[Vector], bias: Vector, rows: int
) -> Callable[[Whole], Vector]:
    """The output of a sigmoid or tanh unit for a row, from e**(factor * sum) as a product of powers."""
    factor = -1.0 if activation == "sigmoid" else -2.0
    significands, exponents = emitter.array(rows), emitter.array(rows)
    significands[0], exponents[0] = power(bias, factor)
    for number, weight in enumerate(weights):
        one_more = power(weight, factor)
        for row in emitter.loop(2**number):
            product = Power(significands[row], exponents[row]).times(one_more)
            significands[row + 2**number], exponents[row + 2**number] = product

    def output(row: Whole) -> Vector:
        y = 1.0 / (1.0 + Power(significands[row], exponents[row]).number())
        return y if activation == "sigmoid" else 2.0 * y - 1.0

    return output


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
