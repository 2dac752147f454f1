"""An error of a user's own code, with the lines of it that are theirs."""

import os
import sysconfig
import traceback
from pathlib import Path

_OURS = str(Path(__file__).parents[1])
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def own_lines(error: BaseException) -> str:
    """The traceback without the lines of this project and of libraries, the files as seen from the current folder."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_own(frame.filename)]
    lines = []
    for frame in frames:
        lines.append(f"  {_shown(frame.filename)}, line {frame.lineno}, in {frame.name}")
        if frame.line:
            lines.append(f"    {frame.line}")
    said = "".join(traceback.format_exception_only(error)).rstrip()
    return "\n".join([*lines, said])


def _is_own(filename: str) -> bool:
    return not filename.startswith((_OURS, "<frozen", *_LIBRARIES))


def _shown(filename: str) -> str:
    relative = os.path.relpath(filename) if os.path.isabs(filename) else filename
    return filename if relative.startswith("..") else relative
