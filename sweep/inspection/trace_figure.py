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
from sweep.recipe.data import known_data
from sweep.recipe.objective import are_right
from sweep.recipe.problem import find_problem, is_truth_table
from sweep.recipe.words import describe_problem
from sweep.reference import unpack
from sweep.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, STYLE, new_figure

Array = NDArray[np.float64]

GRID = 201
"""Points along each side of the unit square at which the decision surface is computed."""
COLOURS, MARKERS = (BLUE, ORANGE, GREEN, PURPLE, SKY), ("o", "^", "s", "D")
"""Of the rows whose target is 0, of those where it is 1, or of each class; any twenty classes are told apart."""
FEW_ROWS = 32
"""Rows up to which each is drawn large, and of a truth table named."""
MOST_NAMES = 10
"""Entries of a legend."""


def draw(seen: Trace) -> Figure:
    """The figure of one training: loss curve, decision surface, hidden layer before and after training."""
    with mpl.rc_context(STYLE):
        rows = 2 if seen.recipe.hidden else 1
        figure = new_figure(8.5, 0.8 + 3.9 * rows)
        axes = figure.subplots(rows, 2).ravel()
        loss_curve(axes[0], seen)
        if (seen.recipe.widths[0], seen.recipe.widths[-1]) == (2, 1):
            decision_surface(axes[1], seen)
        else:
            outputs(axes[1], seen)
        if seen.recipe.hidden:
            hidden_layer(axes[2], seen, seen.before[-2], "Hidden layer before training")
            hidden_layer(axes[3], seen, seen.after[-2], "Hidden layer after training")
        solved = seen.training.solved_epoch
        title = f"solved after {solved:,} updates" if solved >= 0 else "never solved"
        ending = "" if seen.training.solved or solved < 0 else ", but not solved at the end"
        figure.suptitle(
            f"One training on {describe_problem(seen.recipe)}: {title}{ending}", x=0.01, ha="left", fontsize=12
        )
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
    axes.set_ylabel("mean squared error" if seen.recipe.loss == "mse" else "mean loss (nats)")
    axes.set_title("Loss", fontsize=10)
    return axes


def sides(seen: Trace) -> tuple[Array, Array]:
    """GRID values of each of two inputs: from 0 to 1 of a truth table, else a little beyond the rows' own."""
    inputs, _ = find_problem(seen.recipe.problem, seen.recipe.inputs)
    beyond = 0 if is_truth_table(seen.recipe.problem) else 0.05 * np.ptp(inputs, axis=0)
    first, second = np.linspace(inputs.min(axis=0) - beyond, inputs.max(axis=0) + beyond, GRID).T
    return first, second


def surface(seen: Trace) -> Array:
    """The network's output on a GRID × GRID net over `sides`, second input along the first axis."""
    inputs = np.array(list(product(*sides(seen))))
    return layer_outputs(seen.recipe, seen.training.parameters, inputs)[-1].reshape(GRID, GRID).T


def decision_surface(axes: Axes, seen: Trace) -> Axes:
    """Draw the output over two inputs, the hidden units' lines and the rows; return axes."""
    first, second = sides(seen)
    is_probability = seen.recipe.output == "sigmoid"
    (inputs, targets), found = find_problem(seen.recipe.problem, seen.recipe.inputs), surface(seen)
    limits = (0, 1) if is_probability else (min(targets.min(), found.min()), max(targets.max(), found.max()))
    colours = {"cmap": "cividis", "vmin": limits[0], "vmax": limits[1]}
    mesh = axes.pcolormesh(first, second, found, rasterized=True, **colours)
    axes.figure.colorbar(mesh, ax=axes, label="output", shrink=0.85)
    for unit, (a, b, c) in enumerate(hidden_lines(seen)):
        label = "hidden units' lines" if unit == 0 else None
        with np.errstate(divide="ignore", invalid="ignore"):
            if abs(b) >= abs(a):
                axes.plot(first, -(c + a * first) / b, color="white", linestyle="--", linewidth=1.3, label=label)
            else:
                axes.plot(-(c + b * second) / a, second, color="white", linestyle="--", linewidth=1.3, label=label)
    style = {"s": 70 if len(inputs) <= FEW_ROWS else 16, "edgecolor": BLACK, "zorder": 3, "clip_on": False}
    style["linewidth"] = 1.0 if len(inputs) <= FEW_ROWS else 0.5
    if is_probability:
        for target, marker in ((0, "o"), (1, "^")):
            x, y = inputs[targets[:, 0] == target].T
            axes.scatter(x, y, marker=marker, color="white", **style)
    else:
        axes.scatter(*inputs.T, c=targets[:, 0], **colours, **style)
    one, other = input_names(seen)
    aspect = "equal" if is_truth_table(seen.recipe.problem) else "auto"
    axes.set(xlim=first[[0, -1]], ylim=second[[0, -1]], xlabel=one, ylabel=other, aspect=aspect)
    axes.grid(visible=False)
    shown = "○ target 0, △ target 1" if is_probability else "○ targets, in their colours"
    axes.set_title(f"Output ({shown}, dashed: hidden units)", fontsize=10)
    return axes


def input_names(seen: Trace) -> tuple[str, ...]:
    """The inputs' names, as they are on axes."""
    if is_truth_table(seen.recipe.problem):
        return tuple(f"input {number + 1}" for number in range(seen.recipe.widths[0]))
    unit = " (standardized)" if seen.recipe.inputs == "standardized" else ""
    return tuple(f"{name}{unit}" for name in known_data(seen.recipe.problem).input_names)


def hidden_lines(seen: Trace) -> Array:
    """Rows (a, b, c) of the lines a·input1 + b·input2 + c = 0 on which the first hidden layer's units are at z = 0."""
    if not seen.recipe.hidden:
        return np.empty((0, 3))
    layer = unpack(seen.recipe, seen.training.parameters)[0]
    return np.column_stack([*layer.weights, layer.biases])


def outputs(axes: Axes, seen: Trace) -> Axes:
    """Draw what the network answers to every row, against the target; return axes."""
    recipe = seen.recipe
    inputs, targets = find_problem(recipe.problem, recipe.inputs)
    axes.set_title(f"Output for the {len(inputs):,} rows", fontsize=10)
    if recipe.output == "identity":
        for column, name in enumerate(output_names(seen)):
            colour, marker = COLOURS[column % len(COLOURS)], MARKERS[column % len(MARKERS)]
            axes.scatter(targets[:, column], seen.outputs[:, column], s=14, color=colour, marker=marker, label=name)
        ends = [targets.min(), targets.max()]
        axes.plot(ends, ends, color=BLACK, linewidth=0.8, label="output = target")
        axes.set(xlabel="target", ylabel="output")
    elif is_truth_table(recipe.problem):
        for target, marker in ((0, "o"), (1, "^")):
            rows = np.flatnonzero(targets[:, 0] == target)
            axes.scatter(rows, seen.outputs[rows, 0], marker=marker, color=COLOURS[target], label=f"target {target}")
        axes.axhline(0.5, color=BLACK, linewidth=0.8)
        axes.set(ylim=(-0.05, 1.05), xlabel="row of the truth table", ylabel="output")
    else:
        wanted = np.where(targets > 0.5, seen.outputs, 1 - seen.outputs)
        probability = (targets * seen.outputs).sum(axis=1) if recipe.output == "softmax" else wanted.min(axis=1)
        right = are_right(recipe, seen.after[-1], targets)
        for is_right, marker in ((True, "o"), (False, "^")):
            rows = np.flatnonzero(right == is_right)
            label, colour = f"{'right' if is_right else 'wrong'} ({len(rows):,})", COLOURS[0 if is_right else 1]
            axes.scatter(rows + 1, probability[rows], s=14, marker=marker, color=colour, label=label)
        axes.set(ylim=(-0.05, 1.05), xlabel="row", ylabel="probability of its target")
    if len(axes.get_legend_handles_labels()[0]) <= MOST_NAMES:
        axes.legend(fontsize=8, **({"loc": (0.02, 0.6)} if is_truth_table(recipe.problem) else {}))
    return axes


def output_names(seen: Trace) -> tuple[str, ...]:
    """What the outputs are called: targets, or classes."""
    return ("target",) if is_truth_table(seen.recipe.problem) else known_data(seen.recipe.problem).output_names


def groups(seen: Trace) -> list[tuple[str, NDArray[np.bool_]]]:
    """The rows that are told apart (rows,), by what they are called: those of a class, or of targets 0 and 1."""
    _, targets = find_problem(seen.recipe.problem, seen.recipe.inputs)
    if seen.recipe.output == "softmax":
        return [(name, column > 0.5) for name, column in zip(output_names(seen), targets.T, strict=True)]
    if seen.recipe.output == "sigmoid" and targets.shape[1] == 1:
        return [(f"target {target}", targets[:, 0] == target) for target in (0, 1)]
    return [("rows", np.ones(len(targets), bool))]


def hidden_layer(axes: Axes, seen: Trace, answers: Array, title: str) -> Axes:
    """Draw a hidden layer's answers (rows, units): as points where there are two units, else as a map; return axes."""
    is_table = is_truth_table(seen.recipe.problem)
    inputs, _ = find_problem(seen.recipe.problem, seen.recipe.inputs)
    names = ["".join(f"{x:.0f}" for x in row) if is_table else f"{n:,}" for n, row in enumerate(inputs, 1)]
    axes.set_title(title, fontsize=10)
    # The drawing library takes differences, which must not overflow.
    answers = np.where(np.abs(answers) < 1e150, answers, np.nan)
    if answers.shape[1] != 2:
        if not is_table:
            answers = np.concatenate([answers[rows] for _, rows in groups(seen)])
        low, high = (np.nanmin(answers), np.nanmax(answers)) if np.isfinite(answers).any() else (0, 1)
        mesh = axes.imshow(answers, cmap="cividis", aspect="auto", vmin=low, vmax=high, interpolation="nearest")
        axes.figure.colorbar(mesh, ax=axes, label="answer", shrink=0.85)
        axes.set_xticks(range(answers.shape[1]), [str(unit + 1) for unit in range(answers.shape[1])])
        if is_table:
            axes.set_yticks(range(len(names)), names, fontsize=8 if len(names) <= 8 else 5)
        else:
            mark_groups(axes, seen)
        axes.set(xlabel="hidden unit", ylabel="inputs" if is_table else "rows")
        axes.grid(visible=False)
        return axes
    size = 50 if len(names) <= FEW_ROWS else 16
    for number, (name, rows) in enumerate(groups(seen)):
        colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
        axes.scatter(*answers[rows].T, s=size, marker=marker, color=colour, label=name, zorder=3)
    for row, (name, (x, y)) in enumerate(zip(names, answers, strict=True)):
        # Rows that training brings together keep readable names on different sides.
        offset = ((6, 6), (6, -12), (-16, 6), (-16, -12))[row % 4]
        if is_table and len(names) <= FEW_ROWS:
            axes.annotate(name, (x, y), xytext=offset, textcoords="offset points", fontsize=8)
    if seen.recipe.activation in ("sigmoid", "tanh"):
        low = 0 if seen.recipe.activation == "sigmoid" else -1
        axes.set(xlim=(low - 0.08, 1.14), ylim=(low - 0.08, 1.14))
    axes.set(xlabel="hidden unit 1", ylabel="hidden unit 2")
    if len(groups(seen)) <= MOST_NAMES:
        axes.legend(fontsize=8)
    return axes


def mark_groups(axes: Axes, seen: Trace) -> None:
    """Name the groups of rows along the vertical axis, with a line between them."""
    sizes = [int(rows.sum()) for _, rows in groups(seen)]
    ends = np.cumsum(sizes)
    for end in ends[:-1]:
        axes.axhline(end - 0.5, color="white", linewidth=1.5)
    axes.set_yticks(ends - np.array(sizes) / 2 - 0.5, [name for name, _ in groups(seen)], fontsize=8)
