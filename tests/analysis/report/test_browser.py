"""The page in a browser."""

import json
import re

import pytest

from tests.analysis.report.browser import CHROMIUM, browse, chart, output
from tests.analysis.report.conftest import STUDY

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")


def expected(spread):
    return f"hidden_std_dev = {spread:.4g}: mean total loss "


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_window_and_the_console_is_silent(tmp_path, text, width):
    told, console = browse(tmp_path, text, width=width)
    assert console == []
    assert told["window"] == width
    assert told["content"] <= width
    assert told["outside"] == []


def test_it_begins_at_the_lowest_mean(tmp_path, text, page):
    told, _ = browse(tmp_path, text)
    data = json.loads(page.scripts["explore-data"])
    best = data["mean"].index(min(data["mean"]))
    assert output(told) == (
        f"hidden_std_dev = {data['names'][best]}: mean total loss {data['mean'][best]:,.2f} ± "
        f"{data['standard_error'][best]:,.2f} (standard error), solved {100 * data['solved'][best]:.1f} %, n = 50"
    )


def test_a_shared_address_picks_the_nearest_swept_value(tmp_path, text):
    told, _ = browse(tmp_path, text, "#at=2.5")
    nearest = min(STUDY.axes[0].values, key=lambda spread: abs(spread / 2.5 - 1))
    assert output(told).startswith(expected(nearest))
    assert told["hash"] == "#at=2.5"


@pytest.mark.parametrize("fragment", ["#at=%zz", "#at=much", "#claims"])
def test_an_address_that_names_no_value_begins_at_the_lowest_mean(tmp_path, text, page, fragment):
    told, console = browse(tmp_path, text, fragment)
    data = json.loads(page.scripts["explore-data"])
    assert console == []
    assert output(told).startswith(expected(data["values"][data["best"]]))


def test_the_slider_picks_a_value_and_its_networks(tmp_path, text, page):
    action = """const slider = document.querySelector("input[type=range]");
      slider.value = 2; slider.dispatchEvent(new Event("input"));"""
    told, console = browse(tmp_path, text, action=action)
    assert console == []
    assert output(told).startswith(expected(STUDY.axes[0].values[2]))
    assert told["hash"] == f"#at={STUDY.axes[0].values[2]!r}"
    data = json.loads(page.scripts["explore-data"])["histogram"]
    bars = sum(count > 0 for kind in ("solved", "stuck") for count in data[kind][2])
    in_legend = 2
    assert chart(told, "histogram").count("<rect") == bars + in_legend
    assert chart(told, "traces").count('class="trace"') == 5
    assert f"5 networks at {STUDY.axes[0].values[2]:.4g}" in told["dom"]


def test_the_curve_tells_the_value_under_the_pointer_and_takes_a_click(tmp_path, text):
    action = """const curve = document.querySelector(".curve"), box = curve.getBoundingClientRect();
      const there = { clientX: box.right - 10, clientY: box.top + 50, bubbles: true };
      curve.dispatchEvent(new PointerEvent("pointermove", there));
      curve.dispatchEvent(new MouseEvent("click", there));"""
    told, console = browse(tmp_path, text, action=action)
    assert console == []
    last = STUDY.axes[0].values[-1]
    assert output(told).startswith(expected(last))
    assert re.search(rf">{last:.4g}: [\d,.]+ ± [\d,.]+</text>", chart(told, "curve"))
