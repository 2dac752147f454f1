"""Imports point one way, and each library is used where it belongs."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("sweep/**/*.py"), *ROOT.glob("analysis/**/*.py")])
LEVELS = [
    ["sweep.errors", "sweep.sources", "sweep.recipe.problem"],
    ["sweep.recipe", "sweep.study.target"],
    [
        "sweep.recipe.published",
        "sweep.recipe.table",
        "sweep.recipe.schedule",
        "sweep.recipe.objective",
        "sweep.study",
        "sweep.kernel.vector",
        "sweep.kernel.emitter",
        "sweep.kernel.sigmoid",
        "sweep.kernel.forward",
        "sweep.kernel.descent",
    ],
    [
        "sweep.recipe.table",
        "sweep.kernel.compiler",
        "sweep.study.draws",
        "sweep.study.parse",
        "sweep.allocate",
        "sweep.ocba",
    ],
    ["sweep.kernel", "sweep.reference"],
    ["sweep.store", "sweep.replay"],
    ["sweep.provenance", "sweep.progress", "sweep.command", "sweep.estimate"],
    ["sweep.verify", "sweep.recompute"],
    ["sweep.patience", "sweep.spill", "sweep.worker", "sweep.ending", "sweep.stored"],
    ["sweep.backend"],
    ["sweep.cluster", "sweep.execute"],
    ["sweep.rounds"],
    ["analysis"],
    ["sweep.run", "sweep.status", "sweep.trace", "sweep.check"],
]


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def level(name):
    return next((i for i, names in enumerate(LEVELS) if any(f"{name}.".startswith(f"{one}.") for one in names)), None)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path):
    name = name_of(path)
    if name == "sweep":
        return
    assert level(name) is not None, f"give {name} a level"
    for imported in imports(path):
        if level(imported) is not None:
            assert level(imported) <= level(name), f"{name} imports {imported}"


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("pymongo", ["sweep.store.mongo"]),
        ("bson", ["sweep.store.mongo"]),
        ("matplotlib", ["analysis.figures"]),
        ("numba", ["sweep.kernel.compiler", "sweep.kernel.emitter"]),
        ("llvmlite", ["sweep.kernel.vector", "sweep.kernel.emitter"]),
        ("sqlite3", ["sweep.store"]),
        ("distributed", ["sweep.cluster"]),
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


def test_analysis_never_imports_the_kernel_or_the_executor():
    forbidden = {"sweep.kernel", "sweep.kernel.compiler", "sweep.execute", "sweep.run"}
    for path in ROOT.glob("analysis/**/*.py"):
        assert not forbidden & set(imports(path)), path
