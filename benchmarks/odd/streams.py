"""Standard streams that are closed, full or read to their first line alone."""

from benchmarks.odd.asked import READING, STORE
from benchmarks.odd.case import case, cases
from benchmarks.odd.place import Ended, Odd


@cases([
    ("standard output closed", 'exec "$@" >&-'),
    ("standard error closed", 'exec "$@" 2>&-'),
    ("standard input closed", 'exec "$@" <&-'),
    ("all three closed", 'exec "$@" <&- >&- 2>&-'),
    ("standard error on a full disk", 'exec "$@" 2>/dev/full'),
])  # fmt: skip
def every_command_does_its_work(place, shell):
    place.train(odd=Odd(shell), allowed=(0,))
    place.complete()
    place.read(odd=Odd(shell), allowed=(0,))


@case("standard output on a full disk")
def every_command_says_so(place):
    odd = Odd('exec "$@" >/dev/full')
    place.train(odd)
    place.complete()
    place.read(odd=odd, allowed=(1,))


HEAD = '{ "$@"; echo $? >../code; } | head -1'
"""A pipe's code is that of its last command, so the other is kept in a file."""


@cases([("output to head -1", HEAD), ("output and errors to head -1", HEAD.replace(";", " 2>&1;", 1))])
def nothing_but_the_first_line_is_shown(place, shell):
    asked = [*place.study.asked, "--store", STORE]
    for command in (asked, *(one.asked for one in READING.values())):
        with place.judging():
            ended = place.end(place.start(command, Odd(shell)), command)
            code = int((place.folder / "code").read_text())
            place.judge(Ended(command, code and -13, ended.out, ended.err), (0, -13))
            place.check_rows(place.study, STORE)
    place.complete()
