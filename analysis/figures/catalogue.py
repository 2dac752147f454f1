"""The figures of a study: what each is called and shows, and all of them drawn."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from analysis.figures import (
    loss_by_length,
    loss_distribution,
    mean_loss,
    mean_parts,
    minimum,
    outcomes,
    solved,
    solved_epoch,
)
from analysis.figures.parts.frame import require_axes, require_drawable
from analysis.tables import Tables, make_tables
from analysis.tables.by_cell import Distributions, read_distributions
from analysis.tables.by_name import studies_by_name, with_curves
from analysis.tables.curve import with_curve
from analysis.tables.digits import with_certain_digits
from analysis.tables.lengths import tabulate_lengths
from analysis.tables.pooled import (
    with_minimum,
    with_pooled_epochs,
    with_pooled_losses,
    with_pooled_parts,
    with_pooled_solved,
)
from analysis.tables.pooled_map import with_map
from analysis.tables.remember import RememberingStore
from sweep.statistics.answer import Answer, find_answer
from sweep.store import Results, Store
from sweep.study import Study
from sweep.study.words import in_words_of
from sweep.style import save


class Material(NamedTuple):
    """What a figure's table is made of: the tables of the trainings, the answer of the study, the answers of its parts
    (`analysis.tables.by_name.studies_by_name`), and where its curve is pooled the distributions."""

    study: Study
    tables: Tables
    answer: Answer
    by_name: list[Answer]
    distributions: Distributions | None


class Entry(NamedTuple):
    """One figure of the catalogue.

    Attributes:
        name: of its files, without the ending.
        caption: what it shows and what to look for, in a sentence or two.
        tabulate: gives its table.
        draw: draws that table.
        why_not: says why the figure does not apply to a table's study, or gives None.
        needs_solved: whether it shows which trainings are solved.
    """

    name: str
    caption: str
    tabulate: Callable[[Material], pd.DataFrame]
    draw: Callable[[pd.DataFrame, Study], Figure]
    why_not: Callable[[pd.DataFrame, Study], str | None] = lambda table, study: None
    needs_solved: bool = False


class Drawn(NamedTuple):
    """A figure and the table that it shows."""

    name: str
    caption: str
    figure: Figure
    table: pd.DataFrame


class LeftOut(NamedTuple):
    """A figure that does not apply to the study, and why."""

    name: str
    reason: str


CATALOGUE = (
    Entry(
        "mean_loss",
        "Mean total loss with its standard error. Where is it lowest, and does Xavier's prediction lie there?",
        lambda material: with_curves(
            with_map(with_curve(material.tables.mean_loss, material.answer), material.answer),
            material.study,
            material.by_name,
        ),
        mean_loss.draw,
    ),
    Entry(
        "minimum",
        "The mean around its minimum. The band holds the lowest point of the curve with 95 % confidence: does it hold "
        "Xavier's prediction?",
        lambda material: minimum.tabulate(material.study, with_curve(material.tables.mean_loss, material.answer)),
        minimum.draw,
        minimum.why_not,
    ),
    Entry(
        "loss_by_length",
        "The mean by the length of the drawn parameters, whatever spread they came from. The mean at a spread is this "
        "curve averaged over the lengths that the spread gives, the band: how far below does the curve go inside it?",
        lambda material: tabulate_lengths(material.tables.mean_loss, material.answer),
        loss_by_length.draw,
        loss_by_length.why_not,
    ),
    Entry(
        "loss_distribution",
        "How the total losses are distributed. They are far from normal: networks that solve the problem early, late "
        "and never form layers of their own, and the mean may lie where there are few or none.",
        lambda material: with_pooled_losses(material.tables.loss_distribution, material.answer, material.distributions),
        loss_distribution.draw,
        loss_distribution.why_not,
    ),
    Entry(
        "solved",
        "Fraction of the networks that are solved at the end, with its 95 % interval; of a data set with classes also "
        "the accuracy, the mean fraction of the rows that are right.",
        lambda material: with_pooled_solved(material.tables.solved, material.answer),
        solved.draw,
        needs_solved=True,
    ),
    Entry(
        "solved_epoch",
        "Epochs that the networks needed to solve the problem for the first time, over those that ever did. These may "
        "be a lucky few: how many they are is drawn with it.",
        lambda material: with_pooled_epochs(material.tables.solved_epoch, material.answer, material.distributions),
        solved_epoch.draw,
        solved_epoch.why_not,
        needs_solved=True,
    ),
    Entry(
        "mean_parts",
        "The mean total loss taken apart: what stuck and solved networks add to it, how many are stuck, and the mean "
        "of each kind. Its minimum is where both terms together are least, not where the fewest are stuck.",
        lambda material: with_pooled_parts(material.tables.mean_parts, material.answer),
        mean_parts.draw,
        mean_parts.why_not,
        needs_solved=True,
    ),
)
OUTCOMES = Entry(
    "outcomes",
    "What the function returned beside the loss: does it have its best value where the loss has its lowest?",
    lambda material: with_minimum(material.tables.mean_loss, material.answer),
    outcomes.draw,
    outcomes.why_not,
)
"""Of a function of the user's own."""


def drawn(store: Results, study: Study, found: Answer | None = None) -> Iterator[Drawn | LeftOut]:
    """Every figure of the catalogue in its order, drawn, or left out with the reason; `found` is the study's answer
    where it is known already.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: no training of it is stored, or all diverged.
    """
    require_axes(study)
    tables = make_tables(store, study)
    require_drawable(tables.mean_loss, study)
    found = find_answer(store, study, tables.mean_loss) if found is None else found
    by_name = [find_answer(store, one) for one in studies_by_name(study)]
    material = Material(study, tables, found, by_name, read_distributions(store, study, found.curve))
    for entry in CATALOGUE if study.knows_solved else (*CATALOGUE, OUTCOMES):
        if entry.needs_solved and not study.knows_solved:
            yield LeftOut(entry.name, "which trainings are solved is not known")
            continue
        table = with_certain_digits(entry.tabulate(material), [axis.field for axis in study.axes])
        reason = entry.why_not(table, study)
        yield (
            LeftOut(entry.name, reason)
            if reason
            else Drawn(entry.name, in_words_of(study, entry.caption), entry.draw(table, study), table)
        )


def draw_all(store: Results, study: Study, folder: Path, tell: Callable[[str], None] = print) -> list[Path]:
    """Write every figure that applies to the study, with its table, into a folder; tell which do not and why.

    Returns:
        The paths written, by figure: PNG, SVG and CSV.

    Raises:
        UsageError: the study has no axis or more than two.
        FailedError: there is nothing to draw, or the folder cannot be written.
    """
    paths = []
    for one in drawn(RememberingStore(store) if isinstance(store, Store) else store, study):
        if isinstance(one, LeftOut):
            tell(f"{one.name} is left out: {one.reason}.")
        else:
            paths += save(one.figure, one.table, folder, one.name)
    return paths
