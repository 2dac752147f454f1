"""Opens a page in Debian's chromium without a display, driven by its command line alone."""

import json
import re
import shutil
import subprocess
from html import unescape

CHROMIUM = shutil.which("chromium")
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
