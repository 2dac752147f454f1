"""Made-up contents of stores: columns of other types, documents that are changed, and damaged bytes."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import strategies as some

from benchmarks.inputs.case import LOOSEN, Case
from benchmarks.inputs.files import damaged
from benchmarks.inputs.template import STUDIES
from benchmarks.inputs.values import LOST, json_values, one_in, scalars, texts

READING = (
    ("sweep.status",),
    ("sweep.status", "--follow"),
    ("sweep.check", "--sample", "3"),
    ("analysis.__main__", "summary"),
    ("analysis.__main__", "summary", "--json"),
    ("analysis.__main__", "compare", "0.5", "1"),
    ("analysis.__main__", "minimum"),
    ("analysis.__main__", "minimum", "--json"),
    ("analysis.__main__", "claims"),
    ("analysis.__main__", "export", "out.csv"),
    ("analysis.__main__", "export", "out.parquet"),
    ("analysis.__main__", "recipes"),
    ("sweep.merge", "--quiet", "STORE", "--store", "merged.sqlite3"),
    ("sweep.trace", "--recipe", "twenty-lines", "--set", "epochs=3", "--set", "hidden_std_dev=0.5", "--seed", "0"),
)
DRAWING = (("analysis.__main__", "figures"), ("analysis.__main__", "report"))
"""Commands that take some seconds."""
WRITING = (("sweep.run", *STUDIES["sweep.sqlite3"], "--workers", "1", "--wait", "0"),)
DESTROYING = (
    "DELETE FROM {table}",
    "DELETE FROM {table} {which}",
    "DROP TABLE {table}",
    "DROP VIEW results",
    "CREATE TABLE more (x)",
    "PRAGMA user_version = 9",
    "PRAGMA user_version = 2",
    "PRAGMA user_version = -1",
)
COLUMNS = {
    "points": ("id", "identity", "seed", "draws", "hidden_std_dev", "output_std_dev", "recipe"),
    "trainings": (
        "point_id",
        "repeat",
        "loss",
        "final_loss",
        "solved",
        "solved_epoch",
        "diverged",
        "accuracy",
        "outcomes",
        "reason",
    ),
    "runs": ("id", "started", "ended", "state", "document"),
    "data_sets": ("problem", "name", "input_names", "output_names", "inputs", "targets"),
}
DOCUMENTS = {
    "points": ("recipe",),
    "runs": ("document",),
    "data_sets": ("input_names", "output_names"),
    "trainings": ("outcomes",),
}


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a JSON value."""
    yield before
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(part, (*before, key))


def changed(value: Any, way: tuple[Any, ...], change: Callable[[dict[Any, Any] | list[Any], Any], None]) -> Any:
    """A JSON value with a change where a way leads."""
    whole = {"": json.loads(json.dumps(value))}
    part: Any = whole
    for key in ("", *way)[:-1]:
        part = part[key]
    change(part, ("", *way)[-1])
    return whole[""]


@some.composite
def documents(draw: some.DrawFn, value: Any) -> Any:
    """A JSON value of which some parts are changed, left out or put in."""
    for _ in range(draw(some.integers(1, 2))):
        way = draw(some.sampled_from(list(places(value))))
        kind, new = draw(some.integers(0, 5)), draw(json_values | some.sampled_from(LOST))

        def change(part: Any, key: Any, kind: int = kind, new: Any = new) -> None:
            if kind == 0 and key != "":
                del part[key]
            elif kind == 1 and isinstance(part[key], dict):
                part[key][str(new)[:20]] = new
            elif kind == 2 and isinstance(part[key], dict):
                part[key].update({f"unknown{number}": number for number in range(1000)})
            else:
                part[key] = new

        value = changed(value, way, change)
    return value


def read_documents(folder: Path) -> dict[tuple[str, str, str], Any]:
    """Store, table and column -> the last JSON document there."""
    found = {}
    for store in STUDIES:
        with closing(sqlite3.connect(folder / store)) as database:
            for table, columns in DOCUMENTS.items():
                for column in columns:
                    row = database.execute(f"SELECT {column} FROM {table}").fetchall()
                    if row and row[-1][0]:
                        found[store, table, column] = json.loads(row[-1][0])
    return found


@some.composite
def sqlite_stores(draw: some.DrawFn, known: dict[tuple[str, str, str], Any], raw: dict[str, bytes]) -> Case:
    """A command that reads, or a run, with a store that is not as it should be."""
    store = draw(some.sampled_from(list(STUDIES)))
    command = draw(some.sampled_from(READING if not draw(one_in(8)) else DRAWING + WRITING))
    module, *words = (store if word == "STORE" else word for word in command)
    if module != "sweep.merge":
        words += ["--store", store]
    kind = draw(some.integers(0, 9))
    if kind == 0:
        return Case(module, tuple(words), ((store, draw(damaged_store(raw[store]))),))
    statements: list[tuple[str, str, tuple[Any, ...]]] = [(store, LOOSEN, ())] if draw(some.booleans()) else []
    for _ in range(draw(some.integers(1, 2))):
        if kind < 5:
            mine = [place for place in known if place[0] == store]
            _, table, column = draw(some.sampled_from(mine))
            text = json.dumps(draw(documents(known[store, table, column])))
            statements.append((store, f"UPDATE {table} SET {column} = ? {draw(which)}", (text,)))
        elif kind < 9:
            table = draw(some.sampled_from(list(COLUMNS)))
            column = draw(some.sampled_from(COLUMNS[table]))
            value = draw(scalars | texts | some.binary(max_size=9))
            if isinstance(value, bool):
                value = int(value)
            statements.append((store, f"UPDATE {table} SET {column} = ? {draw(which)}", (value,)))
        else:
            table = draw(some.sampled_from(list(COLUMNS)))
            text = draw(some.sampled_from(DESTROYING)).format(table=table, which=draw(which))
            statements.append((store, text, ()))
    return Case(module, tuple(words), (), tuple(statements))


which = some.sampled_from(
    ("", "WHERE rowid = 1", "WHERE rowid = (SELECT max(rowid) FROM points)", "WHERE repeat = 0", "LIMIT 1")
)


@some.composite
def damaged_store(draw: some.DrawFn, content: bytes) -> bytes:
    """A file of SQLite's with bytes changed or cut off."""
    if draw(some.booleans()):
        return content[: draw(some.integers(0, len(content)))]
    for _ in range(draw(some.integers(1, 20))):
        place = draw(some.integers(0, len(content) - 1))
        content = content[:place] + bytes([draw(some.integers(0, 255))]) + content[place + 1 :]
    return draw(damaged(content))
