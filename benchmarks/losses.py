"""A time counts only where the losses are right."""

from dataclasses import replace

import numpy as np

from sweep import reference

N_CHECKED = 3
TOLERANCE = 1e-9
"""Largest relative difference from the reference's losses."""


def check(recipe, parameters, epochs, losses):
    """Compare the losses (n,) of networks with the reference's, of a few from the first to the last.

    Returns:
        What is wrong, empty if nothing is.
    """
    chosen = np.unique(np.linspace(0, len(parameters) - 1, N_CHECKED).astype(int))
    recipe = replace(recipe, epochs=epochs)
    expected = np.array([reference.train(recipe, row).loss for row in parameters[chosen]])
    difference = np.max(np.abs(np.asarray(losses)[chosen] / expected - 1))
    if difference <= TOLERANCE:
        return ""
    return f"wrong losses, {difference:.1g} off the reference's; allowed is {TOLERANCE:g}"
