"""Where state and caches of a user lie."""

import os
from pathlib import Path


def user_folder(variable: str, *default: str) -> Path | None:
    """This project's folder among those of a kind, which may not exist yet; None for a user without a home.

    Args:
        variable: that names the folder of the kind (XDG Base Directory Specification 0.8).
        default: its path below the user's home, where the variable is not set.
    """
    kind = os.environ.get(variable) or os.path.join(os.path.expanduser("~"), *default)
    return Path(kind, "initialization-sweep") if os.path.isabs(kind) else None
