"""What a file holds, and what is left of one that was not completed."""

import io
import os
import sqlite3

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.errors import FailedError, UsageError
from sweep.files import AT_ONCE, check_place, check_spares, whole, write_csv, write_rows

numbers = st.lists(st.floats() | st.sampled_from([0.0, -0.0, 5e-324, 1.7976931348623157e308]), min_size=1)


def lines(table):
    file = io.StringIO()
    write_rows(table, file)
    return file.getvalue().splitlines()


@given(numbers)
def test_every_number_comes_back_bit_for_bit(values):
    column = np.array(values)
    back = np.array([float(line or "nan") for line in lines(pd.DataFrame({"x": column}))])
    np.testing.assert_array_equal(back, column)
    kept = ~np.isnan(column)
    assert back[kept].tobytes() == column[kept].tobytes()


def test_a_csv_is_what_pandas_writes(tmp_path):
    n = AT_ONCE + 3
    rng = np.random.default_rng(0)
    table = pd.DataFrame({
        "number": np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(0, 50, n)),
        "few": rng.integers(0, 4, n) / 4,
        "whole": rng.integers(-(2**62), 2**62, n),
        "epoch": pd.arrays.IntegerArray(rng.integers(0, 99, n), rng.random(n) < 0.5),
        "flag": rng.random(n) < 0.5,
        "name": pd.Categorical.from_codes(rng.integers(-1, 2, n), ["plain", 'a "quoted", one']),
        "widths": pd.Categorical.from_codes(rng.integers(0, 2, n), pd.Index([(3, 3), ()], tupleize_cols=False)),
        "text": np.array([None, "two\nlines", "plain", 1.5, np.nan], object)[rng.integers(0, 5, n)],
        "fraction": np.float32(rng.random(n)),
    }).rename(columns={"few": "few, or"})  # fmt: skip
    write_csv(table, tmp_path / "ours.csv")
    with (tmp_path / "theirs.csv").open("w", newline="", encoding="utf-8") as file:
        table.astype({"fraction": float}).to_csv(file, index=False, lineterminator="\n")
    assert (tmp_path / "ours.csv").read_bytes() == (tmp_path / "theirs.csv").read_bytes()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1+cmd", "'+1+cmd"),
        ("-2+3,4", '"\'-2+3,4"'),
        ("\tx", "'\tx"),
        ("-1.5", "-1.5"),
        ("a=b", "a=b"),
        ("", '""'),
    ],
)
def test_no_text_is_taken_for_a_formula(text, cell):
    for column in ([text], np.array([text], object), pd.Categorical([text])):
        assert lines(pd.DataFrame({"x": column})) == [cell]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_was_not_completed_leaves_nothing(tmp_path, error):
    path = tmp_path / "table.csv"
    path.write_text("before")

    def write():
        with whole(path) as beside:
            beside.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets not everybody make links")
def test_a_link_is_followed(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "table.csv")
    with whole(tmp_path / "link.csv") as beside:
        beside.write_text("all")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "table.csv").read_text() == "all"


def test_a_full_disk_is_a_sentence(tmp_path):
    def write():
        with whole(tmp_path / "table.csv") as beside:
            beside.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(FailedError) as caught:
        write()
    assert str(caught.value) == (
        f"{tmp_path}/table.csv cannot be written (No space left on device); "
        "name another place that exists and is writable"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_place_is_looked_at_before(tmp_path):
    check_place(tmp_path / "table.csv")
    for path, cause in ((tmp_path, "Is a directory"), (tmp_path / "none" / "x.csv", "No such file or directory")):
        with pytest.raises(FailedError, match=rf"cannot be written \({cause}\); name another place"):
            check_place(path)


def test_no_database_is_written_over_whoever_reads_it(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE kept (x)")
    with pytest.raises(
        UsageError, match=r"other\.db was given as the file to write, and it is a database: name another"
    ):
        check_spares(path)
    check_spares(tmp_path / "new.html")
    (tmp_path / "old.html").write_text("<!doctype html>")
    check_spares(tmp_path / "old.html", None)
