"""Stores of every kind, empty, one database a test."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import mongomock
import pymongo
import pytest

# Threads of BLAS spin while they wait for a core, and the tests' processes take all cores. Read when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

KINDS = ("sqlite", "mongomock", "mongodb")


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
