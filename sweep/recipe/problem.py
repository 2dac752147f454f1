"""The problems a network is trained on: truth tables by their names, and data sets by their numbers."""

import math
import re
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.recipe.data import is_known, known_data

Array = NDArray[np.float64]

PARITIES = {"xor": 2, "parity2": 2, "parity3": 3, "parity4": 4, "parity5": 5}
"""Problem -> number of inputs. The parity of two bits is XOR."""
MAX_TABLE_INPUTS = 6
ALLOWED = (
    f"one of {', '.join(PARITIES)}, table: and the outputs of a Boolean function of up to {MAX_TABLE_INPUTS} inputs, "
    "such as table:0110, or a CSV file"
)
_TABLE = re.compile("table:([01]+)")
_DATA = re.compile(r"data:([1-9]\d*)x([1-9]\d*)x([1-9]\d*):[0-9a-f]{32}")


class Shape(NamedTuple):
    """How many rows a problem has, of how many inputs and outputs."""

    rows: int
    inputs: int
    outputs: int


class Problem(NamedTuple):
    """What a network is trained on; neither array can be written to.

    Attributes:
        inputs: (rows, n_inputs).
        targets: (rows, n_outputs).
    """

    inputs: Array
    targets: Array


def is_truth_table(problem: str) -> bool:
    """Whether the problem's rows are all combinations of inputs 0 and 1, counting up in binary."""
    return not problem.startswith("data:")


def is_at_hand(problem: str) -> bool:
    """Whether the rows of a problem are known in this process."""
    return is_truth_table(problem) or is_known(problem)


@cache
def shape_of(problem: str) -> Shape:
    """The shape of a problem, which its name tells: no data set need be at hand.

    Raises:
        UsageError: there is no such problem.

    Examples:
        >>> shape_of("table:0110")
        Shape(rows=4, inputs=2, outputs=1)
        >>> shape_of("data:150x4x3:" + 32 * "0").inputs
        4
    """
    if problem in PARITIES:
        return Shape(2 ** PARITIES[problem], PARITIES[problem], 1)
    if data := _DATA.fullmatch(problem):
        return Shape(*map(int, data.groups()))
    if (table := _TABLE.fullmatch(problem)) and len(table[1]) in {2**n for n in range(1, MAX_TABLE_INPUTS + 1)}:
        return Shape(len(table[1]), int(math.log2(len(table[1]))), 1)
    raise UsageError(f"problem was given as {problem!r}; allowed is {ALLOWED}")


@lru_cache(maxsize=8)
def find_problem(problem: str, inputs: str = "raw") -> Problem:
    """The rows of a problem.

    Args:
        problem: its name; a truth table's inputs count up in binary, and its targets are 1 where an odd number of
            inputs is 1, or as the name lists them.
        inputs: "raw", or "standardized": every input less its mean, divided by its standard deviation over the rows.

    Raises:
        UsageError: there is no such problem, its data set is not at hand, or an input that is to be standardized is the
            same in every row.

    Examples:
        >>> find_problem("xor").inputs.tolist()
        [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
        >>> find_problem("xor").targets.tolist() == find_problem("table:0110").targets.tolist()
        True
    """
    shape = shape_of(problem)
    if not is_truth_table(problem):
        data = known_data(problem)
        x, targets = data.inputs, data.targets
        if inputs == "standardized":
            x = _standardize(x, data.input_names)
    else:
        x = np.array(list(product((0.0, 1.0), repeat=shape.inputs)))
        listed = problem.partition(":")[2]
        outputs = [float(bit) for bit in listed] if listed else x.sum(axis=1) % 2
        targets = np.array(outputs, float)[:, np.newaxis]
    x.flags.writeable = targets.flags.writeable = False
    return Problem(x, targets)


def _standardize(x: Array, names: tuple[str, ...]) -> Array:
    # Exact sums: the numbers that are trained on are the same on every machine.
    columns = []
    for name, column in zip(names, x.T, strict=True):
        mean = math.fsum(column) / len(column)
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in column.tolist()) / len(column))
        if not deviation > 0:
            raise UsageError(
                f"input {name!r} is the same in every row, so it has no deviation to be divided by; leave the column "
                "out of the file, or set inputs=raw"
            )
        columns.append((column - mean) / deviation)
    return np.ascontiguousarray(np.column_stack(columns))
