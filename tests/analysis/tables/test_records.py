import numpy as np
import pytest

import analysis
from sweep import Axis, Recipe, Study, UsageError
from sweep.errors import FailedError
from sweep.store import open_store
from tests.analysis.samples import NAMED, TWO_AXES, fill, some_trainings

COLUMNS = ["repeat", "loss", "final_loss", "solved", "solved_epoch", "diverged", "accuracy"]


def test_a_row_is_a_training(url):
    with open_store(url, create=True) as store:
        fill_store(store, TWO_AXES, leave_out=[5])
        frame = analysis.load(store)
    assert frame.columns.tolist() == ["hidden_std_dev", "output_std_dev", *COLUMNS]
    assert len(frame) == 11 * 40
    for position, values in enumerate((a, b) for a in (0.1, 1.0, 10.0) for b in (0.5, 1.0, 2.0, 4.0)):
        rows = frame[(frame["hidden_std_dev"] == values[0]) & (frame["output_std_dev"] == values[1])]
        expected = some_trainings(TWO_AXES, position)
        if position == 5:
            assert rows.empty
            continue
        for name in ("repeat", "loss", "final_loss", "solved", "diverged", "accuracy"):
            np.testing.assert_array_equal(rows[name], getattr(expected, name))
        assert rows["solved_epoch"].isna().tolist() == (expected.solved_epoch < 0).tolist()
        np.testing.assert_array_equal(rows["solved_epoch"].fillna(-1).to_numpy(int), expected.solved_epoch)


def fill_store(store, study, leave_out=()):
    store.start_run({"id": "a", "started": "2024-05-01T00:00:00+00:00", "study": study.to_dict()})
    for position, point in enumerate(study.points):
        if position not in leave_out:
            store.insert(point, some_trainings(study, position))


def test_named_values_are_categories(tmp_path):
    fill(tmp_path / "store.db", NAMED)
    counted = analysis.load(str(tmp_path / "store.db"))["activation"].value_counts(sort=False)
    assert counted.to_dict() == {"sigmoid": 40, "tanh": 40, "relu": 40}


def test_the_loss_function_and_the_loss_are_two_columns(tmp_path):
    study = Study(Recipe(), (Axis("loss", ("bce", "mse")), Axis("hidden", ((2,), (3, 3)))), repeats=3)
    fill(tmp_path / "store.db", study)
    frame = analysis.load(f"sqlite:///{tmp_path / 'store.db'}")
    assert frame["loss_function"].tolist() == ["bce"] * 6 + ["mse"] * 6
    assert frame["hidden"].tolist() == ([(2,)] * 3 + [(3, 3)] * 3) * 2
    assert frame["loss"].dtype == float


def test_nothing_to_load_is_a_sentence(tmp_path):
    path = str(tmp_path / "store.db")
    fill(path, NAMED, leave_out=[0, 1, 2])
    with pytest.raises(FailedError, match=r"holds no training of this study yet; `python -m sweep\.status` shows"):
        analysis.load(path)
    with pytest.raises(UsageError, match="run was given as 'x'"):
        analysis.load(path, "x")
    with pytest.raises(FailedError, match="there is no store at"):
        analysis.load(str(tmp_path / "none.db"))
