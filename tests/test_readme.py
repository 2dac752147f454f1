"""What the README shows exists and is read by the commands as it stands."""

import re
import shlex

import pandas as pd
import pytest

from analysis.__main__ import build_parser as analysis_parser
from sweep.check import build_parser as check_parser
from sweep.recipe import FIELDS, RECIPES
from sweep.run import build_parser
from sweep.study.parse import parse_setting, read_study, read_target
from sweep.trace import build_parser as trace_parser
from tests.commands import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)
SHELL = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines()]
COMMANDS = [line for line in SHELL if line.startswith("python -m ")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_understood(command):
    _, _, module, *arguments = shlex.split(command)
    if module == "analysis":
        analysis_parser().parse_args(arguments)
    elif module == "sweep.run":
        options = build_parser().parse_args(arguments)
        until, repeats = read_target(options.until_rse, options.until_minimum, options.max_repeats, options.repeats)
        read_study(options.recipe, options.set, options.axis, repeats, options.seed, options.draws, until)
    elif module == "sweep.trace":
        options = trace_parser().parse_args(arguments)
        assert set(dict(map(parse_setting, options.set))) <= set(RECIPES[options.recipe].to_dict())
    elif module == "sweep.check":
        check_parser().parse_args(arguments)
    else:
        assert (module, arguments) == ("sweep.status", [])


def test_there_are_commands():
    assert len(COMMANDS) >= 10


def test_every_target_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)`", README)) | {"study"} <= targets


def test_every_picture_and_page_is_there():
    for path in re.findall(r"\]\(([^)#]+)\)", README):
        assert path.startswith("http") or (ROOT / path).exists(), path


def test_every_field_is_in_the_table():
    for field in FIELDS:
        assert f"`{field}`" in README


def test_the_first_program_runs(capsys):
    program = next(block for kind, block in BLOCKS if kind == "python")
    exec(compile(program, "README.md", "exec"), {})
    loss, solved = map(float, capsys.readouterr().out.split())
    assert loss > 0
    assert 0 < solved < 1


@pytest.mark.parametrize("folder", ["article", "article/minimum"])
def test_the_published_study_is_as_it_was_measured(folder):
    """The README's numbers are those of the committed tables."""
    found = pd.read_csv(ROOT / "figures" / folder / "minimum.csv").iloc[0]
    minimum = f"{found['minimum']:.3f} ({found['minimum_low']:.3f} to {found['minimum_high']:.3f})"
    gain = f"{-found['gain']:.2%} ({-found['gain_high']:.2%} to {-found['gain_low']:.2%})".replace("%", " %")
    claims = pd.read_csv(ROOT / "figures" / folder / "claims.csv").set_index("id")["measured"]
    fall = re.search(r"falls by (.*)", claims["G1"])[1].replace("%", " %")
    assert f"| {fall} | {gain} | {minimum} |" in README
    if folder == "article/minimum":
        assert all(f"| {number} |" in README[: README.index("## Run it")] for number in (fall, gain, minimum))
