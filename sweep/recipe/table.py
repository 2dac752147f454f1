"""The recipes in a table."""

from sweep.recipe.published import BASES, NAMES, PROGRAMS, find_recipe
from sweep.recipe.words import describe_recipe


def recipe_table() -> str:
    """The recipes, one a row, then what each repeats and what others are for, as text of many lines.

    Examples:
        >>> lines = recipe_table().splitlines()
        >>> for line in lines[:3]:
        ...     print(" ".join(line.split()))
        recipe network activation biases loss gradient rate epochs spreads Xavier He
        gustaw 2-2-1 sigmoid drawn bce sum 0.1 10,000 1, 0.8165 0.7071 1.0000
        peczenyj 2-2-1 sigmoid zero mse half_sum 1 20,000 1, 1 0.7071 1.0000
    """
    head = (
        "recipe",
        "network",
        "activation",
        "biases",
        "loss",
        "gradient",
        "rate",
        "epochs",
        "spreads",
        "Xavier",
        "He",
    )
    rows = [head]
    for name in NAMES:
        recipe = find_recipe(name)
        hidden = recipe.layers[0]
        network, spreads = "-".join(map(str, recipe.widths)), (recipe.hidden_std_dev, recipe.output_std_dev)
        words = (name, network, recipe.activation, recipe.biases, recipe.loss, recipe.gradient_scale)
        numbers = (f"{recipe.learning_rate:g}", f"{recipe.epochs:,}", ", ".join(f"{spread:.4g}" for spread in spreads))
        rows.append((*words, *numbers, f"{hidden.xavier:.4f}", f"{hidden.he:.4f}"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.append(
        "\nSpreads are of the hidden and of the output weights; Xavier and He are predicted for the hidden ones."
    )
    for name, program in PROGRAMS.items():
        lines.append(f"\n{name}: {program.source}\n  starts: {program.starts}\n  reports: {program.reports}")
    for name, recipe in BASES.items():
        trained = describe_recipe(recipe, ("hidden", "hidden_std_dev", "output_std_dev", "update_order"))
        lines.append(
            f"\n{name}: where your own data starts from: --recipe {name} --set problem=FILE.csv\n  trained: {trained}"
        )
    return "\n".join(lines)
