"""Dask clusters of processes on this machine."""

import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import dask
from distributed import LocalCluster
from distributed.utils import get_mp_context

from tests import commands

# Whenever Dask starts a worker, again too, it would set these for this process and all commands.
dask.config.set({"distributed.nanny.pre-spawn-environ": {}})

if sys.platform != "win32":
    # Dask's own way to start worker processes without the imports of each.
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    modules = ["distributed", "pymongo", "sweep.execution.cluster_job", "sweep.kernel", "sweep.study.draws"]
    get_mp_context().set_forkserver_preload(modules)


@contextmanager
def local_cluster(**options):
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(**settings | options) as cluster:
        yield cluster


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def scheduler(port, *arguments):
    """A process that listens at tcp://127.0.0.1:PORT and is killed on leaving."""
    with _dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--dashboard-address", ":0", *arguments) as one:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield one


def worker(address, *arguments):
    """A process that trains in one thread and is killed on leaving."""
    return _dask("worker", address, "--nthreads", "1", "--no-dashboard", *arguments)


@contextmanager
def _dask(command, *arguments):
    line = [sys.executable, "-m", f"distributed.cli.dask_{command}", *arguments]
    with subprocess.Popen(line, env=commands.clean_environment(), stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()
