"""What is true of the reference and of the kernel alike, and that they are the same mathematics."""

import math
from dataclasses import replace
from functools import cache
from itertools import combinations, product

import numpy as np
import pytest

from sweep import RECIPES, Recipe, UsageError, kernel, reference
from sweep.recipe.choices import ACTIVATIONS, BIASES, GRADIENT_SCALES, LOSSES_OF, SCHEDULES, UPDATE_ORDERS
from sweep.recipe.problem import PARITIES
from tests.oracle import complex_step_gradient, gustaw

FIELDS = ("loss", "final_loss", "solved", "solved_epoch", "accuracy", "diverged", "parameters")
WIDTHS = [(), (1,), (2,), (4,), (3, 3)]
LOSSES = LOSSES_OF["sigmoid"]
PROBLEMS = list(PARITIES)[:3]
GUSTAW = RECIPES["gustaw"]


def train_one(trainer, recipe, parameters):
    """The fields of one training as plain values, whichever trainer it is."""
    if trainer is reference:
        result = reference.train(recipe, parameters)
        return {name: getattr(result, name) for name in FIELDS}
    result = kernel.train(recipe, np.array([parameters]))
    return {name: getattr(result, name)[0] for name in FIELDS}


@pytest.fixture(params=[reference, kernel], ids=["reference", "kernel"])
def trainer(request):
    return request.param


def drawn(rng, n, *choices):
    """n of all combinations."""
    combinations = list(product(*choices))
    return [combinations[number] for number in rng.choice(len(combinations), n, replace=False)]


@cache
def structures():
    """Problem, loss and biases by widths, activation and order of updates, so that every two values meet somewhere.

    Each is compiled, which takes longer than all that is done with it: hence few of them, and the same ones for
    several tests. All widths and activations are updated at once; where the output comes first, every activation is
    in the published network and in the deepest one, and others are there only for values that have not met. A greedy
    choice takes those that bring most values together.
    """
    chosen = {(GUSTAW.hidden, one, "output_first"): (GUSTAW.problem, GUSTAW.loss, GUSTAW.biases) for one in ACTIVATIONS}
    met = set().union(*(pairs(*one, *other) for one, other in chosen.items()))
    for order, hidden, activation in product(("simultaneous", "output_first"), WIDTHS[::-1], ACTIVATIONS):
        one, others = (hidden, activation, order), list(product(PROBLEMS, LOSSES, BIASES))
        new = [pairs(*one, *other) - met for other in others]
        best = max(range(len(others)), key=lambda number: len(new[number]))
        if one not in chosen and (new[best] or order == "simultaneous" or hidden == WIDTHS[-1]):
            met |= new[best]
            chosen[one] = others[best]
    return chosen


def compiled_orders(hidden, activation):
    return [order for order in UPDATE_ORDERS if (hidden, activation, order) in structures()]


def pairs(*values):
    return set(combinations(enumerate(values), 2))


def test_every_two_values_of_a_structures_fields_meet_in_one_that_is_compiled():
    met = set().union(*(pairs(*one, *other) for one, other in structures().items()))
    fields = (WIDTHS, ACTIVATIONS, UPDATE_ORDERS, PROBLEMS, LOSSES, BIASES)
    assert met == set().union(*(pairs(*values) for values in product(*fields)))


@pytest.mark.parametrize("hidden", WIDTHS, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_kernel_is_the_reference(hidden, activation):
    rng = np.random.default_rng([2, len(hidden), *hidden, ACTIVATIONS.index(activation)])
    for order in compiled_orders(hidden, activation):
        problem, loss, biases = structures()[hidden, activation, order]
        recipe = Recipe(
            problem=problem,
            hidden=hidden,
            activation=activation,
            loss=loss,
            biases=biases,
            update_order=order,
            gradient_scale=str(rng.choice(GRADIENT_SCALES)),
            schedule=str(rng.choice(SCHEDULES)),
            learning_rate=rng.uniform(0.005, 0.03),
            epochs=500,
        )
        parameters = rng.normal(0, rng.choice([0.1, 0.7]), (40, recipe.n_parameters))
        batch = kernel.train(recipe, parameters)
        for row in (0, 17, 39):
            one = reference.train(recipe, parameters[row])
            assert batch.loss[row] == pytest.approx(one.loss, rel=1e-9), recipe
            assert batch.final_loss[row] == pytest.approx(one.final_loss, rel=1e-9), recipe
            np.testing.assert_allclose(batch.parameters[row], one.parameters, rtol=1e-8, atol=1e-10)
            assert batch.solved[row] == one.solved, recipe
            assert batch.solved_epoch[row] == one.solved_epoch, recipe
            assert batch.diverged[row] == one.diverged, recipe


@pytest.mark.parametrize("epochs", [1, 2, 3, 4, 5, 7, 8, 9])
@pytest.mark.parametrize("problem", ["xor", "parity3", "parity5"])
def test_total_loss_counts_every_epoch_once(problem, epochs):
    recipe = Recipe(problem=problem, epochs=epochs)
    parameters = np.random.default_rng(epochs).normal(size=recipe.n_parameters)
    one = reference.train(recipe, parameters)
    assert one.losses.shape == (epochs,)
    assert one.loss == pytest.approx(one.losses.sum(), rel=1e-15)
    assert kernel.train(recipe, parameters[np.newaxis]).loss[0] == pytest.approx(one.loss, rel=1e-13)


@pytest.mark.parametrize("hidden", WIDTHS, ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_one_simultaneous_step_is_the_gradient(trainer, hidden, activation):
    rng = np.random.default_rng([3, len(hidden), *hidden, ACTIVATIONS.index(activation)])
    if trainer is kernel:
        problem, loss, biases = structures()[hidden, activation, "simultaneous"]
        cases = [(loss, biases, scale, problem) for scale in GRADIENT_SCALES]
    else:
        cases = drawn(rng, 4, LOSSES, BIASES, GRADIENT_SCALES, ("xor", "parity3"))
    for loss, biases, scale, problem in cases:
        recipe = Recipe(
            problem=problem,
            hidden=hidden,
            activation=activation,
            loss=loss,
            biases=biases,
            gradient_scale=scale,
            epochs=1,
            learning_rate=0.5,
        )
        parameters = rng.normal(size=recipe.n_parameters)
        step = (parameters - train_one(trainer, recipe, parameters)["parameters"]) / 0.5
        np.testing.assert_allclose(step, complex_step_gradient(recipe, parameters), rtol=1e-9, atol=1e-12)


def test_output_first_is_the_gradient_of_each_layer_below_the_updated_ones(trainer):
    """The output layer takes the textbook step; the hidden delta is linear in the weights above it, so replacing the
    output weights v by the updated ones scales hidden unit j's textbook step by new v_j / old v_j."""
    recipe = Recipe(hidden=(3,), activation="tanh", update_order="output_first", epochs=1, learning_rate=0.3)
    parameters = np.random.default_rng(5).normal(size=recipe.n_parameters)
    trained = train_one(trainer, recipe, parameters)["parameters"]
    textbook = -0.3 * complex_step_gradient(recipe, parameters)
    np.testing.assert_allclose((trained - parameters)[9:], textbook[9:], rtol=1e-9)
    factor = np.tile(trained[9:12] / parameters[9:12], 3)
    assert abs(factor - 1).min() > 0.01
    np.testing.assert_allclose((trained - parameters)[:9], (textbook[:9] * factor), rtol=1e-9)


def test_gustaw_is_the_published_program(trainer):
    parameters = np.random.default_rng(11).normal(size=9)
    losses, trained = gustaw(parameters, 2000)
    result = train_one(trainer, replace(GUSTAW, epochs=2000), parameters)
    assert result["loss"] == pytest.approx(losses.sum(), rel=1e-12)
    np.testing.assert_allclose(result["parameters"], trained, rtol=1e-10)
    if trainer is reference:
        np.testing.assert_allclose(reference.train(replace(GUSTAW, epochs=2000), parameters).losses, losses, rtol=1e-11)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_permuting_hidden_units_changes_nothing(trainer, activation):
    for order in compiled_orders((4,), activation):
        problem, loss, biases = structures()[(4,), activation, order]
        recipe = Recipe(
            problem=problem,
            hidden=(4,),
            activation=activation,
            loss=loss,
            biases=biases,
            update_order=order,
            epochs=300,
            learning_rate=0.05,
        )
        parameters = np.random.default_rng(7).normal(size=recipe.n_parameters)
        numbers = np.arange(recipe.n_parameters)
        of_units = numbers[: recipe.n_parameters // 4 * 4].reshape(-1, 4)
        columns = np.concatenate([of_units[:, [2, 0, 3, 1]].ravel(), numbers[of_units.size :]])
        plain, permuted = (train_one(trainer, recipe, p) for p in (parameters, parameters[columns]))
        assert permuted["loss"] == pytest.approx(plain["loss"], rel=1e-10)
        assert permuted["solved_epoch"] == plain["solved_epoch"]
        np.testing.assert_allclose(permuted["parameters"], plain["parameters"][columns], rtol=1e-7)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_zero_parameters_stay_at_chance(trainer, activation):
    result = train_one(trainer, replace(GUSTAW, activation=activation, epochs=1000), np.zeros(9))
    assert result["loss"] == pytest.approx(1000 * math.log(2), rel=1e-12)
    assert result["final_loss"] == pytest.approx(math.log(2), rel=1e-12)
    assert (result["solved"], result["solved_epoch"], result["diverged"]) == (False, -1, False)


def test_zero_hidden_spread_never_tells_the_rows_apart(trainer):
    """Hidden units at 0.5 in every row: the output is one number for all rows, and its best is 0.5."""
    parameters = np.array([0, 0, 0, 0, 0, 0, 0.9, -0.4, 0.3])
    y = 1 / (1 + math.exp(-(0.5 * (0.9 - 0.4) + 0.3)))
    first = train_one(trainer, replace(GUSTAW, epochs=1), parameters)
    assert first["loss"] == pytest.approx(-(math.log(y) + math.log(1 - y)) / 2, rel=1e-14)
    result = train_one(trainer, GUSTAW, parameters)
    assert 0 < result["loss"] - 10_000 * math.log(2) < 5
    assert result["final_loss"] == pytest.approx(math.log(2), rel=1e-6)
    assert not result["solved"]


def test_the_widest_published_spread(trainer):
    parameters = np.random.default_rng(2).normal(size=9) * ([54.598] * 6 + [0.8165] * 3)
    losses, trained = gustaw(parameters, 500)
    result = train_one(trainer, replace(GUSTAW, epochs=500), parameters)
    assert result["loss"] == pytest.approx(losses.sum(), rel=1e-9)
    np.testing.assert_allclose(result["parameters"], trained, rtol=1e-9)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_extreme_parameters_give_no_nan(activation, loss):
    recipe = replace(GUSTAW, activation=activation, loss=loss, epochs=5)
    signs = np.array(list(product((-700.0, 700.0), repeat=9)))
    batch = kernel.train(recipe, signs)
    assert np.isfinite(batch.loss).all()
    assert np.isfinite(batch.parameters).all()
    assert not batch.diverged.any()
    for row in range(0, len(signs), 37):
        one = reference.train(recipe, signs[row])
        assert batch.loss[row] == pytest.approx(one.loss, rel=1e-9, abs=1e-300)
        assert batch.solved[row] == one.solved


def test_a_diverged_training_is_marked(trainer):
    recipe = Recipe(activation="identity", epochs=3)
    result = train_one(trainer, recipe, np.array([1.5e308] * 4 + [0, 0, 1, -1, 0]))
    assert result["diverged"]
    assert math.isnan(result["loss"])
    assert math.isnan(result["final_loss"])
    assert not result["solved"]


def test_a_training_whose_last_update_overflows_has_diverged(trainer):
    """Its losses before that update are finite, and are no result."""
    recipe = Recipe(activation="identity", learning_rate=1e308, epochs=1)
    result = train_one(trainer, recipe, np.full(9, 10.0))
    assert not np.isfinite(result["parameters"]).all()
    assert result["diverged"]
    assert math.isnan(result["loss"])


SOLUTION = np.array([20, -20, 20, -20, -10, 30, 20, 20, -30.0])


def test_solved_from_the_start(trainer):
    result = train_one(trainer, replace(GUSTAW, epochs=10), SOLUTION)
    assert (result["solved"], result["solved_epoch"]) == (True, 0)


def test_solved_epoch_is_the_number_of_updates(trainer):
    starts = np.random.default_rng(11).normal(size=(20, 9))
    solved_epoch = kernel.train(GUSTAW, starts).solved_epoch
    row = int(np.argmax((solved_epoch > 1) & (solved_epoch < 5000)))
    parameters, first = starts[row], solved_epoch[row]
    assert first > 1
    just_solved = train_one(trainer, replace(GUSTAW, epochs=int(first)), parameters)
    assert (just_solved["solved"], just_solved["solved_epoch"]) == (True, first)
    not_yet = train_one(trainer, replace(GUSTAW, epochs=int(first) - 1), parameters)
    assert (not_yet["solved"], not_yet["solved_epoch"]) == (False, -1)


@pytest.mark.parametrize("activation", ["tanh", "relu", "leaky_relu", "identity"])
def test_an_output_of_exactly_one_half_is_not_solved(trainer, activation):
    """Without biases these units send the row (0, 0) to exactly 0.5, whatever the weights."""
    recipe = Recipe(hidden=(3,), activation=activation, biases="none", epochs=200)
    for seed in range(20):
        parameters = np.random.default_rng(seed).normal(size=recipe.n_parameters)
        assert train_one(trainer, recipe, parameters)["solved_epoch"] == -1


def test_the_input_is_not_changed(trainer):
    parameters = np.random.default_rng(0).normal(size=9)
    before = parameters.copy()
    train_one(trainer, replace(GUSTAW, epochs=20), parameters)
    batch = before[np.newaxis].copy()
    kernel.train(replace(GUSTAW, epochs=20), batch)
    assert (parameters == before).all()
    assert (batch == before).all()


def test_parameters_of_another_shape_are_refused():
    with pytest.raises(
        UsageError, match=r"^parameters were given with shape \(3, 8\); allowed is \(n, 9\) for this recipe$"
    ):
        kernel.train(GUSTAW, np.zeros((3, 8)))
    with pytest.raises(
        UsageError, match=r"^parameters were given with shape \(9, 1\); allowed is \(9,\) for this recipe$"
    ):
        reference.train(GUSTAW, np.zeros((9, 1)))
