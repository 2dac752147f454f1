"""The outputs of a network of two inputs as a surface, with the rows of its problem; and how the rows' classes look."""

from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from numpy.typing import NDArray

from sweep.inspection.replay import Trace, layer_outputs
from sweep.recipe import Recipe
from sweep.recipe.data import known_data
from sweep.recipe.objective import probabilities
from sweep.recipe.problem import find_problem, is_truth_table
from sweep.reference import unpack
from sweep.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY

Array = NDArray[np.float64]

GRID = 201
"""Points along each side at which the decision surface is computed."""
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY)
"""Colours of the rows of each class, from the first again after the last."""
MARKERS = "o^sDv"


def look(number: int) -> dict[str, Any]:
    """Marker and colour of the rows of a class."""
    return {"marker": MARKERS[number % len(MARKERS)], "color": COLOURS[number % len(COLOURS)]}


def sides(seen: Trace) -> tuple[Array, Array]:
    """The values of both inputs at which the decision surface is computed: from the least to the greatest, and
    beyond."""
    inputs = find_problem(seen.recipe.problem, seen.recipe.inputs).inputs
    margin = 0.0 if is_truth_table(seen.recipe.problem) else 0.1
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    x, y = np.linspace(low - margin * (high - low), high + margin * (high - low), GRID).T
    return x, y


def surface(seen: Trace) -> Array:
    """The network's outputs (GRID, GRID, n_outputs) on a net over two inputs, the second along the first axis."""
    x, y = sides(seen)
    outputs = layer_outputs(seen.recipe, seen.training.parameters, np.array(list(product(x, y))))[-1]
    return probabilities(seen.recipe, outputs).reshape(GRID, GRID, -1).swapaxes(0, 1)


def classes(targets: Array) -> NDArray[np.int64]:
    """The class of every row (rows,): the target itself where there is one, else the number of the greatest."""
    return targets[:, 0].astype(np.int64) if targets.shape[1] == 1 else targets.argmax(axis=1)


def label(recipe: Recipe, number: int) -> str:
    """A class in words."""
    if recipe.widths[-1] == 1:
        return f"target {number}"
    return known_data(recipe.problem).output_names[number]


def input_names(recipe: Recipe) -> tuple[str, ...]:
    """The inputs in words."""
    if is_truth_table(recipe.problem):
        return tuple(f"input {number + 1}" for number in range(recipe.widths[0]))
    return known_data(recipe.problem).input_names


def decision_surface(axes: Axes, seen: Trace) -> Axes:
    """Draw the output over both inputs, the hidden units' lines and the rows of the problem; return axes.

    Of several outputs it is the class of the greatest that is drawn.
    """
    recipe, (x, y), outputs = seen.recipe, sides(seen), surface(seen)
    n_outputs = outputs.shape[-1]
    if n_outputs > 1:
        palette = ListedColormap([COLOURS[k % len(COLOURS)] for k in range(n_outputs)])
        options: Any = {"cmap": palette, "alpha": 0.35, "vmin": -0.5, "vmax": n_outputs - 0.5}
        mesh = axes.pcolormesh(x, y, outputs.argmax(axis=-1), rasterized=True, **options)
    else:
        limits: Any = {} if recipe.output == "identity" else {"vmin": 0, "vmax": 1}
        mesh = axes.pcolormesh(x, y, outputs[..., 0], cmap="cividis", rasterized=True, **limits)
        axes.figure.colorbar(mesh, ax=axes, label="output", shrink=0.85)
    for a, b, c in hidden_lines(seen):
        with np.errstate(divide="ignore", invalid="ignore"):
            line = (x, -(c + a * x) / b) if abs(b) >= abs(a) else (-(c + b * y) / a, y)
        axes.plot(*line, color="white" if n_outputs == 1 else BLACK, linestyle="--", linewidth=1.3)
    inputs, targets = find_problem(recipe.problem, recipe.inputs)
    size = 70 if is_truth_table(recipe.problem) else 16
    edge: Any = {"edgecolor": BLACK, "linewidth": 0.6}
    if recipe.output == "identity":
        axes.scatter(inputs[:, 0], inputs[:, 1], s=size, color="white", zorder=3, clip_on=False, **edge)
    for number in np.unique(classes(targets)) if recipe.output != "identity" else ():
        style = look(number) | ({"color": "white"} if n_outputs == 1 else {})
        points = inputs[classes(targets) == number].T
        axes.scatter(
            points[0], points[1], s=size, zorder=3, clip_on=False, label=label(recipe, number), **edge, **style
        )
    if 1 < n_outputs <= len(COLOURS):
        axes.legend(fontsize=8, frameon=True, framealpha=0.85)
    axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    axes.set_xlabel(input_names(recipe)[0])
    axes.set_ylabel(input_names(recipe)[1])
    axes.set_aspect("equal" if is_truth_table(recipe.problem) else "auto")
    axes.grid(visible=False)
    axes.set_title(f"Class{_marks(recipe)}" if n_outputs > 1 else f"Output{_marks(recipe)}", fontsize=10)
    return axes


def _marks(recipe: Recipe) -> str:
    hidden = "dashed: hidden units" if recipe.hidden else ""
    targets = "" if recipe.output == "identity" or recipe.widths[-1] > 1 else "○ target 0, △ target 1"
    said = ", ".join(filter(None, (targets, hidden)))
    return f" ({said})" if said else ""


def hidden_lines(seen: Trace) -> Array:
    """Rows (a, b, c) of the lines a·input1 + b·input2 + c = 0 on which the first hidden layer's units are at z = 0."""
    if not seen.recipe.hidden:
        return np.empty((0, 3))
    layer = unpack(seen.recipe, seen.training.parameters)[0]
    return np.column_stack([*layer.weights, layer.biases])
