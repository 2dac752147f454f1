"""The draws of functions of the user's own: what they declare, and generators for what they draw themselves."""

from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sweep.recipe import OwnRecipe
from sweep.study.streams import GENERATORS, Array, entropy_of, standard_normals, within_block
from sweep.study.study import DRAW_BLOCK, Point


def own_parameters(point: Point, start: int, stop: int) -> dict[str, Array]:
    """The draws that a function of the user's own declares: spread -> array (stop - start, number), scaled by it.

    As `initial_parameters`, they depend on the point and the repeat alone.

    Raises:
        ValueError: the repeats lie in more than one block of draws.
    """
    recipe = point.recipe
    if not isinstance(recipe, OwnRecipe) or not recipe.normals:
        return {}
    block, first, last = within_block(start, stop)
    numbers = [number for _, number in recipe.normals]
    normals = _block_of_normals(tuple(entropy_of(point, block)), sum(numbers))[first:last]
    pieces = np.split(normals, np.cumsum(numbers)[:-1], axis=1)
    return {
        name: piece * spread for (name, _), piece, spread in zip(recipe.normals, pieces, recipe.spreads, strict=True)
    }


def generators(point: Point, start: int, stop: int) -> list[np.random.Generator]:
    """A generator for each of the repeats start, ..., stop - 1 of one point, seeded by 256 bits drawn for it.

    Points that share their draws have the same; they are independent of the declared draws.

    Raises:
        ValueError: the repeats lie in more than one block of draws.

    Examples:
        >>> from sweep.recipe import Recipe
        >>> point = Point(Recipe(), 0, "common")
        >>> [one.random().__round__(3) for one in generators(point, 5, 7)]
        [0.169, 0.571]
        >>> generators(point, 6, 7)[0].random().__round__(3)
        0.571
    """
    block, first, last = within_block(start, stop)
    stream = np.random.SeedSequence(entropy_of(point, block), spawn_key=(GENERATORS,))
    words = np.random.default_rng(stream).integers(0, 2**64, (last, 4), np.uint64)
    return [np.random.Generator(np.random.PCG64(cast(Any, _Seed(row)))) for row in words[first:]]


class _Seed(np.random.bit_generator.ISeedSequence):
    """Words that are random already, as a bit generator takes its seed: SeedSequence would spend 10 µs on them."""

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self._words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Any:
        """The words, which are as many as PCG64 asks for."""
        return self._words


@lru_cache(maxsize=2)  # a worker trains a block piece by piece
def _block_of_normals(entropy: tuple[int, ...], columns: int) -> Array:
    return standard_normals(entropy, DRAW_BLOCK, columns)


@lru_cache(maxsize=4096)
def own_lengths(entropy: tuple[int, ...], drawn: tuple[tuple[str, int], ...], fields: tuple[str, ...]) -> Array:
    """Euclidean norms of what a function declares (DRAW_BLOCK, fields), at spread 1."""
    numbers = [number for _, number in drawn]
    normals = _block_of_normals(entropy, sum(numbers))
    pieces = dict(zip(dict(drawn), np.split(normals, np.cumsum(numbers)[:-1], axis=1), strict=True))
    return np.column_stack([np.sqrt(np.einsum("ij,ij->i", pieces[field], pieces[field])) for field in fields])
