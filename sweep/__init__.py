"""Sweep the initial spread of a small network's weights over millions of trainings in parallel."""

from typing import TYPE_CHECKING, Any

import sweep.console.scarcity
import sweep.console.signals  # noqa: F401 - both the first of all: the other imports take long, and may fail
from sweep.errors import StoreError, UsageError
from sweep.recipe import RECIPES, Recipe, training
from sweep.study import Axis, Study, log_spaced

__version__ = "0.2.0"
"""Of this project; every run records it."""
__all__ = [
    "RECIPES",
    "Axis",
    "Recipe",
    "StoreError",
    "Study",
    "UsageError",
    "__version__",
    "log_spaced",
    "run",
    "training",
]

if TYPE_CHECKING:
    from analysis.running import run


def __getattr__(name: str) -> Any:
    # The analysis stands on top of this package, and takes longer to import than a worker may.
    if name == "run":
        from analysis.running import run

        return run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
