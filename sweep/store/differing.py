"""Whether two stored results of a training are the same."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.store.records import RECORD_FIELDS

COMPARED = tuple(name for name in RECORD_FIELDS if name not in ("repeat", "reason"))
"""The fields of a record that say how its training came out."""
_IN_ALL = [name for name in COMPARED if name != "accuracy"]  # which records of older formats lack


def differing(left: Mapping[str, NDArray[Any]], right: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Which of n trainings have another result on the left than on the right, bit for bit, as far as both say it.

    Args:
        left, right: field of `Records` -> values (n,), of the same trainings in the same order.
    """
    compared = [~same(left[name], right[name]) for name in _IN_ALL if name in left and name in right]
    return np.asarray(np.any([np.zeros(len(next(iter(left.values()))), bool), *compared], axis=0))


def same(left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether elements are the same bit for bit; what is not a number is the same as itself."""
    if left.dtype != np.float64:
        return np.asarray(left == right)
    return np.asarray((left.view(np.int64) == right.view(np.int64)) | (np.isnan(left) & np.isnan(right)))
