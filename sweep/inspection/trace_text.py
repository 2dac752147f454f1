"""One training in text: the loss as it falls, the truth table, the trained parameters, the hidden layer's answers."""

import numpy as np

from sweep.console.words import plural
from sweep.inspection.replay import Trace
from sweep.recipe import Recipe, describe_recipe
from sweep.recipe.problem import truth_table
from sweep.reference import unpack


def describe(seen: Trace, every: int) -> str:
    """The training in text."""
    training = seen.training
    lines = [f"{describe_recipe(seen.recipe)}.", "", "epoch  mean loss before its update"]
    shown = list(range(0, seen.recipe.epochs, every))
    lines += [f"{epoch:>8,}  {training.losses[epoch]:.6f}" for epoch in shown]
    lines += [f"{seen.recipe.epochs:>8,}  {final_loss(seen)}  (trained)", "", *truth_lines(seen), ""]
    lines += parameter_lines(seen)
    if seen.recipe.hidden:
        lines += ["", *hidden_lines(seen)]
    solved = f"solved after {plural(training.solved_epoch, 'update')}" if training.solved_epoch >= 0 else "never solved"
    total = "diverged" if training.diverged else f"total loss {seen.loss!r}"
    return "\n".join([*lines, "", f"{total}; {solved}."])


def final_loss(seen: Trace) -> str:
    """The mean loss at the trained parameters."""
    return "diverged" if seen.training.diverged else f"{seen.training.final_loss:.6f}"


def truth_lines(seen: Trace) -> list[str]:
    """The truth table with the network's answers."""
    inputs, targets = truth_table(seen.recipe.problem)
    lines = ["inputs  target  output  rounded"]
    for row, target, y in zip(inputs, targets, seen.outputs, strict=True):
        verdict = "right" if (y - 0.5) * (2 * target - 1) > 0 else "WRONG"
        rounded = f"{y:.0f}" if np.isfinite(y) else "-"
        lines.append(f"{' '.join(f'{x:.0f}' for x in row):<6}  {target:>6.0f}  {y:.4f}  {rounded:>7}  {verdict}")
    return lines


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
    lines = ["inputs  answers of the hidden units, after training"]
    for row, *answers in zip(*seen.after[:-1], strict=True):
        layers = "  |".join(numbers(answer) for answer in answers)
        lines.append(f"{' '.join(f'{x:.0f}' for x in row):<6}{layers}")
    return lines


def numbers(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    """Numbers in columns."""
    return "".join(f"{value:>10.4f}" for value in values)
