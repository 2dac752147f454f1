"""Compiles the part of the kernel that trains LANES networks of a recipe side by side.

How Numba comes to the code that this package emits:

1. `_compile` hands the plain function `train_lanes` to `njit`, which compiles it at its first call.
2. `train_lanes` calls `_epoch_intrinsic` and `_outputs_intrinsic`. An intrinsic is a function of which Numba knows only
   how to type a call and how to emit its instructions.
3. To type a call, Numba calls the function below the decorator `intrinsic` with its typing context and the types of the
   arguments. `structure` is a text that is known while compiling (`prefer_literal`): its type holds the text itself.
4. That function returns the call's signature and a function `emit`. To emit the call, Numba calls `emit` with its
   context, LLVM's builder of the function being compiled, the signature and the arguments as LLVM's values.
5. `emit` reads the recipe's structure from the signature and writes the instructions through the builder (`_open`).
   They become part of `train_lanes`, as if they stood in its loop.
"""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias, cast

import numpy as np
from numba import njit
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from sweep.kernel.descent import emit_epoch
from sweep.kernel.emitter import Emitter, Memory
from sweep.kernel.forward import forward, lay_out
from sweep.kernel.vector import repeat
from sweep.recipe import Recipe
from sweep.recipe.problem import truth_table
from sweep.sources import digest_of_sources

Array: TypeAlias = NDArray[np.float64]
Trainer: TypeAlias = Callable[[Array, Array, Array, Array, Array], None]

STRUCTURE = ("problem", "hidden", "activation", "loss", "update_order")
"""The recipe's fields that the machine code depends on; of `biases` only whether there are any."""

DECIDE = ("kernel", "recipe")
"""The folders whose modules decide the machine code."""

WRITTEN_OUT = 150
"""Products of a forward pass up to which an epoch is written out: beyond it code gets too long for its cache."""


def compile_trainer(recipe: Recipe) -> Trainer:
    """The machine code that trains a recipe; one for all that differ in numbers alone.

    It is a function of arrays that begin on cache lines, and trains LANES networks:

        steps       learning rate times gradient scale of every epoch (epochs,)
        parameters  (n_parameters, LANES), `sweep.kernel.forward.lay_out`'s; become the trained ones
        scores      (SCORES, LANES), as `sweep.kernel.descent` has them
        outputs     (rows, LANES); become the outputs of the trained networks
        workspace   (`workspace_size`, LANES)
    """
    structure = {name: value for name, value in recipe.to_dict().items() if name in STRUCTURE}
    return _compile(json.dumps(structure | {"biases": "none" if recipe.biases == "none" else "drawn"}, sort_keys=True))


def workspace_size(recipe: Recipe) -> int:
    """Vectors of outputs and of deltas of all units, and what a unit of the first layer needs on the way."""
    return 2 * (sum(recipe.widths) + 1) * _rows(recipe)


@cache
def _compile(structure: str) -> Trainer:
    def train_lanes(steps: Array, parameters: Array, scores: Array, outputs: Array, workspace: Array) -> None:
        for epoch in range(len(steps)):
            _epoch_intrinsic(structure, float(epoch), steps[epoch], parameters, scores, workspace)
        _outputs_intrinsic(structure, parameters, outputs, workspace)

    # Numba's cache looks at one file, and two processes that add to one entry may swap its contents: hence the name.
    train_lanes.__qualname__ = f"train_lanes_{_digest(structure)}"
    try:
        return cast(Trainer, njit(nogil=True, cache=True)(train_lanes))
    except RuntimeError:  # Numba's "no locator available": neither this folder nor the user's cache can be written.
        return cast(Trainer, njit(nogil=True)(train_lanes))


def _digest(structure: str) -> str:
    return hashlib.sha256((digest_of_sources(*DECIDE) + structure).encode()).hexdigest()[:16]


@intrinsic(prefer_literal=True)
def _epoch_intrinsic(
    typing_context: Any, structure: Any, epoch: Any, step: Any, parameters: Any, scores: Any, workspace: Any
) -> Any:
    """Types a call that trains one epoch (`sweep.kernel.descent.emit_epoch`), and says how to emit it."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        recipe, emitter, (parameters, scores) = _open(context, builder, signature, arguments)
        epoch, step = (repeat(builder, number) for number in arguments[1:3])
        emit_epoch(emitter, recipe, parameters, scores, epoch, step)
        assert emitter.used <= workspace_size(recipe)
        return context.get_dummy_value()

    return types.void(structure, types.float64, types.float64, parameters, scores, workspace), emit


@intrinsic(prefer_literal=True)
def _outputs_intrinsic(typing_context: Any, structure: Any, parameters: Any, outputs: Any, workspace: Any) -> Any:
    """Types a call that computes the outputs of the trained networks, and says how to emit it."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        recipe, emitter, (parameters, outputs) = _open(context, builder, signature, arguments)
        last = forward(emitter, lay_out(recipe, parameters), _rows(recipe))[-1]
        for row in emitter.loop(_rows(recipe)):
            outputs[row] = last[row]
        return context.get_dummy_value()

    return types.void(structure, parameters, outputs, workspace), emit


def _open(context: Any, builder: Any, signature: Any, arguments: Any) -> tuple[Recipe, Emitter, list[Memory]]:
    """What the arguments of an intrinsic mean: the recipe, and the memory of its arrays, the last one as workspace."""
    # Registers that are kept on the stack must not lie across cache lines, which costs up to a quarter of the time.
    builder.function.attributes.alignstack = 64
    builder.function.attributes.add("nounwind")  # llvmlite forgets alignstack where it is the only attribute
    recipe = Recipe.from_dict(json.loads(signature.args[0].literal_value))
    *vectors, workspace = (
        Memory(builder, context.make_array(kind)(context, builder, argument).data)
        for kind, argument in zip(signature.args, arguments, strict=True)
        if isinstance(kind, types.Array)
    )
    products = _rows(recipe) * sum(fan_in * fan_out for fan_in, fan_out in recipe.layers)
    return recipe, Emitter(builder, workspace, products <= WRITTEN_OUT), vectors


def _rows(recipe: Recipe) -> int:
    return len(truth_table(recipe.problem)[1])
