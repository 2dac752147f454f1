from dataclasses import replace

import numpy as np
import pytest

from analysis.figures import recipes as figure_of_recipes
from analysis.tables.recipes import compare_recipes, find_sweeps
from sweep import RECIPES, Axis, Study
from sweep.statistics.summary import summarize
from sweep.store import open_store
from tests.analysis.figures.test_mean_loss import lines, words_below
from tests.analysis.samples import all_diverged, fill, some_trainings

AXES = (Axis("hidden_std_dev", (0.5, 0.1, 2.0, 8.0)),)


def sweep_of(name, repeats=30, **changes):
    return Study(replace(RECIPES[name], **changes), AXES, repeats)


@pytest.fixture
def path(tmp_path):
    path = str(tmp_path / "store.db")
    with open_store(path, create=True) as store:
        for number, study in enumerate([
            sweep_of("gustaw", 20),
            sweep_of("rumelhart"),
            sweep_of("gustaw"),
            sweep_of("peczenyj", epochs=100),
            Study(RECIPES["twenty-lines"], (*AXES, Axis("epochs", (5, 6)))),
            Study(RECIPES["relu-capstone"], (Axis("learning_rate", (0.5, 1.0)),)),
        ]):  # fmt: skip
            store.start_run({"id": str(number), "started": f"2024-05-0{number + 1}", "study": study.to_dict()})
        other = sweep_of("gustaw").to_dict() | {"recipe": {"future": 1}}
        store.start_run({"id": "x", "started": "2024-06-01", "study": other})
        for position, point in enumerate(sweep_of("gustaw").points):
            store.insert(point, some_trainings(sweep_of("gustaw"), position))
        for position, point in enumerate(sweep_of("rumelhart").points[:3]):
            store.insert(point, some_trainings(sweep_of("rumelhart"), position))
    return path


def test_the_latest_unchanged_sweep_of_each_recipe_is_found(path):
    with open_store(path) as store:
        assert find_sweeps(store) == {"gustaw": sweep_of("gustaw"), "rumelhart": sweep_of("rumelhart")}


def test_means_are_relative_to_the_recipes_own_lowest(path):
    with open_store(path) as store:
        table = compare_recipes(store, find_sweeps(store))
        summary = summarize(store, sweep_of("gustaw")).sort_values("hidden_std_dev")
    rows = table[table["recipe"] == "gustaw"]
    assert rows["hidden_std_dev"].tolist() == [0.1, 0.5, 2.0, 8.0]
    np.testing.assert_allclose(rows["relative"] * summary["mean"].min(), summary["mean"])
    np.testing.assert_allclose(rows["relative_error"] / rows["relative"], summary["standard_error"] / summary["mean"])
    assert rows["relative"].min() == 1


def test_every_panel_has_its_own_predictions(path):
    with open_store(path) as store:
        sweeps = find_sweeps(store)
        table = compare_recipes(store, sweeps)
    figure = figure_of_recipes.draw(table, sweeps)
    for axes, name, xavier in zip(figure.axes, ("gustaw", "rumelhart"), (0.5**0.5, 3**-0.5), strict=True):
        shown, rows = lines(axes), table[table["recipe"] == name]
        assert shown["Xavier's prediction"].get_xdata()[0] == pytest.approx(xavier)
        assert shown["He's prediction"].get_xdata()[0] == 1
        best = rows.loc[rows["mean"].idxmin(), "hidden_std_dev"]
        assert shown["lowest mean"].get_xdata()[0] == best
        assert shown["mean"].get_ydata().tolist() == pytest.approx(rows["relative"].tolist(), nan_ok=True)
        assert axes.get_title(loc="left").startswith(f"{name}\nXavier {xavier:.4g}, He 1, lowest {best:.4g}")
    assert "rumelhart: 4 spreads × 30 trainings" in words_below(figure)
    assert "INCOMPLETE: 30 of 120 trainings are missing" in words_below(figure)


def test_a_recipe_that_always_diverged_is_left_out(tmp_path):
    fill(tmp_path / "store.db", sweep_of("gustaw"), all_diverged)
    with open_store(str(tmp_path / "store.db")) as store:
        assert compare_recipes(store, find_sweeps(store)).empty
