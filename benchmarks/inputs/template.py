"""The folder that every case starts with a copy of: stores of small studies, a study, data, results and a function."""

import importlib
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from benchmarks.inputs.case import Here

STUDY = 'recipe = "twenty-lines"\nset = ["epochs=3"]\naxis = ["hidden_std_dev=0.5,1"]\nrepeats = 2\n'
FUNCTION = '''"""A training function of the user's own."""

from sweep import training


@training(normals={"hidden_std_dev": 2}, version="1")
def mine(rng, *, parameters, hidden_std_dev=1.0, steps=2, name="a", fast=True):
    """Something like a loss."""
    return {"loss": float((parameters["hidden_std_dev"] ** 2).sum()) + steps, "speed": float(rng.random())}
'''
STUDIES = {
    "sweep.sqlite3": (
        "--recipe",
        "twenty-lines",
        "--set",
        "epochs=3",
        "--axis",
        "hidden_std_dev=log:0.5:2:5",
        "--repeats",
        "6",
    ),
    "data.sqlite3": (
        "--recipe",
        "mlp",
        "--set",
        "problem=data.csv",
        "--set",
        "output=softmax",
        "--set",
        "loss=cross_entropy",
        "--set",
        "epochs=2",
        "--set",
        "hidden=3",
        "--axis",
        "learning_rate=0.1,1",
        "--repeats",
        "3",
    ),
    "own.sqlite3": ("--recipe", "mine.py:mine", "--axis", "hidden_std_dev=log:0.5:2:5", "--repeats", "6"),
    "map.sqlite3": (
        "--recipe",
        "twenty-lines",
        "--set",
        "epochs=2",
        "--axis",
        "hidden_std_dev=0.5,1,2",
        "--axis",
        "output_std_dev=0.5,1,2",
        "--repeats",
        "4",
    ),
}


def make_template(folder: Path) -> None:
    """Make it; the current folder is there until it is made."""
    (folder / "study.toml").write_text(STUDY)
    (folder / "mine.py").write_text(FUNCTION)
    rows = [f"{0.1 * row:.1f},{(7 * row) % 5},{'abc'[row % 3]}" for row in range(12)]
    (folder / "data.csv").write_text("\n".join(["width,length,kind", *rows, ""]))
    results = [
        f"{spread},{spread + 0.1 * seed},{seed},{'ab'[seed % 2]}" for spread in (0.5, 1, 2, 3, 4) for seed in range(4)
    ]
    (folder / "results.csv").write_text("\n".join(["spread,loss,seed,kind", *results, ""]))
    vars(importlib.import_module("sweep.execution.running"))["Processes"] = Here
    main = importlib.import_module("sweep.run").main
    for store, study in STUDIES.items():
        with redirect_stdout(StringIO()):
            assert main([*study, "--store", store, "--workers", "1", "--quiet"]) == 0
