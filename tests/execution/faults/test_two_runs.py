"""Two whole runs of one study at once give exactly the records of one."""

from tests.execution.faults.studies import FEWER, assert_complete, finish, start


def assert_two_runs_give_one_runs_records(url, expected):
    for process in [start(url, "--repeats", FEWER, workers=1) for _ in range(2)]:
        finish(process)
    assert_complete(url, expected, FEWER)


def test_on_one_sqlite_file(url, expected):
    assert_two_runs_give_one_runs_records(url, expected)


def test_on_mongodb(mongodb_url, expected):
    assert_two_runs_give_one_runs_records(mongodb_url, expected)
