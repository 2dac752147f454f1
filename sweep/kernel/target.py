"""What a batch is trained on: each target compiles the same emitted training, and says how many lie side by side.

A target is a module with the functions of `Target`: `compiler.py` for the processor, `card.py` for a graphics card.
"""

import math
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import Recipe

Array: TypeAlias = NDArray[np.float64]

DEVICES = ("cpu", "gpu")


class Batches(NamedTuple):
    """What is trained: batches of networks side by side, in arrays that begin on cache lines, with what all share.

    Attributes:
        first: number of epochs before.
        steps: learning rate of every epoch (epochs,).
        numbers: `sweep.kernel.optimizer.NUMBERS` of the recipe and the scales.
        inputs: of the problem (rows, n_inputs).
        targets: (rows, n_outputs).
        keys: of the shuffles (batches, lanes).
        parameters: (batches, n_parameters, lanes); become the trained ones.
        state: what the optimiser keeps (batches, numbers, lanes).
        scores: (batches, SCORES, lanes), as `sweep.kernel.score` has them.
        outputs: (batches, rows * n_outputs, lanes); become the outputs of the trained networks.
    """

    first: int
    steps: Array
    numbers: Array
    inputs: Array
    targets: Array
    keys: NDArray[np.uint64]
    parameters: Array
    state: Array
    scores: Array
    outputs: Array


class Target(Protocol):
    """What a target's module has."""

    def lanes(self, n: int) -> int:
        """Networks side by side in a batch, where n are to be trained."""

    def most_networks(self, recipe: Recipe) -> int:
        """Networks that may be handed in at once, which bounds the memory that they take."""

    def train_batches(self, recipe: Recipe, given: Batches) -> None:
        """Train the networks in place."""


def find_target(device: str) -> Target:
    """The target of a name in DEVICES."""
    if device == "gpu":
        from sweep.kernel import card

        return card
    from sweep.kernel import compiler

    return compiler


def aligned(*shape: int) -> Array:
    """Zeros that begin on a cache line: a register's load that crosses two lines costs twice the time."""
    memory = np.zeros(math.prod(shape) + 7)
    first = -memory.ctypes.data % 64 // 8
    return memory[first : first + math.prod(shape)].reshape(shape)
