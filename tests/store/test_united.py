"""Several stores read as one are what `sweep.merge` of them would be, whichever kinds they are."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import mongomock
import numpy as np
import pytest

from sweep import merge
from sweep.errors import DamagedError, StoreError, UsageError
from sweep.recipe import OwnRecipe, Recipe
from sweep.recipe.csv_file import read_csv
from sweep.store import Records, Store, open_store
from sweep.store.own import OwnStore
from sweep.store.provenance import describe_run
from sweep.store.records import RECORD_FIELDS
from sweep.study import Axis, Point, Study
from tests.conftest import MONGODB, real_mongodb
from tests.store.samples import a_point, same, some_records

Make = Callable[[str, str], str]

PAIRS = [("sqlite", "sqlite"), ("sqlite", MONGODB), (MONGODB, "sqlite"), (MONGODB, MONGODB)]
POINTS = [a_point(0, spread) for spread in (0.25, 0.5, 1.0, 2.0, 4.0)]
STUDY = Study(Recipe(), (Axis("hidden_std_dev", (0.25, 0.5, 1.0, 2.0, 4.0)),), repeats=40, draws="common")
IDENTITIES = [point.identity for point in POINTS]
RUN = describe_run(STUDY, "python -m sweep.run", 1)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Gives the URL of a new store of a kind and name."""
    with ExitStack() as made:
        if MONGODB == "mongomock":
            made.enter_context(mongomock.patch("mongodb://localhost"))

        def make(kind: str, name: str) -> str:
            if kind == "sqlite":
                return str(tmp_path / f"{name}.db")
            if kind == "mongomock":
                return f"mongodb://localhost/{name}"
            server = real_mongodb()
            made.callback(lambda: next(server, None))
            return next(server)

        yield make


def fill(url: str, parts: dict[int, list[tuple[int, int]]], **run: str) -> str:
    """A store with a run and repeats from and below of points by their place."""
    with open_store(url, create=True) as store:
        store.start_run({**RUN, "id": f"run of {url[-20:]}", **run})
        for place, ranges in parts.items():
            for low, high in ranges:
                store.insert(POINTS[place], some_records(low, high))
    return url


def assert_same(united: Store, merged: Store) -> None:
    for below in (0, 1, 13, 25, 40, 10**9):
        assert united.counts([*IDENTITIES, "unknown"], below) == merged.counts([*IDENTITIES, "unknown"], below)
        sums, expected = united.moments(IDENTITIES, below), merged.moments(IDENTITIES, below)
        assert sums.keys() == expected.keys()
        for identity, moments in expected.items():
            assert sums[identity][:3] == moments[:3]
            np.testing.assert_allclose(sums[identity][3:], moments[3:], rtol=1e-14)
        for identity in [*IDENTITIES, "unknown"]:
            assert same(united.records(identity, below), merged.records(identity, below))
            assert list(united.columns(identity, below, ["loss", "repeat"])) == ["loss", "repeat"]
    for identity in [*IDENTITIES, "unknown"]:
        assert united.repeats(identity).dtype == np.int64
        assert united.repeats(identity).tolist() == merged.repeats(identity).tolist()
    assert united.points() == merged.points()
    assert united.runs() == merged.runs()


DIVIDED = {
    "by points": [{0: [(0, 40)], 2: [(0, 40)], 4: [(0, 40)]}, {1: [(0, 40)], 3: [(0, 40)]}],
    "by repeats": [{place: [(0, 20)] for place in range(5)}, {place: [(20, 40)] for place in range(5)}],
    "later repeats first": [{0: [(20, 40)]}, {0: [(0, 20)], 1: [(0, 3)]}],
    "the same in both": [{0: [(0, 30)]}, {0: [(0, 30)]}],
    "some in both, with holes": [{0: [(0, 10), (20, 30)], 1: [(5, 6)]}, {0: [(5, 25)], 3: [(0, 9)]}],
    "one is empty": [{}, {0: [(0, 5)]}],
    "both are empty": [{}, {}],
}


@pytest.mark.parametrize("kinds", PAIRS, ids="-".join)
@pytest.mark.parametrize("divided", DIVIDED)
def test_two_stores_are_read_as_what_merge_makes_of_them(kinds: tuple[str, str], divided: str, make: Make) -> None:
    urls = [fill(make(kind, name), of) for kind, name, of in zip(kinds, "ab", DIVIDED[divided], strict=True)]
    with open_store(make("sqlite", "merged"), create=True) as merged, open_store(urls) as united:
        for url in urls:
            with open_store(url) as source:
                merge.merge(source, merge.sound(source, url), merged, quiet=True)
        assert_same(united, merged)


def test_any_trainings_in_any_of_three_stores_are_there_once(make: Make) -> None:
    rng = np.random.default_rng(0)
    urls = [fill(make("sqlite", name), {}) for name in "abc"]
    held: list[set[int]] = [set() for _ in POINTS]
    for url in urls:
        with open_store(url) as store:
            for point, known in zip(POINTS, held, strict=True):
                rows = np.flatnonzero(rng.random(40) < rng.random())
                whole = some_records(0, 40)
                store.insert(point, Records(*(getattr(whole, name)[rows] for name in RECORD_FIELDS)))
                known.update(rows.tolist())
    with open_store(urls) as united:
        for identity, known in zip(IDENTITIES, held, strict=True):
            assert united.repeats(identity).tolist() == sorted(known)
            assert united.records(identity, 99).repeat.tolist() == sorted(known)
        assert united.counts(IDENTITIES, 40) == {one: len(n) for one, n in zip(IDENTITIES, held, strict=True) if n}


@pytest.mark.parametrize("kinds", PAIRS, ids="-".join)
def test_of_different_results_that_of_the_store_named_first_counts_and_they_are_told_once(
    kinds: tuple[str, str], make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    urls = [fill(make(kind, name), {0: [(0, 9)]}) for kind, name in zip(kinds, "ab", strict=True)]
    other = some_records(9, 13)
    with open_store(urls[0]) as store:
        store.insert(POINTS[0], other)
        names = [store.name]
    with open_store(urls[1]) as store:
        store.insert(POINTS[0], replace(other, loss=np.nextafter(other.loss, 9)))
        names.append(store.name)
    differ = 3  # one of four has diverged in both
    for order in (urls, urls[::-1]):
        with open_store(order) as united, open_store(order[0]) as first:
            for names_read in (["loss"], ["solved"], list(RECORD_FIELDS), ["loss", "repeat"]):
                read = united.columns(IDENTITIES[0], 99, names_read)
                for name, column in read.items():
                    assert column.tobytes() == first.columns(IDENTITIES[0], 99, [name])[name].tobytes()
        united.close()
        said = capsys.readouterr().err.splitlines()
        name = " + ".join(names if order is urls else names[::-1])
        assert said == [
            f"{differ} trainings have another result in several of {name}; that of the store named first counts: other "
            "processors and versions may round otherwise."
        ]
    with open_store(urls) as united:
        united.columns(IDENTITIES[0], 9, ["loss"])
    assert capsys.readouterr().err == ""
    merge.main([urls[1], "--store", urls[0], "--quiet"])
    assert f"{differ} trainings of these have another result there" in capsys.readouterr().out


def test_a_run_that_several_hold_has_ended_if_one_says_so(make: Make) -> None:
    urls = [fill(make("sqlite", name), {}, id="one") for name in "ab"]
    with open_store(urls[1]) as store:
        store.end_run("one", "2026-01-02T00:00:00+00:00", "finished")
    with open_store(urls) as united:
        (run,) = united.runs()
    assert (run["ended"], run["state"]) == ("2026-01-02T00:00:00+00:00", "finished")


def test_runs_come_by_their_start_whichever_store_they_are_in(make: Make) -> None:
    urls = [make("sqlite", name) for name in "ab"]
    fill(urls[0], {}, id="late", started="2026-01-03")
    fill(urls[1], {}, id="early", started="2026-01-01")
    with open_store(urls[0]) as store:
        store.start_run({**RUN, "id": "first", "started": "2025-01-01"})
    with open_store(urls) as united:
        assert [run["id"] for run in united.runs()] == ["first", "early", "late"]


def test_data_sets_come_from_the_store_that_has_them_whole(make: Make, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b,kind\n" + "".join(f"{n % 7},{n % 3},{'xy'[n % 2]}\n" for n in range(12)))
    data = read_csv(str(tmp_path / "rows.csv"), "sigmoid")
    urls = [fill(make("sqlite", name), {}) for name in "abc"]
    with open_store(urls) as united, pytest.raises(StoreError, match=r"a\.db does not hold the data set data:12x2x1"):
        united.data_set(data.problem)
    for url in urls[1:]:
        with open_store(url) as store:
            store.add_data(data)
    with closing(sqlite3.connect(urls[1])) as database:
        database.execute("UPDATE data_sets SET inputs = x'00'")
        database.commit()
    with open_store(urls) as united:
        np.testing.assert_array_equal(united.data_set(data.problem).inputs, data.inputs)
    with open_store(urls[:2]) as united, pytest.raises(DamagedError, match=r"b\.db holds the data set"):
        united.data_set(data.problem)


def test_outcomes_of_a_function_come_from_all_stores(make: Make) -> None:
    recipe = OwnRecipe(function="mine", version="1", values=(("rate", 0.1),))
    study = Study(recipe, (Axis("rate", (0.1, 0.2)),), repeats=4, draws="independent")
    urls = [make("sqlite", "a"), make(MONGODB, "b")]
    texts = ('{"length": 1.5}', '{"length": null, "width": 2.0}')
    for place, (url, point, text) in enumerate(zip(urls, study.points, texts, strict=True)):
        with open_store(url, create=True) as store:
            records = replace(some_records(0, 2), outcomes=np.full(2, text, object))
            store.insert(point, records)
            store.insert(study.points[0], replace(some_records(2 + place, 3 + place)))
    with open_store(urls) as united:
        own = OwnStore(united, study)
        assert set(own.outcomes) == {"length", "width"}
        assert own.columns(study.points[1].identity, 9, ["width"])["width"].tolist() == [2.0, 2.0]
        assert own.counts([study.points[0].identity], 9) == {study.points[0].identity: 4}


def test_stores_of_an_older_format_are_read_beside_those_of_this_one(make: Make) -> None:
    old = make("sqlite", "old")
    with closing(sqlite3.connect(old, isolation_level=None)) as database:
        database.executescript((Path(__file__).parent / "format_1.sql").read_text())
    with open_store(old) as store:
        identity = next(iter(store.points()))
        counts = store.counts([identity], 99)
    new = fill(make("sqlite", "new"), {0: [(0, 3)]})
    with open_store([new, old]) as united:
        assert united.format_version == 1
        assert united.counts([identity, IDENTITIES[0]], 99) == {**counts, IDENTITIES[0]: 3}
        assert np.isnan(united.records(identity, 99).accuracy).all()


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_one_store_under_two_names_is_refused(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = fill(make("sqlite", "a"), {0: [(0, 3)]})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to(url)
    for other in (url, "a.db", "./a.db", f"sqlite:///{url}", "link.db"):
        with pytest.raises(UsageError) as caught:
            open_store([url, other])
        shown = other.removeprefix("sqlite:///")
        assert str(caught.value) == f"stores were given as {url} and {shown}, which are the same; name it once"


def test_one_database_under_two_names_of_its_server_is_refused() -> None:
    with mongomock.patch(["mongodb://localhost", "mongodb://127.0.0.1", "mongodb://localhost:27018"]):
        for other in ("mongodb://127.0.0.1/one", "mongodb://localhost:27017/one"):
            with pytest.raises(UsageError, match=f"given as mongodb://localhost/one and {other}, which are the same"):
                open_store(["mongodb://localhost/one", other])
        for other in ("mongodb://127.0.0.1/two", "mongodb://localhost:27018/one"):
            open_store(["mongodb://localhost/one", other]).close()


def test_a_store_that_is_missing_or_cannot_be_read_is_named_and_the_others_are_closed(
    make: Make, tmp_path: Path
) -> None:
    url = fill(make("sqlite", "a"), {0: [(0, 3)]})
    with pytest.raises(StoreError, match=r"there is no store at .*none\.db; `python -m sweep\.run --store"):
        open_store([url, str(tmp_path / "none.db")])
    (tmp_path / "text.db").write_text("no database")
    with pytest.raises(StoreError, match=r"cannot use the store .*text\.db \(file is not a database\)"):
        open_store([url, str(tmp_path / "text.db")])
    assert (tmp_path / "text.db").read_text() == "no database"
    os.rename(url, tmp_path / "moved.db")  # Windows refuses it where the file is open


def test_a_store_whose_record_cannot_be_read_is_named(make: Make) -> None:
    urls = [fill(make("sqlite", name), {0: [(0, 3)]}) for name in "ab"]
    open_store([urls[0], urls[1]]).close()
    with open_store(urls) as united:
        with closing(sqlite3.connect(urls[1])) as database:
            database.execute("DROP VIEW results")
            database.execute("DROP TABLE trainings")
        with pytest.raises(StoreError, match=r"cannot use the store .*b\.db \(no such table"):
            united.records(IDENTITIES[0], 9)


def test_several_stores_are_not_written(make: Make) -> None:
    urls = [fill(make("sqlite", name), {0: [(0, 3)]}) for name in "ab"]
    with pytest.raises(UsageError) as caught:
        open_store(urls, create=True)
    assert str(caught.value) == "2 stores were given to write to; name one, several are only read"
    with pytest.raises(UsageError, match="stores were given as an empty list; name at least one"):
        open_store([])
    with open_store(urls) as united:
        for write in (
            lambda: united.insert(POINTS[0], some_records(0, 9)),
            lambda: united.start_run(RUN),
            lambda: united.end_run("one", "", "failed"),
            lambda: united.add_data(None),  # type: ignore[arg-type]
        ):
            with pytest.raises(StoreError, match=r"a\.db \+ .*b\.db are several stores, which are read as one; name"):
                write()
        assert united.counts(IDENTITIES, 99) == {IDENTITIES[0]: 3}


def test_a_list_of_one_store_is_that_store(make: Make) -> None:
    url = make("sqlite", "a")
    with open_store([url], create=True) as store:
        store.insert(Point(Recipe(), 0, "common"), some_records(0, 1))
        assert store.name == url


@pytest.mark.parametrize("kinds", PAIRS, ids="-".join)
def test_labels_and_damage_are_those_of_every_store(kinds: tuple[str, str], make: Make) -> None:
    urls = [fill(make(kind, name), {0: [(0, 3)]}) for kind, name in zip(kinds, "ab", strict=True)]
    with open_store(urls) as united:
        assert [label.count for label in united.labels()] == [3, 3]
        assert united.damage() == []
        assert (united.foreign(), united.foreign_moments(), list(united.foreign_losses())) == (0, {}, [])
