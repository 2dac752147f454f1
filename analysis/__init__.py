"""Group, compare and draw what a store holds."""

import sweep  # noqa: F401 - the first of all: it says what happens while the other imports run
from analysis.tables import Tables, make_tables
from analysis.tables.export import export
from analysis.tables.frame import compare, minimum
from analysis.tables.records import load
from analysis.tables.runs import find_study
from sweep.statistics.summary import summarize

__all__ = ["Tables", "compare", "export", "find_study", "load", "make_tables", "minimum", "summarize"]
