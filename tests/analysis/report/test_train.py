"""What the page embeds to train, and where it says that it cannot."""

import base64
import json
import sqlite3
import zlib
from dataclasses import replace

import numpy as np
import pytest

from analysis.report.page import write_text
from analysis.report.playground import main, playground
from sweep import RECIPES, Axis, Recipe, Study
from sweep.errors import FailedError, UsageError
from sweep.kernel.wasm import wasm_modules
from tests import commands
from tests.analysis.report.browser import CHROMIUM
from tests.analysis.report.conftest import page_of
from tests.analysis.report.devtools import open_tab
from tests.analysis.report.page_parser import Page
from tests.stores import fill

SMALL = Recipe(epochs=20)
SPREADS = Axis("hidden_std_dev", (0.25, 0.5, 1.0, 2.0, 4.0, 8.0))


@pytest.fixture
def page(tmp_path, quick):
    """What makes the page of a study that is trained."""

    def make(study):
        return Page(page_of(fill(str(tmp_path / "store.db"), study)))

    return make


def embedded(page):
    (model,) = json.loads(page.scripts["train-data"])
    return model


@pytest.mark.parametrize(
    ("study", "words"),
    [
        (
            Study(SMALL, (Axis("activation", ("sigmoid", "tanh")),), 3),
            "the study has recipes of 2 structures; allowed in a browser is one.",
        ),
        (
            Study(replace(SMALL, hidden=(1024, 1024), epochs=1), (), 1),
            "This page cannot train these networks: the recipe has 1 outputs, and a network of it takes",
        ),
    ],
)
def test_what_cannot_be_trained_is_said(page, study, words):
    made = page(study)
    assert words in made.words
    assert "train-data" not in made.scripts
    assert "training-script" not in made.scripts


def test_other_numbers_of_one_structure_are_trained(page):
    model = embedded(page(Study(SMALL, (Axis("learning_rate", (0.1, 0.2)),), 3)))
    assert model["field"] == "hidden_std_dev"
    assert (model["low"], model["high"]) == (0.05, 20.0)
    assert (model["study"], model["stored"]) == (None, [])


def test_a_spread_of_uniform_draws_is_swept(page):
    recipe = replace(SMALL, hidden_distribution="uniform", hidden=(2, 2), spread_unit="xavier", biases="zero")
    model = embedded(page(Study(recipe, (Axis("hidden_std_dev.2", SPREADS.values),), 30)))
    assert model["draw"] == {"distribution": "uniform", "dimension": 4, "deviations": [0.25], "underlying": 1.0}
    assert [layer["swept"] for layer in model["layers"]] == [False, True, False]
    assert [layer["distribution"] for layer in model["layers"]] == ["uniform", "uniform", "normal"]
    assert [layer["unit"] for layer in model["layers"]] == [layer.xavier for layer in recipe.layers]
    assert [layer["spread"] for layer in model["layers"]] == [*(layer.xavier for layer in recipe.layers)]
    assert (model["low"], model["high"]) == (0.25, 8.0)
    assert len(model["stored"]) in (4, 8)


def test_a_map_of_two_spreads_has_no_curve_and_stored_starts(page):
    axes = (SPREADS, Axis("output_std_dev", (0.5, 1.0)))
    model = embedded(page(Study(SMALL, axes, 5)))
    assert model["study"] is None
    assert len(model["stored"]) == 4


def test_no_tag_begins_in_what_is_embedded(page):
    assert "<" not in page(Study(SMALL, (SPREADS,), 3)).scripts["train-data"]


def test_the_playground_has_every_published_program():
    made = Page(playground())
    models = json.loads(made.scripts["train-data"])
    assert [model["name"] for model in models] == list(RECIPES)
    assert [model["at"] for model in models] == [float(f"{recipe.layers[0].xavier:.3g}") for recipe in RECIPES.values()]
    assert (made.wrong, made.open) == ([], [])
    assert len(made.ids) == len(set(made.ids))
    assert all(address.startswith(("#", "data:")) for address in made.addresses)


def test_a_page_whose_name_is_no_unicode_is_written(tmp_path):
    write_text(tmp_path / "page.html", "by \udcff × here")
    assert (tmp_path / "page.html").read_bytes() == "by \\udcff × here".encode()


def test_the_playground_takes_no_store_s_place(tmp_path):
    sqlite3.connect(tmp_path / "sweep.sqlite3").execute("CREATE TABLE kept (x)")
    with pytest.raises(UsageError, match="it is a database: name another"):
        main([str(tmp_path / "sweep.sqlite3")])


def test_the_playground_is_written_by_a_command(tmp_path):
    done = commands.run("analysis.report.playground", "page.html", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("page.html: 0.2 MB")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == playground()
    with pytest.raises(FailedError, match="cannot be written"):
        main([str(tmp_path / "missing" / "page.html")])


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_the_playground_trains_the_program_that_is_chosen(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(playground(), encoding="utf-8")
    said = "document.getElementById('train-said').textContent"
    link = "#recipe=twenty-lines&at=0.6&train=20&seed=3&epochs=50&rate=0.1"
    with open_tab(path.as_uri() + link, tmp_path / "profile") as tab:
        tab.wait(said)
        assert tab.evaluate("Trainer.model.name") == "twenty-lines"
        assert tab.evaluate("Trainer.model.parameters") == RECIPES["twenty-lines"].n_parameters
        assert tab.evaluate("document.getElementById('train-recipe').value") == "twenty-lines"
        assert tab.evaluate("document.getElementById('stored-part').hidden") is True
        assert tab.evaluate(said).startswith("Spread 0.6, seed 3: mean total loss ")
        for name in RECIPES:
            tab.evaluate(
                f"""((choice) => {{
                  choice.value = "{name}";
                  choice.dispatchEvent(new Event("change"));
                  for (const [field, value] of [["epochs", 30], ["networks", 10]]) {{
                    document.getElementById(`train-${{field}}`).value = value;
                  }}
                  document.getElementById("train-go").click();
                }})(document.getElementById("train-recipe"))"""
            )
            tab.wait(said)
            losses = np.array(tab.evaluate("Array.from(TrainHere.job.losses)"))
            assert np.isfinite(losses).all()
        assert tab.told == []


def test_the_modules_are_the_kernels(page):
    model = embedded(page(Study(SMALL, (SPREADS,), 3)))
    modules = {name: zlib.decompress(base64.b64decode(text)) for name, text in model["modules"].items()}
    assert modules == wasm_modules(SMALL)._asdict()
