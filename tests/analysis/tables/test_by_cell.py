"""Pooled distributions against the weights of single trainings, and against one that is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi

from analysis.figures.catalogue import LeftOut, drawn
from analysis.tables.by_cell import read_distributions
from analysis.tables.density import CELLS_PER_OCTAVE, bins_of
from analysis.tables.digits import with_certain_digits
from analysis.tables.distribution import QUANTILES
from analysis.tables.remember import RememberingStore
from sweep import Axis, Recipe, Study
from sweep.statistics.curve import read_curve
from sweep.store import Records, open_store
from sweep.store.provenance import describe_run
from sweep.study.draws import drawn_lengths
from tests.analysis.samples import no_accuracy

SPREADS = np.geomspace(0.2, 3, 16)
WITHIN = 2 ** (1 / CELLS_PER_OCTAVE) - 1
"""How far a quantile may be from where it is, since it is read off a cell."""


def study(draws="", repeats=60):
    return Study(Recipe(), (Axis("hidden_std_dev", tuple(SPREADS.tolist())),), repeats=repeats, draws=draws)


def fill(url, swept, noise=0.3, leave_out=()):
    """A loss of 500 times the length to the power 1.5, more or less, and an eighth of it as the time to solve; some
    diverged or never solved it."""
    rng = np.random.default_rng(0)
    with open_store(url, create=True) as store:
        store.start_run(describe_run(swept, "", 1))
        for place, point in enumerate(swept.points):
            n = swept.repeats
            length = drawn_lengths(point, ["hidden_std_dev"], n)[:, 0]
            loss = 500 * length**1.5 * np.exp(rng.normal(0, noise, n))
            diverged = noise > 0 and rng.random(n) < 0.1
            loss[diverged] = np.nan
            ever = np.isfinite(loss) & (rng.random(n) < 0.8)
            epoch = np.where(ever, np.nan_to_num(loss) // 8, -1).astype(np.int64)
            if place not in leave_out:
                store.insert(
                    point, Records(np.arange(n), loss, loss / 2, ever, epoch, ~np.isfinite(loss), no_accuracy(n))
                )
    return url


def weights_by_definition(lengths, at):
    """Weight of every training at each spread, from its own length."""
    density = np.exp(-6 * np.log(SPREADS) - (lengths[:, np.newaxis] / SPREADS) ** 2 / 2)
    wanted = np.exp(-6 * np.log(at) - (lengths[:, np.newaxis] / at) ** 2 / 2)
    return wanted / density.sum(axis=1, keepdims=True)


def weighted_quantile(values, weights, share):
    order = np.argsort(values)
    up_to = np.cumsum(weights[order])
    return values[order][np.searchsorted(up_to, share * up_to[-1])]


@pytest.mark.parametrize("draws", ["by_spread", "common"])
def test_shares_and_quantiles_are_those_of_the_weighted_trainings(tmp_path, draws):
    swept = study(draws)
    with open_store(fill(str(tmp_path / "store.db"), swept)) as store:
        curve = read_curve(store, swept)
        found = read_distributions(store, swept, curve)
        records = [store.records(point.identity, 60) for point in swept.points]
    lengths = np.concatenate([drawn_lengths(point, ["hidden_std_dev"], 60)[:, 0] for point in swept.points])
    loss, epoch = (np.concatenate([getattr(one, name) for one in records]) for name in ("loss", "solved_epoch"))
    weights = weights_by_definition(lengths, SPREADS)
    for given, values, kept in ((found.loss, loss, np.isfinite(loss)), (found.solved_epoch, epoch + 0.0, epoch >= 0)):
        np.testing.assert_allclose(given.total, weights[kept].sum(axis=0) / weights.sum(axis=0), rtol=0.02)
        quantiles = given.quantiles()
        for name, share in QUANTILES.items():
            for place in (3, 8, 12):
                # The length of a training counts as the middle of a bin: the share moves by a hundredth at most.
                low, high = (
                    weighted_quantile(values[kept], weights[kept, place], share + shift) for shift in (-0.01, 0.01)
                )
                assert low * (1 - WITHIN) <= quantiles[name][place] <= high * (1 + WITHIN), (name, place)
    below = 2.0 ** ((found.loss.cells + 1) / CELLS_PER_OCTAVE) <= 900
    finite = np.isfinite(loss)
    expected = weights[finite & (loss < 900)].sum(axis=0) / weights[finite].sum(axis=0)
    np.testing.assert_allclose(found.loss.share[:, below].sum(axis=1) / found.loss.total, expected, atol=0.02)


def test_quantiles_of_what_length_alone_decides_are_known(tmp_path):
    swept = study(repeats=1000)
    with open_store(fill(str(tmp_path / "store.db"), swept, noise=0)) as store:
        found = read_distributions(store, swept, read_curve(store, swept)).loss.quantiles()
    for name, share in QUANTILES.items():
        expected = 500 * (SPREADS[2:-2] * chi(6).ppf(share)) ** 1.5
        np.testing.assert_allclose(found[name][2:-2], expected, rtol=0.03)


def test_the_figures_tables_are_pooled_and_what_is_missing_stays_a_gap(tmp_path):
    swept = study()
    with open_store(fill(str(tmp_path / "store.db"), swept, leave_out=[4])) as store:
        tables = {one.name: one.table for one in drawn(RememberingStore(store), swept) if not isinstance(one, LeftOut)}
        curve = read_curve(store, swept)
        found = read_distributions(store, swept, curve)
    assert len(tables) == 7
    for name, table in tables.items():
        assert (table["method"] == "pooled").all(), name
    losses, times = tables["loss_distribution"], tables["solved_epoch"]
    kept = np.arange(16) != 4
    _, shares = bins_of(losses)
    np.testing.assert_allclose(shares[kept].sum(axis=1), 1)
    assert np.isnan(shares[4]).all()
    for table, given in ((losses, found.loss), (times, found.solved_epoch)):
        medians = with_certain_digits(pd.DataFrame({"median": given.quantiles()["median"]}), [])["median"]
        np.testing.assert_array_equal(table["median"][kept], medians)
        assert np.isnan(table["median"][4])
    np.testing.assert_allclose(losses["mean"][kept], curve.at(curve.values).mean)
    np.testing.assert_allclose(times["share_ever_solved"][kept], found.solved_epoch.total)


def test_a_time_of_nothing_is_0(tmp_path):
    swept = study()
    url = str(tmp_path / "store.db")
    with open_store(url, create=True) as store:
        for point in swept.points:
            nothing = np.zeros(60)
            records = Records(
                np.arange(60), nothing + 5, nothing, nothing == 0, nothing.astype(np.int64), nothing > 0, nothing
            )
            store.insert(point, records)
        found = read_distributions(store, swept, read_curve(store, swept))
    assert found.solved_epoch.quantiles()["median"].tolist() == [0.0] * 16


def test_other_studies_have_none(tmp_path):
    swept = Study(Recipe(), (Axis("learning_rate", (0.1, 0.2, 0.3)),), repeats=2)
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        assert read_distributions(store, swept, None) is None
