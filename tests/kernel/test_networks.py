"""Networks of every kind, on tables and data: the kernel is the reference, and the reference is the mathematics."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from sweep import Recipe, kernel, reference
from sweep.recipe import choices
from sweep.recipe.data import DataSet, remember_data
from sweep.recipe.objective import row_losses
from sweep.recipe.problem import find_problem
from sweep.recipe.shuffle import batches, shuffled
from tests.kernel.test_trainers import FIELDS
from tests.networks import data, recipes
from tests.oracle import complex_step_gradient

TORCH = json.loads((Path(__file__).parent / "torch_optimizers.json").read_text())
"""What PyTorch's optimisers make of the cases (`python -m benchmarks.torch_optimizers`)."""


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # each example is compiled, half a second: a smaller one says no more
    suppress_health_check=[HealthCheck.too_slow],
)
@given(recipes())
def test_kernel_is_the_reference(recipe):
    rng = np.random.default_rng(0)
    parameters = rng.normal(0, 0.6, (18, recipe.n_parameters))
    keys = rng.integers(0, 2**64, 18, np.uint64)
    batch = kernel.train(recipe, parameters, shuffle_keys=keys)
    for row in (0, 17):
        one = reference.train(recipe, parameters[row], int(keys[row]))
        for name in FIELDS:
            expected, found = getattr(one, name), getattr(batch, name)[row]
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11, err_msg=f"{name} of {recipe}")


@pytest.mark.parametrize("activation", choices.ACTIVATIONS)
@pytest.mark.parametrize(("output", "loss"), [(o, loss) for o, losses in choices.LOSSES_OF.items() for loss in losses])
def test_one_step_is_the_gradient(output, loss, activation):
    """Of the reference; the kernel is held to the reference."""
    recipe = Recipe(
        problem=data(output, 7, 3, 3),
        hidden=(4, 3),
        activation=activation,
        output=output,
        loss=loss,
        solved_below=0.1,
        gradient_scale="mean",
        learning_rate=0.5,
        epochs=1,
    )
    parameters = np.random.default_rng(1).normal(size=recipe.n_parameters)
    step = (parameters - reference.train(recipe, parameters).parameters) / 0.5
    np.testing.assert_allclose(step, complex_step_gradient(recipe, parameters), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", TORCH["cases"], ids=lambda case: " ".join(map(str, case["fields"].values())))
@pytest.mark.parametrize("trainer", [reference, kernel], ids=["reference", "kernel"])
def test_optimisers_are_those_of_pytorch(trainer, case):
    inputs, targets = (np.array(TORCH[name]) for name in ("inputs", "targets"))
    problem = remember_data(DataSet("torch", ("a", "b", "c"), ("p", "q"), inputs, targets))
    recipe = Recipe(problem=problem, **TORCH["fields"], **case["fields"])
    parameters = np.array(TORCH["parameters"])
    if trainer is reference:
        trained = reference.train(recipe, parameters)
        np.testing.assert_allclose(trained.losses, case["losses"], rtol=1e-11)
        np.testing.assert_allclose(trained.parameters, case["trained"], rtol=1e-10, atol=1e-13)
    else:
        batch = kernel.train(recipe, parameters[np.newaxis])
        assert batch.loss[0] == pytest.approx(sum(case["losses"]), rel=1e-11)
        np.testing.assert_allclose(batch.parameters[0], case["trained"], rtol=1e-10, atol=1e-13)


MINI_BATCHES = Recipe(
    problem=data("softmax", 13, 2, 3),
    hidden=(3,),
    activation="gelu",
    output="softmax",
    loss="cross_entropy",
    optimizer="adam",
    batch_size=5,
    weight_decay=0.01,
    epochs=9,
    gradient_scale="mean",
)


def test_a_result_in_mini_batches_does_not_depend_on_who_is_trained_beside_it():
    rng = np.random.default_rng(0)
    parameters, keys = rng.normal(size=(50, MINI_BATCHES.n_parameters)), rng.integers(0, 2**64, 50, np.uint64)
    whole = kernel.train(MINI_BATCHES, parameters, shuffle_keys=keys)
    order = rng.permutation(50)
    mixed = kernel.train(MINI_BATCHES, parameters[order], shuffle_keys=keys[order])
    alone = kernel.train(MINI_BATCHES, parameters[31:32], shuffle_keys=keys[31:32])
    for name in kernel.Trained.__dataclass_fields__:
        assert getattr(mixed, name).tobytes() == getattr(whole, name)[order].tobytes()
        assert getattr(alone, name).tobytes() == getattr(whole, name)[31:32].tobytes()
    other_keys = kernel.train(MINI_BATCHES, parameters, shuffle_keys=keys + np.uint64(1))
    assert (other_keys.loss != whole.loss).all()


@pytest.mark.parametrize("optimizer", choices.OPTIMIZERS)
def test_trained_part_by_part_it_ends_with_the_same_parameters(optimizer):
    recipe = replace(MINI_BATCHES, optimizer=optimizer)
    rng = np.random.default_rng(0)
    parameters, keys = rng.normal(size=(20, recipe.n_parameters)), rng.integers(0, 2**64, 20, np.uint64)
    whole = kernel.train(recipe, parameters, shuffle_keys=keys)
    first = kernel.train(recipe, parameters, 0, 4, keys)
    second = kernel.train(recipe, first.parameters, 4, None, keys, first.state)
    assert second.parameters.tobytes() == whole.parameters.tobytes()
    assert second.state.tobytes() == whole.state.tobytes()
    np.testing.assert_allclose(first.loss + second.loss, whole.loss, rtol=1e-12)


def test_networks_judged_in_parts_are_the_same(monkeypatch):
    parameters = np.random.default_rng(0).normal(size=(50, MINI_BATCHES.n_parameters))
    whole = kernel.train(MINI_BATCHES, parameters)
    monkeypatch.setattr(kernel.batch, "MOST_OUTPUTS", 1)
    parts = kernel.train(MINI_BATCHES, parameters)
    for name in kernel.Trained.__dataclass_fields__:
        assert getattr(parts, name).tobytes() == getattr(whole, name).tobytes()


def test_every_epoch_has_every_row_once_in_an_order_of_its_own():
    recipe = replace(MINI_BATCHES, batch_size=4)
    epochs = [list(batches(recipe, 7, epoch)) for epoch in range(50)]
    assert all([len(rows) for rows in epoch] == [4, 4, 4, 1] for epoch in epochs)
    orders = [np.concatenate(epoch) for epoch in epochs]
    assert all(sorted(order) == list(range(13)) for order in orders)
    assert len({order.tobytes() for order in orders}) == 50


def test_shuffles_favour_no_row():
    """Each of 5 rows comes first in a fifth of 5,000 shuffles, to four standard deviations."""
    first = np.bincount([shuffled(5, key, epoch)[0] for key in range(500) for epoch in range(10)], minlength=5)
    assert (abs(first - 1000) < 4 * math.sqrt(5000 * 0.2 * 0.8)).all()


def test_cross_entropy_is_exact_where_probabilities_vanish():
    recipe = replace(MINI_BATCHES, batch_size=choices.FULL, hidden=(), biases="none", epochs=1)
    parameters = np.random.default_rng(0).normal(0, 1e4, recipe.n_parameters)
    inputs, targets = find_problem(recipe.problem)
    logits = inputs @ parameters.reshape(2, 3)
    exact = [max(row) - row[t.argmax()] for row, t in zip(logits, targets, strict=True)]  # others are e^-700 and less
    assert max(exact) > 1e4
    np.testing.assert_allclose(row_losses(recipe, logits, targets), exact, rtol=1e-12, atol=1e-12)
    assert kernel.train(recipe, parameters[np.newaxis]).loss[0] == pytest.approx(np.mean(exact), rel=1e-12)


def test_accuracy_is_the_fraction_of_right_rows():
    """A perceptron that sees one input only: right where its sign is the target's."""
    recipe = Recipe(problem=data("sigmoid", 16, 2, 1), hidden=(), epochs=1, learning_rate=1e-9, biases="none")
    inputs, targets = find_problem(recipe.problem)
    right = ((inputs[:, 0] > 0) == (targets[:, 0] > 0.5)).mean()
    assert kernel.train(recipe, np.array([[1.0, 0.0]])).accuracy[0] == right
    assert reference.train(recipe, np.array([1.0, 0.0])).accuracy == right


def test_a_regression_is_solved_by_its_loss_and_has_no_accuracy():
    """y = 2a - b + 1 is learned exactly, and after as many epochs as the losses say."""
    a, b = np.random.default_rng(0).normal(size=(2, 30))
    line = (2 * a - b + 1)[:, np.newaxis]
    problem = remember_data(DataSet("line", ("a", "b"), ("y",), np.column_stack([a, b]), line))
    recipe = Recipe(
        problem=problem, hidden=(), output="identity", loss="mse", solved_below=1e-6, gradient_scale="mean", epochs=400
    )
    one = reference.train(recipe, np.zeros(3))
    np.testing.assert_allclose(one.parameters, [2, -1, 1], atol=1e-9)
    batch = kernel.train(recipe, np.zeros((1, 3)))
    first = int(np.flatnonzero(one.losses <= 1e-6)[0])
    assert batch.solved_epoch[0] == one.solved_epoch == first
    assert batch.solved[0]
    assert math.isnan(batch.accuracy[0])
