"""Vectors of LANES float64 numbers as a Numba type, one network a lane.

LLVM vectorises Numba's loops by guesswork; here the vectors are written down, so that every recipe runs at the width
of the machine, every lane does the same arithmetic, and a network's result cannot depend on which lane it is in.
LLVM splits a vector over as many registers as the processor needs: AVX-512, AVX2 and Arm run from the same source.
"""

import operator
from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit
from numba.core import types
from numba.core.typeconv import Conversion
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_cast, models, register_model

LANES = 32
"""Several registers wide on purpose: independent operations in flight hide each other's latency."""

_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_BITS = ir.VectorType(ir.IntType(64), LANES)
_FUSE = ("contract",)


Function = TypeVar("Function", bound=Callable[..., Any])


def inline(function: Function) -> Function:
    """Compile into whichever compiled function calls it."""
    return cast(Function, njit(inline="always")(function))


class VectorType(types.Type):
    """Numba type of a vector of LANES float64 numbers; a plain number becomes one by being repeated."""

    def __init__(self) -> None:
        super().__init__(name=f"float64x{LANES}")

    def can_convert_from(self, typingctx: Any, other: Any) -> Any:
        """Allow numbers where a vector is expected."""
        return Conversion.safe if isinstance(other, (types.Float, types.Integer)) else None


vector = VectorType()


@register_model(VectorType)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _VECTOR)


@lower_cast(types.Float, VectorType)
@lower_cast(types.Integer, VectorType)
def _repeat(context: Any, builder: Any, source: Any, target: Any, value: Any) -> Any:
    number = context.cast(builder, value, source, types.float64)
    single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    first = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(single, ir.Constant(_VECTOR, ir.Undefined), first)


def _define_operator(operation: Any, emit: Any) -> None:
    @infer_global(operation)
    class _Typing(AbstractTemplate):  # type: ignore[misc]
        def generic(self, args: Any, kws: Any) -> Any:
            operands = all(isinstance(a, (VectorType, types.Float, types.Integer)) for a in args)
            if operands and any(isinstance(a, VectorType) for a in args):
                return signature(vector, *(vector for _ in args))
            return None

    @lower_builtin(operation, *(VectorType,) * (1 if operation is operator.neg else 2))
    def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, *args)


_define_operator(operator.add, lambda builder, a, b: builder.fadd(a, b, flags=_FUSE))
_define_operator(operator.sub, lambda builder, a, b: builder.fsub(a, b, flags=_FUSE))
_define_operator(operator.mul, lambda builder, a, b: builder.fmul(a, b, flags=_FUSE))
_define_operator(operator.truediv, lambda builder, a, b: builder.fdiv(a, b))
_define_operator(operator.neg, lambda builder, a: builder.fneg(a))


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    offset = builder.mul(index, ir.Constant(index.type, LANES))
    return builder.bitcast(builder.gep(data, [offset]), ir.PointerType(_VECTOR))


@intrinsic
def load(typingctx: Any, array: Any, index: Any) -> Any:
    """The vector array[index, :] of a C-contiguous float64 array (n, LANES); the index is not checked."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_address(context, builder, sig.args[0], *args), align=8)

    return vector(array, types.intp), emit


@intrinsic
def store(typingctx: Any, array: Any, index: Any, value: Any) -> Any:
    """array[index, :] = value, for a C-contiguous float64 array (n, LANES); the index is not checked."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _address(context, builder, sig.args[0], *args[:2]), align=8)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), emit


@intrinsic
def repeat(typingctx: Any, number: Any) -> Any:
    """A vector of LANES times one number."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return args[0]

    return vector(vector), emit


@intrinsic
def select_less(typingctx: Any, a: Any, b: Any, if_less: Any, otherwise: Any) -> Any:
    """Lane by lane: if_less where a < b, otherwise where not (so also where either is NaN)."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", args[0], args[1]), args[2], args[3])

    return vector(vector, vector, vector, vector), emit


@intrinsic
def power_of_two(typingctx: Any, exponent: Any) -> Any:
    """2**k lane by lane, for `exponent` = k + 1.5 * 2**52, whose lowest bits then hold k; -1022 <= k <= 1023."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        biased = builder.add(builder.bitcast(args[0], _BITS), ir.Constant(_BITS, [1023] * LANES))
        return builder.bitcast(builder.shl(biased, ir.Constant(_BITS, [52] * LANES)), _VECTOR)

    return vector(vector), emit
