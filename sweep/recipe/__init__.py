"""What one training is: the recipe, its problem, objective and schedule; and the recipes of the published programs."""

from sweep.recipe.field import predicted_spread
from sweep.recipe.function import TrainingFunction, training
from sweep.recipe.layer import Layer
from sweep.recipe.own import OwnRecipe
from sweep.recipe.published import RECIPES
from sweep.recipe.recipe import FIELDS, AnyRecipe, Recipe, recipe_from_dict, unknown_field
from sweep.recipe.words import describe_recipe

__all__ = [
    "FIELDS",
    "RECIPES",
    "AnyRecipe",
    "Layer",
    "OwnRecipe",
    "Recipe",
    "TrainingFunction",
    "describe_recipe",
    "predicted_spread",
    "recipe_from_dict",
    "training",
    "unknown_field",
]
