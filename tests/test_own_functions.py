"""Sweeps of a training function of one's own, as its user meets them: commands, stores, errors, interrupts."""

import json
import os
import signal
import textwrap
import time

import numpy as np
import pandas as pd
import pytest

from analysis import load
from sweep.store import open_store
from tests.commands import run, signal_group, start

MINE = '''
    import os, threading, time
    import numpy as np
    from sweep import training

    @training
    def mine(rng, *, hidden_std_dev=1.0, rate=0.1, kind="plain"):
        """A loss whose mean is lowest where the weights are of length 1/2."""
        length = np.linalg.norm(rng.normal(0, hidden_std_dev, 24)) / np.sqrt(24)
        return {"loss": np.log(2 * length) ** 2 + rate, "length": length, "short": length < 0.5}

    @training(normals={"hidden_std_dev": 24}, layers={"hidden_std_dev": (2, 6)})
    def pooled(rng, *, parameters):
        length = np.linalg.norm(parameters["hidden_std_dev"]) / np.sqrt(24)
        return np.log(2 * length) ** 2 + 1

    @training(normals={"hidden_std_dev": 24}, batch=True)
    def batch(rngs, *, parameters):
        length = np.linalg.norm(parameters["hidden_std_dev"], axis=1) / np.sqrt(24)
        return np.log(2 * length) ** 2 + 1

    @training
    def broken(rng, *, hidden_std_dev=1.0):
        return compute(hidden_std_dev)

    def compute(x):
        return [1, 2][7]

    @training
    def later(rng, *, hidden_std_dev=1.0):
        print("training at", hidden_std_dev)
        if hidden_std_dev > 1:
            raise OverflowError("too wide")
        return rng.random()

    @training
    def slow(rng, *, hidden_std_dev=1.0):
        time.sleep(1.0)
        return rng.random()

    @training
    def threads(rng, *, hidden_std_dev=1.0):
        threading.Thread(target=time.sleep, args=(1000,)).start()
        return rng.random()

    @training
    def killed(rng, *, hidden_std_dev=1.0):
        if hidden_std_dev > 1:
            os._exit(9)
        return rng.random()
'''
SWEPT = ("--axis", "hidden_std_dev=log:0.1:10:12", "--repeats", 40)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine.py").write_text(textwrap.dedent(MINE))
    return tmp_path


in_either = pytest.mark.parametrize("url", ["sqlite", "mongodb"], indirect=True)


@in_either
def test_a_sweep_is_stored_summarised_drawn_and_checked(folder, url):
    asked = run("sweep.run", "--recipe", "mine.py:mine", *SWEPT, "--store", url, folder=folder)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "Swept: hidden_std_dev. Trained: mine:mine (version " in asked.stdout
    assert "rate 0.1, kind plain." in asked.stdout
    assert "Stored 480 trainings" in asked.stdout
    again = run("sweep.run", "--recipe", "mine.py:mine", *SWEPT, "--store", url, folder=folder)
    assert "All 480 trainings are already stored" in again.stdout
    trainings = load(url)
    assert trainings.columns.tolist() == ["hidden_std_dev", "repeat", "loss", "length", "short", "diverged", "reason"]
    np.testing.assert_allclose(trainings["loss"], np.log(2 * trainings["length"]) ** 2 + 0.1)
    at = trainings.groupby("hidden_std_dev")["length"].mean()
    paired = trainings.assign(unit=trainings["length"] / trainings["hidden_std_dev"]).pivot_table(
        index="repeat", columns="hidden_std_dev", values="unit"
    )
    assert np.ptp(paired.to_numpy(), axis=1).max() < 1e-12  # the same draws at every point
    summary = run("analysis", "summary", "--json", "--store", url, folder=folder)
    points = json.loads(summary.stdout)["points"]
    assert [point["length"] for point in points] == pytest.approx(at.tolist())
    assert {"short", "short_error", "length_error"} <= set(points[0])
    assert "solved" not in points[0]
    drawn = run("analysis", "figures", "--out", "drawn", "--store", url, folder=folder)
    assert "drawn/outcomes.png" in drawn.stdout
    assert "solved is left out: which trainings are solved is not known." in drawn.stdout
    assert "loss_by_length is left out: which draws the spread scales is not known." in drawn.stdout
    assert pd.read_csv(folder / "drawn" / "outcomes.csv")["short"].tolist() == pytest.approx(
        trainings.groupby("hidden_std_dev")["short"].mean().tolist()
    )
    page = run("analysis", "report", "--out", "page.html", "--store", url, folder=folder)
    assert page.returncode == 0, page.stderr
    text = (folder / "page.html").read_text()
    assert "mine:mine" in text
    for word in ("Solved", "nats", "xor", "Published claims"):
        assert word not in text
    unnamed = run("sweep.check", "--store", url, folder=folder)
    assert "0 of them trained again" in unnamed.stdout
    assert "are not trained again; --recipe FILE.py:NAME names the function." in unnamed.stdout
    checked = run("sweep.check", "--recipe", "mine.py:mine", "--store", url, folder=folder)
    assert "is in order: 480 records of 12 points and 2 runs, 200 of them trained again." in checked.stdout
    status = run("sweep.status", "--store", url, folder=folder)
    assert "mine:mine" in status.stdout
    assert "480 of 480" in status.stdout


def test_what_was_changed_is_found_and_another_version_is_not_trained_again(folder, tmp_path):
    run("sweep.run", "--recipe", "mine.py:mine", *SWEPT, "--store", "s.db", folder=folder)
    import sqlite3

    with sqlite3.connect(tmp_path / "s.db") as database:
        database.execute("UPDATE trainings SET outcomes = json_set(outcomes, '$.length', 7.0)")
    found = run("sweep.check", "--recipe", "mine.py:mine", "--store", "s.db", folder=folder)
    assert found.returncode == 1
    assert "trainings come out another way" in found.stdout
    assert "outcomes" in found.stdout
    (folder / "mine.py").write_text((folder / "mine.py").read_text() + "\n# changed\n")
    noted = run("sweep.check", "--recipe", "mine.py:mine", "--store", "s.db", folder=folder)
    assert noted.returncode == 0
    assert "0 of them trained again" in noted.stdout
    assert "Note: trainings of mine:mine (version " in noted.stdout
    told = run("sweep.run", "--recipe", "mine.py:mine", *SWEPT, "--store", "s.db", folder=folder)
    assert "s.db holds trainings of mine:mine in version " in told.stdout
    assert "They stay, and nothing of them is mixed with it; @training(version=…) keeps a version" in told.stdout
    assert "Stored 480 trainings" in told.stdout


def test_declared_draws_are_pooled_and_xavier_is_predicted(folder):
    dense = ("--axis", "hidden_std_dev=log:0.1:10:60", "--repeats", 20)
    for name in ("pooled", "batch"):
        asked = run("sweep.run", "--recipe", f"mine.py:{name}", *dense, "--store", "s.db", folder=folder)
        assert asked.returncode == 0, asked.stderr
        assert "Pooled from 1,200 trainings of all spreads" in asked.stdout
        # The loss is lowest at a length of 1/2: E[log(2 s chi/√24)²] is least where log(2 s) = -E[log(chi/√24)].
        found = json.loads(run("analysis", "minimum", "--json", "--store", "s.db", folder=folder).stdout)
        draws = np.linalg.norm(np.random.default_rng(1).standard_normal((100_000, 24)), axis=1) / np.sqrt(24)
        truth = np.exp(-np.log(draws).mean()) / 2
        assert found["spread"]["low"] <= truth <= found["spread"]["high"]
        assert found["spread"]["high"] - found["spread"]["low"] < 0.03
        assert ("From Xavier's 0.5 to there" in asked.stdout) == (name == "pooled")


def test_fields_are_set_swept_and_refused_as_those_of_a_recipe(folder):
    swept = ("--axis", "kind=plain,odd", "--set", "rate=0.2", "--repeats", 3)
    asked = run("sweep.run", "--recipe", "mine.py:mine", *swept, "--store", "s.db", folder=folder)
    assert "Swept: kind. Trained: mine:mine" in asked.stdout
    assert "rate 0.2" in asked.stdout
    for arguments, said in (
        (("--axis", "wide=1,2"), "error: unknown field 'wide': mine:mine has hidden_std_dev, rate, kind"),
        (("--set", "rate=fast"), "error: rate was given as 'fast'; allowed is a finite number"),
        (
            ("--set", "rate=1", "--axis", "rate=1,2"),
            "error: rate is both set and swept; leave out --set rate, or sweep",
        ),
        (("--device", "gpu"), "error: device was given as gpu for mine:mine; allowed are recipes of this project:"),
    ):
        refused = run("sweep.run", "--recipe", "mine.py:mine", *arguments, "--store", "none.db", folder=folder)
        assert refused.returncode == 2
        assert refused.stderr.startswith(said)
        assert not (folder / "none.db").exists()
    refused = run("sweep.trace", "--recipe", "mine.py:mine", folder=folder)
    assert refused.returncode == 2
    assert refused.stderr == (
        "error: a trace looks inside networks of this project, and mine:mine is a function of its own; name a recipe\n"
    )


def test_the_help_lists_its_fields(folder):
    shown = run("sweep.run", "--recipe", "mine.py:mine", "--help", folder=folder)
    assert shown.returncode == 0
    assert "Fields of mine.py:mine: hidden_std_dev, rate, kind." in " ".join(shown.stdout.split())
    forgotten = run("sweep.run", "--recipe", "mine.py", folder=folder)
    assert (forgotten.returncode, forgotten.stderr) == (
        2,
        "error: recipe was given as 'mine.py'; allowed is FILE.py:NAME or MODULE:NAME, or the name of a recipe\n",
    )


def test_a_store_imports_nothing(folder):
    run("sweep.run", "--recipe", "mine.py:mine", *SWEPT, "--store", "s.db", folder=folder)
    (folder / "mine.py").write_text("raise SystemExit('imported')\n")
    for command in (["sweep.check"], ["sweep.status"], ["analysis", "summary"], ["analysis", "report"]):
        done = run(*command, "--store", "s.db", folder=folder)
        assert done.returncode == 0, done.stderr
        assert "imported" not in done.stdout + done.stderr


def test_a_function_without_the_usual_spread_names_its_fields(folder):
    (folder / "other.py").write_text(
        "from sweep import training\n@training\ndef other(rng, *, rate=0.1): return rate\n"
    )
    refused = run("sweep.run", "--recipe", "other.py:other", "--store", "s.db", folder=folder)
    assert (refused.returncode, refused.stderr) == (
        2,
        "error: other.py:other has no hidden_std_dev, which is swept where nothing else is asked for; name one of its "
        "fields with --axis: rate\n",
    )


def test_an_error_in_the_first_block_ends_the_run_and_stores_nothing(folder):
    failed = run("sweep.run", "--recipe", "mine.py:broken", *SWEPT, "--store", "s.db", folder=folder)
    assert failed.returncode == 1
    assert failed.stderr.startswith(
        "error: mine:broken raised an error in the first block of the study (hidden std dev 0.1"
    )
    assert failed.stderr.endswith(
        "    return [1, 2][7]\nIndexError: list index out of range\n"
        "Correct it, or return nan as the loss of a training that diverges.\n"
    )
    assert "in compute" in failed.stderr
    assert "own_training.py" not in failed.stderr
    with open_store(str(folder / "s.db")) as store:
        assert store.labels() == []
        assert [one["state"] for one in store.runs()] == ["failed"]


@in_either
def test_later_errors_are_trainings_that_diverged_and_what_is_printed_is_shown_once(folder, url):
    asked = run("sweep.run", "--recipe", "mine.py:later", *SWEPT, "--store", url, folder=folder)
    assert asked.returncode == 0
    assert asked.stderr.splitlines() == [
        "mine:later prints; only the beginning of it is shown:", *["training at 0.1"] * 5, "…",
    ]  # fmt: skip
    assert "240 trainings diverged and count in no mean." in asked.stdout
    assert "The first that diverged did so for this reason: OverflowError: too wide" in asked.stdout
    trainings = load(url)
    assert set(trainings["reason"][trainings["diverged"]]) == {"OverflowError: too wide"}
    assert trainings["diverged"].tolist() == (trainings["hidden_std_dev"] > 1).tolist()


def test_a_slow_function_is_stored_training_by_training_and_can_be_interrupted(folder):
    slow = ("--recipe", "mine.py:slow", *SWEPT, "--workers", 2, "--store", "s.db")
    process = start("sweep.run", *slow, folder=folder, real=True)
    deadline = time.monotonic() + 60
    stored = 0
    while stored < 3 and time.monotonic() < deadline:
        time.sleep(0.2)
        if (folder / "s.db").exists() and os.path.getsize(folder / "s.db"):
            with open_store(str(folder / "s.db")) as store:
                stored = sum(label.count for label in store.labels())
    signal_group(process, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    with open_store(str(folder / "s.db")) as store:
        counted = sum(label.count for label in store.labels())
    assert 3 <= counted < 480
    assert "continue with" in said.lower()


def test_threads_that_a_function_leaves_behind_keep_nobody_waiting(folder):
    few = ("--axis", "hidden_std_dev=0.5,1", "--repeats", 2, "--store", "s.db")
    done = run("sweep.run", "--recipe", "mine.py:threads", *few, folder=folder, real=True)
    assert done.returncode == 0, done.stderr
    assert "Stored 4 trainings" in done.stdout


def test_a_function_that_kills_its_process_ends_the_run_with_its_place(folder):
    failed = run("sweep.run", "--recipe", "mine.py:killed", *SWEPT, "--store", "s.db", folder=folder)
    assert failed.returncode == 1
    assert "a worker process died 3 times in a row" in failed.stderr
    assert "while it trained hidden_std_dev = " in failed.stderr
    with open_store(str(folder / "s.db")) as store:
        assert sum(label.count for label in store.labels()) > 0


def test_a_study_with_a_target_and_a_file_takes_functions_too(folder):
    asked = run(
        "sweep.run", "--recipe", "mine.py:pooled", "--axis", "hidden_std_dev=log:0.1:10:40", "--until-spread", 0.02,
        "--save", "study.toml", "--store", "s.db", folder=folder,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    assert "Target reached" in asked.stdout
    assert 'recipe = "mine.py:pooled"' in (folder / "study.toml").read_text()
    again = run("sweep.run", "study.toml", "--store", "s.db", folder=folder)
    assert "nothing to compute" in again.stdout


def test_stores_of_functions_are_merged(folder):
    for name, seed in (("a.db", 0), ("b.db", 1)):
        run("sweep.run", "--recipe", "mine.py:later", *SWEPT, "--seed", seed, "--store", name, folder=folder)
    merged = run("sweep.merge", "a.db", "b.db", "--store", "all.db", folder=folder)
    assert merged.returncode == 0, merged.stderr
    assert load(str(folder / "all.db")).equals(load(str(folder / "b.db")))
    assert "is in order: 960 records" in run("sweep.check", "--store", "all.db", folder=folder).stdout
