"""What others wrote into names, files and stores stays what it is: no terminal, page, figure or command obeys it."""

import json
import sqlite3
import warnings
from contextlib import closing

import numpy as np
import pandas as pd
import pytest

from analysis.tables.frame import FrameResults
from sweep import Axis, Recipe, Study
from sweep.console.words import plain
from sweep.errors import UsageError
from sweep.execution.returned import read
from sweep.study.draws import scale
from sweep.study.study_file import read_study_file
from tests import commands
from tests.analysis.report.page_parser import Page

HOSTILE = ("\x1b[31mred\x1b[0m", "a\rb", "\x9b31m", "\u202eabc", "<script>alert(1)</script>", "$\\frac{$", "=CMD()")
SMALL = ("--set", "epochs=5", "--axis", "hidden_std_dev=0.5,1,2", "--repeats", "4", "--store", "store.db")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    assert commands.run("sweep.run", *SMALL, folder=folder).returncode == 0
    return (folder / "store.db").read_bytes()


@pytest.fixture
def folder(sound, tmp_path):
    (tmp_path / "store.db").write_bytes(sound)
    return tmp_path


def change(folder, statement, *values):
    with closing(sqlite3.connect(folder / "store.db")) as database, database:
        database.execute(statement, values)


def change_run(folder, **fields):
    with closing(sqlite3.connect(folder / "store.db")) as database:
        ((text,),) = database.execute("SELECT document FROM runs")
    change(folder, "UPDATE runs SET document = ?", json.dumps(json.loads(text) | fields))


def is_plain(text):
    return all(one.isprintable() or one in "\n\t" for one in text)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_steers_the_terminal(name, tmp_path):
    for command in (["sweep.status", "--store", name], ["sweep.run", "--recipe", name], ["analysis", "export", name]):
        done = commands.run(*command, folder=tmp_path)
        assert done.returncode in (1, 2)
        assert is_plain(commands.one_sentence(done.stderr) + done.stdout), done
        assert plain(name, "") in done.stderr or repr(name) in done.stderr


def test_what_a_store_says_steers_no_terminal_and_no_page(folder):
    command = "\x1b[31m</code><script>alert(1)</script>"
    change_run(folder, command=command, host="\x1b]0;title\x07", git_commit="x; rm -rf y")
    for words in ("sweep.status", "analysis summary", "analysis report"):
        done = commands.run(*words.split(), "--store", "store.db", folder=folder)
        assert done.returncode == 0, done.stderr
        assert is_plain(done.stdout + done.stderr)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "git checkout 'x; rm -rf y'" in Page(page).words


def test_json_stays_json_whatever_names_hold(tmp_path):
    odd = "\x9b\u202e"
    (tmp_path / "r.csv").write_text("x,loss\n" + "".join(f"{name},{n}\n" for name in (odd, "b") for n in range(3)))
    done = commands.run("analysis", "summary", "--json", "--results", "r.csv", "--x", "x", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert is_plain(done.stdout)
    points = json.loads(done.stdout[: done.stdout.rindex("}") + 1])["points"]
    assert sorted(row["x"] for row in points) == ["\\x9b\\u202e", "b"]


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("UPDATE runs SET document = ?", "[]"),
        ("UPDATE runs SET document = ?", '"\\ud800"'),
        ("UPDATE runs SET document = ?", '{"id": "\\ud800"}'),
        ("UPDATE runs SET document = ?", 5000 * "9"),
        ("UPDATE runs SET document = json_set(document, '$.study.repeats', ?)", 2.5),
        ("UPDATE runs SET document = json_set(document, '$.study.axes', ?)", "x"),
        ("UPDATE runs SET document = json_set(document, '$.study.recipe', ?)", None),
        ("UPDATE runs SET document = json_set(document, '$.study.recipe.learning_rate', json(?))", 400 * "9"),
        ("UPDATE runs SET document = json_set(document, '$.study.until', json(?))", '["rse"]'),
        ("UPDATE runs SET document = json_set(document, '$.study_identity', ?)", 1),
        ("UPDATE runs SET document = json_set(document, '$.workers', ?)", "many"),
        ("UPDATE runs SET document = json_remove(document, '$.id', ?)", "$.x"),
    ],
)
def test_a_run_that_cannot_be_read_is_told_in_one_sentence(folder, statement, value):
    change(folder, statement, value)
    before = (folder / "store.db").read_bytes()
    for words in ("sweep.status", "analysis summary", "analysis recipes", "analysis export x.csv"):
        done = commands.run(*words.split(), "--store", "store.db", folder=folder)
        said = commands.one_sentence(done.stderr)
        assert done.returncode == 1
        assert any(part in said for part in ("cannot be read", "lacks its", "holds no sweep"))
    assert (folder / "store.db").read_bytes() == before
    done = commands.run("sweep.check", "--store", "store.db", folder=folder)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_run_whose_process_is_no_number_was_killed(folder):
    import socket

    change_run(folder, host=socket.gethostname(), process=2**70)
    change(folder, "UPDATE runs SET state = 'running'")
    assert "killed" in commands.run("sweep.status", "--store", "store.db", folder=folder).stdout


def test_texts_among_losses_are_in_no_mean(folder):
    with closing(sqlite3.connect(folder / "store.db")) as database, database:
        database.execute("CREATE TABLE loose AS SELECT * FROM trainings")
        database.execute("UPDATE loose SET loss = 'none' WHERE repeat = 0")
        database.execute("DROP VIEW results")
        database.execute("DROP TABLE trainings")
        database.execute("ALTER TABLE loose RENAME TO trainings")
        database.execute("CREATE VIEW results AS SELECT * FROM trainings")
    done = commands.run("analysis", "summary", "--json", "--store", "store.db", folder=folder)
    assert [row["diverged"] for row in json.loads(done.stdout)["points"]] == [1, 1, 1]
    done = commands.run("analysis", "minimum", "--store", "store.db", folder=folder)
    assert "holds a record of point" in commands.one_sentence(done.stderr)


def test_a_name_is_no_formula_of_a_figure(tmp_path):
    column = "$\\frac{$ 名前"
    rows = "".join(f"{x},{x + n}\n" for x in (1, 2, 3, 4, 5, 6) for n in range(3))
    (tmp_path / "r.csv").write_text(f"{column},loss\n{rows}", encoding="utf-8")
    for word in ("figures", "report"):
        done = commands.run("analysis", word, "--results", "r.csv", "--x", column, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
    assert "$\\frac{$" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_losses_below_0_have_no_place_on_a_logarithmic_scale(tmp_path):
    (tmp_path / "r.csv").write_text("x,loss\n" + "".join(f"{x},{x - 9 - n}\n" for x in (1, 2, 3) for n in range(3)))
    done = commands.run("analysis", "figures", "--results", "r.csv", "--x", "x", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "loss_distribution is left out: the distribution of the losses has a logarithmic scale" in done.stdout


def test_columns_of_results_have_printable_names_and_losses_whose_squares_are_numbers():
    with pytest.raises(UsageError, match=r"has a column 'a\\x1b'; allowed are names of printable characters"):
        FrameResults(pd.DataFrame({"a\x1b": [1], "loss": [1.0]}), "a\x1b", "loss")
    with pytest.raises(UsageError, match=r"loss in the table has 1e\+200; allowed are numbers from -1e\+150"):
        FrameResults(pd.DataFrame({"a": [1], "loss": [1e200]}), "a", "loss")


def test_a_loss_whose_square_is_no_number_has_diverged():
    assert read(1e200, ()).reason == "the loss is 1e+200"
    assert read(-1e150, ()).loss == -1e150


def test_spreads_that_overflow_diverge_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isinf(scale(Recipe(hidden_std_dev=1.7e308), np.full((1, 9), 2.0))).any()


def test_numbers_of_too_many_digits_are_told_of(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(f"repeats = {16**4000:#x}")
    with pytest.raises(UsageError, match="was given as a number of too many digits; allowed is a whole number"):
        read_study_file(str(path))
    with pytest.raises(UsageError, match=r"learning_rate was given as 10+; allowed is a finite number above 0"):
        Recipe(learning_rate=10**400)
    with pytest.raises(UsageError, match=r"repeats was given as 2.5; allowed is a whole number from 1"):
        Study(Recipe(), (Axis("epochs", (1, 2)),), repeats=2.5)


def test_a_name_that_is_too_long_is_told_of(folder):
    done = commands.run("analysis", "report", "--out", 300 * "a", "--store", "store.db", folder=folder)
    assert done.returncode == 1
    assert "cannot be written (File name too long); name another place" in commands.one_sentence(done.stderr)


def test_bytes_that_are_no_text_are_kept_out_of_what_is_printed_and_stored(tmp_path):
    done = commands.run("sweep.run", *SMALL[:-1], "caf\udce9.db", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "caf\\udce9.db" in done.stdout
