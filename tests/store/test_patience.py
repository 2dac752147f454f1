"""A store that is away is waited for, with two lines, and not longer than asked."""

import pytest

from sweep.errors import StoreError, StoreUnavailableError
from sweep.store import open_store, patience
from sweep.store.patience import PatientStore


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(patience, "SHORTEST_PAUSE", 0.001)
    monkeypatch.setattr(patience, "LONGEST_PAUSE", 0.002)
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        yield store


def fail(store, monkeypatch, *errors):
    """Let the next calls of `runs` raise the errors; the list that is returned shrinks with them."""
    left = list(errors)

    def runs():
        if left:
            raise left.pop(0)
        return ["a run"]

    monkeypatch.setattr(store, "runs", runs)
    return left


AWAY = StoreUnavailableError("the store is away: bring it back")


def test_it_tries_until_the_store_answers(store, monkeypatch, capsys):
    fail(store, monkeypatch, *[AWAY] * 9)
    assert PatientStore(store, 60).runs() == ["a run"]
    first, second = capsys.readouterr().err.splitlines()
    assert first == "the store is away: bring it back. Waiting for up to 60 s; nothing that was trained is lost."
    assert second.startswith(f"{store.name} answers again after ")


def test_it_gives_up_after_the_limit_and_waits_no_more(store, monkeypatch, capsys):
    left = fail(store, monkeypatch, *[AWAY] * 100_000)
    patient = PatientStore(store, 0.05)
    with pytest.raises(StoreUnavailableError, match="is away"):
        patient.runs()
    assert capsys.readouterr().err.count("\n") == 1
    n_left = len(left)
    with pytest.raises(StoreUnavailableError, match="is away"):
        patient.runs()
    assert len(left) == n_left - 1
    assert capsys.readouterr().err == ""


def test_without_patience_it_tries_once(store, monkeypatch, capsys):
    left = fail(store, monkeypatch, AWAY, AWAY)
    with pytest.raises(StoreUnavailableError):
        PatientStore(store, 0).runs()
    assert (len(left), capsys.readouterr().err) == (1, "")


@pytest.mark.parametrize("n_before", [0, 1])
def test_what_will_not_pass_is_not_waited_for(n_before, store, monkeypatch):
    left = fail(store, monkeypatch, *[AWAY] * n_before, StoreError("damaged"), AWAY)
    with pytest.raises(StoreError, match="damaged"):
        PatientStore(store, 60).runs()
    assert len(left) == 1
