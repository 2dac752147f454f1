"""A Dask cluster of processes on this machine, and the records that a run without it gives."""

import pytest

from tests import commands
from tests.execution.cluster.processes import local_cluster
from tests.execution.faults.conftest import expected  # noqa: F401

WITHOUT = """
import sys
for name in ["sweep", *sys.modules]:
    if name.partition(".")[0] == "sweep":
        sys.modules[name] = None
"""


@pytest.fixture(scope="package")
def cluster():
    with local_cluster() as running:
        yield running


@pytest.fixture(autouse=True)
def environment():
    """Dask leaves the environment so that commands can be forked, which they could not for the rest of all tests."""
    yield
    assert commands.can_fork(commands.clean_environment()) == commands.FORKS


@pytest.fixture
def address(cluster):
    return cluster.scheduler_address


@pytest.fixture
def without(tmp_path):
    """A script that takes this project from a process of Dask."""
    path = tmp_path / "without.py"
    path.write_text(WITHOUT)
    return str(path)
