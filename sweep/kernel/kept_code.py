"""Machine code on disk: what one process has compiled, all later ones take."""

import hashlib
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from sweep.user_folder import user_folder

KEPT_DAYS = 30
"""How long code of other sources is kept after it was last read or written: they may be in use by a process that began
before they were changed, or come back with a branch."""
MOST_KEPT = 200
"""Files of other sources that are kept at most."""
DIGEST_BYTES = 32


def folder() -> Path | None:
    """Where code is kept: in the user's folder for caches. A user without a home has none."""
    return user_folder("XDG_CACHE_HOME", ".cache")


def read(name: str) -> bytes | None:
    """Code that was kept by that name; None where there is none, or a part of it."""
    place = folder()
    if place is None:
        return None
    try:
        kept = (place / name).read_bytes()
    except OSError:
        return None
    digest, code = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
    return code if hashlib.sha256(code).digest() == digest else None


def keep(name: str, code: bytes) -> None:
    """Keep code for later processes, and remove what is old: files of other sources, which begin otherwise.

    Where nothing can be written or removed, nothing is: what is not kept is compiled again.

    Args:
        name: digits of a digest of the sources, a hyphen, and what tells codes of these sources apart.
        code: that may have been read by others as a part of it, which they see.

    Examples:
        >>> keep("0123abcd-1", b"code")
        >>> read("0123abcd-1"), read("0123abcd-2")
        (b'code', None)
    """
    place = folder()
    if place is None:
        return
    beside = place / f"{name}.{secrets.token_hex(4)}.part"
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(hashlib.sha256(code).digest() + code)
            os.replace(beside, place / name)
        finally:
            with suppress(OSError):
                beside.unlink()
        _remove_old(place, name.partition("-")[0])


def _remove_old(place: Path, sources: str) -> None:
    others: list[tuple[float, Path]] = []
    for path in place.iterdir():
        if not path.name.startswith(f"{sources}-") or path.suffix:  # of a file that nobody went on to write
            with suppress(OSError):  # another process was first
                stat = path.stat()
                others.append((max(stat.st_mtime, stat.st_atime), path))
    oldest_kept = time.time() - KEPT_DAYS * 24 * 3600
    for rank, (used, path) in enumerate(sorted(others, reverse=True)):
        if rank >= MOST_KEPT or used < oldest_kept:
            with suppress(OSError):
                path.unlink()
