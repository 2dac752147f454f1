"""The campaign of faults finds what it counts, comes to an end, and writes its tables."""

import argparse
import signal

import pytest

from benchmarks import faults, injection, surfaces, target
from benchmarks.injection import interrupt, kill, kill_workers
from benchmarks.surfaces import Place, run_of, timed
from benchmarks.target import Faults, Target
from tests import commands

SMALL = ["--set", "epochs=200000", "--axis", "hidden_std_dev=log:0.1:10:10", "--repeats", "40", "--draws", "by_spread"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shown = []
    options = argparse.Namespace(server=None, mongodb=None, injections=2, seconds=[0.1], seed=0)
    place = Place(options, str(tmp_path), shown.append)
    place.shown = shown
    return place


def test_runs_that_are_killed_and_interrupted_lose_nothing(place):
    at, seconds = timed(place.path, run_of(SMALL))
    assert len(at.expected) == 400
    for inject in (kill, interrupt):
        with place.faults(inject.__name__, at) as found:
            inject(found, 2, seconds, place.random)
    assert place.shown == [f"| {name} | 2 | 2 | 0 | 0 | 0 |" for name in ("kill", "interrupt")]


def test_a_fault_that_can_never_be_injected_ends_the_campaign(place):
    at = Target(place.path, run_of(SMALL), expected=[("p", 0)])
    ledger = Faults("a worker killed", at, place.show)
    ledger.end = lambda *processes: [process.communicate() for process in processes]
    ledger.start = lambda **_: commands.start("sweep.status", "--store", place.path)
    with pytest.raises(SystemExit, match="a worker killed: 0 of 1 were injected in 10 attempts"):
        kill_workers(ledger, 1, place.random)


def test_what_fails_again_and_again_ends_the_campaign(place):
    at = Target(place.path, lambda *_, **__: commands.start("analysis", "summary", "--store", place.path), [("p", 0)])
    with pytest.raises(SystemExit, match="gone: it failed 10 times in a row"):
        Faults("gone", at, place.show).end(at.start())


def test_a_command_that_does_not_end_is_killed(place, monkeypatch):
    monkeypatch.setattr(target.commands, "SECONDS", 0.5)
    process = run_of(["--repeats", "1000000"])(place.path)
    with pytest.raises(SystemExit, match=r"a command had not ended after 0\.5 s"):
        target.finish(process)
    assert process.poll() == -signal.SIGKILL


def test_half_a_file_counts_as_lost(place, tmp_path):
    path = tmp_path / "trainings.csv"
    head = "point,repeat,loss,final_loss,solved,diverged\n"
    path.write_text(f"{head}p,0,0.5,0.25,True,False\np,1,,,False,True\n")
    at = Target(str(path), None, expected=[("p", 0, 0.5, 0.25, True, False), ("p", 1, None, None, False, True)])
    found = Faults("killed", at, place.show)
    found.look()
    assert found.ledger.faults == (0, 0, 0)
    path.write_text(f"{head}p,0,0.5,0.25,True,False\n")
    found.look()
    assert found.ledger.faults == (1, 0, 0)
    path.with_name("trainings.csv.part").touch()
    with pytest.raises(SystemExit, match="killed: a part of the file was left behind"):
        injection.check_no_part_is_left(found)


def test_a_section_is_written_in_place_of_the_one_before(tmp_path):
    out = tmp_path / "faults.md"
    for name, row in (("one", "| a | 1 |"), ("two", "| b | 1 |"), ("one", "| a | 2 |")):
        faults.write(out, name, "words", [row], ["- machine"])
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# Measured by `make faults`\n")
    assert text.count("## ") == 2
    assert "| a | 1 |" not in text
    assert f"## one\n\nInto words.\n\n- machine\n\n{faults.HEADER}\n| a | 2 |\n" in text


def test_every_surface_has_a_section_with_its_size():
    n = {name: int(study[study.index("--repeats") + 1]) * 40 for name, study in vars(surfaces).items() if name in SIZES}
    for name, key in SIZES.items():
        assert f"{n[name]:,}" in faults.SECTIONS[key][1]
    assert faults.read_options(["--injections", "3"]).injections == 3


SIZES = {"XOR": "draws by spread", "IRIS": "data set", "OWN": "own function"}
