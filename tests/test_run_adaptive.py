"""`python -m sweep.run --until-…` as a person uses it."""

import re
import sqlite3

from tests import commands
from tests.test_run import SMALL, run

ADAPTIVE = [*SMALL[:4], "--repeats", "40", "--store", "store.db"]


def test_an_adaptive_run_says_its_target_its_rounds_and_what_it_took(tmp_path):
    done = run(tmp_path, *ADAPTIVE, "--until-rse", "0.003")
    lines = done.stdout.splitlines()
    assert lines[0].startswith(
        "3 points × 40 repeats, then more until every relative standard error of the mean is at most 0.003, "
        "at most 100,000 a point. Swept: hidden_std_dev. Trained: "
    )
    reached = r"Target reached: (\d+) trainings, \d+ to \d+ a point, (\d) rounds\."
    n_trained, rounds = re.fullmatch(reached, lines[2]).groups()
    assert lines[1].startswith(f"Stored {n_trained} trainings in store.db in ")
    assert int(n_trained) > 120
    said = done.stderr.splitlines()
    assert said[0] == "round 1: 3 of 3 points open, 120 trainings to go"
    assert len(said) == int(rounds)
    assert re.fullmatch(r"round 2: [1-3] of 3 points open, \d+ trainings to go", said[1])


def test_an_adaptive_run_is_complete_for_status_and_figure_and_computes_nothing_again(tmp_path):
    assert run(tmp_path, *ADAPTIVE, "--until-rse", "0.003").returncode == 0
    before = sqlite3.connect(tmp_path / "store.db").execute("SELECT * FROM results").fetchall()
    done = run(tmp_path, *ADAPTIVE, "--until-rse", "0.003")
    assert "All that the target asks for is already stored in store.db; nothing to compute." in done.stdout
    assert done.stderr == ""
    assert sqlite3.connect(tmp_path / "store.db").execute("SELECT * FROM results").fetchall() == before
    status = commands.run("sweep.status", "--store", "store.db", folder=tmp_path).stdout
    assert re.search(
        rf"  trainings {len(before)} \(\d+ to \d+ a point, until every relative standard error of the mean is at most "
        r"0.003, at most 100,000\), seed 0, common draws",
        status,
    )
    assert commands.run("analysis", "figures", "--store", "store.db", folder=tmp_path).returncode == 0
    assert "INCOMPLETE" not in (tmp_path / "figures" / "mean_loss.svg").read_text()


def test_an_adaptive_run_that_its_cap_stops_succeeds_and_says_so(tmp_path):
    done = run(tmp_path, "--set", "epochs=3000", "--axis", "hidden_std_dev=0.6,0.65,0.7", "--repeats", "40",
               "--until-minimum", "0.001", "--max-repeats", "50", "--draws", "independent")  # fmt: skip
    assert done.returncode == 0
    assert "Target missed at 50 repeats: " in done.stdout
    assert "may be lower than the best" in done.stdout


def test_a_run_until_the_place_of_the_minimum_is_sharp_says_so(tmp_path):
    options = ["--set", "epochs=2000", "--axis", "hidden_std_dev=log:0.2:10:60", "--until-spread", "0.06"]
    done = run(tmp_path, *options, "--store", "store.db")
    until = "until the 95 % interval of the minimum's place is within ± 6 % of it, at most 100,000"
    assert done.stdout.startswith(f"60 points × 96 repeats, then more {until} a point. Swept: hidden_std_dev.")
    assert re.search(
        r"^Target reached: [\d,]+ trainings, 96 to [\d,]+ a point, \d rounds\.$", done.stdout, re.MULTILINE
    )
    place, low, high = map(float, re.search(r"= (.*), 95 % interval (.*) to (.*?):", done.stdout).groups())
    assert max(high / place - 1, 1 - low / place) <= 0.0601
    assert re.search(r"^round 2: \d+ of 60 points open, [\d,]+ trainings to go$", done.stderr, re.MULTILINE)
    status = commands.run("sweep.status", "--store", "store.db", folder=tmp_path).stdout
    assert f"96 to {max_repeats(done.stdout)} a point, {until}), seed 0, by_spread draws" in status


def max_repeats(said):
    return re.search(r" 96 to ([\d,]+) a point", said)[1]


def test_a_fixed_study_stays_complete_beside_an_adaptive_one(tmp_path):
    for options in (SMALL, [*ADAPTIVE, "--until-rse", "0.003"], SMALL):
        assert run(tmp_path, *options).returncode == 0
    status = commands.run("sweep.status", "--store", "store.db", folder=tmp_path).stdout
    assert "120 of 120 (100.0 %, complete), 40 repeats" in status
