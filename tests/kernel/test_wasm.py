"""In a browser it is the same training: modules of WebAssembly, run in node by the JavaScript that a page has."""

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from analysis.report.train import packed
from sweep import RECIPES, Recipe, kernel, reference
from sweep.errors import UsageError
from sweep.kernel import wasm
from sweep.kernel.wasm import EPOCHS_AT_ONCE, Modules, wasm_layout, wasm_modules
from sweep.kernel.wasm_binary import _sections
from sweep.recipe.choices import SCHEDULES
from sweep.recipe.data import remember_data
from sweep.recipe.schedule import learning_rates
from tests.commands import ROOT
from tests.kernel.cases import CASES, DATA, start
from tests.networks import recipes

FIELDS = {
    "loss": ("loss", np.float64),
    "final_loss": ("finalLoss", np.float64),
    "solved": ("solved", np.bool_),
    "solved_epoch": ("solvedEpoch", np.int32),
    "diverged": ("diverged", np.bool_),
    "accuracy": ("accuracy", np.float64),
    "parameters": ("parameters", np.float64),
}
"""Field of Trained -> its name and type in JavaScript."""
FUSES = "--experimental-wasm-relaxed-simd"
"""What node 20 has to be asked for, and later ones have."""


@pytest.fixture(autouse=True)
def _have_data():
    remember_data(DATA)


def encoded(array):
    return base64.b64encode(array).decode()


@cache
def flags():
    known = subprocess.run(["node", "--v8-options"], capture_output=True, text=True).stdout
    return [FUSES] if FUSES in known else []


def run_node(recipe, parameters, keys=None, parts=None, kind="plain", **options):
    job = {
        "module": encoded(getattr(wasm_modules(recipe), kind)),
        "layout": wasm_layout(recipe),
        "parameters": encoded(np.ascontiguousarray(parameters)),
        "keys": None if keys is None else [str(key) for key in keys],
        "parts": parts,
        "options": options,
    }
    return node(str(ROOT / "tests/kernel/train.js"), given=json.dumps(job))


def node(*arguments, given=""):
    if not shutil.which("node"):
        pytest.skip("node, which runs JavaScript, is not installed")
    return subprocess.run(["node", *flags(), *arguments], input=given, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture(params=Modules._fields)
def kind(request):
    """Of modules."""
    if request.param == "fused" and node("-p", FUSED_HERE).stdout.strip() != "true":
        pytest.skip("this node has no fused operations")
    return request.param


FUSED_HERE = f"require({str(ROOT / 'analysis/report/kernel.js')!r}).fuses()"


def answer_of(*arguments, **options):
    done = run_node(*arguments, **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_browser(recipe, parameters, *arguments, **options):
    """What became of the networks, one result for each part of the training."""
    found = []
    for result in answer_of(recipe, parameters, *arguments, **options)["results"]:
        columns = {field: np.frombuffer(base64.b64decode(result[name]), kind) for field, (name, kind) in FIELDS.items()}
        columns["parameters"] = columns["parameters"].reshape(parameters.shape)
        found.append(SimpleNamespace(**columns))
    return found


def assert_close(found, expected, rtol=1e-9, atol=1e-12):
    for field in FIELDS:
        np.testing.assert_allclose(getattr(found, field), getattr(expected, field), rtol, atol, err_msg=field)


@pytest.mark.parametrize("name", CASES)
def test_in_a_browser_it_is_the_processors(name, kind):
    parameters, keys = start(CASES[name], 9)
    (found,) = in_browser(CASES[name], parameters, keys, kind=kind)
    assert_close(found, kernel.train(CASES[name], parameters, shuffle_keys=keys))


@pytest.mark.parametrize("name", RECIPES)
def test_a_published_recipe_ends_as_in_the_reference(name, kind):
    parameters, _ = start(RECIPES[name], 3)
    (found,) = in_browser(RECIPES[name], parameters, kind=kind)
    assert_close(found, kernel.train(RECIPES[name], parameters))
    one = reference.train(RECIPES[name], parameters[2])
    assert found.loss[2] == pytest.approx(one.loss, rel=1e-9)
    assert (found.solved[2], found.solved_epoch[2]) == (one.solved, one.solved_epoch)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(recipes())
def test_in_a_browser_any_recipe_is_the_reference(kind, recipe):
    parameters, keys = start(recipe, 3)
    (found,) = in_browser(recipe, parameters, keys, kind=kind)
    for row in (0, 2):
        one = reference.train(recipe, parameters[row], int(keys[row]))
        for field in FIELDS:
            here, there = getattr(found, field)[row], getattr(one, field)
            np.testing.assert_allclose(here, there, rtol=1e-9, atol=1e-11, err_msg=f"{field} of {recipe}")


@pytest.mark.parametrize("name", CASES)
def test_a_module_asks_for_its_memory_and_for_nothing_else(name, kind):
    types, imports, functions, exports, code = 1, 2, 3, 7, 10
    sections = [number for number, _ in _sections(getattr(wasm_modules(CASES[name]), kind))]
    assert sections == [types, imports, functions, exports, code]
    answer = answer_of(CASES[name], start(CASES[name], 1)[0], epochs=1, kind=kind)
    assert answer["imports"] == [{"module": "env", "name": "memory", "kind": "memory"}]
    assert answer["exports"] == [{"name": "train", "kind": "function"}]


@pytest.mark.parametrize("name", RECIPES)
def test_a_published_recipe_is_a_small_module(name, kind):
    module = getattr(wasm_modules(RECIPES[name]), kind)
    assert len(module) <= 32_000
    assert len(packed(module)) <= 19_000


def fused_operations(module):
    """How often `f64x2.relaxed_madd` and `f64x2.relaxed_nmadd` are written in a module."""
    return sum(module.count(bytes((0xFD, number, 0x02))) for number in (0x87, 0x88))


@pytest.mark.parametrize("name", RECIPES)
def test_products_and_sums_are_fused_where_they_may_be(name):
    plain, fused = wasm_modules(RECIPES[name])
    assert fused_operations(plain) == 0
    assert fused_operations(fused) > 100


def test_recipes_share_a_module_unless_they_differ_in_structure():
    gustaw = RECIPES["gustaw"]
    assert wasm_modules(replace(gustaw, learning_rate=0.2, epochs=3, hidden_std_dev=9.0)) is wasm_modules(gustaw)
    assert wasm_modules(replace(gustaw, activation="tanh")) != wasm_modules(gustaw)


@pytest.mark.parametrize("name", ["gustaw", "in batches", "classes in batches", "solved below"])
def test_part_by_part_it_is_the_whole_bit_for_bit(name, kind):
    epochs = 3 * EPOCHS_AT_ONCE
    recipe = replace(CASES[name], epochs=epochs, schedule="linear")
    parameters, keys = start(recipe, 5)
    (whole,) = in_browser(recipe, parameters, keys, kind=kind)
    parts = [1, 33, 0, EPOCHS_AT_ONCE, EPOCHS_AT_ONCE + 1]
    *_, last = in_browser(recipe, parameters, keys, [*parts, epochs - sum(parts)], kind=kind)
    for field in FIELDS:
        assert getattr(last, field).tobytes() == getattr(whole, field).tobytes(), field
    assert name != "gustaw" or (whole.solved_epoch > EPOCHS_AT_ONCE).any()


@pytest.mark.parametrize("name", ["gustaw", "classes"])
def test_the_final_loss_is_what_the_next_epoch_adds(name):
    recipe = replace(CASES[name], epochs=20)
    parameters, _ = start(recipe, 4)
    results = in_browser(recipe, parameters, None, [0, *20 * [1]])
    losses = np.array([result.final_loss for result in results])
    totals = np.array([result.loss for result in results])
    np.testing.assert_allclose(np.diff(totals, axis=0), losses[:-1], rtol=1e-11)
    np.testing.assert_allclose(losses[:-1, 0], reference.train(recipe, parameters[0]).losses, rtol=1e-11)


@pytest.mark.parametrize("name", ["gustaw", "in loops", "classes in batches"])
def test_in_a_browser_a_result_does_not_depend_on_its_batch(name, kind):
    parameters, keys = start(CASES[name], 12)
    (whole,) = in_browser(CASES[name], parameters, keys, kind=kind)
    order = np.random.default_rng(1).permutation(12)[:7]
    (some,) = in_browser(CASES[name], parameters[order], keys[order], kind=kind)
    for field in FIELDS:
        assert getattr(some, field).tobytes() == getattr(whole, field)[order].tobytes(), field


def test_learning_rate_and_epochs_are_given_when_it_trains():
    gustaw = RECIPES["gustaw"]
    parameters, _ = start(gustaw, 3)
    (found,) = in_browser(gustaw, parameters, epochs=50, learningRates=0.7)
    assert_close(found, kernel.train(replace(gustaw, epochs=50, learning_rate=0.7), parameters))
    falling = replace(gustaw, epochs=30, schedule="inverse_time")
    (found,) = in_browser(gustaw, parameters, learningRates=learning_rates(falling).tolist())
    assert_close(found, kernel.train(falling, parameters))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_javascript_has_the_same_schedules(schedule):
    recipe = Recipe(learning_rate=0.3, schedule=schedule, epochs=7)
    answer = answer_of(recipe, start(recipe, 1)[0])
    np.testing.assert_allclose(np.frombuffer(base64.b64decode(answer["rates"])), learning_rates(recipe), rtol=1e-14)


def test_in_a_browser_what_diverges_is_known():
    recipe = Recipe(problem="parity3", hidden=(3,), activation="relu", output="identity", loss="mse", solved_below=0.1)
    recipe = replace(recipe, learning_rate=0.05, epochs=300)
    parameters, _ = start(recipe, 20)
    parameters[::3] *= 1e200
    (found,) = in_browser(recipe, parameters)
    expected = kernel.train(recipe, parameters)
    assert expected.diverged.tolist() == [network % 3 == 0 for network in range(20)]
    parameters = [np.where(one.diverged[:, np.newaxis], 0, one.parameters) for one in (found, expected)]
    assert_close(
        SimpleNamespace(**vars(found) | {"parameters": parameters[0]}), replace(expected, parameters=parameters[1])
    )


def test_in_a_page_the_script_is_one_name():
    program = """
    const text = require("fs").readFileSync(process.argv[1], "utf8"), page = {};
    const use = "; sweepKernel.learningRates({learning_rate: 2, epochs: 3})";
    const rates = require("vm").runInNewContext(text + use, page);
    console.log(Object.keys(page).join(), Array.from(rates).join());
    """
    done = node("-e", program, str(ROOT / "analysis/report/kernel.js"))
    assert done.stdout.strip() == "2,2,2", done.stderr


def test_no_network_is_no_error():
    (found,) = in_browser(RECIPES["gustaw"], np.empty((0, 9)), epochs=1)
    assert found.loss.shape == (0,)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"n": 10}, "parameters were given as 10 numbers; allowed is a multiple of 9"),
        ({"keys": [1]}, "keys were given for 1 networks; there are 2"),
        ({"epochs": 3, "learningRates": [0.1]}, "learningRates were given for 1 epochs; there are 3"),
    ],
)
def test_javascript_says_what_is_wrong_with_what_it_was_given(given, words):
    given = dict(given)
    done = run_node(RECIPES["gustaw"], np.zeros(given.pop("n", 18)), given.pop("keys", None), **given)
    assert done.returncode == 1
    assert words in done.stderr


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (
            Recipe(hidden=(1024, 1024)),
            r"has 1 outputs, and a network of it takes [\d,]+ numbers; allowed .* 1,048,576: ",
        ),
        (
            Recipe(problem="data:9x2x65:" + 32 * "0", hidden=()),
            "has 65 outputs, and a network of it takes .* are 64 and",
        ),
    ],
)
def test_what_is_too_large_for_a_browser_is_told(recipe, words):
    with pytest.raises(UsageError, match=words + ".*take a smaller network or data set, or train it with python -m"):
        wasm_modules(recipe)


def test_too_much_code_for_a_browser_is_told(monkeypatch):
    monkeypatch.setattr(wasm, "MOST_BYTES", 5000)
    with pytest.raises(UsageError, match=r"the recipe's code takes [\d,]+ bytes; allowed in a browser are 5,000: take"):
        wasm_modules(RECIPES["gustaw"])
