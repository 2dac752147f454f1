"""The format of a MongoDB store: which it is in, and the steps to the present one."""

from collections.abc import Callable

from pymongo.database import Database

from sweep.store.format import FORMAT_VERSION, check_format
from sweep.store.mongo.queries import Document


def _add_targets(database: Database[Document]) -> None:
    without = {"study.axes": {"$exists": True}, "study.until": {"$exists": False}}
    database["runs"].update_many(without, {"$set": {"study.until": None}})


def _change_nothing(database: Database[Document]) -> None:
    """A record without an accuracy is read as one whose accuracy is null: writing it takes minutes a million."""


STEPS: dict[int, Callable[[Database[Document]], None]] = {1: _add_targets, 2: _change_nothing, 3: _change_nothing}
"""Version -> what brings a store of it to the next; harmless when done twice, also by two processes at once."""


def read_format(database: Database[Document], name: str) -> int:
    """The format that a database is in; the present one where nothing of this project is in it.

    Raises:
        StoreError: this project does not know the format.
    """
    recorded = database["format"].find_one({"_id": "format"})
    if recorded is not None:
        return check_format(name, recorded.get("version"))
    return FORMAT_VERSION if database["runs"].find_one({}, {"_id": 1}) is None else 1


def bring_up_to_date(database: Database[Document], version: int) -> int:
    """Take the steps from a version to the present one, record that, and return it."""
    for step in range(version, FORMAT_VERSION):
        STEPS[step](database)
    database["format"].update_one({"_id": "format"}, {"$set": {"version": FORMAT_VERSION}}, upsert=True)
    return FORMAT_VERSION
