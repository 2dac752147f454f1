"""Trained blocks that could not be stored when a run had to end: kept in a local file that the next run takes up."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.console.progress import say
from sweep.console.words import plural
from sweep.errors import StoreError
from sweep.recipe import recipe_from_dict
from sweep.store import Records, Store
from sweep.store.records import NETWORK_FIELDS, RECORD_FIELDS
from sweep.study import Point
from sweep.user_folder import user_folder

PointRecords = tuple[Point, Records]


def folders() -> list[Path]:
    """Where such files are kept and looked for: the user's folder for state, else the current one.

    A user without a home has the current one alone.
    """
    return [folder for folder in (user_folder("XDG_STATE_HOME", ".local", "state"), Path.cwd()) if folder]


def keep(store: Store, trained: Sequence[PointRecords]) -> None:
    """Write what could not be stored to a file, and say where it is, or that it could not be kept either."""
    n_trainings = plural(sum(len(records.repeat) for _, records in trained), "training")
    causes = []
    for folder in folders():
        path = folder / f"{_prefix(store)}{secrets.token_hex(4)}.npz"
        try:
            _write(path, trained)
        except OSError as error:
            causes.append(str(error))
        else:
            say(f"{n_trainings} that could not be stored are kept in {path}; the next run with this store stores them.")
            return
    say(f"{n_trainings} could neither be stored nor kept in a file ({'; '.join(causes)}) and will be computed again.")


def take_up(store: Store) -> None:
    """Store what earlier runs had to keep in files, and remove the files.

    A file that cannot be read is left as it is, with a warning.

    Raises:
        StoreError: the store could not be written; the file stays for the next run.
    """
    for path in sorted(path for folder in folders() for path in folder.glob(f"{_prefix(store)}*.npz")):
        try:
            trained = list(_read(path))
        except FileNotFoundError:
            continue  # another run took it up meanwhile
        except Exception as error:  # a damaged file can raise almost any
            say(f"warning: {path} holds trainings of an earlier run and cannot be read ({error}); delete it to go on")
            continue
        for point, records in trained:
            store.insert(point, records)
        n_trainings = plural(sum(len(records.repeat) for _, records in trained), "training")
        say(f"Stored {n_trainings} that an earlier run had kept in {path}.")
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"what {path} keeps is stored, but it cannot be removed ({error}); delete it") from error


def _prefix(store: Store) -> str:
    return f"unstored-{hashlib.sha256(os.fsencode(store.place)).hexdigest()[:16]}-"


def _write(path: Path, trained: Sequence[PointRecords]) -> None:
    """Write all or nothing: the file gets its name when it is complete and on the disk."""
    points = [{"recipe": p.recipe.to_dict(), "seed": p.seed, "draws": p.draws, "id": p.identity} for p, _ in trained]
    columns: dict[str, Any] = {
        name: np.concatenate([_plain(getattr(records, name)) for _, records in trained]) for name in RECORD_FIELDS
    }
    stops = np.cumsum([len(records.repeat) for _, records in trained])
    part = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with part.open("xb") as file:
            said = {"points": points, "fields": RECORD_FIELDS}
            np.savez(file, points=np.array(json.dumps(said)), stops=stops, **columns)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _read(path: Path) -> Iterator[PointRecords]:
    with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
        said = json.loads(str(file["points"]))
        if isinstance(said, list):  # by a version that knew networks alone
            said = {"points": said, "fields": NETWORK_FIELDS}
        columns = [np.split(_or_none(file[name]), file["stops"][:-1]) for name in said["fields"]]
        points = said["points"]
    for values, *block in zip(points, *columns, strict=True):
        point = Point(recipe_from_dict(values["recipe"]), values["seed"], values["draws"])
        if point.identity != values["id"]:
            raise ValueError("it was written by another version of this project")
        yield point, Records(*block)


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    """A column without Python objects: texts, of which none is empty, with "" for None."""
    return column if column.dtype != object else np.array(["" if one is None else one for one in column], str)


def _or_none(column: NDArray[Any]) -> NDArray[Any]:
    if column.dtype.kind != "U":
        return column
    texts = np.empty(len(column), object)
    texts[:] = [one or None for one in column.tolist()]
    return texts
