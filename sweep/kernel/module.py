"""Modules of LLVM's, which hold one function that trains; each target fills it and has it compiled for its machine."""

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from sweep.kernel.emitter import Memory
from sweep.kernel.rows import Order
from sweep.kernel.training import EACH, FLOATS, INTEGERS, SINGLES, Arguments, emit_training
from sweep.kernel.vector import Builder
from sweep.recipe import Recipe

ENTRY = "train"
WHOLE = ir.IntType(64)


def machine_of(triple: str, processor: str, features: str, level: int = 3, **options: Any) -> Any:
    """LLVM's machine of a target, and how far it optimises what it emits, from 0 to 3."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(triple).create_target_machine(processor, features, opt=level, **options)


def declare(machine: Any, counts: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The function ENTRY, in a module of its own, and its arguments by their names.

    Args:
        machine: that runs it.
        counts: name -> type of the numbers that it takes first. Behind them come the addresses SINGLES, then EACH.
    """
    module = ir.Module(name=ENTRY)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    number = ir.DoubleType().as_pointer()
    addresses = {name: WHOLE.as_pointer() if name in INTEGERS else number for name in (*SINGLES, *EACH)}
    kinds = counts | addresses
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds.values()), ENTRY)
    return function, dict(zip(kinds, function.args, strict=True))


def write(recipe: Recipe, machine: Any, lanes: int, count: Any) -> Any:
    """The function ENTRY that trains `lanes` networks of a recipe: of the number of epochs before and of those to
    train, both of the type `count`, and of addresses at which the networks lie as (numbers, lanes)."""
    function, given = declare(machine, {"first": count, "epochs": count})
    builder = Builder(function.append_basic_block(), lanes)
    counts = [n if n.type == WHOLE else builder.sext(n, WHOLE) for n in (given.pop("first"), given.pop("epochs"))]
    given["order"] = Order(builder, given["order"])
    given |= {name: Memory(builder, given[name]) for name in FLOATS}
    emit_training(builder, recipe, Arguments(*counts, **given))
    builder.ret_void()
    return function


def optimise(machine: Any, function: Any) -> Any:
    """The module of a function, optimised for a machine, which then emits it."""
    module = llvm.parse_assembly(str(function.module))
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    passes.getModulePassManager().run(module, passes)
    return module
