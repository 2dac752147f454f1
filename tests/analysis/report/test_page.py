import io
import json
import re
from dataclasses import replace
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from analysis.claims import all_findings
from analysis.figures.catalogue import Drawn, LeftOut, drawn
from analysis.report.markup import number, share_span, span
from analysis.report.page import write_report
from analysis.report.sections import figure
from analysis.tables.curve import with_curve
from analysis.tables.digits import with_certain_digits
from sweep.errors import FailedError, UsageError
from sweep.statistics.answer import find_answer
from sweep.statistics.inference import Interval
from sweep.statistics.observed import ONE, SOLVED
from sweep.store import open_store
from sweep.store.provenance import describe_run
from sweep.style import new_figure
from tests import commands
from tests.analysis.report.conftest import STUDY, fill, page_of
from tests.analysis.report.page_parser import Page


def test_every_figure_and_claim_is_there(page, text, stored):
    with open_store(stored) as store:
        figures = [one for one in drawn(store, STUDY) if not isinstance(one, LeftOut)]
        findings = all_findings(store)
    assert len(figures) >= 5
    for one in figures:
        assert f"figure-{one.name}" in page.ids
        assert one.caption in page.words
    assert len(findings) == 13
    for finding in findings:
        assert f"{finding.verdict} {finding.id} ({finding.source}) {finding.claim}" in page.words
        assert f"Measured: {finding.measured} (" in page.words
    assert text.count('class="verdict"') == len(findings)
    explored = trained = 3
    pictures = sum(tag == "svg" and attributes.get("role") == "img" for tag, attributes in page.elements)
    assert pictures == len(figures) + explored + trained


def test_the_tables_of_the_figures_can_be_saved(page, stored):
    links = {
        attributes["download"]: attributes["href"]
        for tag, attributes in page.elements
        if tag == "a" and "download" in attributes
    }
    table = unquote(links["mean_loss.csv"].partition(",")[2])
    with open_store(stored) as store:
        found = find_answer(store, STUDY)
    shown = with_certain_digits(with_curve(found.summary, found), ["hidden_std_dev"])
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(table)), shown, check_dtype=False, rtol=1e-12)


def test_the_embedded_data_is_the_summary_with_pooled_means(page, stored):
    data = json.loads(page.scripts["explore-data"])
    with open_store(stored) as store:
        found = find_answer(store, STUDY)
        records = [store.records(point.identity, STUDY.repeats) for point in STUDY.points]
    assert data["values"] == list(STUDY.axes[0].values)
    for name in ("count", "diverged"):
        assert data[name] == found.summary[name].tolist()
    at = found.curve.at(found.curve.values)
    np.testing.assert_allclose(data["solved"], found.curve.pooled(found.curve.values, SOLVED, ONE).mean, rtol=1e-12)
    np.testing.assert_allclose(data["mean"], at.mean, rtol=1e-12)
    np.testing.assert_allclose(data["standard_error"], at.standard_error, rtol=1e-9)
    assert data["values"][data["best"]] == min(
        data["values"], key=lambda value: abs(np.log(value / found.minimum.spread.estimate))
    )
    for row, of_point in enumerate(records):
        assert sum(data["histogram"]["solved"][row]) == of_point.solved.sum()
        assert sum(data["histogram"]["stuck"][row]) == (~of_point.solved).sum()
    assert data["traces"]["points"] == list(range(len(STUDY.points)))
    assert all(len(curve) == 101 for of_point in data["traces"]["loss"] for curve in of_point)


def test_it_asks_for_nothing_from_outside(page, text):
    assert page.addresses
    for address in page.addresses:
        assert address.startswith(("#", "data:")), address
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    policy = [given["content"] for tag, given in page.elements if given.get("http-equiv") == "Content-Security-Policy"]
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; "
        "worker-src blob:; img-src data:"
    ]


def test_tags_are_balanced_and_ids_are_unique(page, text):
    assert (page.wrong, page.open) == ([], [])
    assert len(page.ids) == len(set(page.ids))
    internal = {address[1:] for address in page.addresses if address.startswith("#")}
    assert internal <= set(page.ids)
    clipped = set(re.findall(r"url\(#([^)]+)\)", text))
    assert clipped
    assert clipped <= set(page.ids)


def test_the_same_results_give_the_same_page(stored, text):
    assert page_of(stored) == text


def test_the_run_and_how_to_repeat_it_are_told(page):
    assert f"python -m analysis report --run run-{STUDY.identity} --out report.html" in page.words
    assert "python -m sweep.run" in page.words
    assert "50 a point" in page.words
    assert "swept: 15 values from 0.1 to 10" in page.words


@pytest.mark.usefixtures("quick")
def test_a_study_without_trainings_is_said(tmp_path):
    path = fill(tmp_path / "store.db", replace(STUDY, seed=1, repeats=1))
    run = {**describe_run(STUDY, "python -m sweep.run", 2), "id": "empty"}
    with open_store(path) as store:
        store.start_run(run)
    page = Page(page_of(path, "empty"))
    assert "No training kept a finite loss, so there is no lowest mean." in page.words
    assert "INCOMPLETE: 750 of 750 trainings are missing" in page.words
    assert "No figure is drawn: there is no loss to draw" in page.words


@pytest.mark.usefixtures("quick")
def test_what_is_missing_is_said_first(tmp_path):
    page = Page(page_of(fill(tmp_path / "store.db", STUDY, repeats=40)))
    assert "INCOMPLETE: 150 of 750 trainings are missing from what follows." in page.words
    assert "600 (INCOMPLETE: 150 of 750 trainings are missing)" in page.words


@pytest.mark.usefixtures("quick")
def test_what_comes_from_outside_is_escaped(tmp_path):
    command = "python -m sweep.run '<script>alert(1)</script>' \"&amp;\""
    text = page_of(fill(tmp_path / "a<b>&.db", STUDY, command=command))
    page = Page(text)
    assert "<script>alert" not in text
    assert command in page.words
    assert "a<b>&.db" in page.words
    assert (page.wrong, page.open) == ([], [])


def test_what_is_no_number_is_a_word():
    nothing = Interval(1.0, float("nan"), float("nan"))
    assert number(float("nan")) == span(nothing) == share_span(nothing) == "unknown"


def test_the_command_writes_one_file(tmp_path):
    small = ["--set", "epochs=20", "--axis", "hidden_std_dev=0.5,1", "--repeats", "5"]
    assert commands.run("sweep.run", *small, folder=tmp_path).returncode == 0
    done = commands.run("analysis", "report", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("report.html: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "sweep.sqlite3"]
    assert "--axis hidden_std_dev=0.5,1" in Page((tmp_path / "report.html").read_text(encoding="utf-8")).words


@pytest.mark.parametrize("out", ["missing/report.html", "."])
def test_a_place_that_cannot_be_written_is_named(stored, tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    with open_store(stored) as store, pytest.raises(FailedError, match=r"cannot be written \(.*\); name another place"):
        write_report(store, stored, None, tmp_path / out)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_not_there_is_named(stored, tmp_path):
    with open_store(stored) as store, pytest.raises(UsageError, match="run was given as 'x'"):
        write_report(store, stored, "x", tmp_path / "report.html")


def test_a_table_to_save_holds_no_formula():
    empty = new_figure(2, 1)
    empty.subplots()
    one = Drawn("kinds", "By kind.", empty, pd.DataFrame({"kind": ["=cmd", "plain"], "mean": [0.1, 2.0]}))
    (data,) = re.findall(r'href="data:[^",]*,([^"]*)"', figure(one))
    assert unquote(data) == "kind,mean\n'=cmd,0.1\nplain,2.0\n"
