import pymongo
import pytest

from sweep.store import Store, open_store
from tests.store.samples import a_point, same, some_records


def collection(name: str) -> pymongo.collection.Collection:
    return pymongo.MongoClient("mongodb://localhost")["sweep_test"][name]


def test_a_training_is_one_document_of_plain_values(mocked: Store) -> None:
    mocked.insert(a_point(), some_records(2, 3))
    document = collection("results").find_one()
    assert document == {
        "_id": f"{a_point().identity}:0000000002", "point": a_point().identity, "seed": 0, "repeat": 2,
        "hidden_std_dev": 0.5, "output_std_dev": 1.0, "loss": None, "final_loss": None,
        "solved": False, "solved_epoch": None, "diverged": True, "accuracy": 0.5,
    }  # fmt: skip
    assert {type(value) for value in document.values()} <= {str, int, float, bool, type(None)}


def test_a_point_is_described_once(mocked: Store) -> None:
    mocked.insert(a_point(), some_records(0, 2))
    mocked.insert(a_point(), some_records(2, 4))
    described = {"recipe": a_point().recipe.to_dict(), "seed": 0, "draws": "common"}
    assert list(collection("points").find()) == [{"_id": a_point().identity, **described}]


def put_foreign_documents(results: pymongo.collection.Collection) -> None:
    results.insert_many([
        {"hidden_std_dev": 0.5, "output_std_dev": 1.0, "loss": 0.25},
        {"_id": "no colon", "loss": "text"},
        {"_id": 3, "point": a_point().identity, "repeat": 0, "loss": 0.5},
    ])  # fmt: skip


def assert_foreign_documents_are_ignored(store: Store) -> None:
    identity = a_point().identity
    store.insert(a_point(), some_records(0, 2))
    assert store.counts([identity], 9) == {identity: 2}
    assert store.moments([identity], 9)[identity][:4] == (2, 0, 1, 1.5)
    assert store.repeats(identity).tolist() == [0, 1]
    assert same(store.records(identity, 9), some_records(0, 2))


def test_documents_of_other_programs_are_ignored(mocked: Store) -> None:
    put_foreign_documents(collection("results"))
    assert_foreign_documents_are_ignored(mocked)


def test_documents_of_other_programs_are_ignored_by_a_real_server(mongodb_url: str) -> None:
    with pymongo.MongoClient(mongodb_url) as client, open_store(mongodb_url) as store:
        put_foreign_documents(client.get_default_database()["results"])
        assert_foreign_documents_are_ignored(store)


def test_counts_read_the_index_alone(mongodb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pipelines = []
    original = pymongo.collection.Collection.aggregate

    def aggregate(self: pymongo.collection.Collection, pipeline: list[object]) -> object:
        pipelines.append(pipeline)
        return original(self, pipeline)

    monkeypatch.setattr(pymongo.collection.Collection, "aggregate", aggregate)
    with open_store(mongodb_url) as store, pymongo.MongoClient(mongodb_url) as client:
        store.insert(a_point(1), some_records(0, 50))
        store.insert(a_point(2), some_records(0, 50))
        assert store.counts([a_point(1).identity], 10) == {a_point(1).identity: 10}
        asked = {"aggregate": "results", "pipeline": pipelines[0], "cursor": {}}
        plan = client.get_default_database().command("explain", asked, verbosity="executionStats")
    statistics = plan.get("executionStats") or plan["stages"][0]["$cursor"]["executionStats"]
    assert (statistics["totalDocsExamined"], statistics["totalKeysExamined"] <= 11) == (0, True)
