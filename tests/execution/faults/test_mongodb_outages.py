"""MongoDB that resets connections, falls silent or is gone, for a while or for good: nothing trained is lost."""

import signal
import time

import pytest

from tests import commands
from tests.execution.faults.studies import (
    assert_complete,
    complete,
    finish,
    n_stored,
    start,
    wait_for_line,
    wait_until_stored,
)
from tests.proxy import Proxy


@pytest.fixture
def proxy(mongodb_url):
    with Proxy(mongodb_url) as proxy:
        yield proxy


def test_a_run_survives_resets_silence_and_a_server_that_is_gone(proxy, mongodb_url, expected):
    process, n = start(proxy.url), 0
    for fault, seconds in [("reset", 0), ("stall", 1), ("refuse", 1), ("stall", 3), ("refuse", 3)]:
        wait_until_stored(process, mongodb_url, n)
        getattr(proxy, fault)()
        time.sleep(seconds)
        n = n_stored(mongodb_url)
        proxy.serve()
    finish(process)
    assert_complete(mongodb_url, expected)


def test_an_outage_is_told_and_after_an_interrupt_the_next_run_goes_on(proxy, mongodb_url, state, expected):
    process = start(proxy.url, workers=1, real=True)
    wait_until_stored(process, mongodb_url, 0)
    proxy.refuse()
    assert wait_for_line(process, "Waiting for up to 120 s").startswith(f"MongoDB does not answer at {proxy.url} (")
    commands.signal_group(process, signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in error
    assert error.splitlines()[-1].startswith(f"Interrupted: MongoDB does not answer at {proxy.url} (")
    assert ". Continue with: python -m sweep.run " in error.splitlines()[-1]
    (kept,) = state.iterdir()
    assert str(kept) in error
    proxy.serve()
    assert complete(proxy.url).startswith("Stored ")
    assert list(state.iterdir()) == []
    assert_complete(mongodb_url, expected)
