import pandas as pd
import pytest

from analysis.tables.digits import with_certain_digits
from tests import commands
from tests.analysis.samples import ONE_AXIS, TWO_AXES, all_diverged, fill

SMALL = ["--set", "epochs=20", "--axis", "hidden_std_dev=0.5,1", "--repeats", "5"]


def test_figures_and_summary(tmp_path):
    assert commands.run("sweep.run", *SMALL, folder=tmp_path).returncode == 0
    figures = commands.run("analysis", "figures", "--out", "drawn", folder=tmp_path)
    assert figures.returncode == 0, figures.stderr
    assert figures.stderr == ""
    written = sorted(f"drawn/{path.name}" for path in (tmp_path / "drawn").iterdir())
    assert sorted(line for line in figures.stdout.splitlines() if line.startswith("drawn/")) == written
    assert {"drawn/mean_loss.png", "drawn/loss_distribution.svg", "drawn/solved.csv"} <= set(written)
    summary = commands.run("analysis", "summary", "--csv", "table.csv", folder=tmp_path)
    assert summary.stdout == "2 rows written to table.csv\n"
    table, drawn = (pd.read_csv(tmp_path / name) for name in ("table.csv", "drawn/mean_loss.csv"))
    assert (table.pop("accuracy").between(0, 1)).all()
    shown = with_certain_digits(table, ["hidden_std_dev"])
    pd.testing.assert_frame_equal(shown, drawn, check_exact=False, rtol=1e-9)
    printed = commands.run("analysis", "summary", folder=tmp_path).stdout.splitlines()
    assert printed[0].split() == [*table.columns, "accuracy"]
    assert len(printed) == 3


def test_recipes_and_the_commands_that_make_those_missing(tmp_path):
    sweep = ["--recipe", "twenty-lines", "--axis", "hidden_std_dev=0.5,1,2", "--repeats", "5"]
    assert commands.run("sweep.run", *sweep, "--store", "mine.db", folder=tmp_path).returncode == 0
    done = commands.run("analysis", "recipes", "--store", "mine.db", "--out", "drawn", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "python -m sweep.run --recipe gustaw --store mine.db makes it" in done.stdout
    assert "twenty-lines is left out" not in done.stdout
    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == [
        f"recipes.{s}" for s in ("csv", "png", "svg")
    ]
    assert pd.read_csv(tmp_path / "drawn" / "recipes.csv")["recipe"].tolist() == ["twenty-lines"] * 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stores")
    assert commands.run("sweep.run", *SMALL, folder=folder).returncode == 0
    fill(folder / "diverged.db", ONE_AXIS, all_diverged)
    fill(folder / "nothing.db", TWO_AXES, leave_out=range(12))
    three = [*SMALL, "--axis", "loss=bce,mse", "--axis", "biases=drawn,zero", "--store", "three.db"]
    assert commands.run("sweep.run", *three, folder=folder).returncode == 0
    return folder


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["summary", "--run", "x"], 2, "run was given as 'x', which sweep.sqlite3 does not hold"),
        (["figures", "--run", "x"], 2, "run was given as 'x', which sweep.sqlite3 does not hold"),
        (
            ["summary", "--csv", "missing/table.csv"],
            1,
            "missing/table.csv cannot be written (No such file or directory)",
        ),
        (["figures", "--out", "sweep.sqlite3"], 2, "sweep.sqlite3 was given as the file to write, and it is read"),
        (["summary", "--csv", "sweep.sqlite3"], 2, "sweep.sqlite3 was given as the file to write, and it is read"),
        (["claims", "--csv", "sweep.sqlite3"], 2, "sweep.sqlite3 was given as the file to write, and it is read"),
        (["report", "--out", "./sweep.sqlite3"], 2, "./sweep.sqlite3 was given as the file to write, and it is read"),
        (["figures", "--out", ""], 2, "the name of what is to be written was given as ''; allowed is any other"),
        (["recipes", "--store=--", "--store=b.db"], 1, "there is no store at --;"),
        (["figures", "--store", "none.db"], 1, "there is no store at none.db"),
        (["figures", "--store", "diverged.db"], 1, "all 750 stored trainings diverged; lower the learning rate"),
        (["figures", "--store", "nothing.db"], 1, "no training of this study is stored yet"),
        (["figures", "--store", "three.db"], 2, "the study has 3 axes; a figure shows one or two"),
        (["recipes"], 1, "sweep.sqlite3 holds no sweep of hidden_std_dev of a published recipe with a finite loss"),
        (["recipes", "--store", "none.db"], 1, "there is no store at none.db"),
        ([], 2, "the following arguments are required: COMMAND"),
        (["draw"], 2, "invalid choice: 'draw'"),
    ],
)
def test_mistakes_are_one_sentence(folder, arguments, code, message):
    before = sorted(folder.iterdir())
    done = commands.run("analysis", *arguments, folder=folder)
    assert done.returncode == code
    assert message in commands.one_sentence(done.stderr)
    assert sorted(folder.iterdir()) == before


def test_widths_are_printed_as_they_are_typed(tmp_path):
    sweep = ["--set", "epochs=2", "--axis", "hidden=none,2,3x3", "--repeats", "2"]
    assert commands.run("sweep.run", *sweep, folder=tmp_path).returncode == 0
    lines = commands.run("analysis", "summary", folder=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["hidden", "none", "2", "3x3"]
