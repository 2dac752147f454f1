import numpy as np
import pandas as pd

from analysis.figures.catalogue import Drawn, drawn
from analysis.tables.digits import with_certain_digits
from sweep.store import open_store
from tests.analysis.samples import ONE_AXIS, SPREADS, fill


def test_what_differs_less_than_the_digits_is_written_the_same():
    rng = np.random.default_rng(0)
    values = rng.lognormal(0, 20, 10_000)
    one, other = (
        with_certain_digits(pd.DataFrame({"x": values * factor, "swept": values}), ["swept"])
        for factor in (1, 1 + 1e-12)
    )
    # A value at the very middle between two of eight digits may fall to either.
    assert (one["x"] != other["x"]).sum() <= 2
    np.testing.assert_allclose(one["x"], values, rtol=5e-8)
    assert one["swept"].equals(pd.Series(values))


def test_what_is_no_finite_number_and_what_is_whole_stays():
    table = pd.DataFrame({"x": [np.nan, np.inf, -np.inf, 0.0], "n": [1, 2, 3, 10**12 + 1], "name": list("abcd")})
    assert with_certain_digits(table, []).equals(table)


def test_every_figures_table_has_them_and_the_swept_values_whole(tmp_path):
    fill(tmp_path / "store.db", ONE_AXIS)
    with open_store(str(tmp_path / "store.db")) as store:
        tables = [one.table for one in drawn(store, ONE_AXIS) if isinstance(one, Drawn)]
    for table in tables:
        assert table["hidden_std_dev"].tolist() == list(SPREADS)
        assert table.equals(with_certain_digits(table, ["hidden_std_dev"]))
