"""Compiles for the processor of this machine, LANES networks side by side.

How Numba comes to the code that this package emits:

1. `_compile` hands the plain function `train_lanes` to `njit`, which compiles it at its first call.
2. `train_lanes` calls `_training_intrinsic`. An intrinsic is a function of which Numba knows only how to type a call
   and how to emit its instructions.
3. To type a call, Numba calls the function below the decorator `intrinsic` with its typing context and the types of the
   arguments. `structure` is a text that is known while compiling (`prefer_literal`): its type holds the text itself.
4. That function returns the call's signature and a function `emit`. To emit the call, Numba calls `emit` with its
   context, LLVM's builder of the function being compiled, the signature and the arguments as LLVM's values.
5. `emit` reads the recipe's structure from the signature and has the instructions written (`sweep.kernel.training`).
   They become part of `train_lanes`, as if they stood in it.
"""

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit, typeof
from numba.core import types
from numba.extending import intrinsic

from sweep.console.signals import requests_held_back
from sweep.kernel.emitter import Memory
from sweep.kernel.old_code import remove_old_code
from sweep.kernel.rows import Order
from sweep.kernel.target import Array, Batches, aligned
from sweep.kernel.training import Arguments, emit_training, structure_of, workspace_size
from sweep.kernel.vector import Builder
from sweep.recipe import Recipe
from sweep.sources import digest_of_sources

LANES = 16
"""Several registers wide on purpose: independent operations in flight hide each other's latency."""

DECIDE = ("kernel", "recipe")
"""The folders whose modules decide the machine code."""


MOST_OUTPUTS = 2**21
"""Outputs of trained networks that are kept at once."""


def lanes(n: int) -> int:
    """See Target."""
    return LANES


def most_networks(recipe: Recipe) -> int:
    """See Target."""
    return LANES * max(1, MOST_OUTPUTS // (LANES * recipe.rows * recipe.widths[-1]))


def train_batches(recipe: Recipe, given: Batches) -> None:
    """See Target; a batch's vectors are registers, and all batches share one workspace."""
    trainer, workspace = compile_trainer(recipe), aligned(workspace_size(recipe), LANES)
    order = np.zeros((recipe.rows if recipe.batch_size else 0, LANES), np.int64)
    each = (given.parameters, given.state, given.scores, given.outputs)
    batches = [
        (given.first, given.steps, given.numbers, given.inputs, given.targets, keys, order, *batch, workspace)
        for keys, *batch in zip(given.keys, *each, strict=True)
    ]
    if batches and (kinds := tuple(map(typeof, batches[0]))) not in trainer.overloads:
        with requests_held_back():
            trainer.compile(kinds)
    for arguments in batches:
        trainer(*arguments)


def compile_trainer(recipe: Recipe) -> Any:
    """The machine code that trains a recipe; one for all that differ in numbers alone.

    It is a function of a number and of arrays that begin on cache lines, those of `sweep.kernel.training.Arguments`
    from `steps` on, whose vectors are (numbers, LANES).
    """
    return _compile(json.dumps(structure_of(recipe), sort_keys=True))


@cache
def _compile(structure: str) -> Any:
    def train_lanes(
        first: int, steps: Array, numbers: Array, inputs: Array, targets: Array, keys: Any, order: Any,
        parameters: Array, state: Array, scores: Array, outputs: Array, workspace: Array,
    ) -> None:  # fmt: skip
        _training_intrinsic(
            structure, first, len(steps), steps, numbers, inputs, targets, keys, order, parameters, state, scores,
            outputs, workspace,
        )  # fmt: skip

    # Numba's cache looks at one file, and two processes that add to one entry may swap its contents: hence the name.
    sources = digest_of_sources(*DECIDE)[:8]
    train_lanes.__qualname__ = f"train_lanes_{sources}_{hashlib.sha256(structure.encode()).hexdigest()[:16]}"
    try:
        # Of a user without a home Numba would make a folder named "~" in the current one.
        trainer = njit(nogil=True, cache=os.path.isabs(os.path.expanduser("~")))(train_lanes)
    except RuntimeError:  # Numba's "no locator available": neither this folder nor the user's cache can be written.
        return njit(nogil=True)(train_lanes)
    folder = trainer.stats.cache_path  # None where nothing is kept
    if folder and not any(Path(folder).glob(f"*{train_lanes.__qualname__}*")):  # compiling takes far longer
        remove_old_code(Path(folder), sources)
    return trainer


@intrinsic(prefer_literal=True)
def _training_intrinsic(
    typing_context: Any, structure: Any, first: Any, epochs: Any, steps: Any, numbers: Any, inputs: Any, targets: Any,
    keys: Any, order: Any, parameters: Any, state: Any, scores: Any, outputs: Any, workspace: Any,
) -> Any:  # fmt: skip
    """Types a call that trains LANES networks (`sweep.kernel.training.emit_training`), and says how to emit it."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # Registers that are kept on the stack must not lie across cache lines, which costs up to a quarter of the time.
        builder.function.attributes.alignstack = 64
        builder.function.attributes.add("nounwind")  # llvmlite forgets alignstack where it is the only attribute
        recipe = Recipe.from_dict(json.loads(signature.args[0].literal_value))
        arrays = zip(signature.args[3:], arguments[3:], strict=True)
        addresses = [context.make_array(kind)(context, builder, argument).data for kind, argument in arrays]
        own = Builder(builder.block, LANES)
        *singles, order, parameters, state, scores, outputs, workspace = addresses
        places = (Memory(own, address) for address in (parameters, state, scores, outputs, workspace))
        emit_training(own, recipe, Arguments._make([*arguments[1:3], *singles, Order(own, order), *places]))
        builder.position_at_end(own.block)
        return context.get_dummy_value()

    arrays = (steps, numbers, inputs, targets, keys, order, parameters, state, scores, outputs, workspace)
    return types.void(structure, types.int64, types.int64, *arrays), emit
