"""What a command does when it is asked to end: by Ctrl-C, by SIGTERM, or by a terminal that goes (SIGHUP).

While its imports run, Ctrl-C simply ends it, without the traceback of an import: nothing has begun.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

REQUESTS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""To end, beside Ctrl-C; Windows has no SIGHUP."""

# Python says this while it imports the package of the module that it is to run.
if sys.argv[:1] == ["-m"] and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def take_signals() -> None:
    """From now on raise KeyboardInterrupt where a command is asked to end; what is ignored stays so, as under nohup."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in REQUESTS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def leave_signals() -> None:
    """Ignore requests to end from now on: it ends."""
    for number in (signal.SIGINT, *REQUESTS):
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def requests_held_back() -> Iterator[None]:
    """A request to end that comes meanwhile is delivered afterwards, whichever thread the system gives it to: Python
    answers it in the main one. In other threads this does nothing, as no request comes there."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, *REQUESTS)}
    taken = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in taken:
        signal.signal(number, lambda number, frame: asked.append(number))
    try:
        yield
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)
        if asked:
            signal.raise_signal(asked[0])


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Be interrupted as by Ctrl-C: held back where that is, but not ignored where that is, as of a job with `&`."""
    for one in REQUESTS:  # asked once is asked
        signal.signal(one, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)
