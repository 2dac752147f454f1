from contextlib import contextmanager

import numpy as np
import pytest

from analysis.report.page import make_page
from analysis.report.svg import inline_svg
from sweep import Axis, Recipe, Study
from sweep.recipe import RECIPES
from sweep.store import open_store
from sweep.store.provenance import describe_run
from tests.analysis.report.page_parser import Page
from tests.analysis.tables.test_summary import records

SPREADS = tuple(np.geomspace(0.1, 10, 15).tolist())
STUDY = Study(RECIPES["gustaw"], (Axis("hidden_std_dev", SPREADS),), repeats=50)
SMALL = Recipe(epochs=40)
OTHERS = {
    "two axes": Study(SMALL, (Axis("hidden_std_dev", (0.1, 1.0, 10.0)), Axis("output_std_dev", (0.5, 1.0))), 20),
    "named values": Study(SMALL, (Axis("activation", ("sigmoid", "tanh", "relu")),), 20),
    "three axes": Study(
        SMALL, (Axis("hidden_std_dev", (0.5, 1.0)), Axis("loss", ("bce", "mse")), Axis("biases", ("zero", "none"))), 5
    ),
    "no axis": Study(SMALL, (), 5),
    "a single training": Study(SMALL, (Axis("hidden_std_dev", (1.0, 0.5, 2.0, 0.7, 3.0)),), 1),
    "another field": Study(SMALL, (Axis("learning_rate", (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)),), 20),
    "layers": Study(SMALL, (Axis("hidden", ((), (2,), (3, 3))),), 20),
}


def fill(path, study, at=6, repeats=None, command="python -m sweep.run"):
    """A store that holds the study; its mean loss is lowest at point number `at`."""
    rng = np.random.default_rng(0)
    with open_store(str(path), create=True) as store:
        store.start_run({**describe_run(study, command, 2), "id": f"run-{study.identity}"})
        for number, point in enumerate(study.points):
            loss = rng.normal(1000 + 10 * (number - at) ** 2, 30, repeats or study.repeats)
            store.insert(point, records(loss, solved=loss < 1100))
    return str(path)


def page_of(path, run=None):
    with open_store(path) as store:
        return make_page(store, path, run, "report.html")


@pytest.fixture(scope="session")
def stored(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("report") / "store.db", STUDY)


@pytest.fixture(scope="session")
def text(stored):
    return page_of(stored)


@pytest.fixture(scope="session")
def page(text):
    return Page(text)


@contextmanager
def without_claims():
    """Leave out the claims, which train thousands of networks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.report.sections.all_findings", lambda store: [])
        yield


@contextmanager
def without_figures():
    """Leave out the claims, and put frames in place of the figures."""
    with without_claims(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.report.sections.inline_svg", framed)
        yield


@pytest.fixture
def quick():
    """A page without the claims, and with frames in place of the figures."""
    with without_figures():
        yield


def framed(figure, name, label):
    figure.clear()
    figure.set_layout_engine(None)
    return inline_svg(figure, name, label)
