"""The parts of a study that is divided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.errors import UsageError
from sweep.recipe import Recipe
from sweep.study import Axis, Study, Target
from sweep.study.part import WHOLE, Part, read_part

STUDY = Study(Recipe(), (Axis("hidden_std_dev", (0.25, 0.5, 1.0, 2.0, 4.0)), Axis("epochs", (10, 20, 30))), repeats=40)


@given(st.integers(1, len(STUDY.points)))
def test_every_point_is_in_one_part_and_parts_are_of_one_size(parts):
    divided = [Part(number, parts).points(STUDY) for number in range(1, parts + 1)]
    assert sorted(point.identity for part in divided for point in part) == sorted(one.identity for one in STUDY.points)
    sizes = [len(part) for part in divided]
    assert max(sizes) - min(sizes) <= 1


def test_a_part_is_read_as_it_is_shown():
    assert (read_part("2/3"), str(Part(2, 3))) == (Part(2, 3), "2/3")
    assert WHOLE.points(STUDY) == STUDY.points


@pytest.mark.parametrize("text", ["", "2", "0/2", "3/2", "1/0", "-1/2", "1.0/2", "a/b", "1/2/3", "²/3"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(UsageError) as caught:
        read_part(text)
    assert str(caught.value) == (
        f"part was given as {text!r}; allowed is 1/2 for the first of two parts, 2/2 for the second"
    )


def test_a_study_with_fewer_points_than_parts_is_refused():
    with pytest.raises(UsageError, match="part was given as 1/16; the study has 15 points to be divided"):
        Part(1, 16).points(STUDY)


def test_a_target_is_not_divided():
    study = Study(Recipe(), (Axis("hidden_std_dev", (0.5, 1.0)),), 1000, until=Target("rse", 0.1, 10))
    with pytest.raises(
        UsageError, match="part was given as 2/2 with a target, which is decided on all points together"
    ):
        Part(2, 2).points(study)
    assert WHOLE.points(study) == study.points
