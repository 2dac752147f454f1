"""Connects to a MongoDB server, inserts what is new, and says in words what went wrong."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import getaddrinfo

import pymongo
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)
from pymongo.uri_parser import parse_host

from sweep.console.progress import say
from sweep.errors import StoreError, StoreUnavailableError, UsageError
from sweep.redact import redact
from sweep.store.mongo.queries import Document

DEFAULT_DATABASE = "experiment_db"
DEFAULT_OPTIONS = {"serverSelectionTimeoutMS": 4000, "connectTimeoutMS": 4000, "journal": True}
DUPLICATE_KEY = 11000
NOT_ALLOWED = (13, 18, 8000)
"""MongoDB's error codes for missing rights and failed authentication."""
MAY_PASS = {6, 7, 50, 64, 89, 91, 112, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031}
"""MongoDB's error codes for hosts or networks that fail, time limits, shutting down, elections and a full disk."""


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn every error of pymongo into a StoreError that names the store, the cause and the remedy."""
    try:
        yield
    except ConnectionFailure as error:
        cause = redact(str(error)).partition(", Timeout:")[0]
        raise StoreUnavailableError(
            f"MongoDB does not answer at {name} ({cause}): start it with `docker compose up -d`, "
            "or leave the store out to use the SQLite default"
        ) from error
    except OperationFailure as error:
        refused = error.code in NOT_ALLOWED
        remedy = "user, password and authSource in the URI, and the user's rights" if refused else "the server"
        kind = StoreUnavailableError if _may_pass(error) else StoreError
        raise kind(f"MongoDB refused the request at {name} ({_cause(error)}): check {remedy}") from error
    except PyMongoError as error:
        raise StoreError(f"cannot use the store {name} ({_cause(error)}): check the URI and the server") from error


def connect(url: str, name: str, seconds: float | None = None) -> Database[Document]:
    """The database that a URI names; the server is asked for at the first call, and looked for `seconds` at most.

    Args:
        url: the URI; its database, else DEFAULT_DATABASE.
        name: the same as it may be shown.
        seconds: to look for a server, else what the URI says or 4 s.

    Raises:
        UsageError: it is no such URI.
        StoreError: the host that names the servers of a `mongodb+srv` URI cannot be found.
    """
    options = {key: value for key, value in DEFAULT_OPTIONS.items() if f"{key.lower()}=" not in url.lower()}
    if seconds is not None:
        options |= dict.fromkeys(("serverSelectionTimeoutMS", "connectTimeoutMS"), round(1000 * seconds))
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            client: pymongo.MongoClient[Document] = pymongo.MongoClient(url, **options)  # type: ignore[arg-type]
            database = client.get_default_database(DEFAULT_DATABASE)
    except (PyMongoError, ValueError, OSError) as error:
        if isinstance(error, ConfigurationError) and not isinstance(error, InvalidURI) and "+srv:" in url:
            raise StoreError(f"cannot find the servers of {name} ({_cause(error)}): check the host's name") from error
        cause = "" if "@" in url else f" ({_cause(error)})"  # it may quote a piece of a password that was not encoded
        raise UsageError(
            f"the store was given as {name!r}{cause}; allowed is mongodb://USER:PASSWORD@HOST:PORT/DATABASE, "
            "user and password percent-encoded"
        ) from (None if "@" in url else error)
    for one in told:
        say(f"warning: {redact(str(one.message))}")
    return database


def addresses_of(hosts: str) -> set[tuple[str, int]]:
    """Every address and port of a URI's hosts, separated by commas; none of a host that cannot be found."""
    found: set[tuple[str, int]] = set()
    for host in hosts.split(","):
        name, port = parse_host(host)
        with suppress(OSError):
            found |= {(str(address[0]), int(address[1])) for *_, address in getaddrinfo(name, port)}
    return found


def insert_new(collection: Collection[Document], documents: list[Document]) -> int:
    """Insert the documents whose _id is not there yet, and return how many those were."""
    try:
        return len(collection.insert_many(documents, ordered=False).inserted_ids)
    except BulkWriteError as error:
        if error.details.get("writeConcernErrors") or not all(map(_is_stored, error.details["writeErrors"])):
            raise
        return int(error.details["nInserted"])


def _is_stored(write_error: Document) -> bool:
    return bool(write_error["code"] == DUPLICATE_KEY and write_error.get("keyPattern", {"_id": 1}) == {"_id": 1})


def _may_pass(error: OperationFailure) -> bool:
    """Whether nothing failed for good; what is stored already did not fail."""
    failures = [failure for failure in _failures(error) if "code" in failure and not _is_stored(failure)]
    return error.code in MAY_PASS if not failures else all(failure["code"] in MAY_PASS for failure in failures)


def _cause(error: Exception) -> str:
    return redact(next((failure["errmsg"] for failure in _failures(error) if "errmsg" in failure), str(error)))


def _failures(error: Exception) -> list[Document]:
    details = getattr(error, "details", None) or {}
    return [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ()), details]
