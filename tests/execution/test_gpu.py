"""A graphics card as what trains: what a task makes of its blocks, and, where there is a card, the whole command."""

from dataclasses import replace

import numpy as np
import pytest

from sweep import Axis, Recipe, Study
from sweep.errors import StoreUnavailableError
from sweep.execution import gpu
from sweep.execution.processes import stop_worker
from sweep.execution.worker import Unstored, train_block, train_together
from sweep.kernel.card import why_no_card
from sweep.store import open_store
from sweep.store.records import RECORD_FIELDS
from sweep.study import plan
from tests import commands

needs_card = pytest.mark.skipif(bool(why_no_card()), reason="no graphics card is at hand")
AXES = (Axis("hidden_std_dev", (0.5, 1.0)), Axis("learning_rate", (0.1, 0.3)))
STUDY = Study(Recipe(epochs=20), AXES, repeats=1100)
SMALL = ["--axis", "hidden_std_dev=0.5,0.7,1", "--set", "epochs=200", "--repeats", "40", "--store", "store.db"]


@pytest.fixture
def together(monkeypatch):
    """The sizes of what was handed to the card, for which the processor stands in."""
    sizes = []

    def train(blocks):
        sizes.append(len(blocks))
        return train_together(blocks)

    monkeypatch.setattr(gpu, "_train", train)
    yield sizes
    stop_worker()


def test_blocks_that_differ_in_spreads_alone_are_trained_together_and_come_out_the_same(tmp_path, together):
    url, blocks = str(tmp_path / "store.db"), list(plan(STUDY, {}))
    with open_store(url, create=True) as store:
        gpu.start_on_card(url, None)
        assert gpu.run_on_card(blocks) == [block.n_trainings for block in blocks]
        assert together == [4, 4], "two learning rates"
        for block in blocks:
            own, stored = train_block(block).records, store.records(block.point.identity, STUDY.repeats)
            for name in RECORD_FIELDS:
                column = getattr(stored, name)[block.start : block.stop]
                np.testing.assert_array_equal(column, getattr(own, name))
        assert gpu.run_on_card(blocks) == [0] * len(blocks)


def test_what_cannot_be_stored_goes_back_with_its_records(tmp_path, together, monkeypatch):
    class Away:
        def insert(self, point, records):
            raise StoreUnavailableError("away")

        def close(self):
            pass

    gpu.start_on_card(str(tmp_path), None)
    monkeypatch.setattr("sweep.execution.processes._store", Away)
    block = next(plan(STUDY, {}))
    (result,) = gpu.run_on_card([block])
    assert isinstance(result, Unstored)
    assert (result.block, len(result.records.loss), result.reason) == (block, 1024, "away")


def test_a_task_fills_a_card_whatever_a_training_costs(monkeypatch):
    monkeypatch.setattr("sweep.kernel.card.find_card", lambda: _Card)
    small, large = (gpu.Gpu(2, "s.db", recipe) for recipe in (Recipe(), Recipe(hidden=(64, 64), problem="parity5")))
    assert small.most_blocks == 64
    assert large.most_blocks == gpu.TRAININGS // 32
    assert small.description == "A card and 2 workers"


class _Card:
    name = "A card"


def test_spreads_and_distributions_do_not_keep_recipes_apart():
    recipe = Recipe(hidden=(2, 3), hidden_std_dev=(0.3, 0.4), output_std_dev=0.1, hidden_distribution="uniform")
    same = replace(recipe, hidden_std_dev=2.0, spread_unit="he", hidden_distribution="normal")
    assert gpu._without_spreads(recipe) == gpu._without_spreads(same)
    assert gpu._without_spreads(recipe) != gpu._without_spreads(replace(recipe, learning_rate=0.2))


@pytest.mark.skipif(not why_no_card(), reason="there is a graphics card")
def test_without_a_card_gpu_is_one_sentence_and_auto_is_the_processor(tmp_path):
    done = commands.run("sweep.run", *SMALL, "--device", "gpu", folder=tmp_path)
    assert done.returncode == 1
    assert "or leave device out to train on the processor" in commands.one_sentence(done.stderr)
    assert list(tmp_path.iterdir()) == []
    done = commands.run("sweep.run", *SMALL, "--device", "auto", "--workers", "1", folder=tmp_path)
    assert "Training on the processor: " in done.stderr
    assert "with 1 worker." in done.stdout


@needs_card
def test_on_a_card_the_command_stores_what_the_processor_would(tmp_path):
    done = commands.run("sweep.run", *SMALL, "--device", "gpu", "--workers", "2", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "NVIDIA" in done.stdout
    assert "2 workers." in done.stdout
    with open_store(str(tmp_path / "store.db")) as store:
        (run,) = store.runs()
        assert run["device"].startswith("NVIDIA")
    checked = commands.run("sweep.check", "--store", "store.db", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert "120 of the trainings trained again are of points that ran on NVIDIA" in checked.stdout
    assert "NVIDIA" in commands.run("sweep.status", "--store", "store.db", folder=tmp_path).stdout
