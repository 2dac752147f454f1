"""Emits one epoch: the score of the outputs, backpropagation and the step of gradient descent."""

from sweep.kernel.emitter import Array, Emitter, Memory, Whole
from sweep.kernel.forward import LayerParameters, forward, lay_out
from sweep.kernel.vector import Vector, at_least, at_most, select_less, split
from sweep.recipe.problem import truth_table
from sweep.recipe.recipe import CLIP, LEAK, Recipe

SCORES = 4
SQUARES, SIGNIFICAND, EXPONENT, SOLVED_EPOCH = range(SCORES)
"""Places of the scores: the sum of squared errors; the product of all rows' probabilities of being right, as
significand * 2**exponent; and the first epoch with all outputs on their side of 0.5."""

FACTORS = 16
"""Probabilities are CLIP = 1e-15 or above, so 16 of them multiply to 1e-240 or above."""


def emit_epoch(
    emitter: Emitter, recipe: Recipe, parameters: Memory, scores: Memory, epoch: Vector, step: Vector
) -> None:
    """Score the outputs before update number `epoch`, and update the parameters.

    Args:
        emitter: of the code.
        recipe: what to train.
        parameters: as `lay_out` reads them.
        scores: the score up to here; squares, significand, exponent and epoch must begin as 0, 1, 0 and infinity.
        epoch: number of updates before this one.
        step: learning rate times the gradient's scale.
    """
    targets = [float(target) for target in truth_table(recipe.problem)[1]]
    layers = lay_out(recipe, parameters)
    outputs = forward(emitter, layers, len(targets))
    _score(recipe, outputs[-1], targets, epoch, scores)
    above = emitter.array(len(targets))
    for row, target in enumerate(targets):
        above[row] = step * _slope(recipe, outputs[-1][row], target)
    for layer, below in zip(layers[:0:-1], outputs[-2::-1], strict=True):
        if recipe.update_order == "output_first":
            _update(emitter, layer, below, above, len(targets))
            above = _backpropagate(emitter, recipe, layer, below, above, len(targets))
        else:
            deltas, above = above, _backpropagate(emitter, recipe, layer, below, above, len(targets))
            _update(emitter, layer, below, deltas, len(targets))
    _update_first(emitter, layers[0], above, len(targets))


def _score(recipe: Recipe, outputs: Array, targets: list[float], epoch: Vector, scores: Memory) -> None:
    first = scores[SOLVED_EPOCH]
    solved = select_less(epoch, first, epoch, first)
    squares, significand = scores[SQUARES], scores[SIGNIFICAND]
    for row, target in enumerate(targets):
        y = outputs[row]
        solved = select_less(0.5, y, solved, first) if target > 0.5 else select_less(y, 0.5, solved, first)
        if recipe.loss == "mse":
            squares = squares + (y - target) * (y - target)
            continue
        p = at_most(1.0 - CLIP, at_least(CLIP, y))
        significand = significand * (p if target > 0.5 else 1.0 - p)
        if (row + 1) % FACTORS == 0 or row + 1 == len(targets):
            significand, exponent = split(significand)
            scores[EXPONENT] = scores[EXPONENT] + exponent
    scores[SQUARES], scores[SIGNIFICAND], scores[SOLVED_EPOCH] = squares, significand, solved


def _slope(recipe: Recipe, y: Vector, target: float) -> Vector:
    """Derivative of a row's loss by the output unit's weighted sum."""
    if recipe.loss == "bce":
        return y - target
    return 2.0 * (y - target) * (y - y * y)


def _backpropagate(
    emitter: Emitter, recipe: Recipe, layer: LayerParameters, below: Array, deltas: Array, rows: int
) -> Array:
    """Deltas of the units below a layer (the step times the derivative of the loss by a unit's weighted sum)."""
    passed = emitter.array(layer.fan_in * rows)
    for i in emitter.loop(layer.fan_in):
        for row in emitter.loop(rows):

            def term(j: Whole, i: Whole = i, row: Whole = row) -> Vector:
                return layer.weights[i * layer.fan_out + j] * deltas[j * rows + row]

            here = i * rows + row
            passed[here] = _through(recipe.activation, emitter.sum(layer.fan_out, term), below[here])
    return passed


def _through(activation: str, delta: Vector, unit: Vector) -> Vector:
    """delta times the derivative of the activation function, which its output tells."""
    if activation == "sigmoid":
        return delta * (unit - unit * unit)
    if activation == "tanh":
        return delta * (1.0 - unit * unit)
    if activation == "relu":
        return select_less(0.0, unit, delta, 0.0 * unit)
    if activation == "leaky_relu":
        return select_less(0.0, unit, delta, LEAK * delta)
    return delta


def _update(emitter: Emitter, layer: LayerParameters, below: Array, deltas: Array, rows: int) -> None:
    for j in emitter.loop(layer.fan_out):
        for i in emitter.loop(layer.fan_in):

            def term(row: Whole, i: Whole = i, j: Whole = j) -> Vector:
                return below[i * rows + row] * deltas[j * rows + row]

            place = i * layer.fan_out + j
            layer.weights[place] = layer.weights[place] - emitter.sum(rows, term)
        if layer.biases:

            def delta(row: Whole, j: Whole = j) -> Vector:
                return deltas[j * rows + row]

            layer.biases[j] = layer.biases[j] - emitter.sum(rows, delta)


def _update_first(emitter: Emitter, layer: LayerParameters, deltas: Array, rows: int) -> None:
    """The layer whose inputs are 0 or 1: a weight's gradient is the sum of the deltas of the rows whose input is 1.

    XOR's rows 00, 01, 10, 11 have the deltas a, b, c, d. The first input is 1 in the second half of the rows, so the
    gradient of its weight is c + d. Both halves are then joined to a + c, b + d, where the second input is 1 in the
    second half again: the gradient of its weight is b + d. Joined once more they make a + b + c + d, the bias's.
    """
    for j in emitter.loop(layer.fan_out):
        half = rows
        for i in range(layer.fan_in):
            half //= 2
            first, second, place = j * rows, j * rows + half, i * layer.fan_out + j

            def delta(row: Whole, second: Whole = second) -> Vector:
                return deltas[second + row]

            layer.weights[place] = layer.weights[place] - emitter.sum(half, delta)
            for row in emitter.loop(half):
                deltas[first + row] = deltas[first + row] + deltas[second + row]
        if layer.biases:
            layer.biases[j] = layer.biases[j] - deltas[j * rows]
