import pytest

from sweep import progress


def test_without_a_terminal_there_is_a_plain_line_now_and_then(capsys, monkeypatch):
    clock = iter([0.0, 1.0, 11.0, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.Progress(10_000, 1000) as shown:
        shown.update(500)
        shown.update(1700)
        shown.update(100)
    assert capsys.readouterr().err == "3,200 of 10,000 trainings (32 %), 200 a second, 34 s left\n"


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
