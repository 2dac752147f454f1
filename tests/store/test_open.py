import os
import re
import subprocess
import sys
from pathlib import Path

import mongomock
import pytest

from sweep.errors import StoreError, UsageError
from sweep.store import is_missing, open_store
from tests.store.samples import a_point, some_records


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "url", ["results.db", "sqlite:///results.db", "{folder}/results.db", "sqlite:///{folder}/results.db"]
)
def test_a_path_and_a_sqlite_url_name_a_file(url: str, tmp_path: Path) -> None:
    with open_store(url.format(folder=tmp_path), create=True) as store:
        store.insert(a_point(), some_records(0, 3))
    with open_store(str(tmp_path / "results.db")) as store:
        assert store.counts([a_point().identity], 9) == {a_point().identity: 3}


@pytest.mark.parametrize("name", ["with space?.db", "100%25#x.db", "é:.db", "results", ":memory:", "file:x.db"])
def test_any_file_name_is_taken_as_it_is(name: str, tmp_path: Path) -> None:
    open_store(name, create=True).close()
    assert os.listdir(tmp_path) == [name]
    open_store(f"sqlite:///{name}").close()


@pytest.mark.parametrize("database", ["experiment_db", "mine"])
def test_a_mongodb_uri_names_a_database(database: str) -> None:
    with mongomock.patch("mongodb://localhost"):
        import pymongo

        url = "mongodb://localhost/?w=1" if database == "experiment_db" else f"mongodb://localhost/{database}?w=1"
        with open_store(url) as store:
            store.insert(a_point(), some_records(0, 1))
        assert pymongo.MongoClient("mongodb://localhost").list_database_names() == [database]


@pytest.mark.parametrize(
    "url",
    ["postgresql://user:secret@host/db", "sqlite://results.db", "sqlite:///", "", "http://x", "Mongodb://h", "://x"],
)
def test_another_form_is_refused_with_the_allowed_ones(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        open_store(url, create=True)
    allowed = "a path, sqlite:///PATH, mongodb://HOST/DATABASE or mongodb+srv://HOST/DATABASE"
    assert str(caught.value) == f"the store was given as {url.replace('secret', '***')!r}; allowed is {allowed}"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("url", ["sqlite:///results.db", "results.db", "nowhere/results.db"])
def test_no_store_is_made_unless_asked(url: str, tmp_path: Path) -> None:
    path = url.removeprefix("sqlite:///")
    expected = f"there is no store at {path}; `python -m sweep.run --store {path}` makes one"
    with pytest.raises(StoreError, match=re.escape(expected)):
        open_store(url)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "module"),
    [("{folder}/results.db", "sqlite3"), ("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=1", "pymongo")],
)
def test_only_the_backend_in_use_is_imported(url: str, module: str, tmp_path: Path) -> None:
    url = url.format(folder=tmp_path)
    script = (
        "import sys, sweep.store, sweep.errors\n"
        "assert not {'sqlite3', 'pymongo'} & set(sys.modules)\n"
        f"try: sweep.store.open_store({url!r}, create=True)\n"
        "except sweep.errors.StoreError: pass\n"
        "print(*sorted({'sqlite3', 'pymongo'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.split() == [module]


def test_only_a_file_can_be_missing(path: str, made: str) -> None:
    assert not is_missing(made)
    assert not is_missing(f"sqlite:///{made}")
    assert is_missing(f"{made}.other")
    assert is_missing(f"sqlite:///{made}.other")
    assert not is_missing("mongodb://127.0.0.1:1")
    assert not is_missing("redis://nowhere")
