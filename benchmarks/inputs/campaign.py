"""Makes the cases of a surface up, runs them and counts how they end."""

import gc
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies as some

from benchmarks.inputs.case import Outcome
from benchmarks.inputs.surfaces import Surface
from benchmarks.inputs.template import make_template


@dataclass
class Counted:
    """How the cases of a surface ended.

    Attributes:
        states: how -> how many.
        wrong: the numbers of the cases of which something is wrong.
        outcomes: these cases by their numbers, or all that were asked for.
    """

    states: Counter[str] = field(default_factory=Counter)
    wrong: list[int] = field(default_factory=list)
    outcomes: dict[int, tuple[Any, Outcome]] = field(default_factory=dict)


def make_up(strategy: some.SearchStrategy[Any], n: int, seed: int) -> list[Any]:
    """So many cases, the same ones for the same seed."""
    cases: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=n,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def collect(case: Any) -> None:
        cases.append(case)

    collect()
    return cases[:n]


@contextmanager
def template() -> Iterator[Path]:
    """The folder that cases start with a copy of."""
    with tempfile.TemporaryDirectory(prefix="template-") as folder, chdir(folder):
        make_template(Path(folder))
        Path(folder).chmod(0o755)
        for path in Path(folder).rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for path in Path(os.environ["XDG_CACHE_HOME"]).rglob("*"):
            path.chmod(0o777)
        gc.collect()
        gc.freeze()  # a collection in a child would copy every page
        yield Path(folder)


def run_all(surface: Surface, cases: list[Any], folder: Path, only: list[int] | None = None) -> Counted:
    """Run the cases of a surface one by one, or some of them."""
    counted = Counted()
    for number in only or range(len(cases)):
        outcome = surface.run(cases[number], folder)
        if outcome is None:
            continue
        counted.states[outcome.state] += 1
        if outcome.wrong or only:
            counted.outcomes[number] = (cases[number], outcome)
        if outcome.wrong:
            counted.wrong.append(number)
    return counted


def import_all() -> None:
    """Import what commands import, so that a forked one need not."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    os.environ.setdefault("XDG_CACHE_HOME", tempfile.mkdtemp(prefix="kernels-"))
    os.chmod(os.environ["XDG_CACHE_HOME"], 0o777)
    import importlib
    import pkgutil

    import analysis
    import sweep

    for package in (sweep, analysis):
        for _, name, _ in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(name)
    for name in (
        "distributed",
        "matplotlib.backends.backend_svg",
        "matplotlib.backends.backend_agg",
        "pyarrow.parquet",
    ):
        importlib.import_module(name)
