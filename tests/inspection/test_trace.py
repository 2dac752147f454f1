"""`python -m sweep.trace` as a person uses it."""

import sqlite3
from dataclasses import replace

import numpy as np
import pytest

from sweep import RECIPES, Recipe
from sweep.inspection import trace_figure as figure
from sweep.inspection import trace_surface
from sweep.inspection.replay import draw_starts, loss_curves, trace, train_starts
from sweep.inspection.trace_text import describe
from sweep.recipe.published import PROGRAMS
from tests import commands
from tests.networks import data
from tests.published import TRANSCRIPTIONS, published_start

STUDY = ["--set", "epochs=300", "--axis", "hidden_std_dev=0.7,1.3", "--repeats", "20"]


def run(folder, *arguments):
    return commands.run("sweep.trace", *arguments, folder=folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("trace")
    assert commands.run("sweep.run", *STUDY, folder=path).returncode == 0
    return path


@pytest.mark.parametrize("repeat", [0, 7, 19])
def test_a_replayed_training_equals_its_record(folder, repeat):
    done = run(folder, "--recipe", "gustaw", "--seed", "0", "--repeat", repeat, "--set", "hidden_std_dev=0.7",
               "--set", "epochs=300")  # fmt: skip
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(folder / "sweep.sqlite3") as connection:
        query = "SELECT loss FROM results WHERE hidden_std_dev = 0.7 AND repeat = ?"
        (loss,) = connection.execute(query, (repeat,)).fetchone()
    connection.close()
    assert f"total loss {loss!r};" in done.stdout
    assert "the total loss equals the record in sweep.sqlite3, bit for bit." in done.stdout


def test_a_record_that_differs_is_told(tmp_path):
    assert commands.run("sweep.run", *STUDY, folder=tmp_path).returncode == 0
    with sqlite3.connect(tmp_path / "sweep.sqlite3") as connection:
        connection.execute("UPDATE trainings SET loss = loss * 1.001 WHERE repeat = 3")
    connection.close()
    done = run(tmp_path, "--repeat", "3", "--set", "hidden_std_dev=0.7", "--set", "epochs=300")
    assert "the total loss DIFFERS from the record in sweep.sqlite3" in done.stdout
    assert "(relative difference 1.0e-03)" in done.stdout


def test_a_training_that_is_not_stored_is_told(folder):
    done = run(folder, "--repeat", "99", "--set", "hidden_std_dev=0.7", "--set", "epochs=300")
    assert "sweep.sqlite3 does not hold this training; `python -m analysis summary --csv PATH` lists" in done.stdout


def test_without_a_store_none_is_made(tmp_path):
    done = run(tmp_path, "--set", "epochs=5")
    assert "there is no store at sweep.sqlite3 to compare with." in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_published_run_shows_loss_truth_table_parameters_and_hidden_answers(tmp_path):
    done = run(tmp_path, "--recipe", "rumelhart", "--published", "--every", "2000")
    losses = TRANSCRIPTIONS["rumelhart"](published_start("rumelhart"), 10_001)
    for epoch in range(0, 10_001, 2000):
        assert f"{epoch:>8,}  {losses[epoch]:.6f}\n" in done.stdout
    assert "0 0          0  0.0265        0  right" in done.stdout
    assert "layer hidden 1: weights to hidden 1 unit 1, hidden 1 unit 2" in done.stdout
    assert "answers of the hidden units, after training\n0 0       0.5000    0.5000    0.5000    0.5000" in done.stdout
    assert "Started from the published values: weights 0.5 N(0, 1) from np.random.seed(42), no biases." in done.stdout


def test_a_network_that_fails_is_marked_wrong(tmp_path):
    done = run(tmp_path, "--recipe", "twenty-lines", "--published")
    assert "1 1          0  0.6157        1  WRONG" in done.stdout
    assert "never solved." in done.stdout


@pytest.mark.parametrize(
    "settings",
    [[], ["hidden=none"], ["hidden=3x3", "problem=parity3"], ["hidden=1"], ["activation=relu", "hidden=2"]],
    ids=" ".join,
)
def test_every_kind_of_network_can_be_drawn(tmp_path, settings):
    arguments = [part for setting in [*settings, "epochs=50"] for part in ("--set", setting)]
    done = run(tmp_path, *arguments, "--figure", "trace.png")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "trace.png").read_bytes().startswith(b"\x89PNG")


def test_a_diverged_training_is_drawn_and_told(tmp_path):
    done = run(tmp_path, "--set", "activation=identity", "--set", "hidden_std_dev=1e308", "--set", "hidden=64",
               "--set", "epochs=3", "--figure", "trace.svg")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "diverged; never solved." in done.stdout
    assert (tmp_path / "trace.svg").exists()


@pytest.fixture(scope="module")
def seen():
    """What the published run of a program comes to."""
    return trace(RECIPES["peczenyj"], PROGRAMS["peczenyj"].published_parameters())


def test_the_surface_is_the_networks_output(seen):
    surface = trace_surface.surface(seen)
    corners = [surface[0, 0], surface[-1, 0], surface[0, -1], surface[-1, -1]]
    np.testing.assert_allclose(corners, seen.outputs, rtol=1e-12)


def test_a_hidden_unit_is_one_half_on_its_line(seen):
    for unit, (a, b, c) in enumerate(trace_surface.hidden_lines(seen)):
        weights = seen.training.parameters[[unit, 2 + unit, 4 + unit]]
        assert [a, b, c] == weights.tolist()


@pytest.mark.parametrize(
    "recipe",
    [replace(RECIPES["gustaw"], epochs=400), Recipe(epochs=300, schedule="linear", activation="tanh", loss="mse")],
    ids=["gustaw", "linear"],
)
def test_loss_curves_are_the_losses_of_traces(recipe):
    epochs = [0, 1, 7, 100, recipe.epochs - 1, recipe.epochs]
    starts = draw_starts(recipe, 5)
    curves = loss_curves(recipe, starts, epochs)
    for start, curve in zip(starts, curves, strict=True):
        training = trace(recipe, start).training
        expected = np.append(training.losses, training.final_loss)
        np.testing.assert_allclose(curve, expected[epochs], rtol=1e-9)


def test_loss_curves_end_where_a_network_diverges():
    recipe = Recipe(activation="identity", learning_rate=1e308, gradient_scale="mean", epochs=50)
    curves = loss_curves(recipe, draw_starts(recipe, 20), [0, 25, 50])
    assert np.isfinite(curves[:, 0]).all()
    assert np.isnan(curves[:, 2]).any()


def test_train_starts_are_the_trainings_of_a_study():
    recipe = Recipe(epochs=20)
    assert (train_starts(recipe, 1500).loss[:100] == train_starts(recipe, 100).loss).all()
    assert len(np.unique(train_starts(recipe, 1500).loss)) == 1500


MISTAKES = [
    (["--published"], "this recipe publishes no seed; leave out --published and use --seed S --repeat R"),
    (["--recipe", "nobody"], "recipe was given as 'nobody'; allowed is one of gustaw, peczenyj, twenty-lines"),
    (["--recipe", "peczenyj", "--published", "--seed", "3"], "--published was given with --seed or --repeat"),
    (
        ["--recipe", "peczenyj", "--published", "--set", "hidden=3"],
        "--published was given with a --set that",
    ),
    (["--set", "problem=parity1"], "problem was given as 'parity1'; allowed is one of xor, parity2, parity3"),
    (["--set", "problem=parity9"], "problem was given as 'parity9'; allowed is one of xor, parity2, parity3"),
    (
        ["--set", "schedule=step"],
        "schedule was given as 'step'; allowed is one of constant, linear, cosine, inverse_time",
    ),
    (["--repeat", "-1"], "repeats was given as 0; allowed is a whole number from 1"),
    (["--seed", "-1"], "seed was given as -1; allowed is a whole number from 0"),
    (["--draws", "paired"], "draws was given as 'paired'; allowed is one of common, by_spread, independent"),
    (["--every", "0"], "every was given as 0; allowed is a whole number from 1"),
    (["--figure", "trace.jpeg"], "figure was given as 'trace.jpeg'; allowed is a .png, .svg or .pdf file in a folder"),
    (["--figure", "missing/trace.png"], "figure was given as 'missing/trace.png'; allowed is"),
    (["--store", "redis://x"], "the store was given as 'redis://x'; allowed is"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(arguments) for arguments, _ in MISTAKES])
def test_a_mistake_is_one_sentence_and_writes_nothing(tmp_path, arguments, message):
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert message in commands.one_sentence(done.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("output", "loss", "n_inputs", "n_outputs", "hidden"),
    [
        ("sigmoid", "bce", 2, 1, (2,)),
        ("softmax", "cross_entropy", 2, 3, (4,)),
        ("softmax", "cross_entropy", 3, 4, (2,)),
        ("identity", "mse", 2, 1, (2,)),
        ("identity", "mse", 3, 2, ()),
    ],
)
def test_a_training_on_data_is_shown(output, loss, n_inputs, n_outputs, hidden):
    recipe = Recipe(
        problem=data(output, 30, n_inputs, n_outputs), hidden=hidden, activation="tanh", output=output, loss=loss,
        solved_below=0.1, batch_size=7, gradient_scale="mean", epochs=40,
    )  # fmt: skip
    seen = trace(recipe, np.random.default_rng(0).normal(size=recipe.n_parameters), key=3)
    assert seen.loss == pytest.approx(seen.training.loss, rel=1e-9)
    text = describe(seen, 10)
    assert f"network on drawn (30 rows), {'tanh hidden units, ' if hidden else ''}" in text
    assert ("right: " in text) == (output != "identity")
    if output != "identity":
        right = round(30 * seen.training.accuracy)
        assert f"right: {right} of 30 rows ({right / 30:.1%})" in text
    drawn = figure.draw(seen)
    assert drawn._suptitle.get_text().startswith("One training on drawn (30 rows): ")
    drawn.canvas.draw()
