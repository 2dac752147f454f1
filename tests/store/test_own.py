"""A store as the trainings of a function of one's own are read."""

from dataclasses import replace

import numpy as np

from analysis import load
from sweep.recipe import OwnRecipe
from sweep.statistics.summary import summarize
from sweep.store import Store
from sweep.store.own import OwnStore, with_outcomes
from sweep.study import Axis, Study
from tests.store.samples import some_records

STUDY = Study(
    OwnRecipe(function="mine", version="1", values=(("rate", 0.1),)),
    (Axis("rate", (0.1, 0.2)),),
    repeats=30,
    draws="independent",
)


def test_an_outcome_that_comes_late_and_rarely_is_tabulated(store: Store) -> None:
    texts = np.full(30, '{"length": 1.5, "a": 0.5}', object)
    texts[20] = '{"length": 2.0, "a": null, "rare": 7.0}'
    for point, of_point in zip(STUDY.points, (np.full(30, texts[0], object), texts), strict=True):
        store.insert(point, replace(some_records(0, 30), outcomes=of_point))
    own = with_outcomes(store, STUDY)
    assert isinstance(own, OwnStore)
    assert own.outcomes == ("length", "a", "rare")
    assert summarize(own, STUDY)["rare"].tolist()[1] == 7.0
    loaded = load(store, study=STUDY)
    assert loaded["rare"].notna().sum() == 1
    assert loaded["length"].tolist() == [1.5] * 50 + [2.0] + [1.5] * 9
