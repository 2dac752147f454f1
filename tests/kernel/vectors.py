"""Compiles what is written with vectors, so that it can be tested on arrays."""

import ctypes

import numpy as np
from llvmlite import ir

from sweep.kernel.compiler import LANES, host, load
from sweep.kernel.emitter import Memory
from sweep.kernel.module import ENTRY, WHOLE, optimise
from sweep.kernel.target import aligned
from sweep.kernel.vector import Builder


def compile_vectors(emit, n):
    """A function of n vectors, which gives two, as a function of n arrays (rows, LANES)."""
    module, machine = ir.Module(), host()
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    number = ir.DoubleType().as_pointer()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [WHOLE, number, number]), ENTRY)
    builder = Builder(function.append_basic_block(), LANES)
    rows, *addresses = function.args
    with builder.counting(WHOLE(0), rows, WHOLE(1)) as row:
        places = zip(addresses, (n, 2), strict=True)
        given, found = (Memory(builder, builder.gep(one, [builder.mul(row, WHOLE(k * LANES))])) for one, k in places)
        for place, vector in enumerate(emit(*(given[place] for place in range(n)))):
            found[place] = vector
    builder.ret_void()
    run = load(machine.emit_object(optimise(machine, function)), [ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p])

    def on_arrays(*arrays):
        data, results = aligned(len(arrays[0]), n, LANES), aligned(len(arrays[0]), 2, LANES)
        data[:] = np.stack(arrays, axis=1)
        run(len(data), data.ctypes.data, results.ctypes.data)
        return results.transpose(1, 0, 2)

    return on_arrays
