"""Imports point one way, and each library is used where it belongs."""

import ast
from functools import cache

import pytest

from tests.commands import ROOT

MODULES = sorted([*ROOT.glob("sweep/**/*.py"), *ROOT.glob("analysis/**/*.py")])
FLOORS = [
    ["sweep.errors", "sweep.redact", "sweep.sources", "sweep.user_folder"],
    ["sweep.recipe", "sweep.console", "sweep.files"],
    ["sweep.study", "sweep.kernel", "sweep.reference", "sweep.style"],
    ["sweep.store"],
    ["sweep.statistics", "sweep.inspection", "sweep.status"],
    ["sweep.execution", "sweep.trace", "sweep.merge", "analysis.tables"],
    ["sweep.run", "sweep.check", "analysis.claims", "analysis.figures.parts"],
    ["analysis.figures"],
    ["analysis.report"],
    ["analysis"],
]
"""A room imports itself and what stands on the floors below it, nothing else."""


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports(path):
    """The modules, and what is taken from them, that a module imports."""
    return tuple(_imports(path))


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(name):
    """The room that a module belongs to and its floor, None for what is no module of this project."""
    found = [(one, floor) for floor, rooms in enumerate(FLOORS) for one in rooms if f"{name}.".startswith(f"{one}.")]
    return found[0] if found else None


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_strictly_downward(path):
    name = name_of(path)
    if name == "sweep":
        return
    assert room(name), f"give {name} a floor"
    own, floor = room(name)
    for imported in imports(path):
        other = room(imported)
        assert other is None or other[0] == own or other[1] < floor, f"{name} imports {imported}"


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("pymongo", ["sweep.store.mongo"]),
        ("bson", ["sweep.store.mongo"]),
        (
            "matplotlib",
            [
                "analysis.running",
                "sweep.style",
                "sweep.inspection.trace_figure",
                "sweep.inspection.trace_surface",
                "analysis.figures",
                "analysis.report.svg",
            ],
        ),
        (
            "llvmlite",
            [
                "sweep.kernel.vector",
                "sweep.kernel.emitter",
                "sweep.kernel.training",
                "sweep.kernel.module",
                "sweep.kernel.compiler",
                "sweep.kernel.nvptx",
                "sweep.kernel.wasm",
            ],
        ),
        ("cuda", ["sweep.kernel.card"]),
        ("sqlite3", ["sweep.store"]),
        ("distributed", ["sweep.execution.cluster"]),
        ("pyarrow", ["analysis.tables.export"]),
        ("jax", []),
        ("joblib", []),
        ("optuna", []),
        ("torch", []),
        ("benchmarks", []),
        ("tests", []),
    ],
)
def test_a_library_is_used_where_it_belongs(library, allowed):
    users = {name_of(path) for path in MODULES if any(f"{one}.".startswith(f"{library}.") for one in imports(path))}
    assert all(any(user.startswith(name) for name in allowed) for user in users), users


def test_analysis_never_imports_the_kernel():
    for path in ROOT.glob("analysis/**/*.py"):
        assert "sweep.kernel" not in imports(path), path
