"""A cluster gives the records that this machine gives, whatever becomes of workers, scheduler, client and database."""

import os
import re
import signal

import pytest

from tests import commands
from tests.commands import door
from tests.execution.cluster.processes import free_port, local_cluster, scheduler, worker
from tests.execution.faults.studies import (
    FEWER,
    N_TRAININGS,
    PART,
    STUDY,
    assert_complete,
    finish,
    n_stored,
    wait_for_line,
    wait_until_stored,
)
from tests.proxy import Proxy

main = door("sweep.run")


def start(address, url, study=STUDY, real=False):
    return commands.start("sweep.run", *study, "--cluster", address, "--store", url, real=real)


def test_a_cluster_gives_the_same_records(address, mongodb_url, expected, capsys):
    run = [*PART, "--cluster", address, "--store", mongodb_url]
    done = commands.run("sweep.run", *run)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Stored 2,000 trainings .* a second with 2 threads of the cluster at tcp://", done.stdout)
    assert_complete(mongodb_url, expected, FEWER)
    assert main(run) == 0
    assert "All 2,000 trainings are already stored" in capsys.readouterr().out
    status = commands.run("sweep.status", "--store", mongodb_url).stdout
    assert f"2 threads of the cluster at {address}: python -m sweep.run" in status


def test_threads_of_one_process_give_the_same_records_in_a_file_on_this_machine(tmp_path, expected):
    with local_cluster(n_workers=1, threads_per_worker=4) as cluster:
        arguments = [*PART, "--cluster", cluster.scheduler_address, "--store", str(tmp_path / "store.db")]
        assert main(arguments) == 0
    assert_complete(str(tmp_path / "store.db"), expected, FEWER)


def test_a_study_with_a_target_runs_on_a_cluster(address, mongodb_url, tmp_path, capsys):
    study = ["--set", "epochs=500", "--axis", "hidden_std_dev=0.2,0.7,3", "--repeats", "100", "--until-rse", "0.01"]
    assert main([*study, "--cluster", address, "--store", mongodb_url]) == 0
    on_cluster = capsys.readouterr().out
    assert main([*study, "--workers", "1", "--store", str(tmp_path / "store.db")]) == 0
    reached = re.compile("Target reached: .*")
    assert reached.search(on_cluster)[0] == reached.search(capsys.readouterr().out)[0]


def test_killed_workers_lose_and_double_nothing(cluster, mongodb_url, expected):
    process = start(cluster.scheduler_address, mongodb_url)
    for n_kills in range(3):
        wait_until_stored(process, mongodb_url, N_TRAININGS // 8 * n_kills)
        os.kill(list(cluster.workers.values())[n_kills % 2].process.process.pid, signal.SIGKILL)
    finish(process)
    assert_complete(mongodb_url, expected)


def test_a_scheduler_that_starts_again_with_new_workers_gets_what_is_missing(mongodb_url, expected):
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with scheduler(port) as first, worker(address, "--no-nanny"):
        process = start(address, mongodb_url)
        wait_until_stored(process, mongodb_url, 0)
        first.kill()
        wait_for_line(process, f"The scheduler at {address} is gone. Waiting for up to 120 s; what is stored is kept.")
        assert n_stored(mongodb_url) < len(expected)
    with local_cluster(n_workers=1, scheduler_port=port):
        assert "A scheduler answers again after" in finish(process)
    assert_complete(mongodb_url, expected)


def test_trainings_wait_for_workers_that_join_late(mongodb_url, expected):
    with local_cluster(n_workers=0) as cluster:
        process = start(cluster.scheduler_address, mongodb_url)
        wait_for_line(process, f"The cluster at {cluster.scheduler_address} has no workers yet; the trainings wait for")
        cluster.scale(1)
        wait_until_stored(process, mongodb_url, 0)
        cluster.scale(2)
        finish(process)
    assert_complete(mongodb_url, expected)


def test_a_worker_that_joins_without_the_project_ends_and_loses_nothing(mongodb_url, expected, without):
    with local_cluster(n_workers=0) as cluster:
        process = start(cluster.scheduler_address, mongodb_url, PART)
        wait_for_line(process, "has no workers yet")
        with worker(cluster.scheduler_address, "--preload", without) as unfit:
            unfit.wait(timeout=60)
        cluster.scale(1)
        finish(process)
    assert_complete(mongodb_url, expected, FEWER)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_a_client_that_goes_away_is_continued_on_any_machine(address, mongodb_url, expected, name):
    process = start(address, mongodb_url, real=True)
    wait_until_stored(process, mongodb_url, 0)
    process.send_signal(getattr(signal, name))
    _, error = process.communicate(timeout=60)
    assert n_stored(mongodb_url) < len(expected)
    if name == "SIGINT":
        assert process.returncode == 130
        assert commands.one_sentence(error).startswith("Interrupted: ")
        assert "The cluster's workers still finish and store the tasks that they have begun. Continue with: " in error
    done = commands.run("sweep.run", *STUDY, "--workers", "2", "--store", mongodb_url)
    assert done.returncode == 0, done.stderr
    assert_complete(mongodb_url, expected)


def test_an_outage_of_the_database_is_waited_for(address, mongodb_url, expected):
    proxy = Proxy(mongodb_url)
    process = start(address, proxy.url)
    wait_until_stored(process, mongodb_url, 0)
    proxy.refuse()
    wait_for_line(process, "nothing that was trained is lost")
    proxy.serve()
    assert "answers again after" in finish(process)
    assert_complete(mongodb_url, expected)
    proxy.close()
