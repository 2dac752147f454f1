import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep import RECIPES, Axis, Recipe, Study, UsageError
from sweep.recipe import FIELDS
from sweep.recipe.choices import CHOICES
from sweep.study import DRAW_BLOCK, DRAWS, Point, Target, block_size, compact, plan

GUSTAW = RECIPES["gustaw"]
SMALL = Study(GUSTAW, (Axis("hidden_std_dev", (0.5, 1.0)), Axis("activation", ("sigmoid", "tanh"))), repeats=2500)


def trainings(blocks):
    """(point identity, repeat) of every training in the blocks."""
    return [(block.point.identity, repeat) for block in blocks for repeat in range(block.start, block.stop)]


def test_the_default_study_is_the_published_one():
    study = Study(GUSTAW)
    (axis,) = study.axes
    assert axis.field == "hidden_std_dev"
    # NumPy's exponentials differ in the last bit from processor to processor; the study's are rounded correctly.
    np.testing.assert_array_max_ulp(np.array(axis.values), np.exp(np.linspace(-3, 4, 400)), 1)
    assert study.n_trainings == 400_000
    assert (study.seed, study.draws) == (0, "by_spread")


def test_points_are_the_product_of_the_axes():
    combinations = [(point.recipe.hidden_std_dev, point.recipe.activation) for point in SMALL.points]
    assert combinations == [(0.5, "sigmoid"), (0.5, "tanh"), (1.0, "sigmoid"), (1.0, "tanh")]


def test_the_plan_covers_every_training_once():
    planned = trainings(plan(SMALL, {}))
    assert len(planned) == len(set(planned)) == SMALL.n_trainings


def test_no_block_leaves_its_block_of_draws():
    assert all(block.start // DRAW_BLOCK == (block.stop - 1) // DRAW_BLOCK for block in plan(SMALL, {}))


def test_every_point_gets_its_first_draws_before_any_gets_its_second():
    starts = [block.start // DRAW_BLOCK for block in plan(SMALL, {})]
    assert starts == sorted(starts)


@given(st.dictionaries(st.integers(0, 3), st.sets(st.integers(0, 2600), max_size=60)))
def test_the_plan_computes_all_that_is_missing_and_no_whole_block_that_is_not(stored):
    have = {SMALL.points[position].identity: np.array(sorted(repeats), int) for position, repeats in stored.items()}
    blocks = list(plan(SMALL, have))
    planned = set(trainings(blocks))
    everything = {(point.identity, repeat) for point in SMALL.points for repeat in range(SMALL.repeats)}
    already = {(identity, repeat) for identity, repeats in have.items() for repeat in repeats}
    assert everything - already <= planned <= everything
    for block in blocks:
        assert (block.point.identity, block.start) not in already
        assert (block.point.identity, block.stop - 1) not in already


def test_repeats_without_a_gap_take_no_memory():
    assert compact(np.arange(5)) == range(5)
    assert compact(np.array([], int)).tolist() == []
    for gap in ([1, 2], [0, 1, 3], [7]):
        assert compact(np.array(gap)).tolist() == gap


def test_a_complete_study_has_no_plan():
    assert list(plan(SMALL, {point.identity: range(2500) for point in SMALL.points})) == []


def test_more_repeats_run_only_the_new_ones():
    have = {point.identity: range(1000) for point in SMALL.points}
    planned = trainings(plan(replace(SMALL, repeats=1500), have))
    assert sorted(planned) == sorted((point.identity, r) for point in SMALL.points for r in range(1000, 1500))


def test_costly_recipes_get_smaller_blocks():
    assert block_size(GUSTAW) == DRAW_BLOCK
    assert block_size(replace(GUSTAW, epochs=100_000)) < DRAW_BLOCK
    assert block_size(replace(GUSTAW, epochs=10_000_000, hidden=(64, 64))) == 32


def test_points_may_be_asked_for_different_repeats():
    first, second, *others = (point.identity for point in SMALL.points)
    planned = trainings(plan(SMALL, {first: range(5)}, {first: 1030, second: 7}))
    assert sorted(planned) == sorted([*((first, r) for r in range(5, 1030)), *((second, r) for r in range(7))])
    assert list(plan(SMALL, {}, {})) == []
    assert others


OTHER = {
    "problem": "parity3", "hidden": (3,), "activation": "tanh", "loss": "mse", "learning_rate": 0.2,
    "schedule": "linear", "epochs": 9999, "biases": "zero", "update_order": "simultaneous", "gradient_scale": "mean",
    "hidden_std_dev": 1.0000000000000002, "output_std_dev": 0.8, "hidden_distribution": "uniform",
}  # fmt: skip


LATER = {
    "solved_below": 0.1, "optimizer": "adam", "momentum": 0.5, "alpha": 0.5, "beta1": 0.5, "beta2": 0.5,
    "epsilon": 1e-6, "weight_decay": 0.1, "batch_size": 2, "spread_unit": "he", "inputs": "standardized",
    "output": "identity",
}  # fmt: skip
"""Fields that came after identities were written down."""
GIVEN = {
    "inputs": {"problem": f"data:9x2x1:{32 * '0'}", "update_order": "simultaneous"},
    "batch_size": {"update_order": "simultaneous"},
    "output": {"loss": "mse", "solved_below": 0.1},
}
"""Field -> what its other value needs."""


@pytest.mark.parametrize("field", OTHER | LATER)
def test_identity_changes_with_every_field(field):
    recipe = replace(GUSTAW, **GIVEN.get(field, {}))
    changed = replace(recipe, **{field: (OTHER | LATER)[field]})
    assert Point(changed, 0, "common").identity != Point(recipe, 0, "common").identity


def test_other_covers_every_field():
    assert set(OTHER) | set(LATER) == set(Recipe.__dataclass_fields__)


def test_identity_changes_with_seed_and_draws():
    identities = {Point(GUSTAW, seed, draws).identity for seed in (0, 1) for draws in ("common", "independent")}
    assert len(identities) == 4


def test_identity_is_the_same_in_another_process():
    program = "from sweep.study import *; from sweep import *; print(Point(RECIPES['gustaw'], 0, 'common').identity)"
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == Point(GUSTAW, 0, "common").identity


def test_two_studies_that_share_a_point_share_its_identity():
    other = Study(GUSTAW, (Axis("hidden_std_dev", (1.0, 3.0)),))
    mine = Study(GUSTAW, (Axis("hidden_std_dev", (0.5, 1.0)), Axis("epochs", (10_000, 5))))
    assert len({point.identity for point in other.points} & {point.identity for point in mine.points}) == 1


def test_a_study_survives_json_and_keeps_its_identity():
    study = replace(SMALL, axes=(Axis("hidden", ((), (2,), (3, 3))), Axis("output_std_dev", (0.1, 0.2))))
    again = Study.from_dict(json.loads(json.dumps(study.to_dict())))
    assert again == study
    assert again.identity == study.identity == replace(study, repeats=7).identity


def test_a_target_survives_json_and_is_no_part_of_any_identity():
    study = replace(SMALL, until=Target("minimum", 0.01, 50))
    again = Study.from_dict(json.loads(json.dumps(study.to_dict())))
    assert again == study
    assert study.identity == SMALL.identity
    assert [point.identity for point in study.points] == [point.identity for point in SMALL.points]


def test_a_study_of_a_version_without_targets_is_read():
    values = SMALL.to_dict()
    del values["until"]
    assert Study.from_dict(values) == SMALL


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"until": Target("mean", 0.1, 10)}, "target was given as 'mean'; allowed is one of rse, minimum, spread"),
        ({"repeats": 0}, "repeats was given as 0; allowed is a whole number from 1 to 1,000,000,000"),
        ({"seed": -1}, "seed was given as -1; allowed is a whole number from 0 to 2^63 - 1"),
        ({"draws": "paired"}, "draws was given as 'paired'; allowed is one of common, by_spread, independent"),
        ({"axes": (Axis("epochs", ()),)}, "axis epochs has no values; give it at least one"),
        (
            {"axes": (Axis("epochs", (1,)), Axis("epochs", (2,)))},
            "axis epochs was given twice; give each field one axis",
        ),
        (
            {"axes": (Axis("epochs", (5, 6, 5)),)},
            "axis epochs has the value 5 more than once; give each value once",
        ),
        (
            {"axes": (Axis("hidden_std_dev", (0.5, -1.0)),)},
            "hidden_std_dev was given as -1.0; allowed is a finite number, 0 or above",
        ),
        (
            {"recipe": Recipe(hidden=()), "axes": (Axis("hidden_std_dev", (0.5, 1.0)),)},
            "axis hidden_std_dev changes nothing in a recipe with no hidden layer; "
            "sweep output_std_dev, or give hidden at least one layer",
        ),
        (
            {"axes": (Axis("hidden_std_dev", (0.5, 1.0)), Axis("hidden_std_dev.1", (0.5, 1.0)))},
            "axes hidden_std_dev and hidden_std_dev.1 were given together, and both scale the same layer; "
            "sweep the layers one by one, or all of them together",
        ),
        (
            {"axes": (Axis("hidden_std_dev.2", (0.5, 1.0)),)},
            "hidden_std_dev.2 was given, and the recipe's hidden layers number 1; name one of these, from "
            "hidden_std_dev.1 on",
        ),
        (
            {"axes": (Axis("momentum", (0.5, 0.9)),)},
            "axis momentum changes nothing with optimizer=gradient_descent; "
            "set optimizer=momentum or nesterov, or sweep another field",
        ),
        (
            {"axes": (Axis("batch_size", (0, 4)),)},
            "two points of the study are the same recipe, 2-2-1 network on xor, sigmoid hidden units, drawn biases, "
            "binary cross-entropy, learning rate 0.1, 10,000 epochs, gradient of the sum, output-first update, "
            "hidden spread 1, output spread 0.8165; give values that differ (a batch_size of all rows is full)",
        ),
    ],
)
def test_what_is_not_allowed_is_named(change, message):
    with pytest.raises(UsageError) as error:
        replace(SMALL, **change)
    assert str(error.value) == message


@pytest.mark.parametrize("field", ["activation", "hidden_distribution", "update_order"])
def test_what_hidden_layers_alone_have_is_no_axis_without_one(field):
    values = {"activation": ("tanh", "relu"), "hidden_distribution": ("normal", "sphere")}.get(
        field, ("simultaneous", "output_first")
    )
    with pytest.raises(UsageError, match=f"axis {field} changes nothing in a recipe with no hidden layer"):
        Study(Recipe(hidden=()), (Axis(field, values),))


def test_layers_have_spreads_of_their_own():
    each = tuple(np.geomspace(0.1, 10, 60).tolist())
    study = Study(Recipe(hidden=(3, 2)), (Axis("hidden_std_dev.2", each),))
    assert [point.recipe.hidden_std_dev for point in study.points[:2]] == [(1.0, spread) for spread in each[:2]]
    assert study.draws == "by_spread"
    assert Study.from_dict(json.loads(json.dumps(study.to_dict()))) == study
    assert "Swept: hidden_std_dev.2. Trained: 2-3-2-1 network" in study.sentence
    assert "hidden spread 1 swept, output spread 1" in study.sentence
    assert study.shares_draws("activation")
    assert not study.shares_draws("hidden_std_dev.2")


def test_an_unknown_axis_field_is_named():
    with pytest.raises(UsageError, match="unknown recipe field 'spread'"):
        Study(GUSTAW, (Axis("spread", (1,)),))


def test_identity_is_the_same_in_every_version():
    # Written down once: a stored point must be found by every later version, on every system and Python.
    assert Point(GUSTAW, 0, "common").identity == "99356ef71c6b1cf4a25229fd102e9d60"
    assert Point(Recipe(**OTHER), 2**63 - 1, "independent").identity == "be3c230ffc4ae5c53af5a7bd2668e492"


numbers = st.floats(0, allow_infinity=False, allow_nan=False)
fractions = st.floats(0, 1, exclude_max=True)
recipes = st.builds(
    Recipe,
    **{name: st.sampled_from(allowed) for name, allowed in CHOICES.items() if name not in ("inputs", "output", "loss")},
    loss=st.sampled_from(("bce", "mse")),
    momentum=fractions,
    alpha=fractions,
    beta1=fractions,
    beta2=fractions,
    epsilon=numbers.filter(bool),
    weight_decay=numbers,
    solved_below=numbers,
    hidden=st.lists(st.integers(1, 1024), max_size=3).map(tuple),
    learning_rate=numbers.filter(bool),
    epochs=st.integers(1, 10_000_000),
    hidden_std_dev=numbers,
    output_std_dev=numbers,
)
points = st.builds(Point, recipes, st.integers(0, 2**63 - 1), st.sampled_from(DRAWS))


@given(points, st.randoms())
def test_identity_is_that_of_the_values_in_any_order_and_after_json(point, random):
    items = list(json.loads(json.dumps(point.recipe.to_dict())).items())
    random.shuffle(items)
    again = Point(Recipe.from_dict(dict(items)), point.seed, point.draws)
    assert again.identity == point.identity
    assert re.fullmatch("[0-9a-f]{32}", point.identity)


@given(points, points)
def test_identities_are_equal_exactly_where_points_are(one, other):
    assert (one.identity == other.identity) == (one == other)


@given(points, st.sampled_from(sorted(FIELDS)), recipes)
def test_any_change_of_one_field_changes_the_identity(point, field, other):
    value = getattr(other, field)
    changed = Point(replace(point.recipe, **{field: value}), point.seed, point.draws)
    assert (changed.identity == point.identity) == (value == getattr(point.recipe, field))


@given(points)
def test_another_seed_or_kind_of_draws_has_another_identity(point):
    others = [replace(point, seed=(point.seed + 1) % 2**63), replace(point, draws=DRAWS[point.draws == DRAWS[0]])]
    assert len({one.identity for one in [point, *others]}) == 3
