"""What the README and the pages say to type is understood as it stands."""

import importlib
import pkgutil
import re
import shlex
import shutil
import tomllib
from itertools import pairwise

import pytest
import yaml

import benchmarks.__main__ as benchmark
import benchmarks.odd.__main__ as odd
from analysis.__main__ import build_parser as analysis_parser
from analysis.report.playground import build_parser as playground_parser
from sweep.check import build_parser as check_parser
from sweep.execution.options import build_parser, options_of_study, read_asked
from sweep.merge import build_parser as merge_parser
from sweep.recipe import FIELDS
from sweep.recipe.location import find_function
from sweep.recipe.published import find_recipe
from sweep.status import build_parser as status_parser
from sweep.study.parse import parse_setting
from sweep.trace import build_parser as trace_parser
from tests.commands import ROOT
from tests.docs.pages import blocks, codes

MAKEFILE = (ROOT / "Makefile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINES = [(page, line.partition(" #")[0].strip()) for page, block in blocks("sh") for line in block.splitlines()]
INLINE = [
    (page, f"python -m {code}" if code.startswith("analysis ") else code)
    for page, code in codes()
    if re.match(r"(python -m|make|analysis|docker compose) ", code)
]
BY_HAND = ["python3 -m venv .venv && . .venv/bin/activate", "pip install --editable ."]


FILES = {
    "iris.csv": "width,length,species\n1,2,x\n2,3,y\n",
    "houses.csv": "price,area,rooms\n1,2,3\n2,3,4\n",
    "one.csv": "a,b\n1,0\n2,1\n",
    "two.csv": "a,b\n1,1\n2,0\n",
    "mine.py": "from sweep import training\n@training\ndef mine(rng, *, hidden_std_dev=1.0): return 0.0\n",
}
"""The files that commands name, with columns as they name them."""


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    shutil.copytree(ROOT / "docs/examples", tmp_path / "docs/examples")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("page", "line"), sorted({*LINES, *INLINE}))
def test_every_command_is_understood(page, line):
    if line in BY_HAND:
        return
    for library in ("torch", "jax"):
        if f"{library}_" in line:
            pytest.importorskip(library)
    program, *arguments = shlex.split(line)
    understand = {"python": python, "make": make, "docker": docker_compose, "export": export, "dask": dask}[program]
    understand(*arguments)


def python(_, module, *arguments):
    if arguments[-1:] == ("--help",) and module == "sweep.run":
        assert find_function(arguments[1]).recipe.fields
    elif module == "analysis":
        analysis_parser().parse_args(arguments)
    elif module == "sweep.run":
        options = build_parser().parse_args(arguments)
        if not options.list_recipes:
            read_asked(options_of_study(options))
    elif module == "sweep.trace":
        options = trace_parser().parse_args(arguments)
        find_recipe(options.recipe)
        assert set(dict(map(parse_setting, options.set))) <= set(FIELDS)
    elif module == "sweep.check":
        check_parser().parse_args(arguments)
    elif module == "sweep.status":
        status_parser().parse_args(arguments)
    elif module == "sweep.merge":
        merge_parser().parse_args(arguments)
    elif module == "analysis.report.playground":
        playground_parser().parse_args(arguments)
    elif module == "pip":
        command, what = arguments
        assert command == "install"
        assert what.strip(".[]") in PROJECT["optional-dependencies"]
    elif module == "benchmarks" and arguments == ("--help",):
        with pytest.raises(SystemExit, match="0"):
            benchmark.read_options(arguments)
    elif module == "benchmarks.odd":
        odd.load()
        odd.read_options(arguments)
    else:
        assert arguments == ()
        assert module in ("benchmarks.cluster", "benchmarks.scale", "benchmarks.stopping")
        assert importlib.util.find_spec(module)


def make(target, *settings):
    assert target in re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
    for setting in settings:
        name, _, value = setting.partition("=")
        assert f"$({name})" in MAKEFILE
        if name == "BENCH":
            benchmark.read_options(shlex.split(value))
        if name == "FAULTS":
            assert set(re.findall("--[a-z]+", value)) <= options_of("benchmarks/faults.py")


def docker_compose(compose, *arguments):
    assert compose == "compose"
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for option, value in pairwise(arguments):
        if option == "-f":
            assert (ROOT / value).exists()
        if option == "--profile":
            assert any(value in service.get("profiles", ()) for service in services.values())
    assert "up" in arguments or ("run" in arguments and "client" in services)


def export(*settings):
    known = "".join((ROOT / name).read_text() for name in ("docker-compose.auth.yml", "sweep/console/command.py"))
    assert all(setting.partition("=")[0] in known for setting in settings)


def dask(*arguments):
    """Held to Dask itself in tests/execution/cluster/test_containers.py."""


def options_of(*patterns):
    """Every option that a parser in these modules takes."""
    paths = [path for pattern in patterns for path in ROOT.glob(pattern)]
    return {option for path in paths for option in re.findall(r'"(--[a-z-]+)"', path.read_text())}


def test_every_option_is_one_of_a_command():
    known = options_of("sweep/**/*.py", "analysis/*.py", "benchmarks/*.py") | {"--help"}
    named = {code.split()[0] for _, code in codes() if code.startswith("--")}
    assert named - {"--until-…"} <= known
    assert len(named) > 10


def test_every_name_of_python_is_there():
    named = {code for _, code in codes() if re.fullmatch(r"(sweep|analysis|benchmarks)(\.\w+)+", code)}
    for name in named - {"sweep.sqlite3"}:
        pkgutil.resolve_name(name)
    assert len(named) > 10


def test_every_module_is_there():
    paths = {code for _, code in codes() if re.fullmatch(r"[\w/-]+(\.py|/)", code)}
    for path in paths:
        folders = ("", "sweep/**/", "analysis/**/", "benchmarks/**/")
        assert path in FILES or any(any(ROOT.glob(f"{folder}{path}")) for folder in folders), path
    assert len(paths) > 50


def test_there_are_commands():
    assert len(LINES) > 40
    assert len(INLINE) > 10
