import socket
import time

import mongomock
import pymongo
import pytest
from pymongo import errors

from sweep.errors import StoreError, StoreUnavailableError, UsageError
from sweep.store import Store, open_store
from sweep.store.mongo.server import explained
from tests.store.samples import a_point, some_records


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_another_unique_index_is_an_error(mongodb_url: str) -> None:
    with pymongo.MongoClient(mongodb_url) as client, open_store(mongodb_url) as store:
        client.get_default_database()["results"].create_index("repeat", unique=True)
        store.insert(a_point(1), some_records(0, 2))
        with pytest.raises(StoreError, match=r"MongoDB refused the request .*E11000 duplicate key.*check the server"):
            store.insert(a_point(2), some_records(0, 2))


def test_a_server_that_is_not_running_is_told_soon(closed_port: int) -> None:
    url = f"mongodb://user:secret@127.0.0.1:{closed_port}/db"
    begun = time.monotonic()
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert time.monotonic() - begun < 6
    message = str(caught.value)
    assert message.startswith(f"MongoDB does not answer at mongodb://user:***@127.0.0.1:{closed_port}/db (")
    assert "Connection refused" in message
    assert message.endswith("): start it with `docker compose up -d`, or leave the store out to use the SQLite default")
    assert "secret" not in message


def test_a_server_that_never_answers_is_told_soon() -> None:
    begun = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(StoreError, match="does not answer"):
        open_store(f"mongodb://127.0.0.1:{silent.getsockname()[1]}/db")
    assert time.monotonic() - begun < 6


def test_the_uri_sets_the_waiting_time(closed_port: int) -> None:
    begun = time.monotonic()
    with pytest.raises(StoreError, match="does not answer"):
        open_store(f"mongodb://127.0.0.1:{closed_port}/?SERVERSELECTIONTIMEOUTMS=100")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("mongodb://", " (Must provide at least one hostname or IP)"),
        ("mongodb://host:port", " (Port contains non-digit characters."),
        ("mongodb://host/a b", " (Bad database name"),
        ("mongodb://host/?authSource", " (MongoDB URI options are key=value pairs)"),
        ("mongodb://host/?tlsCAFile=/nowhere.pem", " ([Errno 2] "),
        ("mongodb://host/?w=0", " (Cannot set w to 0 and j to True)"),
        ("mongodb://user:sec@ret@host", ""),
        ("mongodb://user:12/sec$ret@host", ""),
        ("mongodb://user:sec/r et@host", ""),
        ("mongodb://user:sec%zzret@host", ""),
    ],
)
def test_a_malformed_uri_is_refused_without_its_password(url: str, cause: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_store(url)
    message = str(caught.value)
    shown = url if "@" not in url else "mongodb://user:***@host"
    assert message.startswith(f"the store was given as {shown!r}{cause}")
    assert message.endswith(
        "; allowed is mongodb://USER:PASSWORD@HOST:PORT/DATABASE, user and password percent-encoded"
    )
    assert "sec" not in message
    assert "ret@" not in message


def test_servers_that_no_name_server_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise errors.ConfigurationError("The DNS query name does not exist: _mongodb._tcp.host.")

    monkeypatch.setattr(pymongo, "MongoClient", unknown)
    with pytest.raises(StoreError) as caught:
        open_store("mongodb+srv://user:secret@host/db")
    assert str(caught.value) == (
        "cannot find the servers of mongodb+srv://user:***@host/db "
        "(The DNS query name does not exist: _mongodb._tcp.host.): check the host's name"
    )


def test_a_wrong_password_is_told(mongodb_url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(mongodb_url.replace("mongodb://", "mongodb://user:secret@"))
    assert "mongodb://user:***@" in str(caught.value)
    assert str(caught.value).endswith("check user, password and authSource in the URI, and the user's rights")
    assert "secret" not in str(caught.value)


def test_a_closed_store_says_so(mongodb_url: str) -> None:
    store = open_store(mongodb_url)
    store.close()
    with pytest.raises(StoreError) as caught:
        store.runs()
    assert str(caught.value) == (
        f"cannot use the store {mongodb_url} (Cannot use MongoClient after close): check the URI and the server"
    )


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.OperationFailure("no", 13, {"errmsg": "not authorized"}),
         "MongoDB refused the request at NAME (not authorized): "
         "check user, password and authSource in the URI, and the user's rights"),
        (errors.OperationFailure("no", 14031, {"errmsg": "disk space is too low"}),
         "MongoDB refused the request at NAME (disk space is too low): check the server"),
        (errors.BulkWriteError({"writeErrors": [{"code": 121, "errmsg": "validation"}], "writeConcernErrors": []}),
         "MongoDB refused the request at NAME (validation): check the server"),
        (errors.BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": "waiting"}]}),
         "MongoDB refused the request at NAME (waiting): check the server"),
        (errors.AutoReconnect("connection closed"),
         "MongoDB does not answer at NAME (connection closed): start it with `docker compose up -d`, "
         "or leave the store out to use the SQLite default"),
        (errors.ConfigurationError("odd mongodb://user:secret@host"),
         "cannot use the store NAME (odd mongodb://user:***@host): check the URI and the server"),
    ],
)  # fmt: skip
def test_every_error_is_told_in_one_sentence(error: errors.PyMongoError, expected: str) -> None:
    with pytest.raises(StoreError) as caught, explained("NAME"):
        raise error
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("error", "may_pass"),
    [
        (errors.AutoReconnect("connection closed"), True),
        (errors.NotPrimaryError("not primary"), True),
        (errors.OperationFailure("no", 14031, {"errmsg": "disk space is too low"}), True),
        (errors.OperationFailure("no", 18, {"errmsg": "authentication failed"}), False),
        (errors.BulkWriteError({"writeErrors": [{"code": 11000}, {"code": 14031}], "writeConcernErrors": []}), True),
        (errors.BulkWriteError({"writeErrors": [{"code": 14031}, {"code": 121}], "writeConcernErrors": []}), False),
        (errors.BulkWriteError({"writeErrors": [{"code": 11000}], "writeConcernErrors": [{"code": 64}]}), True),
        (errors.BulkWriteError({"writeErrors": [{"code": 11000, "keyPattern": {"x": 1}}]}), False),
        (errors.InvalidOperation("Cannot use MongoClient after close"), False),
    ],
)  # fmt: skip
def test_what_may_pass_is_told_from_what_will_not(error: errors.PyMongoError, may_pass: bool) -> None:
    with pytest.raises(StoreError) as caught, explained("NAME"):
        raise error
    assert isinstance(caught.value, StoreUnavailableError) == may_pass


def failing_with(*write_errors: dict[str, object], concern: tuple[dict[str, object], ...] = ()) -> object:
    def insert_many(*_: object, **__: object) -> None:
        details = {"writeErrors": list(write_errors), "writeConcernErrors": list(concern), "nInserted": 1}
        raise errors.BulkWriteError(details)

    return insert_many


def test_only_a_duplicate_of_the_id_is_harmless(mocked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    duplicate = {"code": 11000, "keyPattern": {"_id": 1}, "errmsg": "duplicate"}
    other = {"code": 121, "errmsg": "validation"}
    kind = mongomock.collection.Collection
    monkeypatch.setattr(kind, "insert_many", failing_with(duplicate))
    assert mocked.insert(a_point(), some_records(0, 2)) == 1
    monkeypatch.setattr(kind, "insert_many", failing_with(duplicate, other))
    with pytest.raises(StoreError, match="refused"):
        mocked.insert(a_point(), some_records(0, 2))
    monkeypatch.setattr(kind, "insert_many", failing_with(duplicate, concern=({"errmsg": "waiting"},)))
    with pytest.raises(StoreError, match="refused"):
        mocked.insert(a_point(), some_records(0, 2))
