"""Studies run from Python: scripts, threads, event loops and what comes back."""

import asyncio
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from threading import Thread

import pytest

from analysis import load
from analysis.running import StudyResults
from sweep import RECIPES, Axis, Study, UsageError, run, training
from sweep.store import open_store
from tests import commands

SPREADS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
STUDY = Study(replace(RECIPES["gustaw"], epochs=60), (Axis("hidden_std_dev", SPREADS),), repeats=30)


def script(folder, text, *, interrupt_after=None):
    """Run a script; what it printed, and how it ended."""
    path = folder / "script.py"
    path.write_text(textwrap.dedent(text))
    with commands.interrupts():
        process = subprocess.Popen(
            [sys.executable, str(path)],
            cwd=folder,
            env=commands.clean_environment() | {"PYTHONPATH": str(commands.ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    if interrupt_after:
        for line in process.stdout:
            if interrupt_after in line:
                break
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=commands.SECONDS)
    return subprocess.CompletedProcess(path, process.returncode, out, err)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return run(STUDY, str(tmp_path_factory.mktemp("run") / "store.db"), workers=1, quiet=True)


def test_the_records_are_those_of_the_command(found, tmp_path):
    arguments = ("--set", "epochs=60", "--axis", f"hidden_std_dev={','.join(map(str, SPREADS))}", "--repeats", 30)
    commands.run("sweep.run", *arguments, "--store", "store.db", folder=tmp_path)
    assert found.load().equals(load(str(tmp_path / "store.db")))
    with open_store(found.store) as store:
        (record,) = store.runs()
    assert (record["state"], record["command"]) == ("finished", f"sweep.run(study, {found.store!r})")


def test_what_comes_back_says_what_the_commands_say(found):
    def said(*arguments):
        return commands.run("analysis", *arguments, "--store", found.store).stdout

    assert found.summary()["mean"].tolist() == pytest.approx(
        found.load().groupby("hidden_std_dev")["loss"].mean().tolist()
    )
    assert said("minimum").splitlines()[0] == str(found).splitlines()[0]
    assert found.minimum().spread == found.answer().minimum.spread
    (change,) = found.compare(0.5, 1.0)
    assert f"{change.change.change:+.2%}" in said("compare", "0.5", "1")
    assert repr(found) == f"<StudyResults of study {STUDY.identity} in {found.store}>"


def test_a_notebook_shows_the_answer_and_the_curve(found):
    html = found._repr_html_()
    assert str(found).splitlines()[0] in html
    assert html.count('src="data:image/png;base64,') == 1
    assert "<script" not in html


def test_figures_come_back_and_are_written_where_asked(found, tmp_path):
    assert {"mean_loss", "minimum", "loss_distribution"} <= found.figures().keys()
    assert not list(tmp_path.iterdir())
    drawn = found.figures(str(tmp_path / "drawn"))
    assert {path.stem for path in (tmp_path / "drawn").iterdir()} == drawn.keys()


def test_it_is_trained_once(found, capsys):
    again = run(STUDY, found.store, workers=1)
    assert "All 180 trainings are already stored" in capsys.readouterr().err
    assert again.load().equals(found.load())


def test_a_study_without_a_minimum_says_so(tmp_path):
    named = Study(STUDY.recipe, (Axis("activation", ("tanh", "relu")),), repeats=5)
    results = run(named, str(tmp_path / "store.db"), workers=1, quiet=True)
    with pytest.raises(UsageError) as caught:
        results.minimum()
    assert str(caught.value).startswith("the study has no minimum with an interval; that needs one axis of five or")
    assert "<img" in results._repr_html_()
    assert StudyResults(Study(STUDY.recipe, (), repeats=5), results.store)._repr_html_().count("<img") == 0


def test_it_runs_in_a_thread_and_beside_an_event_loop(tmp_path):
    async def within():
        return run(STUDY, str(tmp_path / "loop.db"), workers=1, quiet=True)

    in_loop = asyncio.run(within()).load()
    thread = Thread(target=run, args=(STUDY, str(tmp_path / "thread.db")), kwargs={"workers": 1, "quiet": True})
    thread.start()
    thread.join()
    assert load(str(tmp_path / "thread.db")).equals(in_loop)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"device": "tpu"}, "device was given as 'tpu'; allowed is one of cpu, gpu, auto"),
        ({"workers": 0}, "workers was given as 0; allowed is a whole number from 1 to 1,024"),
        ({"wait": -1}, "wait was given as -1; allowed is a number of seconds, 0 or above"),
        ({"store": "http://x"}, "the store was given as 'http://x'; allowed is a path, sqlite:///PATH, mongodb://HOST"),
    ],
)
def test_what_is_not_allowed_is_told(given, said, tmp_path):
    with pytest.raises(UsageError) as caught:
        run(STUDY, given.pop("store", str(tmp_path / "none.db")), **given)
    assert str(caught.value).startswith(said)
    assert not list(tmp_path.iterdir())


def test_a_function_that_no_worker_finds_is_told(tmp_path):
    @training(version="1")
    def inner(rng, *, hidden_std_dev=1.0):
        return 1.0

    with pytest.raises(UsageError) as caught:
        run(Study(inner, (Axis("hidden_std_dev", SPREADS),)), str(tmp_path / "none.db"))
    assert str(caught.value) == (
        f"{inner.recipe.function} is where no worker finds it, in a notebook or within a function; write it to a file "
        "of its own (%%writefile mine.py) and import it from there"
    )


SWEPT = """
    from sweep import RECIPES, Axis, Study, run, training
    SPREADS = Axis("hidden_std_dev", (0.2, 0.5, 1.0, 2.0, 5.0))
"""


def test_a_script_needs_no_guard(tmp_path):
    done = script(
        tmp_path,
        SWEPT
        + """
    print("once")
    print(run(Study(RECIPES["twenty-lines"], (SPREADS,), repeats=40), "s.db", workers=2))
    """,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("once") == 1
    assert "Lowest mean at hidden_std_dev" in done.stdout


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_script_that_holds_the_function_needs_one(is_guarded, tmp_path):
    done = script(
        tmp_path,
        SWEPT
        + f"""
    @training
    def mine(rng, *, hidden_std_dev=1.0):
        return 1 + rng.random() + hidden_std_dev

    if {'__name__ == "__main__"' if is_guarded else True}:
        print(run(Study(mine, (SPREADS,), repeats=40), "s.db", workers=2))
    """,
    )
    assert done.returncode == (0 if is_guarded else 1), done.stderr
    if is_guarded:
        assert "Lowest mean at hidden_std_dev = 0.2" in done.stdout
        return
    assert (
        "run was called while a worker imported the file that holds its function; put the call behind `if"
        in done.stderr
    )
    with open_store(str(tmp_path / "s.db")) as store:
        assert store.labels() == []


def test_an_interrupt_is_recorded_and_says_how_to_go_on(tmp_path):
    done = script(
        tmp_path,
        SWEPT
        + """
    import threading
    threading.Timer(2.0, lambda: print("under way", flush=True)).start()
    run(Study(RECIPES["gustaw"], repeats=100_000), "s.db", workers=2)
    """,
        interrupt_after="under way",
    )
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("sweep.execution.running.Interrupted: Interrupted: ")
    assert "trainings are stored in s.db" in last
    assert last.endswith("Continue with: sweep.run(study, 's.db')")
    with open_store(str(tmp_path / "s.db")) as store:
        assert [one["state"] for one in store.runs()] == ["interrupted"]


def test_the_name_is_the_function_also_where_the_command_was_imported(found):
    import sweep
    import sweep.run

    assert sweep.run(STUDY, found.store, quiet=True).load().equals(found.load())
    with pytest.raises(AttributeError, match="module 'sweep' has no attribute 'runs'"):
        _ = sweep.runs
