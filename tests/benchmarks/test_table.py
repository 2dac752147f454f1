"""The benchmark's arithmetic, and what it says instead of a time."""

from types import SimpleNamespace

import numpy as np
import pytest

import benchmarks.__main__ as command
from benchmarks import peers, trainers
from benchmarks.jobs import _beyond
from benchmarks.losses import check
from benchmarks.measurement import Row, Table, interleave
from benchmarks.peers.task import RECIPE
from benchmarks.start import FIRST_RESULT
from benchmarks.table import duration, lines, megabytes, three_digits
from sweep.errors import UsageError
from tests import commands


def test_rounds_are_interleaved_and_every_other_runs_backwards():
    order = []
    cases = {name: lambda name=name: order.append(name) or len(order) for name in "abc"}
    assert interleave("test", cases, 3) == {"a": [1, 6, 7], "b": [2, 5, 8], "c": [3, 4, 9]}
    assert "".join(order) == "abccbaabc"


def test_a_ratio_is_the_median_of_the_rounds_own_ratios():
    assert Row("one", values=[4, 1, 9], others=[1, 2, 3]).ratio == 3
    assert Row("fewer rounds", values=[6], others=[2, 1, 1]).ratio == 3


def test_what_a_training_more_takes_leaves_out_what_every_run_takes():
    start, each = 0.9, 2e-5
    values = {n: [(start + each * n) / n] * 2 for n in (10_000, 4_000_000)}
    assert _beyond(10_000, 4_000_000, values) == pytest.approx([each, each])


def test_rows_of_the_table():
    rows = [
        Row("slow", "10", [2.0, 0.5, 1.0], "fast", [1e-3, 1e-3, 1e-3]),
        Row("alone", values=[0.25]),
        Row("absent", note="not installed"),
    ]
    assert list(lines(Table("Title", rows, duration))) == [
        "| **Title** | | | | | | |",
        "| slow | 10 | 3 | 1.00 s | fast | 1.00 ms | 1,000 |",
        "| alone |  | 1 | 250 ms |  |  |  |",
        "| absent |  |  | not installed |  |  |  |",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(225.2, "225 s"), (0.0907, "90.7 ms"), (1.234e-6, "1.23 µs"), (9.9e-9, "9.90 ns"), (0, "0.00 ps")],
)
def test_durations_have_three_digits(value, text):
    assert duration(value) == text


def test_numbers_have_three_digits():
    assert [three_digits(value) for value in (0.05, 9.994, 9.996, 99.94, 99.96, 2505.4)] == [
        "0.05", "9.99", "10.0", "99.9", "100", "2,505",
    ]  # fmt: skip
    assert megabytes(162.4) == "162 MB"


@pytest.mark.parametrize("wrong", [lambda x: x * (1 + 3e-9), lambda x: x * np.nan, lambda x: np.roll(x, 1)])
def test_wrong_losses_are_told(wrong):
    parameters = trainers.initial(64)
    losses = trainers.train_reference(parameters, 5)
    assert check(RECIPE, parameters, 5, losses) == ""
    assert "wrong losses" in check(RECIPE, parameters, 5, wrong(losses))


def test_a_peer_with_wrong_losses_gets_no_time(monkeypatch):
    right = peers.load("numpy_batched")
    wrong = SimpleNamespace(train=lambda networks, epochs: right.train(networks, epochs) + 1e-6)
    monkeypatch.setattr(peers, "TRAINERS", {"right": "right", "wrong": "wrong"})
    monkeypatch.setattr(peers, "load", {"right": right, "wrong": wrong}.get)
    monkeypatch.setattr(trainers, "BATCHES", (8, 16))
    cases, (note,) = trainers.prepare(8192)
    assert {name for name, _ in cases} == {"reference", "kernel", "right"}
    assert note.what == "wrong"
    assert note.is_wrong
    assert "wrong losses" in note.note


def test_a_peer_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setattr(peers, "TRAINERS", {"missing": "missing"})
    monkeypatch.setattr(trainers, "BATCHES", (8,))
    (table,) = trainers.measure(SimpleNamespace(quick=True, rounds=1))
    missing = next(row for row in table.rows if row.what == "missing")
    assert missing.note == "not installed: No module named 'benchmarks.peers.missing'"
    assert not missing.is_wrong
    assert [row.what for row in table.rows if row.values] == ["reference", "kernel"]


@pytest.mark.parametrize("is_wrong", [False, True])
def test_the_table_is_printed_and_written(monkeypatch, tmp_path, capsys, is_wrong):
    rows = [Row("thing", "1", [1.0]), Row("other", note="wrong losses", is_wrong=is_wrong)]
    monkeypatch.delenv("TEST_MONGODB_URI", raising=False)
    monkeypatch.setattr(command, "SECTIONS", {"one": (lambda options: [Table("One", rows, duration)], "words")})
    path = tmp_path / "results" / "table.md"
    assert command.main(["--out", str(path)]) == int(is_wrong)
    printed = capsys.readouterr().out
    assert "| thing | 1 | 1 | 1.00 s |" in printed
    assert "numpy" in printed
    assert printed in path.read_text(encoding="utf-8")


def test_only_a_full_run_writes_where_results_are_kept(monkeypatch):
    assert command.read_options([]).out.parent == command.RESULTS
    assert command.read_options(["--quick"]).out is None
    assert command.read_options(["--only", "recipes"]).out is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "nothing"], "only was given as 'nothing'; allowed is one of trainers, recipes,"),
        (["--rounds", "0"], "rounds was given as 0; allowed"),
        (["--sizes", "400", "401"], "sizes was given as 401; allowed are multiples of 400"),
        (["--sizes", "0"], "sizes was given as 0; allowed"),
    ],
)
def test_what_is_not_allowed_is_told(arguments, words):
    with pytest.raises(UsageError, match=words):
        command.read_options(arguments)


def test_an_error_is_one_sentence():
    done = commands.run("benchmarks", "--only", "nothing")
    assert done.returncode == 2
    assert "'nothing'" in commands.one_sentence(done.stderr)


def test_a_server_that_does_not_answer_is_told_without_its_password():
    url = "mongodb://me:secret@127.0.0.1:1/?serverSelectionTimeoutMS=100"
    done = commands.run("benchmarks", "--only", "stores", "--mongodb", url)
    assert done.returncode == 1
    error = commands.one_sentence(done.stderr)
    assert "MongoDB cannot be measured: 127.0.0.1:1" in error
    assert "secret" not in error


def test_first_results_are_a_count_above_zero():
    assert not FIRST_RESULT.search(b"  0%|          | 0.00/400k [00:00<?, ? trainings/s]")
    assert FIRST_RESULT.search("  0%|▏         | 2.05k/400k [00:01<03:00, 2.2k trainings/s]".encode())
    assert FIRST_RESULT.search(b"100%|##########| 40/40 [00:01<00:00, 2.2k trainings/s]")
