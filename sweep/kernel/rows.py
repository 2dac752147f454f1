"""The rows of a problem as the kernel reads them: written down in the code, or read from memory."""

from typing import Any, NamedTuple

from sweep.kernel.emitter import Array, Emitter, Numbers, Whole, whole
from sweep.kernel.vector import Builder, Vector, gather
from sweep.recipe.problem import find_problem


class TableRows:
    """All rows of a truth table, which are known while the code is emitted."""

    def __init__(self, problem: str) -> None:
        self._targets = find_problem(problem).targets
        self.n = len(self._targets)

    def target(self, k: int, row: int) -> float:
        """Target k of a row."""
        return float(self._targets[row, k])


class Order:
    """Which row comes when, for each lane its own: whole numbers (rows, lanes) in memory, `stride` as in Memory."""

    def __init__(self, builder: Builder, address: Any, stride: Any = None) -> None:
        self.builder, self.address, self._stride = builder, address, whole(1) if stride is None else stride

    def lanes(self, place: Whole) -> list[Any]:
        """The rows at that place, LLVM's value for every lane."""
        return [self.builder.load(self.at(place, lane)) for lane in range(self.builder.lanes)]

    def at(self, place: Whole, lane: Whole) -> Any:
        """The address of a lane's row."""
        first = self.builder.mul(self.builder.mul(whole(place), self._stride), whole(self.builder.lanes))
        return self.builder.gep(self.address, [self.builder.add(first, whole(lane))])


class Data(NamedTuple):
    """A problem in memory.

    Attributes:
        inputs: (rows, n_inputs).
        targets: (rows, n_outputs).
        order: of the rows; None where every lane has them in their own order.
    """

    inputs: Numbers
    targets: Numbers
    order: Order | None


class DataRows:
    """n rows of a problem in memory, from a first one on."""

    def __init__(self, emitter: Emitter, data: Data, widths: tuple[int, int], first: Whole, n: int) -> None:
        self.n, (self._n_inputs, self._n_outputs) = n, widths
        self._data, self._first = data, first
        self._read: Array | None = None
        if data.order is not None:
            self._lanes = [data.order.lanes(first + row) for row in range(n)]
            self._read = emitter.array(n * self._n_inputs)
            for row in range(n):
                for i in emitter.loop(self._n_inputs):
                    self._read[i * n + row] = self._gather(data.inputs, row, i, self._n_inputs)

    def input(self, i: Whole, row: Whole) -> Vector:
        """Input i of a row."""
        if self._read is not None:
            return self._read[i * self.n + row]
        return self._data.inputs[(self._first + row) * self._n_inputs + i]

    def target(self, k: int, row: int) -> Vector:
        """Target k of a row, in every lane."""
        if self._read is not None:
            return self._gather(self._data.targets, row, k, self._n_outputs)
        return self._data.targets[(self._first + row) * self._n_outputs + k]

    def _gather(self, numbers: Numbers, row: int, column: Whole, width: int) -> Vector:
        builder = numbers.builder
        places = [builder.add(builder.mul(number, whole(width)), whole(column)) for number in self._lanes[row]]
        return gather(builder, [numbers.single(place) for place in places])
