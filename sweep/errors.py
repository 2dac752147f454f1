"""The errors that a person is told about in one sentence, without a traceback."""


class UsageError(ValueError):
    """What was asked for is not allowed; the message names the value given and what is allowed (exit code 2)."""


UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What Python raises on values that are not as they should be."""


def unreadable(what: str, error: Exception) -> UsageError:
    """The error on the record of something, of what went wrong when it was read."""
    if isinstance(error, UsageError):
        return error
    return UsageError(f"the record of {what} cannot be read ({error!r})")


class FailedError(RuntimeError):
    """What was asked for is allowed but failed; the message says why and what to do (exit code 1)."""


class FunctionError(FailedError):
    """A user's function failed; the message holds the traceback of its own lines."""


class StoreError(FailedError):
    """The store could not be reached, read or written; the message names it and the remedy."""


class DamagedError(StoreError):
    """A stored record cannot be read; the message says which point's."""


class StoreUnavailableError(StoreError):
    """The same call may succeed later: no server answers, another program holds a lock, the disk is full."""


class WorkerError(FailedError):
    """A worker process died again and again."""
