import numpy as np
import pytest

from sweep import Recipe
from sweep.recipe.choices import SCHEDULES
from sweep.recipe.schedule import learning_rates


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_starts_at_the_learning_rate_and_never_rises(schedule):
    rates = learning_rates(Recipe(schedule=schedule, learning_rate=0.3, epochs=1000))
    assert rates.shape == (1000,)
    assert rates[0] == pytest.approx(0.3)
    assert (np.diff(rates) <= 0).all()


@pytest.mark.parametrize(
    ("schedule", "half", "last"),
    [("constant", 1, 1), ("linear", 0.5, 0.001), ("cosine", 0.5, 2.5e-6), ("inverse_time", 1 / 5.5, 0.1)],
)
def test_half_way_and_at_the_end(schedule, half, last):
    rates = learning_rates(Recipe(schedule=schedule, learning_rate=1, epochs=1000))
    assert rates[500] == pytest.approx(half)
    assert rates[-1] == pytest.approx(last, rel=0.02)
