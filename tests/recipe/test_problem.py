import numpy as np
import pytest

from sweep import UsageError
from sweep.recipe.data import DataSet, known_data, remember_data
from sweep.recipe.problem import PARITIES, find_problem, shape_of


def test_xor_has_the_published_order():
    inputs, targets = find_problem("xor")
    assert inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert targets.tolist() == [[0], [1], [1], [0]]


@pytest.mark.parametrize("problem", PARITIES)
def test_parity_flips_with_every_bit(problem):
    inputs, targets = find_problem(problem)
    n = PARITIES[problem]
    assert inputs.shape == (2**n, n)
    for row, target in zip(inputs, targets[:, 0], strict=True):
        for bit in range(n):
            flipped = row.copy()
            flipped[bit] = 1 - flipped[bit]
            assert targets[np.flatnonzero((inputs == flipped).all(axis=1))] == 1 - target


@pytest.mark.parametrize("bits", ["01", "0111", "0110", "01101001", 64 * "1"])
def test_a_table_lists_its_outputs(bits):
    inputs, targets = find_problem(f"table:{bits}")
    assert shape_of(f"table:{bits}") == (len(bits), inputs.shape[1], 1)
    for number, (row, target) in enumerate(zip(inputs, targets[:, 0], strict=True)):
        assert int("".join(f"{x:.0f}" for x in row), 2) == number
        assert target == int(bits[number])


@pytest.mark.parametrize("problem", ["and", "table:", "table:011", "table:02", f"table:{128 * '0'}", "data:4x2x1:xyz"])
def test_what_is_no_problem_is_told(problem):
    with pytest.raises(UsageError) as error:
        shape_of(problem)
    assert str(error.value) == (
        f"problem was given as {problem!r}; allowed is one of xor, parity2, parity3, parity4, parity5, table: and the "
        "outputs of a Boolean function of up to 6 inputs, such as table:0110, or a CSV file"
    )


def data_set(inputs, name="points"):
    inputs = np.array(inputs, float)
    targets = np.arange(len(inputs), dtype=float)[:, np.newaxis] % 2
    return DataSet(name, tuple(f"x{i}" for i in range(inputs.shape[1])), ("y",), inputs, targets)


def test_a_data_set_is_known_by_its_numbers_alone():
    first, second = data_set([[1, 2], [3, 4]], "a"), data_set([[1, 2], [3, 4]], "b")
    assert first.problem == second.problem
    assert data_set([[1, 2], [3, 4.5]]).problem != first.problem
    assert data_set([[1], [2], [3], [4]]).problem != first.problem
    assert data_set([[0.0]]).problem == data_set([[-0.0]]).problem
    assert shape_of(first.problem) == (2, 2, 1)


def test_standardized_inputs_have_mean_0_and_deviation_1():
    x = np.random.default_rng(0).normal(5, [1, 100], (37, 2))
    problem = remember_data(data_set(x))
    given, standardized = (find_problem(problem, kind).inputs for kind in ("raw", "standardized"))
    assert (given == x).all()
    np.testing.assert_allclose(standardized.mean(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(standardized.std(axis=0), 1, rtol=1e-14)


def test_a_column_without_deviation_is_told():
    problem = remember_data(data_set([[1, 2], [1, 3]]))
    with pytest.raises(UsageError) as error:
        find_problem(problem, "standardized")
    assert str(error.value) == (
        "input 'x0' is the same in every row, so it has no deviation to be divided by; leave the column out of the "
        "file, or set inputs=raw"
    )


def test_a_data_set_that_is_not_at_hand_is_told():
    name = f"data:4x2x1:{32 * 'f'}"
    with pytest.raises(UsageError) as error:
        known_data(name)
    assert str(error.value) == (
        f"the data set {name} is not at hand: it is in the stores of the runs that used it (--store URL), and where "
        "its CSV file is given as problem"
    )
