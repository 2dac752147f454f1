"""A training function of one's own on a cluster: imported where it is trained."""

import textwrap

import pytest

from analysis import load
from tests.commands import run

MINE = """
    from sweep import training

    @training
    def mine(rng, *, hidden_std_dev=1.0):
        if hidden_std_dev > 5:
            raise OverflowError("too wide")
        return {"loss": rng.random(), "more": hidden_std_dev}
"""
SWEPT = ("--axis", "hidden_std_dev=log:0.1:10:6", "--repeats", 50)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.py").write_text(textwrap.dedent(MINE))
    return tmp_path


def test_the_records_are_those_of_processes(folder, address):
    mine = f"{folder / 'mine.py'}:mine"
    for where in (("--cluster", address, "--store", "a.db"), ("--workers", 2, "--store", "b.db")):
        done = run("sweep.run", "--recipe", mine, *SWEPT, *where, folder=folder)
        assert done.returncode == 0, done.stderr
    assert load(str(folder / "a.db")).equals(load(str(folder / "b.db")))


def test_a_worker_that_lacks_the_function_says_so(folder, address):
    failed = run(
        "sweep.run", "--recipe", "mine.py:mine", *SWEPT, "--cluster", address, "--store", "a.db", folder=folder
    )
    assert failed.returncode == 1
    assert failed.stderr == (
        "error: mine:mine cannot be imported here (recipe was given as 'mine.py:mine', and there is no file "
        "mine.py; name one that exists); put its module where every worker finds it\n"
    )
