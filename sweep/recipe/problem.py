"""The problems a network is trained on: truth tables with one output."""

from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

N_INPUTS = {"xor": 2, "parity2": 2, "parity3": 3, "parity4": 4, "parity5": 5}
"""Problem -> number of inputs. The parity of two bits is XOR."""


@cache
def truth_table(problem: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Inputs (rows, n_inputs), counting up in binary, and targets (rows,): 1 where an odd number of inputs is 1.

    Both hold 0.0 and 1.0 alone and cannot be written to.

    Raises:
        KeyError: there is no such problem.

    Examples:
        >>> inputs, targets = truth_table("xor")
        >>> inputs.tolist()
        [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
        >>> targets.tolist()
        [0.0, 1.0, 1.0, 0.0]
    """
    inputs = np.array(list(product((0.0, 1.0), repeat=N_INPUTS[problem])))
    targets = inputs.sum(axis=1) % 2
    inputs.flags.writeable = targets.flags.writeable = False
    return inputs, targets
