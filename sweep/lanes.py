"""The compiled part of the kernel: trains LANES networks of any recipe side by side.

The mathematics is that of `sweep.reference`, which is written to be read. A `Vector` holds one number of LANES
networks each, so the code below reads as if it trained one. Arrays are (number, LANES):

    parameters  layer by layer the weights (fan_in, fan_out) row by row, then the biases
    units       (unit, row of the truth table): the inputs, then the outputs of every unit
    deltas      laid out as units: learning rate times the derivative of the objective by a unit's weighted sum
    scores      the rows TOTAL, PRODUCT and SOLVED_EPOCH
"""

import hashlib
import math
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sweep.recipe import ACTIVATIONS, CLIP, LEAK
from sweep.sigmoid import sigmoid
from sweep.simd import LANES, Function, inline, load, repeat, select_less, store

Array: TypeAlias = NDArray[np.float64]
Layout: TypeAlias = NDArray[np.int64]

SIGMOID, TANH, RELU, LEAKY_RELU, IDENTITY = range(len(ACTIVATIONS))
TOTAL, PRODUCT, SOLVED_EPOCH = range(3)

# Probabilities are CLIP = 1e-15 or above, so 16 of them multiply to 1e-240 or above.
FACTORS_PER_LOG = 16

# Numba's cache on disk looks at the file of the function alone; this number makes it see the others too.
SOURCES = int.from_bytes(
    hashlib.sha256(
        b"".join(
            Path(__file__).with_name(name).read_bytes() for name in ("lanes.py", "sigmoid.py", "simd.py", "recipe.py")
        )
    ).digest()[:7]
)


def compile_cached(function: Function) -> Function:
    """Compile with Numba, keeping the machine code on disk, or doing without where no folder for it can be written."""
    try:
        return cast(Function, njit(nogil=True, cache=True)(function))
    except RuntimeError:  # Numba's "no locator available": neither this folder nor the user's cache can be written.
        return cast(Function, njit(nogil=True)(function))


@inline
def _layer(layers: Layout, number: int) -> tuple[int, int, int, int, int, int]:
    """fan_in, fan_out, and where the weights, the biases (-1: none), the inputs and the outputs begin."""
    row = layers[number]
    return row[0], row[1], row[2], row[3], row[4], row[5]


@inline
def _forward(layers: Layout, number: int, activation: int, parameters: Array, units: Array, rows: int) -> None:
    """Outputs of one layer's units for every row, two rows at a time."""
    fan_in, fan_out, weights, biases, below, above = _layer(layers, number)
    for j in range(fan_out):
        for row in range(rows):
            z = load(parameters, biases + j) if biases >= 0 else repeat(0.0)
            for i in range(fan_in):
                z = z + load(parameters, weights + i * fan_out + j) * load(units, (below + i) * rows + row)
            if activation == SIGMOID:
                z = sigmoid(z)
            elif activation == TANH:
                z = 2.0 * sigmoid(2.0 * z) - 1.0
            elif activation == RELU:
                z = select_less(z, 0.0, 0.0, z)
            elif activation == LEAKY_RELU:
                z = select_less(z, 0.0, LEAK * z, z)
            store(units, (above + j) * rows + row, z)


@inline
def _update(layers: Layout, number: int, parameters: Array, units: Array, deltas: Array, rows: int) -> None:
    """One step of gradient descent of one layer; the deltas carry the learning rate."""
    fan_in, fan_out, weights, biases, below, above = _layer(layers, number)
    for j in range(fan_out):
        delta = (above + j) * rows
        for i in range(fan_in):
            unit = (below + i) * rows
            gradient = load(units, unit) * load(deltas, delta)
            for row in range(1, rows):
                gradient = gradient + load(units, unit + row) * load(deltas, delta + row)
            weight = weights + i * fan_out + j
            store(parameters, weight, load(parameters, weight) - gradient)
        if biases >= 0:
            gradient = load(deltas, delta)
            for row in range(1, rows):
                gradient = gradient + load(deltas, delta + row)
            store(parameters, biases + j, load(parameters, biases + j) - gradient)


@inline
def _backpropagate(
    layers: Layout, number: int, activation: int, parameters: Array, units: Array, deltas: Array, rows: int
) -> None:
    """Deltas of the units below one layer, from the deltas of its own and its present weights."""
    fan_in, fan_out, weights, _, below, above = _layer(layers, number)
    for i in range(fan_in):
        for row in range(rows):
            delta = load(parameters, weights + i * fan_out) * load(deltas, above * rows + row)
            for j in range(1, fan_out):
                delta = delta + load(parameters, weights + i * fan_out + j) * load(deltas, (above + j) * rows + row)
            here = (below + i) * rows + row
            unit = load(units, here)
            if activation == SIGMOID:
                delta = delta * (unit * (1.0 - unit))
            elif activation == TANH:
                delta = delta * (1.0 - unit * unit)
            elif activation == RELU:
                delta = select_less(0.0, unit, delta, 0.0 * unit)
            elif activation == LEAKY_RELU:
                delta = select_less(0.0, unit, delta, LEAK * delta)
            store(deltas, here, delta)


@inline
def _take_logs(scores: Array) -> None:
    """Move the product of probabilities into the total loss."""
    for lane in range(LANES):
        scores[TOTAL, lane] -= math.log(scores[PRODUCT, lane])
        scores[PRODUCT, lane] = 1.0


@inline
def _score(
    epoch: int, output: int, is_bce: bool, step: float, targets: Array, units: Array, deltas: Array, scores: Array
) -> None:
    """Score the outputs before update number `epoch`, and set the output unit's deltas.

    step is the learning rate times the gradient's scale. Binary cross-entropy multiplies the rows' probabilities of
    being right, to take one logarithm for FACTORS_PER_LOG of them.
    """
    rows = len(targets)
    wrong, squares, product = repeat(0.0), repeat(0.0), repeat(1.0)
    for row in range(rows):
        target = targets[row]
        y = load(units, output + row)
        wrong = wrong + select_less(0.0, (y - 0.5) * (2.0 * target - 1.0), 0.0, 1.0)
        error = y - target
        if is_bce:
            p = select_less(y, CLIP, CLIP, y)
            p = select_less(1.0 - CLIP, p, 1.0 - CLIP, p)
            product = product * (p if target > 0.5 else 1.0 - p)
            if (epoch * rows + row) % FACTORS_PER_LOG == FACTORS_PER_LOG - 1:
                store(scores, PRODUCT, load(scores, PRODUCT) * product)
                _take_logs(scores)
                product = repeat(1.0)
            store(deltas, output + row, step * error)
        else:
            squares = squares + error * error
            store(deltas, output + row, (2.0 * step) * error * (y * (1.0 - y)))
    store(scores, PRODUCT, load(scores, PRODUCT) * product)
    store(scores, TOTAL, load(scores, TOTAL) + squares)
    first = load(scores, SOLVED_EPOCH)
    store(scores, SOLVED_EPOCH, select_less(wrong, 0.5, select_less(epoch, first, epoch, first), first))


@compile_cached
def train_lanes(
    layers: Layout,
    activation: int,
    is_bce: bool,
    output_first: bool,
    steps: Array,
    targets: Array,
    parameters: Array,
    units: Array,
    deltas: Array,
    scores: Array,
    sources: int = SOURCES,
) -> None:
    """Train LANES networks, in place: the parameters become the trained ones, the last units their outputs.

    Args:
        layers: a row a layer, as `_layer` reads it.
        activation: index into ACTIVATIONS, of the hidden units.
        is_bce: whether the loss is binary cross-entropy; else the squared error.
        output_first: whether a layer is updated before the deltas below it are computed.
        steps: learning rate times gradient scale of every epoch (epochs,).
        targets: of the rows (rows,); an even number of rows.
        parameters, units, deltas, scores: as the module's first lines say; TOTAL must begin as 0, PRODUCT as 1,
            SOLVED_EPOCH as infinity. TOTAL becomes the sum over epochs and rows of the loss.
        sources: leave it out; it only names the machine code in the cache.
    """
    rows, last = len(targets), len(layers) - 1
    for epoch in range(len(steps) + 1):
        for number in range(last + 1):
            _forward(layers, number, activation if number < last else SIGMOID, parameters, units, rows)
        if epoch == len(steps):
            break
        _score(epoch, layers[last, 5] * rows, is_bce, steps[epoch], targets, units, deltas, scores)
        for number in range(last, -1, -1):
            if output_first:
                _update(layers, number, parameters, units, deltas, rows)
            if number > 0:
                _backpropagate(layers, number, activation, parameters, units, deltas, rows)
            if not output_first:
                _update(layers, number, parameters, units, deltas, rows)
    _take_logs(scores)
