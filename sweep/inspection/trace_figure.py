"""One training seen from inside: loss, decision surface, and the hidden layer before and after."""

import textwrap

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sweep.inspection.replay import Trace
from sweep.inspection.trace_surface import classes, decision_surface, label, look
from sweep.recipe import describe_recipe
from sweep.recipe.problem import find_problem, is_truth_table
from sweep.recipe.words import describe_problem
from sweep.style import BLACK, BLUE, STYLE, new_figure

Array = NDArray[np.float64]

NAMED = 64
"""Rows up to which each has its name in a map."""


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
        title = f"solved after {solved:,} epochs" if solved >= 0 else "never solved"
        ending = "" if seen.training.solved or solved < 0 else ", but not solved at the end"
        problem = describe_problem(seen.recipe)
        figure.suptitle(f"One training on {problem}: {title}{ending}", x=0.01, ha="left", fontsize=12)
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


def outputs(axes: Axes, seen: Trace) -> Axes:
    """Draw the output of every row of a problem with other than two inputs; return axes.

    Of several outputs it is the probability of the row's own class; of numbers, beside the target.
    """
    recipe, targets = seen.recipe, find_problem(seen.recipe.problem, seen.recipe.inputs).targets
    n = len(targets)
    if recipe.output == "identity":
        axes.scatter(targets, seen.outputs, s=12, color=BLUE)
        ends = [targets.min(), targets.max()]
        axes.plot(ends, ends, color=BLACK, linewidth=0.8)
        axes.set(xlabel="target", ylabel="output")
        axes.set_title(f"Outputs and targets of the {n:,} rows", fontsize=10)
        return axes
    y = seen.outputs[:, 0] if targets.shape[1] == 1 else np.take_along_axis(seen.outputs, targets.argmax(1)[:, None], 1)
    for number in np.unique(classes(targets)):
        rows = np.flatnonzero(classes(targets) == number)
        axes.scatter(rows, y[rows], s=None if n <= NAMED else 10, label=label(recipe, number), **look(number))
    if targets.shape[1] == 1:
        axes.axhline(0.5, color=BLACK, linewidth=0.8)
    kind = "truth table" if is_truth_table(recipe.problem) else "data set"
    axes.set(ylim=(-0.05, 1.05), xlabel=f"row of the {kind}")
    axes.set_ylabel("output" if targets.shape[1] == 1 else "probability of the row's class")
    axes.legend(fontsize=8, loc=(0.02, 0.6) if n <= NAMED else "best")
    axes.set_title(f"Output for the {n:,} rows", fontsize=10)
    return axes


def hidden_layer(axes: Axes, seen: Trace, answers: Array, title: str) -> Axes:
    """Draw a hidden layer's answers (rows, units): as points where there are two units, else as a map; return axes."""
    recipe, (inputs, targets) = seen.recipe, find_problem(seen.recipe.problem, seen.recipe.inputs)
    names = ["".join(f"{x:.0f}" for x in row) for row in inputs] if is_truth_table(recipe.problem) else []
    axes.set_title(title, fontsize=10)
    # The drawing library takes differences, which must not overflow.
    answers = np.where(np.abs(answers) < 1e150, answers, np.nan)
    if answers.shape[1] != 2:
        if not names:  # rows of a class lie together, so that what tells them apart is seen
            answers = answers[np.argsort(targets[:, 0] if targets.shape[1] == 1 else classes(targets), kind="stable")]
        low, high = (np.nanmin(answers), np.nanmax(answers)) if np.isfinite(answers).any() else (0, 1)
        mesh = axes.imshow(answers, cmap="cividis", aspect="auto", vmin=low, vmax=high, interpolation="nearest")
        axes.figure.colorbar(mesh, ax=axes, label="answer", shrink=0.85)
        if names:
            axes.set_yticks(range(len(names)), names, fontsize=8 if len(names) <= 8 else 5)
        if answers.shape[1] <= NAMED:
            units = range(answers.shape[1])
            axes.set_xticks(units, [str(unit + 1) for unit in units], fontsize=8 if len(units) <= 16 else 5)
        axes.set(xlabel="hidden unit", ylabel="inputs" if names else "row, in the order of the targets")
        axes.grid(visible=False)
        return axes
    if recipe.output == "identity":
        axes.scatter(answers[:, 0], answers[:, 1], s=16, c=targets[:, 0], cmap="cividis", zorder=3)
    for number in np.unique(classes(targets)) if recipe.output != "identity" else ():
        x, y = answers[classes(targets) == number].T
        axes.scatter(x, y, s=50 if names else 16, label=label(recipe, number), zorder=3, **look(number))
    for row, (name, (x, y)) in enumerate(zip(names, answers, strict=False)):
        # Rows that training brings together keep readable names on different sides.
        offset = ((6, 6), (6, -12), (-16, 6), (-16, -12))[row % 4]
        axes.annotate(name, (x, y), xytext=offset, textcoords="offset points", fontsize=8)
    if recipe.activation in ("sigmoid", "tanh"):
        low = 0 if recipe.activation == "sigmoid" else -1
        axes.set(xlim=(low - 0.08, 1.14), ylim=(low - 0.08, 1.14))
    axes.set(xlabel="hidden unit 1", ylabel="hidden unit 2")
    if recipe.output != "identity":
        axes.legend(fontsize=8)
    return axes
