"""The population that coverage is simulated from, and what its command prints."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest

import benchmarks.__main__ as command
from benchmarks import answers, coverage, coverage_page, machine, population, studies
from sweep import RECIPES
from sweep.errors import UsageError
from sweep.study.streams import DRAW_BLOCK

ENDS = (0.3, 2.0)
SHORT = replace(RECIPES["gustaw"], epochs=5)


@pytest.fixture(scope="module")
def of():
    """A population whose losses are not trained but typed in: they rise with the length, from direction to direction
    more."""
    made, directions = population.make(SHORT, ENDS, 8), 64
    rise = np.linspace(0, 4, made.ladders[0].n)[:, np.newaxis] ** 2
    loss = 100 + rise * (1 + np.arange(directions) / directions)
    return replace(made, loss=loss, solved=(loss < 105).astype(float))


def test_shares_of_the_rungs_sum_to_one(of):
    assert of.ladders[0].shares([0.3, 1.0, 2.0]).sum(axis=1) == pytest.approx(1)


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
    assert lengths[1000:] == pytest.approx(2 * lengths[:1000])
    assert np.corrcoef(losses.reshape(2, 1000))[0, 1] > 0.9


def test_the_true_minimum_is_the_lowest_mean(of):
    lowest = replace(of, loss=(of.loss - 108) ** 2)
    grid = lowest.places(4000)
    assert lowest.minimum == pytest.approx(grid[np.argmin(lowest.mean(grid))], rel=1e-3)


def test_weighted_trainings_come_as_near_to_the_minimum_as_they_can_from_the_best_lengths_alone(of):
    lowest = replace(of, loss=(of.loss - 108) ** 2)
    (ladder,), rng, n = lowest.ladders, np.random.default_rng(0), 4_000
    grid = float(np.log(lowest.minimum)[0]) + np.linspace(-0.1, 0.1, 21)
    shares = ladder.shares(np.exp(grid))
    best = abs(shares[11] - shares[9]) * ((lowest.loss - lowest.mean(lowest.minimum)[0]) ** 2).mean(axis=1) ** 0.5

    def variance_from(density):
        rungs, directions = rng.choice(ladder.n, (500, n), p=density), rng.integers(0, lowest.loss.shape[1], (500, n))
        places = []
        for rung, direction in zip(rungs, directions, strict=True):
            weights = shares[:, rung] / density[rung]
            curve = weights @ lowest.loss[rung, direction] / weights.sum(axis=1)
            bend, slope, _ = np.polyfit(grid, curve, 2)
            places.append(-slope / (2 * bend))
        return n * np.var(places)

    assert variance_from(best / best.sum()) == pytest.approx(lowest.least_squared_error, rel=0.2)
    assert variance_from(ladder.shares(ladder.spreads(20)).mean(axis=0)) > 1.5 * lowest.least_squared_error


def test_a_population_is_of_normal_draws_that_do_not_diverge():
    with pytest.raises(ValueError, match="draws are uniform"):
        population.make(replace(SHORT, hidden_distribution="uniform"), ENDS, 8)
    with pytest.raises(ValueError, match="trainings diverged"):
        population.make(replace(SHORT, activation="identity", loss="mse", learning_rate=1e308), ENDS, 8)


def test_unequal_numbers_are_as_many_in_all():
    assert studies.numbers_of("unequal", 100, 200).sum() == studies.numbers_of("by_spread", 100, 200).sum()
    assert set(studies.numbers_of("unequal", 100, 200)) == {100, 500}


def test_rounds_go_where_the_minimum_is_and_end_at_the_number_asked_for(of):
    lowest, rng, asked = replace(of, loss=100 + (of.loss - 108) ** 2), np.random.default_rng(0), []

    def draw(places, numbers):
        asked.append(numbers)
        return lowest.trainings(places, numbers, rng)

    curve = studies.in_rounds(draw, lowest, 40, 10, 20_000)
    assert len(asked) > 2
    assert curve.trainings == np.sum(asked) == 20_000
    assert (asked[0] == 10).all()
    away = abs(np.log(lowest.places(40)[:, 0] / lowest.minimum))
    later = np.sum(asked[1:], axis=0)
    assert later[np.argmin(away)] > 0
    assert not later[away > 1].any()


def test_an_interval_that_holds_the_truth_is_counted_and_one_that_does_not_is_not(of, monkeypatch):
    monkeypatch.setattr(coverage, "_population", of)
    holds, _ = coverage._run("by_spread", (20, 50), range(40))
    places = [list(studies.truths(of, 20)).index(name) for name in ("mean at Xavier's", "mean at the widest spread")]
    assert np.all(holds.mean(axis=0)[places] > 0.8)
    true = {name: 2 * value for name, value in studies.truths(of, 20).items()}
    monkeypatch.setattr(coverage, "truths", lambda *_: true)
    assert not coverage._run("by_spread", (20, 50), range(5))[0][:, places].any()


def test_a_minimum_at_an_end_is_to_be_said_so(of):
    falling = replace(of, loss=of.loss.max() - of.loss)
    assert coverage.is_at_end(of, "minimising spread", 1.0)
    assert coverage.is_at_end(falling, "minimising spread", 1.0)
    assert not coverage.is_at_end(replace(of, loss=(of.loss - 108) ** 2), "minimising spread", 1.0)
    share = "fraction solved at Xavier's"
    assert [coverage.is_at_end(of, share, true) for true in (0.0, 1e-3, 1 - 1e-3, 1.0)] == [True, False, False, True]
    simulated = studies.simulate(falling, "by_spread", 20, 50, np.random.default_rng(0))
    assert studies.stated(falling, simulated).says_so


def test_the_true_mean_at_a_pair_is_that_of_very_many_trainings():
    made = population.make(SHORT, (ENDS, ENDS), 64, rungs=1)
    pair = [[0.7, 0.5]]
    _, losses, _ = made.trainings(pair, [400_000], np.random.default_rng(0))
    assert made.mean(pair)[0] == pytest.approx(losses.mean(), abs=4 * losses.std() / np.sqrt(len(losses)))
    lowest = made.mean(made.places(60)).min()
    assert made.mean([made.minimum])[0] <= lowest


def test_a_flat_map_has_its_best_pair_in_the_region_and_says_so(monkeypatch):
    made = population.make(SHORT, (ENDS, ENDS), 8, rungs=1)
    of = replace(made, loss=made.loss[0, 0] + np.zeros(made.loss.shape))
    monkeypatch.setattr(coverage, "_population", of)
    holds, says_so = coverage._run("common", (6, 8), range(3))
    assert holds[:, list(studies.truths(of, 6)).index(studies.REGION)].all()
    assert says_so.all()


def test_the_tables_are_printed_and_kept_and_the_same_command_simulates_nothing_twice(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(coverage, "CASES", {"short": coverage.Case(SHORT, ENDS, directions=1024)})
    monkeypatch.setattr(machine, "git_commit", lambda: "0123456789abcdef")
    path = tmp_path / "coverage.md"
    arguments = ["--quick", "--studies", "3", "--processes", "1", "--out", str(path)]
    assert coverage.main(arguments) == 0
    printed, written = capsys.readouterr().out, path.read_text(encoding="utf-8")
    assert printed.strip() in written
    (heading,) = [line for line in printed.splitlines() if line.startswith("| stated")]
    assert heading.count(", 10 × 20 |") == len(studies.DESIGNS)
    assert printed.count("3 studies in ") == len(studies.DESIGNS)
    for what in (*studies.truths(population.make(SHORT, ENDS, 8), 10), coverage_page.SAYS_SO):
        assert f"| {what} |" in printed
    monkeypatch.setattr(coverage, "run_studies", None)
    path.unlink()
    assert coverage.main(arguments) == 0
    assert capsys.readouterr().out == printed
    assert path.read_text(encoding="utf-8") == written


def test_more_studies_are_added_to_those_that_are_kept(monkeypatch, of):
    monkeypatch.setattr(coverage, "CASES", {"short": coverage.Case(SHORT, ENDS, columns=(("common", (6, 8)),))})
    monkeypatch.setattr(coverage.population, "make", lambda *_, **__: of)
    monkeypatch.setattr(coverage, "ProcessPoolExecutor", lambda *_, **__: nullcontext())
    monkeypatch.setattr(coverage, "run_studies", lambda *given: ([len(given[-1])] * 8, 1))
    kept = {}
    for studies_ in (5, 12):
        list(coverage.simulate_missing(kept, "short", coverage.read_options(["--quick", "--studies", str(studies_)])))
    found = kept["columns"]["by_spread, 10 × 20"]
    assert (found["n"], found["holds"], found["says so"]) == (12, [12] * 8, 2)


def test_the_summary_leaves_out_ends_and_regions():
    columns = {"common, 6 × 8": {"n": 100, "holds": [95, 90, 0, 100], "says so": 0}}
    truths = {"a mean": "1", "a change": "2", "minimising spread": f"3{coverage_page.AN_END}", studies.REGION: ""}
    said = coverage_page.summary({"short": {"columns": columns, "truths": truths}})
    assert said == (
        "Of 2 shares 1 lie within the aim; the lowest is 90.0% (a change, short, common, 6 × 8), the highest 95.0% "
        "(a mean, short, common, 6 × 8)."
    )


def test_bold_is_what_lies_outside_the_aim_and_a_region_may_hold_more():
    column = {"n": 100, "holds": [99, 90], "says so": 7}
    words = [coverage_page.cell(what, "", 0, column) for what in ("minimising spread", studies.REGION)]
    assert words == ["**99.0%**", "99.0%"]
    assert coverage_page.cell(studies.REGION, "", 1, column) == "**90.0%**"
    assert coverage_page.cell("minimising spread", f"3.0000{coverage_page.AN_END}", 0, column) == "7.0% say so"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--recipe", "nothing"], "recipe was given as 'nothing'; allowed is one of gustaw,"),
        (["--columns", "nothing:100x200"], "columns was given as 'nothing:100x200'; allowed is one of by_spread,"),
        (
            ["--columns", "common:100"],
            "columns was given as 'common:100'; allowed is one of by_spread, common, unequal",
        ),
        (["--columns", "common:4x100"], r"a colon, spreads \(5 or more\), x and trainings at each \(4 or more\)"),
    ],
)
def test_what_is_not_allowed_is_told(arguments, words):
    with pytest.raises(UsageError, match=words):
        coverage.read_options(arguments)


def test_answers_are_a_table_of_their_own(monkeypatch, capsys, of):
    monkeypatch.setattr(command, "SECTIONS", {"answers": command.SECTIONS["answers"]})
    monkeypatch.setattr(answers, "RECIPE", SHORT)
    monkeypatch.setattr(answers, "SWEEPS", ((20, 20),))
    monkeypatch.setattr(answers.population, "make", lambda *_: replace(of, loss=(of.loss - 108) ** 2))
    monkeypatch.setattr(answers.peers, "load", _missing)
    monkeypatch.delenv("TEST_MONGODB_URI", raising=False)
    assert command.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    assert answers.HEADER in printed
    assert f"| 400 | {answers.OURS} | 2 |" in printed
    assert f"| 400 | {answers.LIMIT} |  |" in printed
    assert "| 400 | Gaussian process (scikit-learn) through plain means |  | not measured: no library" in printed


def _missing(module):
    raise answers.peers.NotInstalledError("no library")


def test_trainings_beyond_a_block_at_once_take_what_those_of_a_block_do(monkeypatch):
    batches = []
    monkeypatch.setattr(answers, "RECIPE", SHORT)
    monkeypatch.setattr(answers, "seconds", lambda _, __, parameters: batches.append(len(parameters)) or 8.0)
    assert [answers.per_training(batch) for batch in (8, 20_000)] == [1, 8 / DRAW_BLOCK]
    assert set(batches) == {8, DRAW_BLOCK}
