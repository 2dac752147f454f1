"""Drives a page in chromium as long as it takes, by the browser's own protocol over pipes."""

import itertools
import json
import os
import subprocess
import sys
from contextlib import contextmanager

from tests.analysis.report.browser import CHROMIUM, QUIET

RENUMBER = """import os, sys
for given, high in zip(sys.argv[1:3], (103, 104)):
    os.dup2(int(given), high)
for high, number in ((103, 3), (104, 4)):
    os.dup2(high, number)
os.execv(sys.argv[3], sys.argv[3:])"""
"""The browser reads its orders from 3 and writes its answers to 4."""


class Tab:
    """A page; `told` are the lines of its console, and of violations of its policy."""

    def __init__(self, write, read):
        self._write, self._read, self._numbers, self._session, self.told = write, read, itertools.count(1), None, []

    def attach(self, url):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Page"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=url)
        self.evaluate(
            "new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))"
        )

    def call(self, method, **parameters):
        number = next(self._numbers)
        ask = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            ask["sessionId"] = self._session
        self._write.write(json.dumps(ask).encode() + b"\0")
        self._write.flush()
        while True:
            message = json.loads(self._next())
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            if message.get("method") in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                self.told.append(json.dumps(message["params"]))

    def _next(self):
        text = b""
        while not text.endswith(b"\0"):
            one = self._read.read(1)
            assert one, "the browser ended"
            text += one
        return text[:-1]

    def evaluate(self, expression):
        """What an expression comes to; a promise is waited for."""
        done = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wait(self, condition, seconds=60):
        """Wait until a condition holds; fails after so many seconds."""
        tries = f"{seconds} * 20"
        said = self.evaluate(
            f"""(async () => {{
              for (let i = 0; i < {tries}; i += 1) {{
                if ({condition}) return true;
                await new Promise((done) => setTimeout(done, 50));
              }}
              return false;
            }})()"""
        )
        assert said, f"{condition}: {self.evaluate('document.getElementById(`train-part`)?.innerText')} {self.told}"


@contextmanager
def open_tab(path, profile, *flags):
    """A tab that shows a file, or an address of one with a fragment."""
    (to_browser, write), (read, from_browser) = os.pipe(), os.pipe()
    command = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", *QUIET.split(), *flags),
        *(f"--user-data-dir={profile}", "--window-size=1280,900"),
    ]
    browser = subprocess.Popen(
        [sys.executable, "-c", RENUMBER, str(to_browser), str(from_browser), *command],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        with os.fdopen(write, "wb") as orders, os.fdopen(read, "rb") as answers:
            tab = Tab(orders, answers)
            tab.attach(path)
            yield tab
            tab._session = None
            tab.call("Browser.close")
        browser.wait(timeout=20)
    finally:
        browser.kill()
        browser.wait()
