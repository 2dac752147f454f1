"""The page trains in a browser: buttons are pressed, and the numbers are the project's own."""

import json
import os
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.report.train import packed
from sweep import RECIPES, Axis, Study, kernel
from sweep.kernel.wasm import wasm_modules
from sweep.statistics.answer import find_answer
from sweep.store import open_store
from tests.analysis.report.browser import CHROMIUM, Visit, browse
from tests.analysis.report.conftest import page_of, without_figures
from tests.analysis.report.devtools import open_tab
from tests.analysis.report.page_parser import Page
from tests.stores import fill

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")

RECIPE = replace(RECIPES["gustaw"], epochs=2000)
STUDY = Study(RECIPE, (Axis("hidden_std_dev", tuple(np.geomspace(0.1, 10, 20).tolist())),), repeats=60)
TRAIN = "#at=0.6&train=60&seed=1"
SETTLED = "document.getElementById('train-said').textContent"
LOSSES = "Array.from(TrainHere.job.losses)"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return fill(str(tmp_path_factory.mktemp("trained") / "store.db"), STUDY)


@pytest.fixture(scope="module")
def text(store):
    with without_figures():
        return page_of(store)


@pytest.fixture(scope="module")
def address(text, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def embedded(text):
    (model,) = json.loads(Page(text).scripts["train-data"])
    return model


@pytest.fixture(scope="module")
def tab(address, tmp_path_factory):
    """A tab that was opened by a link which trains."""
    with open_tab(address + TRAIN, tmp_path_factory.mktemp("profile")) as tab:
        tab.wait(SETTLED)
        yield tab
        assert tab.told == []


def press(tab, name):
    tab.evaluate(f"document.getElementById('{name}').click()")


def said(tab, name):
    return tab.evaluate(f"document.getElementById('{name}').textContent")


def put(tab, name, value):
    tab.evaluate(f"document.getElementById('{name}').value = {json.dumps(value)}")


def train(tab, **fields):
    for name, value in fields.items():
        put(tab, f"train-{name}", value)
    press(tab, "train-go")
    tab.wait(SETTLED)


def test_a_link_trains_what_it_says(tab, address, tmp_path):
    assert said(tab, "train-said").startswith("Spread 0.6, seed 1: mean total loss ")
    losses = tab.evaluate(LOSSES)
    assert len(set(losses)) == 60
    # Draws that the page made, trained by the project's own kernel.
    starts = tab.evaluate("Array.from(Draws.starts(Trainer.model, 1, 0.6, 0, 60).parameters)")
    np.testing.assert_allclose(losses, kernel.train(RECIPE, np.array(starts).reshape(60, -1)).loss, rtol=1e-9)
    # Neither time nor the number of workers changes them.
    with open_tab(address + TRAIN + "&workers=3", tmp_path / "profile") as other:
        other.wait(SETTLED)
        assert "by 3 workers" in said(other, "train-running")
        assert other.evaluate(LOSSES) == losses
        assert other.told == []


def test_a_browser_takes_the_fused_module_where_it_can(tab):
    modules, taken = (
        wasm_modules(RECIPE),
        "sweepKernel.unpacked(Trainer.model.modules).then((bytes) => bytes.byteLength)",
    )
    assert tab.evaluate(taken) == len(modules.fused)
    tab.evaluate("window.validate = WebAssembly.validate, WebAssembly.validate = () => false, 0")
    assert tab.evaluate(taken) == len(modules.plain)
    tab.evaluate("WebAssembly.validate = window.validate, 0")


def test_the_mean_stands_beside_the_studys(tab, store):
    train(tab, spread="0.6", networks="40", seed="2")
    losses = np.array(tab.evaluate(LOSSES))
    with open_store(store) as opened:
        at = find_answer(opened, STUDY).curve.at(np.array([0.6]))
    found = re.search(
        r"loss ([\d,.]+) ± ([\d,.]+) .* there is ([\d,.]+) ± ([\d,.]+), ([\d.]+) standard errors",
        said(tab, "train-said"),
    )
    mean, error, theirs, of_theirs, away = (float(one.replace(",", "")) for one in found.groups())
    assert mean == pytest.approx(losses.mean(), abs=0.01)
    assert error == pytest.approx(losses.std(ddof=1) / np.sqrt(40), abs=0.01)
    assert theirs == pytest.approx(at.mean[0], rel=1e-3)
    assert of_theirs == pytest.approx(at.standard_error[0], rel=1e-2)
    assert away == pytest.approx(abs(mean - theirs) / np.hypot(error, of_theirs), abs=0.06)
    counts = tab.evaluate("document.querySelectorAll('.trained rect').length")
    assert counts > 2


def test_other_numbers_train_otherwise(tab):
    train(tab, spread="0.6", networks="8", seed="1", epochs="100", rate="0.5")
    starts = np.array(tab.evaluate("Array.from(Draws.starts(Trainer.model, 1, 0.6, 0, 8).parameters)")).reshape(8, -1)
    expected = kernel.train(replace(RECIPE, epochs=100, learning_rate=0.5), starts).loss
    np.testing.assert_allclose(tab.evaluate(LOSSES), expected, rtol=1e-9)
    assert "The study's" not in said(tab, "train-said")
    assert tab.evaluate("location.hash") == "#at=0.6&train=8&seed=1&epochs=100&rate=0.5"
    put(tab, "train-epochs", "0")
    press(tab, "train-go")
    assert tab.evaluate("document.getElementById('train-epochs').validity.valid") is False
    assert tab.evaluate("TrainHere.job.settings.epochs") == 100
    put(tab, "train-epochs", "2000")
    put(tab, "train-rate", "0.1")


def test_it_stops_and_goes_on(tab):
    put(tab, "train-networks", "100000")
    press(tab, "train-go")
    tab.wait("TrainHere.job.done > 10 && TrainHere.job.total === 100000")
    press(tab, "train-stop")
    assert said(tab, "train-stop") == "Continue"
    tab.wait("Trainer.workers().workers.every((one) => !one.task)")
    done = tab.evaluate("TrainHere.job.done")
    press(tab, "train-stop")
    assert said(tab, "train-stop") == "Stop"
    tab.wait(f"TrainHere.job.done > {done}")
    press(tab, "train-stop")
    first = tab.evaluate("Array.from(TrainHere.job.losses.slice(0, 8))")
    train(tab, networks="8")
    assert tab.evaluate(LOSSES) == first


def test_a_worker_that_ends_is_replaced(tab):
    train(tab, networks="300", spread="0.6", seed="1")
    expected = tab.evaluate(LOSSES)
    put(tab, "train-networks", "300")
    press(tab, "train-go")
    tab.wait("TrainHere.job.done < 300 && Trainer.workers().workers[0].task")
    tab.evaluate("Trainer.workers().workers[0].worker.terminate()")
    tab.wait(SETTLED)
    assert "; 1 replaced" in said(tab, "train-running")
    assert tab.evaluate(LOSSES) == expected


def resident(profile):
    """Bytes that the processes of the pages of a browser with this profile have in memory."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # a process that ended meanwhile
            if b"--type=renderer" in path.read_bytes() and str(profile).encode() in path.read_bytes():
                total += int(path.with_name("statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_is_flat_over_a_hundred_thousand_trainings(address, tmp_path):
    with open_tab(address, tmp_path / "profile") as tab:
        taken = []
        for seed in "123":
            train(tab, spread="0.6", networks="100000", seed=seed, epochs="20")
            assert tab.evaluate("TrainHere.job.done") == 100_000
            tab.call("HeapProfiler.collectGarbage")
            taken.append(resident(tmp_path / "profile"))
        assert taken[0] > 10_000_000
        # A leak grows every time; a process of the browser's own, which may begin meanwhile, comes once.
        assert min(np.diff(taken)) < 20_000_000, "a leak of 200 bytes a training"
        assert tab.told == []


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (f"Trainer.model.modules = {dict.fromkeys(('plain', 'fused'), packed(b'broken'))}", "CompileError"),
        ("window.Worker = class { constructor() { throw new Error('no workers here'); } }", "no workers here"),
    ],
)
def test_what_cannot_go_on_is_said(address, tmp_path, broken, words):
    with open_tab(address, tmp_path / "profile") as tab:
        tab.evaluate(broken)
        press(tab, "train-go")
        tab.wait("document.getElementById('train-running').textContent.includes('It cannot go on')")
        assert words in said(tab, "train-running")
        assert tab.evaluate("document.getElementById('train-stop').disabled") is True
        tab.wait("Trainer.workers().workers.every((one) => !one.task)", 10)


def test_stored_repeats_come_to_what_was_recorded(tab, embedded, store):
    points = {point.recipe.hidden_std_dev: point for point in STUDY.points}
    with open_store(store) as opened:
        answer = find_answer(opened, STUDY)
        for one in embedded["stored"]:
            recorded = opened.columns(points[one["spread"]].identity, 60, ["loss"])["loss"][one["repeat"]]
            assert one["loss"] == recorded
    nearest = {
        min(points, key=lambda spread: abs(np.log(spread / wanted)))
        for wanted in (answer.minimum.spread.estimate, np.sqrt(0.5))
    }
    assert {one["spread"] for one in embedded["stored"]} == nearest
    press(tab, "stored-go")
    tab.wait("document.getElementById('stored-said').textContent")
    n = 4 * len(nearest)
    assert said(tab, "stored-said") == f"{n} of {n} losses are the recorded ones to a part in 10⁹: they agree."
    cells = tab.evaluate(
        "[...document.querySelectorAll('#stored-table td:last-child')].map((one) => Number(one.textContent))"
    )
    np.testing.assert_allclose(cells, [one["loss"] for one in embedded["stored"]], rtol=1e-9)


def test_a_loss_that_is_not_the_recorded_one_is_told(tab):
    tab.evaluate("Trainer.model.stored[0].loss *= 1 + 1e-8")
    press(tab, "stored-go")
    tab.wait("document.getElementById('stored-said').textContent.includes('the others are not')")
    tab.evaluate("Trainer.model.stored[0].loss /= 1 + 1e-8")


def test_the_study_is_repeated(tab, embedded):
    for name, value in {"seed": 2, "epochs": 2000, "rate": 0.1}.items():
        put(tab, f"train-{name}", str(value))
    put(tab, "repeat-spreads", "25")
    put(tab, "repeat-repeats", "60")
    press(tab, "repeat-go")
    tab.wait("document.getElementById('repeat-said').textContent", 120)
    text = said(tab, "repeat-said")
    low, high = (float(one) for one in re.search(r"interval ([\d.]+) to ([\d.]+)\)", text).groups())
    study = embedded["study"]["minimum"]["spread"]
    assert low <= study["estimate"] <= high
    for rule, spread in {"Xavier": np.sqrt(0.5), "He": 1.0}.items():
        side = "below" if spread < low else "above" if spread > high else "inside"
        assert f"{rule}'s prediction, {spread:.3g}, lies {side} this interval." in text
    error = [np.log(ends[1] / ends[0]) / (2 * 1.96) for ends in ((low, high), (study["low"], study["high"]))]
    here = float(re.search(r"Lowest at a spread of ([\d.]+)", text)[1])
    away, of_means = (float(one) for one in re.search(r"lie ([\d.]+) standard .* means ([\d.]+)\.$", text).groups())
    assert away == pytest.approx(abs(np.log(here / study["estimate"])) / np.hypot(*error), abs=0.1)
    assert of_means < 3
    assert ("Both agree: the places lie" in text) == (away < 1.96)
    assert tab.evaluate("document.querySelectorAll('.repeated .mean').length") == 2
    assert tab.evaluate("document.querySelector('.repeated .mean.here').getAttribute('d').length") > 500


def test_a_link_repeats_the_study(address, tab, tmp_path):
    assert tab.evaluate("location.hash") == "#repeat=25x60&seed=2"
    with open_tab(address + "#repeat=6x5&seed=2", tmp_path / "profile") as other:
        other.wait("document.getElementById('repeat-said').textContent")
        assert len(other.evaluate("RepeatStudy.job.spreads")) == 6
        losses = np.array(other.evaluate("Array.from(RepeatStudy.job.losses)")).reshape(6, 5)
        spread = other.evaluate("RepeatStudy.job.spreads[2]")
        starts = other.evaluate(f"Array.from(Draws.starts(Trainer.model, 2, {spread}, 0, 5).parameters)")
        np.testing.assert_allclose(losses[2], kernel.train(RECIPE, np.array(starts).reshape(5, -1)).loss, rtol=1e-9)


@pytest.fixture(scope="module")
def otherwise_drawn(tmp_path_factory):
    """The address of a page of a study whose hidden weights come from another distribution."""

    def make(distribution):
        path = tmp_path_factory.mktemp(distribution)
        fill(str(path / "store.db"), replace(STUDY, recipe=replace(RECIPE, hidden_distribution=distribution)))
        with without_figures():
            (path / "page.html").write_text(page_of(str(path / "store.db")), encoding="utf-8")
        return (path / "page.html").as_uri()

    return make


def test_a_study_of_truncated_normal_draws_is_repeated_and_pooled(otherwise_drawn, tmp_path):
    with open_tab(otherwise_drawn("truncated_normal") + "#repeat=20x48&seed=2", tmp_path / "profile") as tab:
        tab.wait("document.getElementById('repeat-said').textContent", 120)
        text = said(tab, "repeat-said")
        assert float(re.search(r"the places lie ([\d.]+) standard errors apart", text)[1]) < 3
        effective = tab.evaluate("RepeatStudy.job.pool(Trainer.model.draw).mean([0.6]).effective[0]")
        assert effective > 100, "each of 48 trainings of a spread answers for its neighbours, too"
        assert tab.told == []


def test_what_is_not_pooled_is_repeated_by_the_means_of_spreads(otherwise_drawn, tmp_path):
    with open_tab(otherwise_drawn("sphere") + "#repeat=6x16&seed=2", tmp_path / "profile") as tab:
        tab.wait("document.getElementById('repeat-said').textContent", 120)
        losses = np.array(tab.evaluate("Array.from(RepeatStudy.job.losses)")).reshape(6, 16)
        best = losses.mean(axis=1).argmin()
        spread, mean, error = re.search(
            r"that of a spread of ([\d.]+): ([\d.,]+) ± ([\d.,]+) \(standard error\)", said(tab, "repeat-said")
        ).groups()
        assert float(spread) == pytest.approx(np.geomspace(0.1, 10, 6)[best], rel=1e-2)
        assert float(mean.replace(",", "")) == pytest.approx(losses[best].mean(), abs=0.01)
        assert float(error) == pytest.approx(losses[best].std(ddof=1) / 4, abs=0.01)
        assert "sphere draws of one spread are not possible at another, so they are not pooled" in said(
            tab, "repeat-said"
        )
        assert tab.evaluate("document.querySelectorAll('.repeated .mean').length") == 2
        assert tab.told == []


def test_sample_networks_learn_step_by_step(tab):
    put(tab, "train-spread", "0.6")
    press(tab, "sample-rewind")
    tab.wait("Samples.shown && Samples.shown.epoch === 0")
    first = tab.evaluate("Array.from(Samples.shown.trained.parameters)")
    press(tab, "sample-step")
    tab.wait("Samples.shown.epoch === 20")
    press(tab, "sample-play")
    tab.wait("Samples.shown.epoch === 2000")
    starts = np.array(first).reshape(4, -1)
    expected = kernel.train(RECIPE, starts)
    np.testing.assert_allclose(
        tab.evaluate("Array.from(Samples.shown.trained.finalLoss)"), expected.final_loss, rtol=1e-9
    )
    assert f"{expected.solved.sum()} of 4 solved" in said(tab, "sample-said")
    assert tab.evaluate("document.querySelectorAll('#sample-maps canvas').length") == 4
    press(tab, "sample-rewind")
    tab.wait("Samples.shown.epoch === 0")
    assert tab.evaluate("Array.from(Samples.shown.trained.parameters)") == first
    press(tab, "sample-new")
    tab.wait("document.getElementById('sample-said').textContent.startsWith('Repeats 4 to 7')")
    assert tab.evaluate("Array.from(Samples.shown.trained.parameters)") != first


def test_every_field_has_a_label_and_every_button_a_name(tab):
    fields = "[...document.querySelectorAll('#train input, #train select')]"
    assert tab.evaluate(f"{fields}.length") == 9
    assert tab.evaluate(f"{fields}.filter((one) => one.labels.length !== 1).length") == 0
    assert tab.evaluate("[...document.querySelectorAll('#train button')].filter((one) => !one.textContent).length") == 0


WITHOUT = {
    "delete window.WebAssembly;": "This browser has no WebAssembly",
    "WebAssembly.validate = () => false;": "no vectors (SIMD)",
    "delete window.Worker;": "This browser has no workers",
    "delete window.DecompressionStream;": "This browser cannot unpack what trains",
}
"""What takes from a browser what it trains with, and what it then says."""


@pytest.fixture(scope="module")
def seen(text, tmp_path_factory):
    """What the page tells of itself in browsers without what they train with, and on a phone; the console's lines."""
    before = '<script id="training-script">'
    visits = [Visit(text.replace(before, f"<script>{without}</script>{before}")) for without in WITHOUT]
    told = browse(tmp_path_factory.mktemp("browser"), [*visits, Visit(text, width=390)])
    return dict(zip([*WITHOUT, "phone"], told, strict=True))


@pytest.mark.parametrize(("without", "words"), WITHOUT.items())
def test_a_browser_that_cannot_train_says_so(seen, without, words):
    told, console = seen[without]
    assert console == []
    assert words in told["dom"]
    assert re.search(r'<div class="explore" id="train-part" hidden', told["dom"])
    assert re.search(r"<output[^>]*>hidden_std_dev = ", told["dom"])


def test_it_fits_a_phone(seen):
    told, console = seen["phone"]
    assert (console, told["outside"]) == ([], [])
    assert told["content"] <= 390


def test_without_scripts_the_rest_is_read(text):
    assert "This part needs JavaScript; all others are read without." in Page(text).words
    assert 'id="train-part" hidden' in text
