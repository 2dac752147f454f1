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

from sweep.kernel.descent import Run, emit_epoch, is_at_once
from sweep.kernel.emitter import FEW, Emitter, Memory, Numbers
from sweep.kernel.forward import forward, lay_out
from sweep.kernel.rows import Data, DataRows, Order, TableRows
from sweep.kernel.shuffle import shuffle
from sweep.kernel.vector import repeat
from sweep.recipe import Recipe
from sweep.recipe.choices import FULL
from sweep.recipe.problem import is_truth_table
from sweep.sources import digest_of_sources

Array: TypeAlias = NDArray[np.float64]
Trainer: TypeAlias = Callable[..., None]

STRUCTURE = ("problem", "hidden", "activation", "output", "loss", "optimizer", "batch_size", "update_order")
"""The recipe's fields that the machine code depends on; of `biases`, `weight_decay` and `solved_below` only whether
there are any, and of a data set only its shape."""

DECIDE = ("kernel", "recipe")
"""The folders whose modules decide the machine code."""

WRITTEN_OUT = 150
"""Products of a forward pass up to which an epoch is written out: beyond it code gets too long for its cache."""


def compile_trainer(recipe: Recipe) -> Trainer:
    """The machine code that trains a recipe; one for all that differ in numbers alone.

    It is a function of a number and of arrays that begin on cache lines, and trains LANES networks:

        first       number of epochs before
        steps       learning rate of every epoch (epochs,)
        numbers     `sweep.kernel.optimizer.NUMBERS` of the recipe and the scales
        inputs      of the problem (rows, n_inputs)
        targets     (rows, n_outputs)
        keys        of the shuffles (LANES,)
        order       (rows, LANES), room for them
        parameters  (n_parameters, LANES), `sweep.kernel.forward.lay_out`'s; become the trained ones
        state       (`sweep.kernel.optimizer.state_size`, LANES); what the optimiser keeps
        scores      (SCORES, LANES), as `sweep.kernel.score` has them
        outputs     (rows * n_outputs, LANES); become the outputs of the trained networks
        workspace   (`workspace_size`, LANES)
    """
    return _compile(json.dumps(structure_of(recipe), sort_keys=True))


def structure_of(recipe: Recipe) -> dict[str, Any]:
    """The fields that decide the machine code, as those of the simplest recipe that has the same."""
    structure = {name: value for name, value in recipe.to_dict().items() if name in STRUCTURE}
    if not is_truth_table(recipe.problem):
        structure["problem"] = recipe.problem.rpartition(":")[0] + ":" + 32 * "0"
    structure |= {name: 1.0 for name in ("weight_decay", "solved_below") if getattr(recipe, name)}
    return structure | {"biases": "none" if recipe.biases == "none" else "drawn"}


def workspace_size(recipe: Recipe) -> int:
    """Vectors that the emitted code needs room for, at most."""
    units = sum(recipe.widths) + 1
    if is_at_once(recipe):
        return 4 * units * recipe.rows
    # A unit's inputs, outputs, derivatives and deltas for some rows and for one left over, and the outputs at the end.
    return recipe.n_parameters + 5 * units * (FEW + 2)


@cache
def _compile(structure: str) -> Trainer:
    in_batches = json.loads(structure).get("batch_size", FULL) != FULL

    def train_lanes(
        first: int, steps: Array, numbers: Array, inputs: Array, targets: Array, keys: Any, order: Any,
        parameters: Array, state: Array, scores: Array, outputs: Array, workspace: Array,
    ) -> None:  # fmt: skip
        for epoch in range(len(steps)):
            if in_batches:
                shuffle(keys, first + epoch, order)
            _epoch_intrinsic(
                structure,
                float(epoch),
                steps[epoch],
                numbers,
                inputs,
                targets,
                order,
                parameters,
                state,
                scores,
                workspace,
            )
        _outputs_intrinsic(structure, inputs, targets, parameters, outputs, workspace)

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
    typing_context: Any, structure: Any, epoch: Any, step: Any, numbers: Any, inputs: Any, targets: Any, order: Any,
    parameters: Any, state: Any, scores: Any, workspace: Any,
) -> Any:  # fmt: skip
    """Types a call that trains one epoch (`sweep.kernel.descent.emit_epoch`), and says how to emit it."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        recipe = _recipe_of(builder, signature)
        epoch, step = (repeat(builder, number) for number in arguments[1:3])
        numbers, inputs, targets, order, *places = _addresses(context, builder, signature, arguments)
        parameters, state, scores, workspace = (Memory(builder, address) for address in places)
        shuffled = Order(builder, order) if recipe.batch_size != FULL else None
        data = Data(Numbers(builder, inputs), Numbers(builder, targets), shuffled)
        emitter = _emitter(builder, workspace, recipe)
        run = Run(parameters, state, scores, Numbers(builder, numbers), data, epoch, step)
        emit_epoch(emitter, recipe, run)
        assert emitter.used <= workspace_size(recipe)
        return context.get_dummy_value()

    arrays = (numbers, inputs, targets, order, parameters, state, scores, workspace)
    return types.void(structure, types.float64, types.float64, *arrays), emit


@intrinsic(prefer_literal=True)
def _outputs_intrinsic(
    typing_context: Any, structure: Any, inputs: Any, targets: Any, parameters: Any, outputs: Any, workspace: Any
) -> Any:
    """Types a call that computes the outputs of the trained networks, and says how to emit it."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        recipe = _recipe_of(builder, signature)
        inputs, targets, *places = _addresses(context, builder, signature, arguments)
        parameters, outputs, workspace = (Memory(builder, address) for address in places)
        emitter, layers = _emitter(builder, workspace, recipe), lay_out(recipe, parameters)
        if is_at_once(recipe):
            last = forward(emitter, layers, TableRows(recipe.problem))[-1].values
            for row in emitter.loop(recipe.rows):
                outputs[row] = last[row]
            return context.get_dummy_value()
        data, (n_inputs, *_, n_outputs) = Data(Numbers(builder, inputs), Numbers(builder, targets), None), recipe.widths
        for row in emitter.run(0, recipe.rows):
            last = forward(emitter, layers, DataRows(emitter, data, (n_inputs, n_outputs), row, 1))[-1].values
            for k in emitter.loop(n_outputs):
                outputs[row * n_outputs + k] = last[k]
        assert emitter.used <= workspace_size(recipe)
        return context.get_dummy_value()

    return types.void(structure, inputs, targets, parameters, outputs, workspace), emit


def _recipe_of(builder: Any, signature: Any) -> Recipe:
    """The recipe whose structure the signature of an intrinsic holds."""
    # Registers that are kept on the stack must not lie across cache lines, which costs up to a quarter of the time.
    builder.function.attributes.alignstack = 64
    builder.function.attributes.add("nounwind")  # llvmlite forgets alignstack where it is the only attribute
    return Recipe.from_dict(json.loads(signature.args[0].literal_value))


def _addresses(context: Any, builder: Any, signature: Any, arguments: Any) -> list[Any]:
    """Where the arrays among the arguments of an intrinsic lie."""
    return [
        context.make_array(kind)(context, builder, argument).data
        for kind, argument in zip(signature.args, arguments, strict=True)
        if isinstance(kind, types.Array)
    ]


def _emitter(builder: Any, workspace: Memory, recipe: Recipe) -> Emitter:
    if not is_at_once(recipe):
        return Emitter(builder, workspace, written_out=False, few=FEW)
    products = recipe.rows * sum(fan_in * fan_out for fan_in, fan_out in recipe.layers)
    return Emitter(builder, workspace, products <= WRITTEN_OUT)
