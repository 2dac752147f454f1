"""The errors that a person is told about in one sentence, without a traceback."""


class UsageError(ValueError):
    """What was asked for is not allowed; the message names the value given and what is allowed (exit code 2)."""


class FailedError(RuntimeError):
    """What was asked for is allowed but failed; the message says why and what to do (exit code 1)."""


class StoreError(FailedError):
    """The store could not be reached, read or written; the message names it and the remedy."""


class DamagedError(StoreError):
    """A stored record cannot be read; the message says which point's."""


class StoreUnavailableError(StoreError):
    """The same call may succeed later: no server answers, another program holds a lock, the disk is full."""


class WorkerError(FailedError):
    """A worker process died again and again."""
