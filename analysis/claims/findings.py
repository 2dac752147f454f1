"""The published claims against what is measured here, all of them."""

import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from analysis.claims.gustaw import CLAIMS, SOURCE, gustaw_findings
from analysis.claims.seeded import seeded_findings
from analysis.claims.verdict import MISSING, RULE, Finding
from analysis.tables.recipes import find_sweeps
from sweep.statistics.losses import read_losses
from sweep.store import Store


def all_findings(store: Store | None) -> list[Finding]:
    """Every claim; those on `gustaw` from its widest sweep in the store, the others trained on the spot."""
    study = None if store is None else find_sweeps(store).get(SOURCE)
    if store is None or study is None:
        where = "no store" if store is None else f"no sweep of gustaw in {store.name}"
        missing = f"{where}; run `python -m sweep.run`"
        return [Finding(key, SOURCE, claim, missing, 0, MISSING) for key, claim in CLAIMS.items()] + seeded_findings()
    # The kernel leaves the interpreter to this thread, which reads meanwhile.
    with ThreadPoolExecutor(1) as beside:
        seeded = beside.submit(seeded_findings)
        return [*gustaw_findings(read_losses(store, study)), *seeded.result()]


def describe(findings: Sequence[Finding]) -> str:
    """The claims as a table in text, and the rule they were judged by."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.id:<4}{finding.source:<15}{finding.verdict.upper()}  (n = {finding.trainings:,})")
        for word, text in (("claim", finding.claim), ("found", finding.measured)):
            lines.append(textwrap.fill(text, 110, initial_indent=f"    {word}  ", subsequent_indent=" " * 11))
    return "\n".join([*lines, "", RULE])
