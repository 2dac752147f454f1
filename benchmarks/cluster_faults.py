"""Faults under runs on a Dask cluster: its workers killed, its scheduler restarted, its connections reset."""

from contextlib import ExitStack, contextmanager
from functools import partial

from benchmarks.injection import interrupt_service, kill, kill_workers
from benchmarks.outages import locked, outage_of
from benchmarks.surfaces import XOR, run_of, timed
from benchmarks.target import Target
from tests.execution.cluster.processes import free_port, local_cluster, scheduler, worker
from tests.proxy import Proxy


class OwnCluster:
    """A Dask scheduler and a worker of two threads, processes of their own; both are killed on leaving."""

    def __init__(self):
        self._port, self._opened = free_port(), ExitStack()
        self.address = f"tcp://127.0.0.1:{self._port}"

    def _start(self):
        self._opened.enter_context(scheduler(self._port))
        self._opened.enter_context(worker(self.address, "--no-nanny", "--nthreads", "2"))

    @contextmanager
    def killed(self):
        self._opened.close()
        yield
        self._start()

    def __enter__(self):
        self._start()
        return self

    def __exit__(self, *_):
        self._opened.close()


def into_cluster(place):
    """Every fault, into runs on a cluster, and what can become of the cluster."""
    alone, _ = timed(place.path, run_of(XOR))
    with local_cluster() as cluster:
        target, seconds = timed(place.path, run_of(XOR, "--cluster", cluster.scheduler_address))
        target.expected = alone.expected
        with place.faults("SQLite: locked for " + place.listed, target) as faults:
            interrupt_service(faults, partial(locked, place.path), place.lengths)
        if place.mongodb:
            target = Target(place.mongodb, target.start, alone.expected)
        kind = "MongoDB" if place.mongodb else "SQLite"
        with place.faults(f"{kind}: a worker killed", target) as faults:
            kill_workers(faults, place.n, place.random, lambda _: workers_of(cluster))
        with place.faults(f"{kind}: run killed at a random instant", target) as faults:
            kill(faults, place.n, seconds, place.random)
        into_network(place, target, cluster.scheduler_address)
    with OwnCluster() as own:
        target = Target(target.url, run_of(XOR, "--cluster", own.address), alone.expected)
        with place.faults(f"{kind}: scheduler and worker killed and started again", target) as faults:
            interrupt_service(faults, own.killed, place.random.uniform(0, 1, place.n_long))


def workers_of(cluster):
    processes = (nanny.process for nanny in cluster.workers.values() if nanny.process)
    return [one.process.pid for one in processes if one.process and one.process.pid]


def into_network(place, target, address):
    """Reset connections to the store and to the scheduler."""
    if place.mongodb:
        with Proxy(target.url) as proxy, place.faults("MongoDB: connections reset", target) as faults:
            interrupt_service(faults, outage_of(proxy, "reset"), [0] * place.n, proxy.url)
        with Proxy(target.url) as proxy, place.faults(f"MongoDB: gone for {place.listed}", target) as faults:
            interrupt_service(faults, outage_of(proxy, "refuse"), place.lengths, proxy.url)
    with Proxy(address) as proxy:
        through = Target(target.url, run_of(XOR, "--cluster", proxy.url), target.expected)
        with place.faults("Connection to the scheduler reset", through) as faults:
            interrupt_service(faults, outage_of(proxy, "reset"), [0] * place.n)
