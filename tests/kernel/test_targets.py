"""The same source for every target: any number of lanes on the processor, and the text for graphics cards."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from sweep import RECIPES, Recipe, kernel, reference
from sweep.errors import FailedError, UsageError
from sweep.kernel import card, compiler, nvptx
from sweep.recipe.data import remember_data
from tests.kernel import simulated_driver
from tests.kernel.cases import CASES, DATA, compile_anew, start

FIELDS = list(kernel.Trained.__dataclass_fields__)
needs_card = pytest.mark.skipif(bool(card.why_no_card()), reason="no graphics card is at hand")


@pytest.fixture(autouse=True)
def _have_data():
    remember_data(DATA)


@pytest.mark.parametrize("name", ["gustaw", "gelu", "adam", "in batches", "in loops", "classes in batches"])
@pytest.mark.parametrize("lanes", [1, 4])
def test_any_number_of_lanes_gives_the_same(name, lanes, monkeypatch):
    recipe = CASES[name]
    parameters, keys = start(recipe)
    whole = kernel.train(recipe, parameters, shuffle_keys=keys)
    compile_anew(monkeypatch)
    monkeypatch.setattr(compiler, "LANES", lanes)
    other = kernel.train(recipe, parameters, shuffle_keys=keys)
    for field in FIELDS:
        np.testing.assert_allclose(getattr(other, field), getattr(whole, field), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_every_recipe_has_a_text_for_cards(name):
    ptx = nvptx.ptx_of(CASES[name])
    assert ".visible .entry train(" in ptx
    assert f".target {nvptx.ARCHITECTURE}" in ptx
    assert "fma.rn.f64" in ptx
    assert not re.search(r"\bcall\b|\.extern", ptx), "there is no library of functions on a card"
    assert not re.search(r"\b(add|sub|mul)\.f64|approx|\.ftz|\.f32", ptx), "rounding is left to the driver"


@pytest.mark.skipif(not shutil.which("ptxas"), reason="NVIDIA's assembler ptxas is not installed")
@pytest.mark.parametrize("name", CASES)
def test_nvidias_assembler_takes_the_text(name, tmp_path):
    path = tmp_path / "train.ptx"
    path.write_text(nvptx.ptx_of(CASES[name]))
    command = ["ptxas", f"-arch={nvptx.ARCHITECTURE}", str(path), "-o", str(tmp_path / "train.cubin")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_small_network_lives_in_registers():
    assert ".local" not in nvptx.ptx_of(RECIPES["gustaw"])
    assert ".local" in nvptx.ptx_of(CASES["in loops"])
    assert ".local" not in nvptx.ptx_of(CASES["in the card's memory"])


def test_recipes_share_a_text_unless_they_differ_in_structure():
    gustaw = RECIPES["gustaw"]
    assert nvptx.ptx_of(replace(gustaw, learning_rate=0.2, epochs=3, hidden_std_dev=9.0)) is nvptx.ptx_of(gustaw)
    assert nvptx.ptx_of(replace(gustaw, activation="tanh")) != nvptx.ptx_of(gustaw)


def test_an_unknown_device_is_told():
    with pytest.raises(UsageError, match="device was given as 'tpu'; allowed is one of cpu, gpu"):
        kernel.train(RECIPES["gustaw"], np.zeros((1, 9)), device="tpu")


@pytest.fixture
def driver(monkeypatch):
    simulated_driver.install(monkeypatch)
    monkeypatch.setattr(simulated_driver, "fails", {})
    yield simulated_driver
    assert simulated_driver.memory == {}, "what a card gave goes back to it"


def test_a_card_is_named_with_its_driver(driver):
    assert card.find_card().name == "Simulated with CUDA 13.1"
    assert card.why_no_card() == ""


def test_without_nvidias_package_it_says_what_to_install(driver, monkeypatch):
    monkeypatch.setitem(sys.modules, "cuda", None)
    monkeypatch.delitem(sys.modules, "cuda.bindings")
    with pytest.raises(FailedError, match=r"needs cuda-bindings \(.*\); install .* '\.\[gpu\]', or leave device out"):
        kernel.train(RECIPES["gustaw"], np.zeros((1, 9)), device="gpu")


def test_without_a_driver_it_says_so_in_one_sentence(driver, monkeypatch):
    def initialise(_):
        raise RuntimeError("libcuda.so.1 cannot be found\nTraceback: many lines")

    monkeypatch.setattr(sys.modules["cuda.bindings"].driver, "cuInit", initialise)
    told = card.why_no_card()
    assert told.startswith("no NVIDIA driver answers (libcuda.so.1 cannot be found); install the driver, or leave")
    assert "\n" not in told


def test_without_a_card_it_says_so(driver):
    driver.fails["cuInit"] = driver.CUresult.CUDA_ERROR_NO_DEVICE
    assert card.why_no_card().startswith("no graphics card answers (CUDA_ERROR_NO_DEVICE); look at it with nvidia-smi")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            "cuMemAllocAsync",
            "OUT_OF_MEMORY",
            "has too little memory free; end other programs on it, take one worker, or",
        ),
        ("cuDevicePrimaryCtxRetain", "OUT_OF_MEMORY", "has too little memory free; end other programs on it"),
        (
            "cuLaunchKernel",
            "ECC_UNCORRECTABLE",
            r"failed \(CUDA_ERROR_ECC_UNCORRECTABLE\); what is stored is kept: look",
        ),
        ("cuStreamSynchronize", "ECC_UNCORRECTABLE", "start again, or leave device out to train on the processor"),
    ],
)
def test_what_a_card_fails_with_is_told(driver, call, error, words):
    driver.fails[call] = getattr(driver.CUresult, f"CUDA_ERROR_{error}")
    with pytest.raises(FailedError, match=words):
        kernel.train(RECIPES["gustaw"], np.zeros((1, 9)), device="gpu")


def test_no_more_networks_are_handed_in_than_a_card_has_room_for(driver):
    small, large = (Recipe(hidden=(2,)), Recipe(problem="parity5", hidden=(64, 64)))
    assert card.most_networks(small) > 10**6
    assert 128 <= card.most_networks(large) < 2**30 / 4 / 8 / large.n_parameters


@pytest.fixture(params=["simulated", pytest.param("real", marks=needs_card)])
def on_card(request):
    """`kernel.train` on a card, or where the processor runs the threads of one."""
    if request.param == "simulated":
        request.getfixturevalue("driver")
    return partial(kernel.train, device="gpu")


@pytest.mark.parametrize("name", CASES)
def test_on_a_card_it_is_the_processors_to_nine_digits(name, on_card):
    recipe = CASES[name]
    parameters, keys = start(recipe)
    here, there = (train(recipe, parameters, shuffle_keys=keys) for train in (kernel.train, on_card))
    for field in FIELDS:
        np.testing.assert_allclose(getattr(there, field), getattr(here, field), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["gustaw", "in batches", "in loops", "in the card's memory", "classes in batches"])
def test_no_thread_writes_where_another_one_does(name, driver):
    parameters, keys = start(CASES[name], 3)
    kernel.train(CASES[name], parameters, shuffle_keys=keys, device="gpu")


def test_on_a_card_it_is_the_reference(on_card):
    recipe = replace(RECIPES["gustaw"], epochs=1000)
    parameters, _ = start(recipe, 5)
    batch = on_card(recipe, parameters)
    for row in range(5):
        one = reference.train(recipe, parameters[row])
        assert batch.loss[row] == pytest.approx(one.loss, rel=1e-12)
        np.testing.assert_allclose(batch.parameters[row], one.parameters, rtol=1e-9)


@pytest.mark.parametrize("name", ["gustaw", "in batches", "in loops", "in the card's memory", "classes"])
def test_on_a_card_a_result_does_not_depend_on_its_batch(name, on_card, monkeypatch):
    recipe = CASES[name]
    parameters, keys = start(recipe, 200)
    whole = on_card(recipe, parameters, shuffle_keys=keys)
    order = np.random.default_rng(1).permutation(200)[:77]
    some = on_card(recipe, parameters[order], shuffle_keys=keys[order])
    monkeypatch.setattr(card, "most_networks", lambda _: 50)
    parts = on_card(recipe, parameters, shuffle_keys=keys)
    for field in FIELDS:
        assert getattr(some, field).tobytes() == getattr(whole, field)[order].tobytes()
        assert getattr(parts, field).tobytes() == getattr(whole, field).tobytes()


def test_on_a_card_part_by_part_it_ends_with_the_same_parameters(on_card):
    recipe = CASES["in batches"]
    parameters, keys = start(recipe)
    whole = on_card(recipe, parameters, shuffle_keys=keys)
    first = on_card(recipe, parameters, 0, 33, keys)
    second = on_card(recipe, first.parameters, 33, None, keys, first.state)
    assert second.parameters.tobytes() == whole.parameters.tobytes()


def test_on_a_card_an_empty_batch_is_no_error(on_card):
    assert len(on_card(RECIPES["gustaw"], np.empty((0, 9))).loss) == 0
