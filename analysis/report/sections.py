"""The parts of the page, each made as HTML from what was computed elsewhere."""

import shlex
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.claims import all_findings
from analysis.claims.verdict import FAILS, HOLDS, RULE, Finding
from analysis.figures import recipes
from analysis.figures.catalogue import Drawn, LeftOut, drawn
from analysis.report import markup, provenance
from analysis.report.explore import explore_data
from analysis.report.headline import answer_sentences
from analysis.report.numbers import ACCURACY_HEAD, OF_SOLVED, POINT_HEAD, key_numbers, point_rows
from analysis.report.svg import inline_svg
from analysis.report.train import train_data, train_part
from analysis.tables.recipes import compare_recipes, find_sweeps
from analysis.tables.runs import incomplete
from sweep.errors import FailedError, UsageError
from sweep.files import csv_text
from sweep.recipe import Recipe
from sweep.statistics.answer import Answer
from sweep.store import Results, Store, Urls
from sweep.study import Study
from sweep.study.words import in_words_of

DATA_ID = "explore-data"
SHOWN_ROWS = 25
"""Tables up to this length are shown below their figure; every one can be saved."""
MEASURED = ("Measured", "Value", "95 % interval")
CLASSES = {HOLDS: "holds", FAILS: "fails"}
TOTAL_LOSS = (
    "The total loss of a training is the sum over all its epochs of the mean loss over all rows, before that epoch's "
    "update, or in batches before each batch's: it is low where a network learns early. {solved}Intervals are of 95 %."
)


class Subject(NamedTuple):
    """What the page is about: results, what was measured of their study, and how the page was asked for.

    Attributes:
        results: a store, or others that no run made.
        url: of the store, or those of several.
        out: where the page is written.
        run: the record of the run in the store, None of other results.
        measured: the answer.
    """

    results: Results
    url: Urls
    out: Path
    run: Mapping[str, Any] | None
    measured: Answer


def lead(subject: Subject) -> str:
    """The answer, and what limits it."""
    measured = subject.measured
    said = answer_sentences(measured)
    missing = incomplete(measured.summary, measured.study)
    return "\n".join(
        [
            markup.paragraph(" ".join(said[:2]), "lead"),
            markup.paragraph(" ".join(said[2:])) if said[2:] else "",
            markup.paragraph(f"{missing} from what follows.", "warning") if missing else "",
            markup.paragraph(f"{measured.study.sentence}.", "quiet"),
        ]
    )


def numbers(subject: Subject) -> str:
    """The key numbers with their intervals, and the points that matter."""
    study = subject.measured.study
    rows, head = [list(row) for row in point_rows(subject.measured)], [*POINT_HEAD, ACCURACY_HEAD]
    for row in [] if study.knows_solved else [*rows, head]:
        del row[OF_SOLVED]
    total = TOTAL_LOSS.format(solved=solved_in_words(study)) if study.knows_solved else "Intervals are of 95 %."
    return "\n".join(
        [
            in_words_of(study, markup.table(MEASURED, key_numbers(subject.measured), "cards")),
            in_words_of(study, markup.table(head[: len(rows[0])], rows, "cards")) if rows else "",
            markup.paragraph(total, "quiet"),
        ]
    )


def solved_in_words(study: Study) -> str:
    """What solved means in a study, as a sentence; empty where that is swept."""
    recipe, swept = study.recipe, {axis.field for axis in study.axes}
    if not isinstance(recipe, Recipe) or swept & {"output", "solved_below"}:
        return ""
    if recipe.solved_below:
        return f"A network is solved if its mean loss at the end is at most {recipe.solved_below:g}. "
    if recipe.output == "softmax":
        return "A network is solved if at the end the right class is the most probable one in every row. "
    return "A network is solved if all its outputs are on their side of 0.5 at the end. "


def explore(subject: Subject) -> str:
    """The part that shows one swept value at a time, with its data."""
    study = subject.measured.study
    data = explore_data(subject.results, subject.measured)
    if data is None:
        return markup.paragraph("This part shows studies with one axis and at least one finite loss; it has none here.")
    field = escape(study.axes[0].field)
    traced = (
        '<p class="quiet">The loss by epoch is that of the study\'s first repeats, trained anew for this page.</p>\n'
        if study.knows_solved
        else ""
    )
    words = f"""<noscript><p>This part needs JavaScript; the figures show the same results without.</p></noscript>
<p>Pick a value on the curve or with the slider (arrow keys move it) to see its networks.</p>
<div class="explore" id="explore-part" hidden>
<svg class="curve" role="img" aria-label="Mean total loss with its standard error against {field}"></svg>
<label for="explore-slider">{field}</label>
<input id="explore-slider" type="range" min="0" step="1" value="0">
<output for="explore-slider" aria-live="polite"></output>
<div class="pair">
<div><h3>Total losses of its own trainings</h3>
<svg class="histogram" role="img" aria-label="Histogram of the total losses"></svg></div>
<div class="traces-part"><h3>Loss by epoch</h3><svg class="traces" role="img" aria-label="Loss by epoch"></svg></div>
</div>
</div>
{traced}"""
    return in_words_of(study, words) + markup.embedded(DATA_ID, data)


def train(subject: Subject) -> str:
    """The part that trains in the browser; the reason where it cannot."""
    try:
        return train_part([train_data(subject.results, subject.measured)], "Repeat the study")
    except UsageError as error:
        return markup.paragraph(f"This page cannot train these networks: {error}.")


def figures(subject: Subject) -> str:
    """Every figure that applies, with its caption and table; the others with the reason."""
    parts = ['<p class="quiet narrow">Figures that are wider than the screen scroll sideways.</p>']
    try:
        for one in drawn(subject.results, subject.measured.study, subject.measured):
            if isinstance(one, LeftOut):
                name = one.name.replace("_", " ")
                parts.append(markup.paragraph(f"The figure of the {name} is left out: {one.reason}.", "quiet"))
            else:
                parts.append(figure(one))
        if isinstance(subject.results, Store):
            parts += all_recipes(subject.results)
    except (UsageError, FailedError) as error:
        parts.append(markup.paragraph(f"No figure is drawn: {error}.", "quiet"))
    return "\n".join(parts)


def all_recipes(store: Store) -> list[str]:
    """The figure of the sweeps of all recipes, where the store holds two or more of them."""
    sweeps = find_sweeps(store)
    table = compare_recipes(store, sweeps)
    if table["recipe"].nunique() < 2:
        return []
    return [figure(Drawn("recipes", recipes.CAPTION, recipes.draw(table, sweeps), table))]


def figure(one: Drawn) -> str:
    """A figure with its caption, and the table that it is drawn from."""
    text = csv_text(one.table)
    words = f"{len(one.table):,} rows, every digit (CSV)"
    shown = ""
    if len(one.table) <= SHOWN_ROWS and len(one.table.columns) <= SHOWN_ROWS:
        rows = [[cell(value) for value in row] for row in one.table.itertuples(index=False)]
        shown = markup.table(list(map(str, one.table.columns)), rows)
    return f"""<figure id="figure-{escape(one.name)}">
<div class="picture" tabindex="0">{inline_svg(one.figure, one.name, one.caption)}</div>
<figcaption>{escape(one.caption)}</figcaption>
<details><summary>The table it is drawn from</summary>{shown}
<p>{markup.download(f"{one.name}.csv", text, f"Save {one.name}.csv")}: {words}</p></details>
</figure>"""


def cell(value: Any) -> str:
    """A value of a table as it is shown."""
    if pd.isna(value):
        return "–"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def claims(subject: Subject) -> str:
    """What the published programs claim, judged, and the rule."""
    store = subject.results if isinstance(subject.results, Store) else None
    items = "\n".join(map(claim, all_findings(store)))
    head, *rules = RULE.replace("\n  ", " ").splitlines()
    listed = "".join(f"<li>{escape(rule.removeprefix('- '))}</li>" for rule in rules)
    note = (
        "Claims about gustaw are measured on its widest sweep in the store; the seeded runs are replayed, with other "
        "starts trained beside them."
    )
    return f'{markup.paragraph(note)}\n<ul class="claims">\n{items}\n</ul>\n{markup.paragraph(head)}\n<ul>{listed}</ul>'


def claim(finding: Finding) -> str:
    """One claim with its verdict in words."""
    n = f"{finding.trainings:,} trainings" if finding.trainings else "no training"
    return f"""<li class="{CLASSES.get(finding.verdict, "open")}">
<div><span class="verdict">{escape(finding.verdict)}</span></div>
<div><p><b>{escape(finding.id)}</b> <span class="quiet">({escape(finding.source)})</span> {escape(finding.claim)}</p>
<p class="quiet">Measured: {escape(finding.measured)} ({n})</p></div></li>"""


def recipe(subject: Subject) -> str:
    """What one training is, in words and field by field."""
    study = subject.measured.study
    return markup.paragraph(f"{study.sentence}.") + markup.definitions(provenance.recipe_rows(study))


def origin(subject: Subject) -> str:
    """The record of the run and the commands that repeat it."""
    run, store = subject.run, subject.results
    if run is None or not isinstance(store, Store):
        return markup.paragraph(f"{subject.measured.study.sentence}.")
    n_runs = sum(other.get("study_identity") == run.get("study_identity") for other in store.runs())
    lines = provenance.repeat_commands(run, subject.url, shlex.quote(str(subject.out)))
    return "\n".join(
        [
            markup.definitions(provenance.run_rows(run, store.name, n_runs)),
            "<h3>How to repeat it</h3>",
            markup.commands(lines),
            markup.paragraph(
                "The same command gives the same records bit for bit on the same kind of processor, whatever the "
                "number of workers or interruptions; on another one, rounding may differ."
            ),
        ]
    )


class Section(NamedTuple):
    """A part of the page: its anchor, its heading and what makes its HTML."""

    name: str
    heading: str
    make: Callable[[Subject], str]


SECTIONS = (
    Section("numbers", "In numbers", numbers),
    Section("explore", "One value at a time", explore),
    Section("train", "Train it here", train),
    Section("figures", "Figures", figures),
    Section("claims", "Published claims", claims),
    Section("recipe", "What was trained", recipe),
    Section("origin", "Where it comes from", origin),
)
