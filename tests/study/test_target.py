"""What a target asks, and what is trained first where nothing was said of it."""

import json
from dataclasses import replace

import pytest

from sweep import RECIPES, Axis, Study
from sweep.study import Target
from sweep.study.reading import read_study, read_target
from sweep.study.target import has_places

DENSE, SPARSE = "hidden_std_dev=log:0.2:3:20", "hidden_std_dev=0.2,0.5,1,2,5"


def first_round(axis, kind, repeats=None, draws=""):
    return read_study("gustaw", [], [axis], repeats, 0, draws, (kind, 0.1)).until.first_round


def test_a_target_for_the_place_of_the_minimum_survives_json():
    study = replace(Study(RECIPES["gustaw"]), until=Target("spread", 0.05, 32))
    again = Study.from_dict(json.loads(json.dumps(study.to_dict())))
    assert again == study
    assert again.until.sentence == "until the 95 % interval of the minimum's place is within ± 5 % of it"


@pytest.mark.parametrize("kind", ["minimum", "spread"])
def test_the_first_round_of_a_pooled_curve_makes_every_mean_as_sharp_as_a_thousand_trainings(kind):
    assert first_round(DENSE, kind) == 160  # each spread has 7.2 times its own trainings, and 32 are trained at once


def test_the_first_round_is_a_thousand_where_a_point_has_its_own_trainings_alone():
    assert first_round(DENSE, "rse") == 1000
    assert first_round(SPARSE, "minimum") == 1000
    assert first_round("learning_rate=log:0.1:1:50", "spread") == 1000
    assert first_round(DENSE, "minimum", draws="common") == 1000
    assert first_round("hidden_std_dev=0.6,0.65,0.7", "minimum") == 1000


def test_the_first_round_is_what_is_said():
    assert first_round(DENSE, "spread", repeats=50) == 50


@pytest.mark.parametrize(
    ("repeats", "most", "expected"), [(50, None, 100_000), (200_000, None, 200_000), (50, 700, 700)]
)
def test_no_point_gets_more_than_is_said(repeats, most, expected):
    assert read_study("gustaw", [], [DENSE], repeats, 0, "", ("rse", 0.1), most).repeats == expected


def test_the_target_is_the_one_given():
    assert read_target(0.1, None, None, None) == ("rse", 0.1)
    assert read_target(None, 0.1, None, 50) == ("minimum", 0.1)
    assert read_target(None, None, 0.1, None) == ("spread", 0.1)
    assert read_target(None, None, None, None) is None


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        ([Axis("hidden_std_dev", (0.1, 0.2, 0.3, 0.4, 0.5))], True),
        ([Axis("hidden_std_dev", (0.1, 0.2, 0.3, 0.4))], False),
        ([Axis("hidden_std_dev", (0.0, 0.2, 0.3, 0.4, 0.5))], False),
        ([Axis("activation", ("sigmoid", "tanh", "relu", "identity", "elu"))], False),
        ([Axis("epochs", (1, 2, 3, 4, 5)), Axis("hidden_std_dev", (0.1, 0.2))], False),
        ([], False),
    ],
)
def test_a_minimum_has_a_place_along_one_axis_of_five_numbers_above_zero(axes, expected):
    assert has_places(axes) is expected
