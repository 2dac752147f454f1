"""Two whole runs of one study at once give exactly the records of one."""

from tests.execution.faults.studies import Ledger, finish, rows, start

FEWER = 100
"""Repeats of a study that is a part of the usual one."""


def assert_two_runs_give_one_runs_records(url, expected):
    for process in [start(url, "--repeats", FEWER), start(url, "--repeats", FEWER)]:
        finish(process)
    ledger = Ledger([row for row in expected if row[1] < FEWER])
    ledger.check_complete(rows(url))
    assert ledger.faults == (0, 0, 0)


def test_on_one_sqlite_file(url, expected):
    assert_two_runs_give_one_runs_records(url, expected)


def test_on_mongodb(mongodb_url, expected):
    assert_two_runs_give_one_runs_records(mongodb_url, expected)
