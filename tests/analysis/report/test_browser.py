"""The page in a browser: Debian's chromium without a display, driven by its command line alone."""

import json
import re
import shutil
import subprocess
from html import unescape

import pytest

from tests.analysis.report.conftest import OTHERS, STUDY, fill, page_of

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
QUIET = "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
# A window is at least 500 pixels wide, a frame inside it as narrow as a phone.
OUTSIDE = """<!doctype html><iframe src="page.html{fragment}" style="width:{width}px;height:844px"></iframe><script>
addEventListener("message", (event) => {{
  const told = document.createElement("pre");
  told.id = "told";
  told.textContent = event.data;
  document.body.appendChild(told);
}});
</script>"""
INSIDE = """<script>
addEventListener("load", () => {{
  {action}
  const scrolls = ".scroll, .picture, pre, thead";
  const outside = [...document.querySelectorAll("main *")].filter((one) => !one.closest(scrolls)
    && one.getBoundingClientRect().right > innerWidth + 0.5);
  parent.postMessage(JSON.stringify({{
    content: document.documentElement.scrollWidth, window: innerWidth, hash: location.hash,
    outside: outside.map((one) => one.outerHTML.slice(0, 80)), dom: document.documentElement.outerHTML,
  }}), "*");
}});
</script>"""


def browse(path, text, fragment="", width=1280, action=""):
    """Open a page in a frame of that width; return what it tells of itself, `dom` included, and the console's lines."""
    inside = text.replace("</body>", INSIDE.format(action=action) + "</body>")
    (path / "page.html").write_text(inside, encoding="utf-8")
    (path / "outside.html").write_text(OUTSIDE.format(fragment=fragment, width=width), encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", *QUIET.split(), "--enable-logging=stderr",
         f"--user-data-dir={path / 'profile'}", "--window-size=1400,900", "--virtual-time-budget=10000", "--dump-dom",
         (path / "outside.html").as_uri()],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.DOTALL)
    assert told, done.stdout[-500:] + done.stderr
    return json.loads(unescape(told[1])), [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def output(told):
    return unescape(re.search(r"<output[^>]*>(.*?)</output>", told["dom"])[1])


def chart(told, name):
    return re.search(rf'<svg class="{name}".*?</svg>', told["dom"], re.DOTALL)[0]


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


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", OTHERS)
def test_other_studies_fit_a_phone_too(tmp_path, name):
    told, console = browse(tmp_path, page_of(fill(tmp_path / "store.db", OTHERS[name], at=1)), width=390)
    assert console == []
    assert told["content"] <= 390
    assert told["outside"] == []
    without_scripts = re.sub(r"<script.*?</script>", "", told["dom"], flags=re.DOTALL)
    assert not re.search(r"\b(NaN|undefined|null|Infinity)\b", without_scripts)
