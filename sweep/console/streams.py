"""The standard streams of a command, whatever it was started with: closed, full, or with nobody who reads."""

import errno
import io
import os
import sys
import time
from typing import IO, Any

from sweep.errors import FailedError

CANNOT_SHOW = "replace"
"""Of a character that the output's encoding lacks."""
SECONDS_TO_SIGNAL = 0.2
"""A terminal that goes takes no output from a moment before it sends SIGHUP."""


def take_streams() -> None:
    """Have all three standard streams lead somewhere, and say in one sentence where output cannot be written.

    Closed ones lead nowhere; else the next file that is opened, such as a store, would get their numbers. Standard
    error leads nowhere once it fails: who cannot be told any more has no part in the work.
    """
    for name, mode, kind in (("stdin", "r", None), ("stdout", "w", Output), ("stderr", "w", Errors)):
        stream: Any = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 - as long as the process lives
            os.set_inheritable(stream.fileno(), True)
        elif kind is not None:
            stream = _guarded(stream, kind)
        setattr(sys, name, stream)


def _guarded(stream: Any, kind: "type[Errors]") -> IO[str]:
    bytes_of = stream.buffer
    is_direct = not hasattr(bytes_of, "raw")  # as of python -u
    raw = kind(stream, bytes_of if is_direct else bytes_of.raw)
    errors = CANNOT_SHOW if kind is Output else stream.errors
    return io.TextIOWrapper(
        raw if is_direct else io.BufferedWriter(raw),  # type: ignore[type-var]
        stream.encoding,
        errors,
        line_buffering=stream.line_buffering,
        write_through=is_direct,
    )


class Errors(io.RawIOBase):
    """Writes to a standard stream, and nowhere once that fails."""

    def __init__(self, stream: Any, raw: io.RawIOBase) -> None:
        self._stream, self._raw = stream, raw  # a stream that nobody holds closes itself

    def write(self, data: Any) -> int | None:
        """Write what the stream takes of the bytes."""
        try:
            return self._raw.write(data)
        except OSError as error:
            # What is still in buffers must not fail once more, at Python's own end.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._raw.fileno())
            os.close(nowhere)
            self.fail(error)
            return len(data)

    def fail(self, error: OSError) -> None:
        """Raise what is to be raised."""

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """Of the stream."""
        return self._raw.fileno()

    def isatty(self) -> bool:
        """Whether a terminal shows it."""
        return self._raw.isatty()


class Output(Errors):
    """The same, and whoever asked is told, unless nobody reads any more."""

    def fail(self, error: OSError) -> None:
        """Raise BrokenPipeError, or FailedError in words, unless a signal says meanwhile that the terminal has gone."""
        if isinstance(error, BrokenPipeError):
            raise error
        if error.errno == errno.EIO:
            time.sleep(SECONDS_TO_SIGNAL)
        raise FailedError(
            f"the output cannot be written ({error.strerror}); what was stored or written until then is there: free "
            "some space, or send the output elsewhere, and start again"
        ) from error
