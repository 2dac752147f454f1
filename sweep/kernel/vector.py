"""Vectors of float64 numbers, one network a lane, with which compiled code is written down as Python.

The kernel runs once, in Python, when it is compiled: what it does with a `Vector` becomes machine code, what it does
with Python's own numbers is done by then. How many lanes a vector has is the target's to say (`Builder`): LLVM splits
one over as many registers as the processor has, so that AVX-512, AVX2 and Arm run from the same source, and a vector of
one lane is a plain number. Every lane does the same arithmetic, so a network's result cannot depend on which lane it is
in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from llvmlite import ir

_FUSE = ("contract",)
_EXPONENT = 52
"""Where the exponent's bits begin."""
_WHOLE = ir.IntType(64)
CACHE_LINE = 64


class Builder(ir.IRBuilder):  # type: ignore[misc]  # llvmlite has no types
    """Writes the instructions of code that trains `lanes` networks side by side, behind those of a block.

    Attributes:
        lanes: networks side by side.
    """

    def __init__(self, block: Any, lanes: int) -> None:
        super().__init__(block)
        self.lanes = lanes
        self.alignment = min(8 * lanes, CACHE_LINE)

    @property
    def vector(self) -> Any:
        """LLVM's type of a vector."""
        return _wide(ir.DoubleType(), self.lanes)

    @contextmanager
    def counting(self, start: Any, stop: Any, step: Any) -> Iterator[Any]:
        """A loop of the running code; the index is LLVM's value, as are where it starts, stops before and its steps."""
        condition, body, end = (self.append_basic_block(f"for.{name}") for name in ("cond", "body", "end"))
        before = self.block
        self.branch(condition)
        with self.goto_block(condition):
            index = self.phi(_WHOLE, name="loop.index")
            self.cbranch(self.icmp_signed("<", index, stop), body, end)
        with self.goto_block(body):
            yield index
            last, following = self.block, self.add(index, step)
            self.branch(condition)
        index.add_incoming(start, before)
        index.add_incoming(following, last)
        self.position_at_end(end)

    def variable(self) -> Any:
        """The address of a vector, zeros at first, that is the function's own."""
        with self.goto_entry_block():
            address = self.alloca(self.vector)
            self.store(ir.Constant(self.vector, None), address)
        return address


def _wide(kind: Any, lanes: int) -> Any:
    return ir.VectorType(kind, lanes) if lanes > 1 else kind


def _repeated(kind: Any, number: float) -> Any:
    return ir.Constant(kind, number)  # of a vector, every lane


@dataclass(frozen=True)
class Vector:
    """A float64 number of every lane, of the code that is being written."""

    builder: Any
    value: Any

    def __add__(self, other: "Vector | float") -> "Vector":
        return self._do("fadd", other, flags=_FUSE)

    def __sub__(self, other: "Vector | float") -> "Vector":
        return self._do("fsub", other, flags=_FUSE)

    def __mul__(self, other: "Vector | float") -> "Vector":
        return self._do("fmul", other, flags=_FUSE)

    def __truediv__(self, other: "Vector | float") -> "Vector":
        return self._do("fdiv", other)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> "Vector":
        return self.like(other) - self

    def __rtruediv__(self, other: float) -> "Vector":
        return self.like(other) / self

    def like(self, number: "Vector | float") -> "Vector":
        """A number as a vector, repeated if it is a plain one."""
        return number if isinstance(number, Vector) else Vector(self.builder, _repeated(self.value.type, number))

    def _do(self, operation: str, other: "Vector | float", **options: Any) -> "Vector":
        return Vector(self.builder, getattr(self.builder, operation)(self.value, self.like(other).value, **options))


Number: TypeAlias = Vector | float


def repeat(builder: Builder, number: Any) -> Vector:
    """A float64 number that is known only when the code runs, in every lane."""
    if builder.lanes == 1:
        return Vector(builder, number)
    nothing = ir.Constant(builder.vector, ir.Undefined)
    single = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    first = _repeated(_wide(ir.IntType(32), builder.lanes), 0)
    return Vector(builder, builder.shuffle_vector(single, nothing, first))


def gather(builder: Builder, numbers: list[Any]) -> Vector:
    """A float64 number of its own for every lane."""
    if builder.lanes == 1:
        return Vector(builder, numbers[0])
    vector = ir.Constant(builder.vector, ir.Undefined)
    for lane, number in enumerate(numbers):
        vector = builder.insert_element(vector, number, ir.Constant(ir.IntType(32), lane))
    return Vector(builder, vector)


def select_less(a: Number, b: Number, if_less: Number, otherwise: Number) -> Vector:
    """Lane by lane: if_less where a < b, otherwise where not (so also where either is NaN); one must be a vector."""
    one = next(x for x in (a, b, if_less, otherwise) if isinstance(x, Vector))
    a, b, if_less, otherwise = (one.like(x) for x in (a, b, if_less, otherwise))
    less = one.builder.fcmp_ordered("<", a.value, b.value)
    return Vector(one.builder, one.builder.select(less, if_less.value, otherwise.value))


def at_least(low: float, x: Vector) -> Vector:
    """The greater of both; NaN stays NaN."""
    return select_less(x, low, low, x)


def at_most(high: float, x: Vector) -> Vector:
    """The lesser of both; NaN stays NaN."""
    return select_less(high, x, high, x)


def greater(x: Vector, y: Vector) -> Vector:
    """The greater of both; x where y is NaN."""
    return select_less(x, y, y, x)


def square_root(x: Vector) -> Vector:
    """The square root, correctly rounded."""
    vector = x.value.type
    width = f"v{vector.count}" if isinstance(vector, ir.VectorType) else ""
    name, kind = f"llvm.sqrt.{width}f64", ir.FunctionType(vector, [vector])
    function = x.builder.module.globals.get(name) or ir.Function(x.builder.module, kind, name)
    return Vector(x.builder, x.builder.call(function, [x.value]))


def times_power_of_two(x: Vector, exponent: Vector) -> Vector:
    """x * 2**k lane by lane, for `exponent` = k + 1.5 * 2**52, whose lowest bits then hold k; x and result normal."""
    builder, bits = x.builder, _bits_of(x)
    shift = builder.shl(builder.bitcast(exponent.value, bits), _repeated(bits, _EXPONENT))
    return Vector(builder, builder.bitcast(builder.add(builder.bitcast(x.value, bits), shift), x.value.type))


def split(x: Vector) -> tuple[Vector, Vector]:
    """Significand (from 1, below 2) and k of positive normal numbers: x = significand * 2**k exactly."""
    builder, kind = x.builder, _bits_of(x)
    bits = builder.bitcast(x.value, kind)
    own = builder.and_(bits, _repeated(kind, 2**_EXPONENT - 1))
    significand = builder.or_(own, _repeated(kind, 1023 << _EXPONENT))
    # The lowest bits of 2**52 count in ones: a conversion that every processor has.
    shifted = builder.lshr(bits, _repeated(kind, _EXPONENT))
    biased = builder.or_(shifted, _repeated(kind, (1023 + _EXPONENT) << _EXPONENT))
    exponent = Vector(builder, builder.bitcast(biased, x.value.type)) - (2.0**_EXPONENT + 1023)
    return Vector(builder, builder.bitcast(significand, x.value.type)), exponent


def _bits_of(x: Vector) -> Any:
    """The type of a vector's bits."""
    return _wide(_WHOLE, x.builder.lanes)
