"""What every store keeps, whichever it is."""

import sqlite3
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pymongo
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweep.errors import UsageError
from sweep.recipe import Recipe
from sweep.store import Label, Moments, Records, Store
from sweep.store.records import RECORD_FIELDS
from sweep.study import Point
from tests.store.samples import a_point, same, some_records

PUBLISHED = {
    "point", "seed", "repeat", "hidden_std_dev", "output_std_dev",
    "loss", "final_loss", "solved", "solved_epoch", "diverged", "accuracy",
}  # fmt: skip
OF_FUNCTIONS = {"outcomes", "reason"}
"""What SQLite has of networks too, as null."""


def test_every_double_comes_back_bit_for_bit_but_one_zero(store: Store) -> None:
    largest = sys.float_info.max
    loss = np.array([largest, -largest, 5e-324, -5e-324, 2.2250738585072014e-308, 0.0, -0.0, 0.1, 1 / 3, 3.0, np.nan])
    n = len(loss)
    diverged = np.isnan(loss)
    epochs = np.array([-1, 0, 1, 10**9, *[7] * (n - 4)])
    records = Records(np.arange(n) * 10**7, loss, -loss, epochs >= 0, epochs, diverged, loss / 2)
    records.final_loss[diverged] = np.nan
    assert store.insert(a_point(), records) == n
    assert same(store.records(a_point().identity, 10**9), with_one_zero(records))


def with_one_zero(records: Records) -> Records:
    return Records(*(column + 0.0 if column.dtype == float else column for column in columns(records)))


def columns(records: Records) -> list[np.ndarray]:
    return [getattr(records, name) for name in RECORD_FIELDS]


finite = st.floats(allow_nan=False, allow_infinity=False)
extreme = st.sampled_from([sys.float_info.max, -sys.float_info.max, 5e-324, -5e-324, np.inf, -np.inf, np.nan, -0.0])
rows = st.tuples(
    finite | extreme, finite | extreme, st.booleans(), st.integers(-1, 10**9), st.booleans(), finite | extreme
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.dictionaries(st.integers(0, 10**9 - 1), rows, max_size=20), seed=st.integers(0, 2**63 - 1), spread=finite
)
def test_any_records_come_back(
    drawn: dict[int, tuple[float, float, bool, int, bool, float]], seed: int, spread: float, store: Store
) -> None:
    point = a_point(seed, abs(spread))
    have = store.repeats(point.identity).tolist()
    values = [(repeat, *drawn[repeat]) for repeat in sorted(set(drawn) - set(have))]
    types = (np.int64, np.float64, np.float64, np.bool_, np.int64, np.bool_, np.float64)
    read = zip(*values, strict=True) if values else ((),) * 7
    records = Records(*(np.array(column, kind) for column, kind in zip(read, types, strict=True)))
    records.loss[records.diverged] = records.final_loss[records.diverged] = np.nan
    assert store.insert(point, records) == len(values)
    assert store.insert(point, records) == 0
    found = store.records(point.identity, 10**9)
    new = np.isin(found.repeat, records.repeat)
    assert same(Records(*(column[new] for column in columns(found))), with_one_zero(records))
    assert store.points()[point.identity]["recipe"] == point.recipe.to_dict()


def test_records_come_by_ascending_repeat_and_below(store: Store) -> None:
    store.insert(a_point(), some_records(10, 20))
    store.insert(a_point(), some_records(0, 10))
    assert same(store.records(a_point().identity, 100), some_records(0, 20))
    assert same(store.records(a_point().identity, 13), some_records(0, 13))
    assert same(store.records(a_point().identity, 0), some_records(0, 0))


def test_single_columns_are_those_of_the_records(store: Store) -> None:
    store.insert(a_point(), some_records(10, 20))
    store.insert(a_point(), some_records(0, 10))
    whole = some_records(0, 13)
    for names in (["loss"], ["solved_epoch", "repeat"], ["diverged", "solved", "final_loss"], list(RECORD_FIELDS)):
        read = store.columns(a_point().identity, 13, names)
        assert list(read) == names
        for name, column in read.items():
            expected = getattr(whole, name)
            assert (column.dtype, column.tobytes()) == (expected.dtype, expected.tobytes())
            assert column.flags.c_contiguous
    assert [len(column) for column in store.columns(a_point(9).identity, 13, ["loss", "solved"]).values()] == [0, 0]


def test_inserting_twice_is_harmless_and_counted(store: Store) -> None:
    assert store.insert(a_point(), some_records(0, 12)) == 12
    assert store.insert(a_point(), some_records(0, 12)) == 0
    assert store.insert(a_point(), some_records(8, 20)) == 8
    assert same(store.records(a_point().identity, 100), some_records(0, 20))


def test_a_stored_record_never_changes(store: Store) -> None:
    store.insert(a_point(), some_records(0, 1))
    other = Records(*(np.array([v]) for v in (0, 99.0, 98.0, False, -1, False, 0.5)))
    assert store.insert(a_point(), other) == 0
    assert same(store.records(a_point().identity, 1), some_records(0, 1))


def test_inserting_nothing_is_harmless(store: Store) -> None:
    assert store.insert(a_point(), some_records(0, 0)) == 0
    assert store.counts([a_point().identity], 10) == {}


def test_points_are_kept_apart(store: Store) -> None:
    left, right, unknown = a_point(1), a_point(2), a_point(3).identity
    store.insert(left, some_records(0, 5))
    store.insert(right, some_records(3, 6))
    identities = [left.identity, unknown, right.identity]
    assert store.counts(identities, 10) == {left.identity: 5, right.identity: 3}
    assert store.counts(identities, 4) == {left.identity: 4, right.identity: 1}
    assert store.counts(identities, 3) == {left.identity: 3}
    assert store.counts(identities, 0) == {}
    assert store.counts([right.identity], 10) == {right.identity: 3}
    assert store.counts([left.identity, left.identity], 10) == {left.identity: 5}
    assert store.counts([], 10) == {}
    assert store.repeats(left.identity).tolist() == [0, 1, 2, 3, 4]
    assert store.repeats(right.identity).tolist() == [3, 4, 5]


def test_an_unknown_point_has_nothing(store: Store) -> None:
    unknown = a_point(9).identity
    assert store.repeats(unknown).dtype == np.int64
    assert store.repeats(unknown).shape == (0,)
    assert same(store.records(unknown, 10), some_records(0, 0))
    assert store.moments([unknown], 10) == {}


def test_repeats_are_in_order_of_number(store: Store) -> None:
    repeats = [10, 999_999_999, 9, 100, 0]
    n = len(repeats)
    store.insert(a_point(), Records(np.array(repeats), np.ones(n), np.ones(n), *(np.ones(n, t) for t in (bool, int)),
                                    np.zeros(n, bool), np.ones(n)))  # fmt: skip
    assert store.repeats(a_point().identity).tolist() == sorted(repeats)
    assert store.counts([a_point().identity], 11) == {a_point().identity: 3}
    assert store.counts([a_point().identity], 10**9) == {a_point().identity: 5}


def test_moments_sum_what_did_not_diverge(store: Store) -> None:
    left, right, unknown = a_point(1), a_point(2), a_point(3).identity
    store.insert(left, some_records(0, 20))
    store.insert(right, some_records(2, 3))
    found = store.moments([left.identity, unknown, right.identity], 10)
    losses = [1 / (1 + repeat) for repeat in range(10) if repeat % 3 != 2]
    accuracies = [repeat % 5 / 4 for repeat in range(10) if repeat % 4 != 3]
    assert found == {
        left.identity: Moments(
            10, 3, 3, pytest.approx(sum(losses), rel=1e-14), pytest.approx(sum(x * x for x in losses), rel=1e-14),
            pytest.approx(np.mean(accuracies), rel=1e-14),
        ),
        right.identity: Moments(1, 1, 0, 0.0, 0.0, 0.5),
    }  # fmt: skip


def test_where_no_training_has_an_accuracy_there_is_no_mean_of_it(store: Store) -> None:
    store.insert(a_point(), some_records(3, 4))
    (found,) = store.moments([a_point().identity], 10).values()
    assert np.isnan(found.accuracy)


def test_moments_and_counts_of_very_many_points(store: Store) -> None:
    store.insert(a_point(1), some_records(0, 2))
    store.insert(a_point(2), some_records(0, 3))
    identities = [a_point(1).identity, *(f"{number:032x}" for number in range(2000)), a_point(2).identity]
    assert store.counts(identities, 9) == {a_point(1).identity: 2, a_point(2).identity: 3}
    assert {key: found.count for key, found in store.moments(identities, 9).items()} == store.counts(identities, 9)


def test_an_identity_is_data_and_never_a_query(store: Store) -> None:
    store.insert(a_point(), some_records(0, 3))
    for hostile in ("' OR 1=1 --", "$point", "", ":", '"]', "\N{SNOWMAN}"):
        assert store.counts([hostile], 10) == {}
        assert store.moments([hostile], 10) == {}
        assert store.repeats(hostile).size == 0
        assert store.records(hostile, 10).repeat.size == 0
        assert store.columns(hostile, 10, ["loss"])["loss"].size == 0


def test_two_instances_see_each_other(open_one: Callable[[], Store]) -> None:
    one, other = open_one(), open_one()
    assert one.insert(a_point(), some_records(0, 10)) == 10
    assert other.insert(a_point(), some_records(5, 15)) == 5
    assert one.repeats(a_point().identity).tolist() == list(range(15))
    assert same(other.records(a_point().identity, 99), some_records(0, 15))


def test_what_is_stored_outlives_the_instance(open_one: Callable[[], Store]) -> None:
    with open_one() as store:
        store.insert(a_point(), some_records(0, 4))
    assert same(open_one().records(a_point().identity, 99), some_records(0, 4))


def test_closing_twice_is_harmless(store: Store) -> None:
    store.close()
    store.close()


def test_runs_are_recorded_oldest_first(store: Store) -> None:
    assert store.runs() == []
    late = {"id": "b", "started": "2024-05-02T00:00:00+00:00", "study": {"axes": [["loss", ["bce", "mse"]]]}, "n": 3}
    early = {"id": "c", "started": "2024-05-01T00:00:00+00:00", "command": "é ' $x"}
    store.start_run(late)
    store.start_run(early)
    store.end_run("b", "2024-05-03T00:00:00+00:00", "completed")
    store.end_run("unknown", "2024-05-03T00:00:00+00:00", "completed")
    assert store.runs() == [
        {**early, "ended": None, "state": "running"},
        {**late, "ended": "2024-05-03T00:00:00+00:00", "state": "completed"},
    ]


def test_a_run_is_recorded_once(store: Store) -> None:
    run = {"id": "a", "started": "2024-05-01T00:00:00+00:00"}
    store.start_run(run)
    store.end_run("a", "2024-05-02T00:00:00+00:00", "finished")
    store.start_run(run)
    assert store.runs() == [{**run, "ended": "2024-05-02T00:00:00+00:00", "state": "finished"}]


def test_anyone_reads_results_by_the_published_names(store: Store, url: str) -> None:
    point = a_point(seed=2**63 - 1, hidden_std_dev=0.125)
    store.insert(point, some_records(1, 3))
    rows = sorted(_read_without_this_project(url), key=lambda row: row["repeat"])
    in_tables = [] if "mongo" in url else [{name: row.pop(name) for name in OF_FUNCTIONS} for row in rows]
    common = {"point": point.identity, "seed": 2**63 - 1, "hidden_std_dev": 0.125, "output_std_dev": 1.0}
    assert rows == [
        {**common, "repeat": 1, "loss": 0.5, "final_loss": 0.5 / 3, "solved": 0, "solved_epoch": None, "diverged": 0,
         "accuracy": 0.25},
        {**common, "repeat": 2, "loss": None, "final_loss": None, "solved": 0, "solved_epoch": None, "diverged": 1,
         "accuracy": 0.5},
    ]  # fmt: skip
    assert all(set(row) == PUBLISHED for row in rows)
    assert all(row[name] is None for row in in_tables for name in OF_FUNCTIONS)


def test_anyone_projects_spread_and_loss(store: Store, url: str) -> None:
    store.insert(a_point(), some_records(0, 2))
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            found = database.execute("SELECT hidden_std_dev, loss FROM results").fetchall()
    else:
        with pymongo.MongoClient(url) as client:
            documents = client.get_default_database()["results"].find({}, {"_id": 0, "hidden_std_dev": 1, "loss": 1})
            found = [(document["hidden_std_dev"], document["loss"]) for document in documents]
    assert sorted(found) == [(0.5, 0.5), (0.5, 1.0)]


def _read_without_this_project(url: str) -> list[dict[str, object]]:
    if url.startswith("sqlite"):
        database = sqlite3.connect(url.removeprefix("sqlite:///"))
        database.row_factory = sqlite3.Row
        found = [dict(row) for row in database.execute("SELECT * FROM results")]
        database.close()
        return found
    with pymongo.MongoClient(url) as client:
        return list(client.get_default_database()["results"].find({}, {"_id": 0}))


def test_a_loss_that_is_not_finite_is_in_no_sum(store: Store) -> None:
    loss = np.array([1.0, np.nan, np.inf, -np.inf, 2.0, sys.float_info.max * 1e-200])
    n = len(loss)
    records = Records(np.arange(n), loss, loss, np.ones(n, bool), np.ones(n, np.int64), np.zeros(n, bool), np.ones(n))
    store.insert(a_point(), records)
    (found,) = store.moments([a_point().identity], n).values()
    finite = loss[np.isfinite(loss)]
    assert found[:3] == (6, 3, 6)
    assert found[3:5] == (pytest.approx(sum(finite), rel=1e-14), pytest.approx(sum(finite**2), rel=1e-14))
    assert same(store.records(a_point().identity, n), records)


def test_every_outcome_of_any_training_is_named(store: Store) -> None:
    texts = [*['{"length": 1.5}'] * 40, '{"rare": null, "length": 2.0}', None]
    point, other = a_point(1), a_point(2)
    store.insert(point, replace(some_records(0, 42), outcomes=np.array(texts, object)))
    store.insert(other, replace(some_records(0, 1), outcomes=np.array(['{"a name": 1.0}'], object)))
    store.insert(a_point(3), some_records(0, 3))
    assert store.outcome_names([point.identity]) == {"length", "rare"}
    assert store.outcome_names([point.identity, other.identity, "unknown"]) == {"length", "rare", "a name"}
    assert store.outcome_names([a_point(3).identity, "unknown", "' OR 1=1 --"]) == store.outcome_names([]) == set()


def test_a_field_that_records_do_not_have_is_refused(store: Store) -> None:
    store.insert(a_point(), some_records(0, 2))
    for name in ("seed", "loss FROM trainings --", "$loss", "*", ""):
        with pytest.raises(UsageError) as caught:
            store.columns(a_point().identity, 9, ["loss", name])
        assert str(caught.value) == (
            f"field was given as {name!r}; allowed is one of repeat, loss, final_loss, solved, solved_epoch, "
            "diverged, accuracy, outcomes, reason"
        )


def test_points_say_what_they_are(store: Store) -> None:
    assert store.points() == {}
    left, right = a_point(2**63 - 1), a_point(2, 0.1)
    store.insert(left, some_records(0, 5))
    store.insert(right, some_records(0, 0))
    for point in (left, right):
        said = store.points()[point.identity]
        assert said == {"recipe": point.recipe.to_dict(), "seed": point.seed, "draws": "common"}
        assert Point(Recipe.from_dict(said["recipe"]), said["seed"], said["draws"]).identity == point.identity


def test_records_say_where_they_belong(store: Store) -> None:
    assert store.labels() == []
    left, right = a_point(1), a_point(2, 0.1)
    store.insert(left, some_records(0, 5))
    store.insert(right, some_records(3, 6))
    assert sorted(store.labels()) == sorted(
        [
            Label(left.identity, left.identity, 1, 0.5, 1.0, 5),
            Label(right.identity, right.identity, 2, 0.1, 1.0, 3),
        ]
    )


def test_a_sound_store_has_no_damage_and_nothing_foreign(store: Store) -> None:
    store.insert(a_point(), some_records(0, 20))
    assert store.damage() == []
    assert (store.foreign(), store.foreign_moments(), list(store.foreign_losses())) == (0, {}, [])


def test_a_spread_for_each_hidden_layer_is_a_list_or_none_in_labels_and_results(store: Store, url: str) -> None:
    point = Point(Recipe(hidden=(2, 2), hidden_std_dev=(0.5, 2.0)), 1, "common")
    store.insert(point, some_records(0, 3))
    (label,) = store.labels()
    expected = None if url.startswith("sqlite") else [0.5, 2.0]
    assert label == Label(point.identity, point.identity, 1, expected, 1.0, 3)
    assert {str(row["hidden_std_dev"]) for row in _read_without_this_project(url)} == {str(expected)}
    assert store.points()[point.identity]["recipe"]["hidden_std_dev"] == [0.5, 2.0]
    assert store.damage() == []
