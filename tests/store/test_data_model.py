"""The data model that docs/storage.md writes down is what the stores hold."""

import re
import sqlite3
from contextlib import closing
from dataclasses import fields, replace

import numpy as np
import pymongo
import pytest

from sweep import RECIPES, Axis, Recipe, Study
from sweep.execution.processes import run_block, start_worker, stop_worker
from sweep.recipe.data import DataSet
from sweep.store import open_store
from sweep.store.format import FORMAT_VERSION
from sweep.store.provenance import RUN_FIELDS, describe_run
from sweep.study import plan
from tests.docs.pages import PAGES

MODEL = PAGES["docs/storage.md"].partition("## Data model")[2]
TYPES = {"double": float, "bool": bool, "integer": int, "integers": int, "text": str, "document": dict, "list": list,
         "bytes": bytes}  # fmt: skip


def documented(collection):
    """Field -> the types that the README's table of a collection allows it, in MongoDB."""
    (table,) = re.findall(rf"\| field of `{collection}` \|.*?\n\|[-|]+\n(.*?)\n\n", MODEL, re.DOTALL)
    found = {}
    for line in table.splitlines():
        names, types, _ = (cell.strip() for cell in line.strip("|").split("|"))
        names = re.sub(r"`(\w+)` \(MongoDB\), `\w+` \(SQLite\)", r"`\1`", names)
        for name in re.findall(r"`(\w+)`", names):
            kinds = {kind for word, kind in TYPES.items() if re.search(rf"\b{word}\b", types.partition("(")[0])}
            is_null = "or null" in types or f"`{name}` may be null" in types
            found[name] = kinds | {type(None)} if is_null else kinds
    return found


@pytest.fixture
def filled(url):
    """A store with solved, unsolved and diverged trainings, of a finished and a running run."""
    recipe = replace(RECIPES["gustaw"], epochs=300, loss="mse", activation="relu")
    study = Study(recipe, (Axis("learning_rate", (1.0, 1e200)),), repeats=30)
    with open_store(url, create=True) as store:
        for name in ("a", "b"):
            store.start_run({**describe_run(study, "command", 1), "id": name})
        store.end_run("a", "2026-01-01T00:00:00.000+00:00", "finished")
        start_worker(url)
        for block in plan(study, {}):
            run_block(block)
        stop_worker()
        store.add_data(DataSet("t.csv", ("x",), ("y",), np.array([[0.0], [1]]), np.array([[1.0], [0]])))
    return url


@pytest.mark.parametrize("url", ["mongomock", "mongodb"], indirect=True)
@pytest.mark.parametrize("collection", ["results", "points", "runs", "data_sets"])
def test_documents_have_the_documented_fields_and_types(filled, collection):
    with pymongo.MongoClient(filled) as client:
        documents = list(client.get_default_database()[collection].find())
    model = documented(collection)
    seen = {name: set() for name in model}
    for document in documents:
        if collection == "results":
            assert document["_id"] == f"{document['point']}:{document['repeat']:010d}"
            del document["_id"]
        assert set(document) == set(model) - {"cluster", "device", "part", "study_file", "outcomes", "reason"}
        for name, value in document.items():
            assert type(value) in model[name], (name, value)
            seen[name].add(type(value))
    for name in ("loss", "final_loss", "solved_epoch", "ended"):
        assert len(seen.get(name, "12")) == 2, f"the test saw only one kind of {name}"


def test_rows_have_the_documented_fields(tmp_path):
    path = tmp_path / "store.db"
    open_store(str(path), create=True).close()
    with closing(sqlite3.connect(path)) as database:

        def columns(table):
            return {row[1] for row in database.execute(f"PRAGMA table_info({table})")}

        spreads = {"hidden_std_dev", "output_std_dev"}
        assert columns("results") == set(documented("results"))
        assert columns("points") == set(documented("points")) - {"_id"} | {"id", "identity"} | spreads
        assert columns("trainings") == columns("results") - spreads - {"seed", "point"} | {"point_id"}
        assert columns("data_sets") == set(documented("data_sets")) - {"_id"} | {"problem"}
        assert columns("runs") == {"id", "started", "ended", "state", "document"}
        assert database.execute("PRAGMA user_version").fetchone() == (FORMAT_VERSION,)
    for name in ("trainings", "point_id", "id", "document", "problem"):
        assert f"`{name}`" in MODEL


def test_a_run_has_the_documented_fields():
    assert set(documented("runs")) - {"_id", "cluster", "device", "llvmlite", "part", "study_file"} == set(
        RUN_FIELDS
    ) - {"id"}
    assert describe_run(Study(RECIPES["gustaw"]), "command", 1, "tcp://HOST:8786")["cluster"] == "tcp://HOST:8786"
    assert describe_run(Study(RECIPES["gustaw"]), "command", 1, device="NVIDIA H200")["device"] == "NVIDIA H200"
    study = Study(Recipe(), repeats=1).to_dict()
    (row,) = [line for line in MODEL.splitlines() if line.startswith("| `study` |")]
    assert set(re.findall(r"`(\w+)`", row)) == {"study", *study}
    assert {field.name for field in fields(Study)} == set(study)


def test_the_documented_version_is_the_present_one():
    assert f"The format has a version, now {FORMAT_VERSION}:" in MODEL
