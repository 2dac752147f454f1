"""A store around another hands every call on as it is."""

from unittest.mock import create_autospec

import pytest

from sweep.store import Results, Store
from sweep.store.around import StoreAround
from sweep.store.records import NETWORK_FIELDS

CALLS = {
    "insert": ("a point", "records"),
    "counts": (["one"], 3),
    "repeats": ("one",),
    "columns": ("one", 3, ["loss"]),
    "moments": (["one"], 3),
    "add_data": ("data",),
    "data_set": ("data:…",),
    "points": (),
    "labels": (),
    "foreign": (),
    "outcome_names": (["one"],),
    "foreign_moments": (),
    "foreign_losses": (),
    "damage": (),
    "start_run": ({"id": "r"},),
    "end_run": ("r", "now", "finished"),
    "runs": (),
    "close": (),
}


@pytest.fixture
def inside():
    store = create_autospec(Store, instance=True)
    store.name, store.place, store.format_version = "shown", "/there", 2
    return store


def test_every_method_of_the_contract_is_known_here():
    assert set(CALLS) == Store.__abstractmethods__
    assert Results.__abstractmethods__ <= set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_handed_on(name, inside):
    result = getattr(StoreAround(inside), name)(*CALLS[name])
    getattr(inside, name).assert_called_once_with(*CALLS[name])
    assert result in (None, getattr(inside, name).return_value)


def test_it_is_the_store_inside_to_whoever_asks(inside):
    around = StoreAround(inside)
    assert (around.name, around.place, around.format_version, around.fields) == ("shown", "/there", 2, NETWORK_FIELDS)
