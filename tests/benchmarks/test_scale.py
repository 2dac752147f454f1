"""The campaign of ten million trainings, at a small size."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import memory, scale
from benchmarks.memory import Sample
from tests import commands

WITH_A_WORKER = """
import multiprocessing, time
worker = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
worker.start()
worker.join()
print(worker.exitcode)
"""
needs_proc = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc to read memory from")


@needs_proc
def test_a_run_a_check_and_what_they_took(tmp_path, capsys):
    out = tmp_path / "scale.md"
    scale.main(["--trainings", "400", "--every", "600", "--sample", "20", "--out", str(out)])
    written = out.read_text(encoding="utf-8")
    assert re.search(r"^\| SQLite \| 400 \| .* \| 0 \| 400 \| 0 \| in order, 20 trained again \|", written, re.M)
    assert "| main process, RSS | main process, PSS |" in written
    committed = scale.RESULTS.read_text(encoding="utf-8")
    for text in (written, committed):
        assert scale.HEADER in text, "the table that is committed is of this campaign"
    assert capsys.readouterr().out.startswith("| SQLite | 400 |")


@needs_proc
def test_a_killer_kills_a_worker():
    with commands.interrupts():
        process = subprocess.Popen([sys.executable, "-c", WITH_A_WORKER], stdout=subprocess.PIPE, text=True)
    with scale.Killer(process.pid, 0.05, np.random.default_rng(0)) as killer:
        output, _ = process.communicate(timeout=commands.SECONDS)
    assert output == "-9\n"
    assert killer.n_killed >= 1


def test_memory_is_told_as_least_median_and_most_of_every_tenth():
    samples = [Sample(second, "main", 10 * second, second) for second in range(1, 21)]
    rows = list(memory.table([*samples, Sample(1, "worker", 7, 5)]))
    assert rows[0] == "| tenth of the time | main, RSS | main, PSS | worker, RSS | worker, PSS |"
    assert rows[2] == "| 1 | 10, 10, 10 | 1, 1, 1 | 7, 7, 7 | 5, 5, 5 |"
    assert rows[3] == "| 2 | 20, 25, 30 | 2, 2, 3 |  |  |"
    assert rows[-1] == "| 10 | 180, 190, 200 | 18, 19, 20 |  |  |"
