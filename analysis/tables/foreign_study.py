"""The stand-in for the study of results of which nobody told how they were trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sweep.recipe import OwnRecipe
from sweep.study import Study


@dataclass(frozen=True)
class ForeignStudy(Study):
    """What stands in for the study of results whose recipe, seed and draws are not known.

    Nothing predicts a spread of it.

    Attributes:
        about: what is not known, in words.
    """

    about: str = ""

    def __post_init__(self) -> None:
        """Nobody typed anything that could be refused."""

    @property
    def sentence(self) -> str:
        """What is not known, in words."""
        return self.about


def recipe_of_results(whose: str, values: Mapping[str, Any]) -> OwnRecipe:
    """What stands in for the recipe of such results, with a value of each field that they tell."""
    return OwnRecipe(function=whose, version="", values=tuple(values.items()))
