"""Opens pages in Debian's chromium without a display, driven by its command line alone."""

import json
import re
import shutil
import subprocess
from html import unescape
from typing import NamedTuple

CHROMIUM = shutil.which("chromium")
QUIET = "--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
# A window is at least 500 pixels wide, a frame inside it as narrow as a phone. All are where a browser draws.
FRAME = """<iframe src="{source}" style="position:absolute;left:0;top:0;width:{width}px;height:844px"></iframe>"""
OUTSIDE = """<script>
addEventListener("message", (event) => {
  const told = document.createElement("pre");
  told.textContent = event.data;
  document.body.appendChild(told);
});
</script>"""
INSIDE = """<script>
addEventListener("load", () => {{
  {action}
  const scrolls = ".scroll, .picture, pre, thead";
  const outside = [...document.querySelectorAll("main *")].filter((one) => !one.closest(scrolls)
    && one.getBoundingClientRect().right > innerWidth + 0.5);
  parent.postMessage(JSON.stringify({{
    content: document.documentElement.scrollWidth, window: innerWidth, hash: location.hash, number: {number},
    outside: outside.map((one) => one.outerHTML.slice(0, 80)), dom: document.documentElement.outerHTML,
  }}), "*");
}});
</script>"""


class Visit(NamedTuple):
    """A page in a frame of that width, and what is done there."""

    text: str
    fragment: str = ""
    width: int = 1280
    action: str = ""


def browse(path, visits):
    """Start a browser once for all; return what each page tells of itself, `dom` included, and its console's lines."""
    names = [f"page{number}.html" for number in range(len(visits))]
    frames = ["<!doctype html><body>", OUTSIDE]
    for number, (name, visit) in enumerate(zip(names, visits, strict=True)):
        inside = INSIDE.format(action=visit.action, number=number)
        (path / name).write_text(visit.text.replace("</body>", inside + "</body>"), encoding="utf-8")
        frames.append(FRAME.format(source=name + visit.fragment, width=visit.width))
    (path / "outside.html").write_text("\n".join(frames), encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", *QUIET.split(), "--enable-logging=stderr",
         f"--user-data-dir={path / 'profile'}", "--window-size=1400,900", "--virtual-time-budget=10000", "--dump-dom",
         (path / "outside.html").as_uri()],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [json.loads(unescape(one)) for one in re.findall("<pre>(.*?)</pre>", done.stdout, re.DOTALL)]
    assert sorted(one["number"] for one in told) == list(range(len(visits))), done.stdout[-500:] + done.stderr
    lines = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    consoles = [[line for line in lines if name in line or not any(map(line.__contains__, names))] for name in names]
    return list(zip(sorted(told, key=lambda one: one["number"]), consoles, strict=True))


def output(told):
    return unescape(re.search(r"<output[^>]*>(.*?)</output>", told["dom"])[1])


def chart(told, name):
    return re.search(rf'<svg class="{name}".*?</svg>', told["dom"], re.DOTALL)[0]
