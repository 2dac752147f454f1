"""From a store to a file with one row a training, for any other tool: Parquet or CSV."""

import json
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.tables.foreign import find_results
from analysis.tables.foreign_study import ForeignStudy
from analysis.tables.records import column_of, tables_of
from analysis.tables.runs import find_run, incomplete
from sweep.errors import UsageError
from sweep.files import AT_ONCE, check_place, check_spares, whole, write_names, write_rows
from sweep.redact import redact
from sweep.store import Results, Store, Urls, open_store
from sweep.store.provenance import project_version
from sweep.study import Study
from sweep.study.words import typed_value

if TYPE_CHECKING:
    import pyarrow as pa

METADATA = "initialization-sweep"
"""The key of what a Parquet file says of its study."""


class Exported(NamedTuple):
    """What was written: the number of rows, and in words what is missing or not known; empty where nothing."""

    trainings: int
    note: str


def export(store: Urls | Store, path: str | Path, run: str | None = None) -> Exported:
    """Write every stored training of a study to a Parquet or CSV file, one row each, in the order of `load`.

    Columns are the swept fields (the field `loss` as `loss_function`), `seed`, `draws`, `point` (its identity) and
    what is known of a training, as `load` has it. Numbers keep every bit; what is unknown is null, in CSV an empty
    cell. Layers are texts as they are typed, such as 3x3. What all trainings share, the fixed fields of the recipe
    among it, is in the file's metadata as JSON, under the key `initialization-sweep`; that of FILE.csv lies beside it,
    in FILE.csv.json. A file that is there already is replaced when the new one is complete, or stays as it is.

    Args:
        store: a store, or its URL or path as `sweep.store.open_store` takes it, or a sequence of these, read as one.
        path: FILE.parquet, which needs pyarrow (the extra `parquet`), or FILE.csv.
        run: identifier of the run whose study is read; the latest where left out.

    Raises:
        UsageError: the file has another ending, is the store itself, or needs pyarrow; the URL is none, or the store
            holds no such run.
        FailedError: the file cannot be written; the store cannot be read, or holds no run, or no training of it.

    Examples:
        After `python -m sweep.run --recipe twenty-lines --axis hidden_std_dev=0.5,1,2 --repeats 100`:

        >>> from analysis import load
        >>> export("sweep.sqlite3", "trainings.parquet")
        Exported(trainings=300, note='')
        >>> pd.read_parquet("trainings.parquet")["loss"].equals(load("sweep.sqlite3")["loss"])
        True
        >>> import pyarrow.parquet
        >>> said = json.loads(pyarrow.parquet.read_schema("trainings.parquet").metadata[b"initialization-sweep"])
        >>> said["complete"], Study.from_dict(said["study"]).recipe.activation
        (True, 'sigmoid')
    """
    given, path = redact(str(path)), Path(path)
    if path.suffix.lower() not in (".csv", ".parquet") or "://" in given:
        raise UsageError(f"the file was given as {given}; allowed is a FILE.csv or a FILE.parquet")
    write, places = (write_csv, (path, beside(path))) if path.suffix.lower() == ".csv" else (write_parquet, (path,))
    if not isinstance(store, Store):
        with open_store(store) as opened:
            return export(opened, path, run)
    for place in places:
        check_spares(place, *store.places)
        check_place(place)
    results, study = find_results(store, run)
    said: dict[str, Any] = {"sentence": study.sentence, "version": project_version()}
    if isinstance(study, ForeignStudy):
        note = study.sentence
        said |= {"study": None, "run": None, "complete": None}
    else:
        note = lacks(results, study)
        of_run = {name: value for name, value in find_run(store, run).items() if name != "study"}
        said |= {"study": study.to_dict(), "run": of_run, "complete": not note}
    return Exported(write(path, tables_to_export(results, study), said), note)


def lacks(results: Results, study: Study) -> str:
    """What a study lacks, in words; empty where nothing."""
    counts = results.counts([point.identity for point in study.points], study.repeats)
    stored = [counts.get(point.identity, 0) for point in study.points]
    return incomplete(pd.DataFrame({"count": stored, "diverged": 0}), study)


def tables_to_export(results: Results, study: Study) -> Iterator[pd.DataFrame]:
    """The trainings in tables of some AT_ONCE rows, all columns included.

    Raises:
        FailedError: there is none.
    """
    identities = pd.Index([point.identity for point in study.points])
    for places, table in tables_of(results, study, AT_ONCE):
        for axis in study.axes:
            name = column_of(axis)
            if isinstance(table[name].dtype, pd.CategoricalDtype):
                typed = [typed_value(value, axis.field) for value in axis.values]
                table[name] = table[name].cat.rename_categories(typed)
        if not isinstance(study, ForeignStudy):
            known: dict[str, Any] = {
                "seed": np.full(len(table), study.seed),
                "draws": pd.Categorical.from_codes(np.zeros(len(table), np.int64), pd.Index([study.draws])),
                "point": pd.Categorical.from_codes(places, identities),
            }
            for place, (name, column) in enumerate(known.items(), len(study.axes)):
                table.insert(place, name, column)
        yield table


def beside(path: Path) -> Path:
    """Where the metadata of a CSV lie."""
    return path.with_name(f"{path.name}.json")


def write_csv(path: Path, tables: Iterator[pd.DataFrame], said: dict[str, Any]) -> int:
    """Write the tables to a CSV, and what is said of them beside it; return the number of rows."""
    n_rows = 0
    with whole(beside(path)) as metadata, whole(path) as trainings:
        metadata.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n")
        with trainings.open("w", newline="", encoding="utf-8") as file:
            for table in tables:
                if not n_rows:
                    write_names(table, file)
                write_rows(table, file)
                n_rows += len(table)
        # Killed between the two, it must not leave the trainings of one export beside the metadata of another.
        Path(os.path.realpath(beside(path))).unlink(missing_ok=True)
    return n_rows


def write_parquet(path: Path, tables: Iterator[pd.DataFrame], said: dict[str, Any]) -> int:
    """Write the tables to a Parquet file, and what is said of them into its metadata; return the number of rows.

    Raises:
        UsageError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        raise UsageError(
            f"{path} is a Parquet file, which needs pyarrow: python -m pip install '.[parquet]', or name a FILE.csv"
        ) from None
    n_rows = 0
    first = next(tables)
    # By what pandas says of its types, it reads a column of whole numbers with nulls as such.
    of_pandas = pa.Schema.from_pandas(first.iloc[:0], preserve_index=False).metadata
    schema = to_arrow(first).schema.with_metadata({**of_pandas, METADATA: json.dumps(said, ensure_ascii=False)})
    with (
        whole(path) as rows,
        rows.open("wb") as file,
        ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        for table in chain([first], tables):
            writer.write_table(to_arrow(table).cast(schema))
            n_rows += len(table)
    return n_rows


def to_arrow(table: pd.DataFrame) -> "pa.Table":
    """The table as Arrow has it: named values in a dictionary of those that it has, what is unknown null."""
    import pyarrow as pa

    arrays = []
    for name in table:
        column = table[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            used, codes = np.unique(column.cat.codes, return_inverse=True)
            names = pa.array(column.cat.categories[used].tolist(), pa.string())
            arrays.append(pa.DictionaryArray.from_arrays(codes.astype(np.int32), names))
        else:
            text = pa.string() if column.dtype == object else None
            arrays.append(pa.array(column, text, from_pandas=True))
    return pa.table(arrays, list(table.columns))
