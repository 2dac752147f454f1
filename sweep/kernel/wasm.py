"""Compiles for browsers to modules of WebAssembly, and says how their memory is laid out.

WebAssembly's own products and sums are rounded one by one. Its extension "relaxed SIMD" has operations that are both at
once, which a browser may round once, as the processor's own do, or twice: hence a module of each kind.
"""

import json
from dataclasses import asdict
from functools import cache
from typing import Any, NamedTuple

from llvmlite import ir

from sweep.errors import UsageError
from sweep.kernel.module import ENTRY, machine_of, optimise, write
from sweep.kernel.optimizer import NUMBERS, first_state, numbers_of
from sweep.kernel.score import EXPONENT, SIGNIFICAND, SOLVED_EPOCH, SQUARES
from sweep.kernel.training import EACH, SINGLES, sizes_of_one, structure_of
from sweep.kernel.vector import CACHE_LINE
from sweep.kernel.wasm_binary import link
from sweep.recipe import Recipe
from sweep.recipe.choices import CLIP
from sweep.recipe.problem import find_problem

TRIPLE, PROCESSOR, FEATURES = "wasm32-unknown-unknown", "mvp", "+simd128,+bulk-memory"
"""What every browser has since 2023."""
FUSED = FEATURES + ",+relaxed-simd"
AS_WRITTEN = 0
"""Level of what LLVM emits at which operations keep the order that they are written in, as a browser's compiler keeps
it. At a higher one each chain of operations is emitted as one expression, whose steps wait for each other."""
LANES = 4
"""Networks side by side. A register of WebAssembly has two numbers; more in flight hide what each waits."""
EPOCHS_AT_ONCE = 1024
"""Learning rates that are put into memory at once, with which a call trains."""

MOST_NUMBERS = 2**20
"""Of a network and its problem."""
MOST_OUTPUTS = 64
"""Beyond them the code, which scores them one by one, is too long."""
MOST_BYTES = 2**18
"""Of a module."""

_INSTEAD = "take a smaller network or data set, or train it with python -m sweep.run"


class Modules(NamedTuple):
    """What trains the same networks: a module for every browser, and one for those that have fused operations."""

    plain: bytes
    fused: bytes


def wasm_modules(recipe: Recipe) -> Modules:
    """The modules that train some networks of a recipe side by side; the same for all that differ in numbers alone.

    Each imports its memory, `env.memory`, and exports `train`, a function of the number of epochs before, the number of
    epochs to train, and the addresses that `wasm_layout` names, all i32. `analysis/report/kernel.js` calls it.

    Raises:
        UsageError: the recipe is too large.

    Examples:
        >>> from sweep import RECIPES
        >>> modules = wasm_modules(RECIPES["gustaw"])
        >>> modules.plain[:4], len(modules.fused) < len(modules.plain) < 24_000
        (b'\\x00asm', True)
    """
    n = sum(sizes_of_one(recipe).values()) + recipe.rows * (recipe.widths[0] + recipe.widths[-1])
    if n > MOST_NUMBERS or recipe.widths[-1] > MOST_OUTPUTS:
        raise UsageError(
            f"the recipe has {recipe.widths[-1]:,} outputs, and a network of it takes {n:,} numbers; allowed in a "
            f"browser are {MOST_OUTPUTS} and {MOST_NUMBERS:,}: {_INSTEAD}"
        )
    modules = _compiled(json.dumps(structure_of(recipe), sort_keys=True))
    if len(modules.plain) > MOST_BYTES:
        raise UsageError(
            f"the recipe's code takes {len(modules.plain):,} bytes; allowed in a browser are {MOST_BYTES:,}: {_INSTEAD}"
        )
    return modules


def wasm_layout(recipe: Recipe) -> dict[str, Any]:
    """What a program must know to train with `wasm_modules`, as values that JSON has; offsets and sizes are bytes.

    The numbers of `shared` lie once in memory, those of `batch` once for every `lanes` networks, one batch behind the
    other, each array of it as (numbers, lanes).

        lanes, n_parameters, rows, n_inputs, n_outputs: whole numbers
        epochs_at_once: learning rates that `steps` has room for, so the most epochs of a call
        arguments: names of the addresses that `train` takes behind its two numbers, in this order
        shared: name -> offset, size of what all networks share: the learning rates of a call's epochs (`steps`),
            `numbers`, `inputs`, `targets`, and room for the `order` of the rows and the `workspace`
        batch: offset of the first and size of each; arrays: name -> offset in the batch, size; `keys` of the shuffles
            are i64, all others f64
        constants: name -> what lies in `shared` all the time
        number_names: of the first of `numbers`; the scales of derivatives come behind them
        first_state: `state` of a network before its first epoch
        places: in `scores`, of a sum (squares), 0 at first; a product as significand * 2**exponent, 1 and 0 at first;
            the first epoch that solved the problem, counted from the call's first, infinity at first
        clip: probabilities nearer to 0 or 1 count as this near
        recipe: all its fields

    The total loss is (squares - log(product)) / (rows * n_outputs), of cross-entropy (squares + log(product)) / rows.
    All else is judged from the `outputs` (rows * n_outputs) of the trained network, as `sweep.recipe.objective` does.

    Raises:
        UsageError: the recipe's data set is not at hand.

    Examples:
        >>> from sweep import RECIPES
        >>> layout = wasm_layout(RECIPES["gustaw"])
        >>> layout["batch"]["arrays"]["parameters"]["size"] == layout["n_parameters"] * layout["lanes"] * 8
        True
    """
    problem, sizes = find_problem(recipe.problem, recipe.inputs), sizes_of_one(recipe)
    constants = {
        "numbers": numbers_of(recipe).tolist(),
        "inputs": problem.inputs.ravel().tolist(),
        "targets": problem.targets.ravel().tolist(),
    }
    room = {name: LANES * sizes[name] for name in ("order", "workspace")}
    shared, end = _placed({"steps": EPOCHS_AT_ONCE} | {name: len(constants[name]) for name in constants} | room)
    arrays, size = _placed({name: LANES * sizes[name] for name in EACH if name not in room})
    return {
        "lanes": LANES,
        "n_parameters": recipe.n_parameters,
        "rows": recipe.rows,
        "n_inputs": recipe.widths[0],
        "n_outputs": recipe.widths[-1],
        "epochs_at_once": EPOCHS_AT_ONCE,
        "arguments": [*SINGLES, *EACH],
        "shared": shared,
        "batch": {"offset": end, "size": size, "arrays": arrays},
        "constants": constants,
        "number_names": list(NUMBERS),
        "first_state": first_state(recipe).tolist(),
        "places": {
            "squares": SQUARES,
            "significand": SIGNIFICAND,
            "exponent": EXPONENT,
            "solved_epoch": SOLVED_EPOCH,
        },
        "clip": CLIP,
        "recipe": asdict(recipe),
    }


def _placed(numbers: dict[str, int]) -> tuple[dict[str, dict[str, int]], int]:
    """Where arrays of so many numbers of 8 bytes lie, each from a cache line on, and where the next line begins."""
    places, end = {}, 0
    for name, n in numbers.items():
        places[name] = {"offset": end, "size": 8 * n}
        end += -(-8 * n // CACHE_LINE) * CACHE_LINE
    return places, end


@cache
def _compiled(structure: str) -> Modules:
    recipe = Recipe.from_dict(json.loads(structure))
    return Modules(*(_compile(recipe, features) for features in (FEATURES, FUSED)))


def _compile(recipe: Recipe, features: str) -> bytes:
    machine = machine_of(TRIPLE, PROCESSOR, features, AS_WRITTEN)
    function = write(recipe, machine, LANES, ir.IntType(32))
    for address in function.args[2:]:
        address.add_attribute("noalias")
    return link(machine.emit_object(optimise(machine, function)), ENTRY)
