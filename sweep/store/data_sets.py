"""Data sets in a store: how they are kept, and how whoever trains or reads comes to have them at hand."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sweep.errors import DamagedError, StoreError
from sweep.recipe import Recipe
from sweep.recipe.data import DataSet, check_targets, known_data, remember_data
from sweep.recipe.problem import is_at_hand, shape_of
from sweep.store.base import Store
from sweep.study import Study

KEPT_AS = "<f8"
"""How numbers are kept: float64, little-endian, row by row."""
KEPT = ("name", "input_names", "output_names", "inputs", "targets")
"""What is kept of a data set, beside its `problem`."""


def to_kept(data: DataSet) -> dict[str, Any]:
    """The fields of a data set as a store keeps them, beside its `problem`."""
    return {
        "name": data.name,
        "input_names": list(data.input_names),
        "output_names": list(data.output_names),
        "inputs": np.ascontiguousarray(data.inputs, KEPT_AS).tobytes(),
        "targets": np.ascontiguousarray(data.targets, KEPT_AS).tobytes(),
    }


def from_kept(store: str, problem: str, kept: Mapping[str, Any] | None) -> DataSet:
    """The data set that `to_kept` gave `kept`, None where the store of that name has none.

    Raises:
        StoreError: there is none.
        DamagedError: its numbers are not those that its digest is of.
    """
    if kept is None:
        raise StoreError(
            f"{store} does not hold the data set {problem}; run the command that trained on it again, with its CSV "
            "file, which stores it"
        )
    try:
        shape = shape_of(problem)
        data = DataSet(
            str(kept["name"]),
            tuple(map(str, kept["input_names"])),
            tuple(map(str, kept["output_names"])),
            np.frombuffer(kept["inputs"], KEPT_AS).reshape(shape.rows, shape.inputs).astype(np.float64),
            np.frombuffer(kept["targets"], KEPT_AS).reshape(shape.rows, shape.outputs).astype(np.float64),
        )
        if (len(data.input_names), len(data.output_names)) != (shape.inputs, shape.outputs):
            raise ValueError("a column has no name, or a name no column")
        if data.problem != problem:
            raise ValueError("its numbers have another digest")
    except (LookupError, TypeError, ValueError) as error:
        raise DamagedError(
            f"{store} holds the data set {problem} in a form that cannot be read ({error}); run the command that "
            "trained on it again, with its CSV file, which stores it anew"
        ) from error
    return data


def data_of(study: Study) -> list[str]:
    """The data sets that a study trains on, as a recipe's `problem` names them."""
    return [one for one in dict.fromkeys(point.recipe.data_set for point in study.points) if one is not None]


def have_data(store: Store, data_sets: Iterable[str | None]) -> None:
    """Have data sets at hand in this process, from the store where they are not yet; None is none.

    Raises:
        StoreError: the store cannot be read, or lacks one.
    """
    for problem in data_sets:
        if problem is not None and not is_at_hand(problem):
            remember_data(store.data_set(problem))


def share_data(store: Store, study: Study) -> None:
    """Put the data sets that a study trains on into the store, from where all workers take them.

    Raises:
        UsageError: the targets of one are not what the study's outputs learn.
        StoreError: the store cannot be written, or lacks one that is not at hand either.
    """
    have_data(store, data_of(study))
    recipes = [point.recipe for point in study.points if isinstance(point.recipe, Recipe)]
    for problem, output in {(recipe.data_set, recipe.output) for recipe in recipes}:
        if problem is not None:
            check_targets(known_data(problem), output)
    for problem in data_of(study):
        store.add_data(known_data(problem))
