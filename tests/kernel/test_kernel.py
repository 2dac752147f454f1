from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep import RECIPES, Recipe, kernel, reference
from sweep.kernel import compiler, training
from sweep.recipe.choices import UPDATE_ORDERS
from sweep.sources import PACKAGE
from tests.kernel.cases import compile_anew
from tests.test_architecture import imports

FIELDS = list(kernel.Trained.__dataclass_fields__)


@pytest.mark.parametrize(
    "recipe",
    [
        replace(RECIPES["gustaw"], epochs=301),
        Recipe(hidden=(3, 3), activation="tanh", loss="mse", epochs=50, problem="parity3"),
        Recipe(hidden=(), epochs=50),
    ],
    ids=["gustaw", "deep", "no hidden layer"],
)
def test_a_result_does_not_depend_on_its_batch(recipe):
    parameters = np.random.default_rng(0).normal(size=(100, recipe.n_parameters))
    whole = kernel.train(recipe, parameters)
    order = np.random.default_rng(1).permutation(100)
    shuffled = kernel.train(recipe, parameters[order])
    alone = kernel.train(recipe, parameters[71:72])
    for name in FIELDS:
        assert getattr(shuffled, name).tobytes() == getattr(whole, name)[order].tobytes()
        assert getattr(alone, name).tobytes() == getattr(whole, name)[71:72].tobytes()


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_trained_part_by_part_it_ends_with_the_same_parameters(schedule):
    recipe = replace(RECIPES["gustaw"], epochs=101, schedule=schedule)
    parameters = np.random.default_rng(0).normal(size=(40, recipe.n_parameters))
    whole = kernel.train(recipe, parameters)
    first = kernel.train(recipe, parameters, 0, 33)
    second = kernel.train(recipe, first.parameters, 33)
    assert second.parameters.tobytes() == whole.parameters.tobytes()
    assert second.final_loss.tobytes() == whole.final_loss.tobytes()
    np.testing.assert_allclose(first.loss + second.loss, whole.loss, rtol=1e-12)


def test_a_part_counts_its_own_epochs():
    recipe = replace(RECIPES["gustaw"], epochs=4000)
    parameters = np.random.default_rng(0).normal(size=(200, recipe.n_parameters))
    epoch = kernel.train(recipe, parameters).solved_epoch
    late = epoch > 1000
    assert late.any()
    before = kernel.train(recipe, parameters, 0, 1000)
    assert (kernel.train(recipe, before.parameters, 1000).solved_epoch[late] == epoch[late] - 1000).all()
    network = int(np.flatnonzero(late)[0])
    # Exactly at the end of a part, the solution shows in its outputs alone.
    part = kernel.train(recipe, before.parameters[network : network + 1], 1000, int(epoch[network]))
    assert part.solved_epoch[0] == epoch[network] - 1000


def test_an_empty_batch_is_no_error():
    result = kernel.train(RECIPES["gustaw"], np.empty((0, 9)))
    assert [len(getattr(result, name)) for name in FIELDS] == [0] * len(FIELDS)


def test_the_digest_that_names_machine_code_covers_all_that_decides_it():
    folders = {f"sweep.{folder}" for folder in compiler.DECIDE}
    for folder in compiler.DECIDE:
        for path in (PACKAGE / folder).rglob("*.py"):
            used = {name for name in imports(path) if name.startswith("sweep")} - {"sweep"}
            allowed = {"sweep.errors", "sweep.sources", "sweep.user_folder", *folders}
            assert all(any(f"{name}.".startswith(f"{one}.") for one in allowed) for name in used), path


def test_recipes_share_machine_code_unless_they_differ_in_structure():
    gustaw = RECIPES["gustaw"]
    numbers = replace(gustaw, learning_rate=0.2, epochs=3, schedule="cosine", gradient_scale="mean", biases="zero")
    assert compiler.compile_trainer(replace(numbers, hidden_std_dev=3.0)) is compiler.compile_trainer(gustaw)
    structures = {
        "problem": "parity3",
        "hidden": (3,),
        "activation": "tanh",
        "loss": "mse",
        "biases": "none",
        "update_order": "simultaneous",
    }
    others = [replace(gustaw, **{field: value}) for field, value in structures.items()]
    assert len({id(compiler.compile_trainer(recipe)) for recipe in [gustaw, *others]}) == 7


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
@pytest.mark.parametrize("order", UPDATE_ORDERS)
def test_written_out_or_in_loops_it_is_the_same(activation, order, monkeypatch):
    recipe = Recipe(hidden=(3, 2), activation=activation, update_order=order, epochs=200)
    parameters = np.random.default_rng(0).normal(size=(40, recipe.n_parameters))
    results, sizes = [], []
    for limit in (0, 10**9):
        compile_anew(monkeypatch)
        monkeypatch.setattr(training, "WRITTEN_OUT", limit)
        results.append(kernel.train(recipe, parameters))
        code = str(compiler.optimised(recipe, compiler.host()))
        sizes.append(code.count("fdiv"))
        assert "alignstack(64)" in code
    assert 3 * sizes[0] < sizes[1]
    for name in FIELDS:
        np.testing.assert_allclose(getattr(results[0], name), getattr(results[1], name), rtol=1e-12)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(problem="parity5", hidden=(5,)),
        Recipe(problem="parity4", hidden=(6, 3), activation="tanh", loss="mse", update_order="output_first"),
        Recipe(hidden=(40,), activation="relu", biases="none"),
        Recipe(problem="parity5", hidden=()),
    ],
    ids=lambda recipe: f"{recipe.problem} {recipe.widths}",
)
def test_networks_too_large_to_be_written_out_are_the_reference(recipe):
    recipe = replace(recipe, epochs=100, learning_rate=0.02)
    parameters = np.random.default_rng(0).normal(0, 0.5, size=(20, recipe.n_parameters))
    batch = kernel.train(recipe, parameters)
    for row in (0, 19):
        one = reference.train(recipe, parameters[row])
        assert batch.loss[row] == pytest.approx(one.loss, rel=1e-12)
        np.testing.assert_allclose(batch.parameters[row], one.parameters, rtol=1e-9, atol=1e-12)
        assert batch.solved_epoch[row] == one.solved_epoch


@settings(max_examples=40)
@given(
    st.lists(st.floats(-1000, 1000), min_size=9, max_size=9),
    st.sampled_from(["sigmoid", "tanh"]),
    st.sampled_from(UPDATE_ORDERS),
)
def test_wherever_it_starts_a_few_epochs_are_the_reference(parameters, activation, order):
    """Also where e**weight is no float64 number, or weights cancel each other."""
    recipe = Recipe(activation=activation, update_order=order, epochs=5)
    one = reference.train(recipe, np.array(parameters))
    result = kernel.train(recipe, np.array([parameters]))
    assert result.loss[0] == pytest.approx(one.loss, rel=1e-9)
    np.testing.assert_allclose(result.parameters[0], one.parameters, rtol=1e-9, atol=1e-11)


def test_what_diverges_is_known_and_warns_of_nothing():
    recipe = Recipe(problem="parity3", hidden=(3,), activation="relu", output="identity", loss="mse", solved_below=0.1)
    recipe = replace(recipe, learning_rate=0.5, epochs=300)
    trained = kernel.train(recipe, np.random.default_rng(0).normal(0, 0.8, (20, recipe.n_parameters)))
    assert trained.diverged.all()
    assert not trained.solved.any()
    assert np.isnan(trained.final_loss).all()
