"""A training function of one's own: what may be declared, how it is found, and by what it is known."""

import textwrap

import pytest

from sweep import UsageError, training
from sweep.errors import FunctionError
from sweep.recipe import OwnRecipe, recipe_from_dict
from sweep.recipe.field import predicted_spread
from sweep.recipe.location import find_function
from sweep.recipe.own_lines import own_lines


def write(folder, text, name="mine.py"):
    path = folder / name
    path.write_text("from sweep import training\n" + textwrap.dedent(text))
    return path


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """Every test imports its own files."""
    import sys

    monkeypatch.chdir(tmp_path)
    before, path = set(sys.modules), list(sys.path)
    find_function.cache_clear()
    yield
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]
    sys.path[:] = path
    find_function.cache_clear()


def test_keyword_arguments_are_the_fields():
    @training(version="1")
    def mine(rng, *, hidden_std_dev=1, rate=0.1, epochs=20, kind="tanh", biased=True):
        return 0.0

    assert mine.recipe.fields == {
        "hidden_std_dev": float, "rate": float, "epochs": int, "kind": str, "biased": bool,
    }  # fmt: skip
    assert mine.recipe.with_values({"kind": "relu", "biased": False}).value("kind") == "relu"
    assert mine(None) == 0.0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"epochs": 1.5}, "epochs was given as 1.5; allowed is a whole number"),
        ({"epochs": True}, "epochs was given as True; allowed is a whole number"),
        ({"rate": "fast"}, "rate was given as 'fast'; allowed is a number"),
        ({"rate": float("inf")}, "rate was given as inf; allowed is a finite number"),
        ({"kind": 1}, "kind was given as 1; allowed is a text"),
        ({"biased": 1}, "biased was given as 1; allowed is true or false"),
        (
            {"hidden_std_dev": -1.0},
            "hidden_std_dev was given as -1.0; allowed is a finite number, 0 or above, such as 1.0",
        ),
        ({"wide": 1}, "unknown field 'wide': mine:mine has hidden_std_dev, rate, epochs, kind, biased"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_allowed_is_told(values, said):
    given = (("hidden_std_dev", 1.0), ("rate", 0.1), ("epochs", 20), ("kind", "tanh"), ("biased", True))
    with pytest.raises(UsageError) as caught:
        OwnRecipe(function="mine:mine", version="1", values=given).with_values(values)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("declared", "function", "said"),
    [
        ({}, lambda: 0, "<lambda> takes no generator; its first argument is rng, or rngs in batches"),
        ({}, lambda rng, rate: 0, "<lambda> has the argument rate without a default; give it one: it is a field"),
        ({}, lambda rng, **fields: 0, "<lambda> takes *fields; allowed are arguments of their own names"),
        (
            {},
            lambda rng, rates=(1, 2): 0,
            "rates was given as (1, 2); allowed is a number, a text, True or False: a default of one of these",
        ),
        (
            {"normals": {"width": 3}},
            lambda rng, parameters, width=1.0: 0,
            "<lambda> declares normals of 'width'; allowed are spreads, fields whose names end in std_dev",
        ),
        (
            {"normals": {"std_dev": 0}},
            lambda rng, parameters, std_dev=1.0: 0,
            "<lambda> declares normals of std_dev as 0; allowed is a whole number from 1 to 10,000",
        ),
        (
            {"layers": {"std_dev": 3}},
            lambda rng, std_dev=1.0: 0,
            "<lambda> declares the layer of std_dev as 3; allowed is (fan_in, fan_out)",
        ),
    ],
)
def test_a_declaration_that_is_not_allowed_is_told(declared, function, said):
    with pytest.raises(UsageError) as caught:
        _ = training(version="1", **declared)(function).recipe
    assert str(caught.value) == said


def test_a_declared_spread_need_not_be_an_argument():
    one = training(version="1", normals={"hidden_std_dev": 4}, layers={"hidden_std_dev": (2, 6)})(
        lambda rng, parameters: 0
    )
    assert one.recipe.fields == {"hidden_std_dev": float}
    assert one.takes == {"rng", "parameters"}
    assert predicted_spread(one.recipe, "hidden_std_dev") == 0.5
    assert predicted_spread(one.recipe, "hidden_std_dev", "he") == 1.0


def test_a_function_in_a_file_finds_its_neighbours(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "beside_it.py").write_text("FIVE = 5\n")
    write(tmp_path / "deep", "from beside_it import FIVE\n@training\ndef mine(rng, *, n=FIVE): return float(n)\n")
    found = find_function("deep/mine.py:mine")
    assert (found(None), found.recipe.function, found.recipe.fields) == (5.0, "mine:mine", {"n": int})
    assert found.recipe.location == "deep/mine.py:mine"


def test_a_file_may_be_called_as_a_library(tmp_path):
    write(tmp_path, "@training\ndef mine(rng): return 7.0\n", "json.py")
    assert find_function("json.py:mine")(None) == 7.0
    import json

    assert json.dumps(1) == "1"


def test_another_source_is_another_version_and_a_given_one_replaces_it(tmp_path):
    path = write(tmp_path, "@training\ndef mine(rng): return 1.0\n@training(version='2')\ndef told(rng): return 1.0\n")
    mine, told = find_function("mine.py:mine").recipe, find_function("mine.py:told").recipe
    assert (len(mine.version), told.version) == (12, "2")
    path.write_text(path.read_text() + "# changed\n")
    again = training(find_function("mine.py:mine").function).recipe
    assert again.version != mine.version
    assert mine.to_dict() != again.to_dict()
    assert recipe_from_dict(mine.to_dict()) == mine  # where it lies is no part of what it is, and is not stored


def test_a_function_without_a_file_is_told_to_say_its_version():
    names = {}
    exec("def mine(rng): return 1.0", names)
    with pytest.raises(UsageError) as caught:
        _ = training(names["mine"]).recipe
    assert str(caught.value) == (
        "the source of mine is in no file, so nothing tells its version; write it to a file, or give it one: "
        '@training(version="1")'
    )


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("none.py:mine", "recipe was given as 'none.py:mine', and there is no file none.py; name one that exists"),
        ("mine.py:", "recipe was given as 'mine.py:'; allowed is FILE.py:NAME or MODULE:NAME, or the name of a recipe"),
        ("mine.py:other", "recipe was given as 'mine.py:other', and mine.py has no other; name a function in it"),
        (
            "mine.py:plain",
            "recipe was given as 'mine.py:plain', and plain is no training function; decorate it: @training, from "
            "`from sweep import training`",
        ),
        (
            "not_there.at_all:mine",
            "recipe was given as 'not_there.at_all:mine', and there is no module not_there; allowed is FILE.py:NAME or "
            "MODULE:NAME: install it, or start in the folder that holds it",
        ),
    ],
)
def test_a_place_without_a_function_is_told(location, said, tmp_path):
    write(tmp_path, "def plain(rng): return 1.0\n")
    with pytest.raises(UsageError) as caught:
        find_function(location)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import not_there", "ModuleNotFoundError: No module named 'not_there'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)  # fmt: skip
def test_a_module_that_fails_shows_its_own_lines(text, said, tmp_path):
    write(tmp_path, f"{text}\n")
    with pytest.raises(FunctionError) as caught:
        find_function("mine.py:mine")
    assert str(caught.value) == f"mine.py cannot be imported:\n  mine.py, line 2, in <module>\n    {text}\n{said}"


def test_lines_of_libraries_are_left_out(tmp_path):
    write(tmp_path, "import json\n@training\ndef mine(rng):\n    return json.loads('{')\n")
    with pytest.raises(ValueError) as caught:
        find_function("mine.py:mine")(None)
    lines = own_lines(caught.value).splitlines()
    assert "  mine.py, line 5, in mine" in lines
    assert not [line for line in lines if "json/" in line or "recipe/function.py" in line]


def test_a_record_that_is_none_is_told():
    with pytest.raises(
        UsageError, match=r"the record of a function of one's own cannot be read \(KeyError\('version'\)\)"
    ):
        recipe_from_dict({"function": "mine:mine"})
