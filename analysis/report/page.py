"""The page: every section as HTML, in a template that needs nothing from outside the file."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from analysis.report.headline import question
from analysis.report.sections import DATA_ID, SECTIONS, Subject, lead
from analysis.report.train import TRAIN_ID
from analysis.tables.remember import RememberingStore
from analysis.tables.runs import find_run, study_of
from sweep.console.progress import watch
from sweep.files import check_place, unwritable
from sweep.recipe import Recipe
from sweep.statistics.answer import find_answer
from sweep.store import Results, Store, Urls
from sweep.store.own import with_outcomes
from sweep.study import Study

WORKER = ("kernel.js", "distributions.js", "draws.js", "worker.js")
"""What workers run, and the page with them."""
TRAINING = (
    "pool.js", "minimum.js", "job.js", "team.js", "network.js", "trainer.js", "train.js", "samples.js", "repeat.js",
    "stored.js", "begin.js",
)  # fmt: skip


def write_report(store: Store, url: Urls, run: str | None, out: Path) -> None:
    """Write the page about a run (the latest if None) of the store, or the stores, at `url`.

    Raises:
        FailedError: the file cannot be written, or the store holds no run.
        UsageError: it holds no run of that identifier.
    """
    check_place(out)
    write_text(out, make_page(store, url, run, out))


def write_text(out: Path, text: str) -> None:
    """Write a page.

    Raises:
        FailedError: the file cannot be written.
    """
    try:
        out.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")  # names may be no Unicode
    except OSError as error:
        raise unwritable(out, error.strerror or str(error)) from error


def write_page_of(results: Results, study: Study, out: Path) -> None:
    """Write the page about results that no run made, of the study that stands in for theirs.

    Raises:
        FailedError: the file cannot be written.
    """
    check_place(out)
    write_text(out, page_of(Subject(results, "", out, None, find_answer(results, study))))


def make_page(store: Store, url: Urls, run: str | None, out: Path) -> str:
    """The page as text; the same results give the same text. Raises as `write_report`."""
    record = find_run(store, run)
    study = study_of(store, record)
    store = RememberingStore(with_outcomes(store, study))
    return page_of(Subject(store, url, out, record, find_answer(store, study)))


def page_of(subject: Subject) -> str:
    """The page about a subject as text."""
    study = subject.measured.study
    # The published programs learn XOR: their claims say nothing of a data set, nor of other trainings.
    recipes = [point.recipe for point in study.points]
    of_others = all(not isinstance(recipe, Recipe) or recipe.data_set is not None for recipe in recipes)
    left_out = {"claims": of_others, "train": not study.knows_solved}
    sections = [section for section in SECTIONS if not left_out.get(section.name)]
    parts = "\n".join(
        f'<section id="{name}">\n<h2>{escape(heading)}</h2>\n{make(subject)}\n</section>'
        for name, heading, make in watch(sections, "parts of the page")
    )
    contents = "".join(f'<a href="#{name}">{escape(heading)}</a>' for name, heading, _ in sections)
    return fill(question(study), lead(subject), contents, parts)


def fill(title: str, answer: str, contents: str, parts: str) -> str:
    """The template with a title in plain text and the rest as HTML, and the scripts that its parts need."""
    is_trained, is_explored = f'id="{TRAIN_ID}"' in parts, f'id="{DATA_ID}"' in parts
    scripts = [script(WORKER, "training-script")] if is_trained else []
    names = ("chart.js",) * (is_trained or is_explored) + ("explore.js",) * is_explored + TRAINING * is_trained
    return Template(asset("page.html")).substitute(
        title=escape(title),
        style=asset("style.css"),
        answer=answer,
        contents=contents,
        sections=parts,
        scripts="\n".join([*scripts, *[script(names)] * bool(names)]),
    )


def script(names: Sequence[str], known_as: str = "") -> str:
    """Files of this package as one script, with an id or none."""
    text = "\n".join(map(asset, names))
    return f"<script{f' id={chr(34)}{known_as}{chr(34)}' if known_as else ''}>\n{text}</script>"


def asset(name: str) -> str:
    """The text of a file of this package."""
    return files("analysis.report").joinpath(name).read_text(encoding="utf-8")
