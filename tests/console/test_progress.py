import sys
import time

import pytest

from sweep.console import progress


@pytest.fixture(autouse=True)
def no_notebook(monkeypatch):
    """Another test may have loaded what runs notebooks."""
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)


def test_without_a_terminal_there_is_a_plain_line_now_and_then(capsys, monkeypatch):
    clock = iter([0.0, 1.0, 11.0, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.Progress(10_000, 1000) as shown:
        shown.update(500)
        shown.update(1700)
        shown.update(100)
    assert capsys.readouterr().err == "3,200 of 10,000 trainings (32 %), 200 a second, 34 s left\n"


def test_the_first_line_comes_soon_and_the_others_ten_seconds_apart(capsys, monkeypatch):
    clock = iter([0.0, 1.9, 2.0, 11.9, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.Progress(1000, 0) as shown:
        for _ in range(4):
            shown.update(100)
    assert [line.partition(" of")[0] for line in capsys.readouterr().err.splitlines()] == ["200", "400"]


def test_quiet_shows_nothing(capsys):
    with progress.Progress(10, 0, quiet=True) as shown:
        shown.update(10)
    assert capsys.readouterr().err == ""


def test_on_a_terminal_there_is_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with progress.Progress(2000, 500) as shown:
        shown.update(1500)
    assert "2.00k/2.00k" in capsys.readouterr().err


@pytest.mark.parametrize("done", [0, 5])
def test_no_rate_yet_is_no_division_by_zero(capsys, monkeypatch, done):
    clock = iter([0.0, 20.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.Progress(10, done) as shown:
        shown.update(0)
    assert "time left unknown" in capsys.readouterr().err


def test_a_round_is_a_line_and_a_new_total(capsys, monkeypatch):
    clock = iter([0.0, 20.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.Progress(0, 0) as shown:
        shown.start_round(3, 12, 400, 48_000)
        shown.update(12_000)
    assert capsys.readouterr().err == (
        "round 3: 12 of 400 points open, 48,000 trainings to go\n"
        "12,000 of 48,000 trainings (25 %), 600 a second, 60 s left\n"
    )


def test_a_round_on_a_terminal_is_the_bar_with_its_open_points(capsys, monkeypatch):
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with progress.Progress(0, 0) as shown:
        shown.start_round(1, 400, 400, 1000)
        shown.update(1000)
        shown.start_round(2, 12, 400, 1000)
        shown.update(1000)
    last = capsys.readouterr().err.split("\r")[-1]
    assert "2.00k/2.00k" in last
    assert "12 of 400 points open" in last


def test_a_quiet_round_shows_nothing(capsys):
    with progress.Progress(0, 0, quiet=True) as shown:
        shown.start_round(1, 400, 400, 1000)
    assert capsys.readouterr().err == ""


def test_what_takes_long_is_said_and_what_does_not_is_not(monkeypatch, capsys):
    monkeypatch.setattr(progress, "SECONDS_BEFORE_FIRST", 0.05)
    with progress.said_if_long("at work …"):
        time.sleep(0.3)
    with progress.said_if_long("quiet …", quiet=True):
        time.sleep(0.3)
    with progress.said_if_long("at once …"):
        pass
    time.sleep(0.1)
    assert capsys.readouterr().err == "at work …\n"
