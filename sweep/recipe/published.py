"""The recipes by name: RECIPES repeat published programs, with their seeded initial values, BASES are to start from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UsageError
from sweep.recipe.recipe import Recipe

Draw = Callable[[int, int], NDArray[np.float64]]
"""Standard normal numbers of shape (fan_in, fan_out), the next ones of a generator."""


NO_SEED = "this recipe publishes no seed; leave out --published and use --seed S --repeat R"


@dataclass(frozen=True)
class Program:
    """A published program.

    Attributes:
        recipe: what repeats its trainings.
        source: author and title.
        reports: what the program prints.
        starts: its initial values in words.
        seed: the seed that it publishes; None where it publishes none.
        generator: makes a `Draw` from a seed, as the program seeds its own.
    """

    recipe: Recipe
    source: str
    reports: str
    starts: str
    seed: int | None = None
    generator: Callable[[int], Draw] | None = None

    def published_parameters(self) -> NDArray[np.float64]:
        """The program's own initial parameters (n_parameters,): the layers' weights drawn in turn, biases zero.

        Raises:
            UsageError: the program publishes no seed.
        """
        if self.seed is None or self.generator is None:
            raise UsageError(NO_SEED)
        draw = self.generator(self.seed)
        spreads = [self.recipe.hidden_std_dev] * len(self.recipe.hidden) + [self.recipe.output_std_dev]
        pieces = []
        for (fan_in, fan_out), spread in zip(self.recipe.layers, spreads, strict=True):
            pieces.append(draw(fan_in, fan_out).ravel() * spread)
            if self.recipe.biases != "none":
                pieces.append(np.zeros(fan_out))
        return np.concatenate(pieces)


def _legacy(seed: int) -> Draw:
    # The same numbers as np.random.seed(seed) and np.random.randn, without the state that all share.
    return np.random.RandomState(seed).randn


def _modern(seed: int) -> Draw:
    generator = np.random.default_rng(seed)
    return lambda *shape: generator.standard_normal(shape)


def _with_he_spreads(**fields: Any) -> Recipe:
    recipe = Recipe(**fields)
    hidden, output = recipe.layers
    return replace(recipe, hidden_std_dev=hidden.he, output_std_dev=output.he)


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
        source='D. Gustaw, "Machine Learning of XOR from scratch", 2025',
        reports="loss every 500 epochs; the study's total losses",
        starts="weights and biases normal, unseeded; the study sweeps the hidden spread",
    ),
    "peczenyj": Program(
        Recipe(
            hidden=(2,),
            activation="sigmoid",
            loss="mse",
            learning_rate=1.0,
            epochs=20_000,
            biases="zero",
            gradient_scale="half_sum",
            hidden_std_dev=1.0,
            output_std_dev=1.0,
        ),
        source='Peczenyj, gist xor_train.py, "Train neural network to find xor", 2026',
        reports="loss every 2,000 epochs, the 9 trained parameters, the truth table",
        starts="weights N(0, 1) from np.random.seed(1), biases 0",
        seed=1,
        generator=_legacy,
    ),
    "twenty-lines": Program(
        Recipe(
            hidden=(4,),
            activation="sigmoid",
            loss="mse",
            learning_rate=0.1,
            epochs=1_000,
            biases="zero",
            gradient_scale="half_sum",
            hidden_std_dev=1.0,
            output_std_dev=1.0,
        ),
        source='tutorial "No TensorFlow. No PyTorch. Just you, NumPy, and 20-ish lines of code"',
        reports="predictions thresholded at 0.5",
        starts="weights N(0, 1) from np.random.seed(1), biases 0",
        seed=1,
        generator=_legacy,
    ),
    "rumelhart": Program(
        Recipe(
            hidden=(4,),
            activation="sigmoid",
            loss="mse",
            learning_rate=0.5,
            epochs=10_001,
            biases="none",
            gradient_scale="half_sum",
            hidden_std_dev=0.5,
            output_std_dev=0.5,
        ),
        source='"Backpropagation from scratch in NumPy", on Rumelhart, Hinton & Williams 1986',
        reports="loss every 2,000 steps, the four outputs",
        starts="weights 0.5 N(0, 1) from np.random.seed(42), no biases",
        seed=42,
        generator=_legacy,
    ),
    "relu-capstone": Program(
        _with_he_spreads(
            hidden=(4,),
            activation="relu",
            loss="mse",
            learning_rate=0.5,
            epochs=5_000,
            biases="zero",
            gradient_scale="mean",
        ),
        source='build-nn series, exercise "Train a 2-layer MLP on XOR"',
        reports="the final mean squared error",
        starts="weights from default_rng(0), in the order of the layers; scale not published: He's; biases 0",
        seed=0,
        generator=_modern,
    ),
}
RECIPES = {name: program.recipe for name, program in PROGRAMS.items()}
"""Name of a published program -> the recipe that repeats its trainings."""


BASES = {
    "mlp": Recipe(
        hidden=(8,),
        activation="tanh",
        optimizer="adam",
        learning_rate=0.01,
        epochs=1_000,
        biases="zero",
        gradient_scale="mean",
    ),
}
"""Name of a recipe that repeats no program -> the recipe: where data of one's own starts from."""
NAMES = (*RECIPES, *BASES)
"""Every name that --recipe takes."""


def find_recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UsageError: there is none; the message lists those there are.
    """
    if name not in NAMES:
        raise UsageError(f"recipe was given as {name!r}; allowed is one of {', '.join(NAMES)}")
    return BASES[name] if name in BASES else RECIPES[name]


def start_of(name: str) -> tuple[NDArray[np.float64], str]:
    """The initial parameters (n_parameters,) that the program of a recipe's name publishes, and how it starts in words.

    Raises:
        UsageError: it publishes no seed, or the recipe repeats no program.
    """
    if name not in PROGRAMS:
        raise UsageError(NO_SEED)
    return PROGRAMS[name].published_parameters(), PROGRAMS[name].starts
