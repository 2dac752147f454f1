"""Trainings by functions of one's own: their draws, what they return, and what becomes of errors."""

import io
import json
import os
import sys
import time

import numpy as np
import pytest

from sweep import Axis, Study, training
from sweep.errors import FunctionError
from sweep.execution import own_training
from sweep.execution.own_training import train_piece
from sweep.store import Records
from sweep.store.records import RECORD_FIELDS
from sweep.study import Block, plan
from sweep.study.own_draws import generators, own_parameters


@pytest.fixture
def have(monkeypatch):
    """Have functions that no file holds: what they are found by is their name."""
    known = {}
    monkeypatch.setattr(own_training, "find_function", known.__getitem__)

    def declare(function, **declared):
        one = training(version="1", **declared)(function)
        one.location = f"here:{function.__name__}"
        known[one.location] = one
        return one

    return declare


def study_of(function, *axes, repeats=5, **asked):
    return Study(function, axes, repeats=repeats, **asked)


def records_of(function, *axes, repeats=5, **asked):
    study = study_of(function, *axes, repeats=repeats, **asked)
    return [train_all(point, repeats) for point in study.points]


def train_all(point, repeats):
    """The trainings of a point, piece by piece."""
    parts = []
    while (start := sum(len(part.repeat) for part in parts)) < repeats:
        parts.append(train_piece(Block(point, start, repeats))[0])
    return Records(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in RECORD_FIELDS})


def test_a_generator_belongs_to_seed_and_repeat_and_is_the_same_at_every_point(have):
    def mine(rng, *, hidden_std_dev=1.0, rate=0.1):
        return rng.random()

    first, second = records_of(have(mine), Axis("rate", (0.1, 0.2)))
    assert first.loss.tolist() == second.loss.tolist()
    assert len(set(first.loss)) == 5
    assert not set(first.loss) & set(records_of(have(mine), seed=1)[0].loss)
    one, other = records_of(have(mine), Axis("rate", (0.1, 0.2)), draws="independent")
    assert not set(one.loss) & set(other.loss)
    (point,) = study_of(have(mine)).points
    assert first.loss[3] == generators(point, 3, 4)[0].random()


def test_generators_are_as_random_as_numpys_own():
    (point,) = Study(training(version="1")(lambda rng: 0.0), ()).points
    drawn = np.array([rng.random(4) for rng in generators(point, 0, 1024)])
    assert abs(drawn.mean() - 0.5) < 4 * np.sqrt(1 / 12 / drawn.size)
    assert abs(np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]) < 4 / np.sqrt(len(drawn))
    assert len(np.unique(drawn)) == drawn.size


def test_declared_normals_come_scaled_and_apart_from_the_generator(have):
    def mine(rng, *, parameters, hidden_std_dev=1.0, output_std_dev=2.0):
        hidden, output = parameters["hidden_std_dev"], parameters["output_std_dev"]
        assert (hidden.shape, output.shape) == ((3,), (2,))
        return {"loss": hidden.sum(), "output": output.sum(), "drawn": rng.standard_normal()}

    declared = have(mine, normals={"hidden_std_dev": 3, "output_std_dev": 2})
    narrow, wide = records_of(declared, Axis("hidden_std_dev", (0.5, 2.0)), draws="common")
    np.testing.assert_allclose(wide.loss, 4 * narrow.loss)
    assert [json.loads(text)["drawn"] for text in narrow.outcomes] == [
        json.loads(text)["drawn"] for text in wide.outcomes
    ]
    points = study_of(declared, Axis("hidden_std_dev", (0.5, 2.0)), draws="by_spread").points
    of_narrow, of_wide = (
        own_parameters(point, 0, 1024)["hidden_std_dev"] / point.recipe.spreads[0] for point in points
    )
    assert abs(np.corrcoef(of_narrow[:, 0], of_wide[:, 0])[0, 1]) < 4 / 32
    assert abs(of_narrow.std() - 1) < 4 / np.sqrt(2 * of_narrow.size)
    outputs = own_parameters(points[0], 0, 1024)["output_std_dev"]
    assert abs(outputs.std() / 2 - 1) < 4 / np.sqrt(2 * outputs.size)


def test_a_batch_is_its_repeats_one_by_one(have):
    def each(rng, *, parameters):
        return {"loss": parameters["hidden_std_dev"].sum() + rng.random(), "first": parameters["hidden_std_dev"][0]}

    def batch(rngs, *, parameters):
        drawn = np.array([rng.random() for rng in rngs])
        return {"loss": parameters["hidden_std_dev"].sum(axis=1) + drawn, "first": parameters["hidden_std_dev"][:, 0]}

    normals = {"hidden_std_dev": 4}
    one, many = (
        records_of(have(of, batch=is_batch, normals=normals), repeats=1000)[0]
        for of, is_batch in ((each, False), (batch, True))
    )
    np.testing.assert_allclose(one.loss, many.loss, rtol=1e-14)
    assert [json.loads(text)["first"] for text in one.outcomes] == [json.loads(text)["first"] for text in many.outcomes]


@pytest.mark.parametrize(
    ("returned", "loss", "outcomes", "reason"),
    [
        (2, 2.0, None, None),
        (np.float32(0.5), 0.5, None, None),
        (np.array(0.5), 0.5, None, None),
        (-3.5, -3.5, None, None),
        ({"loss": 1, "right": True, "steps": 3}, 1.0, {"right": 1.0, "steps": 3.0}, None),
        ({"loss": 1.0, "accuracy": np.nan}, 1.0, {"accuracy": None}, None),
        (np.nan, None, None, "the loss is nan"),
        ({"loss": np.inf, "right": 0}, None, {"right": 0.0}, "the loss is inf"),
        (None, None, None, "it returned None as loss; "),
        ("0.5", None, None, "it returned '0.5' as loss; "),
        ([1.0], None, None, "it returned [1.0] as loss; "),
        (np.zeros(3), None, None, "it returned an array of shape (3,) as loss; "),
        ({"accuracy": 1.0}, None, None, "it returned a dict without 'loss', with 'accuracy'; "),
        ({"loss": 1.0, "count": 2}, None, None, "it returned an outcome named 'count'; "),
        ({"loss": 1.0, "a b": 2}, None, None, "it returned an outcome named 'a b'; "),
        ({"loss": 1.0, "text": "a"}, None, None, "it returned 'a' as text; "),
    ],
)
def test_what_a_function_returns_becomes_a_record(have, returned, loss, outcomes, reason):
    def mine(rng):
        return returned

    (records,) = records_of(have(mine), repeats=1)
    assert records.loss.tolist() == [loss] if loss is not None else np.isnan(records.loss).all()
    assert records.diverged.tolist() == [loss is None]
    assert (None if records.outcomes[0] is None else json.loads(records.outcomes[0])) == outcomes
    assert (records.reason[0] or "").startswith(reason or "")
    assert (records.reason[0] is None) == (reason is None)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (
            0.5,
            "it returned 0.5 as loss of a batch of 1; allowed is an array of shape (1,), or a dict of such with 'loss'",
        ),
        (np.zeros((1, 2)), "it returned an array of shape (1, 2) as loss of a batch of 1; "),
        ({"loss": np.zeros(1), "right": np.zeros(2)}, "it returned an array of shape (2,) as right of a batch of 1; "),
    ],
)
def test_a_batch_of_another_shape_is_rubbish(have, returned, said):
    def mine(rngs):
        return returned

    (records,) = records_of(have(mine, batch=True), repeats=1)
    assert records.reason[0].startswith(said)


def test_an_outcome_is_not_called_as_a_field_is(have):
    def mine(rng, *, rate=0.1):
        return {"loss": 1.0, "rate": 2.0}

    (records,) = records_of(have(mine), repeats=1)
    assert records.reason[0].startswith("it returned an outcome named 'rate'; allowed are names of letters,")


def test_an_error_is_a_training_that_diverged_with_its_reason(have):
    def mine(rng, *, hidden_std_dev=1.0):
        if rng.random() < 0.5:
            raise OverflowError("too far")
        return 1.0

    (records,) = records_of(have(mine), repeats=200)
    assert 60 < records.diverged.sum() < 140
    assert set(records.reason[records.diverged]) == {"OverflowError: too far"}
    assert set(records.reason[~records.diverged]) == {None}


def test_an_error_in_a_batch_is_that_of_the_repeat_that_has_it(have):
    def mine(rngs):
        drawn = np.array([rng.random() for rng in rngs])
        if (drawn < 0.1).any():
            raise ZeroDivisionError(f"one of {len(drawn)}")
        return drawn

    (records,) = records_of(have(mine, batch=True), repeats=100)
    assert 2 < records.diverged.sum() < 25
    assert set(records.reason[records.diverged]) == {"ZeroDivisionError: one of 1"}
    assert (records.loss[~records.diverged] >= 0.1).all()


@pytest.mark.parametrize("is_batch", [False, True])
def test_an_error_in_the_first_block_ends_it_with_the_users_lines(have, is_batch):
    def mine(rng, *, rate=0.1):
        return 1 / 0

    (block,) = plan(study_of(have(mine, batch=is_batch)), {})
    with pytest.raises(FunctionError) as caught:
        train_piece(block._replace(is_first=True))
    first, *lines, error, advice = str(caught.value).splitlines()
    assert first == (
        f"{block.point.recipe.function} raised an error in the first block of the study (rate 0.1, repeat 0), and "
        "nothing was stored:"
    )
    assert "    return 1 / 0" in lines
    assert error == "ZeroDivisionError: division by zero"
    assert advice == "Correct it, or return nan as the loss of a training that diverges."


def test_a_piece_is_what_takes_a_moment_and_a_slow_training_is_one(have, monkeypatch):
    def mine(rng):
        time.sleep(0.02)
        return 1.0

    monkeypatch.setattr(own_training, "SECONDS", 0.05)
    (block,) = plan(study_of(have(mine), repeats=1000), {})
    records, _ = train_piece(block)
    assert 1 <= len(records.repeat) <= 4
    monkeypatch.setattr(own_training, "SECONDS", 0.0)
    assert train_piece(Block(block.point, 7, 900))[0].repeat.tolist() == [7]


def test_what_is_printed_is_kept_apart(have, capsys):
    def mine(rng):
        print("x" * 1500)
        return 1.0

    (block,) = plan(study_of(have(mine)), {})
    _, printed = train_piece(block)
    assert printed.startswith("x" * 1500 + "\nx")
    assert len(printed) == 2000
    assert capsys.readouterr().out == ""


def test_a_function_may_do_what_it_likes_with_its_surroundings(have, tmp_path, monkeypatch):
    class NoTextError(Exception):
        def __str__(self):
            raise RuntimeError

    def mine(rng, *, do=1):
        if do == 1:
            os.chdir(tmp_path)
            sys.stdout.close()
        if do == 2:
            raise ValueError("=1 <b>\x00\ud800\x1b[31m")
        if do == 3:
            raise NoTextError
        if do == 4:
            sys.exit("leaving")
        if do == 5:
            return float(input())
        return 1.0

    folder = os.getcwd()
    monkeypatch.setattr("sys.stdin", io.StringIO())  # as empty as a worker has it
    found = records_of(have(mine), Axis("do", (1, 2, 3, 4, 5)), repeats=2)
    assert os.getcwd() == folder
    assert [records.reason[1] for records in found] == [
        None,
        "ValueError: =1 <b>\\x00\\ud800\\x1b[31m",
        f"{NoTextError.__module__}.{NoTextError.__qualname__}: <exception str() failed>",
        "SystemExit: leaving",
        "EOFError: EOF when reading a line",
    ]


def test_another_version_is_not_trained(have):
    def mine(rng):
        return 1.0

    function = have(mine)
    (block,) = plan(study_of(function), {})
    have(mine)._version = "2"
    with pytest.raises(FunctionError) as caught:
        train_piece(block)
    assert str(caught.value) == (
        f"{function.recipe.function} at here:mine has version 2, and version 1 is asked for; its source was changed: "
        "start the run again"
    )
