import numpy as np
import pytest

from analysis.tables import make_tables
from analysis.tables.remember import RememberingStore
from sweep.statistics.summary import summarize
from sweep.store import open_store
from tests.analysis.samples import ONE_AXIS, fill


@pytest.fixture
def store(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS)
    with open_store(str(tmp_path / "store.db")) as store:
        yield store


def test_a_column_is_read_once_and_stays_as_it_is(store, monkeypatch):
    calls = []
    read = type(store).columns
    monkeypatch.setattr(type(store), "columns", lambda *asked: calls.append(asked[1:]) or read(*asked))
    remembered, identity = RememberingStore(store), ONE_AXIS.points[3].identity
    first = remembered.columns(identity, 50, ["loss"])
    again = remembered.columns(identity, 50, ["solved", "repeat", "loss"])
    assert len(calls) == 1
    assert list(again) == ["solved", "repeat", "loss"]
    assert again["loss"] is first["loss"]
    np.testing.assert_array_equal(first["loss"], read(store, identity, 50, ["loss"])["loss"])
    with pytest.raises(ValueError, match="read-only"):
        first["loss"][0] = 1.0
    remembered.columns(identity, 20, ["loss"])
    remembered.columns(identity, 50, ["final_loss"])
    assert len(calls) == 3


def test_sums_are_asked_for_once(store, monkeypatch):
    calls = []
    read = type(store).moments
    monkeypatch.setattr(type(store), "moments", lambda *asked: calls.append(asked[1:]) or read(*asked))
    remembered, (one, other, *_) = RememberingStore(store), [point.identity for point in ONE_AXIS.points]
    assert remembered.moments([one, other], 50) == remembered.moments([other, one], 50) == read(store, [one, other], 50)
    assert len(calls) == 1
    remembered.moments([one], 50)
    remembered.moments([one, other], 20)
    assert len(calls) == 3


def test_every_analysis_is_the_same_on_it(store):
    remembered = RememberingStore(store)
    assert summarize(remembered, ONE_AXIS).equals(summarize(store, ONE_AXIS))
    for one, other in zip(make_tables(remembered, ONE_AXIS), make_tables(store, ONE_AXIS), strict=True):
        assert one.equals(other)
