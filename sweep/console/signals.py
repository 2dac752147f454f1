"""What a command does when it is asked to end: by Ctrl-C, by SIGTERM, or by a terminal that goes (SIGHUP).

While its imports run, Ctrl-C simply ends it, without the traceback of an import: nothing has begun.
"""

import signal
import sys
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


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Be interrupted as by Ctrl-C: held back where that is, but not ignored where that is, as of a job with `&`."""
    for one in REQUESTS:  # asked once is asked
        signal.signal(one, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)
