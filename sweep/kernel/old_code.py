"""Removes machine code of other sources of this package, which Numba keeps for ever."""

import re
import time
from contextlib import suppress
from pathlib import Path

KEPT_DAYS = 30
"""How long code of other sources is kept after it was last read or written: they may be in use by a process that began
before they were changed, or come back with a branch."""
MOST_KEPT = 200
"""Files of other sources that are kept at most."""
FILE = re.compile(
    r"compiler\.train_lanes_(?:([0-9a-f]{8})_)?[0-9a-f]{16}-\d+\.py\d+\w*\.(?:nbi|\d+\.nbc)(?:\.tmp\.\w+)?"
)
"""What Numba calls the files of this package's code; the first group is of the sources, left out by older versions."""


def remove_old_code(folder: Path, sources: str) -> None:
    """Remove what is old in the folder where Numba keeps this package's code.

    No file of another name is touched, nor any of the sources given. Processes that would have read what is gone
    compile it again; what cannot be removed stays.

    Args:
        folder: that may not exist.
        sources: 8 digits of the digest of the present ones.

    Examples:
        >>> import os
        >>> for name in ("train_lanes_1234567890abcdef-78.py311.nbi", "other-78.py311.nbi"):
        ...     Path(f"compiler.{name}").touch()
        ...     os.utime(f"compiler.{name}", (0, 0))
        >>> remove_old_code(Path(), "00000000")
        >>> [path.name for path in Path().glob("*.nbi")]
        ['compiler.other-78.py311.nbi']
    """
    others: list[tuple[float, Path]] = []
    with suppress(OSError):
        for path in folder.iterdir():
            match = FILE.fullmatch(path.name)
            if match and match[1] != sources:
                with suppress(OSError):
                    stat = path.stat()
                    others.append((max(stat.st_mtime, stat.st_atime), path))
    oldest_kept = time.time() - KEPT_DAYS * 24 * 3600
    for place, (used, path) in enumerate(sorted(others, reverse=True)):
        if place >= MOST_KEPT or used < oldest_kept:
            with suppress(OSError):  # another process was first, or the folder is not to be written
                path.unlink()
