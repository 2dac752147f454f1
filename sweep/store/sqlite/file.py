"""Opens a SQLite file as a store: makes it where asked, and leaves any other program's file as it was."""

import os
import shlex
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sweep.errors import StoreError, StoreUnavailableError
from sweep.store.format import FORMAT_VERSION, check_format

BUSY_SECONDS = 1.0
"""How long SQLite itself waits for a lock; it hears no Ctrl-C meanwhile, so longer waiting is left to the caller."""
TRIES_TO_MAKE = 10
LOG_PAGES = 16_384
"""Pages of the log, 64 MiB, after which they are written to their places, where blocks of many points share them."""

_POINTS = """(
    id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, seed INTEGER NOT NULL, draws TEXT NOT NULL,
    hidden_std_dev REAL, output_std_dev REAL, recipe TEXT NOT NULL
) STRICT"""
_TRAININGS_3 = """(
    point_id INTEGER NOT NULL REFERENCES points, repeat INTEGER NOT NULL, loss REAL, final_loss REAL,
    solved INTEGER NOT NULL, solved_epoch INTEGER, diverged INTEGER NOT NULL, accuracy REAL,
    PRIMARY KEY (point_id, repeat)
) STRICT, WITHOUT ROWID"""
_TRAININGS = _TRAININGS_3.replace("accuracy REAL", "accuracy REAL, outcomes TEXT, reason TEXT")
_DATA_SETS = """CREATE TABLE IF NOT EXISTS data_sets (
    problem TEXT PRIMARY KEY, name TEXT NOT NULL, input_names TEXT NOT NULL, output_names TEXT NOT NULL,
    inputs BLOB NOT NULL, targets BLOB NOT NULL
) STRICT"""
_RESULTS = """CREATE VIEW IF NOT EXISTS results AS
    SELECT hidden_std_dev, output_std_dev, loss, final_loss, solved, solved_epoch, diverged, accuracy, repeat, seed,
        identity AS point, outcomes, reason
    FROM points JOIN trainings ON point_id = points.id"""
SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS points {_POINTS};
CREATE TABLE IF NOT EXISTS trainings {_TRAININGS};
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT, state TEXT NOT NULL, document TEXT NOT NULL
) STRICT;
{_DATA_SETS};
{_RESULTS};
PRAGMA user_version = {FORMAT_VERSION};
COMMIT;
"""

# SQLite changes no column's type: the tables are made anew. What refers to them by name goes first and comes last.
STEPS = {
    1: ("UPDATE runs SET document = json_insert(document, '$.study.until', json('null'))",),
    2: (
        "DROP VIEW results",
        f"CREATE TABLE new_points {_POINTS}",
        "INSERT INTO new_points SELECT id, identity, seed, draws, hidden_std_dev, output_std_dev, recipe FROM points",
        f"CREATE TABLE new_trainings {_TRAININGS_3}",
        "INSERT INTO new_trainings SELECT point_id, repeat, loss, final_loss, solved, solved_epoch, diverged, NULL "
        "FROM trainings ORDER BY point_id, repeat",
        "DROP TABLE trainings",
        "DROP TABLE points",
        "ALTER TABLE new_points RENAME TO points",
        "ALTER TABLE new_trainings RENAME TO trainings",
        _DATA_SETS,
        _RESULTS.replace(", outcomes, reason", ""),
    ),
    3: (
        "DROP VIEW results",
        f"CREATE TABLE new_points {_POINTS}",
        "INSERT INTO new_points SELECT id, identity, seed, draws, hidden_std_dev, output_std_dev, recipe FROM points",
        "DROP TABLE points",
        "ALTER TABLE new_points RENAME TO points",
        "ALTER TABLE trainings ADD COLUMN outcomes TEXT",
        "ALTER TABLE trainings ADD COLUMN reason TEXT",
        _RESULTS,
    ),
}
"""Version -> the statements that bring a store of it to the next."""
_TABLES = {1: 4, 2: 4, 3: 5, 4: 5}
"""Version -> the tables and views of a store of it."""

_REMEDIES = {
    sqlite3.SQLITE_BUSY: "another program has locked it; end that program or wait, then try again",
    sqlite3.SQLITE_FULL: "the disk is full; free some space and start again, what is stored stays",
    sqlite3.SQLITE_READONLY: "it is read-only; allow writing to the file and to its folder, or name another store",
    sqlite3.SQLITE_CANTOPEN: "the folder {folder} must exist and be writable, and the file be readable; "
    "make it (mkdir -p), change the permissions, or name another store",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database and was left as it was; name another store",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put back a copy, or move it away and compute its results again",
    sqlite3.SQLITE_IOERR: "the disk or network drive fails; check it, then start again",
}


_MAY_PASS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn every SQLite error into a StoreError that names the file, the cause and the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        remedy = _REMEDIES.get(_primary_code(error), "check the file, or name another store")
        remedy = remedy.format(folder=Path(path).absolute().parent)
        kind = StoreUnavailableError if _primary_code(error) in _MAY_PASS else StoreError
        raise kind(_unusable(path, f" ({error}): {remedy}")) from error


def open_database(path: str, create: bool, seconds: float | None = None) -> sqlite3.Connection:
    """A connection in autocommit mode to the store at `path`, of the present format where `create` is true; it waits
    for locks for `seconds`, else BUSY_SECONDS.

    Raises:
        StoreError: there is no store at `path` and `create` is false, or the file is not a store of this format.
        sqlite3.Error: SQLite cannot open or make the file.
    """
    made = False
    if os.path.isdir(path):
        raise StoreError(_unusable(path, ": it is a folder; name a file in it"))
    if os.path.exists(path):
        if stat.S_ISFIFO(os.stat(path).st_mode):  # whoever opens it waits for another, and nothing interrupts that
            raise StoreError(_unusable(path, ": it is a pipe; name a file"))
        if os.path.getsize(path) == 1:  # SQLite takes one byte for an empty file
            raise StoreError(_unusable(path, f" (file is not a database): {_REMEDIES[sqlite3.SQLITE_NOTADB]}"))
        # An immutable database is read without locks, recovery or side files: nothing of a foreign file changes.
        # Beside a log the file alone may be half of a checkpoint that was cut short, and look damaged.
        mode = "ro" if os.path.exists(f"{path}-wal") else "ro&immutable=1"
        with closing(_connect(path, mode, seconds)) as probe:
            made = _is_made(probe, path)
    elif not create:
        raise _missing(path)
    if made and not create and not _may_write(path) and not os.path.exists(f"{path}-wal"):
        # Else SQLite would make a log beside it, which whoever may write the store could not use and none would remove.
        return _connect(path, "ro&immutable=1", seconds)
    database = _connect(path, "rwc" if create else "rw", seconds)
    try:
        if not _is_made(database, path):
            if not create:
                raise _missing(path)
            _make(database)
        elif create:
            bring_up_to_date(database)
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    except sqlite3.OperationalError as error:
        database.close()
        if not made or _primary_code(error) != sqlite3.SQLITE_READONLY or os.path.exists(f"{path}-wal"):
            raise
        return _connect(path, "ro&immutable=1", seconds)  # no log can be made in a read-only folder, and none is needed
    except BaseException:
        database.close()
        raise
    return database


def _may_write(path: str) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _connect(path: str, mode: str, seconds: float | None) -> sqlite3.Connection:
    address = f"{Path(path).absolute().as_uri()}?mode={mode}"
    timeout = BUSY_SECONDS if seconds is None else seconds
    return sqlite3.connect(address, timeout=timeout, isolation_level=None, uri=True)


def _is_made(database: sqlite3.Connection, path: str) -> bool:
    """Whether the database is a store of this format (else it is empty); raises StoreError if it is anything else."""
    version, tables, ours = database.execute(
        "SELECT (SELECT user_version FROM pragma_user_version), count(*), "
        "count(*) FILTER (WHERE name IN ('points', 'trainings', 'runs', 'results', 'data_sets')) FROM sqlite_schema"
    ).fetchone()
    if version > 0:
        check_format(path, version)
    if (version, tables) != (0, 0) and ours != _TABLES.get(version):
        raise StoreError(
            _unusable(path, ": it is the database of another program and was left as it was; name another store")
        )
    return bool(version)


def format_of(database: sqlite3.Connection) -> int:
    """The format that a store is in."""
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def bring_up_to_date(database: sqlite3.Connection) -> None:
    """Take the steps to the present format, all or none."""
    if format_of(database) == FORMAT_VERSION:
        return
    with database:
        database.execute("BEGIN IMMEDIATE")
        for version in range(format_of(database), FORMAT_VERSION):  # asked again: another process may have been first
            for statement in STEPS[version]:
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def _make(database: sqlite3.Connection) -> None:
    """Make the tables; harmless when several processes do it at once."""
    deadline = time.monotonic() + TRIES_TO_MAKE * BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(SCHEMA)
            return
        except sqlite3.OperationalError as error:
            # SQLite does not wait for another process that is switching to WAL at this moment.
            if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _missing(path: str) -> StoreError:
    return StoreError(f"there is no store at {path}; `python -m sweep.run --store {shlex.quote(path)}` makes one")


def _unusable(path: str, cause: str) -> str:
    return f"cannot use the store {path}{cause}"


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the higher bits tell variants apart
