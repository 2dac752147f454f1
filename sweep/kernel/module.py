"""Modules of LLVM's own, for the targets that Numba does not compile for."""

from typing import Any

import llvmlite.binding as llvm


def machine_of(triple: str, processor: str, features: str, level: int = 3) -> Any:
    """LLVM's machine of a target, and how far it optimises what it emits, from 0 to 3."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(triple).create_target_machine(processor, features, opt=level)


def optimise(machine: Any, written: str) -> Any:
    """The module that is written in LLVM's language, optimised for a machine, which then emits it."""
    module = llvm.parse_assembly(written)
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    passes.getModulePassManager().run(module, passes)
    return module
