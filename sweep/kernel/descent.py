"""Emits one epoch: the score of the outputs, backpropagation and the steps of gradient descent."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from sweep.kernel import score
from sweep.kernel.activation import through
from sweep.kernel.emitter import Array, Emitter, Index, Memory, Numbers, Whole, whole
from sweep.kernel.forward import LayerParameters, Outputs, forward, lay_out, reader, together
from sweep.kernel.optimizer import LAST_SCALE, NUMBERS, SCALE, Optimizer, is_plain
from sweep.kernel.rows import Data, DataRows, TableRows
from sweep.kernel.vector import Vector
from sweep.recipe import Recipe
from sweep.recipe.choices import FULL
from sweep.recipe.problem import is_truth_table

Take: TypeAlias = Callable[[Whole, Vector], None]
"""What is done with the gradient of the parameter at a place."""


class Run(NamedTuple):
    """What an epoch works on.

    Attributes:
        parameters: as `lay_out` reads them.
        state: the optimiser's.
        scores: `score.SCORES` vectors, which must begin as 0, 1, 0 and infinity.
        numbers: NUMBERS and the scales.
        data: the problem.
        epoch: number of epochs before this one.
        step: the learning rate.
    """

    parameters: Memory
    state: Memory
    scores: Memory
    numbers: Numbers
    data: Data
    epoch: Vector
    step: Vector


def is_at_once(recipe: Recipe) -> bool:
    """Whether all rows are learned from side by side: the truth tables, unless in batches."""
    return is_truth_table(recipe.problem) and recipe.batch_size == FULL


def emit_epoch(emitter: Emitter, recipe: Recipe, run: Run) -> None:
    """Score the outputs before update number `epoch`, and update the parameters.

    Args:
        emitter: of the code.
        recipe: what to train.
        run: what it works on.
    """
    optimizer = Optimizer(recipe, run.parameters, run.state, run.numbers, run.step)
    layers = lay_out(recipe, run.parameters)
    if not is_at_once(recipe):
        own = score.begin(run.scores, run.epoch)
        _learn_in_batches(emitter, recipe, run, layers, optimizer, own)
        score.end(recipe, run.scores, run.epoch, run.numbers[NUMBERS.index("solved_below")])
        return
    optimizer.begin_update()
    factor = _factor(recipe, run, run.numbers[SCALE])
    rows = TableRows(recipe.problem)
    if not score.needs_own_score(recipe):
        _learn(emitter, recipe, layers, rows, factor, run.scores, optimizer.take, run.epoch)
        return
    own = score.begin(run.scores, run.epoch)
    _learn(emitter, recipe, layers, rows, factor, own, optimizer.take)
    score.end(recipe, run.scores, run.epoch, run.numbers[NUMBERS.index("solved_below")])


def _factor(recipe: Recipe, run: Run, scale: Vector) -> Vector:
    """What the derivatives of the rows' losses are multiplied with."""
    return run.step * scale if is_plain(recipe) else scale


def _learn_in_batches(
    emitter: Emitter,
    recipe: Recipe,
    run: Run,
    layers: list[LayerParameters],
    optimizer: Optimizer,
    own: Memory,
) -> None:
    """Gradients are summed up over a batch's rows, a few at a time; then every parameter takes its step."""
    gradients = emitter.memory(recipe.n_parameters)
    size = recipe.batch_size or recipe.rows

    def add(place: Whole, gradient: Vector) -> None:
        gradients[place] = gradients[place] + gradient

    for start in emitter.run(0, recipe.rows, size):
        stop, scale = _batch(recipe, run.numbers, start, size)
        factor = _factor(recipe, run, scale)
        for place in emitter.run(0, recipe.n_parameters):
            gradients[place] = factor.like(0.0)
        few = min(emitter.few, size)
        parts = [(start, stop, few)]
        if size % few or recipe.rows % size % few:
            whole_few = start + (stop + start * -1).rounded_down(few)
            parts = [(start, whole_few, few), (whole_few, stop, 1)]
        for first_of, last_of, n in parts:
            for first in emitter.run(first_of, last_of, n):
                rows = DataRows(emitter, run.data, (recipe.widths[0], recipe.widths[-1]), first, n)
                _learn(emitter, recipe, layers, rows, factor, own, add)
        optimizer.begin_update()
        for place in emitter.run(0, recipe.n_parameters):
            optimizer.take(place, gradients[place])


def _batch(recipe: Recipe, numbers: Numbers, start: Index, size: int) -> tuple[Index, Vector]:
    """Where a batch ends, and the scale of its derivatives."""
    builder, end = start.builder, start + size
    if recipe.rows % size == 0:
        return end, numbers[SCALE]
    is_last = builder.icmp_signed(">", end.value, whole(recipe.rows))
    stop = builder.select(is_last, whole(recipe.rows), end.value)
    return Index(builder, stop), numbers[Index(builder, builder.select(is_last, whole(LAST_SCALE), whole(SCALE)))]


def _learn(
    emitter: Emitter,
    recipe: Recipe,
    layers: list[LayerParameters],
    rows: TableRows | DataRows,
    factor: Vector,
    scores: Memory,
    take: Take,
    epoch: Vector | None = None,
) -> None:
    """Score some rows (`score.score_rows`) and hand on the gradient of every parameter that is their sum's."""
    outputs = forward(emitter, layers, rows)
    slopes = score.score_rows(recipe, outputs[-1].values, rows, scores, epoch)
    above = emitter.array(recipe.widths[-1] * rows.n)
    for k, of_output in enumerate(slopes):
        for row, slope in enumerate(of_output):
            above[k * rows.n + row] = factor * slope
    for number in range(len(layers) - 1, 0, -1):
        layer, below = layers[number], outputs[number - 1]
        if recipe.update_order == "output_first":
            _update(emitter, layer, reader(rows, outputs[:number]), above, rows.n, take)
            above = _backpropagate(emitter, recipe, layer, below, above, rows.n)
        else:
            deltas, above = above, _backpropagate(emitter, recipe, layer, below, above, rows.n)
            _update(emitter, layer, reader(rows, outputs[:number]), deltas, rows.n, take)
    if isinstance(rows, TableRows):
        _update_first(emitter, layers[0], above, rows.n, take)
    else:
        _update(emitter, layers[0], rows.input, above, rows.n, take)


def _backpropagate(
    emitter: Emitter, recipe: Recipe, layer: LayerParameters, below: Outputs, deltas: Array, rows: int
) -> Array:
    """Deltas of the units below a layer (the factor times the derivative of the loss by a unit's weighted sum)."""
    passed, n = emitter.array(layer.fan_in * rows), together(emitter, rows)
    for i in emitter.loop(layer.fan_in):
        for group in emitter.loop(rows // n):
            some = [group * n + row for row in range(n)]

            def terms(j: Whole, i: Whole = i, some: list[Whole] = some) -> list[Vector]:
                weight = layer.weights[i * layer.fan_out + j]
                return [weight * deltas[j * rows + row] for row in some]

            for row, delta in zip(some, emitter.sums(layer.fan_out, terms, [None] * n), strict=True):
                here = i * rows + row
                passed[here] = through(recipe.activation, delta, below.values[here], below.slope(here))
    return passed


def _update(
    emitter: Emitter,
    layer: LayerParameters,
    below: Callable[[Whole, Whole], Vector],
    deltas: Array,
    rows: int,
    take: Take,
) -> None:
    for j in emitter.loop(layer.fan_out):

        def delta(row: Whole, j: Whole = j) -> Vector:
            return deltas[j * rows + row]

        if rows <= emitter.few:  # read once for all weights
            delta = [delta(row) for row in range(rows)].__getitem__  # type: ignore[assignment]
        for i in emitter.loop(layer.fan_in):

            def term(row: Whole, i: Whole = i, delta: Callable[[Whole], Vector] = delta) -> Vector:
                return below(i, row) * delta(row)

            take(i * layer.fan_out + j + layer.first, emitter.sum(rows, term))
        if layer.biases:
            take(j + layer.first_bias, emitter.sum(rows, delta))


def _update_first(emitter: Emitter, layer: LayerParameters, deltas: Array, rows: int, take: Take) -> None:
    """The layer whose inputs are 0 or 1: a weight's gradient is the sum of the deltas of the rows whose input is 1.

    XOR's rows 00, 01, 10, 11 have the deltas a, b, c, d. The first input is 1 in the second half of the rows, so the
    gradient of its weight is c + d. Both halves are then joined to a + c, b + d, where the second input is 1 in the
    second half again: the gradient of its weight is b + d. Joined once more they make a + b + c + d, the bias's.
    """
    for j in emitter.loop(layer.fan_out):
        half = rows
        for i in range(layer.fan_in):
            half //= 2
            first, second = j * rows, j * rows + half

            def delta(row: Whole, second: Whole = second) -> Vector:
                return deltas[second + row]

            take(i * layer.fan_out + j + layer.first, emitter.sum(half, delta))
            for row in emitter.loop(half):
                deltas[first + row] = deltas[first + row] + deltas[second + row]
        if layer.biases:
            take(j + layer.first_bias, deltas[j * rows])
