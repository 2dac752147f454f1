"""Every example of Python and SQL runs as it stands, beside a small store."""

import re
import sqlite3
from contextlib import closing

import matplotlib as mpl
import matplotlib.pyplot as plt
import mongomock
import numpy as np
import pytest

from sweep import RECIPES, Axis, Study
from sweep.execution.processes import run_block, start_worker, stop_worker
from sweep.recipe import TrainingFunction
from sweep.recipe.data import DataSet
from sweep.store import open_store
from sweep.store.provenance import describe_run
from sweep.study import plan
from tests.docs.pages import PAGES, blocks

EXAMPLES = [
    pytest.param(page, program, id=f"{page} {number}") for number, (page, program) in enumerate(blocks("python"))
]
STUDY = Study(RECIPES["gustaw"], (Axis("hidden_std_dev", (0.7, 1.0)),), repeats=50)
DATA = DataSet("one.csv", ("a", "b"), ("y",), np.array([[0.0, 2], [1, 4]]), np.array([[0.0], [1]]))


@pytest.fixture
def stores(tmp_path, monkeypatch):
    """The same trainings in ./sweep.sqlite3 and on MongoDB's usual address."""
    monkeypatch.chdir(tmp_path)
    with mongomock.patch("mongodb://127.0.0.1:27017"):
        for url in ("sweep.sqlite3", "mongodb://127.0.0.1:27017"):
            with open_store(url, create=True) as store:
                store.start_run(describe_run(STUDY, "command", 1))
                store.add_data(DATA)
            start_worker(url)
            assert [run_block(block) for block in plan(STUDY, {})] == [50, 50]
            stop_worker()
        yield
    plt.close("all")


@pytest.mark.usefixtures("stores")
@pytest.mark.parametrize(("page", "program"), EXAMPLES)
def test_every_program_runs(page, program, capsys):
    with mpl.rc_context({"backend": "Agg"}):
        names = {}
        exec(compile(program, page, "exec"), names)
        for function in [one for one in names.values() if isinstance(one, TrainingFunction)]:
            drawn = {spread: np.ones(number) for spread, number in function.normals.items()}
            print(function(np.random.default_rng(0), **({"parameters": drawn} if drawn else {})))
        drawn = [axes for number in plt.get_fignums() for axes in plt.figure(number).axes]
    printed = capsys.readouterr().out
    assert any(axes.lines for axes in drawn) or re.search(r"\d", printed)
    if "plt." in program:
        assert drawn
    if promised := re.search(rf"{re.escape(program)}```\n\nprints\n\n```\n(.*?)```", PAGES[page], re.DOTALL):
        assert printed == promised[1]
    if "groupby" in program or "summarize" in program:
        assert all(re.search(rf"^\S* *{spread}\b", printed, re.MULTILINE) for spread in ("0.7", "1.0"))
    if "alone" in program:
        assert all(abs(float(line.split()[-1])) < 1e-9 for line in printed.splitlines())


@pytest.mark.usefixtures("stores")
@pytest.mark.parametrize("query", [query for _, query in blocks("sql")])
def test_every_query_runs(query):
    with closing(sqlite3.connect("sweep.sqlite3")) as database:
        found = database.execute(query).fetchall()
    assert [(spread, count) for spread, mean, count in found if mean > 0] == [(0.7, 50), (1.0, 50)]


def test_there_are_examples():
    assert len(EXAMPLES) == 13
    assert len(blocks("sql")) == 1
    assert "prints" in PAGES["README.md"]
