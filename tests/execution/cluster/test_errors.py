"""What cannot work on a cluster is refused in one sentence, before anything is written."""

import gc
import json
import os
import re
import signal
import sys

import distributed
import pytest

from sweep import __version__
from sweep.errors import FailedError, StoreUnavailableError, UsageError, WorkerError
from sweep.execution import cluster as clusters
from sweep.execution.cluster_job import job_of, run_job
from tests import commands
from tests.commands import door
from tests.execution.cluster.processes import free_port, local_cluster, scheduler

main = door("sweep.run")

SMALL = ["--set", "epochs=30", "--axis", "hidden_std_dev=0.5,0.7,1", "--repeats", "40"]
ALLOWED = (
    "allowed is an address such as tcp://HOST:8786, or the file that `dask scheduler --scheduler-file FILE` writes"
)


def refused(error, *arguments):
    with pytest.raises(error) as caught:
        main([*SMALL, *map(str, arguments)])
    return str(caught.value)


@pytest.fixture
def store(tmp_path):
    """The path of a store; a test that refuses must not make it."""
    path = tmp_path / "store.db"
    yield path
    assert not path.exists()


def test_a_scheduler_file_is_an_address(address, mongodb_url, tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": address}))
    assert main([*SMALL, "--cluster", str(file), "--store", mongodb_url]) == 0


def test_what_is_no_address_and_no_scheduler_file(store, tmp_path):
    message = refused(UsageError, "--cluster", "localhost:8786", "--store", store)
    assert message == (
        f"cluster was given as 'localhost:8786' ([Errno 2] No such file or directory: 'localhost:8786'); {ALLOWED}"
    )
    empty = tmp_path / "empty.json"
    for text in ("", "{}", "[]"):
        empty.write_text(text)
        message = refused(UsageError, "--cluster", empty, "--store", store)
        assert message.startswith(f"cluster was given as '{empty}' (")
        assert message.endswith(f"); {ALLOWED}")
    message = refused(UsageError, "--cluster", "http://localhost:8786", "--store", store)
    assert message.startswith("cluster was given as 'http://localhost:8786' (")
    assert message.endswith(f"); {ALLOWED}")


def test_no_scheduler(store, monkeypatch):
    monkeypatch.setattr(clusters, "SECONDS_TO_CONNECT", 0.3)
    assert refused(FailedError, "--cluster", "tcp://127.0.0.1:9", "--store", store) == (
        "no scheduler answers at tcp://127.0.0.1:9 within 0.3 s; start one with: dask scheduler"
    )


@pytest.mark.parametrize("place", ["tcp://127.0.0.1:9", "http://localhost:8786"])
def test_a_client_that_did_not_connect_is_closed(store, place, monkeypatch):
    """Garbage that is collected while Dask begins another client would wait for that for ever."""
    monkeypatch.setattr(clusters, "SECONDS_TO_CONNECT", 0.3)
    refused((FailedError, UsageError), "--cluster", place, "--store", store)
    clients = [one for one in gc.get_objects() if type(one) is distributed.Client]  # of others isinstance may raise
    assert "connecting" not in {one.status for one in clients}


def test_a_client_that_cannot_even_be_closed_in_time_is_told_as_one_that_did_not_connect(store, monkeypatch):
    def close(client):
        was_open = client.status != "closed"
        closed(client)
        if was_open:
            raise TimeoutError

    closed = distributed.Client.close
    monkeypatch.setattr(clusters, "SECONDS_TO_CONNECT", 0.3)
    monkeypatch.setattr(distributed.Client, "close", close)
    assert "no scheduler answers" in refused(FailedError, "--cluster", "tcp://127.0.0.1:9", "--store", store)


def test_without_dask_the_extra_is_named(store, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert refused(FailedError, "--cluster", "tcp://127.0.0.1:9", "--store", store) == (
        "cluster was given, which needs Dask (import of distributed halted; None in sys.modules); install this project "
        "with its extra: python -m pip install '.[cluster]'"
    )


def test_processes_and_a_cluster_exclude_each_other(store):
    done = commands.run("sweep.run", "--workers", "2", "--cluster", "tcp://127.0.0.1:9", "--store", store)
    assert done.returncode == 2
    assert "argument --cluster: not allowed with argument --workers" in commands.one_sentence(done.stderr)


OTHER = (
    " of this project, the run was started with 0.0.9 (sources 01234567); install the same on all hosts, and start "
    "scheduler and workers again"
)


def test_another_version_on_the_scheduler_or_a_worker_is_noticed_before_work_starts(address, store, monkeypatch):
    def other(url):
        return job_of(url)._replace(version="0.0.9 (sources 01234567)")

    monkeypatch.setattr(clusters, "job_of", other)
    assert refused(FailedError, "--cluster", address, "--store", store).endswith(OTHER)
    monkeypatch.setattr(clusters, "check_version", lambda job: None)
    assert refused(FailedError, "--cluster", address, "--store", store).endswith(OTHER)


def test_a_worker_that_joins_later_with_another_version_takes_no_part(store):
    with pytest.raises(FailedError) as caught:
        run_job(job_of(str(store))._replace(version="0.0.9 (sources 01234567)"), [])
    assert str(caught.value).endswith(OTHER)


def test_a_file_and_workers_elsewhere(address, store, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("socket.gethostname", lambda: "elsewhere")
        message = refused(FailedError, "--cluster", address, "--store", store)
    assert message.startswith("the store is a file on elsewhere, which a worker on ")
    assert message.endswith(" cannot write; give --store mongodb://HOST, a server that all hosts reach")


def test_a_worker_without_the_project(store, without):
    with local_cluster(n_workers=1, preload=without) as cluster:
        message = refused(FailedError, "--cluster", cluster.scheduler_address, "--store", store)
    assert message.startswith("the worker at tcp://127.0.0.1:")
    assert message.endswith(f"; install version {__version__} on all hosts")


def test_a_scheduler_without_the_project(store, without):
    port = free_port()
    with scheduler(port, "--preload", without):
        message = refused(FailedError, "--cluster", f"tcp://127.0.0.1:{port}", "--store", store)
    assert message.startswith(f"the scheduler at tcp://127.0.0.1:{port} cannot run this project (")
    assert message.endswith(f"; install version {__version__} on all hosts")


def test_workers_that_do_not_reach_the_database(address, mongodb_url, monkeypatch):
    def elsewhere(url):
        return job_of(url)._replace(url="mongodb://127.0.0.1:9/nowhere")

    monkeypatch.setattr(clusters, "job_of", elsewhere)
    message = refused(StoreUnavailableError, "--cluster", address, "--store", mongodb_url)
    assert message.startswith("a worker on ")
    assert "; it answers here, so give --store an address that all workers reach; continue with: " in message


def die(job, blocks):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_task_that_kills_every_worker_is_named(mongodb_url, monkeypatch):
    monkeypatch.setattr(clusters, "run_job", die)
    with local_cluster(n_workers=1) as cluster:
        message = refused(WorkerError, "--cluster", cluster.scheduler_address, "--store", mongodb_url)
    died = "a worker process died 4 times in a row (killed from outside, or for want of memory) while it trained "
    assert message.startswith(died)
    assert re.match(
        r"hidden_std_dev = (0\.5|0\.7|1), repeats 0 to 39( and 1 block after it)?; what is stored is kept",
        message[len(died) :],
    )
