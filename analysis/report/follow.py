"""Writes the page again and again while its run is under way; the page loads itself again until then, unless its reader
trains in it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.report.page import asset, make_page
from analysis.tables.runs import find_run
from sweep.files import check_place, whole
from sweep.store import Store, Urls
from sweep.store.provenance import recorded_study, run_state

SECONDS = 10
"""Between two pages, the least; a page that takes long to make is made less often, so that the run goes on."""
SHARE = 4
"""The time between two pages is as many times that which one takes."""
REFRESH = '<noscript><meta http-equiv="refresh" content="{}"></noscript>'
SAID = """<p class="quiet">The run is under way; this page loads itself again every {} seconds, until you train in \
it.</p>
<p class="warning" id="reload" role="status" hidden>The study has gone on.
<button type="button">Load the page again</button> What was trained here is lost then.</p>"""


def follow_report(store: Store, url: Urls, run: str | None, out: Path, say: Callable[[str], None]) -> None:
    """Write the page about a run until it has ended, and once more then.

    Args:
        store: that holds the run.
        url: of the store, or those of several, as they are typed.
        run: its identifier; the latest that there is at the start if None.
        out: where the page is written, each time as a whole.
        say: is told how far the run is.

    Raises:
        FailedError: the file cannot be written, the store stays away, or it holds no run.
        UsageError: it holds no run of that identifier.
    """
    check_place(out)
    run = str(find_run(store, run)["id"])
    text, is_under_way = "", True
    try:
        while True:
            record, started = find_run(store, run), time.monotonic()
            is_under_way, stored = run_state(record) == "running", n_stored(store, record)
            if stored or not is_under_way:
                text = make_page(store, url, run, out)
                wait = max(SECONDS, round(SHARE * (time.monotonic() - started)))
                put(out, with_refresh(text, wait) if is_under_way else text)
            if not is_under_way:
                return
            say(f"{out}: {stored:,} trainings so far" if stored else f"No training in {store.name} yet.")
            time.sleep(wait if stored else 1)
    finally:
        if is_under_way and text:
            put(out, text)  # it would load itself again for ever


def n_stored(store: Store, record: dict[str, Any]) -> int:
    """Trainings of a run's study that are stored."""
    study = recorded_study(store, record)
    return sum(store.counts([point.identity for point in study.points], study.repeats).values())


def with_refresh(text: str, seconds: int) -> str:
    """A page that loads itself again after so many seconds, and says so."""
    script = f"<script>\n{asset('reload.js').replace('SECONDS', str(seconds))}</script>\n</body>"
    text = text.replace("</body>", script, 1).replace(
        '<link rel="icon"', f'{REFRESH.format(seconds)}\n<link rel="icon"', 1
    )
    return text.replace("<nav ", f"{SAID.format(seconds)}\n<nav ", 1)


def put(out: Path, text: str) -> None:
    """Write the page so that nobody reads half of one."""
    with whole(out) as beside:
        beside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
