"""Stores of every kind, empty, one database a test."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import mongomock
import pymongo
import pytest

# Threads of BLAS spin while they wait for a core, and the tests' processes take all cores. Read when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# A thread of pyarrow, which pandas imports where it is installed, would not come along into a fork of tests/warm.py.
os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")

# A test with a clock fails where other work runs beside it.
hypothesis.settings.register_profile("without a clock", deadline=None)
hypothesis.settings.load_profile("without a clock")

MONGODB = "mongodb" if os.environ.get("TEST_MONGODB_URI") else "mongomock"
"""A mock stands in for the real server where none is named, and would say the same more slowly beside it."""
KINDS = ("sqlite", MONGODB)

TOGETHER = ("tests/analysis/report/", "tests/execution/cluster/", "tests/execution/faults/")
"""Folders whose modules share what takes long to make; one process runs all of such a folder."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what takes longest first, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(TOGETHER))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Hand out whole modules in the order of the collection, and whole folders of those in TOGETHER."""
    from xdist.scheduler import LoadFileScheduling

    class Modules(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            folders = [folder for folder in TOGETHER if nodeid.startswith(folder)]
            return folders[0] if folders else nodeid.partition("::")[0]

    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return Modules(config, log)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where runs keep what they cannot store; made when it is first needed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "initialization-sweep"


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a store that does not exist yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
    elif request.param == "mongomock":
        with mongomock.patch("mongodb://localhost:27017"):
            yield "mongodb://localhost:27017/sweep_test"
    else:
        yield from real_mongodb()


@pytest.fixture
def mongodb_url() -> Iterator[str]:
    """The URL of a new database on a real MongoDB server."""
    yield from real_mongodb()


def real_mongodb() -> Iterator[str]:
    server = os.environ.get("TEST_MONGODB_URI")
    if not server:
        pytest.skip("TEST_MONGODB_URI names no real MongoDB server")
    name = f"sweep_test_{uuid.uuid4().hex}"
    address, _, options = server.partition("?")
    yield f"{address.rstrip('/')}/{name}?{options}"
    with pymongo.MongoClient(server) as client:
        client.drop_database(name)
