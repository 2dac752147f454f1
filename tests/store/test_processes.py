"""Many processes in one store at once."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.synchronize import Barrier

import pymongo
import pytest

from sweep.store import open_store
from sweep.store.format import FORMAT_VERSION
from tests.store.samples import a_point, same, some_records
from tests.store.test_format import make

WORKERS = 8
STEP, SIZE = 15, 60
"""Worker w writes the repeats 15 w, ..., 15 w + 59 of every point, so that most are written by four workers."""
POINTS = 4
N = STEP * (WORKERS - 1) + SIZE


_barriers: list[Barrier] = []


def give_barrier(barrier: Barrier) -> None:
    _barriers.append(barrier)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """As many processes; each takes one task of a test, and begins it when all have one."""
    forks = "forkserver" in get_all_start_methods()
    context = get_context("forkserver" if forks else "spawn")
    if forks:  # from a process of its own, without a thread or a connection; the imports are made once for all
        context.set_forkserver_preload([__name__])
    barrier = context.Barrier(WORKERS)
    with ProcessPoolExecutor(WORKERS, context, initializer=give_barrier, initargs=(barrier,)) as pool:
        yield pool


def write_overlapping(url: str, worker: int) -> tuple[int, bool]:
    """Open the same new store as all others, write and read; return how many were new, and whether all is there."""
    _barriers[0].wait(60)
    first = STEP * worker
    with open_store(url, create=True) as store:
        store.start_run({"id": f"run {worker}", "started": f"2026-01-01T00:00:0{worker}+00:00"})
        new, seen = 0, True
        for start in range(first, first + SIZE, 20):
            for seed in range(POINTS):
                new += store.insert(a_point(seed), some_records(start, start + 20))
                mine = set(range(first, start + 20))
                seen &= mine <= set(store.repeats(a_point(seed).identity).tolist())
                seen &= store.counts([a_point(seed).identity], N)[a_point(seed).identity] >= len(mine)
        store.end_run(f"run {worker}", "2026-01-01T00:01:00+00:00", "finished")
    return new, seen


@pytest.mark.parametrize("url", ["sqlite", "mongodb"], indirect=True)
def test_processes_make_and_write_one_new_store_at_once(url: str, pool: ProcessPoolExecutor) -> None:
    done = list(pool.map(write_overlapping, [url] * WORKERS, range(WORKERS)))
    assert sum(new for new, _ in done) == POINTS * N
    assert all(seen for _, seen in done)
    with open_store(url) as store:
        for seed in range(POINTS):
            assert same(store.records(a_point(seed).identity, 10**9), some_records(0, N))
        assert [run["state"] for run in store.runs()] == ["finished"] * WORKERS
        assert (store.damage(), len(store.points())) == ([], POINTS)


def open_again_and_again(url: str) -> int:
    _barriers[0].wait(60)
    for _ in range(10):
        with open_store(url, create=True) as store:
            pass
    return store.format_version


@pytest.mark.parametrize("url", ["sqlite", "mongodb"], indirect=True)
def test_processes_bring_one_older_store_up_to_date_at_once(url: str, pool: ProcessPoolExecutor) -> None:
    if url.startswith("sqlite"):
        make(url.removeprefix("sqlite:///"))
    else:
        with open_store(url, create=True) as store:
            store.start_run({"id": "old", "started": "2026", "study": {"axes": []}})
        with pymongo.MongoClient(url) as client:
            client.get_default_database()["format"].drop()
    assert set(pool.map(open_again_and_again, [url] * WORKERS)) == {FORMAT_VERSION}
    with open_store(url) as store:
        assert [run["study"]["until"] for run in store.runs()] == [None] * len(store.runs()) != []
