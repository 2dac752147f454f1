"""Vectors of LANES float64 numbers, one network a lane, with which compiled code is written down as Python.

The kernel runs once, in Python, when it is compiled: what it does with a `Vector` becomes machine code, what it does
with Python's own numbers is done by then. LLVM splits a vector over as many registers as the processor has: AVX-512,
AVX2 and Arm run from the same source. Every lane does the same arithmetic, so a network's result cannot depend on
which lane it is in.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from llvmlite import ir

LANES = 16
"""Several registers wide on purpose: independent operations in flight hide each other's latency."""

VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_BITS = ir.VectorType(ir.IntType(64), LANES)
_FUSE = ("contract",)
_EXPONENT = 52
"""Where the exponent's bits begin."""


@dataclass(frozen=True)
class Vector:
    """LANES float64 numbers of the code that is being written."""

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
        return number if isinstance(number, Vector) else Vector(self.builder, ir.Constant(VECTOR, [number] * LANES))

    def _do(self, operation: str, other: "Vector | float", **options: Any) -> "Vector":
        return Vector(self.builder, getattr(self.builder, operation)(self.value, self.like(other).value, **options))


Number: TypeAlias = Vector | float


def repeat(builder: Any, number: Any) -> Vector:
    """LANES times a float64 number that is known only when the code runs."""
    nothing = ir.Constant(VECTOR, ir.Undefined)
    single = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    first = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return Vector(builder, builder.shuffle_vector(single, nothing, first))


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
    name, kind = f"llvm.sqrt.v{LANES}f64", ir.FunctionType(VECTOR, [VECTOR])
    function = x.builder.module.globals.get(name) or ir.Function(x.builder.module, kind, name)
    return Vector(x.builder, x.builder.call(function, [x.value]))


def times_power_of_two(x: Vector, exponent: Vector) -> Vector:
    """x * 2**k lane by lane, for `exponent` = k + 1.5 * 2**52, whose lowest bits then hold k; x and result normal."""
    builder = x.builder
    shift = builder.shl(builder.bitcast(exponent.value, _BITS), _bits(_EXPONENT))
    return Vector(builder, builder.bitcast(builder.add(builder.bitcast(x.value, _BITS), shift), VECTOR))


def split(x: Vector) -> tuple[Vector, Vector]:
    """Significand (from 1, below 2) and k of positive normal numbers: x = significand * 2**k exactly."""
    builder = x.builder
    bits = builder.bitcast(x.value, _BITS)
    significand = builder.or_(builder.and_(bits, _bits(2**_EXPONENT - 1)), _bits(1023 << _EXPONENT))
    # The lowest bits of 2**52 count in ones: a conversion that every processor has.
    biased = builder.or_(builder.lshr(bits, _bits(_EXPONENT)), _bits((1023 + _EXPONENT) << _EXPONENT))
    exponent = Vector(builder, builder.bitcast(biased, VECTOR)) - (2.0**_EXPONENT + 1023)
    return Vector(builder, builder.bitcast(significand, VECTOR)), exponent


def _bits(pattern: int) -> Any:
    return ir.Constant(_BITS, [pattern] * LANES)
