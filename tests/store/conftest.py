"""Open stores, and stores with a few records."""

from collections.abc import Callable, Iterator
from pathlib import Path

import mongomock
import pytest

from sweep.store import Store, open_store
from tests.store.samples import a_point, some_records

Open = Callable[[], Store]


@pytest.fixture
def open_one(url: str) -> Iterator[Open]:
    """Opens one more instance of the same store; all are closed after the test."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(open_store(url, create=True))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def store(open_one: Open) -> Store:
    return open_one()


@pytest.fixture
def mocked() -> Iterator[Store]:
    with mongomock.patch("mongodb://localhost"), open_store("mongodb://localhost/sweep_test") as store:
        yield store


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "store.db")


@pytest.fixture
def made(path: str) -> str:
    """A store with three records."""
    with open_store(path, create=True) as store:
        store.insert(a_point(), some_records(0, 3))
    return path
