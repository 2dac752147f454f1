"""Emits a whole training: what every target compiles, whatever it runs on and however many networks side by side."""

from typing import Any, NamedTuple

from llvmlite import ir

from sweep.kernel.descent import Run, emit_epoch, is_at_once
from sweep.kernel.emitter import FEW, Emitter, Index, Memory, Numbers, whole
from sweep.kernel.forward import forward, lay_out
from sweep.kernel.optimizer import state_size
from sweep.kernel.rows import Data, DataRows, Order, TableRows
from sweep.kernel.score import SCORES
from sweep.kernel.shuffle import shuffle
from sweep.kernel.vector import Builder, repeat
from sweep.recipe import Recipe
from sweep.recipe.choices import FULL
from sweep.recipe.problem import is_truth_table

STRUCTURE = ("problem", "hidden", "activation", "output", "loss", "optimizer", "batch_size", "update_order")
"""The recipe's fields that the machine code depends on; of `biases`, `weight_decay` and `solved_below` only whether
there are any, and of a data set only its shape."""

WRITTEN_OUT = 150
"""Products of a forward pass up to which an epoch is written out: beyond it code gets too long for its cache."""


class Arguments(NamedTuple):
    """What a training works on, as values of LLVM.

    Attributes:
        first: number of epochs before.
        epochs: number of epochs to train.
        steps: address of the learning rate of every epoch (epochs,).
        numbers: of `sweep.kernel.optimizer.NUMBERS` of the recipe and the scales.
        inputs: of those of the problem (rows, n_inputs).
        targets: (rows, n_outputs).
        keys: of those of the shuffles, whole numbers (lanes,).
        order: room for the rows in their order.
        parameters: `sweep.kernel.forward.lay_out`'s; become the trained ones.
        state: `sweep.kernel.optimizer.state_size` vectors; what the optimiser keeps.
        scores: SCORES vectors, as `sweep.kernel.score` has them.
        outputs: rows * n_outputs vectors; become the outputs of the trained networks.
        workspace: `workspace_size` vectors.
    """

    first: Any
    epochs: Any
    steps: Any
    numbers: Any
    inputs: Any
    targets: Any
    keys: Any
    order: Order
    parameters: Memory
    state: Memory
    scores: Memory
    outputs: Memory
    workspace: Memory


SINGLES, INTEGERS = ("steps", "numbers", "inputs", "targets"), ("keys", "order")
CHANGED = ("parameters", "state", "scores")
FLOATS = (*CHANGED, "outputs", "workspace")
EACH = (*INTEGERS, *FLOATS)
"""The addresses in Arguments, by what lies there: SINGLES, numbers that all networks share; then of each network
INTEGERS, whole numbers, and FLOATS."""


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
        return 0 if is_written_out(recipe) else 4 * units * recipe.rows
    # A unit's inputs, outputs, derivatives and deltas for some rows and for one left over, and the outputs at the end.
    return recipe.n_parameters + 5 * units * (FEW + 2)


def sizes_of_one(recipe: Recipe) -> dict[str, int]:
    """Numbers of a network that is trained, by their names in `Arguments`: those of EACH."""
    return {
        "keys": 1,
        "order": recipe.rows if recipe.batch_size else 0,
        "parameters": recipe.n_parameters,
        "state": state_size(recipe),
        "scores": SCORES,
        "outputs": recipe.rows * recipe.widths[-1],
        "workspace": workspace_size(recipe),
    }


def is_written_out(recipe: Recipe) -> bool:
    """Whether the code of an epoch has no loop."""
    products = recipe.rows * sum(fan_in * fan_out for fan_in, fan_out in recipe.layers)
    return is_at_once(recipe) and products <= WRITTEN_OUT


def emit_training(builder: Builder, recipe: Recipe, given: Arguments) -> None:
    """Emit the training of as many networks as the builder has lanes: its epochs, then what the networks answer."""
    shuffled = given.order if recipe.batch_size != FULL else None
    inputs, targets, numbers, steps = (
        Numbers(builder, address) for address in (given.inputs, given.targets, given.numbers, given.steps)
    )
    with builder.counting(whole(0), given.epochs, whole(1)) as epoch:
        if shuffled is not None:
            shuffle(builder, given.keys, builder.add(given.first, epoch), recipe.rows, shuffled)
        number = repeat(builder, builder.sitofp(epoch, ir.DoubleType()))
        data, step = Data(inputs, targets, shuffled), steps[Index(builder, epoch)]
        emitter = _emitter(builder, given.workspace, recipe)
        emit_epoch(emitter, recipe, Run(given.parameters, given.state, given.scores, numbers, data, number, step))
        assert emitter.used <= workspace_size(recipe)
    _emit_outputs(builder, recipe, given, Data(inputs, targets, None))


def _emit_outputs(builder: Builder, recipe: Recipe, given: Arguments, data: Data) -> None:
    emitter, layers = _emitter(builder, given.workspace, recipe), lay_out(recipe, given.parameters)
    n_inputs, *_, n_outputs = recipe.widths
    if is_at_once(recipe):
        last = forward(emitter, layers, TableRows(recipe.problem))[-1].values
        for row in emitter.loop(recipe.rows):
            given.outputs[row] = last[row]
        return
    for row in emitter.run(0, recipe.rows):
        last = forward(emitter, layers, DataRows(emitter, data, (n_inputs, n_outputs), row, 1))[-1].values
        for k in emitter.loop(n_outputs):
            given.outputs[row * n_outputs + k] = last[k]
    assert emitter.used <= workspace_size(recipe)


def _emitter(builder: Builder, workspace: Memory, recipe: Recipe) -> Emitter:
    few = 1 if is_at_once(recipe) else FEW
    return Emitter(builder, workspace, is_written_out(recipe), few)
