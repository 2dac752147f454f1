import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sweep
from sweep import RECIPES, Recipe, kernel, lanes

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


def test_machine_code_in_the_cache_is_named_by_all_its_sources():
    kernel.train(Recipe(epochs=1), np.zeros((1, 9)))
    assert all(f"default={lanes.SOURCES}" in str(signature) for signature in lanes.train_lanes.signatures)


def test_without_any_folder_for_a_cache_it_compiles_and_runs(tmp_path):
    package = tmp_path / "sweep"
    shutil.copytree(Path(sweep.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__pycache__").write_text("a file, so that no folder can be made here")
    (tmp_path / "home").write_text("neither here")
    program = (
        "import numpy, sweep.kernel as k, sweep.lanes as l, sweep; print(l.__file__);"
        "print(k.train(sweep.Recipe(epochs=1), numpy.zeros((1, 9))).loss[0])"
    )
    home = str(tmp_path / "home")
    environment = os.environ | {"HOME": home, "XDG_CACHE_HOME": home, "PYTHONPATH": str(tmp_path), "LOCALAPPDATA": home}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    file, loss = done.stdout.split()
    assert Path(file).parent == package
    assert float(loss) == pytest.approx(np.log(2))
