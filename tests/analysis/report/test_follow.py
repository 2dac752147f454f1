"""A page that follows its run: written as the run goes on, loading itself again until it has ended."""

import re

import pytest

from analysis.__main__ import main as analyse
from analysis.report import follow
from analysis.report.page import make_page
from sweep import Axis, Recipe, Study
from sweep.errors import FailedError, StoreUnavailableError, UsageError
from sweep.execution.processes import run_block, start_worker, stop_worker
from sweep.status import main as status
from sweep.store import open_store
from sweep.store.provenance import describe_run
from sweep.store.sqlite.store import SqliteStore
from sweep.study import plan
from tests.analysis.report.browser import CHROMIUM
from tests.analysis.report.devtools import open_tab

STUDY = Study(Recipe(epochs=20), (Axis("hidden_std_dev", (0.5, 0.7, 0.9, 1.2, 1.5, 2.0)),), repeats=30)
RUN = describe_run(STUDY, "python -m sweep.run", 1)
REFRESH = re.compile('<meta http-equiv="refresh" content="([0-9]+)">')


@pytest.fixture
def url(tmp_path):
    """A store in which a run of this process is under way, and has stored nothing."""
    path = str(tmp_path / "store.db")
    with open_store(path, create=True) as store:
        store.start_run(RUN)
    return path


def train(url, blocks):
    start_worker(url)
    for block in blocks:
        run_block(block)
    stop_worker()


def end(url):
    with open_store(url) as store:
        store.end_run(RUN["id"], "2026-01-01T00:00:00.000+00:00", "finished")


def steps(monkeypatch, module, *todo):
    """What happens each time that a command waits; returns for how long it was to wait."""
    waits, left = [], list(todo)

    def sleep(seconds):
        waits.append(seconds)
        left.pop(0)()

    monkeypatch.setattr(f"{module}.time.sleep", sleep)
    return waits


@pytest.mark.usefixtures("quick")
def test_the_page_is_written_until_the_run_ends(url, tmp_path, monkeypatch, capsys):
    out, pages, blocks = tmp_path / "page.html", [], list(plan(STUDY, {}))
    waits = steps(
        monkeypatch,
        "analysis.report.follow",
        lambda: (pages.append(out.exists()), train(url, blocks[:4])),
        lambda: (pages.append(out.read_text()), train(url, blocks[4:]), end(url)),
    )
    assert analyse(["report", "--follow", "--store", url, "--out", str(out)]) == 0
    first, last = pages[1], out.read_text()
    assert pages[0] is False
    assert waits[0] == 1
    assert waits[1] >= follow.SECONDS
    assert REFRESH.search(first[: first.index("<title>")])[1] == str(waits[1])
    assert (
        f"The run is under way; this page loads itself again every {waits[1]} seconds, until you train in it." in first
    )
    assert f"1000 * {waits[1]}" in first
    assert "INCOMPLETE: 60 of 180 trainings are missing" in first
    assert not REFRESH.search(last)
    assert "INCOMPLETE" not in last
    assert "loads itself again" not in last
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [f"No training in {url} yet.", f"{out}: 120 trainings so far"]
    assert captured.out.startswith(f"{out}: ")
    assert [path.name for path in tmp_path.glob("page*")] == ["page.html"]


def loads_again(tab):
    with pytest.raises(AssertionError, match="navigated"):
        tab.wait("false", 20)
    assert tab.evaluate("window.isFirst") is None


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
@pytest.mark.parametrize("does", ["nothing", "train-go", "sample-step", "repeat-go", "stored-go"])
@pytest.mark.usefixtures("quick")
def test_an_open_page_loads_itself_again_until_something_is_trained_in_it(url, tmp_path, does):
    train(url, list(plan(STUDY, {}))[:3])
    page = tmp_path / "page.html"
    with open_store(url) as store:
        page.write_text(follow.with_refresh(make_page(store, url, None, page), 2), encoding="utf-8")
    with open_tab(page.as_uri(), tmp_path / "profile") as tab:
        # What the next page will not have.
        tab.evaluate("window.isFirst = true")
        if does == "nothing":
            loads_again(tab)
            return
        tab.evaluate(f"document.getElementById('{does}').click()")
        tab.wait("!document.getElementById('reload').hidden", 20)
        assert tab.evaluate("window.isFirst") is True
        tab.evaluate("setTimeout(() => document.querySelector('#reload button').click(), 100)")
        loads_again(tab)


@pytest.mark.usefixtures("quick")
def test_an_interrupted_page_no_longer_loads_itself(url, tmp_path, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    out = tmp_path / "page.html"
    train(url, list(plan(STUDY, {}))[:3])
    steps(monkeypatch, "analysis.report.follow", interrupt)
    with pytest.raises(KeyboardInterrupt):
        analyse(["report", "--follow", "--store", url, "--out", str(out)])
    assert not REFRESH.search(out.read_text())


@pytest.mark.usefixtures("quick")
def test_a_run_that_has_ended_is_written_once(url, tmp_path):
    train(url, plan(STUDY, {}))
    end(url)
    assert analyse(["report", "--follow", "--store", url, "--out", str(tmp_path / "page.html")]) == 0
    assert not REFRESH.search((tmp_path / "page.html").read_text())


def test_what_cannot_be_followed_is_told(url, tmp_path):
    with pytest.raises(FailedError, match=r"cannot be written \(No such file or directory\)"):
        analyse(["report", "--follow", "--store", url, "--out", str(tmp_path / "none" / "page.html")])
    with pytest.raises(UsageError, match="run was given as 'x'"):
        analyse(["report", "--follow", "--store", url, "--run", "x", "--out", str(tmp_path / "page.html")])


def test_the_status_is_shown_until_the_run_ends(url, monkeypatch, capsys):
    blocks = list(plan(STUDY, {}))
    steps(
        monkeypatch,
        "sweep.status",
        lambda: train(url, blocks[:4]),
        lambda: None,
        lambda: (train(url, blocks[4:]), end(url)),
    )
    assert status(["--store", url, "--follow"]) == 0
    shown = re.findall(r"trainings ([\d,]+) of 180|(running|finished), from", capsys.readouterr().out)
    # The second look saw nothing new, and showed nothing.
    assert ["".join(one) for one in shown] == ["0", "running", "120", "running", "180", "finished"]


@pytest.mark.usefixtures("quick")
def test_a_page_whose_store_stays_away_no_longer_loads_itself(url, tmp_path, monkeypatch):
    def fail(_):
        raise StoreUnavailableError("the store is away: bring it back")

    out = tmp_path / "page.html"
    train(url, list(plan(STUDY, {}))[:3])
    monkeypatch.setattr("analysis.asked.SECONDS_TO_WAIT", 0.0)
    steps(monkeypatch, "analysis.report.follow", lambda: monkeypatch.setattr(SqliteStore, "runs", fail))
    with pytest.raises(StoreUnavailableError, match="bring it back"):
        analyse(["report", "--follow", "--store", url, "--out", str(out)])
    assert not REFRESH.search(out.read_text())


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("command", ["status", "report"])
def test_a_store_that_is_away_for_a_while_is_waited_for(url, tmp_path, monkeypatch, capsys, command):
    read, is_away = SqliteStore.runs, []

    def runs(store):
        if is_away:
            raise StoreUnavailableError("the store is away: bring it back")
        return read(store)

    train(url, plan(STUDY, {}))
    monkeypatch.setattr(SqliteStore, "runs", runs)
    module = "sweep.status" if command == "status" else "analysis.report.follow"
    steps(monkeypatch, module, lambda: is_away.append(True), is_away.clear, lambda: end(url))
    if command == "status":
        assert status(["--store", url, "--follow"]) == 0
    else:
        assert analyse(["report", "--follow", "--store", url, "--out", str(tmp_path / "page.html")]) == 0
        assert not REFRESH.search((tmp_path / "page.html").read_text())
    said = capsys.readouterr()
    assert "the store is away: bring it back. Waiting for up to 120 s; nothing that was trained is lost." in said.err
    assert f"{url} answers again after " in said.err
    assert "finished" in said.out or command == "report"


def test_the_status_of_a_store_without_a_run_is_shown_once(tmp_path, capsys):
    path = str(tmp_path / "store.db")
    open_store(path, create=True).close()
    assert status(["--store", path, "--follow"]) == 0
    assert capsys.readouterr().out == f"No study in {path} yet; `python -m sweep.run` runs the published one.\n"
