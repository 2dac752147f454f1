"""The options that say which results an analysis reads, of a store or of a file of the user's own."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from analysis.tables.foreign import find_results
from sweep.console.command import Parser
from sweep.errors import UsageError
from sweep.store import Results, open_store
from sweep.store.patience import SECONDS_TO_WAIT, PatientStore
from sweep.study import Study


def add_results_options(command: Parser) -> None:
    """Add --results and what says how to read them."""
    command.add_argument(
        "--results",
        metavar="FILE",
        help="read results of your own in place of a store: a FILE.csv or FILE.parquet with a row a training",
    )
    command.add_argument("--x", metavar="COLUMN", help="of them: the column that was swept")
    command.add_argument("--y", metavar="COLUMN", help="of them: the column of the loss, empty where diverged (loss)")
    command.add_argument(
        "--repeat",
        metavar="COLUMN",
        help="of them: the column whose equal values belong together, such as a seed, so that they are paired",
    )


@contextmanager
def asked_results(options: argparse.Namespace) -> Iterator[tuple[Results, Study]]:
    """The results that the options name, of a store or of a file, and their study.

    Raises:
        UsageError: options of the one are given for the other, or the file is no such table.
        FailedError: the store holds neither runs nor results.
    """
    given = [name for name in ("x", "y", "repeat") if getattr(options, name) is not None]
    if options.results is None:
        if given:
            raise UsageError(f"--{given[0]} was given without --results FILE; name the file whose column it is")
        with open_store(options.store) as store:
            follows = getattr(options, "follow", False)
            yield find_results(PatientStore(store, SECONDS_TO_WAIT) if follows else store, options.run)
        return
    from analysis.tables.frame import read_results

    if options.run is not None:
        raise UsageError("--run was given with --results, which no run made; leave out the one or the other")
    if options.x is None:
        raise UsageError(f"results was given as {options.results} without --x; name the column that was swept")
    found = read_results(options.results, options.x, options.y or "loss", options.repeat)
    yield found, found.study
