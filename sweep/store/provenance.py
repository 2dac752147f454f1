"""What a run was asked and on what it ran, as it is recorded in the store."""

import os
import platform
import secrets
import shlex
import socket
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sweep.console.words import plain, plural
from sweep.errors import DamagedError, UsageError
from sweep.redact import redact
from sweep.sources import digest_of_sources
from sweep.store.base import Store
from sweep.study import Study


def now() -> str:
    """The present time, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def command_line(module: str, arguments: Sequence[str]) -> str:
    """The command as typed, with passwords removed, in plain characters."""
    return plain(redact(f"python -m {module} {shlex.join(arguments)}".strip()))


def describe_run(
    study: Study,
    command: str,
    workers: int,
    cluster: str | None = None,
    file: str | None = None,
    device: str | None = None,
) -> dict[str, Any]:
    """The record of a run that starts now: with its number of workers, the cluster where it is not this machine's, the
    text of the file that the study was in, and the graphics card that trains where the processor does not."""
    started = now()
    return {
        "id": f"{started[:19].replace('-', '').replace(':', '')}-{secrets.token_hex(3)}",
        "study": study.to_dict(),
        "study_identity": study.identity,
        "command": command,
        "started": started,
        "host": socket.gethostname(),
        "process": os.getpid(),
        "workers": workers,
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "platform": platform.platform(),
        "python": sys.version.split()[0],
        "numpy": version("numpy"),
        "llvmlite": version("llvmlite"),
        "sweep": project_version(),
        "git_commit": git_commit(),
        **({} if cluster is None else {"cluster": cluster}),
        **({} if file is None else {"study_file": file}),
        **({} if device is None else {"device": device}),
    }


def project_version() -> str:
    """The version of this project."""
    from sweep import __version__

    return __version__


SOURCES = digest_of_sources()[:8]
"""The digest of this package as this process loaded it."""


def cpu_model() -> str:
    """The processor's name, as far as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def git_commit() -> str | None:
    """The commit this project is checked out at, with "+changes" if files differ from it; None outside a checkout."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        changes = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return commit + ("+changes" if changes.stdout else "")


def recorded_runs(store: Store, needed: Collection[str] = ("id", "study")) -> list[dict[str, Any]]:
    """The runs in a store, whose records say what is needed, and everything in the type that it has.

    Raises:
        DamagedError: one does not; a store may be anybody's.
    """
    runs = store.runs()
    for run in runs:
        if off := [name for name in off_in(run) if name in run or name in needed]:
            raise DamagedError(
                f"{store.name} holds a run whose record lacks its {', '.join(off)}, or says it in another type; "
                "`python -m sweep.check` lists what is off"
            )
    return runs


def recorded_study(store: Store, run: Mapping[str, Any]) -> Study:
    """The study of a run's record.

    Raises:
        DamagedError: it cannot be read.
    """
    try:
        return Study.from_dict(run["study"])
    except UsageError as error:
        raise DamagedError(
            f"{store.name} holds a run whose study cannot be read ({error}); `python -m sweep.check` lists what is off"
        ) from error


def off_in(run: Mapping[str, Any]) -> list[str]:
    """The fields of a run's record that are missing or of another type than they have."""
    return [
        name
        for name, kind in RUN_FIELDS.items()
        if name not in run or not isinstance(run[name], kind) or isinstance(run[name], bool)
    ]


def run_state(run: dict[str, Any]) -> str:
    """The recorded state; "killed" for a run that is recorded as running on this host by a process that is gone."""
    is_here = run.get("state") == "running" and run.get("host") == socket.gethostname()
    if is_here and not is_alive(run.get("process")):
        return "killed"
    return str(run.get("state"))


def workers_of(run: dict[str, Any]) -> str:
    """How many trained, and on which cluster if on any."""
    if "cluster" not in run:
        on_card = f"{run['device']} and " if "device" in run else ""
        return f"{on_card}{plural(run['workers'], 'worker')}"
    return f"{plural(run['workers'], 'thread')} of the cluster at {run['cluster']}"


def is_alive(process: Any) -> bool:
    """Whether a process of that number exists on this host."""
    if os.name == "nt":
        return True  # Windows has no harmless way to ask; os.kill would end the process.
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError, TypeError):
        return False
    except PermissionError:
        return True
    return True


RUN_FIELDS: dict[str, Any] = {
    "id": str, "study": dict, "study_identity": str, "command": str, "started": str, "host": str, "process": int,
    "workers": int, "cpu": str, "cores": int | None, "platform": str, "python": str, "numpy": str,
    "sweep": str, "git_commit": str | None, "ended": str | None, "state": str,
}  # fmt: skip
"""What is known of every run -> of what type it is."""
