"""Compiles what is written with vectors, so that it can be tested on arrays."""

import numpy as np
from numba import njit
from numba.core import types
from numba.extending import intrinsic

from sweep.kernel.compiler import LANES
from sweep.kernel.emitter import Memory
from sweep.kernel.vector import Builder


def compile_vectors(emit, n):
    """A function of n vectors, which gives several, as a function of n arrays (rows, LANES)."""

    @intrinsic
    def apply(typing, data, results):
        def generate(context, builder, signature, arguments):
            addresses = [
                context.make_array(kind)(context, builder, argument).data
                for kind, argument in zip(signature.args, arguments, strict=True)
            ]
            own = Builder(builder.block, LANES)
            given, found = (Memory(own, address) for address in addresses)
            for place, vector in enumerate(emit(*(given[place] for place in range(n)))):
                found[place] = vector
            builder.position_at_end(own.block)
            return context.get_dummy_value()

        return types.void(data, results), generate

    @njit
    def run(data, results):
        for row in range(len(data)):
            apply(data[row], results[row])

    def on_arrays(*arrays):
        data, results = aligned(len(arrays[0]), n, LANES), aligned(len(arrays[0]), 2, LANES)
        data[:] = np.stack(arrays, axis=1)
        run(data, results)
        return results.transpose(1, 0, 2)

    return on_arrays


def aligned(*shape):
    memory = np.zeros(np.prod(shape) + 8)
    first = -memory.ctypes.data % 64 // 8
    return memory[first : first + np.prod(shape)].reshape(shape)
