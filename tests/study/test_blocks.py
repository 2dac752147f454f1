"""The order in which a study is trained."""

import numpy as np
import pytest

from sweep.study.blocks import spread_out


@pytest.mark.parametrize("n", [1, 2, 7, 60, 400])
def test_points_trained_so_far_are_spread_over_the_study(n):
    order = spread_out(n)
    assert sorted(order) == list(range(n))
    for k in range(1, n + 1):
        seen = np.sort(order[:k])
        gaps = np.diff([0, *seen, n])
        # Of k numbers evenly among n, each is n / k from the next; reversed bits keep within twice the power of two.
        assert gaps.max() <= 4 * n / k
