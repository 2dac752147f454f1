"""Compiles for the processor of this machine, LANES networks side by side."""

import ctypes
import hashlib
import json
import platform
from collections.abc import Callable
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from sweep.errors import FailedError
from sweep.kernel import kept_code
from sweep.kernel.module import ENTRY, WHOLE, machine_of, optimise, write
from sweep.kernel.target import Batches, aligned
from sweep.kernel.training import EACH, SINGLES, structure_of, workspace_size
from sweep.recipe import Recipe
from sweep.sources import digest_of_sources

LANES = 16
"""Several registers wide on purpose: independent operations in flight hide each other's latency."""

DECIDE = ("kernel", "recipe")
"""The folders whose modules decide the machine code."""

MOST_OUTPUTS = 2**21
"""Outputs of trained networks that are kept at once."""

RELOCATION: dict[str, Any] = {"reloc": "static"} if platform.machine().lower() in ("x86_64", "amd64") else {}
"""Code is not moved once it is loaded, which is something to know for x86 alone."""


def lanes(n: int) -> int:
    """See Target."""
    return LANES


def most_networks(recipe: Recipe) -> int:
    """See Target."""
    return LANES * max(1, MOST_OUTPUTS // (LANES * recipe.rows * recipe.widths[-1]))


def train_batches(recipe: Recipe, given: Batches) -> None:
    """See Target; a batch's vectors are registers, and all batches share one workspace."""
    trainer = compile_trainer(recipe)
    order = np.zeros((recipe.rows if recipe.batch_size else 0, LANES), np.int64)
    shared = {"order": order, "workspace": aligned(workspace_size(recipe), LANES)}
    arrays = given._asdict() | shared
    first = [arrays[name].ctypes.data for name in (*SINGLES, *EACH)]
    apart = [0 if name in (*SINGLES, *shared) else arrays[name].strides[0] for name in (*SINGLES, *EACH)]
    for batch in range(len(given.keys)):
        addresses = (address + batch * step for address, step in zip(first, apart, strict=True))
        trainer(given.first, len(given.steps), *addresses)


def compile_trainer(recipe: Recipe) -> Callable[..., None]:
    """The machine code that trains LANES networks of a recipe; one for all that differ in numbers alone.

    It is a function of the number of epochs before, the number of epochs to train, and the addresses SINGLES and EACH,
    which begin cache lines; while it runs, other threads do.
    """
    return _compile(json.dumps(structure_of(recipe), sort_keys=True))


@cache
def _compile(structure: str) -> Callable[..., None]:
    name = _name(structure)
    code = kept_code.read(name)
    if code is None:
        machine = host()
        code = machine.emit_object(optimised(Recipe.from_dict(json.loads(structure)), machine))
        kept_code.keep(name, code)
    return load(code, [ctypes.c_int64] * 2 + [ctypes.c_void_p] * len((*SINGLES, *EACH)))


def _name(structure: str) -> str:
    """Of the file that keeps the code: what decides it is in the name, so that no other is ever taken."""
    decides = (structure, llvm.get_process_triple(), *processor(), llvm.llvm_version_info)
    return f"{digest_of_sources(*DECIDE)[:16]}-{hashlib.sha256(repr(decides).encode()).hexdigest()[:24]}"


def processor() -> tuple[str, str]:
    """What LLVM calls this machine's processor, and what that can do."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def host() -> Any:
    """LLVM's machine of the processor."""
    return machine_of(llvm.get_process_triple(), *processor(), codemodel="jitdefault", jit=True, **RELOCATION)


def optimised(recipe: Recipe, machine: Any) -> Any:
    """The module of a recipe's function."""
    function = write(recipe, machine, LANES, WHOLE)
    # Registers that are kept on the stack must not lie across cache lines, which costs up to a quarter of the time.
    function.attributes.alignstack = 64
    function.attributes.add("nounwind")  # llvmlite forgets alignstack where it is the only attribute
    return optimise(machine, function)


def load(code: bytes, kinds: list[Any]) -> Callable[..., None]:
    """The function ENTRY of machine code, whose arguments are of these kinds of ctypes."""
    try:
        llvm.check_jit_execution()
    except OSError as error:
        raise FailedError(
            f"this system runs no machine code that a program has made ({error.strerror}); allow it, or train elsewhere"
        ) from error
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), host())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    function = ctypes.CFUNCTYPE(None, *kinds)(engine.get_function_address(ENTRY))
    vars(function)["engine"] = engine  # which has the code in its memory
    return function
