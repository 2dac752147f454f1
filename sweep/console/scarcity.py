"""What a command says, from its first import on, where the system gives it too little: a sentence."""

import errno
import os
import sys
import threading
from collections.abc import Iterator
from types import TracebackType

BY_NUMBER = {
    errno.EMFILE: "open files",
    errno.ENFILE: "open files",
    errno.EAGAIN: "processes or threads",
    errno.ENOMEM: "memory",
    errno.ENOSPC: "space on a disk",
}
BY_WORDS = {
    "failed to map segment": "memory",  # a library that is loaded
    "annot allocate memory": "memory",
    "can't start new thread": "processes or threads",
    "Too many open files": "open files",
}
"""Words of errors that have no number, and of those that a worker process sends."""

KILOBYTE = 1024
"""As `ulimit` counts."""
LEAST_ADDRESSES = 1_000_000 * KILOBYTE
"""What `ulimit -v` must allow: with fewer, libraries stand still or die in words of their own while they load."""

MANY_PROCESSES = 100
"""From so many allowed processes and threads on, libraries begin as many threads as they like."""
MODEST = {
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
"""What NumPy's and pyarrow's libraries read when they are loaded: fewer threads, and no gigabyte of addresses kept."""


def what_is_scarce(error: BaseException) -> str:
    """What the system has too little of, where that or what it came from is the error; else empty."""
    for one in _behind(error):
        if isinstance(one, OSError) and one.errno in BY_NUMBER:
            return BY_NUMBER[one.errno]
        if isinstance(one, MemoryError):
            return "memory"
        if found := next((what for words, what in BY_WORDS.items() if words in str(one)), ""):
            return found
    return ""


def too_little(scarce: str) -> str:
    """The sentence."""
    return (
        f"error: the system gives this command no more {scarce}; what is stored stays: give it more (ulimit -a says "
        "what it may have), or use fewer --workers, and start again"
    )


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _tell(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Python's hook for an error that nobody catches, as of an import."""
    if scarce := what_is_scarce(error):
        print(too_little(scarce), file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, traceback)


def _tell_of_thread(arguments: threading.ExceptHookArgs) -> None:
    """Python's hook for the end of a thread by an error; who misses the thread says what is scarce."""
    if arguments.exc_value is None or not what_is_scarce(arguments.exc_value):
        threading.__excepthook__(arguments)


def _look_at_limits() -> None:
    """Have libraries take little where little is allowed; end where it is too little for the imports that follow."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    addresses, processes = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC))
    is_limited = addresses != resource.RLIM_INFINITY
    if is_limited or 0 <= processes < MANY_PROCESSES:  # no limit is -1
        for name, value in MODEST.items():
            os.environ.setdefault(name, value)
    if is_limited and addresses < LEAST_ADDRESSES:
        sys.exit(
            f"error: the limit of addresses was given as {addresses // KILOBYTE:,} kB; allowed are "
            f"{LEAST_ADDRESSES // KILOBYTE:,} kB and above, which the libraries need: raise it (ulimit -v)"
        )


# Python says this while it imports the package of the module that it is to run.
if sys.argv[:1] == ["-m"]:
    sys.excepthook, threading.excepthook = _tell, _tell_of_thread
    _look_at_limits()
