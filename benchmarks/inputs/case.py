"""One input: a command in a folder of its own, run in a forked process, and what is wrong with how it ended."""

import gc
import hashlib
import importlib
import json
import os
import re
import resource
import select
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.inputs.values import SECRET
from sweep.execution.processes import Processes, start_worker, stop_worker

SECONDS, SECONDS_TO_END = 5.0, 15.0
"""After which a command is interrupted as by Ctrl-C, and after which, being interrupted, it counts as hung."""
MEMORY = 2_000_000_000
"""Bytes that a command may take beyond what the process has when it is forked."""
NOBODY = 65_534
PLACE = "a/b/c"
"""Of the folder that a command runs in, beneath the one that is looked through for what it wrote."""
STATES = {0: "answer", 1: "exit 1", 2: "exit 2", 130: "interrupted"}
WRITING = ("sweep.run", "sweep.merge")
"""Commands that may write to a store."""
OUTPUTS = {"report": "report.html", "figures": "figures", "recipes": "figures"}
LOOSEN = "loosen"
"""Stands in a case for a change of all tables, so that they take values of any type."""
SENTENCE = re.compile(r"(error|python -m [\w.]+( \w+)?: error): [^\n]+\n")
TOLD = re.compile(
    r"(warning: |Stored |Training on |[\d,]+ (trainings? that|of [\d,]+ trainings)|round \d|\S+ holds trainings of)"
)


@dataclass(frozen=True)
class Case:
    """What is put into a folder beside the template's files, and the command that then runs there.

    Attributes:
        module: of the command.
        arguments: of the command.
        files: path -> content, of more files.
        statements: file, SQL and values, of what is changed in the stores.
        prints: whether an error may have lines of the user's own code.
        environment: variables of the command.
    """

    module: str
    arguments: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...] = ()
    statements: tuple[tuple[str, str, tuple[Any, ...]], ...] = ()
    prints: bool = False
    environment: tuple[tuple[str, str], ...] = field(default=())


class Outcome(NamedTuple):
    """How a command ended.

    Attributes:
        state: answer, exit 1, exit 2, interrupted, or what else became of it.
        wrong: what is wrong with it, a sentence each; empty where all is well.
        output: what it printed.
        error: what it printed on standard error.
        unasked: files that it wrote or changed though nobody asked for them.
        seconds: that it took.
        memory: bytes that it had at most, those of the process that it was forked from among them.
    """

    state: str
    wrong: tuple[str, ...]
    output: str
    error: str
    unasked: tuple[str, ...]
    seconds: float
    memory: int


class Here(Processes):
    """A thread of this process in place of processes, whose start would take most of the time."""

    def open(self) -> Executor:
        """See Backend."""
        return OneThread(1, initializer=start_worker, initargs=(self._url,))


class OneThread(ThreadPoolExecutor):
    """A thread that closes its store in the end, as a process does."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """See Executor."""
        self.submit(stop_worker)
        super().shutdown(wait, cancel_futures=False)


def run_case(
    case: Case, template: Path, watched: Callable[[], object] = lambda: None, seconds: float = SECONDS
) -> Outcome:
    """Run a case to its end.

    Args:
        case: is run in a copy of the template.
        template: a folder.
        watched: gives what else, beside files, a command that reads may not change.
        seconds: after which it is interrupted.
    """
    with tempfile.TemporaryDirectory(prefix="inputs-") as base, tempfile.TemporaryFile() as out:
        os.chmod(base, 0o777)
        with tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as state:
            seen = watched()
            process, start = os.fork(), time.monotonic()
            if not process:
                _be(case, template, Path(base), out.fileno(), err.fileno(), state.fileno())
            code, note, memory = _wait(process, seconds)
            took = time.monotonic() - start
            texts = []
            for file in (out, err, state):
                file.seek(0)
                texts.append(file.read().decode("utf-8", "backslashreplace"))
            before, after = json.loads(texts[2] or "{}"), snapshot(Path(base))
            changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
            unasked = [path for path in changed if code == 2 or not is_asked(case, path, path in before)]
            if case.module not in WRITING and watched() != seen:
                unasked.append("the database")
            wrong = [*([note] if note else judge(case, code, *texts[:2])), *(f"unasked: {path}" for path in unasked)]
            shown = [*texts[:2], *(path for path in after), *map(read, (Path(base, path) for path in changed))]
            if any(SECRET in text for text in shown):
                wrong.append("password")
    return Outcome(STATES.get(code, f"exit {code}"), tuple(wrong), *texts[:2], tuple(unasked), took, memory)


def read(path: Path) -> str:
    """A file's bytes as characters; empty of what is none."""
    return path.read_bytes().decode("latin-1") if path.is_file() else ""


def judge(case: Case, code: int, output: str, error: str) -> list[str]:
    """What is wrong with how a command ended."""
    wrong = [] if code in STATES else [f"exit code {code}"]
    if "Traceback" in error or "Traceback" in output:
        wrong.append("traceback")
    odd = {one for one in output + error if not (one.isprintable() or one in "\n\t")}
    if odd:
        wrong.append(f"prints {sorted(odd)!r}")
    if code == 2 and not SENTENCE.fullmatch(error) and not case.prints:
        wrong.append("no sentence")
    lines = [line for line in error.splitlines(keepends=True) if not TOLD.match(line)]
    if (
        code == 1
        and not case.prints
        and not (SENTENCE.fullmatch("".join(lines)) or (case.module == "sweep.check" and output))
    ):
        wrong.append("no sentence")
    if "Warning" in error and not case.prints:
        wrong.append("warning")
    return wrong


def is_asked(case: Case, path: str, is_there: bool) -> bool:
    """Whether a command of these arguments was asked to write to this path beneath the base; a store that is there is
    not written over."""
    place = os.path.relpath(path, PLACE)
    is_writing = case.module in WRITING
    if is_writing and place.startswith("state"):
        return True
    named = {word for argument in case.arguments for word in (argument, argument.partition("=")[2]) if word}
    named |= {word.removeprefix("sqlite:///") for word in named}
    named |= {OUTPUTS[word] for word in case.arguments if word in OUTPUTS}
    if is_writing:
        named.add("sweep.sqlite3")
    elif is_there and place.endswith((".sqlite3", "-wal", "-shm")):
        return False
    names = {readable(os.path.normpath(word)) for word in named}
    ended = {f"{name}{ending}" for name in names for ending in ("", "-wal", "-shm", ".json")}
    parents = {place, *map(str, Path(place).parents)} - {"."}
    return bool(parents & ended) or any(Path(name).is_relative_to(place) for name in names if name != ".")


def snapshot(base: Path) -> dict[str, str]:
    """Path -> digest of every file, and of no folder, beneath a folder."""
    found = {}
    for folder, folders, files in os.walk(base):
        for name in folders:
            found[os.path.relpath(os.path.join(folder, name), base)] = "folder"
        for name in files:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, base)] = hashlib.sha256(file.read()).hexdigest()
    return {readable(path): digest for path, digest in found.items()}


def readable(path: str) -> str:
    """A path in characters, its bytes that are no UTF-8 as Python writes them."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _wait(process: int, seconds: float) -> tuple[int, str, int]:
    """The exit code of a command, interrupted and then killed where it takes long; what is wrong with that; and the
    bytes that it had at most."""
    end = os.pidfd_open(process)
    poll = select.poll()
    poll.register(end, select.POLLIN)
    note = ""
    if not poll.poll(1000 * seconds):
        os.kill(process, signal.SIGINT)
        if not poll.poll(1000 * SECONDS_TO_END):
            note = "hung"
            os.killpg(process, signal.SIGKILL)
    os.close(end)
    _, status, used = os.wait4(process, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0 and not note:
        note = f"killed by signal {-code}"
    return code, note, 1024 * used.ru_maxrss


def _be(case: Case, template: Path, base: Path, out: int, err: int, state: int) -> None:
    """Be the command to its end, as nobody where this is root's process: a path may lead anywhere."""
    code = 99
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        gc.callbacks.clear()  # hypothesis has one, in which an interrupt is lost
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        folder = base / PLACE
        folder.parent.mkdir(parents=True)
        shutil.copytree(template, folder)
        prepare(case, folder)
        os.write(state, json.dumps(snapshot(base)).encode())
        os.chdir(folder)
        os.environ.update({"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), **dict(case.environment)})
        limit = _bytes_in_use() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        running = importlib.import_module("sweep.execution.running")
        vars(running)["Processes"] = Here
        sys.argv = [case.module, *case.arguments]
        from sweep.console.command import run_command

        run_command(importlib.import_module(case.module).main)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        code = 1
    finally:
        with suppress(Exception):
            sys.stdout.flush()
        with suppress(Exception):
            sys.stderr.flush()
        os._exit(code)


def prepare(case: Case, folder: Path) -> None:
    """Put a case's own files into its folder, and change the stores there."""
    for name, content in case.files:
        (folder / name).write_bytes(content)
    for name, statement, values in case.statements:
        if statement == LOOSEN:
            loosen(folder / name)
            continue
        with closing(sqlite3.connect(folder / name)) as database, database, suppress(sqlite3.Error):
            database.execute(statement, values)


def loosen(path: Path) -> None:
    """Have a store's tables take values of any type, as those that another program made may."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA writable_schema = ON")
        for name, text in database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall():
            loose = re.sub(
                r"\) STRICT(, WITHOUT)?", lambda found: ") WITHOUT" if found[1] else ")", text.replace(" NOT NULL", "")
            )
            loose = re.sub(r"(?<=\w) (INTEGER|REAL|TEXT|BLOB)(?! PRIMARY)", "", loose)
            database.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (loose, name))
        database.commit()


def _bytes_in_use() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
