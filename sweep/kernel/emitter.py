"""What compiled code is made of besides vectors: memory, and loops, which are written out where the whole is small."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from llvmlite import ir

from sweep.kernel.vector import Builder, Vector, repeat

_WHOLE = ir.IntType(64)
FEW = 2
"""Rows of a data set that are learned from side by side, and turns up to which loops are then written out. With 4, code
takes three times as long to compile and runs no faster."""


@dataclass(frozen=True)
class Index:
    """A whole number that is known only when the code runs."""

    builder: Builder
    value: Any

    def __add__(self, other: "Index | int") -> "Index":
        return Index(self.builder, self.builder.add(self.value, whole(other)))

    def __mul__(self, other: "Index | int") -> "Index":
        return Index(self.builder, self.builder.mul(self.value, whole(other)))

    def rounded_down(self, to: int) -> "Index":
        """The greatest multiple of `to` that is not greater."""
        whole_number = self.builder.udiv(self.value, whole(to))
        return Index(self.builder, self.builder.mul(whole_number, whole(to)))

    __radd__ = __add__
    __rmul__ = __mul__


Whole: TypeAlias = Index | int


def whole(number: Whole) -> Any:
    """The number as LLVM's value."""
    return number.value if isinstance(number, Index) else ir.Constant(_WHOLE, number)


class Memory:
    """Vectors one behind the other from an address on, or `stride` vectors apart; places are not checked.

    On a processor, memory begins a cache line. On a graphics card neighbouring threads have neighbouring numbers, so
    that what they read at once is together: the stride is their number.
    """

    def __init__(self, builder: Builder, address: Any, stride: Any = None) -> None:
        self.builder, self._stride = builder, stride
        self.address = builder.bitcast(address, builder.vector.as_pointer())

    def __getitem__(self, place: Whole) -> Vector:
        return Vector(self.builder, self.builder.load(self._at(place), align=self.builder.alignment))

    def __setitem__(self, place: Whole, x: Vector) -> None:
        self.builder.store(x.value, self._at(place), align=self.builder.alignment)

    def behind(self, place: int) -> "Memory":
        """The vectors from that place on."""
        return Memory(self.builder, self._at(place), self._stride)

    def _at(self, place: Whole) -> Any:
        number = whole(place)
        return self.builder.gep(
            self.address, [number if self._stride is None else self.builder.mul(number, self._stride)]
        )


class Numbers:
    """Single float64 numbers one behind the other, each read as a vector that repeats it."""

    def __init__(self, builder: Builder, address: Any) -> None:
        self.builder, self.address = builder, address

    def __getitem__(self, place: Whole) -> Vector:
        return repeat(self.builder, self.single(whole(place)))

    def single(self, place: Any) -> Any:
        """The number at a place that is LLVM's value."""
        return self.builder.load(self.builder.gep(self.address, [place]))


Array: TypeAlias = dict[Whole, Vector] | Memory


class Emitter:
    """Emits loops, and has room for what they compute.

    Written out, a loop runs in Python, while the code is emitted: its indices are ints, and arrays are dictionaries,
    whose vectors LLVM keeps in registers. Otherwise its indices are known when the code runs, unless it takes `few`
    turns or fewer, and arrays lie in the workspace.
    """

    def __init__(self, builder: Builder, workspace: Memory, written_out: bool, few: int = 1) -> None:
        self.builder, self.written_out, self.few = builder, written_out, few
        self._workspace, self.used = workspace, 0

    def array(self, n: int) -> Array:
        """Room for n vectors."""
        return {} if self.written_out else self.memory(n)

    def memory(self, n: int) -> Memory:
        """Room for n vectors in the workspace."""
        self.used += n
        return self._workspace.behind(self.used - n)

    def loop(self, n: int) -> Iterator[Whole]:
        """The indices 0, ..., n - 1."""
        if self.written_out or n <= self.few:
            yield from range(n)
        else:
            yield from self.run(0, n)

    def run(self, start: Whole, stop: Whole, step: int = 1) -> Iterator[Index]:
        """The indices from start to below stop, always in a loop of the running code."""
        with self.builder.counting(whole(start), whole(stop), whole(step)) as index:
            yield Index(self.builder, index)

    def sum(self, n: int, term: Callable[[Whole], Vector], start: Vector | None = None) -> Vector:
        """The sum of `start` and term(0), ..., term(n - 1), in this order; n > 0."""
        return self.sums(n, lambda i: [term(i)], [start])[0]

    def sums(self, n: int, terms: Callable[[Whole], list[Vector]], starts: list[Vector | None]) -> list[Vector]:
        """Several sums at once, whose terms share what they read."""
        totals = [term if start is None else start + term for start, term in zip(starts, terms(0), strict=True)]
        if self.written_out or n <= self.few:
            rest = [terms(i) for i in range(1, n)]
            return [reduce(add, of_one, total) for total, *of_one in zip(totals, *rest, strict=True)]
        variables = [Memory(self.builder, self.builder.variable()) for _ in totals]
        for variable, total in zip(variables, totals, strict=True):
            variable[0] = total
        for i in self.loop(n - 1):
            for variable, term in zip(variables, terms(i + 1), strict=True):
                variable[0] = variable[0] + term
        return [variable[0] for variable in variables]
