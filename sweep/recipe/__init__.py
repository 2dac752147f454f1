"""What one training is: the recipe, its problem, objective and schedule; and the recipes of the published programs."""

from sweep.recipe.field import predicted_spread
from sweep.recipe.layer import Layer
from sweep.recipe.published import RECIPES
from sweep.recipe.recipe import FIELDS, Recipe, unknown_field
from sweep.recipe.words import describe_recipe

__all__ = ["FIELDS", "RECIPES", "Layer", "Recipe", "describe_recipe", "predicted_spread", "unknown_field"]
