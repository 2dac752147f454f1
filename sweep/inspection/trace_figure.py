"""One training seen from inside: loss, decision surface, and the hidden layer before and after."""

import textwrap
from itertools import product

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sweep.inspection.replay import Trace, layer_outputs
from sweep.recipe import describe_recipe
from sweep.recipe.problem import find_problem
from sweep.reference import unpack
from sweep.style import BLACK, BLUE, ORANGE, STYLE, new_figure

GRID = 201
"""Points along each side of the unit square at which the decision surface is computed."""
COLOURS = (BLUE, ORANGE)
"""Colours of the rows whose target is 0 and 1."""


def draw(seen: Trace) -> Figure:
    """The figure of one training: loss curve, decision surface, hidden layer before and after training."""
    with mpl.rc_context(STYLE):
        rows = 2 if seen.recipe.hidden else 1
        figure = new_figure(8.5, 0.8 + 3.9 * rows)
        axes = figure.subplots(rows, 2).ravel()
        loss_curve(axes[0], seen)
        if seen.recipe.layers[0].fan_in == 2:
            decision_surface(axes[1], seen)
        else:
            outputs(axes[1], seen)
        if seen.recipe.hidden:
            hidden_layer(axes[2], seen, seen.before[-2], "Hidden layer before training")
            hidden_layer(axes[3], seen, seen.after[-2], "Hidden layer after training")
        solved = seen.training.solved_epoch
        title = f"solved after {solved:,} updates" if solved >= 0 else "never solved"
        ending = "" if seen.training.solved or solved < 0 else ", but not solved at the end"
        figure.suptitle(f"One training on {seen.recipe.problem}: {title}{ending}", x=0.01, ha="left", fontsize=12)
        words = textwrap.fill(f"Trained: {describe_recipe(seen.recipe)}.", 120)
        figure.supxlabel(words, x=0.01, ha="left", fontsize=8, color="#444444")
    return figure


def loss_curve(axes: Axes, seen: Trace) -> Axes:
    """Draw the mean loss of every epoch; return axes."""
    axes.plot(np.arange(seen.recipe.epochs), seen.training.losses, color=BLUE)
    if seen.training.solved_epoch >= 0:
        axes.axvline(seen.training.solved_epoch, color=BLACK, linestyle=":", label="first solved")
        axes.legend(fontsize=8)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean loss (nats)" if seen.recipe.loss == "bce" else "mean squared error")
    axes.set_title("Loss", fontsize=10)
    return axes


def surface(seen: Trace) -> NDArray[np.float64]:
    """The network's output on a GRID × GRID net over the unit square, second input along the first axis."""
    side = np.linspace(0, 1, GRID)
    inputs = np.array(list(product(side, side)))
    return layer_outputs(seen.recipe, seen.training.parameters, inputs)[-1].reshape(GRID, GRID).T


def decision_surface(axes: Axes, seen: Trace) -> Axes:
    """Draw the output over the unit square, the hidden units' lines and the rows of the truth table; return axes."""
    side = np.linspace(0, 1, GRID)
    mesh = axes.pcolormesh(side, side, surface(seen), cmap="cividis", vmin=0, vmax=1, rasterized=True)
    axes.figure.colorbar(mesh, ax=axes, label="output", shrink=0.85)
    for unit, (a, b, c) in enumerate(hidden_lines(seen)):
        label = "hidden units' lines" if unit == 0 else None
        with np.errstate(divide="ignore", invalid="ignore"):
            if abs(b) >= abs(a):
                axes.plot(side, -(c + a * side) / b, color="white", linestyle="--", linewidth=1.3, label=label)
            else:
                axes.plot(-(c + b * side) / a, side, color="white", linestyle="--", linewidth=1.3, label=label)
    inputs, targets = find_problem(seen.recipe.problem, seen.recipe.inputs)
    for target, marker in ((0, "o"), (1, "^")):
        x, y = inputs[targets == target].T
        axes.scatter(x, y, s=70, marker=marker, color="white", edgecolor=BLACK, zorder=3, clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="input 1", ylabel="input 2", aspect="equal")
    axes.grid(visible=False)
    axes.set_title("Output (○ target 0, △ target 1, dashed: hidden units)", fontsize=10)
    return axes


def hidden_lines(seen: Trace) -> NDArray[np.float64]:
    """Rows (a, b, c) of the lines a·input1 + b·input2 + c = 0 on which the first hidden layer's units are at z = 0."""
    if not seen.recipe.hidden:
        return np.empty((0, 3))
    layer = unpack(seen.recipe, seen.training.parameters)[0]
    return np.column_stack([*layer.weights, layer.biases])


def outputs(axes: Axes, seen: Trace) -> Axes:
    """Draw the output of every row of a truth table with more than two inputs; return axes."""
    inputs, targets = find_problem(seen.recipe.problem, seen.recipe.inputs)
    for target, marker in ((0, "o"), (1, "^")):
        rows = np.flatnonzero(targets == target)
        axes.scatter(rows, seen.outputs[rows], marker=marker, color=COLOURS[target], label=f"target {target}")
    axes.axhline(0.5, color=BLACK, linewidth=0.8)
    axes.set(ylim=(-0.05, 1.05), xlabel="row of the truth table", ylabel="output")
    axes.legend(fontsize=8, loc=(0.02, 0.6))
    axes.set_title(f"Output for the {len(inputs)} rows", fontsize=10)
    return axes


def hidden_layer(axes: Axes, seen: Trace, answers: NDArray[np.float64], title: str) -> Axes:
    """Draw a hidden layer's answers (rows, units): as points where there are two units, else as a map; return axes."""
    inputs, targets = find_problem(seen.recipe.problem, seen.recipe.inputs)
    names = ["".join(f"{x:.0f}" for x in row) for row in inputs]
    axes.set_title(title, fontsize=10)
    # The drawing library takes differences, which must not overflow.
    answers = np.where(np.abs(answers) < 1e150, answers, np.nan)
    if answers.shape[1] != 2:
        low, high = (np.nanmin(answers), np.nanmax(answers)) if np.isfinite(answers).any() else (0, 1)
        mesh = axes.imshow(answers, cmap="cividis", aspect="auto", vmin=low, vmax=high)
        axes.figure.colorbar(mesh, ax=axes, label="answer", shrink=0.85)
        axes.set_yticks(range(len(names)), names, fontsize=8 if len(names) <= 8 else 5)
        axes.set_xticks(range(answers.shape[1]), [str(unit + 1) for unit in range(answers.shape[1])])
        axes.set(xlabel="hidden unit", ylabel="inputs")
        axes.grid(visible=False)
        return axes
    for target, marker in ((0, "o"), (1, "^")):
        x, y = answers[targets == target].T
        axes.scatter(x, y, s=50, marker=marker, color=COLOURS[target], label=f"target {target}", zorder=3)
    for row, (name, (x, y)) in enumerate(zip(names, answers, strict=True)):
        # Rows that training brings together keep readable names on different sides.
        offset = ((6, 6), (6, -12), (-16, 6), (-16, -12))[row % 4]
        axes.annotate(name, (x, y), xytext=offset, textcoords="offset points", fontsize=8)
    if seen.recipe.activation in ("sigmoid", "tanh"):
        low = 0 if seen.recipe.activation == "sigmoid" else -1
        axes.set(xlim=(low - 0.08, 1.14), ylim=(low - 0.08, 1.14))
    axes.set(xlabel="hidden unit 1", ylabel="hidden unit 2")
    axes.legend(fontsize=8)
    return axes
