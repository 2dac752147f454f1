"""Initial parameters: standard draws that belong to (seed, block of repeats), scaled by a recipe's spreads."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import Recipe
from sweep.study.axis import SPREADS
from sweep.study.study import DRAW_BLOCK, Point


def initial_parameters(point: Point, start: int, stop: int) -> NDArray[np.float64]:
    """Initial parameters of the repeats start, ..., stop - 1 of one point, shape (stop - start, n_parameters).

    Row r depends on the point and on r alone. With common draws the points of a study share their standard normal
    draws (common random numbers: Glasserman & Yao 1992) and differ in how they are scaled; with draws by spread those
    points do whose spreads are the same. The order of the parameters is the one that `sweep.kernel.train` takes.

    Raises:
        ValueError: the repeats lie in more than one block of draws.

    Examples:
        >>> narrow, wide = (Point(Recipe(hidden_std_dev=spread), 0, "common") for spread in (0.5, 2.0))
        >>> initial_parameters(narrow, 0, 3).shape
        (3, 9)
        >>> hidden = slice(0, 6)  # four weights and two biases, then the output layer's
        >>> (initial_parameters(wide, 0, 3) / initial_parameters(narrow, 0, 3))[1, hidden].round(6).tolist()
        [4.0, 4.0, 4.0, 4.0, 4.0, 4.0]
    """
    block = start // DRAW_BLOCK
    if not block * DRAW_BLOCK <= start < stop <= (block + 1) * DRAW_BLOCK:
        raise ValueError(f"repeats {start} to {stop - 1} are not within one block of {DRAW_BLOCK} draws")
    # Drawn row by row, so the first rows do not depend on how many follow.
    normals = standard_normals(_entropy(point, block), stop - block * DRAW_BLOCK, point.recipe)
    return scale(point.recipe, normals[start - block * DRAW_BLOCK :])


def drawn_lengths(point: Point, fields: Sequence[str], stop: int) -> NDArray[np.float64]:
    """Lengths of the drawn parameters that each of the fields scales, of the repeats 0, ..., stop - 1 of one point.

    Args:
        point: whose draws.
        fields: some of SPREADS, k of them.
        stop: number of repeats.

    Returns:
        Shape (stop, k): the Euclidean norm of normal draws, the largest component of uniform ones (divided by sqrt(3),
        the largest that a spread of 1 allows), times the spread.
    """
    structure = replace(point.recipe, hidden_std_dev=1.0, output_std_dev=1.0, learning_rate=1.0, epochs=1)
    blocks = [
        _standard_lengths(tuple(_entropy(point, block)), structure, tuple(fields))
        for block in range(-(-stop // DRAW_BLOCK))
    ]
    standard = np.concatenate(blocks)[:stop] if blocks else np.empty((0, len(fields)))
    return np.asarray(standard * [getattr(point.recipe, field) for field in fields])


@lru_cache(maxsize=4096)  # 33 MB: an analysis looks at the same trainings several times
def _standard_lengths(entropy: tuple[int, ...], structure: Recipe, fields: tuple[str, ...]) -> NDArray[np.float64]:
    """Those of a whole block at spread 1 (DRAW_BLOCK, k), which all points that share their draws have in common."""
    normals = standard_normals(entropy, DRAW_BLOCK, structure)
    is_uniform = structure.hidden_distribution == "uniform"
    found, column = np.zeros((len(SPREADS), DRAW_BLOCK)), 0
    for number, (fan_in, fan_out) in enumerate(structure.layers, 1):
        n_drawn = (fan_in + (structure.biases == "drawn")) * fan_out
        drawn = normals[:, column : column + n_drawn]
        column += (fan_in + 1) * fan_out
        if number == len(structure.layers):
            found[1] = np.sqrt(np.einsum("ij,ij->i", drawn, drawn))
        elif is_uniform:
            found[0] = np.maximum(found[0], np.abs(drawn).max(axis=1))
        else:
            found[0] += np.einsum("ij,ij->i", drawn, drawn)
    if is_uniform:
        from scipy.special import ndtr  # takes longer to import than a worker to train its first block

        found[0] = 2 * ndtr(found[0]) - 1
    else:
        found[0] = np.sqrt(found[0])
    return np.ascontiguousarray(found[[SPREADS.index(field) for field in fields]].T)


def _entropy(point: Point, block: int) -> list[int]:
    """What decides the draws of a block of repeats."""
    if point.draws == "common":
        return [block, point.seed]
    if point.draws == "independent":
        return [block, point.seed, int(point.identity, 16)]
    spreads = np.array([getattr(point.recipe, field) for field in SPREADS])
    return [block, point.seed, *spreads.view(np.uint64).tolist()]


def standard_normals(entropy: Sequence[int], n: int, recipe: Recipe) -> NDArray[np.float64]:
    """Standard normal draws (n, weights and biases): biases are drawn even where the recipe has none, so that recipes
    that differ in their biases alone get the same weights."""
    columns = sum((layer.fan_in + 1) * layer.fan_out for layer in recipe.layers)
    return np.random.default_rng(entropy).standard_normal((n, columns))


def scale(recipe: Recipe, normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn `standard_normals` into initial parameters (n, n_parameters) of the recipe's spreads and distributions."""
    pieces: list[NDArray[np.float64]] = []
    column = 0
    for number, (fan_in, fan_out) in enumerate(recipe.layers, 1):
        is_hidden = number < len(recipe.layers)
        spread = recipe.hidden_std_dev if is_hidden else recipe.output_std_dev
        n_weights = fan_in * fan_out
        layer = normals[:, column : column + n_weights + fan_out]
        column += n_weights + fan_out
        if is_hidden and recipe.hidden_distribution == "uniform":
            from scipy.special import ndtr  # takes longer to import than a worker to train its first block

            layer = math.sqrt(3) * (2 * ndtr(layer) - 1)
        weights, biases = np.split(layer * spread, [n_weights], axis=1)
        pieces.append(weights)
        if recipe.biases != "none":
            pieces.append(biases if recipe.biases == "drawn" else np.zeros_like(biases))
    return np.concatenate(pieces, axis=1)
