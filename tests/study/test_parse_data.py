"""A CSV file that is given as problem becomes its data set, encoded as the recipe's output needs it."""

from pathlib import Path

import numpy as np
import pytest

from sweep import UsageError
from sweep.recipe import data as at_hand
from sweep.recipe.csv_file import read_csv
from sweep.recipe.data import known_data
from sweep.recipe.published import find_recipe
from sweep.study.parse import parse_setting
from sweep.study.reading import read_recipe, read_study

SOFTMAX = ["output=softmax", "loss=cross_entropy"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Two files in the current folder, and no data set at hand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(at_hand, "_known", {})
    Path("three.csv").write_text("a,b,kind\n1,2,x\n2,3,y\n4,1,z\n0,1,x\n")
    Path("two.csv").write_text("a,b,c\n0,0,0\n1,1,1\n2,1,0\n3,1,0\n4,1,1\n")


def study(settings, axes=(), name="mlp"):
    return read_study(name, settings, axes, 10, 0, "common")


@pytest.mark.parametrize("settings", [["problem=three.csv", *SOFTMAX], [*SOFTMAX, "problem=three.csv"]])
def test_the_output_decides_the_encoding_wherever_it_stands(settings):
    recipe = study(settings).recipe
    assert recipe.problem == read_csv("three.csv", "softmax").problem
    assert recipe.widths == (2, 8, 3)
    assert known_data(recipe.problem).output_names == ("x", "y", "z")


def test_the_recipes_own_output_decides_where_none_is_set():
    assert study(["problem=two.csv"]).recipe.problem == read_csv("two.csv", "sigmoid").problem


def test_all_settings_are_known_before_any_is_checked():
    assert study(["batch_size=5", "problem=two.csv"]).recipe.batch_size == 0
    assert study(["batch_size=2", "problem=two.csv", "inputs=standardized"]).recipe.batch_size == 2


def test_files_are_an_axis():
    found = study([*SOFTMAX, "batch_size=2"], ["problem=three.csv,two.csv,two.csv:b"])
    expected = [read_csv(text, "softmax").problem for text in ("three.csv", "two.csv", "two.csv:b")]
    assert [point.recipe.problem for point in found.points] == expected
    assert all(known_data(problem) for problem in expected)


def test_a_trace_reads_the_same():
    settings = ["problem=three.csv", *SOFTMAX]
    assert read_recipe(find_recipe("mlp"), dict(map(parse_setting, settings))) == study(settings).recipe


def test_a_study_says_the_files_name():
    sentence = study(["problem=three.csv", "inputs=standardized", *SOFTMAX]).sentence
    assert "2-8-3 network on standardized three.csv (4 rows), tanh hidden units, softmax output" in sentence


@pytest.mark.parametrize(
    ("settings", "axes", "sentence"),
    [
        (
            ["problem=three.csv"],
            [],
            "three.csv has 3 classes in column 'kind', and output=sigmoid tells two apart; use output=softmax, "
            "loss=cross_entropy",
        ),
        (
            ["problem=no.csv"],
            [],
            "problem was given as no.csv, and there is no such file; name a CSV file that exists",
        ),
        (
            ["problem=no.txt"],
            [],
            "problem was given as 'no.txt'; allowed is one of xor, parity2, parity3, parity4, parity5, table: and the "
            "outputs of a Boolean function of up to 6 inputs, such as table:0110, or a CSV file",
        ),
        (
            ["problem=two.csv", "loss=mse", "solved_below=1"],
            ["output=sigmoid,softmax"],
            "problem was given as two.csv and output is swept, but its targets are other numbers with each output; "
            "sweep output over those whose targets are the same, or run them one by one",
        ),
        (
            ["problem=two.csv"],
            ["problem=two.csv,three.csv"],
            "three.csv has 3 classes in column 'kind', and output=sigmoid tells two apart; use output=softmax, "
            "loss=cross_entropy",
        ),
        (
            ["problem=two.csv", "hidden=3x3"],
            ["problem=two.csv,two.csv:b"],
            "problem is both set and swept; leave out --set problem, or sweep another field with --axis",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_says_so(settings, axes, sentence):
    with pytest.raises(UsageError) as caught:
        study(settings, axes)
    assert str(caught.value) == sentence


def test_outputs_with_the_same_targets_are_an_axis():
    found = study(["problem=two.csv", "loss=mse", "solved_below=0.1"], ["output=sigmoid,identity"])
    assert len({point.recipe.problem for point in found.points}) == 1


def test_an_input_that_cannot_be_standardized_is_refused_before_anything_is_stored():
    Path("flat.csv").write_text("a,b,c\n7,0,0\n7,1,1\n")
    for axes in ([], ["inputs=raw,standardized"]):
        with pytest.raises(UsageError) as caught:
            study(["problem=flat.csv", *(["inputs=standardized"] if not axes else [])], axes)
        assert str(caught.value) == (
            "input 'a' is the same in every row, so it has no deviation to be divided by; leave the column out of the "
            "file, or set inputs=raw"
        )
    assert study(["problem=flat.csv"]).recipe.rows == 2


@pytest.mark.parametrize(
    ("output", "targets", "sentence"),
    [
        ("sigmoid", [[0.5], [1]], "are not all 0 or 1; use output=identity, loss=mse"),
        ("softmax", [[1.0, 1], [1, 0]], "are no classes, of which each row has one; use another output"),
        ("softmax", [[0.5, 0.5], [1, 0]], "are no classes, of which each row has one; use another output"),
    ],
)
def test_targets_that_an_output_does_not_learn_are_refused(output, targets, sentence):
    inputs = np.zeros((2, 1))
    names = tuple("yz"[: len(targets[0])])
    data = at_hand.DataSet("t.csv", ("x",), names, inputs, np.array(targets))
    with pytest.raises(UsageError) as caught:
        at_hand.check_targets(data, output)
    assert str(caught.value) == f"the targets of t.csv ({data.problem}) {sentence}"
    at_hand.check_targets(data, "identity")
