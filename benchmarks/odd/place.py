"""A folder in which commands are run in odd environments, and the judgement over how each of them ended."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.odd.asked import LONG, READING, STORE, digest
from tests.commands import PROGRESS, ROOT
from tests.execution.faults.studies import Ledger, rows

SECONDS = 120
KEPT = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
"""Variables that a command has of this process's."""
NEVER = re.compile(r"Traceback \(most|Exception ignored|Fatal Python error|Segmentation|core dumped|LLVM ERROR")
SAID = re.compile(
    r"Waiting for up to|answers again after|trainings? that could not be stored|could neither be stored nor kept|"
    r"^A worker process died|^Stored .* that an earlier run had kept|^warning: the store could not be told|"
    r"^warning: no machine code can be kept|^Matplotlib |^mkdir -p failed for path |is not a writable directory$"
)
"""Lines beside the one sentence."""
SENTENCE = re.compile(r"(error: |python -m [\w.]+(?: \w+)?: error: )\S.*")


class WrongError(Exception):
    """A command ended as none may."""


@dataclass
class Odd:
    """How a command is started where all is not as usual.

    Attributes:
        shell: what bash is given; "$@" is the command.
        environment: variables set, or taken away with None.
        flags: of the interpreter.
        user: number of the user and group that it runs as.
        python: an interpreter.
        folder: the current one, under the place's.
        charset: of the locale.
    """

    shell: str = 'exec "$@"'
    environment: dict = field(default_factory=dict)
    flags: tuple = ()
    user: int | None = None
    python: str = sys.executable
    folder: str = "."
    charset: str = "utf-8"

    def shown(self, text):
        """A text as it is shown in the character set of the locale."""
        return text.encode(self.charset, "replace").decode(self.charset)


USUAL = Odd()


@dataclass
class Ended:
    """A command that has ended; `asked` is its module and arguments."""

    asked: list
    code: int
    out: str
    err: str

    @property
    def lines(self):
        return PROGRESS.sub("", self.err).splitlines()


class Place:
    """A folder `here` with a `home` beside it, and counts of what its commands came to."""

    def __init__(self, folder, home, reference):
        self.folder, self.home, self.reference = Path(folder), Path(home), reference
        self.here = self.folder / "here"
        self.here.mkdir(parents=True)
        self.counts, self.wrong = Counter(), []
        self.ledgers = {}
        self.study = LONG

    def start(self, asked, odd=USUAL, **pipes):
        """Start `python -m ASKED` in a session of its own."""
        usual = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "HOME": str(self.home), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1",
            "XDG_STATE_HOME": str(self.folder / "state"),
        }  # fmt: skip
        environment = {name: value for name, value in (usual | odd.environment).items() if value is not None}
        rights = {} if odd.user is None else {"user": odd.user, "group": odd.user, "extra_groups": []}
        command = [odd.python, *odd.flags, "-m", *map(str, asked)]
        return subprocess.Popen(
            command if odd.shell == Odd.shell else ["bash", "-c", odd.shell, "bash", *command],
            cwd=self.here / odd.folder, env=environment, start_new_session=True, encoding=odd.charset,
            errors="backslashreplace",
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | pipes, **rights,
        )  # fmt: skip

    def end(self, process, asked):
        """Wait for its end, and for that of all that it started."""
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            raise WrongError(f"{asked[0]}: did not end within {SECONDS} s: {process.communicate()[1]}") from None
        if left := _left(process.pid):
            raise WrongError(f"{asked[0]}: processes are left: {left}")
        return Ended(list(asked), process.returncode, out or "", err or "")

    def run(self, asked, odd=USUAL, allowed=(0, 1, 2)):
        """Run a command to its end and judge that; what it came to counts."""
        ended = self.end(self.start(asked, odd), asked)
        self.judge(ended, allowed)
        return ended

    def judge(self, ended, allowed):
        """Raise WrongError where a command ended with another code than allowed, or with anything but one sentence."""
        where = f"{' '.join(map(str, ended.asked))[:60]}…: exit code {ended.code}: {ended.err[-1500:]}"
        if NEVER.search(ended.err + ended.out) or ended.code not in allowed:
            raise WrongError(where)
        beside = [line for line in ended.lines if not SAID.search(line)]
        sentences = [line for line in beside if SENTENCE.fullmatch(line)]
        if ended.code in (1, 2) and (len(beside) > 1 or len(sentences) > 1):
            raise WrongError(where)
        if ended.code == 0 and beside:
            raise WrongError(where)
        self.counts["right" if ended.code == 0 else "told" if ended.code in (1, 2) else "signal"] += 1

    def train(self, odd=USUAL, study=LONG, store=STORE, more=(), allowed=(0, 1, 2)):
        """Run a study, and check that nothing is lost and nothing else was written."""
        before, asked = self.files(), [*study.asked, "--store", store, *more]
        with self.judging():
            ended = self.end(self.start(asked, odd), asked)
            self.judged_run(ended, study, store, allowed)
            self.check_files(before, store)

    def judged_run(self, ended, study=LONG, store=STORE, allowed=(0, 1, 2)):
        """Judge a run of the study that has ended."""
        self.judge(ended, allowed)
        self.check_rows(study, store, complete=ended.code == 0)
        if ended.code == 0 and study.answer_in(ended.out) not in (study.answer, []):
            raise WrongError(f"another answer: {ended.out}")

    def complete(self, study=LONG, store=STORE, odd=USUAL):
        """Run the same command under normal conditions: it completes the study and leaves the store alone behind."""
        with self.judging():
            ended = self.end(self.start(asked := [*study.asked, "--store", store], odd), asked)
            self.judge(ended, (0,))
            if study.answer_in(ended.out) != study.answer:
                raise WrongError(f"another answer: {ended.out}")
            self.check_rows(study, store, complete=True)
            if left := [
                name
                for name in self.files()
                if re.match(r"(here/)?state/.*npz|here/unstored-|here/.*-(wal|shm)$", name)
            ]:
                raise WrongError(f"left behind: {left}")

    @contextmanager
    def judging(self):
        """Keep what is wrong, and go on with the next command."""
        try:
            yield
        except WrongError as error:
            self.wrong.append(str(error))

    def check_rows(self, study, store, complete=False):
        """Compare what a store holds with the records of an uninterrupted run, and with what it held before."""
        path = self.here / store.removeprefix("sqlite:///")
        ledger = self.ledgers.setdefault(store, Ledger(study.rows))
        found = _rows(path) if path.is_file() and os.stat(path).st_size else []
        (ledger.check_complete if complete else ledger.check)(found)
        if ledger.faults != (0, 0, 0):
            raise WrongError("records lost {}, doubled {}, different {}".format(*ledger.faults))

    def files(self):
        """Name -> size of every file and folder here."""
        found = {}
        for folder, folders, names in os.walk(self.folder):
            for name in (*folders, *names):
                with suppress(FileNotFoundError):
                    path = Path(folder, name)
                    found[str(path.relative_to(self.folder))] = path.lstat().st_size
        return found

    def check_files(self, before, *asked):
        """Raise WrongError where something was written that was not asked for."""
        paths = [os.path.relpath(os.path.normpath(self.here / name), self.folder) for name in asked]
        allowed = [re.escape(path) + r"(-wal|-shm|-journal)?(/.*)?" for path in paths]
        allowed.append(r"(here/)?state(/initialization-sweep(/unstored-\w+-\w+\.npz)?)?|here/unstored-\w+-\w+\.npz")
        new = [name for name in self.files() if name not in before and not re.fullmatch("|".join(allowed), name)]
        if new:
            raise WrongError(f"written without being asked for: {new}")

    def give_store(self):
        """Put a complete store here."""
        self.ledgers.pop(STORE, None)
        shutil.copyfile(self.reference.store, self.here / STORE)

    def read(self, names=tuple(READING), odd=USUAL, allowed=(0, 1, 2), beside=()):
        """Run reading commands on a complete store; what they print and write is as usual, or they say one sentence.

        Logs may be left beside the files `beside`.
        """
        self.give_store()
        for name in names:
            before, command = self.files(), READING[name]
            with self.judging():
                ended = self.run(command.asked, odd, allowed)
                if ended.code == 0 and ended.out not in (odd.shown(self.reference.of(name)[0]), ""):
                    raise WrongError(f"{name} printed: {ended.out[:400]}")
                self.check_files(before, *command.writes, *beside)
                self.check_rows(LONG, STORE, complete=True)
                self.compare_written(name, ended)

    def compare_written(self, name, ended):
        for path in READING[name].writes:
            written = digest(self.here / path)
            if ended.code == 0 and written != self.reference.of(name)[1][path]:
                raise WrongError(f"{name} wrote another {path}")
            shutil.rmtree(self.here / path, ignore_errors=True)
            (self.here / path).unlink(missing_ok=True)


def _rows(path):
    try:
        return rows(str(path))
    except sqlite3.OperationalError:  # a full disk has no room for what reading a log takes
        with tempfile.TemporaryDirectory() as folder:
            for beside in ("", "-wal"):
                with suppress(FileNotFoundError):
                    shutil.copyfile(f"{path}{beside}", f"{folder}/copy{beside}")
            return rows(f"{folder}/copy")


def _left(session):
    """The processes of a session that are still there after a moment."""
    until = time.monotonic() + 5
    while found := [pid for pid in os.listdir("/proc") if pid.isdigit() and _session(pid) == session]:
        if time.monotonic() > until:
            return found
        time.sleep(0.02)
    return []


def _session(pid):
    with suppress(OSError):
        state, _, _, session = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:4]
        return None if state == "Z" else int(session)
