"""The population that coverage is simulated from, and what its command prints."""

from dataclasses import replace

import numpy as np
import pytest

import benchmarks.__main__ as command
from benchmarks import answers, coverage, machine, population
from sweep import RECIPES
from sweep.errors import UsageError

ENDS = (0.3, 2.0)
SHORT = replace(RECIPES["gustaw"], epochs=5)


@pytest.fixture(scope="module")
def of():
    """A population whose losses are not trained but typed in: they rise with the length, from direction to direction
    more."""
    rungs, directions = 120, 64
    made = population.make(SHORT, ENDS, 8)
    rise = np.linspace(0, 4, rungs)[:, np.newaxis] ** 2
    loss = 100 + rise * (1 + np.arange(directions) / directions)
    return replace(made, loss=loss, solved=(loss < 105).astype(float))


def test_shares_of_the_rungs_sum_to_one(of):
    assert of.shares([0.3, 1.0, 2.0]).sum(axis=1) == pytest.approx(1)


def test_the_true_mean_is_that_of_very_many_trainings(of):
    _, losses, solved = of.trainings(np.array([0.7]), [400_000], np.random.default_rng(0))
    for values, what in ((losses, "loss"), (solved, "solved")):
        error = values.std() / np.sqrt(len(values))
        assert of.mean([0.7], what)[0] == pytest.approx(values.mean(), abs=4 * error)


def test_trainings_of_a_population_have_the_losses_of_trainings_really_drawn():
    made = population.make(SHORT, ENDS, 1024)
    plain, plain_error = population.plain_means(SHORT, ENDS, 4096)
    errors = np.array([made.standard_error(spread) for spread in ENDS])
    assert np.all(np.abs(made.mean(ENDS) - plain) < 4 * np.hypot(errors, plain_error))


def test_repeats_start_from_the_same_draws_at_all_spreads(of):
    spreads = np.array([0.5, 1.0])
    lengths, losses, _ = of.repeats(spreads, 1000, np.random.default_rng(0))
    assert lengths[1] == pytest.approx(2 * lengths[0])
    assert np.corrcoef(losses)[0, 1] > 0.9


def test_the_true_minimum_is_the_lowest_mean(of):
    lowest = replace(of, loss=(of.loss - 108) ** 2)
    grid = lowest.spreads(4000)
    assert lowest.minimum == pytest.approx(grid[np.argmin(lowest.mean(grid))], rel=1e-3)


def test_a_population_is_of_normal_draws_that_do_not_diverge():
    with pytest.raises(ValueError, match="draws are uniform"):
        population.make(replace(SHORT, hidden_distribution="uniform"), ENDS, 8)
    with pytest.raises(ValueError, match="trainings diverged"):
        population.make(replace(SHORT, activation="identity", loss="mse", learning_rate=1e308), ENDS, 8)


def test_unequal_numbers_are_as_many_in_all():
    assert coverage.numbers_of("unequal", 100, 200).sum() == coverage.numbers_of("by_spread", 100, 200).sum()
    assert set(coverage.numbers_of("unequal", 100, 200)) == {100, 500}


def test_an_estimate_that_hits_in_every_study_covers_and_one_that_misses_does_not(of, monkeypatch):
    monkeypatch.setattr(coverage, "_population", of)
    stated, _ = coverage._run("by_spread", (20, 50), range(40))
    true = coverage.truths(of)
    hits = ((stated[:, :, 1] <= true) & (true <= stated[:, :, 2])).mean(axis=0)
    places = [coverage.NAMES.index(name) for name in ("mean at Xavier's", "mean at the widest spread")]
    assert np.all(hits[places] > 0.8)
    assert not np.any((stated[:, places, 1] <= 2 * true[places]) & (2 * true[places] <= stated[:, places, 2]))


def test_the_tables_are_printed_and_written(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(coverage, "CASES", {"short": coverage.Case(SHORT, ENDS, 1024)})
    monkeypatch.setattr(machine, "git_commit", lambda: "0123456789abcdef")
    path = tmp_path / "coverage.md"
    arguments = ["--quick", "--studies", "4", "--sizes", "20x8", "--processes", "1", "--out", str(path)]
    assert coverage.main(arguments) == 0
    printed = capsys.readouterr().out
    assert printed in path.read_text(encoding="utf-8")
    (heading,) = [line for line in printed.splitlines() if line.startswith("| stated")]
    assert heading.count("20 × 8") == len(coverage.DESIGNS)
    for name in (*coverage.NAMES, coverage.SAYS_SO):
        assert f"| {name} |" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--recipe", "nothing"], "recipe was given as 'nothing'; allowed is one of gustaw,"),
        (["--design", "nothing"], "design was given as 'nothing'; allowed is one of by_spread, common, unequal"),
        (["--sizes", "100"], "sizes was given as '100'; allowed are spreads, x and trainings"),
        (["--sizes", "4x100"], "sizes was given as '4x100'; allowed are"),
    ],
)
def test_what_is_not_allowed_is_told(arguments, words):
    with pytest.raises(UsageError, match=words):
        coverage.read_options(arguments)


def test_answers_are_a_table_of_their_own(monkeypatch, capsys, of):
    monkeypatch.setattr(command, "SECTIONS", {"answers": command.SECTIONS["answers"]})
    monkeypatch.setattr(answers, "RECIPE", SHORT)
    monkeypatch.setattr(answers, "SWEEPS", ((20, 20),))
    monkeypatch.setattr(answers.population, "make", lambda *_: of)
    monkeypatch.setattr(answers.peers, "load", _missing)
    monkeypatch.delenv("TEST_MONGODB_URI", raising=False)
    assert command.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    assert answers.HEADER in printed
    assert f"| 400 | {answers.OURS} | 2 |" in printed
    assert "| 400 | Gaussian process (scikit-learn) through plain means |  | not measured: no library" in printed


def _missing(module):
    raise answers.peers.NotInstalledError("no library")
