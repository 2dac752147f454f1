"""What a run was asked and on what it ran, as it is recorded in the store."""

import os
import platform
import secrets
import shlex
import socket
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sweep.console.words import plural
from sweep.redact import redact
from sweep.sources import digest_of_sources
from sweep.study import Study


def now() -> str:
    """The present time, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def command_line(module: str, arguments: Sequence[str]) -> str:
    """The command as typed, with passwords removed."""
    return redact(f"python -m {module} {shlex.join(arguments)}".strip())


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
        "numba": version("numba"),
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


def run_state(run: dict[str, Any]) -> str:
    """The recorded state; "killed" for a run that is recorded as running on this host by a process that is gone."""
    if run["state"] == "running" and run["host"] == socket.gethostname() and not is_alive(run["process"]):
        return "killed"
    return str(run["state"])


def workers_of(run: dict[str, Any]) -> str:
    """How many trained, and on which cluster if on any."""
    if "cluster" not in run:
        on_card = f"{run['device']} and " if "device" in run else ""
        return f"{on_card}{plural(run['workers'], 'worker')}"
    return f"{plural(run['workers'], 'thread')} of the cluster at {run['cluster']}"


def is_alive(process: int) -> bool:
    """Whether a process of that number exists on this host."""
    if os.name == "nt":
        return True  # Windows has no harmless way to ask; os.kill would end the process.
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


RUN_FIELDS = (
    "id", "study", "study_identity", "command", "started", "host", "process", "workers", "cpu", "cores", "platform",
    "python", "numpy", "numba", "sweep", "git_commit", "ended", "state",
)  # fmt: skip
"""What is known of every run."""
