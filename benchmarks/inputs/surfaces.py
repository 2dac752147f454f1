"""What is tried: every surface that takes something from outside, with how many cases of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as some

from benchmarks.inputs.case import Outcome, run_case
from benchmarks.inputs.commands import command_lines, commands
from benchmarks.inputs.files import data_sets, functions, results, study_files
from benchmarks.inputs.mongo import addresses, database, mongo_stores, run_documents
from benchmarks.inputs.stored import read_documents, sqlite_stores
from benchmarks.inputs.template import STUDIES


class Surface(NamedTuple):
    """A surface.

    Attributes:
        name: as it is shown.
        cases: gives its cases.
        n: how many a campaign makes up.
        run: runs one in a copy of a folder; None where it cannot be.
    """

    name: str
    cases: some.SearchStrategy[Any]
    n: int
    run: Callable[[Any, Path], Outcome | None] = run_case


@contextmanager
def surfaces(folder: Path, server: str | None) -> Iterator[list[Surface]]:
    """All surfaces, whose cases start with a copy of a folder; that of MongoDB's documents where a server is named."""
    raw = {store: (folder / store).read_bytes() for store in STUDIES}
    found = [
        Surface("study files", study_files(), 1000),
        Surface("data sets", data_sets(), 1000),
        Surface("results of one's own", results(), 1000),
        Surface("functions of one's own", functions(), 1000),
        Surface("SQLite stores", sqlite_stores(read_documents(folder), raw), 800),
        Surface("URLs", addresses(), 600),
        Surface("command lines", command_lines(tuple(commands())), 2000),
    ]
    if not server:
        yield found
        return
    with database(server, folder) as (one, known):
        yield [*found, Surface("MongoDB documents", mongo_stores(one.url, known), 500, partial(run_documents, one))]
