"""Trains stored trainings again and compares, bit for bit where a processor trained them."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep import kernel
from sweep.recipe import OwnRecipe
from sweep.store import Records, Store
from sweep.store.data_sets import have_data
from sweep.store.differing import COMPARED, same
from sweep.store.records import RECORD_FIELDS
from sweep.study import DRAW_BLOCK, Point
from sweep.study.draws import initial_parameters, shuffle_keys

RepeatNumbers = NDArray[np.int64]
NEAR = 1e-3
"""Relative difference to which trainings in single precision agree that were trained in batches of other sizes."""
TOLERANCE = 1e-9
"""By what share of itself a number from a graphics card may differ: its operations are fused otherwise."""
TrainOwn = Callable[[Point, int], Records]


def draw_sample(stored: Mapping[str, RepeatNumbers], n: int, seed: int) -> dict[str, RepeatNumbers]:
    """At most n of the stored trainings, all equally likely: point identity -> repeats, ascending."""
    ends = np.cumsum([len(repeats) for repeats in stored.values()], dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    drawn = np.sort(np.random.default_rng(seed).choice(total, min(n, total), replace=False))
    owners = np.searchsorted(ends, drawn, side="right")
    sample = {}
    for owner, (identity, repeats) in enumerate(stored.items()):
        places = drawn[owners == owner] - (int(ends[owner]) - len(repeats))
        if len(places):
            sample[identity] = repeats[places]
    return sample


def train_again(point: Point, repeats: RepeatNumbers, train_own: TrainOwn) -> kernel.Trained | Records:
    """The trainings of one point with these ascending repeat numbers (n,)."""
    if isinstance(point.recipe, OwnRecipe):
        parts = [train_own(point, int(one)) for one in repeats]
        return Records(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in RECORD_FIELDS})
    blocks = np.split(repeats, np.flatnonzero(np.diff(repeats // DRAW_BLOCK)) + 1)
    initial, keys = (
        np.concatenate([of(point, int(one[0]), int(one[-1]) + 1)[one - one[0]] for one in blocks])
        for of in (initial_parameters, shuffle_keys)
    )
    return kernel.train(point.recipe, initial, shuffle_keys=keys)


def compare(
    store: Store,
    sample: Iterable[tuple[Point, RepeatNumbers]],
    origins: Mapping[str, Sequence[str]],
    here: str,
    train_own: TrainOwn,
    on_cards: Collection[str] = (),
) -> Iterator[str]:
    """Say which trainings of a sample come out another way than they are stored.

    Args:
        store: that holds them.
        sample: points with the repeats to train again.
        origins: point identity -> processor and version of the runs that asked for it.
        here: this machine's processor and the version of this project.
        train_own: trains one repeat of a point whose function is the user's own.
        on_cards: identities of points that runs on a graphics card asked for, whose numbers may differ by TOLERANCE.

    Raises:
        StoreError: the store cannot be read.
    """
    for point, repeats in sample:
        have_data(store, [point.recipe.data_set])
        records = store.records(point.identity, int(repeats[-1]) + 1)
        rows = np.searchsorted(records.repeat, repeats)
        again = train_again(point, repeats, train_own)
        compared = [name for name in COMPARED if hasattr(again, name)]
        is_batch = isinstance(point.recipe, OwnRecipe) and point.recipe.batch
        within = NEAR if is_batch else TOLERANCE if point.identity in on_cards else 0.0
        differ = {name: ~near(getattr(records, name)[rows], getattr(again, name), within) for name in compared}
        differ["accuracy"] &= ~np.isnan(records.accuracy[rows])  # which records of older formats lack
        wrong = np.any(list(differ.values()), axis=0)
        if not wrong.any():
            continue
        first = int(np.flatnonzero(wrong)[0])
        name = next(name for name in compared if differ[name][first])
        yield (
            f"point {point.identity}: {int(wrong.sum()):,} of {len(repeats):,} trainings come out another way; repeat "
            f"{repeats[first]} has {name} {_value(records, name, rows[first])}, and again it is "
            f"{_value(again, name, first)}{_excuse(origins.get(point.identity, ()), here)}"
        )


def _excuse(origins: Sequence[str], here: str) -> str:
    others = sorted(set(origins) - {here})
    return f" (it may have run on {' or '.join(others)}, which may round otherwise than {here})" if others else ""


def near(left: NDArray[Any], right: NDArray[Any], within: float) -> NDArray[np.bool_]:
    """Whether elements are the same, or differ by this share of themselves at most; 0 is bit for bit."""
    if not within:
        return same(left, right)
    if left.dtype != np.object_:
        return np.asarray(same(left, right) | np.isclose(left, right, rtol=within, atol=0))
    texts = [[json.loads(text) if text else {} for text in column] for column in (left, right)]
    return np.array([
        one.keys() == other.keys()
        and all(bool(near(np.array([one[name]], float), np.array([other[name]], float), within)[0]) for name in one)
        for one, other in zip(*texts, strict=True)
    ])  # fmt: skip


def _value(of: Records | kernel.Trained, name: str, row: int) -> object:
    value = getattr(of, name)[row]
    return value.item() if isinstance(value, np.generic) else value
