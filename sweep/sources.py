"""The digest of this project's own sources, in which two versions under one number differ."""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).parent


def digest_of_sources(*folders: str, package: Path = PACKAGE) -> str:
    """64 hexadecimal digits of SHA-256 over the names and texts of the modules in a package's folders, and below them.

    Args:
        folders: such as "kernel"; the whole package where none is named.
        package: the folder of the package.
    """
    digest = hashlib.sha256()
    for path in sorted(path for folder in folders or (".",) for path in (package / folder).rglob("*.py")):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()} {len(text)}\n".encode() + text)
    return digest.hexdigest()
