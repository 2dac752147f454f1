"""What the studies and the commands that read one come to where nothing is odd."""

from threading import Lock

from benchmarks.odd.asked import LONG, READING, SLOW, STORE, digest
from benchmarks.odd.place import Place
from tests.execution.faults.studies import rows


class Reference:
    """Runs what is asked of once, in a folder of its own; `store` is a complete store of LONG."""

    def __init__(self, folder, home):
        self._place, self._found, self._lock = Place(folder, home, self), {}, Lock()
        self.store = self._place.here / STORE
        for study, store in ((SLOW, "slow.sqlite3"), (LONG, STORE)):
            asked = [*study.asked, "--store", store]
            ended = self._place.end(self._place.start(asked), asked)
            self._place.judge(ended, (0,))
            study.rows[:], study.answer[:] = rows(str(self._place.here / store)), study.answer_in(ended.out)

    def of(self, name):
        """What a reading command prints, and for every path what it writes there."""
        with self._lock:
            if name not in self._found:
                command = READING[name]
                printed = self._place.run(command.asked, allowed=(0,)).out
                self._found[name] = printed, {path: digest(self._place.here / path) for path in command.writes}
            return self._found[name]
