"""RECIPES: the published programs as recipes."""

from dataclasses import dataclass

from sweep.errors import UsageError
from sweep.recipe import Recipe


@dataclass(frozen=True)
class Program:
    """A published program: the recipe that repeats it, and where it comes from."""

    recipe: Recipe
    source: str


PROGRAMS = {
    "gustaw": Program(
        Recipe(
            hidden=(2,),
            activation="sigmoid",
            loss="bce",
            learning_rate=0.1,
            epochs=10_000,
            biases="drawn",
            update_order="output_first",
            gradient_scale="sum",
            hidden_std_dev=1.0,
            output_std_dev=0.8165,
        ),
        'D. Gustaw, "Machine Learning of XOR from scratch", 2025',
    ),
}
RECIPES = {name: program.recipe for name, program in PROGRAMS.items()}


def find_recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UsageError: there is none; the message lists those there are.
    """
    if name not in RECIPES:
        raise UsageError(f"recipe was given as {name!r}; allowed is one of {', '.join(RECIPES)}")
    return RECIPES[name]
