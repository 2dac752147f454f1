"""A CSV file becomes a data set, or one sentence says where it cannot."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweep import UsageError
from sweep.recipe import csv_table
from sweep.recipe.csv_file import is_csv, read_csv
from sweep.recipe.problem import shape_of

FLOWERS = "width,length,kind\n1,2.5,rose\n-3e-2,0,lily\n.5,7,rose\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a file in the current folder, whose name stands in every error."""
    monkeypatch.chdir(tmp_path)

    def write(content, name="t.csv"):
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return write


def test_labels_become_classes_in_sorted_order(write):
    data = read_csv(write(FLOWERS), "softmax")
    assert (data.name, data.input_names, data.output_names) == ("t.csv", ("width", "length"), ("lily", "rose"))
    assert data.inputs.tolist() == [[1, 2.5], [-0.03, 0], [0.5, 7]]
    assert data.targets.tolist() == [[0, 1], [1, 0], [0, 1]]
    assert shape_of(data.problem) == (3, 2, 2)


def test_labels_that_are_numbers_are_sorted_by_value(write):
    data = read_csv(write("x,digit\n0,10\n0,9\n0,9.0\n0,-1\n"), "softmax")
    assert data.output_names == ("-1", "9", "10")
    assert data.targets.argmax(axis=1).tolist() == [2, 1, 1, 0]


def test_two_labels_become_0_and_1_for_a_sigmoid(write):
    assert read_csv(write(FLOWERS), "sigmoid").targets.tolist() == [[1], [0], [1]]
    assert read_csv(write(FLOWERS), "sigmoid").output_names == ("kind",)


def test_0_and_1_are_taken_as_given(write):
    data = read_csv(write("x,a,b\n7,0,1.0\n8,1,1\n9,0,0\n") + ":a,b", "sigmoid")
    assert (data.output_names, data.targets.tolist()) == (("a", "b"), [[0, 1], [1, 1], [0, 0]])


def test_quantities_are_taken_as_given(write):
    assert read_csv(write("x,y\n1,-2.5\n2,1e3\n"), "identity").targets.tolist() == [[-2.5], [1000]]


def test_named_targets_may_stand_anywhere(write):
    data = read_csv(write("y2,x,y1\n1,2,3\n4,5,6\n") + ":y1, y2", "identity")
    assert (data.input_names, data.output_names) == (("x",), ("y1", "y2"))
    assert (data.inputs.tolist(), data.targets.tolist()) == ([[2], [5]], [[3, 1], [6, 4]])


@pytest.mark.parametrize("name", ["a:b.csv", "x.csv:y", "x.csv:y.csv", "ODD NAME, 1.CSV"])
def test_a_path_may_hold_anything(name, write):
    assert is_csv(name)
    assert read_csv(write("x,y\n1,2\n2,3\n", name), "identity").name == name
    assert read_csv(
        f"{write('x,y,z' + chr(10) + '1,2,0' + chr(10) + '2,3,1', 'x:1.csv')}:y", "identity"
    ).output_names == ("y",)


@pytest.mark.parametrize("name", ["xor", "table:0110", "t.txt", "csv", "data:4x2x1:00"])
def test_what_is_no_csv_file_is_none(name):
    assert not is_csv(name)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfx,y\n1,2\n3,4\n",
        b"x,y\r\n1,2\r\n\r\n3,4",
        b'"x","y"\n"1"," 2 "\n3,4\n\n',
        b" x , y \n 1,2\n3,4.0\n",
    ],
)
def test_the_same_table_written_otherwise_is_the_same_problem(content, write):
    plain = read_csv(write("x,y\n1,2\n3,4\n"), "identity")
    other = read_csv(write(content, "other.csv"), "identity")
    assert (other.problem, other.input_names, other.output_names) == (plain.problem, ("x",), ("y",))


def test_names_are_no_part_of_a_problem_and_numbers_are(write):
    one = read_csv(write("x,y\n0,1\n1,2\n"), "identity").problem
    assert read_csv(write("a,b\n-0.0,1\n1.0,2\n", "u.csv"), "identity").problem == one
    assert read_csv(write("x,y\n0,1\n1,2.0000000000000004\n"), "identity").problem != one


BAD = [
    ("", "identity", "t.csv is empty; it needs a header with the columns' names, and a row a line"),
    (b"\n\n", "identity", "t.csv is empty; it needs a header with the columns' names, and a row a line"),
    ("x,y\n", "identity", "t.csv has a header and no rows; give it a row a line"),
    (b"x,y\n1,\xff\n", "identity", "t.csv is not UTF-8 in line 2; save it as UTF-8 text"),
    (
        "x,y\n1,2\n\n3\n",
        "identity",
        "t.csv has 1 cells in line 4, and its header has 2; give every row one cell a column",
    ),
    (
        'x,y\n1,"2\n',
        "identity",
        "t.csv is no CSV file in line 2 (unexpected end of data); correct that line",
    ),
    ("x,y,x\n1,2,3\n", "identity", "t.csv has two columns named 'x'; give each column a name of its own"),
    (",x,y\n1,2,3\n", "identity", "t.csv has no name for column 1; give each column a name of its own"),
    ("y\n1\n2\n", "identity", "t.csv has no inputs: every column is a target; leave at least one column that is none"),
    (
        "x,y\n1,2\n,3\n",
        "identity",
        "t.csv, line 3, column 'x', has no number; allowed is a finite number: correct it, or leave out the row or "
        "the column",
    ),
    (
        "x,y\n1,2\n2,large\n",
        "identity",
        "t.csv, line 3, column 'y', has the text 'large'; allowed is a finite number: correct it, or leave out the "
        "row or the column",
    ),
    (
        "x,y\n1_0,2\n2,1\n",
        "identity",
        "t.csv, line 2, column 'x', has the text '1_0'; allowed is a finite number: correct it, or leave out the row "
        "or the column",
    ),
    (
        "x,y\n1,2\n-inf,3\n",
        "identity",
        "t.csv, line 3, column 'x', has '-inf'; allowed is a finite number: correct it, or leave out the row",
    ),
    (
        "x,y\n1,nan\n",
        "identity",
        "t.csv, line 2, column 'y', has 'nan'; allowed is a finite number: correct it, or leave out the row",
    ),
    (
        "x,y\n1,2\n2,2.0\n",
        "identity",
        "t.csv has one value only in column 'y', 2; there is nothing to learn: name another target",
    ),
    (
        "x,y\n1,1\n2,1\n",
        "sigmoid",
        "t.csv has one class only in column 'y', 1; there is nothing to learn: name another target",
    ),
    (
        "x,y\n1,a\n2,a\n",
        "softmax",
        "t.csv has one class only in column 'y', 'a'; give it rows of two classes or more",
    ),
    (
        "x,y\n1,a\n2,a\n",
        "sigmoid",
        "t.csv has one class only in column 'y', 'a'; give it rows of two classes or more",
    ),
    (
        "x,y\n1,a\n2,\n",
        "softmax",
        "t.csv, line 3, column 'y', has no label; give it one, or leave out the row",
    ),
    (
        "x,y\n1,0\n2,0.5\n",
        "sigmoid",
        "t.csv, line 3, column 'y', has '0.5'; with output=sigmoid a target is 0 or 1: use output=softmax, "
        "loss=cross_entropy for classes, or output=identity, loss=mse for numbers",
    ),
    (
        "x,y\n1,a\n2,b\n3,c\n",
        "sigmoid",
        "t.csv has 3 classes in column 'y', and output=sigmoid tells two apart; use output=softmax, loss=cross_entropy",
    ),
    (
        "x,y\n" + "".join(f"0,{label}\n" for label in range(65)),
        "softmax",
        "t.csv has 65 classes in column 'y'; allowed are 64: join some, or use output=identity for a quantity",
    ),
    ("x,y\n" + 4097 * "1,2\n", "identity", "t.csv has more than 4,096 rows; leave some out"),
    (
        ",".join(f"x{n}" for n in range(66)) + "\n" + ",".join(66 * "1") + "\n",
        "identity",
        "t.csv has 65 inputs; allowed are 64: leave some out",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "output", "sentence"), BAD, ids=[sentence[:60] for _, _, sentence in BAD])
def test_what_cannot_be_read_is_named_with_line_and_column(content, output, sentence, write):
    with pytest.raises(UsageError) as caught:
        read_csv(write(content), output)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("targets", "output", "sentence"),
    [
        ("z", "identity", "t.csv has no column 'z'; its columns are width, length, kind"),
        ("", "identity", "t.csv has no column ''; its columns are width, length, kind"),
        ("length,length", "identity", "t.csv was given the target 'length' twice; name each target once"),
        (
            "width,length,kind",
            "identity",
            "t.csv has no inputs: every column is a target; leave at least one column that is none",
        ),
        (
            "length,kind",
            "softmax",
            "t.csv was given 2 targets; with output=softmax allowed is one column of labels",
        ),
    ],
)  # fmt: skip
def test_targets_that_cannot_be_are_named(targets, output, sentence, write):
    with pytest.raises(UsageError) as caught:
        read_csv(f"{write(FLOWERS)}:{targets}", output)
    assert str(caught.value) == sentence


def test_too_many_targets_are_counted(write):
    names = [f"y{n}" for n in range(65)]
    path = write(f"x,{','.join(names)}\n0{65 * ',1'}\n")
    with pytest.raises(UsageError) as caught:
        read_csv(f"{path}:{','.join(names)}", "identity")
    assert str(caught.value) == "t.csv has 65 targets; allowed are 64: leave some out"


def test_a_file_that_is_not_there_or_none_or_too_large_says_so(write, monkeypatch):
    os.mkdir("folder.csv")
    write(FLOWERS)
    monkeypatch.setattr(csv_table, "MAX_BYTES", 10)
    sentences = {
        "none.csv": "problem was given as none.csv, and there is no such file; name a CSV file that exists",
        "none.csv:y": "problem was given as none.csv, and there is no such file; name a CSV file that exists",
        "folder.csv": "problem was given as folder.csv, which is a folder; name a CSV file in it",
        "t.csv": "t.csv is too large; allowed are 1e-05 MB and 4,096 rows: leave out rows or columns",
        "a\0.csv": "a\0.csv cannot be read (embedded null byte); allow reading it, or name another file",
    }
    for text, sentence in sentences.items():
        with pytest.raises(UsageError) as caught:
            read_csv(text, "identity")
        assert str(caught.value) == sentence


def test_a_file_that_may_not_be_read_says_so(write, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    path = write(FLOWERS)
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(UsageError) as caught:
        read_csv(path, "identity")
    assert str(caught.value) == (
        "t.csv cannot be read ([Errno 13] Permission denied); allow reading it, or name another file"
    )


finite = st.floats(allow_nan=False, allow_infinity=False)
names = st.lists(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1), min_size=2, max_size=5, unique=True
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=names, data=st.data())
def test_any_numbers_come_back_bit_for_bit(names, data, write):
    row = st.tuples(*len(names) * [finite])
    rows = data.draw(st.lists(row, min_size=2, max_size=6).filter(lambda rows: len({row[-1] for row in rows}) > 1))
    with open("t.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])
    found = read_csv("t.csv", "identity")
    assert (*found.input_names, *found.output_names) == tuple(names)
    expected = np.array(rows) + 0.0
    assert np.column_stack([found.inputs, found.targets]).tobytes() == expected.tobytes()
