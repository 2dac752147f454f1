"""What the command lines share: options, errors in one sentence, exit codes."""

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TextIO, cast

from sweep.console.scarcity import too_little, what_is_scarce
from sweep.console.signals import leave_signals, take_signals
from sweep.console.streams import take_streams
from sweep.console.words import plain
from sweep.errors import FailedError, FunctionError, UsageError
from sweep.redact import redact

USAGE, FAILURE, INTERRUPTED = 2, 1, 130
DEFAULT_STORE = "sweep.sqlite3"


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one sentence, without any password that was typed."""

    def error(self, message: str) -> NoReturn:
        """Print the message and leave with exit code 2."""
        self.exit(USAGE, f"{self.prog}: error: {plain(redact(message), '')} (see {self.prog} --help)\n")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            return self._get_value(action, "--")  # typed as --OPTION=--, which Python before 3.13 takes for nothing
        return super()._get_values(action, arg_strings)


class PlainOutput:
    """Standard output in plain characters: names and what stores say may be anybody's, and steer no terminal.

    Args:
        inside: what is written to; its `buffer` takes everything.
    """

    def __init__(self, inside: TextIO) -> None:
        self._inside = inside

    def write(self, text: str) -> int:
        """Write a text."""
        self._inside.write(plain(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inside, name)


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


def add_store_option(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add --store, by which one store is named, or where `several` may be a list of one or more."""
    parser.add_argument(
        "--store",
        metavar="URL",
        action=_Listed if several else "store",
        default=[default_store()] if several else default_store(),
        help="where results are kept: PATH or sqlite:///PATH, mongodb://HOST[:PORT][/DATABASE] or mongodb+srv://… "
        f"(default: $SWEEP_STORE, else {DEFAULT_STORE} in the current folder)"
        f"{'; repeatable: several are read as one, a training that they share once' if several else ''}",
    )


class _Listed(argparse.Action):
    """Lists what an option is given in place of its default, each time one more."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        """See argparse.Action."""
        given = getattr(namespace, self.dest)
        setattr(namespace, self.dest, [*([] if given is self.default else given), values])


def store_option(url: str | Sequence[str]) -> str:
    """The --store that a next command needs, one for each store; empty where the default is the same store."""
    urls = [url] if isinstance(url, str) else url
    return "" if [*urls] == [default_store()] else "".join(f" --store {shlex.quote(redact(one))}" for one in urls)


def run_command(main: Callable[[Sequence[str]], int]) -> NoReturn:
    """Run a command line to its exit code: 0, 2 for usage, 1 for failure, 130 for an interrupt."""
    take_streams()
    take_signals()
    sys.stdout = cast(TextIO, PlainOutput(sys.stdout))
    try:
        _check_folder()
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except (UsageError, FailedError) as error:
        lines = "\n\t" if isinstance(error, FunctionError) else ""  # of the user's own code
        print(f"error: {plain(redact(str(error)), lines)}", file=sys.stderr)
        code = USAGE if isinstance(error, UsageError) else FAILURE
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        code = INTERRUPTED
    except BrokenPipeError:  # whoever read the output has left
        code = FAILURE
    except (OSError, MemoryError, RuntimeError, ImportError) as error:
        if not (scarce := what_is_scarce(error)):
            raise
        print(too_little(scarce), file=sys.stderr)
        code = FAILURE
    leave_signals()
    sys.exit(code)


def _check_folder() -> None:
    """Raise FailedError where the current folder is gone: every path begins there."""
    try:
        os.getcwd()
    except OSError as error:
        raise FailedError(f"the current folder cannot be used ({error.strerror}); go to one that exists") from error
