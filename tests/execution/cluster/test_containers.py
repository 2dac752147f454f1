"""What the Dockerfile and the compose file say fits together; nothing here needs an engine."""

import re
import shlex
import tomllib

import pytest
import yaml
from distributed.cli import dask_scheduler, dask_worker

from sweep.execution.options import build_parser
from tests.commands import ROOT
from tests.docs.pages import blocks

SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
CLUSTER = {name: service for name, service in SERVICES.items() if service.get("profiles") == ["cluster"]}
STEPS = re.findall(r"^([A-Z]+) (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
SHELL = [line for _, block in blocks("sh") for line in block.splitlines()]
DASK = [line.partition("#")[0] for line in SHELL if line.startswith("dask ")]
COMPOSED = [line for line in SHELL if line.startswith("docker compose run")]


def understood(command):
    """The options that Dask makes of a command line."""
    program, part, *arguments = shlex.split(command)
    assert program == "dask"
    main = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}[part]
    return main.make_context(part, list(arguments)).params


def test_the_cluster_is_a_scheduler_and_two_workers_of_one_image():
    assert set(CLUSTER) == {"scheduler", "worker"}
    assert {service["image"] for service in CLUSTER.values()} == {SERVICES["client"]["image"]}
    assert CLUSTER["worker"]["deploy"]["replicas"] == 2
    port = understood(CLUSTER["scheduler"]["command"])["port"]
    assert understood(CLUSTER["worker"]["command"])["scheduler"] == f"tcp://scheduler:{port}"
    assert CLUSTER["scheduler"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert understood(CLUSTER["worker"]["command"])["nthreads"] == 1


def test_without_the_profile_only_mongodb_starts():
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["mongodb"]


def test_a_worker_that_ended_with_its_scheduler_is_started_again():
    assert all(service["restart"] == "unless-stopped" for service in CLUSTER.values())


@pytest.mark.parametrize("command", DASK)
def test_the_commands_for_dask_in_the_pages_are_understood(command):
    understood(command)


@pytest.mark.parametrize("command", COMPOSED)
def test_the_commands_for_compose_in_the_pages_are_understood(command):
    arguments = shlex.split(command)
    assert arguments[:5] == ["docker", "compose", "run", "--rm", "client"]
    assert SERVICES["client"]["entrypoint"] == ["python", "-m"]
    assert arguments[5] == "sweep.run"
    options = build_parser().parse_args(arguments[6:])
    assert options.cluster == understood(CLUSTER["worker"]["command"])["scheduler"]
    assert options.store == "mongodb://mongodb"


def test_there_are_commands():
    assert (len(DASK), len(COMPOSED)) == (2, 1)


def test_the_image_runs_as_nobody_special():
    assert [word for step, word in STEPS if step == "USER"] == ["sweeper"]
    assert "useradd --create-home sweeper" in [word for step, word in STEPS if step == "RUN"]


def test_the_image_is_slim_and_holds_no_more_than_it_installs():
    bases = [word.split()[0] for step, word in STEPS if step == "FROM"]
    assert all(re.fullmatch(r"python:\d\.\d+-slim", base) for base in bases)
    ignored = (ROOT / ".dockerignore").read_text().split()
    allowed = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = [word.split()[:-1] for step, word in STEPS if step == "COPY" and not word.startswith("--from")]
    assert "*" in ignored
    assert {name for names in copied for name in names} == allowed
    assert all((ROOT / name).exists() for name in allowed)


def test_the_image_installs_the_extra():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    installed = re.search(r"pip install --no-cache-dir '/project\[(\w+)\]'", (ROOT / "Dockerfile").read_text())
    assert installed[1] in extras
