"""Passwords stay out of all that is shown, logged or stored."""

import logging
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import sleep

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
from tests.commands import SECONDS, run, start

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
    by_environment = start(module, *arguments, folder=tmp_path, environment={"SWEEP_STORE": url})
    by_option = start(module, *arguments, "--store", url, folder=tmp_path)  # both wait for the server at once
    for process in (by_environment, by_option):
        told, errors = process.communicate(timeout=SECONDS)
        assert process.returncode in (1, 2)
        assert SECRET not in told + errors
        assert f"mongodb://me:***@{closed}/db" in errors


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


STUDY_FILE = 'recipe = "twenty-lines"\nset = ["epochs=5"]\naxis = ["hidden_std_dev=log:0.5:2:5"]\nrepeats = 6\n'
FUNCTION = """
from sweep import training

@training(version="1")
def mine(rng, *, hidden_std_dev=1.0):
    print("trains")
    return {"loss": hidden_std_dev + rng.random(), "speed": 1.0}
"""
LOGGING = """
import logging, runpy
if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    runpy.run_module("sweep.run", run_name="__main__")
"""


def test_nothing_that_is_left_behind_holds_a_password(mongodb_url, tmp_path):
    """Of every command, on a server that needs none: what they print, log, write and store."""
    url = f"{mongodb_url}&authMechanismProperties=AWS_SESSION_TOKEN:{SECRET}"
    (tmp_path / "study.toml").write_text(STUDY_FILE)
    (tmp_path / "mine.py").write_text(FUNCTION)
    (tmp_path / "logging_all.py").write_text(LOGGING)
    shown = []
    for command in (
        "sweep.run study.toml --save saved.toml",
        "logging_all --recipe twenty-lines --set epochs=5 --axis hidden_std_dev=log:0.5:2:6 --repeats 6",
        "analysis report", "analysis report --follow --out follow.html", "analysis figures", "analysis export all.csv",
        "analysis export all.parquet", "analysis claims --csv claims.csv", "analysis minimum",
        "sweep.run --recipe mine.py:mine --axis hidden_std_dev=log:0.5:2:5 --repeats 6",
        "analysis export own.csv", "analysis summary --csv own-summary.csv", "sweep.status", "sweep.status --follow",
        "sweep.check", "sweep.merge --store merged.sqlite3 URL",
        "sweep.trace --recipe twenty-lines --set epochs=5 --seed 0 --figure trace.svg",
    ):  # fmt: skip
        module, *arguments = (url if word == "URL" else word for word in command.split())
        is_logged = module == "logging_all"
        environment = {"SWEEP_STORE": url} | ({"PYTHONASYNCIODEBUG": "1"} if is_logged else {})
        done = run(module, *arguments, folder=tmp_path, environment=environment, real=is_logged)
        assert done.returncode == 0, (command, done.stderr)
        shown.append(done.stdout + done.stderr)
    assert "pymongo" in shown[1]
    with pymongo.MongoClient(mongodb_url) as client:
        database = client.get_default_database()
        shown += [str(list(database[name].find())) for name in database.list_collection_names()]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 25
    shown += [path.read_bytes().decode("latin-1") for path in files]
    assert not [text[:200] for text in shown if SECRET in text]


@pytest.mark.skipif(sys.platform != "linux", reason="the list of processes is read from /proc")
def test_the_list_of_processes_shows_no_password_of_the_environment(mongodb_url, tmp_path):
    url = f"{mongodb_url}&authMechanismProperties=AWS_SESSION_TOKEN:{SECRET}"
    asked = [
        "--recipe",
        "twenty-lines",
        "--axis",
        "hidden_std_dev=log:0.5:2:5",
        "--repeats",
        "100000",
        "--workers",
        "2",
    ]
    process = start("sweep.run", *asked, folder=tmp_path, environment={"SWEEP_STORE": url}, real=True)
    names = []
    with pymongo.MongoClient(mongodb_url) as client:
        results = client.get_default_database()["results"]
        while process.poll() is None and not results.find_one():
            sleep(0.05)
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(path.name)) == process.pid:
                names.append((path / "cmdline").read_text())
    process.send_signal(signal.SIGINT)
    output = "".join(process.communicate())
    assert len(names) >= 3
    assert not [name for name in [*names, output] if SECRET in name]
