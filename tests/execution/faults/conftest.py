"""The records that an uninterrupted run gives."""

import pytest

from tests import commands
from tests.execution.faults.studies import N_TRAININGS, STUDY, rows


@pytest.fixture(scope="session")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    done = commands.run("sweep.run", *STUDY, "--store", "store.db", folder=folder)
    assert done.returncode == 0, done.stderr
    records = rows(str(folder / "store.db"))
    assert len(records) == N_TRAININGS
    return records


@pytest.fixture
def url(tmp_path):
    """The path of a SQLite store that does not exist yet."""
    return str(tmp_path / "store.db")
