"""The peers of the benchmark do the work that they are timed for; those that are not installed are skipped by name."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import browser, peers
from benchmarks.peers import moons
from benchmarks.peers.moons import RATES, recipe_of
from benchmarks.peers.task import RECIPE, unpack
from sweep import reference
from sweep.errors import FailedError

LIBRARIES = {
    "jax_vmap": "jax", "jax_arrays": "jax", "torch_batched": "torch", "moons_jax": "jax", "moons_torch": "torch"
}  # fmt: skip
"""Module -> the library that it needs beside this project's own."""
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="node, which runs JavaScript, is not installed")


@pytest.fixture(params=peers.TRAINERS.values())
def peer(request):
    if request.param in LIBRARIES:
        pytest.importorskip(LIBRARIES[request.param])
    return peers.load(request.param)


@pytest.mark.parametrize(("networks", "epochs"), [(1, 3), (7, 500)])
def test_a_peer_computes_the_losses_of_the_reference(peer, networks, epochs):
    parameters = np.random.default_rng(1).normal(0, 2, (networks, RECIPE.n_parameters))
    before = parameters.copy()
    expected = [reference.train(replace(RECIPE, epochs=epochs), row).loss for row in parameters]
    np.testing.assert_allclose(peer.train(unpack(parameters), epochs), expected, rtol=1e-9)
    np.testing.assert_array_equal(parameters, before)


@needs_node
@pytest.mark.parametrize("module", browser.MODULES.values())
def test_in_node_the_losses_are_those_of_the_reference(module):
    parameters = np.random.default_rng(1).normal(0, 2, (7, 9))
    expected = [reference.train(replace(browser.GUSTAW, epochs=500), row).loss for row in parameters]
    answer = browser.in_node(browser.GUSTAW, parameters, module, 500)
    np.testing.assert_allclose(answer["losses"], expected, rtol=1e-9)
    assert answer["seconds"] > 0


@needs_node
def test_a_failure_of_node_is_told(monkeypatch):
    monkeypatch.setattr(browser, "ROOT", browser.ROOT / "nowhere")
    with pytest.raises(FailedError, match=r"node failed: Error: Cannot find module .*browser\.js"):
        browser.in_node(browser.GUSTAW, np.zeros((1, 9)), None, 1)


def test_joblib_gives_every_result_in_order():
    pytest.importorskip("joblib")
    results = peers.load("joblib_list").run(pow, [2.0, 3.0], 3, 1)
    assert results == [1, 2, 4, 1, 3, 9]


@pytest.mark.parametrize("in_database", [False, True])
def test_optuna_tries_the_whole_grid(tmp_path, in_database):
    pytest.importorskip("optuna")
    storage = f"sqlite:///{tmp_path}/optuna.db" if in_database else None
    results = peers.load("optuna_study").run(pow, [2.0, 3.0], 3, storage)
    assert sorted(results) == [(base, power, base**power) for base in (2, 3) for power in range(3)]


def test_optuna_tries_spreads_at_random():
    pytest.importorskip("optuna")
    results = peers.load("optuna_study").run(pow, [1e-6, 1.0], 3, sampler="random")
    assert len({base for base, _, _ in results}) == 6
    assert all(1e-6 <= base <= 1 and value == base**power for base, power, value in results)
    assert min(results)[0] < 1e-3 < max(results)[0], "half of them on either side, on a logarithmic scale"


@pytest.mark.parametrize("optimizer", RATES)
@pytest.mark.parametrize("module", peers.ON_DATA.values())
def test_a_peer_on_data_computes_the_losses_of_the_reference(module, optimizer):
    pytest.importorskip(LIBRARIES[module])
    recipe = recipe_of(8, optimizer, 30)
    parameters = np.random.default_rng(1).normal(0, 0.7, (3, recipe.n_parameters))
    expected = [reference.train(recipe, row).loss for row in parameters]
    np.testing.assert_allclose(
        peers.load(module).train(moons.unpack(parameters, 8), 30, optimizer), expected, rtol=1e-9
    )


def test_what_pytorchs_optimisers_make_of_the_cases_is_what_is_stored(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    from benchmarks import torch_optimizers

    stored = json.loads(torch_optimizers.PATH.read_text())
    monkeypatch.setattr(torch_optimizers, "PATH", tmp_path / "cases.json")
    torch_optimizers.main()
    made = json.loads(torch_optimizers.PATH.read_text())
    for before, after in zip(stored["cases"], made["cases"], strict=True):
        assert before["fields"] == after["fields"]
        np.testing.assert_allclose(after["losses"], before["losses"], rtol=1e-12)
        np.testing.assert_allclose(after["trained"], before["trained"], rtol=1e-11)
