"""The published claims, and what becomes of each here."""

import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from analysis.claims import gustaw, seeded
from analysis.claims.seeded import RUMELHART_LOSSES, RUMELHART_OUTPUTS
from analysis.claims.verdict import MISSING, RULE, Claim, Finding, Judged
from analysis.tables.recipes import find_sweeps
from sweep.statistics.curve import Curve, read_curve
from sweep.statistics.losses import Losses, read_losses
from sweep.store import Store

SWEPT = "gustaw"
"""The program whose claims are about its sweep; those of the others are about runs that are replayed."""

# fmt: off
CLAIMS = (
    Claim("G1", SWEPT, "hidden_std_dev 1/√2 instead of 1 lowers the mean total loss by 8.5 %",
          gustaw.change_from_one_to_xavier, number=0.085, digit=0.001),
    Claim("G2", SWEPT, "going on from 1/√2 to 0.6 lowers it by a further 1.1 %",
          gustaw.change_from_xavier_to_minimum, number=0.011, digit=0.001),
    Claim("G3", SWEPT, "the minimum of the mean-loss curve lies at 0.6",
          gustaw.place_of_minimum, number=0.6, digit=0.1),
    Claim("G4", SWEPT, "the total loss of a network that fails to learn is about 27,000 (4 · 10⁴ · ln 2)",
          gustaw.loss_of_the_stuck, number=27_000, digit=5_400),
    Claim("G5", SWEPT, "the spread changes how well training converges; Xavier's 1/√2 is near the optimum",
          gustaw.xavier_near_the_optimum, number=0.05),
    Claim("P1", "peczenyj", "three neurons, nine parameters, learn XOR (seed 1)", seeded.three_neurons, number=9),
    Claim("T1", "twenty-lines", "1,000 epochs at rate 0.1 with seed 1 predict 0 1 1 0", seeded.twenty_lines),
    Claim("R1", "rumelhart", f"seed 42: losses {RUMELHART_LOSSES}, outputs {RUMELHART_OUTPUTS}", seeded.loss_table),
    Claim("R2", "rumelhart", "without a hidden layer XOR is not learned", seeded.no_hidden_layer),
    Claim("R3", "rumelhart", "two hidden units (no biases) can still learn XOR; is one enough? (asked)",
          seeded.two_hidden_units),
    Claim("R4", "rumelhart", "the hidden layer maps the four inputs to patterns that make XOR easy",
          seeded.hidden_patterns),
    Claim("C1", "relu-capstone", "seed 0: about 0.25 after 20 steps, below 0.1 after 5,000", seeded.two_losses,
          number=0.25, digit=0.05),
    Claim("C2", "relu-capstone", "reaches a loss below 0.1 on most seeds, and with more hidden units too",
          seeded.most_seeds, number=0.1),
)
# fmt: on


def all_findings(store: Store | None) -> list[Finding]:
    """Every claim; those about the sweep from the widest one in the store, the others trained on the spot."""
    study = None if store is None else find_sweeps(store).get(SWEPT)
    if store is None or study is None:
        where = "no store" if store is None else f"no sweep of {SWEPT} in {store.name}"
        missing = Judged(f"{where}; run `python -m sweep.run`", 0, MISSING)
        return [find(claim, missing) for claim in CLAIMS if claim.source == SWEPT] + seeded_findings()
    # The kernel leaves the interpreter to this thread, which reads meanwhile.
    with ThreadPoolExecutor(1) as beside:
        replayed = beside.submit(seeded_findings)
        return [*sweep_findings(read_losses(store, study), read_curve(store, study)), *replayed.result()]


def sweep_findings(losses: Losses, curve: Curve) -> list[Finding]:
    """The claims about the sweep, judged by its losses, of which it must be known what was solved, and their curve."""
    sweep = gustaw.measure(losses, curve)
    return [find(claim, claim.judge(claim, sweep)) for claim in CLAIMS if claim.source == SWEPT]


def seeded_findings() -> list[Finding]:
    """The claims about seeded runs, each replayed; trains some 10,000 networks."""
    return [find(claim, claim.judge(claim)) for claim in CLAIMS if claim.source != SWEPT]


def find(claim: Claim, judged: Judged) -> Finding:
    """A claim and what became of it."""
    return Finding(claim.id, claim.source, claim.text, *judged)


def describe(findings: Sequence[Finding]) -> str:
    """The claims as a table in text, and the rule they were judged by."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.id:<4}{finding.source:<15}{finding.verdict.upper()}  (n = {finding.trainings:,})")
        for word, text in (("claim", finding.claim), ("found", finding.measured)):
            lines.append(textwrap.fill(text, 110, initial_indent=f"    {word}  ", subsequent_indent=" " * 11))
    return "\n".join([*lines, "", RULE])
