"""What one training is: the recipe, its problem, objective and schedule; and the recipes of the published programs."""

from sweep.recipe.layer import Layer
from sweep.recipe.published import RECIPES
from sweep.recipe.recipe import FIELDS, Recipe, unknown_field, xavier_spread

__all__ = ["FIELDS", "RECIPES", "Layer", "Recipe", "unknown_field", "xavier_spread"]
