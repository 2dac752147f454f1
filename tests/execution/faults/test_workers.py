"""A worker that dies is replaced; a block that always kills its worker is named."""

import os
import signal
from pathlib import Path

import pytest

from sweep.errors import WorkerError
from sweep.execution.processes import run_blocks
from tests import commands
from tests.commands import door
from tests.execution.faults.studies import assert_complete, finish, rows, start, wait_until_stored

main = door("sweep.run")

SMALL = ["--set", "epochs=30", "--axis", "hidden_std_dev=0.5,0.7,1", "--repeats", "40", "--workers", "1"]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc to find child processes in")
def test_a_run_goes_on_when_a_worker_is_killed(url, expected):
    process = start(url, real=True)
    wait_until_stored(process, url, 0)
    os.kill(children_of(process.pid)[-1], signal.SIGKILL)
    assert finish(process).startswith("A worker process died (killed from outside, or for want of memory); what was ")
    assert_complete(url, expected)


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def die_at_seven(blocks):
    if blocks[0].point.recipe.hidden_std_dev == 0.7:
        os.kill(os.getpid(), signal.SIGKILL)
    return run_blocks(blocks)


def test_a_block_that_always_kills_its_worker_is_named_and_the_others_are_stored(url, monkeypatch, capsys):
    monkeypatch.setattr("sweep.execution.processes.run_blocks", die_at_seven)
    with pytest.raises(WorkerError) as caught:
        main([*SMALL, "--store", url])
    assert str(caught.value) == (
        "a worker process died 3 times in a row (killed from outside, or for want of memory) while it trained "
        "hidden_std_dev = 0.7, repeats 0 to 39; what is stored is kept; "
        f"continue with: python -m sweep.run {' '.join(SMALL)} --store {url}"
    )
    assert commands.PROGRESS.sub("", capsys.readouterr().err).count("\n") == 1
    assert {row[-1] for row in rows(url)} >= {0.5}
    assert 0.7 not in {row[-1] for row in rows(url)}


def fail_once(blocks):
    """Ask for more memory than there is, once a folder."""
    try:
        Path(os.environ["FAILED_ONCE"]).touch(exist_ok=False)
    except FileExistsError:
        return run_blocks(blocks)
    raise MemoryError


def test_a_worker_without_memory_is_replaced(url, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FAILED_ONCE", str(tmp_path / "failed"))
    monkeypatch.setattr("sweep.execution.processes.run_blocks", fail_once)
    assert main([*SMALL, "--store", url]) == 0
    assert "what was under way is trained again: 1 block." in capsys.readouterr().err
    assert len(rows(url)) == 120
