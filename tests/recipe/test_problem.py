import numpy as np
import pytest

from sweep.recipe.problem import N_INPUTS, truth_table


def test_xor_has_the_published_order():
    inputs, targets = truth_table("xor")
    assert inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert targets.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("problem", N_INPUTS)
def test_parity_flips_with_every_bit(problem):
    inputs, targets = truth_table(problem)
    n = N_INPUTS[problem]
    assert inputs.shape == (2**n, n)
    for row, target in zip(inputs, targets, strict=True):
        for bit in range(n):
            flipped = row.copy()
            flipped[bit] = 1 - flipped[bit]
            assert targets[np.flatnonzero((inputs == flipped).all(axis=1))] == 1 - target
