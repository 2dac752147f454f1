"""Compiles for NVIDIA's graphics cards, one network a thread, to PTX: a text that the driver makes machine code of.

Every operation of the text rounds as IEEE 754 says, and none is left to be fused later: `add.f64`, which a driver may
join with a product, becomes `add.rn.f64`, which it may not. So the text alone decides every bit of a result, and cards
and drivers that differ agree.
"""

import json
import re
from functools import cache
from typing import Any

from llvmlite import ir

from sweep.kernel.emitter import Index, Memory, whole
from sweep.kernel.module import WHOLE, declare, machine_of, optimise
from sweep.kernel.rows import Order
from sweep.kernel.training import (
    CHANGED,
    EACH,
    FLOATS,
    SINGLES,
    Arguments,
    emit_training,
    is_written_out,
    sizes_of_one,
    structure_of,
)
from sweep.kernel.vector import Builder
from sweep.recipe import Recipe

TRIPLE = "nvptx64-nvidia-cuda"
ARCHITECTURE, FEATURES = "sm_75", "+ptx63"
"""The oldest card and driver that the text is for; every later one reads it, too."""
THREADS = 128
"""In a block of threads."""

MOST_BYTES = 16_384
"""That a thread has for itself. More of it, for all threads that a card may run, would fill a small card."""

WHOLES = ("n", "first", "epochs")
"""The kernel's parameters are these whole numbers, then the addresses SINGLES, and EACH of arrays (numbers, n) of which
each thread has a column."""

_UNFUSED = re.compile(r"\b(add|sub|mul)\.f64\b")


def ptx_of(recipe: Recipe) -> str:
    """The text of the kernel `train`, which trains n networks of a recipe; one for all that differ in numbers alone.

    Examples:
        >>> from sweep import RECIPES
        >>> ptx = ptx_of(RECIPES["gustaw"])
        >>> ".entry train(" in ptx, "call" in ptx
        (True, False)
    """
    return _ptx(json.dumps(structure_of(recipe), sort_keys=True))


@cache
def _ptx(structure: str) -> str:
    machine = machine_of(TRIPLE, ARCHITECTURE, FEATURES)
    module = optimise(machine, write_thread(Recipe.from_dict(json.loads(structure)), machine))
    return _UNFUSED.sub(r"\1.rn.f64", machine.emit_assembly(module))


def write_thread(recipe: Recipe, machine: Any) -> Any:
    """The kernel `train`, in which each thread trains a network."""
    function, given = declare(machine, dict.fromkeys(WHOLES, WHOLE))
    function.calling_convention = "ptx_kernel"
    for name in (*SINGLES, *EACH):
        given[name].add_attribute("noalias")
    builder = Builder(function.append_basic_block(), lanes=1)
    n, thread = given["n"], _thread(builder)
    with builder.if_then(builder.icmp_unsigned("<", thread, n)):
        shared = {name: Memory(builder, builder.gep(given[name], [thread]), n) for name in FLOATS}
        own = {name: Memory(builder, _room(builder, size)) for name, size in _kept_by_thread(recipe).items()}
        _copy(builder, recipe, shared, own)
        order, keys = (builder.gep(given[name], [thread]) for name in ("order", "keys"))
        singles = (given[name] for name in ("first", "epochs", *SINGLES))
        memories = ((shared | own)[name] for name in FLOATS)
        emit_training(builder, recipe, Arguments._make([*singles, keys, Order(builder, order, n), *memories]))
        _copy(builder, recipe, own, shared)
    builder.ret_void()
    return function


def _kept_by_thread(recipe: Recipe) -> dict[str, int]:
    """The arrays that a thread has for itself, with their numbers; the others stay in the card's memory."""
    sizes = {name: size for name, size in sizes_of_one(recipe).items() if name in (*CHANGED, "workspace")}
    return sizes if 8 * sum(sizes.values()) <= MOST_BYTES else {}


def _copy(builder: Builder, recipe: Recipe, source: dict[str, Memory], to: dict[str, Memory]) -> None:
    """Copy what a training changes between the thread's own memory and the card's."""
    for name, size in _kept_by_thread(recipe).items():
        if name not in CHANGED:
            continue
        if is_written_out(recipe):  # LLVM keeps in registers what has a place that is known
            for place in range(size):
                to[name][place] = source[name][place]
            continue
        with builder.counting(whole(0), whole(size), whole(1)) as index:
            to[name][Index(builder, index)] = source[name][Index(builder, index)]


def _room(builder: Builder, size: int) -> Any:
    """Room for numbers of the thread's own."""
    with builder.goto_entry_block():
        room = builder.alloca(ir.ArrayType(ir.DoubleType(), max(size, 1)))
    return builder.gep(room, [whole(0), whole(0)])


def _thread(builder: Builder) -> Any:
    """The number of this thread among all."""
    read = []
    for name in ("ctaid.x", "ntid.x", "tid.x"):
        kind = ir.FunctionType(ir.IntType(32), [])
        function = ir.Function(builder.module, kind, f"llvm.nvvm.read.ptx.sreg.{name}")
        read.append(builder.zext(builder.call(function, []), ir.IntType(64)))
    return builder.add(builder.mul(read[0], read[1]), read[2])
