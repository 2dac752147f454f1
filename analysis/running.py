"""Runs a study from Python, as `python -m sweep.run` does, and gives what its results answer."""

import base64
import io
import multiprocessing
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.tables.records import load
from sweep.console.progress import say
from sweep.errors import UsageError
from sweep.execution.running import choose_backend, other_versions, run_study
from sweep.recipe import OwnRecipe
from sweep.redact import redact
from sweep.statistics.answer import Answer, answer, find_answer
from sweep.statistics.compare import Comparison, compare
from sweep.statistics.map_minimum import MapMinimum
from sweep.statistics.minimum import Minimum
from sweep.store import Urls, open_store
from sweep.store.own import with_outcomes
from sweep.store.patience import SECONDS_TO_WAIT, PatientStore
from sweep.study import Study
from sweep.study.part import read_part

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def run(
    study: Study,
    store: str = "sweep.sqlite3",
    *,
    workers: int | None = None,
    cluster: str | None = None,
    device: str = "cpu",
    wait: float = SECONDS_TO_WAIT,
    part: str = "1/1",
    quiet: bool = False,
) -> "StudyResults":
    """Train what a store lacks of a study, as `python -m sweep.run` does, with a progress bar; and give its results.

    It can be called from a script, a notebook, a thread or where an event loop runs. Running it again trains only what
    is missing.

    Args:
        study: a recipe, or a function declared by `sweep.training`, with axes.
        store: its URL or path as `sweep.store.open_store` takes it; made where it is not there.
        workers: processes on this machine; as many as it has cores unless given.
        cluster: a Dask scheduler's address or scheduler file, in place of processes.
        device: "cpu", "gpu" (this machine's first NVIDIA card) or "auto" (the card where there is one).
        wait: seconds to wait for a store or a scheduler that is away once the run has begun.
        part: "1/2" trains the first of two parts of the study's points; `StudyResults` of the stores of all parts, in
            a list, answers for the whole.
        quiet: whether to show no progress.

    Raises:
        UsageError: something that was given is not allowed, or a function is where no worker finds it.
        FailedError: the store, the workers or a function failed; what was trained until then is stored.
        KeyboardInterrupt: likewise.

    Examples:
        >>> from sweep import RECIPES, Axis, Study, run
        >>> study = Study(RECIPES["twenty-lines"], (Axis("hidden_std_dev", (0.5, 1.0, 2.0)),), repeats=100)
        >>> found = run(study, "sweep.sqlite3", quiet=True)
        >>> found.summary()[["hidden_std_dev", "count"]].to_dict("list")
        {'hidden_std_dev': [0.5, 1.0, 2.0], 'count': [100, 100, 100]}
    """
    if multiprocessing.parent_process() is not None:
        raise UsageError(
            "run was called while a worker imported the file that holds its function; put the call behind "
            '`if __name__ == "__main__":`, or the function into a file of its own'
        )
    if isinstance(study.recipe, OwnRecipe) and not study.recipe.location:
        raise UsageError(
            f"{study.recipe.function} is where no worker finds it, in a notebook or within a function; write it to a "
            "file of its own (%%writefile mine.py) and import it from there"
        )
    command = f"sweep.run(study, {redact(store)!r})"
    with (
        choose_backend(study.recipe, device, cluster, workers, store, wait) as backend,
        PatientStore(open_store(store, create=True), wait) as opened,
    ):
        if told := other_versions(study, opened):
            say(told)
        ran = run_study(study, opened, store, backend, command, quiet, part=read_part(part))
    if ran.report and not quiet:
        say(ran.report)
    return StudyResults(study, store)


class StudyResults:
    """What a store holds of a study, and what it answers; printed, it is the answer.

    Args:
        study: what was asked for.
        store: the store's URL or path, or those of several that are read as one.
    """

    def __init__(self, study: Study, store: Urls) -> None:
        self.study, self.store = study, store

    def answer(self) -> Answer:
        """Where the mean is lowest, how sure that is, and how Xavier's prediction compares."""
        with open_store(self.store) as store:
            return find_answer(with_outcomes(store, self.study), self.study)

    def summary(self) -> pd.DataFrame:
        """A row a point, as `analysis.summarize` gives it."""
        return self.answer().summary

    def minimum(self) -> Minimum | MapMinimum:
        """Where the mean loss is lowest and what is gained there, with 95 % intervals.

        Raises:
            UsageError: the study has no minimum: it sweeps names, more than two fields, or fewer than five values.
        """
        found = self.answer()
        lowest = found.minimum if found.minimum is not None else found.map_minimum
        if lowest is None:
            raise UsageError(
                "the study has no minimum with an interval; that needs one axis of five or more numbers above 0, or "
                "two densely swept spreads"
            )
        return lowest

    def compare(self, *values: float, nearest: bool = False) -> list[Comparison]:
        """The relative change of the mean loss between every pair of the values of the axis, with 95 % intervals.

        Raises:
            UsageError: as `sweep.statistics.compare.compare`.
        """
        with open_store(self.store) as store:
            return compare(with_outcomes(store, self.study), self.study, values, nearest=nearest)

    def load(self) -> pd.DataFrame:
        """A row a training, as `analysis.load` gives it."""
        return load(self.store, study=self.study)

    def figures(self, folder: str | None = None) -> Mapping[str, "Figure"]:
        """Every figure that applies, by name; written to a folder, with their tables, where one is named.

        Raises:
            UsageError: the study has no axis or more than two.
            FailedError: there is nothing to draw, or the folder cannot be written.
        """
        from analysis.figures.catalogue import Drawn, drawn
        from sweep.style import save

        with open_store(self.store) as store:
            found = [one for one in drawn(with_outcomes(store, self.study), self.study) if isinstance(one, Drawn)]
        if folder is not None:
            for one in found:
                save(one.figure, one.table, Path(folder), one.name)
        return {one.name: one.figure for one in found}

    def __str__(self) -> str:
        """The answer in a few lines."""
        with open_store(self.store) as store:
            return answer(store, self.study)

    def __repr__(self) -> str:
        """Which study, and where its results are."""
        where = self.store if isinstance(self.store, str) else " + ".join(self.store)
        return f"<StudyResults of study {self.study.identity} in {redact(where)}>"

    def _repr_html_(self) -> str:
        """The answer and the curve of the mean, as a notebook shows them."""
        said = "".join(f"<p>{escape(line)}</p>" for line in [f"{self.study.sentence}.", *str(self).splitlines()])
        return f"<div>{said}{self._curve()}</div>"

    def _curve(self) -> str:
        from analysis.figures import mean_loss
        from analysis.tables.curve import with_curve
        from analysis.tables.pooled_map import with_map
        from sweep.style import save_figure

        found = self.answer()
        if not 1 <= len(self.study.axes) <= 2 or not found.summary["count"].sum():
            return ""
        figure, picture = mean_loss.draw(with_map(with_curve(found.summary, found), found), self.study), io.BytesIO()
        save_figure(figure, picture, format="png", dpi=90)
        data = base64.b64encode(picture.getvalue()).decode()
        return f'<img alt="Mean loss with its standard error." src="data:image/png;base64,{data}">'
