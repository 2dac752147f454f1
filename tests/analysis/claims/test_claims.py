import numpy as np
import pytest

from analysis import claims
from analysis.claims.findings import CLAIMS, seeded_findings, sweep_findings
from analysis.claims.seeded import separation
from analysis.claims.verdict import (
    FAILS,
    HOLDS,
    MISSING,
    OPEN,
    RULE,
    below_verdict,
    majority_verdict,
    needed,
    number_verdict,
)
from analysis.tables.recipes import find_sweeps
from sweep import RECIPES, Axis, Recipe, Study
from sweep.statistics.curve import smoothed_curve
from sweep.statistics.inference import Interval
from sweep.statistics.losses import Losses
from sweep.store import open_store
from sweep.store.provenance import describe_run
from tests import commands
from tests.analysis.tables.test_summary import records
from tests.published import published_start, rumelhart

SPREADS = np.exp(np.linspace(-3, 4, 400))


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        (Interval(8.4, 8.0, 8.8), HOLDS),
        (Interval(9.0, 8.54, 9.5), HOLDS),
        (Interval(9.0, 8.56, 9.5), FAILS),
        (Interval(8.0, 7.5, 8.44), FAILS),
        (Interval(8.0, 5.0, 11.0), OPEN),
        (Interval(8.0, np.nan, np.nan), OPEN),
    ],
)
def test_a_claimed_number(interval, verdict):
    assert number_verdict(interval, 8.5, digit=0.1) == verdict


def test_the_trainings_that_are_needed_resolve_it():
    wide = Interval(8.0, 5.0, 11.0)
    more = needed(wide, 8.5, 1000)
    half = 3.0 * np.sqrt(1000 / more)
    assert number_verdict(Interval(8.5, 8.5 - half, 8.5 + half), 8.5, 0.1) == HOLDS


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [(Interval(0.6, 0.55, 0.7), HOLDS), (Interval(0.4, 0.3, 0.45), FAILS), (Interval(0.5, 0.4, 0.6), OPEN)],
)
def test_most(interval, verdict):
    assert majority_verdict(Interval(0.9, 0.8, 1.0), interval) == verdict


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [(Interval(1, 0.5, 4), HOLDS), (Interval(9, 6, 12), FAILS), (Interval(5, 4, 6), OPEN)],
)
def test_below(interval, verdict):
    assert below_verdict(interval, 5) == verdict


def simulated(n, at=0.6, depth=0.1):
    """Losses with their minimum at `at`; half the networks are stuck at 6,931 there, more elsewhere."""
    rng = np.random.default_rng(0)
    curve = 1500 * (1 + depth * (np.log(SPREADS) - np.log(at)) ** 2)
    losses = curve + rng.normal(0, 50, (n, 1)) + rng.normal(0, 20, (n, len(SPREADS)))
    return Losses("hidden_std_dev", SPREADS, losses, np.ones(losses.shape, bool), True)


def judge(given):
    return sweep_findings(given, smoothed_curve(given))


def verdicts(findings):
    return {finding.id: finding.verdict for finding in findings}


def test_claims_that_are_true_of_the_losses_hold():
    given = simulated(2000)
    stuck = given._replace(solved=np.arange(2000)[:, np.newaxis] % 2 == np.zeros(400))
    found = {finding.id: finding for finding in judge(stuck)}
    assert found["G3"].verdict == HOLDS
    assert found["G5"].verdict == HOLDS
    assert found["G4"].verdict == FAILS
    fall = 1 - (1 + 0.1 * np.log(2**-0.5 / 0.6) ** 2) / (1 + 0.1 * np.log(1 / 0.6) ** 2)
    assert f"falls by {fall:.1%}"[:-2] in found["G1"].measured
    assert found["G1"].verdict == FAILS
    assert found["G1"].trainings == 800_000


def test_a_minimum_elsewhere_refutes():
    found = verdicts(judge(simulated(2000, at=3.0, depth=0.3)))
    assert (found["G3"], found["G5"]) == (FAILS, FAILS)


def test_noise_resolves_nothing_and_says_how_many_would():
    given = simulated(20)
    noisy = given._replace(losses=given.losses + np.random.default_rng(2).normal(0, 3000, given.losses.shape))
    found = {finding.id: finding for finding in judge(noisy)}
    assert found["G2"].verdict == OPEN
    assert "trainings a point would resolve it" in found["G2"].measured


def test_spreads_that_were_not_swept_are_missing():
    given = simulated(50)
    some = Losses("hidden_std_dev", SPREADS[:150], given.losses[:, :150], given.solved[:, :150], True)
    found = {finding.id: finding for finding in judge(some)}
    assert found["G1"].verdict == MISSING
    assert found["G1"].measured == "1 and 0.7071 are not both within what was swept"


@pytest.mark.parametrize(("rows", "columns"), [(slice(0, 1), slice(None)), (slice(None), slice(0, 400, 100))])
def test_too_few_points_or_trainings_are_missing(rows, columns):
    given = simulated(50)
    some = Losses("hidden_std_dev", SPREADS[columns], given.losses[rows, columns], given.solved[rows, columns], True)
    found = {finding.id: finding for finding in judge(some)}
    for key in ("G3", "G5"):
        assert found[key].verdict == MISSING
        assert found[key].measured == "fewer than 5 spreads around it were swept, or one training each"
    assert "nan" not in claims.describe(list(found.values()))


def test_the_seeded_runs_are_what_their_transcriptions_say():
    losses = rumelhart(published_start("rumelhart"), 10_001)[::2000]
    found = {finding.id: finding for finding in seeded_findings()}
    assert found["R1"].measured.startswith(f"losses {' '.join(f'{loss:.4f}' for loss in losses)}, outputs ")
    assert found["R1"].verdict == FAILS
    assert found["T1"].measured.startswith("predicts 0 1 1 1; of other starts ")


def test_every_claim_has_an_id_of_its_own():
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)


def test_every_seeded_claim_has_its_trainings_and_its_verdict():
    found = seeded_findings()
    assert [finding.id for finding in found] == ["P1", "T1", "R1", "R2", "R3", "R4", "C1", "C2"]
    assert all(finding.trainings >= 1000 for finding in found)
    assert verdicts(found) == {
        "P1": HOLDS, "T1": FAILS, "R1": FAILS, "R2": HOLDS, "R3": HOLDS, "R4": HOLDS, "C1": HOLDS, "C2": HOLDS
    }  # fmt: skip


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([[0, 0], [1, 0], [1, 1], [0, 1]], 0.5),
        ([[0, 0], [0, 1], [1, 0], [1, 1]], 0),
        ([[0, 0], [3, 4], [3, 4], [0, 0]], 2.5),
    ],
)
def test_separation(patterns, expected):
    """Half the distance between the segments 00-11 and 01-10."""
    assert separation(np.array(patterns, float)) == pytest.approx(expected, abs=1e-9)


def test_the_latest_sweep_of_the_recipe_is_found(tmp_path):
    published = Study(RECIPES["gustaw"], repeats=2)
    with open_store(str(tmp_path / "store.db"), create=True) as store:
        assert find_sweeps(store) == {}
        others = [
            Study(RECIPES["peczenyj"]),
            published,
            Study(Recipe()),
            Study(RECIPES["gustaw"], (Axis("epochs", (5, 6)),)),
        ]
        for number, study in enumerate(others):
            store.start_run(describe_run(study, "", 1) | {"started": f"2026-01-0{number + 1}T00:00:00.000+00:00"})
        assert find_sweeps(store) == {"gustaw": published, "peczenyj": others[0]}
        some = Study(RECIPES["gustaw"], (Axis("hidden_std_dev", (0.7, 1.0)),), repeats=2)
        store.start_run(describe_run(some, "", 1) | {"started": "2026-02-01T00:00:00.000+00:00"})
        assert find_sweeps(store)["gustaw"] == published
        for point in published.points:
            store.insert(point, records(np.array([5.0, 6.0])))
        assert [finding.id for finding in claims.all_findings(store)][:5] == ["G1", "G2", "G3", "G4", "G5"]


def test_the_command_works_without_a_store(tmp_path):
    done = commands.run("analysis", "claims", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no store; run `python -m sweep.run`" in done.stdout
    assert done.stdout.count("NOT MEASURED") == 5
    assert done.stdout.rstrip().endswith(RULE.rstrip())
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_a_table(tmp_path):
    done = commands.run("analysis", "claims", "--csv", "claims.csv", folder=tmp_path)
    assert done.stdout == "13 rows written to claims.csv\n"
    assert (tmp_path / "claims.csv").read_text().startswith("id,source,claim,measured,trainings,verdict\nG1,gustaw,")
