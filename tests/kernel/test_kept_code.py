"""Machine code that was compiled is taken from disk; what is no code, or no longer of use, is not."""

import os
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sweep import Recipe, kernel
from sweep.errors import FailedError
from sweep.kernel import compiler, kept_code

RECIPE = Recipe(hidden=(3,), epochs=10)
PRESENT, OTHER = "0123456789abcdef", "fedcba9876543210"
DAY = 24 * 3600


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where code is kept, empty, with nothing compiled yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiler, "_compile", cache(compiler._compile.__wrapped__))
    return tmp_path / "initialization-sweep"


@pytest.fixture
def compiled(monkeypatch):
    """The recipes that are compiled."""
    recipes, optimised = [], compiler.optimised
    monkeypatch.setattr(
        compiler, "optimised", lambda recipe, machine: recipes.append(recipe) or optimised(recipe, machine)
    )
    return recipes


def train(recipe=RECIPE):
    return float(kernel.train(recipe, np.full((1, recipe.n_parameters), 0.3)).loss[0])


def begin_anew():
    compiler._compile.cache_clear()


def make(folder, name, days=0.0):
    """A file that was last used so many days ago."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("code")
    used = time.time() - days * DAY
    os.utime(folder / name, (used, used))
    return name


def left(folder):
    return {path.name for path in folder.iterdir()}


def test_what_is_compiled_is_taken_by_the_next_process(folder, compiled):
    losses = []
    for _ in range(2):
        begin_anew()
        losses += [train(), train(Recipe(hidden=(4,), epochs=10))]
    assert len(compiled) == 2
    assert losses[:2] == losses[2:]
    assert losses[0] != losses[1]
    program = (
        "import sys, numpy, sweep.kernel; from sweep.kernel import compiler; compiler.optimised = None\n"
        "recipe = sweep.Recipe(hidden=(3,), epochs=10)\n"
        "print(sweep.kernel.train(recipe, numpy.full((1, recipe.n_parameters), 0.3)).loss[0])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert float(told) == losses[0]


@pytest.mark.parametrize(
    "change", [lambda code: code[:-1], lambda code: b"", lambda code: code[:40] + b"x" + code[41:]]
)
def test_what_is_no_longer_whole_is_compiled_anew(folder, compiled, change):
    loss = train()
    (path,) = folder.iterdir()
    code = path.read_bytes()
    path.write_bytes(change(code))
    begin_anew()
    assert train() == loss
    assert len(compiled) == 2
    assert path.read_bytes() == code


@pytest.mark.parametrize(
    ("name", "value"), [("processor", lambda: ("x86-64", "")), ("digest_of_sources", lambda *folders: OTHER)]
)
def test_code_for_another_processor_or_of_other_sources_is_another(folder, name, value, monkeypatch):
    ours = compiler._name("structure")
    monkeypatch.setattr(compiler, name, value)
    assert compiler._name("structure") != ours


@pytest.mark.parametrize("place", ["/dev/null", "relative", ""])
def test_where_nothing_can_be_kept_it_compiles_and_trains(folder, compiled, place, monkeypatch, tmp_path):
    loss = train()
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    monkeypatch.setenv("HOME", "/dev/null")
    monkeypatch.chdir(tmp_path)
    before = left(tmp_path)
    begin_anew()
    assert train() == loss
    assert len(compiled) == 2
    assert left(tmp_path) == before


def test_an_interrupt_while_it_is_compiled_leaves_nothing_half(folder, monkeypatch):
    """Python may be interrupted between any two calls of the compiler."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(compiler, "optimise", lambda *_: signal.raise_signal(signal.SIGINT))
            with pytest.raises(KeyboardInterrupt):
                train()
    finally:
        signal.signal(signal.SIGINT, before)
    assert not folder.exists()
    assert train() == train()


def test_a_system_that_runs_no_code_of_a_programs_own_is_told_of(folder, monkeypatch):
    def check():
        raise OSError(13, "cannot allocate executable memory")

    monkeypatch.setattr("llvmlite.binding.check_jit_execution", check)
    with pytest.raises(FailedError, match=r"runs no machine code .* \(cannot allocate executable memory\); allow it"):
        train()


def test_old_code_of_other_sources_goes(folder):
    make(folder, f"{OTHER}-1", 31)
    make(folder, f"{PRESENT}-2.0011aabb.part", 31)
    kept = {make(folder, f"{PRESENT}-1", 1000), make(folder, f"{OTHER}-2", 29)}
    kept_code.keep(f"{PRESENT}-3", b"code")
    assert left(folder) == kept | {f"{PRESENT}-3"}


def test_code_that_is_still_read_stays(folder):
    name = make(folder, f"{OTHER}-1", 1000)
    os.utime(folder / name, (time.time(), time.time() - 1000 * DAY))
    kept_code.keep(f"{PRESENT}-1", b"code")
    assert left(folder) == {name, f"{PRESENT}-1"}


def test_of_too_many_files_the_last_used_stay(folder, monkeypatch):
    monkeypatch.setattr(kept_code, "MOST_KEPT", 3)
    names = [make(folder, f"{OTHER}-{number}", number) for number in range(1, 7)]
    kept_code.keep(f"{PRESENT}-1", b"code")
    assert left(folder) == {*names[:3], f"{PRESENT}-1"}


def test_what_another_process_removed_first_is_no_error(folder, monkeypatch):
    make(folder, f"{OTHER}-1", 100)
    unlink = Path.unlink
    monkeypatch.setattr(Path, "unlink", lambda path: (unlink(path), unlink(path)))
    kept_code.keep(f"{PRESENT}-1", b"code")
    assert left(folder) == {f"{PRESENT}-1"}
