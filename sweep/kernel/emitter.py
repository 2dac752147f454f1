"""What compiled code is made of besides vectors: memory, and loops, which are written out where the whole is small."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils

from sweep.kernel.vector import VECTOR, Vector

_WHOLE = ir.IntType(64)


@dataclass(frozen=True)
class Index:
    """A whole number that is known only when the code runs."""

    builder: Any
    value: Any

    def __add__(self, other: "Index | int") -> "Index":
        return Index(self.builder, self.builder.add(self.value, _whole(other)))

    def __mul__(self, other: "Index | int") -> "Index":
        return Index(self.builder, self.builder.mul(self.value, _whole(other)))

    __radd__ = __add__
    __rmul__ = __mul__


Whole: TypeAlias = Index | int


def _whole(number: Whole) -> Any:
    return number.value if isinstance(number, Index) else ir.Constant(_WHOLE, number)


class Memory:
    """Vectors one behind the other from an address on, which begins a cache line; places are not checked."""

    def __init__(self, builder: Any, address: Any) -> None:
        self.builder = builder
        self.address = builder.bitcast(address, VECTOR.as_pointer())

    def __getitem__(self, place: Whole) -> Vector:
        return Vector(self.builder, self.builder.load(self._at(place), align=64))

    def __setitem__(self, place: Whole, x: Vector) -> None:
        self.builder.store(x.value, self._at(place), align=64)

    def behind(self, place: int) -> "Memory":
        """The vectors from that place on."""
        return Memory(self.builder, self._at(place))

    def _at(self, place: Whole) -> Any:
        return self.builder.gep(self.address, [_whole(place)])


Array: TypeAlias = dict[Whole, Vector] | Memory


class Emitter:
    """Emits loops, and has room for what they compute.

    Written out, a loop runs in Python, while the code is emitted: its indices are ints, and arrays are dictionaries,
    whose vectors LLVM keeps in registers. Otherwise its indices are known when the code runs, and arrays lie in the
    workspace.
    """

    def __init__(self, builder: Any, workspace: Memory, written_out: bool) -> None:
        self.builder, self.written_out = builder, written_out
        self._workspace, self.used = workspace, 0

    def array(self, n: int) -> Array:
        """Room for n vectors."""
        if self.written_out:
            return {}
        self.used += n
        return self._workspace.behind(self.used - n)

    def loop(self, n: int) -> Iterator[Whole]:
        """The indices 0, ..., n - 1."""
        if self.written_out or n == 1:
            yield from range(n)
        else:
            with cgutils.for_range(self.builder, ir.Constant(_WHOLE, n)) as loop:
                yield Index(self.builder, loop.index)

    def sum(self, n: int, term: Callable[[Whole], Vector], start: Vector | None = None) -> Vector:
        """The sum of `start` and term(0), ..., term(n - 1), in this order; n > 0."""
        total = term(0) if start is None else start + term(0)
        if self.written_out:
            return reduce(add, map(term, range(1, n)), total)
        variable = Memory(self.builder, cgutils.alloca_once(self.builder, VECTOR))
        variable[0] = total
        for i in self.loop(n - 1):
            variable[0] = variable[0] + term(i + 1)
        return variable[0]
