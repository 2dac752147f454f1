"""Sweep the initial spread of a small network's weights over millions of trainings in parallel."""

from sweep.errors import StoreError, UsageError
from sweep.recipe import RECIPES, Recipe, training
from sweep.study import Axis, Study

__version__ = "0.2.0"
"""Of this project; every run records it."""
__all__ = ["RECIPES", "Axis", "Recipe", "StoreError", "Study", "UsageError", "__version__", "training"]
