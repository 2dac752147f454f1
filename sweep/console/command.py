"""What the command lines share: options, errors in one sentence, exit codes."""

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NoReturn

from sweep.errors import FailedError, UsageError
from sweep.redact import redact

USAGE, FAILURE, INTERRUPTED = 2, 1, 130
DEFAULT_STORE = "sweep.sqlite3"


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence, without any password that was typed."""

    def error(self, message: str) -> NoReturn:
        """Print the message and leave with exit code 2."""
        self.exit(USAGE, f"{self.prog}: error: {redact(message)} (see {self.prog} --help)\n")


def whole_number(text: str) -> int:
    """A whole number as argparse wants it read.

    Raises:
        argparse.ArgumentTypeError: the text is none.
    """
    try:
        return int(text.replace("_", ""))
    except ValueError:
        raise argparse.ArgumentTypeError(f"was given as {text!r}; allowed is a whole number") from None


def number(text: str) -> float:
    """A number as argparse wants it read.

    Raises:
        argparse.ArgumentTypeError: the text is none.
    """
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"was given as {text!r}; allowed is a number") from None


def default_store() -> str:
    """The store that is used where none is named."""
    return os.environ.get("SWEEP_STORE") or DEFAULT_STORE


def add_store_option(parser: argparse.ArgumentParser) -> None:
    """Add --store."""
    parser.add_argument(
        "--store",
        metavar="URL",
        default=default_store(),
        help="where results are kept: PATH or sqlite:///PATH, mongodb://HOST[:PORT][/DATABASE] or mongodb+srv://… "
        f"(default: $SWEEP_STORE, else {DEFAULT_STORE} in the current folder)",
    )


def store_option(url: str) -> str:
    """The --store that a next command needs, empty where the default is the same store."""
    return "" if url == default_store() else f" --store {shlex.quote(redact(url))}"


def run_command(main: Callable[[Sequence[str]], int]) -> NoReturn:
    """Run a command line to its exit code: 0, 2 for usage, 1 for failure, 130 for an interrupt."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except (UsageError, FailedError) as error:
        print(f"error: {redact(str(error))}", file=sys.stderr)
        code = USAGE if isinstance(error, UsageError) else FAILURE
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has left; Python would complain once more on its own flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILURE
    sys.exit(code)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Be interrupted as by Ctrl-C: held back where that is, but not ignored where that is, as of a job with `&`."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)
