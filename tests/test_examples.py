"""The examples in docstrings do what they say they do.

Where a docstring says "After `python -m sweep.run …`", its examples begin in a folder in which that command was run.
"""

import doctest
import re
from functools import cache
from importlib import import_module

import pytest

from tests import commands
from tests.test_architecture import MODULES, name_of

EXAMPLES = [
    found
    for path in MODULES
    if ">>> " in path.read_text(encoding="utf-8")
    for found in doctest.DocTestFinder().find(import_module(name_of(path)))
    if found.examples
]
COMMAND = re.compile(r"After `python -m sweep\.run (.*)`:")
SHOWN = {
    "analysis.tables.records.load",
    "analysis.tables.runs.find_study",
    "analysis.tables.tables.coordinates",
    "analysis.tables.tables.make_tables",
    "sweep.kernel.batch.train",
    "sweep.recipe.problem.find_problem",
    "sweep.recipe.recipe.Recipe",
    "sweep.recipe.schedule.learning_rates",
    "sweep.recipe.table.recipe_table",
    "sweep.reference.training.train",
    "sweep.statistics.inference.fraction_interval",
    "sweep.statistics.inference.mean_interval",
    "sweep.statistics.inference.relative_change",
    "sweep.statistics.ocba.ocba",
    "sweep.statistics.summary.summarize",
    "sweep.store.open_store",
    "sweep.study.draws.initial_parameters",
    "sweep.study.parse.parse_axis",
    "sweep.study.parse.parse_setting",
    "sweep.study.axis.Axis",
    "sweep.study.study.Study",
    "sweep.study.target.Target",
}
"""What a stranger calls first is shown in use."""


@pytest.fixture(scope="module")
def folder_after(tmp_path_factory):
    """Gives the folder in which a command was run, once."""

    @cache
    def folder_after(arguments):
        folder = tmp_path_factory.mktemp("study")
        done = commands.run("sweep.run", "--workers", "1", *arguments.split(), folder=folder)
        assert done.returncode == 0, done.stderr
        return folder

    return folder_after


@pytest.mark.parametrize("found", EXAMPLES, ids=lambda found: found.name)
def test_an_example_comes_out_as_it_is_shown(found, folder_after, tmp_path, monkeypatch):
    said = COMMAND.search(found.docstring)
    monkeypatch.chdir(folder_after(said[1]) if said else tmp_path)
    report = []
    doctest.DocTestRunner().run(found, out=report.append)
    assert not report, "".join(report)


def test_what_a_stranger_calls_first_is_shown_in_use():
    assert {found.name for found in EXAMPLES} >= SHOWN
