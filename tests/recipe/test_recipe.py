import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep import RECIPES, Recipe, UsageError
from sweep.recipe import describe_recipe
from sweep.recipe.choices import CHOICES
from sweep.recipe.recipe import FIELDS, FIRST


def test_gustaw_is_the_published_program():
    recipe = RECIPES["gustaw"]
    assert (recipe.hidden, recipe.activation, recipe.loss) == ((2,), "sigmoid", "bce")
    assert (recipe.learning_rate, recipe.epochs, recipe.biases) == (0.1, 10_000, "drawn")
    assert (recipe.update_order, recipe.gradient_scale, recipe.output_std_dev) == ("output_first", "sum", 0.8165)
    assert recipe.n_parameters == 9


def test_predictions_follow_the_architecture():
    hidden, output = RECIPES["gustaw"].layers
    assert hidden.xavier == pytest.approx(1 / math.sqrt(2))
    assert output.xavier == pytest.approx(0.8165, abs=1e-4)
    assert (hidden.he, hidden.lecun) == (1.0, pytest.approx(1 / math.sqrt(2)))
    wide = Recipe(problem="parity5", hidden=(4, 3))
    assert [tuple(layer) for layer in wide.layers] == [(5, 4), (4, 3), (3, 1)]
    assert wide.layers[1].xavier == math.sqrt(2 / 7)


@pytest.mark.parametrize(
    ("hidden", "biases", "n"), [((), "drawn", 3), ((), "none", 2), ((4,), "zero", 17), ((3, 3), "none", 18)]
)
def test_number_of_parameters(hidden, biases, n):
    assert Recipe(hidden=hidden, biases=biases).n_parameters == n


@pytest.mark.parametrize("field", CHOICES)
def test_a_choice_that_does_not_exist_names_field_value_and_choices(field):
    with pytest.raises(UsageError) as error:
        Recipe(**{field: "nonsense"})
    assert str(error.value) == f"{field} was given as 'nonsense'; allowed is one of {', '.join(CHOICES[field])}"


@pytest.mark.parametrize("field", ["hidden_std_dev", "output_std_dev"])
@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, "1", None, True])
def test_a_spread_must_be_finite_and_not_negative(field, value):
    with pytest.raises(UsageError) as error:
        Recipe(**{field: value})
    assert str(error.value) == f"{field} was given as {value!r}; allowed is a finite number, 0 or above"


@pytest.mark.parametrize("value", [0, -1.0, math.nan, math.inf, "fast"])
def test_a_learning_rate_must_be_positive(value):
    with pytest.raises(UsageError, match=r"^learning_rate was given as .*; allowed is a finite number above 0$"):
        Recipe(learning_rate=value)


@pytest.mark.parametrize("value", [0, -5, 1.5, "10", 10_000_001, True])
def test_epochs_must_be_a_whole_number_in_range(value):
    with pytest.raises(UsageError, match=r"^epochs was given as .*; allowed is a whole number from 1 to 10,000,000$"):
        Recipe(epochs=value)


@pytest.mark.parametrize("value", [2, (0,), (2, -1), (1.5,), ("2",), (2000,), None])
def test_hidden_must_be_layer_widths(value):
    with pytest.raises(UsageError, match=r"^hidden was given as .*; allowed is a tuple of layer widths from 1 to 1024"):
        Recipe(hidden=value)


def test_replace_validates_too():
    with pytest.raises(UsageError, match="hidden_std_dev"):
        dataclasses.replace(RECIPES["gustaw"], hidden_std_dev=-1)


def test_equal_numbers_of_other_types_are_one_recipe():
    plain = Recipe(learning_rate=1.0, epochs=5, hidden=(3,), hidden_std_dev=0.0)
    other = Recipe(learning_rate=np.int64(1), epochs=np.int32(5), hidden=[np.int8(3)], hidden_std_dev=-0.0)
    assert json.dumps(other.to_dict()) == json.dumps(plain.to_dict())


@given(st.floats(0, 1e300), st.sampled_from(CHOICES["activation"]), st.lists(st.integers(1, 9), max_size=3))
def test_a_recipe_survives_json(spread, activation, hidden):
    recipe = Recipe(hidden_std_dev=spread, activation=activation, hidden=tuple(hidden))
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_an_unknown_field_is_named():
    with pytest.raises(UsageError, match=r"^unknown recipe field 'width': a recipe has problem, inputs, hidden, "):
        Recipe.from_dict({"width": 3})


def test_the_sentence_says_every_field_that_is_not_left_out():
    sentence = describe_recipe(RECIPES["gustaw"])
    assert sentence == (
        "2-2-1 network on xor, sigmoid hidden units, drawn biases, binary cross-entropy, learning rate 0.1, "
        "10,000 epochs, gradient of the sum, output-first update, hidden spread 1, output spread 0.8165"
    )
    assert describe_recipe(RECIPES["gustaw"], FIELDS) == ""


DATA = f"data:10x3x1:{32 * '0'}"
CLASSES = f"data:10x3x2:{32 * '0'}"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"loss": "cross_entropy"}, "loss was given as 'cross_entropy'; allowed is bce or mse with output=sigmoid"),
        (
            {"problem": CLASSES, "output": "softmax"},
            "loss was given as 'bce'; allowed is cross_entropy or mse with output=softmax",
        ),
        (
            {"output": "softmax", "loss": "cross_entropy"},
            "output was given as 'softmax'; allowed is sigmoid or identity for a problem with one output: softmax "
            "tells classes apart",
        ),
        (
            {"problem": DATA, "output": "identity", "loss": "mse"},
            "solved_below was given as 0.0; allowed is a number above 0 with output=identity: the mean loss that is "
            "good enough",
        ),
        (
            {"inputs": "standardized"},
            "inputs was given as 'standardized'; allowed is raw for a truth table; only a data set is standardized",
        ),
        *(
            (
                {**fields, "update_order": "output_first"},
                "update_order was given as 'output_first'; allowed is simultaneous, as the recipe mlp has it; "
                "output_first is for truth tables with batch_size=full",
            )
            for fields in ({"problem": DATA}, {"batch_size": 2})
        ),
        *(
            ({"batch_size": size}, f"batch_size was given as {size!r}; allowed is a whole number from 1 to the "
             "problem's 4 rows, or full")
            for size in (-1, 5, 1.5, "full")
        ),
        *(
            ({name: value}, f"{name} was given as {value!r}; allowed is a number from 0, below 1")
            for name, value in (("momentum", 1.0), ("alpha", -0.1), ("beta1", math.nan), ("beta2", "high"))
        ),
        ({"epsilon": 0}, "epsilon was given as 0; allowed is a finite number above 0"),
        *(
            ({name: -1}, f"{name} was given as -1; allowed is a finite number, 0 or above")
            for name in ("weight_decay", "solved_below")
        ),
        (
            {"hidden": (3, 3), "hidden_std_dev": (1.0, 2.0, 3.0)},
            "hidden_std_dev was given as (1.0, 2.0, 3.0); allowed is one number, or one for each hidden layer, of "
            "which there are 2",
        ),
        *(
            (
                {"hidden": (), "hidden_std_dev": given},
                f"hidden_std_dev was given as {given!r}; allowed is one number, or one for each hidden layer, of which "
                "there are 0",
            )
            for given in ((), (1.0,))
        ),
        (
            {"hidden": (3, 3), "hidden_std_dev": (1.0, -2.0)},
            "hidden_std_dev was given as (1.0, -2.0); allowed is a finite number, 0 or above",
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_told(fields, message):
    with pytest.raises(UsageError) as error:
        Recipe(**fields)
    assert str(error.value) == message


def test_a_batch_of_all_rows_is_full_and_spreads_that_are_one_are_one_number():
    assert Recipe(batch_size=4) == Recipe()
    assert (
        Recipe(hidden=(3, 3), hidden_std_dev=(0.5, 0.5)).to_dict()
        == Recipe(hidden=(3, 3), hidden_std_dev=0.5).to_dict()
    )


def test_a_field_that_came_later_adds_nothing_to_what_is_kept_at_its_default():
    assert set(Recipe().to_dict()) == FIRST
    kept = Recipe(optimizer="adam", momentum=0.5).to_dict()
    assert set(kept) - FIRST == {"optimizer", "momentum"}
    assert Recipe.from_dict(kept) == Recipe(optimizer="adam", momentum=0.5)
