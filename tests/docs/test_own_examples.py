"""The example functions of docs/, where their libraries are there: they train, learn, and are the same network."""

import json

import numpy as np
import pytest

from analysis import load
from tests.commands import ROOT, run

EXAMPLES = ROOT / "docs/examples"


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_an_example_is_swept(library, tmp_path):
    pytest.importorskip(library)
    recipe = f"{EXAMPLES / library}_mlp.py:mlp"
    swept = ("--axis", "hidden_std_dev=log:0.1:20:6", "--set", "epochs=30", "--repeats", 4)
    asked = run("sweep.run", "--recipe", recipe, *swept, "--store", "s.db", folder=tmp_path, real=True)
    assert asked.returncode == 0, asked.stderr
    trainings = load(str(tmp_path / "s.db"))
    assert len(trainings) == 24
    assert not trainings["diverged"].any()
    assert trainings["accuracy"].between(0, 1).all()
    assert (trainings["accuracy"] > 0.5).mean() > 0.5
    assert "is in order" in run("sweep.check", "--recipe", recipe, "--store", "s.db", folder=tmp_path, real=True).stdout
    found = run("analysis", "summary", "--json", "--store", "s.db", folder=tmp_path)
    assert len(json.loads(found.stdout)["points"]) == 6


def test_jax_trains_the_network_that_the_formula_says():
    jax = pytest.importorskip("jax")
    from docs.examples import jax_mlp

    rng = np.random.default_rng(0)
    hidden, output = rng.normal(size=(3, 24)), rng.normal(size=(3, 9))
    found = jax_mlp.mlp(None, parameters={"hidden_std_dev": hidden, "output_std_dev": output}, epochs=1)
    units = np.tanh(np.einsum("pi,nij->npj", jax_mlp.INPUTS, hidden[:, :16].reshape(3, 2, 8)) + hidden[:, None, 16:])
    logits = np.einsum("npj,nj->np", units, output[:, :8]) + output[:, 8:]
    losses = np.mean(np.logaddexp(0, logits) - jax_mlp.TARGETS * logits, axis=1)
    np.testing.assert_allclose(found["loss"], losses, rtol=1e-5)
    assert jax.devices()
