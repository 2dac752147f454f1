"""The page in a browser."""

import json
import re

import pytest

from tests.analysis.report.browser import CHROMIUM, Visit, browse, chart, output
from tests.analysis.report.conftest import STUDY

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")

WHOLE = ("wide", "narrow")
VISITS = {
    "wide": {},
    "narrow": {"width": 390},
    "shared": {"fragment": "#at=2.5"},
    "broken": {"fragment": "#at=%zz"},
    "no number": {"fragment": "#at=much"},
    "elsewhere": {"fragment": "#claims"},
    "slider": {
        "action": """const slider = document.querySelector("input[type=range]");
          slider.value = 2; slider.dispatchEvent(new Event("input"));"""
    },
    "pointer": {
        "action": """const curve = document.querySelector(".curve"), box = curve.getBoundingClientRect();
          const there = { clientX: box.right - 10, clientY: box.top + 50, bubbles: true };
          curve.dispatchEvent(new PointerEvent("pointermove", there));
          curve.dispatchEvent(new MouseEvent("click", there));"""
    },
}


@pytest.fixture(scope="module")
def seen(text, tmp_path_factory):
    """What the page tells of itself at every visit, and the console's lines; where it is to fit, with its figures."""
    without_figures = re.sub('<div class="picture".*?</svg></div>', "", text, flags=re.DOTALL)
    assert len(without_figures) < len(text) / 2
    visits = [Visit(text if name in WHOLE else without_figures, **options) for name, options in VISITS.items()]
    return dict(zip(VISITS, browse(tmp_path_factory.mktemp("browser"), visits), strict=True))


def expected(spread):
    return f"hidden_std_dev = {spread:.4g}: mean total loss "


@pytest.mark.parametrize(("name", "width"), [("narrow", 390), ("wide", 1280)])
def test_it_fits_the_window_and_the_console_is_silent(seen, name, width):
    told, console = seen[name]
    assert console == []
    assert told["window"] == width
    assert told["content"] <= width
    assert told["outside"] == []


def test_it_begins_at_the_lowest_mean(seen, page):
    told, _ = seen["wide"]
    data = json.loads(page.scripts["explore-data"])
    best = data["mean"].index(min(data["mean"]))
    assert output(told) == (
        f"hidden_std_dev = {data['names'][best]}: mean total loss {data['mean'][best]:,.2f} ± "
        f"{data['standard_error'][best]:,.2f} (standard error), solved {100 * data['solved'][best]:.1f} %, n = 50"
    )


def test_a_shared_address_picks_the_nearest_swept_value(seen):
    told, _ = seen["shared"]
    nearest = min(STUDY.axes[0].values, key=lambda spread: abs(spread / 2.5 - 1))
    assert output(told).startswith(expected(nearest))
    assert told["hash"] == "#at=2.5"


@pytest.mark.parametrize("name", ["broken", "no number", "elsewhere"])
def test_an_address_that_names_no_value_begins_at_the_lowest_mean(seen, page, name):
    told, console = seen[name]
    data = json.loads(page.scripts["explore-data"])
    assert console == []
    assert output(told).startswith(expected(data["values"][data["best"]]))


def test_the_slider_picks_a_value_and_its_networks(seen, page):
    told, console = seen["slider"]
    assert console == []
    assert output(told).startswith(expected(STUDY.axes[0].values[2]))
    assert told["hash"] == f"#at={STUDY.axes[0].values[2]!r}"
    data = json.loads(page.scripts["explore-data"])["histogram"]
    bars = sum(count > 0 for kind in ("solved", "stuck") for count in data[kind][2])
    in_legend = 2
    assert chart(told, "histogram").count("<rect") == bars + in_legend
    assert chart(told, "traces").count('class="trace"') == 5
    assert f"5 networks at {STUDY.axes[0].values[2]:.4g}" in told["dom"]


def test_the_curve_tells_the_value_under_the_pointer_and_takes_a_click(seen):
    told, console = seen["pointer"]
    assert console == []
    last = STUDY.axes[0].values[-1]
    assert output(told).startswith(expected(last))
    assert re.search(rf">{last:.4g}: [\d,.]+ ± [\d,.]+</text>", chart(told, "curve"))
