import numpy as np

from benchmarks.processes_alike import EPOCHS, SIDE_BY_SIDE, TURNS, measure, table


def _cells(groups):
    return [[cell.strip() for cell in line.split("|")[3:-1]] for line in list(table(groups))[2:]]


def test_a_process_is_slow_that_is_so_in_most_of_its_turns_and_no_slow_moment_makes_it():
    seconds = np.ones((TURNS, SIDE_BY_SIDE, len(EPOCHS)))
    seconds[3] *= 2  # a round in which all are slow
    seconds[0, 5] *= 3
    assert _cells([seconds]) == [["1.00", f"0 of {SIDE_BY_SIDE}", "3.00", f"1 of {TURNS * SIDE_BY_SIDE}"]] * len(EPOCHS)
    seconds[:, 7, 0] *= 1.5
    first, second, *_ = _cells([seconds, np.ones_like(seconds)])
    assert first == ["1.50", f"1 of {2 * SIDE_BY_SIDE}", "3.00", f"{1 + TURNS} of {2 * TURNS * SIDE_BY_SIDE}"]
    assert second == ["1.00", f"0 of {2 * SIDE_BY_SIDE}", "3.00", f"1 of {2 * TURNS * SIDE_BY_SIDE}"]


def test_processes_take_turns():
    seconds = measure(2)
    assert seconds.shape == (TURNS, 2, len(EPOCHS))
    assert (seconds > 0).all()
