"""The studies that the campaign runs, the commands that read one, and what all come to where nothing is odd."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

STORE = "study.sqlite3"
AXIS = ["--axis", "hidden_std_dev=log:0.2:3:12"]


@dataclass
class Study:
    """What is asked of `sweep.run`, with the records and the answer of an uninterrupted run."""

    options: list
    rows: list = field(default_factory=list)
    answer: list = field(default_factory=list)

    @property
    def asked(self):
        return ["sweep.run", *self.options, "--workers", "1"]

    def answer_in(self, text):
        """The lines of the answer, without what took how long and what to do next."""
        return re.findall(r"^(?:Lowest mean|From Xavier|Pooled from|The interval).*", text, re.MULTILINE)


LONG = Study(["--recipe", "twenty-lines", *AXIS, "--repeats", "50"])
"""Of a moment; a store of it is what is read."""
SLOW = Study(["--set", "epochs=40000", *AXIS, "--repeats", "400"])
"""Of some seconds, in the middle of which something happens."""


class Reading(NamedTuple):
    """A command that reads a store, and the names of what it writes."""

    asked: list
    writes: tuple = ()


def _analysis(name, *more, writes=()):
    return Reading(["analysis", name, *more, "--store", STORE], writes)


READING = {
    "status": Reading(["sweep.status", "--store", STORE]),
    "check": Reading(["sweep.check", "--store", STORE]),
    "trace": Reading(["sweep.trace", "--recipe", "twenty-lines", "--set", "hidden_std_dev=0.2", "--store", STORE]),
    "merge": Reading(["sweep.merge", STORE, "--store", "merged.sqlite3"], ("merged.sqlite3",)),
    "summary": _analysis("summary"),
    "minimum": _analysis("minimum", "--json"),
    "compare": _analysis("compare", "0.2", "1"),
    "claims": _analysis("claims"),
    "export": _analysis("export", "all.csv", writes=("all.csv", "all.csv.json")),
    "recipes": _analysis("recipes", "--out", "side", writes=("side",)),
    "figures": _analysis("figures", "--out", "drawn", writes=("drawn",)),
    "report": _analysis("report", "--out", "page.html", writes=("page.html",)),
    "playground": Reading(["analysis.report.playground", "train.html"], ("train.html",)),
}
QUICK = ("status", "check", "trace", "merge", "summary", "minimum", "export")
"""Those that take a second at most."""


def digest(path):
    """What a file or a folder holds; of a database, that it is there."""
    path = Path(path)
    if path.is_dir():
        return {one.name: digest(one) for one in sorted(path.iterdir())}
    if path.suffix == ".sqlite3" or not path.exists():
        return path.exists()
    return hashlib.sha256(path.read_bytes()).hexdigest()
