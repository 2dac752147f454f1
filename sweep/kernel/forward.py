"""Emits the forward pass of a network: outputs of every unit for every row."""

from collections.abc import Callable
from typing import NamedTuple

from sweep.kernel.activation import SLOPED, Unit, activate
from sweep.kernel.emitter import Array, Emitter, Memory, Whole
from sweep.kernel.rows import DataRows, TableRows
from sweep.kernel.sigmoid import Power, power
from sweep.kernel.vector import Vector
from sweep.recipe import Recipe


class LayerParameters(NamedTuple):
    """Where a layer's parameters lie: the weight from unit i to unit j has place i * fan_out + j, its bias place j.

    `first` is the place of the first weight, and `first_bias` that of the first bias, among all parameters.
    """

    fan_in: int
    fan_out: int
    activation: str
    first: int
    weights: Memory
    biases: Memory | None

    @property
    def first_bias(self) -> int:
        """Behind the weights."""
        return self.first + self.fan_in * self.fan_out


class Outputs(NamedTuple):
    """A layer's outputs, that of unit j for a row at j * rows + row, and the derivatives there of activations that give
    them."""

    values: Array
    slopes: Array | None

    def slope(self, place: Whole) -> Vector | None:
        """The derivative at a place, None where the output itself tells."""
        return None if self.slopes is None else self.slopes[place]


def lay_out(recipe: Recipe, parameters: Memory) -> list[LayerParameters]:
    """The layers of flat parameters: layer by layer the weights (fan_in, fan_out) row by row, then the biases."""
    layers, first = [], 0
    for number, (fan_in, fan_out) in enumerate(recipe.layers):
        is_hidden = number < len(recipe.hidden)
        activation = recipe.activation if is_hidden else "sigmoid" if recipe.output == "sigmoid" else "identity"
        biases = None if recipe.biases == "none" else parameters.behind(first + fan_in * fan_out)
        layers.append(LayerParameters(fan_in, fan_out, activation, first, parameters.behind(first), biases))
        first += fan_in * fan_out + (0 if biases is None else fan_out)
    return layers


def forward(emitter: Emitter, layers: list[LayerParameters], rows: TableRows | DataRows) -> list[Outputs]:
    """Every layer's outputs."""
    outputs: list[Outputs] = []
    for layer in layers:
        room = layer.fan_out * rows.n
        above = Outputs(emitter.array(room), emitter.array(room) if layer.activation in SLOPED else None)
        for j in emitter.loop(layer.fan_out):
            if not outputs and isinstance(rows, TableRows):
                _table_unit(emitter, layer, j, above, rows.n)
            else:
                _unit(emitter, layer, j, reader(rows, outputs), above, rows.n)
        outputs.append(above)
    return outputs


def reader(rows: TableRows | DataRows, below: list[Outputs]) -> Callable[[Whole, Whole], Vector]:
    """What feeds a layer: the outputs of unit i of the last layer below for a row, or else an input."""
    if below:
        return lambda i, row: below[-1].values[i * rows.n + row]
    return rows.input  # type: ignore[union-attr]  # a table's first layer does not ask


def together(emitter: Emitter, rows: int) -> int:
    """Rows whose sums are made in one loop, so that a weight is read once for all of them."""
    return 1 if emitter.written_out or rows % emitter.few else emitter.few


def _unit(
    emitter: Emitter,
    layer: LayerParameters,
    j: Whole,
    below: Callable[[Whole, Whole], Vector],
    above: Outputs,
    rows: int,
) -> None:
    n = together(emitter, rows)
    for group in emitter.loop(rows // n):
        some = [group * n + row for row in range(n)]

        def terms(i: Whole, some: list[Whole] = some) -> list[Vector]:
            weight = layer.weights[i * layer.fan_out + j]
            return [weight * below(i, row) for row in some]

        starts = [layer.biases[j] if layer.biases else None] * n
        for row, z in zip(some, emitter.sums(layer.fan_in, terms, starts), strict=True):
            _keep(above, j * rows + row, activate(layer.activation, z))


def _keep(above: Outputs, place: Whole, unit: Unit) -> None:
    above.values[place] = unit.output
    if above.slopes is not None and unit.slope is not None:
        above.slopes[place] = unit.slope


def _table_unit(emitter: Emitter, layer: LayerParameters, j: Whole, above: Outputs, rows: int) -> None:
    """A unit of the first layer, whose inputs are 0 or 1: half of the rows are those before with one input more, which
    adds its weight.

    XOR's rows are 00, 01, 10, 11 and the unit has the weights w1, w2 and the bias b. Its weighted sums are made in
    two steps, the last input first:

        row       00   01       10       11
        begin     b
        w2        b    b + w2
        w1        b    b + w2   b + w1   b + w2 + w1

    so every row takes one addition, not one for each input. Where the unit needs e**sum, the same steps multiply
    powers (`_table_powers`): an exponential for each weight instead of each row.
    """
    weights = [layer.weights[i * layer.fan_out + j] for i in reversed(range(layer.fan_in))]
    bias = layer.biases[j] if layer.biases else weights[0].like(0.0)
    if layer.activation in ("sigmoid", "tanh"):
        outputs = _table_powers(emitter, layer.activation, weights, bias, rows)
    else:
        outputs = _table_sums(emitter, layer.activation, weights, bias, rows)
    for row in emitter.loop(rows):
        _keep(above, j * rows + row, outputs(row))


def _table_sums(
    emitter: Emitter, activation: str, weights: list[Vector], bias: Vector, rows: int
) -> Callable[[Whole], Unit]:
    """The unit's output for a row, from its weighted sum."""
    sums = emitter.array(rows)
    sums[0] = bias
    for number, weight in enumerate(weights):
        for row in emitter.loop(2**number):
            sums[row + 2**number] = sums[row] + weight
    return lambda row: activate(activation, sums[row])


def _table_powers(
    emitter: Emitter, activation: str, weights: list[Vector], bias: Vector, rows: int
) -> Callable[[Whole], Unit]:
    """The output of a sigmoid or tanh unit for a row, from e**(factor * sum) as a product of powers."""
    factor = -1.0 if activation == "sigmoid" else -2.0
    significands, exponents = emitter.array(rows), emitter.array(rows)
    significands[0], exponents[0] = power(bias, factor)
    for number, weight in enumerate(weights):
        one_more = power(weight, factor)
        for row in emitter.loop(2**number):
            product = Power(significands[row], exponents[row]).times(one_more)
            significands[row + 2**number], exponents[row + 2**number] = product

    def output(row: Whole) -> Unit:
        y = 1.0 / (1.0 + Power(significands[row], exponents[row]).number())
        return Unit(y if activation == "sigmoid" else 2.0 * y - 1.0)

    return output
