"""A study that is divided over stores of any kind is one answer for every command."""

import json
import sqlite3
from contextlib import closing
from html import escape
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.__main__ import main as analyse
from analysis.running import StudyResults, run
from sweep import Axis, Recipe, Study, check, merge, status
from sweep.errors import UsageError
from sweep.run import main as train
from sweep.store import open_store
from tests.commands import run as run_command

ASKED = ["--recipe", "twenty-lines", "--set", "epochs=50", "--axis", "hidden_std_dev=log:0.2:3:9", "--repeats", "40"]
STUDY = Study(Recipe(epochs=20), (Axis("hidden_std_dev", (0.5, 1.0, 2.0)),), repeats=30)


@pytest.fixture(params=["sqlite", "mongodb"])
def divided(request, tmp_path, capsys):
    """Stores of both parts of a study, one of them a file, and one that holds what both do."""
    two = str(tmp_path / "two.db") if request.param == "sqlite" else request.getfixturevalue("mongodb_url")
    stores, merged = [str(tmp_path / "one.db"), two], str(tmp_path / "merged.db")
    for number, store in enumerate(stores, 1):
        assert train([*ASKED, "--part", f"{number}/2", "--store", store, "--quiet", "--workers", "1"]) == 0
        assert f"That is of part {number}/2 alone; with a --store for each part every analysis reads them as one." in (
            capsys.readouterr().out
        )
    assert merge.main([*stores, "--store", merged, "--quiet"]) == 0
    capsys.readouterr()
    return stores, merged


def options(stores):
    return [text for store in stores for text in ("--store", store)]


def test_every_analysis_says_of_two_stores_what_it_says_of_both_merged(divided, tmp_path, capsys):
    stores, merged = divided
    for number, command in enumerate((
        ["summary"], ["summary", "--json"], ["minimum"], ["compare", "0.5", "1"],
        ["claims", "--json"],
        ["export", "FILE.csv"], ["export", "FILE.parquet"], ["figures", "--out", "FOLDER"],
        ["recipes", "--out", "FOLDER"], ["report", "--out", "FILE.html"],
    )):  # fmt: skip
        written, said = [], []
        for names in (options(stores), ["--store", merged]):
            folder = tmp_path / f"{number} {len(names)}"
            folder.mkdir()
            typed = [text.replace("FILE", str(folder / "file")).replace("FOLDER", str(folder)) for text in command]
            if command[0] == "recipes":
                analyse_recipes(typed, names, capsys)
            else:
                assert analyse([*typed, *names]) == 0
            name = " + ".join(open_names(stores)) if len(names) > 2 else merged
            said.append(capsys.readouterr().out.replace(str(folder), "").replace(name, "STORE"))
            written.append({path.name: content(path, name) for path in sorted(folder.iterdir())})
        assert_said(command, *said)
        assert written[0] == written[1], command
        assert written[0] or command[0] not in ("export", "figures", "report")


def assert_said(command, of_two, of_merged):
    """Each database sums in an order of its own: the last digits of a summary may differ."""
    if command != ["summary", "--json"]:
        assert of_two == of_merged, command
        return
    rows = [pd.DataFrame(json.loads(text)["points"]) for text in (of_two, of_merged)]
    pd.testing.assert_frame_equal(*rows, rtol=1e-9, atol=0)


def analyse_recipes(typed, names, capsys):
    """The sweep that these stores hold is of no published recipe, since its epochs differ."""
    with pytest.raises(Exception, match="no sweep of hidden_std_dev of a published recipe"):
        analyse([*typed, *names])
    capsys.readouterr()


def open_names(stores):
    with open_store(stores) as united:
        return united.name.split(" + ")


def content(path, name):
    """What must be the same: tables and the page's answer, not the pictures' bytes or the store's name."""
    if path.suffix == ".html":
        text = path.read_text("utf-8")
        return text[text.index("<main") : text.index('id="origin"')].replace(escape(name), "STORE")
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    if path.suffix == ".json":
        return json.loads(path.read_text("utf-8"))
    return path.read_bytes() if path.suffix == ".csv" else path.exists()


def test_status_counts_both_and_names_the_parts(divided, capsys):
    stores, merged = divided
    assert status.main(options(stores)) == 0
    of_both = capsys.readouterr().out
    assert status.main(["--store", merged]) == 0
    assert capsys.readouterr().out == of_both
    assert "trainings 360 of 360 (100.0 %, complete)" in of_both
    assert "finished, part 1/2, from" in of_both
    assert "finished, part 2/2, from" in of_both
    assert status.main(["--store", stores[0]]) == 0
    assert "trainings 200 of 360 (55.6 %, 160 missing)" in capsys.readouterr().out


def test_every_store_is_checked_and_then_whether_they_agree(divided, capsys):
    stores, merged = divided
    assert check.main([*options([*stores, merged]), "--sample", "5"]) == 0
    said = capsys.readouterr()
    assert [line.partition(" is in order: ")[2].partition(",")[0] for line in said.out.splitlines()] == [
        "200 records of 5 points and 1 run", "160 records of 4 points and 1 run", "360 records of 9 points and 2 runs",
    ]  # fmt: skip
    assert "another result" not in said.err
    with closing(sqlite3.connect(merged)) as database:
        database.execute("UPDATE trainings SET final_loss = final_loss * 1.5 WHERE repeat < 2")
        database.commit()
    assert check.main([*options([*stores, merged]), "--sample", "0"]) == 0
    assert "18 trainings have another result in several of" in capsys.readouterr().err
    with closing(sqlite3.connect(merged)) as database:
        database.execute("DELETE FROM trainings WHERE repeat = 3")
        database.commit()
    assert check.main([*options([*stores, merged]), "--sample", "0"]) == 1
    assert "merged.db has 2 things that are off" in capsys.readouterr().out


def test_a_run_of_a_part_trains_that_part_and_continues_it(tmp_path, capsys):
    store = str(tmp_path / "one.db")
    part = [*ASKED, "--part", "2/2", "--store", store, "--quiet", "--workers", "1"]
    assert train(part) == 0
    capsys.readouterr()
    assert train(part) == 0
    assert "All 160 trainings are already stored in" in capsys.readouterr().out
    with open_store(store) as opened:
        study = analysis.find_study(opened)
        counts = opened.counts([point.identity for point in study.points], 99)
        (first, _) = opened.runs()
    assert counts == {point.identity: 40 for point in study.points[1::2]}
    assert first["part"] == "2/2"
    assert train([*ASKED, "--store", store, "--quiet"]) == 0
    assert "Stored 200 trainings" in capsys.readouterr().out
    with open_store(store) as opened:
        assert "part" not in opened.runs()[-1]


def test_a_part_is_refused_before_anything_is_written(tmp_path):
    for asked, message in (
        (["--part", "3/2"], "part was given as '3/2'; allowed is 1/2 for the first"),
        (["--part", "1/10"], "part was given as 1/10; the study has 9 points"),
        (["--part", "1/2", "--until-rse", "0.1"], "part was given as 1/2 with a target"),
    ):
        with pytest.raises(UsageError, match=message):
            train([*ASKED[:-2], *asked, "--store", str(tmp_path / "one.db")])
    assert list(tmp_path.iterdir()) == []


def test_parts_that_python_ran_are_answered_together(tmp_path):
    stores = [str(tmp_path / f"{part}.db") for part in (1, 2)]
    for number, store in enumerate(stores, 1):
        run(STUDY, store, part=f"{number}/2", workers=1, quiet=True)
    found = StudyResults(STUDY, stores)
    assert found.summary()["count"].tolist() == [30, 30, 30]
    assert len(found.load()) == len(analysis.load(stores)) == 90
    assert repr(found).endswith(f"in {stores[0]} + {stores[1]}>")
    exported = analysis.export(stores, tmp_path / "all.csv")
    assert exported == (90, "")
    said = json.loads(Path(tmp_path / "all.csv.json").read_text("utf-8"))
    assert said["complete"] is True


def test_no_store_is_overwritten_by_an_export_of_several(tmp_path):
    stores = [str(tmp_path / f"{part}.csv") for part in (1, 2)]
    for number, store in enumerate(stores, 1):
        run(STUDY, store, part=f"{number}/2", workers=1, quiet=True)
    with pytest.raises(UsageError, match=r"2\.csv was given as the file to write, and it is read: name another"):
        analysis.export(stores, stores[1])


def test_the_commands_as_they_are_typed(tmp_path):
    for number in "12":
        done = run_command("sweep.run", *ASKED, "--part", f"{number}/2", "--store", f"{number}.db", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"Part {number}/2: {6 - int(number)} of 9 points × 40 repeats. ")
    done = run_command("analysis", "summary", "--store", "1.db", "--store", "2.db", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 10
    for names, code, message in (
        (["1.db", "1.db"], 2, "error: stores were given as 1.db and 1.db, which are the same; name it once\n"),
        (["1.db", "3.db"], 1, "error: there is no store at 3.db; `python -m sweep.run --store 3.db` makes one\n"),
    ):
        for module, command in (("analysis", ["summary"]), ("sweep.status", []), ("analysis", ["claims"])):
            done = run_command(module, *command, *options(names), folder=tmp_path)
            assert (done.returncode, done.stderr) == (code, message)
