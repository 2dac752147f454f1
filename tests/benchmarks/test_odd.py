"""The campaign of odd environments finds nothing wrong where nothing is, and finds what is."""

import pytest

from benchmarks.odd import __main__ as odd
from benchmarks.odd.case import CASES, Case
from benchmarks.odd.place import Odd
from sweep.errors import UsageError


def test_two_of_its_cases_find_nothing_wrong(capsys):
    assert odd.main(["--only", "a folder", "--only", "a name with spaces"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "| paths: a name with spaces | 4 | 4 | 0 | 0 | 0 |" in lines
    assert "| paths: a folder | 6 | 0 | 6 | 0 | 0 |" in lines


def test_a_traceback_and_a_file_that_was_not_asked_for_are_wrong(capsys, monkeypatch):
    def run(place):
        place.read(["status"], Odd('echo "Traceback (most recent call last)" >&2; exec "$@"'))
        place.read(["status"], Odd('touch more; exec "$@"'))
        place.read(["status"], Odd("exit 3"))

    odd.load()
    monkeypatch.setitem(odd.GROUPS, "paths", "")
    monkeypatch.setattr(odd, "CASES", [*CASES, Case("tests", "wrong", run, lambda: "")])
    assert odd.main(["--only", "wrong"]) == 1
    assert "| tests: wrong | 4 | 1 | 0 | 0 | 3 |" in capsys.readouterr().out.splitlines()


def test_what_is_no_case_is_told():
    with pytest.raises(UsageError, match="only was given as 'nothing'; allowed is a group or a case that --list names"):
        odd.main(["--only", "nothing"])


def test_a_group_that_cannot_be_imported_is_not_left_out(monkeypatch):
    monkeypatch.setitem(odd.GROUPS, "nowhere", "")
    with pytest.raises(ModuleNotFoundError, match=r"benchmarks\.odd\.nowhere"):
        odd.load()
