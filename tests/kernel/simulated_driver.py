"""Stands in for `cuda.bindings.driver`: a card whose memory is the processor's, which runs its threads one by one.

What it runs is the kernel's own code, as it is before it becomes PTX.
"""

import ctypes
import json
import struct
import sys
from functools import cache
from types import SimpleNamespace
from unittest.mock import patch

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

from sweep.kernel import card, compiler, nvptx
from sweep.kernel.training import structure_of
from sweep.recipe import Recipe

CUresult = SimpleNamespace(
    CUDA_SUCCESS=SimpleNamespace(name="CUDA_SUCCESS"),
    CUDA_ERROR_NO_DEVICE=SimpleNamespace(name="CUDA_ERROR_NO_DEVICE"),
    CUDA_ERROR_OUT_OF_MEMORY=SimpleNamespace(name="CUDA_ERROR_OUT_OF_MEMORY"),
    CUDA_ERROR_ECC_UNCORRECTABLE=SimpleNamespace(name="CUDA_ERROR_ECC_UNCORRECTABLE"),
)
CUstream_flags = SimpleNamespace(CU_STREAM_NON_BLOCKING=1)
DONE = CUresult.CUDA_SUCCESS

memory = {}
"""Address -> the card's memory that is taken there."""
MANY = 8
"""Threads from which on nobody looks what each of them writes."""
fails = {}
"""Name of a call -> how it fails."""


def install(monkeypatch):
    """Have `sweep.kernel.card` speak to this driver, in place of any other."""
    monkeypatch.setattr(card, "find_card", cache(card.find_card.__wrapped__))
    monkeypatch.setattr(card, "_context", cache(card._context.__wrapped__))
    monkeypatch.setattr(card, "_function", cache(card._function.__wrapped__))
    monkeypatch.setattr(card, "ptx_of", lambda recipe: json.dumps(structure_of(recipe), sort_keys=True))
    own = SimpleNamespace(CUresult=CUresult, CUstream_flags=CUstream_flags, **CALLS)
    monkeypatch.setitem(sys.modules, "cuda", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "cuda.bindings", SimpleNamespace(driver=own))


def allocate(size, stream):
    room = np.full(-(-size // 8), np.nan)  # what nobody wrote is no number
    memory[room.ctypes.data] = room
    return DONE, room.ctypes.data


def copy(to, source, size, stream):
    ctypes.memmove(to, source, size)
    return (DONE,)


def launch(function, grid, _, __, threads, ___, ____, shared, stream, pointers, extra):
    kinds = len(nvptx.WHOLES) + len(nvptx.SINGLES) + len(nvptx.EACH)
    addresses = struct.unpack(f"{kinds}Q", ctypes.string_at(pointers, 8 * kinds))
    values = [struct.unpack("q", ctypes.string_at(address, 8))[0] for address in addresses]
    run, thread = function
    columns = [
        memory[address].reshape(-1, values[0]) for address in values[-len(nvptx.EACH) :] if memory[address].size > 1
    ]
    for number in range(grid * threads):
        thread[0] = number
        others = [np.delete(array, number, axis=1).tobytes() for array in columns] if number < values[0] < MANY else []
        run(*values)
        for array, before in zip(columns, others, strict=False):
            assert np.delete(array, number, axis=1).tobytes() == before, "threads that run at once write to one place"
    return (DONE,)


@cache
def compiled(structure):
    """The kernel of a recipe as a function, and where it looks up which thread it is."""
    machine = compiler.host()
    thread = np.zeros(1, np.int64)

    def looked_up(builder):
        address = ir.Constant(ir.IntType(64), thread.ctypes.data)
        return builder.load(builder.inttoptr(address, ir.IntType(64).as_pointer()))

    with patch.object(nvptx, "_thread", looked_up):
        function = nvptx.write_thread(Recipe.from_dict(json.loads(structure)), machine)
    function.calling_convention = ""
    kinds = [ctypes.c_int64] * (len(nvptx.WHOLES) + len(nvptx.SINGLES) + len(nvptx.EACH))
    return compiler.load(machine.emit_object(llvm.parse_assembly(str(function.module))), kinds), thread


def call(name, answer):
    return lambda *arguments: (fails[name],) if name in fails else answer(*arguments)


CALLS = {
    name: call(name, answer)
    for name, answer in {
        "cuInit": lambda flags: (DONE,),
        "cuDeviceGet": lambda number: (DONE, number),
        "cuDeviceGetName": lambda length, device: (DONE, b"Simulated\0\0"),
        "cuDriverGetVersion": lambda: (DONE, 13010),
        "cuDevicePrimaryCtxRetain": lambda device: (DONE, "context"),
        "cuCtxSetCurrent": lambda context: (DONE,),
        "cuMemGetInfo": lambda: (DONE, 2**30, 2**31),
        "cuStreamCreate": lambda flags: (DONE, "stream"),
        "cuStreamDestroy": lambda stream: (DONE,),
        "cuStreamSynchronize": lambda stream: (DONE,),
        "cuMemAllocAsync": allocate,
        "cuMemFreeAsync": lambda place, stream: (DONE, memory.pop(place)),
        "cuMemcpyHtoDAsync": copy,
        "cuMemcpyDtoHAsync": copy,
        "cuModuleLoadData": lambda text: (DONE, text),
        "cuModuleGetFunction": lambda module, name: (DONE, compiled(module.rstrip(b"\0").decode())),
        "cuLaunchKernel": launch,
    }.items()
}
