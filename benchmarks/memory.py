"""The memory of a run's processes while it is under way, as Linux counts it."""

import re
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

KINDS = ("RSS", "PSS")
"""All memory of a process that lies in the machine's, and the same with what it shares with others divided by their
number."""
SECONDS = 1.0
"""Between two looks."""


class Sample(NamedTuple):
    """Memory of one process at one moment: seconds from the start, what it does, and MB."""

    seconds: float
    role: str
    rss: float
    pss: float


def children_of(pid: int) -> list[int]:
    """The processes that a process started; none where it has ended."""
    with suppress(OSError):
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    return []


def workers_of(pid: int, word: bytes = b"spawn_main") -> list[int]:
    """The processes of a run that train, or those whose command has another word of multiprocessing's."""
    found = []
    for child in children_of(pid):
        with suppress(OSError):
            if word in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def family_of(pid: int) -> list[int]:
    """A process and all that it and those started."""
    return [pid, *(one for child in children_of(pid) for one in family_of(child))]


def memory_of(pid: int) -> tuple[float, float] | None:
    """RSS and PSS in MB; None of a process that has ended."""
    with suppress(OSError):
        found = dict(re.findall(r"^(Rss|Pss):\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M))
        if found:
            return int(found["Rss"]) / 1024, int(found["Pss"]) / 1024
    return None


@contextmanager
def watched(roles: Callable[[], Iterable[tuple[str, int]]]) -> Iterator[list[Sample]]:
    """Look every second at the processes that `roles` gives with what they do; the list grows meanwhile."""
    samples: list[Sample] = []
    over, begun = threading.Event(), time.monotonic()

    def look() -> None:
        while not over.wait(SECONDS):
            for role, pid in roles():
                if memory := memory_of(pid):
                    samples.append(Sample(time.monotonic() - begun, role, *memory))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


def table(samples: list[Sample], parts: int = 10) -> Iterator[str]:
    """Lines of a Markdown table: least, median and most memory of each role's processes in every tenth of the time."""
    roles = list(dict.fromkeys(sample.role for sample in samples))
    end = max(sample.seconds for sample in samples)
    yield f"| tenth of the time | {' | '.join(f'{role}, {kind}' for role in roles for kind in KINDS)} |"
    yield f"|---:|{'---:|' * len(roles) * len(KINDS)}"
    for part in range(parts):
        within = [one for one in samples if min(int(one.seconds / end * parts), parts - 1) == part]
        cells = (
            _spread([getattr(one, kind.lower()) for one in within if one.role == role])
            for role in roles
            for kind in KINDS
        )
        yield f"| {part + 1} | {' | '.join(cells)} |"


def _spread(values: list[float]) -> str:
    return f"{min(values):,.0f}, {statistics.median(values):,.0f}, {max(values):,.0f}" if values else ""
