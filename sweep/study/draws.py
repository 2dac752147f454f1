"""Initial parameters: standard draws that belong to (seed, block of repeats), scaled by a recipe's spreads."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import Layer, OwnRecipe, Recipe
from sweep.recipe.field import layers_of, value_of
from sweep.recipe.recipe import network_of
from sweep.study.distributions import LARGEST, STANDARD
from sweep.study.overlap import draw_of
from sweep.study.own_draws import own_lengths
from sweep.study.streams import SHUFFLES, Array, entropy_of, standard_normals, within_block
from sweep.study.study import DRAW_BLOCK, Point


def initial_parameters(point: Point, start: int, stop: int) -> Array:
    """Initial parameters of the repeats start, ..., stop - 1 of one point, shape (stop - start, n_parameters).

    Row r depends on the point and on r alone. With common draws the points of a study share their standard normal
    draws (common random numbers: Glasserman & Yao 1992) and differ in what is made of them; with draws by spread those
    points do whose spreads, as they are typed, are the same. The order of the parameters is the one that
    `sweep.kernel.train` takes.

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
    block, first, last = within_block(start, stop)
    recipe = network_of(point.recipe, "this")
    return scale(recipe, standard_normals(entropy_of(point, block), last, columns_of(recipe.layers))[first:])


def shuffle_keys(point: Point, start: int, stop: int) -> NDArray[np.uint64]:
    """A key (stop - start,) for each of the repeats start, ..., stop - 1 of one point, by which its rows are shuffled.

    Points that share their draws share their keys; the keys are independent of the weights.

    Raises:
        ValueError: the repeats lie in more than one block of draws.

    Examples:
        >>> point = Point(Recipe(batch_size=2), 0, "common")
        >>> (shuffle_keys(point, 3, 5) == shuffle_keys(point, 0, 100)[3:5]).all()
        np.True_
    """
    block, first, last = within_block(start, stop)
    stream = np.random.SeedSequence(entropy_of(point, block), spawn_key=(SHUFFLES,))
    return np.random.default_rng(stream).integers(0, 2**64, last, np.uint64)[first:]


def drawn_lengths(point: Point, fields: Sequence[str], stop: int) -> Array:
    """Lengths of the drawn parameters that each of the fields scales, of the repeats 0, ..., stop - 1 of one point.

    Args:
        point: whose draws; they are normal, uniform or truncated normal.
        fields: spreads, k of them.
        stop: number of repeats.

    Returns:
        Shape (stop, columns), in the recipe's spread_unit of each layer: the Euclidean norm of normal draws; the
        largest component of uniform ones, divided by the largest that a spread of 1 allows; two columns for truncated
        normal draws, their norm and their largest component, divided likewise.
    """
    recipe, spreads = point.recipe, []
    for field in fields:
        spreads += [value_of(recipe, field)] * len(draw_of(recipe, field).deviations)
    blocks = [_lengths_of_block(point, tuple(fields), block) for block in range(-(-stop // DRAW_BLOCK))]
    standard = np.concatenate(blocks)[:stop] if blocks else np.empty((0, len(spreads)))
    return np.asarray(standard * spreads)


def _lengths_of_block(point: Point, fields: tuple[str, ...], block: int) -> Array:
    recipe, entropy = point.recipe, tuple(entropy_of(point, block))
    if isinstance(recipe, OwnRecipe):
        return own_lengths(entropy, recipe.normals, fields)
    return _standard_lengths(
        entropy,
        recipe.layers,
        recipe.biases == "drawn",
        recipe.hidden_distribution,
        tuple(layers_of(recipe, field) for field in fields),
    )


@lru_cache(maxsize=4096)  # 33 MB: an analysis looks at the same trainings several times
def _standard_lengths(
    entropy: tuple[int, ...],
    layers: tuple[Layer, ...],
    draws_biases: bool,
    distribution: str,
    fields: tuple[range, ...],
) -> Array:
    """Those of a whole block at spread 1 (DRAW_BLOCK, columns), which all points that share their draws have in
    common."""
    normals = standard_normals(entropy, DRAW_BLOCK, columns_of(layers))
    ends = np.cumsum([(layer.fan_in + 1) * layer.fan_out for layer in layers])
    pieces = np.split(normals, ends[:-1], axis=1)
    columns = []
    for numbers in fields:
        drawn = [pieces[n][:, : (layers[n].fan_in + draws_biases) * layers[n].fan_out] for n in numbers]
        one = np.concatenate(drawn, axis=1)
        own = distribution if numbers.start < len(layers) - 1 else "normal"
        if own in LARGEST:
            # What makes these numbers of normal ones keeps their order.
            largest = STANDARD[own](np.abs(one).max(axis=1, keepdims=True), layers[numbers.start]) / LARGEST[own]
        if own != "uniform":
            standard = STANDARD[own](one, layers[numbers.start])
            columns.append(np.sqrt(np.einsum("ij,ij->i", standard, standard)))
        if own in LARGEST:
            columns.append(largest[:, 0])
    return np.column_stack(columns)


def columns_of(layers: Sequence[Layer]) -> int:
    """Standard normal draws that layers take: biases are drawn even where the recipe has none, so that recipes that
    differ in their biases alone get the same weights."""
    return sum((layer.fan_in + 1) * layer.fan_out for layer in layers)


@np.errstate(over="ignore")  # what is infinite from the start has diverged
def scale(recipe: Recipe, normals: Array) -> Array:
    """Turn `standard_normals` into initial parameters (n, n_parameters) of the recipe's spreads and distributions."""
    pieces: list[Array] = []
    standard = _standard(recipe.layers, recipe.biases == "drawn", recipe.hidden_distribution, normals)
    for layer, spread, drawn in zip(recipe.layers, recipe.spreads, standard, strict=True):
        pieces.append(drawn * spread)
        if recipe.biases == "zero":
            pieces.append(np.zeros((len(drawn), layer.fan_out)))
    return np.concatenate(pieces, axis=1)


def _standard(layers: Sequence[Layer], draws_biases: bool, distribution: str, normals: Array) -> Iterator[Array]:
    """What is drawn of each layer at spread 1, (n, weights and, where they are drawn, biases)."""
    column = 0
    for number, layer in enumerate(layers, 1):
        n_weights = layer.fan_in * layer.fan_out
        drawn = normals[:, column : column + n_weights + (layer.fan_out if draws_biases else 0)]
        column += n_weights + layer.fan_out
        yield STANDARD[distribution](drawn, layer) if number < len(layers) else drawn
