"""One training in text: the loss as it falls, the rows, the trained parameters, the hidden layer's answers."""

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

SHOWN_ROWS = 10
"""Rows of a data set that are shown; of a truth table all are."""


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
    solved = f"solved after {plural(training.solved_epoch, 'update')}" if training.solved_epoch >= 0 else "never solved"
    total = "diverged" if training.diverged else f"total loss {seen.loss!r}"
    return "\n".join([*lines, "", f"{total}; {solved}."])


def final_loss(seen: Trace) -> str:
    """The mean loss at the trained parameters."""
    return "diverged" if seen.training.diverged else f"{seen.training.final_loss:.6f}"


def row_lines(seen: Trace) -> list[str]:
    """The rows with the network's answers."""
    recipe = seen.recipe
    inputs, targets = find_problem(recipe.problem, recipe.inputs)
    right = are_right(recipe, seen.after[-1], targets)
    if is_truth_table(recipe.problem) and recipe.output == "sigmoid":
        return truth_lines(inputs, targets[:, 0], seen.outputs[:, 0], right)
    lines = [f"row     {'target':<16}  output"]
    for row in range(min(len(targets), SHOWN_ROWS)):
        verdict = "" if recipe.output == "identity" else "  right" if right[row] else "  WRONG"
        target, answer = told(recipe, targets[row]), told(recipe, seen.outputs[row])
        lines.append(f"{row + 1:>3,}     {target:<16}  {answer}{verdict}")
    if len(targets) > SHOWN_ROWS:
        lines.append(f"… and {len(targets) - SHOWN_ROWS:,} more")
    if recipe.output != "identity":
        lines.append(f"{right.sum():,} of {plural(len(right), 'row')} right")
    return lines


def truth_lines(inputs: Array, targets: Array, outputs: Array, right: NDArray[np.bool_]) -> list[str]:
    """The truth table with the network's answers."""
    lines = ["inputs  target  output  rounded"]
    for row, target, y, is_right in zip(inputs, targets, outputs, right, strict=True):
        rounded = f"{y:.0f}" if np.isfinite(y) else "-"
        verdict = "right" if is_right else "WRONG"
        lines.append(f"{' '.join(f'{x:.0f}' for x in row):<6}  {target:>6.0f}  {y:.4f}  {rounded:>7}  {verdict}")
    return lines


def told(recipe: Recipe, outputs: Array) -> str:
    """Outputs (n_outputs,) in words: a class with its probability, else the numbers."""
    if recipe.output != "softmax" or not np.isfinite(outputs).all():
        return " ".join(f"{y:.4g}" for y in outputs)
    name = known_data(recipe.problem).output_names[outputs.argmax()]
    return name if outputs.max() == 1 else f"{name} ({outputs.max():.4f})"


def layer_names(recipe: Recipe) -> list[str]:
    """The layers' names: hidden 1, hidden 2, …, output."""
    return [f"hidden {number}" for number in range(1, len(recipe.hidden) + 1)] + ["output"]


def parameter_lines(seen: Trace) -> list[str]:
    """The trained parameters by layer: a row an input with its weight to every unit, then the biases."""
    lines = []
    layers = unpack(seen.recipe, seen.training.parameters)
    below = [f"input {number + 1}" for number in range(seen.recipe.layers[0].fan_in)]
    for name, layer in zip(layer_names(seen.recipe), layers, strict=True):
        fan_out = layer.weights.shape[1]
        above = [f"{name} unit {number + 1}" if fan_out > 1 else name for number in range(fan_out)]
        lines.append(f"layer {name}: weights to {', '.join(above)}")
        lines += [f"  from {source:<16}{numbers(row)}" for source, row in zip(below, layer.weights, strict=True)]
        if seen.recipe.biases != "none":
            lines.append(f"  biases{'':<15}{numbers(layer.biases)}")
        below = above
    return lines


def hidden_lines(seen: Trace) -> list[str]:
    """What the hidden layers answer to each input, after training."""
    is_table = is_truth_table(seen.recipe.problem)
    lines = [f"{'inputs' if is_table else 'row   '}  answers of the hidden units, after training"]
    for number, (row, *answers) in enumerate(zip(*seen.after[:-1], strict=True), 1):
        if number > SHOWN_ROWS and not is_table:
            lines.append(f"… and {seen.recipe.rows - SHOWN_ROWS:,} more")
            break
        layers = "  |".join(numbers(answer) for answer in answers)
        name = " ".join(f"{x:.0f}" for x in row) if is_table else f"{number:>3,}"
        lines.append(f"{name:<6}{layers}")
    return lines


def numbers(values: Array) -> str:
    """Numbers in columns."""
    return "".join(f"{value:>10.4f}" for value in values)
