from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.figures.parts.axis import edges, is_log, label, log_scale, loss_label, percent_scale, scale_axis
from analysis.figures.parts.frame import fill, require_drawable, subtitle
from analysis.figures.parts.lines import predictions
from sweep import Axis, Recipe, Study, UsageError
from sweep.errors import FailedError
from sweep.recipe import FIELDS
from sweep.study import Target
from sweep.study.words import format_value

STUDY = Study(Recipe(), (Axis("hidden_std_dev", (0.1, 1.0, 10.0)),), repeats=50)


def numbers(count, diverged):
    return pd.DataFrame({"count": count, "diverged": diverged})


def test_incomplete_and_diverged_are_said():
    words = subtitle(numbers([50, 40, 50], [0, 4, 0]), STUDY, 1000)
    assert "4 diverged, not in the mean" in words
    assert "INCOMPLETE: 6 of 150 trainings are missing" in words
    assert "n = 40 to 50 trainings" in words
    assert "INCOMPLETE" not in subtitle(numbers([50, 50, 50], [0, 0, 0]), STUDY, 1000)


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("pooled", "pooled from the trainings of all points"),
        ("smoothed", "each point by its own trainings; the minimum is that of a smooth curve through the means"),
        (None, "each point by its own trainings."),
    ],
)
def test_whose_trainings_are_shown_is_said(method, words):
    table = numbers([50, 50, 50], [0, 0, 0])
    assert words in subtitle(table if method is None else table.assign(method=method), STUDY, 1000)


def test_a_target_is_said_and_has_no_number_to_be_incomplete():
    study = replace(STUDY, repeats=100_000, until=Target("rse", 0.02, 50))
    table = numbers([50, 90, 50], [0, 0, 0]).assign(mean=100.0, standard_error=1.9)
    words = subtitle(table, study, 1000)
    assert "until every relative standard error of the mean is at most 0.02." in words
    assert "INCOMPLETE" not in words
    table.loc[2, "standard_error"] = 2.1
    assert "at most 0.02 (1 of 3 are above)." in subtitle(table, study, 1000)
    table.loc[2, "count"] = 45
    assert "INCOMPLETE: 5 of the first round's 150 trainings are missing" in subtitle(table, study, 1000)


def test_every_hidden_layer_has_its_prediction():
    study = Study(Recipe(hidden=(3, 3)), STUDY.axes)
    assert predictions(study, "xavier") == pytest.approx([(2 / 6) ** 0.5, (2 / 5) ** 0.5])
    assert predictions(study, "he") == pytest.approx([(2 / 3) ** 0.5, 1.0])


def test_predictions_are_of_the_swept_layers_in_the_unit_of_their_spread():
    recipe = Recipe(hidden=(3, 8), spread_unit="he")
    for field, xavier in (
        ("hidden_std_dev", [(3 / 11) ** 0.5, (2 / 5) ** 0.5]),
        ("hidden_std_dev.2", [(3 / 11) ** 0.5]),
        ("output_std_dev", [(8 / 9) ** 0.5]),
        ("learning_rate", []),
    ):
        study = Study(recipe, (Axis(field, (0.5, 1.0)),))
        assert predictions(study, "xavier") == pytest.approx(xavier)
        assert predictions(study, "he") == [1.0] * bool(xavier)


def test_every_field_has_a_name_on_an_axis():
    names = {label(field) for field in (*FIELDS, "hidden_std_dev.2")}
    assert len(names) == len(FIELDS) + 1
    assert not any("_" in name for name in names)
    assert label("hidden_std_dev.2", "lecun") == (
        "standard deviation of the initial weights of hidden layer 2, in multiples of LeCun's prediction"
    )
    assert label("batch_size") == "rows in a batch"


def test_what_cannot_be_drawn_is_a_sentence():
    swept = (Axis("hidden_std_dev", (1.0, 2.0)), Axis("loss", ("bce", "mse")), Axis("epochs", (5, 6)))
    some = numbers([1], [0])
    with pytest.raises(
        UsageError, match=r"the study has 3 axes; a figure shows one or two, `python -m analysis summary"
    ):
        require_drawable(some, Study(Recipe(), swept))
    with pytest.raises(UsageError, match="the study has no axis; a figure shows one or two"):
        require_drawable(some, Study(Recipe(), ()))
    with pytest.raises(FailedError, match="all 1,200 stored trainings diverged; lower the learning rate"):
        require_drawable(numbers([0, 0], [1000, 200]), STUDY)
    with pytest.raises(FailedError, match=r"no training of this study is stored yet; `python -m sweep\.status` shows"):
        require_drawable(numbers([0, 0], [0, 0]), STUDY)


def test_no_line_ends_at_an_equals_sign_or_before_a_per_cent_sign():
    text = "lowest at hidden_std_dev = 0.5 with 95 % and n = 3"
    for width in range(25, 60):
        lines = fill(text, width).split("\n")
        assert " ".join(lines) == text
        assert not any(line.endswith("=") or line.startswith(("=", "%")) for line in lines)


@pytest.mark.parametrize("centres", [[1.0, 2.0, 4.0, 5.0], [0.1, 1.0, 10.0, 30.0], [0.0, 3.0], [7.0]])
def test_every_value_lies_between_its_borders(centres):
    borders = edges(np.array(centres))
    assert len(borders) == len(centres) + 1
    assert (borders[:-1] < centres).all()
    assert (centres < borders[1:]).all()


def test_borders_lie_half_way_on_the_scale_that_is_drawn():
    np.testing.assert_allclose(edges(np.array([1.0, 2.0, 4.0])), [0.5, 1.5, 3.0, 5.0])
    np.testing.assert_allclose(edges(np.array([1.0, 100.0])), [0.1, 10.0, 1000.0])


def test_a_wide_range_of_positive_numbers_is_drawn_on_a_log_scale():
    assert is_log([1.0, 20.0, np.nan])
    assert not is_log([1.0, 19.0])
    assert not is_log([0.0, 100.0])
    assert not is_log([np.nan, 5.0])


def test_ticks_are_plain_numbers():
    axes = Figure().subplots()
    axes.plot([0.05, 50], [0, 1])
    scale_axis(axes, Study(Recipe(), (Axis("hidden_std_dev", (0.05, 1.0, 50.0)),)))
    percent_scale(axes)
    assert axes.get_xscale() == "log"
    assert axes.xaxis.get_major_formatter().format_ticks([0.1, 1, 10]) == ["0.1", "1", "10"]
    assert axes.xaxis.get_minor_formatter().format_ticks([0.2, 5]) == ["", ""]
    assert axes.yaxis.get_major_formatter().format_ticks([0, 0.07, 1]) == ["0 %", "7 %", "100 %"]
    narrow = Figure().subplots()
    narrow.plot([0, 1], [200, 3000])
    log_scale(narrow, "y")
    assert narrow.yaxis.get_minor_formatter().format_ticks([200, 300, 500, 2000]) == ["200", "", "500", "2,000"]


def test_names_and_units():
    assert loss_label(STUDY) == "mean total loss (nats × epochs)"
    squared = Study(Recipe(loss="mse"), STUDY.axes)
    assert loss_label(squared) == "mean total loss\n(squared error × epochs)"
    both = Study(Recipe(), (Axis("loss", ("bce", "mse")),))
    assert loss_label(both, "total loss").replace("\n", " ") == "total loss (each loss's own unit × epochs)"
    assert [format_value(value) for value in ((3, 3), (), (2,), 0.5, "relu")] == ["3x3", "none", "2", "0.5", "relu"]
