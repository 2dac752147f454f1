"""A recipe in words."""

from collections.abc import Container

from sweep.recipe.choices import FULL, NUMBERS_OF
from sweep.recipe.data import data_name
from sweep.recipe.field import value_of
from sweep.recipe.own import OwnRecipe
from sweep.recipe.problem import is_truth_table
from sweep.recipe.recipe import AnyRecipe, Recipe

_BIASES = {"drawn": "drawn biases", "zero": "biases from zero", "none": "no biases"}
_LOSS = {"bce": "binary cross-entropy", "cross_entropy": "cross-entropy", "mse": "squared error"}


def describe_recipe(recipe: AnyRecipe, leave_out: Container[str] = ()) -> str:
    """The recipe in words, without the fields to leave out.

    Examples:
        >>> describe_recipe(Recipe(optimizer="adam", batch_size=2), ("biases", "gradient_scale", "update_order"))
        '2-2-1 network on xor, sigmoid hidden units, binary cross-entropy, adam in batches of 2, learning rate 0.1, \
10,000 epochs, hidden spread 1, output spread 1'
    """
    if isinstance(recipe, OwnRecipe):
        return ", ".join(text for field, text in recipe.describe() if field not in leave_out)
    words = {
        "hidden": f"{'-'.join(map(str, recipe.widths))} network on {describe_problem(recipe)}",
        "activation": f"{recipe.activation.replace('_', ' ')} hidden units" if recipe.hidden else "",
        "output": "" if recipe.output == "sigmoid" else f"{recipe.output} output",
        "hidden_distribution": _distribution(recipe),
        "biases": _BIASES[recipe.biases],
        "loss": _LOSS[recipe.loss],
        "solved_below": f"solved below {recipe.solved_below:g}" if recipe.solved_below else "",
        "optimizer": _optimizer(recipe),
        "learning_rate": f"learning rate {recipe.learning_rate:g}",
        "schedule": "" if recipe.schedule == "constant" else f"falling ({recipe.schedule.replace('_', ' ')})",
        "weight_decay": f"weight decay {recipe.weight_decay:g}" if recipe.weight_decay else "",
        "epochs": f"{recipe.epochs:,} epochs",
        "gradient_scale": f"gradient of the {recipe.gradient_scale.replace('_', ' ')}",
        "update_order": f"{recipe.update_order.replace('_', '-')} update",
        "hidden_std_dev": f"hidden spread {_spread(recipe, leave_out)}" if recipe.hidden else "",
        "output_std_dev": f"output spread {recipe.output_std_dev:g}",
        "spread_unit": "" if recipe.spread_unit == "absolute" else f"spreads in multiples of {recipe.spread_unit}",
    }
    return ", ".join(text for field, text in words.items() if text and field not in leave_out)


def describe_problem(recipe: Recipe) -> str:
    """The problem as it is shown: a data set by its name where it is at hand, else by its shape and digest."""
    if is_truth_table(recipe.problem):
        return recipe.problem
    inputs = "standardized " if recipe.inputs == "standardized" else ""
    return f"{inputs}{data_name(recipe.problem)} ({recipe.rows:,} rows)"


def _distribution(recipe: Recipe) -> str:
    name = recipe.hidden_distribution.replace("_", " ")
    return "" if name == "normal" or not recipe.hidden else f"{name} hidden weights"


def _optimizer(recipe: Recipe) -> str:
    named = recipe.optimizer.replace("_", " ")
    numbers = [(name, getattr(recipe, name)) for name in NUMBERS_OF[recipe.optimizer]]
    told = ", ".join(f"{name} {value:g}" for name, value in numbers if value != getattr(Recipe, name))
    batches = "" if recipe.batch_size == FULL else f" in batches of {recipe.batch_size:,}"
    if recipe.optimizer == "gradient_descent" and not batches:
        return ""
    return f"{named}{f' ({told})' if told else ''}{batches}"


def _spread(recipe: Recipe, leave_out: Container[str]) -> str:
    """One number for all hidden layers, or one for each, but for those that are left out."""
    fields = [f"hidden_std_dev.{number}" for number, _ in enumerate(recipe.hidden, 1)]
    spread = recipe.hidden_std_dev
    if not isinstance(spread, tuple) and not any(field in leave_out for field in fields):
        return f"{spread:g}"
    return " ".join("swept" if field in leave_out else f"{value_of(recipe, field):g}" for field in fields)
