"""Every store keeps a data set once, and gives it back or says why not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pymongo
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sweep import Axis, Recipe, Study
from sweep.errors import DamagedError, StoreError
from sweep.recipe import data as at_hand
from sweep.recipe.data import DataSet, known_data, remember_data
from sweep.store import Store, open_store
from sweep.store.data_sets import data_of, have_data, share_data

DATA = DataSet(
    "small é.csv", ("a", "b"), ("y",), np.array([[0.1, -0.0], [1e-320, 3e300], [2, 1]]), np.array([[0.0], [1], [1]])
)
AGAIN = "run the command that trained on it again, with its CSV file, which stores it"


def same(left: DataSet, right: DataSet) -> bool:
    names = ("name", "input_names", "output_names", "problem")
    numbers = all(
        (getattr(left, part) + 0.0).tobytes() == (getattr(right, part) + 0.0).tobytes()
        for part in ("inputs", "targets")
    )
    return numbers and all(getattr(left, name) == getattr(right, name) for name in names)


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """No data set is at hand, as in another process."""
    monkeypatch.setattr(at_hand, "_known", {})


def test_a_data_set_comes_back_and_is_kept_once(store: Store, url: str) -> None:
    for _ in range(2):
        store.add_data(DATA)
    assert same(store.data_set(DATA.problem), DATA)
    with open_store(url) as other:
        assert same(other.data_set(DATA.problem), DATA)


def test_the_last_name_is_kept(store: Store) -> None:
    store.add_data(DATA)
    store.add_data(DataSet("renamed.csv", ("c", "d"), ("z",), DATA.inputs, DATA.targets))
    found = store.data_set(DATA.problem)
    assert (found.name, found.input_names, found.output_names) == ("renamed.csv", ("c", "d"), ("z",))


shapes = st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(1, 3))
finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), shape=shapes, name=st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_numbers_come_back(data: st.DataObject, shape: tuple[int, int, int], name: str, store: Store) -> None:
    rows, n_inputs, n_outputs = shape
    inputs, targets = (data.draw(arrays(float, (rows, n), elements=finite)) for n in (n_inputs, n_outputs))
    one = DataSet(name, tuple(map(str, range(n_inputs))), tuple(map(str, range(n_outputs))), inputs, targets)
    store.add_data(one)
    assert same(store.data_set(one.problem), one)


def test_a_data_set_that_is_missing_says_so(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        store.data_set(DATA.problem)
    assert not isinstance(caught.value, DamagedError)
    assert str(caught.value) == f"{store.name} does not hold the data set {DATA.problem}; {AGAIN}"


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("targets", np.array([[0.0], [1], [0]]).tobytes(), "its numbers have another digest"),
        ("inputs", b"1234567", "buffer size must be a multiple of element size"),
        ("inputs", bytes(8), "cannot reshape array of size 1 into shape (3,2)"),
        ("input_names", ["a"], "a column has no name, or a name no column"),
    ],
)
def test_a_damaged_data_set_says_so_and_is_mended_by_storing_it_again(
    column: str, value: object, why: str, store: Store, url: str
) -> None:
    store.add_data(DATA)
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as database:
            text = '["a"]' if isinstance(value, list) else value
            database.execute(f"UPDATE data_sets SET {column} = ?", (text,))
    else:
        with pymongo.MongoClient(url) as client:
            client.get_default_database()["data_sets"].update_one({"_id": DATA.problem}, {"$set": {column: value}})
    with pytest.raises(DamagedError) as caught:
        store.data_set(DATA.problem)
    assert str(caught.value) == (
        f"{store.name} holds the data set {DATA.problem} in a form that cannot be read ({why}); {AGAIN} anew"
    )
    store.add_data(DATA)
    assert same(store.data_set(DATA.problem), DATA)


def test_a_study_shares_its_data_sets_and_others_have_them_from_the_store(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Study(Recipe(), (Axis("problem", ("xor", remember_data(DATA))),), repeats=1)
    assert data_of(study) == [DATA.problem]
    share_data(store, study)
    monkeypatch.setattr(at_hand, "_known", {})
    have_data(store, [point.recipe.problem for point in study.points])
    assert same(known_data(DATA.problem), DATA)


def test_a_study_of_another_machine_needs_the_data_set_in_the_store(store: Store) -> None:
    study = Study(Recipe(problem=DATA.problem), repeats=1)
    with pytest.raises(StoreError, match="does not hold the data set"):
        share_data(store, study)
    store.add_data(DATA)
    share_data(store, study)
    assert same(known_data(DATA.problem), DATA)


def test_a_store_of_an_older_format_holds_none(path: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript((Path(__file__).parent / "format_1.sql").read_text())
    with open_store(path) as store, pytest.raises(StoreError, match="does not hold the data set"):
        store.data_set(DATA.problem)
