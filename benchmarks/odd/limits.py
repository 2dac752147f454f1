"""Few files, few processes, little memory. With fewer than 5 files Python itself does not start."""

from benchmarks.odd.case import cases
from benchmarks.odd.place import Odd
from benchmarks.odd.users import give_away, somebody, without_users


@cases([(f"{n} files at a time", n) for n in (6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 48, 64)])
def few_files(place, n):
    odd = Odd(f'ulimit -n {n}; exec "$@"')
    place.train(odd, more=("--wait", "1"))
    place.complete()
    place.read(("status", "summary", "figures"), odd)


@cases([(f"{n} processes and threads at a time", n) for n in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16)], without_users)
def few_processes(place, n):
    # Of other places no process counts: each has a user of its own.
    user = 60_000 + n
    give_away(place, user)
    odd = somebody(f'ulimit -u {n}; exec "$@"', {"HOME": None}, user)
    place.train(odd, more=("--wait", "1"))
    place.complete(odd=somebody(user=user))
    place.read(("status", "summary", "figures"), odd)


@cases(
    [(f"{n} MB of addresses", n) for n in (50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 1000, 1500)]
)
def little_memory(place, n):
    odd = Odd(f'ulimit -v {n}000; exec "$@"')
    place.train(odd, more=("--wait", "1"))
    place.complete()
    place.read(("status", "summary", "figures"), odd)
