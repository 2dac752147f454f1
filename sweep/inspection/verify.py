"""Whether a store holds what it should, as sentences on what is off; reads only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweep.console.progress import watch
from sweep.console.words import plural
from sweep.errors import DamagedError, StoreError, StoreUnavailableError, UsageError
from sweep.recipe import OwnRecipe, Recipe, recipe_from_dict
from sweep.recipe.data import remember_data
from sweep.recipe.problem import is_truth_table
from sweep.store import Label, Records, Store
from sweep.store.base import spreads_said
from sweep.store.format import FORMAT_VERSION
from sweep.store.provenance import off_in
from sweep.study import Point, Study
from sweep.study.part import WHOLE, read_part

MAX_REPEAT = 999_999_999


@dataclass
class Report:
    """What was looked at and what was found.

    Attributes:
        findings: what is off, a sentence each.
        notes: what is worth knowing but not off.
        points: every point that can be read, by its identity.
        stored: the repeats stored of each point, ascending, by its identity.
        studies: what every run that can be read asked for, by the run's identifier.
        untrainable: problems whose data set is missing or damaged.
    """

    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    points: dict[str, Point] = field(default_factory=dict)
    stored: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    studies: dict[str, Study] = field(default_factory=dict)
    untrainable: set[str] = field(default_factory=set)

    @property
    def n_records(self) -> int:
        """Number of records that were read."""
        return sum(map(len, self.stored.values()))


def verify(store: Store) -> Report:
    """Check everything that can be checked without training.

    Args:
        store: is read once, a point at a time.

    Raises:
        StoreError: the store cannot be read.
    """
    report = Report()
    if store.format_version < FORMAT_VERSION:
        report.notes.append(
            f"it is of format {store.format_version}; the next `python -m sweep.run` brings it to {FORMAT_VERSION}"
        )
    n_foreign = store.foreign()
    if n_foreign:
        report.notes.append(f"{n_foreign:,} results of other programs lie in the same collection, unchecked")
    report.findings += store.damage()
    report.findings += read_points(store.points(), report.points)
    report.findings += check_data(store, report)
    labels = store.labels()
    for label in labels:
        report.findings += check_label(label, report.points)
    for identity in watch(sorted({label.identity for label in labels if label.identity}), "points read"):
        try:
            report.stored[identity] = store.repeats(identity)
            records = store.records(identity, MAX_REPEAT + 1)
        except DamagedError as error:
            report.findings.append(f"point {identity} has a record that cannot be read: {error.__cause__!r}")
            report.points.pop(identity, None)
            continue
        about = f"point {identity}"
        report.findings += check_repeats(about, report.stored[identity], records)
        report.findings += check_records(about, records, report.points.get(identity))
    runs = store.runs()
    for run in runs:
        report.findings += read_run(run, report.studies)
    report.findings += check_coverage(runs, report)
    return report


def read_points(stored: Mapping[str, Mapping[str, Any]], points: dict[str, Point]) -> Iterator[str]:
    """Put the stored points that are what their identity says into `points`; say what is wrong with the others."""
    for identity, said in stored.items():
        try:
            point = Point(recipe_from_dict(said["recipe"]), said["seed"], said["draws"])
            Study(point.recipe, (), 1, point.seed, point.draws)  # refuses what no point can have
        except (UsageError, LookupError, TypeError) as error:
            yield f"point {identity} cannot be read: {error}"
            continue
        if point.identity == identity:
            points[identity] = point
        else:
            yield f"point {identity} has recipe, seed and draws whose identity is {point.identity}"


def check_data(store: Store, report: Report) -> Iterator[str]:
    """Whether every data set that a point was trained on is there, with the numbers that its digest is of."""
    for problem in sorted({point.recipe.data_set or "" for point in report.points.values()} - {""}):
        try:
            remember_data(store.data_set(problem))
        except StoreUnavailableError:
            raise
        except StoreError as error:
            report.untrainable.add(problem)
            yield str(error)


def check_label(label: Label, points: Mapping[str, Point]) -> Iterator[str]:
    """Whether what records say of themselves is what their point says."""
    about = f"{plural(label.count, 'record')} of point {label.identity}"
    point = points.get(label.identity or "")
    if point is None:
        yield f"{about} have no readable point: what they were trained from is unknown"
        return
    spreads: tuple[object, object] = spreads_said(point.recipe)
    hidden, output = spreads
    if isinstance(hidden, tuple):
        hidden = None if label.hidden_std_dev is None else list(hidden)
    right = (point.identity, point.seed, hidden, output)
    for name, said, expected in zip(Label._fields[1:-1], label[1:-1], right, strict=True):
        if said != expected:
            yield f"{about} say {name} = {said!r}; the point says {expected!r}"


def check_repeats(about: str, repeats: NDArray[np.int64], records: Records) -> Iterator[str]:
    """Whether every training is there once, under its own number."""
    if len(np.unique(repeats)) < len(repeats):
        yield f"{about} has {plural(len(repeats) - len(np.unique(repeats)), 'repeat')} more than once"
    yield from some(about, (repeats < 0) | (repeats > MAX_REPEAT), repeats, f"not from 0 to {MAX_REPEAT:,}")
    if len(repeats) == len(records.repeat):
        yield from some(about, records.repeat != repeats, repeats, "stored under another repeat than they say")


def check_records(about: str, records: Records, point: Point | None) -> Iterator[str]:
    """Whether the values of one point's records agree with each other, and with the point where it is known."""
    is_own = point is not None and isinstance(point.recipe, OwnRecipe)
    # A function of the user's own says its loss alone, which may be below 0.
    for name, loss in (("loss", records.loss), *([] if is_own else [("final_loss", records.final_loss)])):
        for words, wrong in (
            (f"a {name} that is no number though not diverged", np.isnan(loss) & ~records.diverged),
            (f"a {name} though diverged", ~np.isnan(loss) & records.diverged),
            (f"an infinite {name}", np.isinf(loss)),
            (f"a {name} below 0", (loss < 0) & (not is_own)),
        ):
            yield from some(about, wrong, records.repeat, f"with {words}")
    accuracy = records.accuracy
    yield from some(about, (accuracy < 0) | (accuracy > 1), records.repeat, "with an accuracy that is not from 0 to 1")
    epoch = records.solved_epoch
    yield from some(about, records.solved & (epoch < 0), records.repeat, "solved without a solved_epoch")
    yield from some(about, records.solved & records.diverged, records.repeat, "solved and diverged")
    if point is not None and isinstance(point.recipe, Recipe):
        beyond = epoch > point.recipe.epochs
        yield from some(about, beyond, records.repeat, f"with a solved_epoch above {point.recipe.epochs:,} epochs")
        # Records of older formats, which knew truth tables alone, lack it.
        if not is_truth_table(point.recipe.problem) and point.recipe.output != "identity":
            lacking = np.isnan(accuracy) & ~records.diverged
            yield from some(about, lacking, records.repeat, "without an accuracy though not diverged")


def some(about: str, wrong: NDArray[np.bool_], repeats: NDArray[np.int64], words: str) -> Iterator[str]:
    """The sentence on the records that are wrong, if any are."""
    if wrong.any():
        n = int(wrong.sum())
        shown = [*map(str, repeats[wrong][:3].tolist()), *["…"] * (n > 3)]
        yield f"{about} has {plural(n, 'record')} {words} (repeat {', '.join(shown)})"


def read_run(run: Mapping[str, Any], studies: dict[str, Study]) -> Iterator[str]:
    """Put what a run asked for into `studies`; say what its record lacks."""
    about = f"run {run.get('id')}"
    off = off_in(run)
    if missing := [name for name in off if name not in run]:
        yield f"{about} does not say its {', '.join(missing)}"
    if other := [name for name in off if name in run]:
        yield f"{about} says its {', '.join(other)} in another type than that has"
    if {"id", "study"} & set(off):
        return
    try:
        study = Study.from_dict(run["study"])
    except UsageError as error:
        yield f"{about} has a study that cannot be read: {error}"
        return
    studies[str(run.get("id"))] = study
    if run.get("study_identity") != study.identity:
        yield f"{about} says study {run.get('study_identity')}; the identity of its study is {study.identity}"


def check_coverage(runs: Iterable[Mapping[str, Any]], report: Report) -> Iterator[str]:
    """Whether every record was asked for, and everything that a finished run was asked for is there."""
    asked = {point.identity for study in report.studies.values() for point in study.points}
    for identity in sorted(set(report.stored) - asked):
        yield f"point {identity} has {plural(len(report.stored[identity]), 'record')}, and no run asked for it"
    for run in runs:
        study = report.studies.get(str(run.get("id")))
        if study is None or run.get("state") != "finished":
            continue
        each = study.repeats if study.until is None else study.until.first_round
        points = read_part(str(run.get("part", WHOLE))).points(study)
        have = [int(np.searchsorted(report.stored.get(point.identity, ()), each)) for point in points]
        missing = each * len(points) - sum(have)
        if missing:
            total = f"{each * len(points):,}"
            yield f"run {run.get('id')} is recorded as finished, and {missing:,} of its {total} trainings are missing"
