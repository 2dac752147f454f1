"""The campaign of made-up inputs finds what is wrong, covers every command, and a short one finds nothing."""

import subprocess
import sys

import pytest
from hypothesis.strategies import SearchStrategy

pytest.importorskip("distributed")

from benchmarks.inputs.case import Case, is_asked, judge
from benchmarks.inputs.commands import commands, value_of
from tests.commands import ROOT, clean_environment

CASE = Case("analysis.__main__", ("summary", "--csv", "out.csv", "--store", "sweep.sqlite3"))
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a case is a forked process")


@LINUX
def test_a_short_campaign_finds_nothing(tmp_path):
    command = [sys.executable, "-m", "benchmarks.inputs", "--times", "0.01", "--out", str(tmp_path / "table.md")]
    names = ("study files", "data sets", "results of one's own", "functions of one's own", "SQLite stores", "URLs")
    environment = clean_environment() | {"TEST_MONGODB_URI": ""}
    more = [word for name in ("command lines", *names) for word in ("--surface", name)]
    done = subprocess.run([*command, *more], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout[done.stdout.index("| inputs |") :]
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines] == [*names, "command lines"]
    assert all(line.endswith("| 0 | 0 | 0 |") for line in lines)


def test_every_option_of_every_command_is_made_up():
    modules = {module.removesuffix(".__main__") for module, _, _ in commands()}
    doors = {path for path in ROOT.glob("[sa]*/**/*.py") if "\ndef build_parser(" in path.read_text(encoding="utf-8")}
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__") for path in doors}
    assert names - {"sweep.execution.options"} == modules - {"sweep.run"}
    for _, _, parser in commands():
        assert all(isinstance(value_of(action), SearchStrategy) for action in parser._actions)


@pytest.mark.parametrize(
    ("code", "output", "error", "wrong"),
    [
        (0, "said", "", []),
        (2, "", "error: x was given; allowed is y\n", []),
        (1, "", "error: x failed; do y\n", []),
        (2, "", "error: x was\ngiven\n", ["no sentence"]),
        (1, "", "", ["no sentence"]),
        (3, "", "", ["exit code 3"]),
        (0, "\x1b[31m", "", ["prints ['\\x1b']"]),
        (0, "", "x.py:3: UserWarning: y\n", ["warning"]),
        (1, "", "Traceback (most recent call last):\nx\n", ["traceback", "no sentence"]),
    ],
)
def test_what_is_wrong_is_seen(code, output, error, wrong):
    assert judge(CASE, code, output, error) == wrong


def test_a_write_that_nobody_asked_for_is_seen():
    assert is_asked(CASE, "a/b/c/out.csv", False)
    assert not is_asked(CASE, "a/b/c/other.csv", False)
    assert is_asked(Case("analysis.__main__", ("claims", "--csv", "caf\udce9")), "a/b/c/caf\\xe9", False)
    assert not is_asked(CASE, "a/out.csv", False)
    assert not is_asked(CASE, "a/b/c/sweep.sqlite3", True)
    assert is_asked(Case("sweep.run", ()), "a/b/c/sweep.sqlite3", True)
