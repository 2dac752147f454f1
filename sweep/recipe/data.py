"""DataSet: the rows of numbers that networks are trained on, known by their digest wherever they came from."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError

MAX_ROWS, MAX_INPUTS, MAX_OUTPUTS = 4096, 64, 64

_known: dict[str, "DataSet"] = {}


@dataclass(frozen=True, eq=False)
class DataSet:
    """A table of numbers.

    Attributes:
        name: as it is shown; no part of what identifies it.
        input_names: (n_inputs,).
        output_names: (n_outputs,), the names of the target columns, or of the classes.
        inputs: (rows, n_inputs), as they were given.
        targets: (rows, n_outputs); of classes, 1 for the row's own and 0 for every other.

    Examples:
        >>> xor = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0.0]])
        >>> DataSet("xor.csv", ("a", "b"), ("y",), xor[:, :2], xor[:, 2:]).problem
        'data:4x2x1:1483b873b44320c45d1e52ed9035a1c7'
    """

    name: str
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]

    @cached_property
    def problem(self) -> str:
        """The data set as a recipe's `problem`: its shape, and the first 32 hexadecimal digits of SHA-256 of its
        numbers."""
        shape = f"{len(self.inputs)}x{self.inputs.shape[1]}x{self.targets.shape[1]}"
        # + 0.0 makes one zero of both; little-endian float64, row by row.
        numbers = b"".join(np.ascontiguousarray(part + 0.0, "<f8").tobytes() for part in (self.inputs, self.targets))
        return f"data:{shape}:{hashlib.sha256(shape.encode() + b':' + numbers).hexdigest()[:32]}"


def remember_data(data: DataSet) -> str:
    """Have a data set at hand in this process, for everything that trains; return its `problem`."""
    return _known.setdefault(data.problem, data).problem


def is_known(problem: str) -> bool:
    """Whether the data set that a recipe's `problem` names is at hand."""
    return problem in _known


def known_data(problem: str) -> DataSet:
    """The data set that a recipe's `problem` names.

    Raises:
        UsageError: it is not at hand.
    """
    if problem not in _known:
        raise UsageError(
            f"the data set {problem} is not at hand: it is in the stores of the runs that used it (--store URL), and "
            "where its CSV file is given as problem"
        )
    return _known[problem]


def check_targets(data: DataSet, output: str) -> None:
    """Make sure that the targets are of the kind that an output learns, as those of a CSV file read for it are.

    Raises:
        UsageError: they are not.
    """
    zero_or_one = bool(((data.targets == 0) | (data.targets == 1)).all())
    if output == "sigmoid" and not zero_or_one:
        raise UsageError(
            f"the targets of {data.name} ({data.problem}) are not all 0 or 1; use output=identity, loss=mse"
        )
    if output == "softmax" and not (zero_or_one and (data.targets.sum(axis=1) == 1).all()):
        raise UsageError(
            f"the targets of {data.name} ({data.problem}) are no classes, of which each row has one; use another output"
        )


def data_name(problem: str) -> str:
    """The name of the data set that a recipe's `problem` names, as far as it is at hand; else its shape and digest."""
    return _known[problem].name if problem in _known else problem
