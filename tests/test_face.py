"""What the packages hand to others: these names, each present and documented, and no other."""

import ast
from importlib import import_module
from itertools import pairwise

import pytest

from tests.test_architecture import MODULES, name_of

FACE = {
    "sweep": ["RECIPES", "Axis", "Recipe", "StoreError", "Study", "UsageError", "__version__", "log_spaced", "run",
              "training"],
    "sweep.recipe": [
        "FIELDS", "RECIPES", "AnyRecipe", "Layer", "OwnRecipe", "Recipe", "TrainingFunction", "describe_recipe",
        "predicted_spread", "recipe_from_dict", "training", "unknown_field",
    ],
    "sweep.study": [
        "DEFAULT_SPREADS", "DRAWS", "DRAW_BLOCK", "Axis", "Block", "Part", "Point", "Repeats",
        "Study", "Target", "block_size",
        "compact", "log_spaced", "plan",
    ],
    "sweep.kernel": ["Trained", "train"],
    "sweep.reference": ["Training", "Weights", "forward", "train", "unpack"],
    "sweep.store": [
        "Label", "Moments", "Records", "Results", "Spreads", "Store", "Urls", "file_of", "is_missing",
        "open_store",
    ],
    "analysis": ["Tables", "compare", "export", "find_study", "load", "make_tables", "minimum", "summarize"],
    "analysis.tables": ["Tables", "coordinates", "make_tables"],
    "analysis.claims": ["all_findings", "describe"],
}  # fmt: skip

NAMED = [(module, name) for module, names in FACE.items() for name in names]
PATHS = {name_of(path): path for path in MODULES}


def body(module):
    """The statements of a module."""
    return ast.parse(PATHS[module].read_text(encoding="utf-8")).body


def home(module, name):
    """The module that defines a name which another hands on."""
    for node in ast.walk(ast.Module(body(module), [])):
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            return home(node.module, name)
    return module


def documented(module):
    """The names that a module defines with a docstring, in their body or behind them."""
    for node, behind in pairwise([*body(module), ast.Pass()]):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            yield node.name
        elif isinstance(behind, ast.Expr) and isinstance(behind.value, ast.Constant):
            yield from (target.id for target in getattr(node, "targets", []))


def handed_on(module):
    """The public names that a package's own module defines, or takes from below it."""
    for node in body(module):
        if isinstance(node, ast.ImportFrom) and node.module.startswith(f"{module}."):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name


@pytest.mark.parametrize("module", FACE)
def test_a_module_hands_on_these_names_and_no_other(module):
    assert sorted(import_module(module).__all__) == sorted(FACE[module])


@pytest.mark.parametrize(("module", "name"), NAMED, ids=map(".".join, NAMED))
def test_a_public_name_is_there_and_says_what_it_is(module, name):
    assert hasattr(import_module(module), name)
    assert name in documented(home(module, name))


@pytest.mark.parametrize("package", [name_of(path) for path in MODULES if path.name == "__init__.py"])
def test_a_package_hands_on_nothing_that_it_does_not_list(package):
    assert set(handed_on(package)) <= set(FACE.get(package, []))


def test_every_module_that_lists_its_names_is_here():
    assert {module for module in PATHS if "__all__" in PATHS[module].read_text(encoding="utf-8")} == FACE.keys()
