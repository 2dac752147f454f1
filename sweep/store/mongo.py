"""The store in a MongoDB database; the only module that imports pymongo."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import pymongo
from numpy.typing import NDArray
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)

from sweep.errors import StoreError, StoreUnavailableError, UsageError
from sweep.store.base import RECORD_FIELDS, Moments, Records, Store, columns_of
from sweep.store.redact import redact
from sweep.study import Point

DEFAULT_DATABASE = "experiment_db"
DEFAULT_OPTIONS = {"serverSelectionTimeoutMS": 4000, "connectTimeoutMS": 4000, "journal": True}
POINTS_PER_QUERY = 500
DUPLICATE_KEY = 11000
NOT_ALLOWED = (13, 18, 8000)
"""MongoDB's error codes for missing rights and failed authentication."""
MAY_PASS = {6, 7, 50, 64, 89, 91, 112, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031}
"""Its codes for hosts or networks that fail, time limits, shutting down, elections and a full disk."""

Document = dict[str, Any]


class MongoStore(Store):
    """A store in the database that a MongoDB URI names.

    A training's `_id` is its point's identity, a colon and its repeat in ten digits: the index that every collection
    has anyway then serves each question about a point as one range.
    """

    def __init__(self, url: str, seconds: float | None = None) -> None:
        self.name = redact(url)
        self._database = _connect(url, self.name, seconds)
        hosts = url.partition("://")[2].partition("?")[0].rpartition("@")[2].partition("/")[0]
        self.place = f"{hosts}/{self._database.name}"
        self._client = self._database.client
        self._results: Collection[Document] = self._database["results"]
        self._runs: Collection[Document] = self._database["runs"]
        try:
            with self._explained():
                self._database.command("ping")
        except StoreError:
            self._client.close()
            raise

    def insert(self, point: Point, records: Records) -> int:
        """See Store.insert."""
        common = {
            "point": point.identity,
            "seed": point.seed,
            "hidden_std_dev": point.recipe.hidden_std_dev,
            "output_std_dev": point.recipe.output_std_dev,
        }
        described = {"recipe": point.recipe.to_dict(), "seed": point.seed, "draws": point.draws}
        documents = [
            {"_id": _key(point.identity, row[0]), **common, **dict(zip(RECORD_FIELDS, row, strict=True))}
            for row in records.rows()
        ]
        with self._explained():
            _insert_new(self._database["points"], [{"_id": point.identity, **described}])
            return _insert_new(self._results, documents) if documents else 0

    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """See Store.counts."""
        # Reading nothing but the _id, the index alone answers this.
        return {key: found["count"] for key, found in self._grouped(identities, below, {"count": {"$sum": 1}})}

    def repeats(self, identity: str) -> NDArray[np.int64]:
        """See Store.repeats."""
        with self._explained():
            found = self._results.find({"_id": {"$gt": f"{identity}:", "$lt": f"{identity};"}}, {"_id": 1})
            return np.array([int(document["_id"].rpartition(":")[2]) for document in found.sort("_id")], np.int64)

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Store.columns."""
        wanted = {"_id": 0, **dict.fromkeys(names, 1)}
        with self._explained():
            found = self._results.find(_range(identity, below), wanted).sort("_id")
            return columns_of(names, (tuple(map(document.__getitem__, names)) for document in found))

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Store.moments."""
        sums = {
            "count": {"$sum": 1},
            "diverged": {"$sum": {"$cond": ["$diverged", 1, 0]}},
            "solved": {"$sum": {"$cond": ["$solved", 1, 0]}},
            "loss_sum": {"$sum": "$loss"},
            "loss_sum_of_squares": {"$sum": {"$multiply": ["$loss", "$loss"]}},
        }
        return {key: Moments(**found) for key, found in self._grouped(identities, below, sums)}

    def start_run(self, run: Mapping[str, Any]) -> None:
        """See Store.start_run."""
        document = {**run, "ended": None, "state": "running"}
        identifier = document.pop("id")
        with self._explained():
            self._runs.update_one({"_id": identifier}, {"$setOnInsert": document}, upsert=True)

    def end_run(self, identifier: str, ended: str, state: str) -> None:
        """See Store.end_run."""
        with self._explained():
            self._runs.update_one({"_id": identifier}, {"$set": {"ended": ended, "state": state}})

    def runs(self) -> list[dict[str, Any]]:
        """See Store.runs."""
        with self._explained():
            found = list(self._runs.find().sort([("started", 1), ("_id", 1)]))
        return [{"id": document.pop("_id"), **document} for document in found]

    def close(self) -> None:
        """See Store.close."""
        self._client.close()

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self.name)

    def _grouped(self, identities: Sequence[str], below: int, sums: Document) -> Iterator[tuple[str, Document]]:
        group = {"$group": {"_id": {"$arrayElemAt": [{"$split": ["$_id", ":"]}, 0]}, **sums}}
        unique = sorted(set(identities))
        for start in range(0, len(unique), POINTS_PER_QUERY):
            ranges = [_range(identity, below) for identity in unique[start : start + POINTS_PER_QUERY]]
            with self._explained():
                found = list(self._results.aggregate([{"$match": {"$or": ranges}}, group]))
            yield from ((document.pop("_id"), document) for document in found)


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn every error of pymongo into a StoreError that names the store, the cause and the remedy."""
    try:
        yield
    except ConnectionFailure as error:
        cause = redact(str(error)).partition(", Timeout:")[0]
        raise StoreUnavailableError(
            f"MongoDB does not answer at {name} ({cause}): start it with `docker compose up -d`, "
            "or leave the store out to use the SQLite default"
        ) from error
    except OperationFailure as error:
        refused = error.code in NOT_ALLOWED
        remedy = "user, password and authSource in the URI, and the user's rights" if refused else "the server"
        kind = StoreUnavailableError if _may_pass(error) else StoreError
        raise kind(f"MongoDB refused the request at {name} ({_cause(error)}): check {remedy}") from error
    except PyMongoError as error:
        raise StoreError(f"cannot use the store {name} ({_cause(error)}): check the URI and the server") from error


def _connect(url: str, name: str, seconds: float | None) -> Database[Document]:
    options = {key: value for key, value in DEFAULT_OPTIONS.items() if f"{key.lower()}=" not in url.lower()}
    if seconds is not None:
        options |= dict.fromkeys(("serverSelectionTimeoutMS", "connectTimeoutMS"), round(1000 * seconds))
    try:
        client: pymongo.MongoClient[Document] = pymongo.MongoClient(url, **options)  # type: ignore[arg-type]
        return client.get_default_database(DEFAULT_DATABASE)
    except (PyMongoError, ValueError, OSError) as error:
        if isinstance(error, ConfigurationError) and not isinstance(error, InvalidURI) and "+srv:" in url:
            raise StoreError(f"cannot find the servers of {name} ({_cause(error)}): check the host's name") from error
        cause = "" if "@" in url else f" ({_cause(error)})"  # it may quote a piece of a password that was not encoded
        raise UsageError(
            f"the store was given as {name!r}{cause}; allowed is mongodb://USER:PASSWORD@HOST:PORT/DATABASE, "
            "user and password percent-encoded"
        ) from error


def _insert_new(collection: Collection[Document], documents: list[Document]) -> int:
    """Insert the documents whose _id is not there yet, and return how many those were."""
    try:
        return len(collection.insert_many(documents, ordered=False).inserted_ids)
    except BulkWriteError as error:
        if error.details.get("writeConcernErrors") or not all(map(_is_stored, error.details["writeErrors"])):
            raise
        return int(error.details["nInserted"])


def _is_stored(write_error: Document) -> bool:
    return bool(write_error["code"] == DUPLICATE_KEY and write_error.get("keyPattern", {"_id": 1}) == {"_id": 1})


def _key(identity: str, repeat: int) -> str:
    return f"{identity}:{repeat:010d}"


def _range(identity: str, below: int) -> Document:
    return {"_id": {"$gte": _key(identity, 0), "$lt": _key(identity, below)}}


def _may_pass(error: OperationFailure) -> bool:
    """Whether nothing failed for good; what is stored already did not fail."""
    failures = [failure for failure in _failures(error) if "code" in failure and not _is_stored(failure)]
    return error.code in MAY_PASS if not failures else all(failure["code"] in MAY_PASS for failure in failures)


def _cause(error: Exception) -> str:
    return redact(next((failure["errmsg"] for failure in _failures(error) if "errmsg" in failure), str(error)))


def _failures(error: Exception) -> list[Document]:
    details = getattr(error, "details", None) or {}
    return [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ()), details]
