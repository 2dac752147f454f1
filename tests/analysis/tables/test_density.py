from io import StringIO

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.tables.density import MAX_BINS, bins_of, count_cells, share_bins

losses = arrays(np.float64, st.integers(0, 60), elements=st.one_of(st.floats(0, 1e12), st.just(np.nan)))


@given(points=st.lists(losses, min_size=1, max_size=5))
def test_every_finite_loss_is_counted_once(points):
    edges, shares = bins_of(share_bins([count_cells(loss) for loss in points]))
    numbers = np.array([np.isfinite(loss).sum() for loss in points])
    assert shares.shape[0] == len(points)
    if not numbers.any():
        assert shares.size == 0
        return
    counted = shares[numbers > 0] * numbers[numbers > 0, np.newaxis]
    np.testing.assert_allclose(counted, np.round(counted), atol=1e-9)
    np.testing.assert_allclose(counted.sum(axis=1), numbers[numbers > 0])
    assert np.isnan(shares[numbers == 0]).all()
    assert len(edges) == counted.shape[1] + 1 <= MAX_BINS + 1
    assert counted[:, 0].any()
    assert counted[:, -1].any()


def test_the_shares_are_those_of_numpy():
    rng = np.random.default_rng(0)
    points = [rng.lognormal(mean, 1, 500) for mean in (3, 6, 9)]
    edges, shares = bins_of(share_bins([count_cells(loss) for loss in points]))
    for loss, row in zip(points, shares, strict=True):
        np.testing.assert_allclose(np.histogram(loss, edges)[0] / 500, row, rtol=1e-12)
    assert np.ptp(np.diff(np.log(edges))) < 1e-12
    assert MAX_BINS / 2 <= shares.shape[1] <= MAX_BINS


def test_narrow_losses_keep_narrow_bins():
    edges, shares = bins_of(share_bins([count_cells(np.array([1386.0, 1400.0]))]))
    assert shares[0, [0, -1]].tolist() == [0.5, 0.5]
    assert (np.diff(edges) / edges[:-1] < 0.003).all()


def test_bins_come_back_from_a_csv():
    bins = share_bins([count_cells(np.array([1.0, 7.5, 300.0]))])
    table = pd.concat([pd.DataFrame({"loss": ["bce"], "mean": [3.0]}), bins], axis=1)
    text = table.to_csv(index=False)
    for ours, theirs in zip(bins_of(pd.read_csv(StringIO(text))), bins_of(bins), strict=True):
        assert (ours == theirs).all()
