"""Machine code of other sources goes after a while, and nothing else does."""

import os
import time

import pytest

from sweep import kernel
from sweep.kernel import compiler, old_code
from sweep.kernel.old_code import FILE, remove_old_code
from sweep.recipe import Recipe
from sweep.sources import digest_of_sources

PRESENT, OTHER, STRUCTURE = "0123abcd", "89ef4567", "0123456789abcdef"
DAY = 24 * 3600


def make(folder, name, days=0.0):
    """A file that was last used so many days ago."""
    (folder / name).write_text("code")
    used = time.time() - days * DAY
    os.utime(folder / name, (used, used))
    return name


def code(sources, ending, structure=STRUCTURE):
    return f"compiler.train_lanes_{sources}{structure}-78.py311.{ending}"


def left(folder):
    return {path.name for path in folder.iterdir()}


def test_old_code_of_other_sources_goes(tmp_path):
    for sources in (f"{OTHER}_", ""):
        for ending in ("nbi", "1.nbc", "12.nbc", "1.nbc.tmp.00ff"):
            make(tmp_path, code(sources, ending), 31)
    remove_old_code(tmp_path, PRESENT)
    assert left(tmp_path) == set()


def test_nothing_else_goes(tmp_path):
    kept = {make(tmp_path, code(f"{PRESENT}_", ending), 1000) for ending in ("nbi", "1.nbc")}
    kept |= {make(tmp_path, code(f"{OTHER}_", "nbi"), 29), make(tmp_path, code("", "1.nbc"), 1)}
    for name in (
        "compiler.cpython-311.pyc", f"mine.train_lanes_{OTHER}_{STRUCTURE}-78.py311.nbi",
        f"compiler.other_{OTHER}_{STRUCTURE}-78.py311.nbi", code(f"{OTHER}_", "nbi.txt"), code("x", "nbi"),
        f"compiler.train_lanes_{STRUCTURE}-78.py311.py", "train_lanes.nbi",
    ):  # fmt: skip
        kept.add(make(tmp_path, name, 1000))
    remove_old_code(tmp_path, PRESENT)
    assert left(tmp_path) == kept


def test_code_that_is_still_read_stays(tmp_path):
    name = make(tmp_path, code(f"{OTHER}_", "1.nbc"), 1000)
    os.utime(tmp_path / name, (time.time(), time.time() - 1000 * DAY))
    remove_old_code(tmp_path, PRESENT)
    assert left(tmp_path) == {name}


def test_of_too_many_files_the_last_used_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(old_code, "MOST_KEPT", 3)
    names = [make(tmp_path, code(f"{OTHER}_", f"{number}.nbc"), number) for number in range(1, 7)]
    remove_old_code(tmp_path, PRESENT)
    assert left(tmp_path) == set(names[:3])


def test_what_another_process_removed_first_is_no_error(tmp_path, monkeypatch):
    make(tmp_path, code(f"{OTHER}_", "nbi"), 100)
    unlink = type(tmp_path).unlink
    monkeypatch.setattr(type(tmp_path), "unlink", lambda path: (unlink(path), unlink(path)))
    remove_old_code(tmp_path, PRESENT)
    remove_old_code(tmp_path / "none", PRESENT)
    assert left(tmp_path) == set()


@pytest.mark.parametrize("is_compiled", [False, True])
def test_it_is_looked_for_where_code_is_compiled_anew(tmp_path, monkeypatch, is_compiled):
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))
    recipe = Recipe(epochs=1)
    compiler._compile.cache_clear()
    folder = compiler.compile_trainer(recipe).stats.cache_path
    if is_compiled:
        kernel.train(recipe, [[0.1] * recipe.n_parameters])
    else:
        os.makedirs(folder, exist_ok=True)
    assert all(FILE.fullmatch(name)[1] == digest_of_sources(*compiler.DECIDE)[:8] for name in os.listdir(folder))
    old = os.path.join(folder, code(f"{OTHER}_", "nbi"))
    make(tmp_path, old, 31)
    compiler._compile.cache_clear()
    kernel.train(recipe, [[0.1] * recipe.n_parameters])
    compiler._compile.cache_clear()
    assert os.path.exists(old) == is_compiled
