import numpy as np
import pandas as pd
import pytest

from analysis.tables import make_tables
from analysis.tables.density import bins_of
from sweep.statistics.summary import summarize
from sweep.store import open_store
from tests.analysis.samples import NAMED, ONE_AXIS, TWO_AXES, fill, tables_of


@pytest.mark.parametrize("study", [ONE_AXIS, NAMED, TWO_AXES])
def test_the_mean_is_that_of_the_summary(study, tmp_path):
    fill(tmp_path / "store.db", study, leave_out=[1])
    with open_store(str(tmp_path / "store.db")) as store:
        pd.testing.assert_frame_equal(
            make_tables(store, study).mean_loss,
            summarize(store, study),
            check_exact=False,
            rtol=1e-10,
            check_dtype=False,
        )


def test_every_table_has_every_point_and_its_numbers(tmp_path):
    tables = tables_of(tmp_path, TWO_AXES, leave_out=[1])
    for table in tables:
        assert table.iloc[:, :2].to_numpy().tolist() == [[a, b] for a in (0.1, 1, 10) for b in (0.5, 1, 2, 4)]
        assert (table["count"] + table["diverged"]).tolist() == [40, 0, *[40] * 10]
    _, shares = bins_of(tables.loss_distribution)
    np.testing.assert_allclose(shares.sum(axis=1), np.where(tables.loss_distribution["count"] > 0, 1, np.nan))
    parts = tables.mean_parts
    np.testing.assert_allclose(parts["part_stuck"] + parts["part_solved"], tables.mean_loss["mean"], rtol=1e-12)
    assert tables.solved["solved"].tolist() == pytest.approx(tables.mean_loss["solved"].tolist(), nan_ok=True)


def test_the_store_is_read_once_and_only_what_is_needed(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS)
    with open_store(str(tmp_path / "store.db")) as store:
        asked, read = [], store.columns
        store.columns = lambda *arguments: asked.append(arguments) or read(*arguments)
        make_tables(store, ONE_AXIS)
    names = ("loss", "solved", "solved_epoch")
    assert asked == [(point.identity, ONE_AXIS.repeats, names) for point in ONE_AXIS.points]
