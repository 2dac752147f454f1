from io import StringIO

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.tables.density import MAX_BINS, bins_of, count_bins, count_cells

losses = arrays(np.float64, st.integers(0, 60), elements=st.one_of(st.floats(0, 1e12), st.just(np.nan)))


@given(points=st.lists(losses, min_size=1, max_size=5))
def test_every_finite_loss_is_counted_once(points):
    edges, counted = bins_of(count_bins([count_cells(loss) for loss in points]))
    assert counted.shape[0] == len(points)
    assert counted.sum(axis=1).tolist() == [np.isfinite(loss).sum() for loss in points]
    if any(np.isfinite(loss).any() for loss in points):
        assert len(edges) == counted.shape[1] + 1 <= MAX_BINS + 1
        assert counted[:, 0].any()
        assert counted[:, -1].any()
    else:
        assert counted.size == 0


def test_the_counts_are_those_of_numpy():
    rng = np.random.default_rng(0)
    points = [rng.lognormal(mean, 1, 500) for mean in (3, 6, 9)]
    edges, counted = bins_of(count_bins([count_cells(loss) for loss in points]))
    for loss, row in zip(points, counted, strict=True):
        assert (np.histogram(loss, edges)[0] == row).all()
    assert np.ptp(np.diff(np.log(edges))) < 1e-12
    assert MAX_BINS / 2 <= counted.shape[1] <= MAX_BINS


def test_narrow_losses_keep_narrow_bins():
    edges, counted = bins_of(count_bins([count_cells(np.array([1386.0, 1400.0]))]))
    assert counted[0, [0, -1]].tolist() == [1, 1]
    assert (np.diff(edges) / edges[:-1] < 0.003).all()


def test_bins_come_back_from_a_csv():
    bins = count_bins([count_cells(np.array([1.0, 7.5, 300.0]))])
    table = pd.concat([pd.DataFrame({"loss": ["bce"], "mean": [3.0]}), bins], axis=1)
    text = table.to_csv(index=False)
    for ours, theirs in zip(bins_of(pd.read_csv(StringIO(text))), bins_of(bins), strict=True):
        assert (ours == theirs).all()
