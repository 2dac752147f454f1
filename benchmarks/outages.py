"""Outages of a database, each a context that lasts as long as the outage."""

import os
import shlex
import signal
import socket
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pymongo


@contextmanager
def locked(path):
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def outage_of(proxy, kind):
    """What makes a context in which the proxy fails."""

    @contextmanager
    def outage():
        getattr(proxy, kind)()
        yield
        proxy.serve()

    return outage


SERVER_HELP = "starts a MongoDB server that may be killed, such as 'mongod --dbpath {data} --port {port}'"


class Server:
    """A MongoDB server of our own that can be killed, and is on leaving; `command` holds {data} and {port}."""

    def __init__(self, command, folder):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self._port = one.getsockname()[1]
        os.makedirs(folder, exist_ok=True)
        self._command = [part.format(data=folder, port=self._port) for part in shlex.split(command)]
        self.url = f"mongodb://127.0.0.1:{self._port}/sweep_faults?directConnection=true"
        self.start()

    def start(self):
        self._process = subprocess.Popen(self._command, start_new_session=True, stdout=subprocess.DEVNULL)
        with pymongo.MongoClient(self.url, serverSelectionTimeoutMS=60_000) as client:
            client.admin.command("ping")

    @property
    def pid(self):
        return self._process.pid

    def kill(self):
        os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    @contextmanager
    def killed(self):
        self.kill()
        yield
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
