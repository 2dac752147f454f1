"""Where results are kept: `open_store` gives the store that a URL names, SQLite or MongoDB, under one contract."""

import os
from collections.abc import Sequence
from contextlib import ExitStack

from sweep.errors import UsageError
from sweep.redact import redact
from sweep.store.base import Label, Results, Spreads, Store
from sweep.store.moments import Moments
from sweep.store.records import Records

__all__ = [
    "Label",
    "Moments",
    "Records",
    "Results",
    "Spreads",
    "Store",
    "Urls",
    "file_of",
    "is_missing",
    "open_store",
]


def file_of(url: str) -> str | None:
    """The path of the SQLite file that `url` names; None for a server."""
    path = url.removeprefix("sqlite:///")
    return None if "://" in path else path


Urls = str | Sequence[str]
"""A store's path or URL, or those of several that are read as one."""


def is_missing(url: str) -> bool:
    """Whether `url` names a SQLite file that does not exist; of a server only `open_store` can tell."""
    path = file_of(url)
    return path is not None and not os.path.exists(path)


def open_store(url: Urls, create: bool = False, seconds: float | None = None) -> Store:
    """The store at `url`, opened; only the chosen backend is imported. Of several, one to read them all by.

    Args:
        url: a path or `sqlite:///PATH` (`sqlite:////PATH` is absolute), or a `mongodb://` or `mongodb+srv://` URI; its
            database is the URI's, else `experiment_db`. Or a sequence of these: the stores are read as one, which holds
            what `sweep.merge` of them would (`sweep.store.united.UnitedStore`), and cannot be written.
        create: make the store if there is none, and bring one of an older format to the present one. Without it, an
            older store is read as it is.
        seconds: how long any call may wait for a lock or look for a server; else 1 s for a file, and what the URI says
            or 4 s for a server.

    Raises:
        UsageError: `url` has none of these forms, or names none, the same store twice, or several to create.
        StoreError: the store cannot be opened or has a newer format, or there is no SQLite file and `create` is false.
        StoreUnavailableError: it cannot be opened at present.

    Examples:
        After `python -m sweep.run --recipe twenty-lines --axis hidden_std_dev=0.5,1,2 --repeats 100`:

        >>> from sweep import Study
        >>> with open_store("sweep.sqlite3") as store:
        ...     study = Study.from_dict(store.runs()[-1]["study"])
        ...     point = study.points[0]
        ...     records = store.records(point.identity, below=3)
        >>> point.recipe.hidden_std_dev, records.repeat.tolist(), records.loss.round(1).tolist()
        (0.5, [0, 1, 2], [245.7, 250.4, 264.1])

        Storing a record twice is harmless:

        >>> with open_store("copy.sqlite3", create=True) as copy:
        ...     copy.insert(point, records), copy.insert(point, records)
        (3, 0)

        Two stores that hold the same trainings are read as one that holds them once:

        >>> with open_store(["copy.sqlite3", "sweep.sqlite3"]) as both:
        ...     both.counts([point.identity], below=1000)[point.identity]
        100

        >>> open_store("none.sqlite3")
        Traceback (most recent call last):
        sweep.errors.StoreError: there is no store at none.sqlite3; `python -m sweep.run --store none.sqlite3` makes one
    """
    if not isinstance(url, str):
        return _open_all(url, create, seconds)
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("mongodb", "mongodb+srv"):
        from sweep.store.mongo.store import MongoStore

        return MongoStore(url, create, seconds)
    path = url if not separator else rest[1:] if (scheme, rest[:1]) == ("sqlite", "/") else ""
    if not path:
        raise UsageError(
            f"the store was given as {redact(url)!r}; allowed is a path, sqlite:///PATH, mongodb://HOST/DATABASE "
            "or mongodb+srv://HOST/DATABASE"
        )
    from sweep.store.sqlite.store import SqliteStore

    return SqliteStore(path, create, seconds)


def _open_all(urls: Sequence[str], create: bool, seconds: float | None) -> Store:
    if len(urls) == 1:
        return open_store(urls[0], create, seconds)
    if not urls:
        raise UsageError("stores were given as an empty list; name at least one")
    if create:
        raise UsageError(f"{len(urls)} stores were given to write to; name one, several are only read")
    from sweep.store.united import UnitedStore

    with ExitStack() as opened:
        united = UnitedStore([opened.enter_context(open_store(url, seconds=seconds)) for url in urls])
        opened.pop_all()
    return united
