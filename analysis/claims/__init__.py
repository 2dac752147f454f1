"""What the published programs claim, judged by a written rule."""

from analysis.claims.findings import all_findings, describe

__all__ = ["all_findings", "describe"]
