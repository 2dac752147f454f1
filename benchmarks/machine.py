"""On what the measurements were made."""

import os
import platform
import re
import sqlite3
import sys
from importlib.metadata import PackageNotFoundError, version

import pymongo

from sweep.errors import FailedError
from sweep.execution.processes import usable_cores
from sweep.redact import redact
from sweep.store.provenance import cpu_model, git_commit, now

LIBRARIES = (
    "numpy", "pandas", "pyarrow", "llvmlite", "scipy", "jax", "torch", "optuna", "joblib", "pymongo", "scikit-learn",
    "statsmodels",
)  # fmt: skip


def describe(mongodb):
    """Lines that name the machine, the versions and the moment."""
    yield f"- {cpu_model()}, {usable_cores()} of {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    yield f"- Python {sys.version.split()[0]}, " + ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    yield f"- SQLite {sqlite3.sqlite_version}, MongoDB {_server_version(mongodb)}"
    commit, changes, _ = (git_commit() or "unknown").partition("+")
    yield f"- begun {now()[:16].replace('T', ' ')} UTC at commit {commit[:10]}{changes and ' with changes'}, {load()}"


def load():
    """How much else there was to do; others' work makes every measurement slower, and ratios less sure."""
    return f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"


def file_name():
    """A name for the results of this machine."""
    words = re.findall(r"[a-z0-9]+", cpu_model().lower().replace("(r)", "").replace("(tm)", ""))
    return f"{'-'.join(words)}-{usable_cores()}-cores.md"


def _version(library):
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _server_version(uri):
    if not uri:
        return "not measured"
    try:
        with pymongo.MongoClient(uri, serverSelectionTimeoutMS=4000) as client:
            return client.server_info()["version"]
    except pymongo.errors.PyMongoError as error:
        cause = redact(str(error)).partition(" (configured")[0]
        raise FailedError(
            f"MongoDB cannot be measured: {cause}; start the server, or name none (--mongodb, TEST_MONGODB_URI)"
        ) from error
