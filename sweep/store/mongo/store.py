"""The store in a MongoDB database."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymongo.collection import Collection

from sweep.errors import StoreError
from sweep.recipe.data import DataSet
from sweep.redact import redact
from sweep.store.base import Label, Spreads, Store, spreads_said
from sweep.store.data_sets import from_kept, to_kept
from sweep.store.format import SINCE
from sweep.store.moments import Moments
from sweep.store.mongo.format import bring_up_to_date, read_format
from sweep.store.mongo.queries import (
    COUNT_BY_POINT,
    FOREIGN,
    GROUP_BY_LABELS,
    GROUP_BY_SPREADS,
    MISSHAPEN,
    NAMES_OF_OUTCOMES,
    OURS,
    READABLE_FOREIGN,
    SUMS_BY_POINT,
    Document,
    document_of,
    finite_or_nan,
    in_range,
    key,
    row_of,
)
from sweep.store.mongo.server import addresses_of, connect, explained, insert_new
from sweep.store.records import RECORD_FIELDS, Records, columns_of, known_fields, readable
from sweep.study import Point

POINTS_PER_QUERY = 500
MOST_REPEATS = 10**9


class MongoStore(Store):
    """A store in the database that a MongoDB URI names.

    A training's `_id` is its point's identity, a colon and its repeat in ten digits: the index that every collection
    has anyway then serves each question about a point as one range.
    """

    def __init__(self, url: str, create: bool = False, seconds: float | None = None) -> None:
        self.name = redact(url)
        self._database = connect(url, self.name, seconds)
        hosts = url.partition("://")[2].partition("?")[0].rpartition("@")[2].partition("/")[0]
        self.place = f"{hosts}/{self._database.name}"
        self._client = self._database.client
        self._results: Collection[Document] = self._database["results"]
        self._runs: Collection[Document] = self._database["runs"]
        try:
            with self._explained():
                self.format_version = read_format(self._database, self.name)
                if create:
                    self.format_version = bring_up_to_date(self._database, self.format_version)
        except StoreError:
            self._client.close()
            raise

    def is_same(self, other: Store) -> bool:
        """See Store.is_same; a server may have several names and addresses."""
        (hosts, name), (others, other_name) = (one.place.rsplit("/", 1) for one in (self, other))
        is_named = isinstance(other, MongoStore) and name == other_name
        return is_named and (hosts == others or not addresses_of(hosts).isdisjoint(addresses_of(others)))

    def insert(self, point: Point, records: Records) -> int:
        """See Store.insert."""
        common = {
            "point": point.identity,
            "seed": point.seed,
            **dict(zip(("hidden_std_dev", "output_std_dev"), spreads_said(point.recipe), strict=True)),
        }
        described = {"recipe": point.recipe.to_dict(), "seed": point.seed, "draws": point.draws}
        documents = [
            {"_id": key(point.identity, row[0]), **common, **document_of(dict(zip(RECORD_FIELDS, row, strict=True)))}
            for row in records.rows()
        ]
        with self._explained():
            insert_new(self._database["points"], [{"_id": point.identity, **described}])
            return insert_new(self._results, documents) if documents else 0

    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """See Store.counts."""
        # Reading nothing but the _id, the index alone answers this.
        return {identity: found["count"] for identity, found in self._grouped(identities, below, COUNT_BY_POINT)}

    def repeats(self, identity: str) -> NDArray[np.int64]:
        """See Store.repeats."""
        with self._explained(), readable(self.name, identity):
            found = self._results.find({"_id": {"$gt": f"{identity}:", "$lt": f"{identity};"}}, {"_id": 1}).sort("_id")
            return np.fromiter((int(document["_id"].rpartition(":")[2]) for document in found), np.int64)

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Store.columns."""
        names = known_fields(names)
        with self._explained(), readable(self.name, identity):
            found = self._results.find(in_range(identity, below), {"_id": 0, **dict.fromkeys(names, 1)}).sort("_id")
            documents: Iterable[Document] = found
            if later := [name for name in names if name in SINCE]:  # what older records lack
                documents = (row_of(later, document) for document in found)
            return columns_of(names, (tuple(map(document.__getitem__, names)) for document in documents))

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Store.moments."""
        grouped = self._grouped(identities, below, SUMS_BY_POINT)
        none = {"accuracy": math.nan}
        return {identity: Moments(**found | (none if found["accuracy"] is None else {})) for identity, found in grouped}

    def add_data(self, data: DataSet) -> None:
        """See Store.add_data."""
        with self._explained():
            self._database["data_sets"].update_one({"_id": data.problem}, {"$set": to_kept(data)}, upsert=True)

    def data_set(self, problem: str) -> DataSet:
        """See Store.data_set."""
        with self._explained():
            kept = self._database["data_sets"].find_one({"_id": problem})
        return from_kept(self.name, problem, kept)

    def points(self) -> dict[str, dict[str, Any]]:
        """See Store.points."""
        with self._explained():
            return {document.pop("_id"): document for document in self._database["points"].find()}

    def outcome_names(self, identities: Sequence[str]) -> set[str]:
        """See Store.outcome_names."""
        return {name for name, _ in self._grouped(identities, MOST_REPEATS, *NAMES_OF_OUTCOMES)}

    def labels(self) -> list[Label]:
        """See Store.labels."""
        with self._explained():
            found = list(self._results.aggregate([{"$match": OURS}, {"$group": GROUP_BY_LABELS}]))
        return [Label._make([*map(group["_id"].get, Label._fields[:-1]), group["count"]]) for group in found]

    def foreign(self) -> int:
        """See Store.foreign."""
        with self._explained():
            return self._results.count_documents(FOREIGN)

    def foreign_moments(self) -> dict[Spreads, Moments]:
        """See Store.foreign_moments."""
        with self._explained():
            found = list(self._results.aggregate([{"$match": READABLE_FOREIGN}, {"$group": GROUP_BY_SPREADS}]))
        spreads = [group.pop("_id") for group in found]
        return {
            (float(of["hidden_std_dev"]), of.get("output_std_dev")): Moments(solved=math.nan, accuracy=math.nan, **sums)
            for of, sums in zip(spreads, found, strict=True)
        }

    def foreign_losses(self) -> Iterator[tuple[float, float]]:
        """See Store.foreign_losses."""
        with self._explained():
            for document in self._results.find(READABLE_FOREIGN, {"_id": 0, "hidden_std_dev": 1, "loss": 1}):
                yield float(document["hidden_std_dev"]), finite_or_nan(document.get("loss"))

    def damage(self) -> list[str]:
        """See Store.damage."""
        with self._explained():
            n = self._results.count_documents(MISSHAPEN)
            example = self._results.find_one(MISSHAPEN, {"_id": 1}) or {}
        if not n:
            return []
        return [f"{n:,} documents of results lack a field or hold one of another type, _id {example['_id']!r} for one"]

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

    def _grouped(self, identities: Sequence[str], below: int, *stages: Document) -> Iterator[tuple[str, Document]]:
        unique = sorted(set(identities))
        for start in range(0, len(unique), POINTS_PER_QUERY):
            ranges = [in_range(identity, below) for identity in unique[start : start + POINTS_PER_QUERY]]
            with self._explained():
                found = list(self._results.aggregate([{"$match": {"$or": ranges}}, *stages]))
            yield from ((document.pop("_id"), document) for document in found)
