"""The store in one SQLite file."""

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.errors import DamagedError, StoreError
from sweep.recipe.data import DataSet
from sweep.redact import redact
from sweep.store.base import Label, Spreads, Store, spreads_said
from sweep.store.data_sets import KEPT, from_kept, to_kept
from sweep.store.format import HAS_DATA, SINCE
from sweep.store.moments import Moments
from sweep.store.records import RECORD_FIELDS, Records, columns_of, known_fields, readable
from sweep.store.sqlite.file import explained, format_of, open_database
from sweep.study import Point

# One JSON text holds any number of identities; SQLite limits the number of its parameters.
_OF_POINTS = """
FROM points JOIN trainings ON point_id = points.id AND repeat < ?2
WHERE identity IN (SELECT value FROM json_each(?1)) GROUP BY identity
"""
_SUMS = (
    "count(*), count(*) - count(loss) FILTER (WHERE loss > -9e999 AND loss < 9e999), sum(solved), "
    "total(loss) FILTER (WHERE loss > -9e999 AND loss < 9e999), "
    "total(loss * loss) FILTER (WHERE loss > -9e999 AND loss < 9e999)"
)
"""The fields of Moments but the last, the mean accuracy; 9e999 is SQLite's infinity, and any text is above."""


ROWS = 80
"""In one statement, which take less time than one by one; SQLite before 3.32 allows no more than 999 values in one."""


def _insert_of(rows: int) -> str:
    columns = ("point_id", *RECORD_FIELDS)
    row = f"({', '.join(len(columns) * '?')})"
    return (
        f"INSERT INTO trainings ({', '.join(columns)}) "
        f"VALUES {', '.join(rows * [row])} ON CONFLICT (point_id, repeat) DO NOTHING"
    )


class SqliteStore(Store):
    """A store in the SQLite file at `path`; any number of processes may use it at once."""

    def __init__(self, path: str, create: bool = False, seconds: float | None = None) -> None:
        self.name = redact(path)
        self.place = os.path.abspath(path)
        with self._explained():
            self._database = open_database(path, create, seconds)
            self.format_version = format_of(self._database)
        self._file = os.stat(path)

    def is_same(self, other: Store) -> bool:
        """See Store.is_same."""
        return isinstance(other, SqliteStore) and os.path.samestat(self._file, other._file)

    def insert(self, point: Point, records: Records) -> int:
        """See Store.insert."""
        hidden, output = spreads_said(point.recipe)
        values = (point.identity, point.seed, point.draws, hidden if isinstance(hidden, float) else None, output)
        rows = list(records.rows())  # before the file is locked
        self._check_file()
        with self._explained(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute(
                "INSERT INTO points (identity, seed, draws, hidden_std_dev, output_std_dev, recipe) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (identity) DO NOTHING",
                (*values, json.dumps(point.recipe.to_dict())),
            )
            find = "SELECT id FROM points WHERE identity = ?"
            (point_id,) = self._database.execute(find, (point.identity,)).fetchone()
            before = self._database.total_changes  # in a Turkish locale Python's rowcount of an INSERT is -1
            for first in range(0, len(rows), ROWS):
                some = [(point_id, *row) for row in rows[first : first + ROWS]]
                self._database.execute(_insert_of(len(some)), list(chain.from_iterable(some)))
            return self._database.total_changes - before

    def counts(self, identities: Sequence[str], below: int) -> dict[str, int]:
        """See Store.counts."""
        return dict(self._rows(f"SELECT identity, count(*) {_OF_POINTS}", json.dumps(list(identities)), below))

    def repeats(self, identity: str) -> NDArray[np.int64]:
        """See Store.repeats."""
        query = "SELECT repeat FROM trainings JOIN points ON point_id = id WHERE identity = ? ORDER BY repeat"
        with self._explained(), readable(self.name, identity):
            return columns_of(["repeat"], self._database.execute(query, (identity,)))["repeat"]

    def columns(self, identity: str, below: int, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """See Store.columns."""
        query = (
            f"SELECT {self._listed(names)} FROM trainings JOIN points ON point_id = id "
            "WHERE identity = ? AND repeat < ? ORDER BY repeat"
        )
        with self._explained(), readable(self.name, identity):
            return columns_of(names, self._database.execute(query, (identity, below)))

    def moments(self, identities: Sequence[str], below: int) -> dict[str, Moments]:
        """See Store.moments."""
        query = f"SELECT identity, {_SUMS}, avg({self._listed(['accuracy'])}) {_OF_POINTS}"
        return {
            identity: Moments._make((*sums, math.nan if accuracy is None else accuracy))
            for identity, *sums, accuracy in self._rows(query, json.dumps(list(identities)), below)
        }

    def add_data(self, data: DataSet) -> None:
        """See Store.add_data."""
        kept = {name: json.dumps(value) if isinstance(value, list) else value for name, value in to_kept(data).items()}
        with self._explained():
            self._database.execute(
                f"INSERT OR REPLACE INTO data_sets (problem, {', '.join(kept)}) VALUES (?, ?, ?, ?, ?, ?)",
                (data.problem, *kept.values()),
            )

    def data_set(self, problem: str) -> DataSet:
        """See Store.data_set."""
        query = "SELECT name, input_names, output_names, inputs, targets FROM data_sets WHERE problem = ?"
        rows = self._rows(query, problem) if self.format_version >= HAS_DATA else []
        kept = None
        for name, inputs, outputs, *numbers in rows:
            kept = dict(zip(KEPT, (name, self._parsed(inputs), self._parsed(outputs), *numbers), strict=True))
        return from_kept(self.name, problem, kept)

    def points(self) -> dict[str, dict[str, Any]]:
        """See Store.points."""
        rows = self._rows("SELECT identity, recipe, seed, draws FROM points")
        return {
            identity: {"recipe": self._parsed(recipe), "seed": seed, "draws": draws}
            for identity, recipe, seed, draws in rows
        }

    def outcome_names(self, identities: Sequence[str]) -> set[str]:
        """See Store.outcome_names."""
        if self.format_version < SINCE["outcomes"]:
            return set()
        query = (
            "SELECT DISTINCT key FROM points JOIN trainings ON point_id = points.id, json_each(outcomes) "
            "WHERE identity IN (SELECT value FROM json_each(?))"
        )
        return {name for (name,) in self._rows(query, json.dumps(list(identities)))}

    def labels(self) -> list[Label]:
        """See Store.labels."""
        query = (
            "SELECT identity, identity, seed, hidden_std_dev, output_std_dev, count(*) "
            "FROM trainings LEFT JOIN points ON point_id = id GROUP BY point_id"
        )
        return [Label(*row) for row in self._rows(query)]

    def foreign(self) -> int:
        """See Store.foreign."""
        return 0  # another program's file is no store

    def foreign_moments(self) -> dict[Spreads, Moments]:
        """See Store.foreign_moments."""
        return {}

    def foreign_losses(self) -> Iterator[tuple[float, float]]:
        """See Store.foreign_losses."""
        return iter(())

    def damage(self) -> list[str]:
        """See Store.damage."""
        found = [text for (text,) in self._rows("PRAGMA integrity_check") if text != "ok"]
        query = "SELECT count(*) FROM trainings WHERE solved NOT IN (0, 1) OR diverged NOT IN (0, 1)"
        ((n,),) = self._rows(query)
        return found + [f"{n:,} rows of trainings have a solved or diverged that is neither 0 nor 1"] * bool(n)

    def start_run(self, run: Mapping[str, Any]) -> None:
        """See Store.start_run."""
        with self._explained():
            self._database.execute(
                "INSERT INTO runs (id, started, state, document) VALUES (?, ?, 'running', ?) "
                "ON CONFLICT (id) DO NOTHING",
                (run["id"], run["started"], json.dumps(dict(run))),
            )

    def end_run(self, identifier: str, ended: str, state: str) -> None:
        """See Store.end_run."""
        with self._explained():
            self._database.execute("UPDATE runs SET ended = ?, state = ? WHERE id = ?", (ended, state, identifier))

    def runs(self) -> list[dict[str, Any]]:
        """See Store.runs."""
        rows = self._rows("SELECT document, ended, state FROM runs ORDER BY started, id")
        return [{**self._parsed(document, dict), "ended": ended, "state": state} for document, ended, state in rows]

    def close(self) -> None:
        """See Store.close."""
        with self._explained():
            self._database.close()

    def _check_file(self) -> None:
        """SQLite would go on writing to a file that nobody can open any more."""
        try:
            same = os.path.samestat(os.stat(self.place), self._file)
        except FileNotFoundError:
            same = False
        if not same:
            raise StoreError(
                f"cannot use the store {self.name}: the file was removed or replaced while it was in use; "
                "put it back, or start again to compute what is missing"
            )

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self.name)

    def _parsed(self, text: Any, kind: type = object) -> Any:
        try:
            value = json.loads(text)
            text.encode() if "\\u" not in text else json.dumps(value, ensure_ascii=False).encode()  # no half characters
            if not isinstance(value, kind):
                raise TypeError(f"it is no {kind.__name__}")
        except (AttributeError, RecursionError, TypeError, ValueError) as error:
            raise DamagedError(
                f"{self.name} holds a point or a run that cannot be read ({error}): {str(text)[:40]!r}; "
                "put back a copy, or move the file away and compute its results again"
            ) from error
        return value

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._explained():
            return self._database.execute(query, values).fetchall()

    def _listed(self, names: Sequence[str]) -> str:
        known = known_fields(names)
        return ", ".join(name if SINCE.get(name, 0) <= self.format_version else "NULL" for name in known)
