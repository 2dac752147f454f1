"""Progress over trainings: a bar on a terminal, a plain line now and then where there is none."""

import importlib.util
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Timer
from types import TracebackType
from typing import Any, Self, TypeVar

from tqdm import tqdm

from sweep.console.words import plain

SECONDS_BETWEEN_LINES = 10.0
SECONDS_BEFORE_FIRST = 2.0
"""Before a bar, or the first line: what takes less needs none."""

T = TypeVar("T")

tqdm.monitor_interval = 0  # a thread that would refresh a bar which is not updated


def say(text: str) -> None:
    """Print a line on standard error, above the bar where there is one."""
    tqdm.write(plain(text), file=sys.stderr)
    sys.stderr.flush()


def watch(items: Iterable[T], words: str) -> Iterator[T]:
    """The items one by one; after two seconds a bar on the terminal says how many are done, and goes at the end."""
    yield from tqdm(items, words, delay=SECONDS_BEFORE_FIRST, leave=False, disable=None, dynamic_ncols=True)


@contextmanager
def said_if_long(text: str, *, quiet: bool = False) -> Iterator[None]:
    """Say a text where what is done meanwhile takes two seconds or more."""
    timer = Timer(SECONDS_BEFORE_FIRST, say, [text])
    timer.daemon = True
    if not quiet:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def is_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    return "ipykernel" in sys.modules and "IPython" in sys.modules


def kind_of_bar() -> Any:
    """The bar that suits: a widget in a notebook that can show one, else of text."""
    if is_notebook() and importlib.util.find_spec("ipywidgets"):
        from tqdm.notebook import tqdm_notebook

        return tqdm_notebook
    return tqdm


class Progress:
    """Counts trainings towards a total and shows the rate and the time left on standard error."""

    def __init__(self, total: int, done: int, *, quiet: bool = False) -> None:
        has_bar = sys.stderr.isatty() or is_notebook()
        self._bar = kind_of_bar()(
            total=total, initial=done, unit=" trainings", unit_scale=True, dynamic_ncols=True, smoothing=0.1,
            disable=quiet or not has_bar,
        )  # fmt: skip
        self._lines = not quiet and not has_bar
        self._total, self._first, self._done = total, done, done
        self._start = time.monotonic()
        self._next_line = self._start + SECONDS_BEFORE_FIRST

    def update(self, n: int) -> None:
        """Count n more trainings."""
        self._done += n
        self._bar.update(n)
        now = time.monotonic()
        if self._lines and now >= self._next_line:
            self._next_line = now + SECONDS_BETWEEN_LINES
            rate = (self._done - self._first) / (now - self._start)
            left = f"{(self._total - self._done) / rate:,.0f} s left" if rate else "time left unknown"
            percent = 100 * self._done / self._total
            print(
                f"{self._done:,} of {self._total:,} trainings ({percent:.0f} %), {rate:,.0f} a second, {left}",
                file=sys.stderr,
                flush=True,
            )

    def start_round(self, number: int, n_open: int, n_points: int, to_go: int) -> None:
        """Say what a round of an adaptive study begins with; trainings to go make the new total."""
        self._total = self._done + to_go
        still = f"{n_open:,} of {n_points:,} points open"
        self._bar.total = self._total
        self._bar.set_postfix_str(still)
        if self._lines:
            print(f"round {number}: {still}, {to_go:,} trainings to go", file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._bar.close()
