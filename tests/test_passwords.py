"""Passwords stay out of all that is shown, logged or stored."""

import logging
import socket
import traceback
from functools import partial

import mongomock
import pymongo
import pytest

from analysis.__main__ import main as analyse
from sweep import Axis, Recipe, Study
from sweep.check import main as check
from sweep.errors import FailedError, UsageError
from sweep.execution.cluster_job import job_of, run_job
from sweep.execution.processes import run_block, start_worker, stop_worker
from sweep.status import main as status
from sweep.store import open_store
from sweep.store.provenance import command_line, describe_run
from sweep.study import plan
from tests.commands import run

SECRET = "hunter2xyz"
COMMANDS = [
    ("sweep.run", "--quiet", "--repeats", "1"),
    ("sweep.status",),
    ("sweep.check",),
    ("sweep.merge", "URL"),
    ("sweep.trace", "--recipe", "twenty-lines", "--seed", "0"),
    ("analysis", "summary"),
    ("analysis", "compare", "0.5", "1"),
    ("analysis", "claims"),
    ("analysis", "figures"),
    ("analysis", "export", "trainings.csv"),
]


@pytest.fixture(scope="module")
def closed():
    """The address of a port of this host on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{one.getsockname()[1]}"


def said(done):
    assert done.returncode in (1, 2), done
    assert done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_shows_a_password_when_it_fails(command, closed, tmp_path):
    url = f"mongodb://me:{SECRET}@{closed}/db?serverSelectionTimeoutMS=200"
    module, *arguments = (url if word == "URL" else word for word in command)
    done = run(module, *arguments, folder=tmp_path, environment={"SWEEP_STORE": url})
    assert SECRET not in said(done)
    assert f"mongodb://me:***@{closed}/db" in done.stderr
    done = run(module, *arguments, "--store", url, folder=tmp_path)
    assert SECRET not in said(done)
    assert f"mongodb://me:***@{closed}/db" in done.stderr


@pytest.mark.parametrize("command", [*COMMANDS[:2], *COMMANDS[4:6], ("analysis", "export")], ids=" ".join)
def test_no_command_shows_a_password_that_was_typed_in_the_wrong_place(command, tmp_path):
    module, *arguments = command
    assert SECRET not in said(run(module, *arguments, f"mongodb://me:{SECRET}@host/db", folder=tmp_path))
    assert SECRET not in said(run(module, *arguments, f"--stroe=mongodb://me:{SECRET}@host/db", folder=tmp_path))


@pytest.mark.parametrize("option", ["--recipe", "--set", "--axis", "--repeats"])
def test_no_option_shows_a_password_that_was_typed_for_it(option, tmp_path):
    assert SECRET not in said(run("sweep.run", option, f"mongodb://me:{SECRET}@host/db", folder=tmp_path))


def test_a_server_that_refuses_a_password_does_not_make_it_known(mongodb_url):
    url = mongodb_url.replace("mongodb://", f"mongodb://me:{SECRET}@")
    for module, *arguments in COMMANDS[:3]:
        done = run(module, *arguments, "--store", url)
        assert SECRET not in said(done)
        assert "check user, password and authSource in the URI" in done.stderr or "check the server" in done.stderr
    assert_no_secret_in_traceback(url)


@pytest.mark.parametrize(
    "url",
    [
        f"mongodb://me:{SECRET}@{{closed}}/db?serverSelectionTimeoutMS=100",
        f"mongodb://me:{SECRET}@{{closed}}/db?w=0",
        f"mongodb://me:{SECRET}%zz@host",
        f"mongodb://me:{SECRET}@host@host",
        f"mongodb://me:{SECRET}/@host",
        f"mongodb://me:1/{SECRET}$x@host",
        f"mongodb://me:{SECRET}@host:port/db",
        f"mongodb://me:{SECRET}@host/?tlsCAFile=/nowhere.pem",
        f"redis://me:{SECRET}@host/db",
    ],
)
def test_no_traceback_and_no_log_holds_a_password(url, closed, caplog):
    with caplog.at_level(logging.DEBUG):
        assert_no_secret_in_traceback(url.format(closed=closed))
    assert SECRET not in caplog.text


def assert_no_secret_in_traceback(url):
    with pytest.raises((FailedError, UsageError)) as caught:
        open_store(url, create=True)
    text = "".join(traceback.format_exception(caught.value))
    assert "Error: " in text
    assert SECRET not in text


def test_what_dask_logs_of_a_task_holds_no_password():
    task = partial(run_job, job_of(f"mongodb://me:{SECRET}@host/db?tlsCertificateKeyFilePassword={SECRET}"))
    assert "mongodb://me:***@host/db" in repr(task)
    assert SECRET not in repr(task)


def test_no_output_and_no_record_of_a_run_holds_a_password(tmp_path, capsys):
    url = f"mongodb://me:{SECRET}@localhost/db?tlsCertificateKeyFilePassword={SECRET}"
    study = Study(Recipe(epochs=5), (Axis("hidden_std_dev", (0.5, 1.0)),), repeats=3)
    with mongomock.patch("mongodb://localhost"):
        with open_store(url, create=True) as store:
            store.start_run(describe_run(study, command_line("sweep.run", ["--store", url]), 1))
        start_worker(url)
        for block in plan(study, {}):
            run_block(block)
        stop_worker()
        outputs = [tmp_path / "summary.csv", tmp_path / "figures"]
        for main, arguments in (
            (status, []), (check, []), (analyse, ["summary"]), (analyse, ["summary", "--csv", str(outputs[0])]),
            (analyse, ["compare", "0.5", "1"]), (analyse, ["figures", "--out", str(outputs[1])]),
            (analyse, ["export", str(tmp_path / "trainings.csv")]), (analyse, ["export", str(tmp_path / "x.parquet")]),
        ):  # fmt: skip
            assert main([*arguments, "--store", url]) == 0
        database = pymongo.MongoClient("mongodb://localhost")["db"]
        records = {name: list(database[name].find()) for name in database.list_collection_names()}
    assert set(records) == {"results", "points", "runs", "format"}
    shown = capsys.readouterr()
    assert "mongodb://me:***@localhost/db" in shown.out
    assert "mongodb://me:***@localhost/db" in str(records["runs"])
    assert SECRET not in shown.out + shown.err + str(records)
    for path in tmp_path.rglob("*.*"):
        assert SECRET.encode() not in path.read_bytes(), path
