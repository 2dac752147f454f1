"""One training in text: the loss as it falls, the problem's rows, the parameters, the hidden layers' answers."""

import numpy as np
from numpy.typing import NDArray

from sweep.console.words import plural
from sweep.inspection.replay import Trace
from sweep.recipe import Recipe, describe_recipe
from sweep.recipe.data import known_data
from sweep.recipe.objective import are_right
from sweep.recipe.problem import find_problem, is_truth_table
from sweep.reference import unpack

Array = NDArray[np.float64]

ROWS = 12
"""Rows of a data set that are shown."""


def describe(seen: Trace, every: int) -> str:
    """The training in text."""
    training = seen.training
    lines = [f"{describe_recipe(seen.recipe)}.", "", "epoch  mean loss before its update"]
    shown = list(range(0, seen.recipe.epochs, every))
    lines += [f"{epoch:>8,}  {training.losses[epoch]:.6f}" for epoch in shown]
    lines += [f"{seen.recipe.epochs:>8,}  {final_loss(seen)}  (trained)", "", *row_lines(seen), ""]
    lines += parameter_lines(seen)
    if seen.recipe.hidden:
        lines += ["", *hidden_lines(seen)]
    solved = f"solved after {plural(training.solved_epoch, 'epoch')}" if training.solved_epoch >= 0 else "never solved"
    total = "diverged" if training.diverged else f"total loss {seen.loss!r}"
    return "\n".join([*lines, "", f"{total}; {solved}."])


def final_loss(seen: Trace) -> str:
    """The mean loss at the trained parameters."""
    return "diverged" if seen.training.diverged else f"{seen.training.final_loss:.6f}"


def row_lines(seen: Trace) -> list[str]:
    """The rows of the problem with the network's answers: of a truth table all, of a data set some."""
    recipe, (inputs, targets) = seen.recipe, find_problem(seen.recipe.problem, seen.recipe.inputs)
    right = are_right(recipe, seen.after[-1], targets)
    if is_truth_table(recipe.problem):
        lines = ["inputs  target  output  rounded"]
        for row, target, y, is_right in zip(inputs, targets[:, 0], seen.outputs[:, 0], right, strict=True):
            rounded = f"{y:.0f}" if np.isfinite(y) else "-"
            verdict = "" if recipe.output == "identity" else "right" if is_right else "WRONG"
            lines.append(f"{shown(row):<6}  {target:>6.0f}  {y:.4f}  {rounded:>7}  {verdict}".rstrip())
        return lines
    some = some_rows(len(inputs))
    lines = [f"{len(some)} of {plural(len(inputs), 'row')}: inputs | targets | outputs"]
    for place in some:
        verdict = "" if recipe.output == "identity" else "  right" if right[place] else "  WRONG"
        lines.append(f"{numbers(inputs[place])} |{numbers(targets[place])} |{numbers(seen.outputs[place])}{verdict}")
    if recipe.output != "identity":
        lines.append(f"right: {int(right.sum()):,} of {len(right):,} rows ({right.mean():.1%})")
    return lines


def some_rows(n: int) -> list[int]:
    """The rows of a data set that are shown, evenly from the first to the last: files are often sorted by class."""
    return sorted({round(place) for place in np.linspace(0, n - 1, ROWS).tolist()})


def shown(row: Array) -> str:
    """The inputs of a row of a truth table."""
    return " ".join(f"{x:.0f}" for x in row)


def layer_names(recipe: Recipe) -> list[str]:
    """The layers' names: hidden 1, hidden 2, …, output."""
    return [f"hidden {number}" for number in range(1, len(recipe.hidden) + 1)] + ["output"]


def parameter_lines(seen: Trace) -> list[str]:
    """The trained parameters by layer: a row an input with its weight to every unit, then the biases."""
    lines = []
    layers = unpack(seen.recipe, seen.training.parameters)
    below = [f"input {number + 1}" for number in range(seen.recipe.layers[0].fan_in)]
    classes: tuple[str, ...] = ()
    if not is_truth_table(seen.recipe.problem):
        data = known_data(seen.recipe.problem)
        below, classes = list(data.input_names), data.output_names
    for name, layer in zip(layer_names(seen.recipe), layers, strict=True):
        fan_out = layer.weights.shape[1]
        above = [f"{name} unit {number + 1}" if fan_out > 1 else name for number in range(fan_out)]
        if name == "output" and classes:
            above = list(classes)
        width = max(16, *(len(source) + 1 for source in below))
        lines.append(f"layer {name}: weights to {', '.join(above)}")
        lines += [f"  from {source:<{width}}{numbers(row)}" for source, row in zip(below, layer.weights, strict=True)]
        if seen.recipe.biases != "none":
            lines.append(f"  {'biases':<{width + 5}}{numbers(layer.biases)}")
        below = above
    return lines


def hidden_lines(seen: Trace) -> list[str]:
    """What the hidden layers answer to each input, after training; of a data set, to some."""
    lines, is_table = ["inputs  answers of the hidden units, after training"], is_truth_table(seen.recipe.problem)
    rows = list(zip(*seen.after[:-1], strict=True))
    for row, *answers in rows if is_table else [rows[place] for place in some_rows(len(rows))]:
        layers = "  |".join(numbers(answer) for answer in answers)
        lines.append(f"{shown(row):<6}{layers}" if is_table else f"{numbers(row)} |{layers}")
    return lines


def numbers(values: Array) -> str:
    """Numbers in columns."""
    return "".join(f"{value:>10.4f}" for value in values)
