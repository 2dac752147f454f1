"""Made-up documents of a MongoDB database, and made-up URLs of one."""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import bson
import pymongo
from hypothesis import strategies as some

from benchmarks.inputs.case import Case, Outcome, run_case
from benchmarks.inputs.stored import DRAWING, READING, WRITING, documents
from benchmarks.inputs.template import STUDIES
from benchmarks.inputs.values import QUERIES, SECRET, hostile, json_values, one_in, words

Documents = dict[str, list[dict[str, Any]]]
COLLECTIONS = ("results", "points", "runs", "format", "data_sets")
NAME = "inputs_{}"


class Database:
    """A database of its own on a server, that cases find as it was, but for their changes.

    Args:
        server: URI of a server.
        number: tells databases apart.
    """

    def __init__(self, server: str, number: int) -> None:
        address, _, options = server.partition("?")
        self.url = f"{address.rstrip('/')}/{NAME.format(number)}?{options}"
        self._server, self._name = server, NAME.format(number)

    def fill(self, documents: Documents) -> None:
        """Have these documents in it, and no others."""
        with pymongo.MongoClient(self._server) as client:
            client.drop_database(self._name)
            for name, rows in documents.items():
                if rows:
                    client[self._name][name].insert_many(rows)

    def read(self) -> Documents:
        """What is in it."""
        with pymongo.MongoClient(self._server) as client:
            database = client[self._name]
            return {name: list(database[name].find()) for name in sorted(database.list_collection_names())}

    def digest(self) -> bytes:
        """What is in it, as bytes."""
        return b"".join(bson.encode({name: rows}) for name, rows in self.read().items())

    def drop(self) -> None:
        """Remove it."""
        with pymongo.MongoClient(self._server) as client:
            client.drop_database(self._name)


@contextmanager
def database(server: str, folder: Path) -> Iterator[tuple[Database, dict[str, Documents]]]:
    """A database, and what it holds after each of the template's studies."""
    one = Database(server, os.getpid())
    main, found = importlib.import_module("sweep.run").main, {}
    try:
        for store, study in STUDIES.items():
            one.drop()
            with redirect_stdout(StringIO()):
                assert main([*study, "--store", one.url, "--workers", "1", "--quiet"]) == 0
            found[store] = one.read()
        yield one, found
    finally:
        one.drop()


@some.composite
def mongo_stores(draw: some.DrawFn, url: str, known: dict[str, Documents]) -> tuple[Case, Documents]:
    """A command that reads, or a run, with documents that are not as they should be."""
    content = {
        name: [dict(row) for row in rows] for name, rows in known[draw(some.sampled_from(list(STUDIES)))].items()
    }
    module, *given = draw(some.sampled_from(READING if not draw(one_in(8)) else DRAWING + WRITING))
    given = [url if word == "STORE" else word for word in given]
    if module != "sweep.merge":
        given += ["--store", url]
    for _ in range(draw(some.integers(1, 2))):
        name = draw(some.sampled_from([name for name, rows in content.items() if rows]))
        rows, kind = content[name], draw(some.integers(0, 9))
        place = draw(some.sampled_from((0, len(rows) - 1)))
        field = draw(some.sampled_from(list(rows[place])))
        new = draw(json_values | some.sampled_from([{"$gt": ""}, {"$where": "1"}, *QUERIES]))
        if kind == 0:
            del rows[place][field]
        elif kind == 1:
            rows[place] |= {f"unknown{number}": number for number in range(2000)}
        elif kind == 2:
            rows.append({"_id": draw(json_values), field: new})
        elif kind < 5 and isinstance(rows[place][field], dict):
            rows[place][field] = draw(documents(rows[place][field]))
        else:
            for row in rows if kind > 7 and field != "_id" else [rows[place]]:
                row[field] = new
        content[name] = [row for row in rows if row]
    return Case(module, tuple(given)), content


def run_documents(one: Database, asked: tuple[Case, Documents], folder: Path) -> Outcome | None:
    """Run such a case; None where MongoDB itself does not take its documents."""
    case, content = asked
    try:
        one.fill(content)
    except (pymongo.errors.PyMongoError, bson.errors.BSONError, OverflowError, UnicodeError):
        return None
    return run_case(case, folder, one.digest)


hosts = (
    some.sampled_from(
        ("127.0.0.1:1", "127.0.0.1", "", "localhost:1", "[::1]:1", "127.0.0.1:99999", "a b", "[", "a,b", "/tmp/x.sock")
    )
    | hostile
)
options = (
    some.sampled_from(
        (
            "tls=true",
            "tlsCAFile=/nowhere.pem",
            "w=0",
            "w=-1",
            "readPreference=x",
            "authMechanism=x",
            "=",
            "connect=true",
            "maxPoolSize=x",
            "replicaSet=",
            "retryWrites=x",
            f"tlsCertificateKeyFilePassword={SECRET}",
            "compressors=x",
            "directConnection=true",
            "loadBalanced=true",
            "proxyHost=x",
            "timeoutMS=1",
            "appname=" + "a" * 200,
            "serverSelectionTimeoutMS=x",
        )
    )
    | words
)


@some.composite
def addresses(draw: some.DrawFn) -> Case:
    """A command with a URL that leads nowhere, a password in most."""
    who = draw(
        some.sampled_from(
            (
                "",
                f"me:{SECRET}@",
                f"me:{SECRET}@",
                f"me:{SECRET}%zz@",
                f":{SECRET}@",
                f"me:{SECRET}/x@",
                f"m e:{SECRET} @",
                f"me:{SECRET}@@",
            )
        )
    )
    scheme = draw(
        some.sampled_from(("mongodb", "mongodb", "mongodb", "MONGODB", "mongodb+x", "redis", "http", "sqlite"))
    )
    wrong = (":/", ":", ":///", ":://") if scheme.lower() == "mongodb" else ()
    slashes = draw(some.sampled_from(("://", "://", "://", *wrong)))
    name = draw(
        some.sampled_from(("", "/", "/db", "/a.b", "/$x", "/a b", "/" + "a" * 70)) | words.map(lambda text: f"/{text}")
    )
    more = "&".join(["serverSelectionTimeoutMS=50", *draw(some.lists(options, max_size=2))])
    url = f"{scheme}{slashes}{who}{draw(hosts)}{name}?{more}".replace("\0", "")
    command = draw(
        some.sampled_from(
            (
                ("sweep.status",),
                ("sweep.run", *STUDIES["sweep.sqlite3"], "--wait", "0"),
                ("analysis.__main__", "export", "o.csv"),
            )
        )
    )
    return Case(command[0], (*command[1:], f"--store={url}"))
