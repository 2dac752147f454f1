"""Names and kinds of files as stores."""

import os
import sqlite3
import unicodedata

from benchmarks.odd.asked import LONG, READING, STORE
from benchmarks.odd.case import case, cases
from benchmarks.odd.place import WrongError
from tests.commands import ROOT

NAMES = {
    "composed": unicodedata.normalize("NFC", "Übergröße é.db"),
    "decomposed": unicodedata.normalize("NFD", "Übergröße é.db"),
    "with spaces": " a  store .db ",
    "with quotes": 'it\'s "one".db',
    "with ? # and %": "a?mode=ro#b%20c%.db",
    "with a line's end": "two\nlines.db",
    "as an option begins": "-store.db",
    "of 250 letters": "x" * 250,
    "without the name of a kind": ":memory:",
    "as a URI": "file:x.db?mode=memory",
    "with a backslash": "a\\b.db",
    "with a tab and a bell": "a\tb\a.db",
    "in another script": "网络ゼロ🙂.db",
    "not UTF-8": os.fsdecode(b"not \xff utf-8.db"),
    "relative, with dots": "./.././here/./dots.db",
    "as SQL": "x'; DROP TABLE points; --.db",
    "of one letter": "x",
}


def store_option(name):
    return f"--store={name}"


@cases([(f"a name {words}", name) for words, name in NAMES.items()])
def any_name(place, name):
    asked = [*LONG.asked, store_option(name)]
    for _ in range(2):
        with place.judging():
            before = place.files()
            place.judged_run(place.end(place.start(asked), asked), LONG, name, (0, 1, 2))
            place.check_files(before, os.path.normpath(name))
    for one in (READING["status"], READING["summary"]):
        with place.judging():
            place.run([*one.asked[:-2], store_option(name)])


@cases(
    [
        ("a name of 300 letters", "x" * 300),
        ("a path of 5,000 letters", "x/" * 2500),
        ("a folder", "."),
        ("/dev/null", "/dev/null"),
        ("/dev/full", "/dev/full"),
        ("/dev/zero", "/dev/zero"),
        ("an empty name", ""),
        ("a file in a file", "/etc/hostname/x"),
        ("a folder that is not there", "no/x.db"),
        ("a pipe", "pipe"),
        ("a socket", "socket"),
        ("a link to itself", "loop"),
    ]
)
def no_store(place, name):
    os.mkfifo(place.here / "pipe")
    os.symlink("loop", place.here / "loop")
    import socket

    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(place.here / "socket"))
    before = place.files()
    for asked in (LONG.asked, *(READING[name].asked[:-2] for name in ("status", "check", "summary", "export"))):
        with place.judging():
            place.run([*asked, store_option(name)], allowed=(1, 2))
            place.check_files(before)
    with place.judging():
        place.run(["sweep.merge", name or "''", "--store", "merged.sqlite3"], allowed=(1, 2))
        place.check_files(before)


@cases([("a link to a store", STORE, True), ("a link to nothing", "elsewhere.db", False)])
def links(place, target, is_there):
    if is_there:
        place.give_store()
    os.symlink(target, place.here / "link.db")
    asked = [*LONG.asked, "--store", "link.db"]
    with place.judging():
        place.judged_run(place.end(place.start(asked), asked), LONG, "link.db", (0, 1))
        if is_there and not (place.here / "link.db").is_symlink():
            place.wrong.append("the link was replaced")


def changed(content):
    """A file with another byte in the middle of each of its pages."""
    pages = (content[start : start + 4096] for start in range(0, len(content), 4096))
    return b"".join(page[:2000] + bytes([page[2000] ^ 255]) + page[2001:] for page in pages)


def damage(place, how):
    path = place.here / STORE
    content = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "cut to half": content[: len(content) // 2],
            "cut to its first page": content[:4096],
            "cut to 100 bytes": content[:100],
            "a byte changed in every page": changed(content),
            "a text": b"hidden_std_dev,loss\n1,2\n" * 400,
        }[how]
    )


@cases(
    [
        (f"a file that is {how}", how)
        for how in (
            "empty",
            "cut to half",
            "cut to its first page",
            "cut to 100 bytes",
            "a byte changed in every page",
            "a text",
        )
    ]
)
def damaged(place, how):
    for asked in (LONG.asked, *(READING[name].asked[:-2] for name in ("status", "check", "summary", "export"))):
        place.give_store()
        damage(place, how)
        with place.judging():
            place.run([*asked, "--store", STORE])
    if how != "empty":
        (place.here / STORE).unlink()
    place.complete()


@case("another program's database")
def foreign(place):
    connection = sqlite3.connect(place.here / STORE)
    connection.execute("CREATE TABLE songs (title)")
    connection.close()
    before = (place.here / STORE).read_bytes()
    for asked in (LONG.asked, *(READING[name].asked[:-2] for name in ("status", "check", "summary", "export"))):
        with place.judging():
            place.run([*asked, "--store", STORE], allowed=(1,))
    if (place.here / STORE).read_bytes() != before:
        place.wrong.append("another program's database was changed")


@case("a store of the first format")
def first_format(place):
    path = place.here / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript((ROOT / "tests/store/format_1.sql").read_text())
    connection.close()
    before = path.read_bytes()
    for name in ("status", "summary", "export"):
        with place.judging():
            place.run([*READING[name].asked[:-2], "--store", "old.db"], allowed=(0,))
            if path.read_bytes() != before:
                place.wrong.append(f"{name} changed it")
    check_old(place)
    if path.read_bytes() != before:
        place.wrong.append("a check changed it")
    asked = [*LONG.asked, "--store", "old.db"]
    with place.judging():
        place.judge(place.end(place.start(asked), asked), (0,))
    check_old(place)


def check_old(place):
    """Nothing is off in a store but that the version which made it rounds otherwise."""
    with place.judging():
        ended = place.run(["sweep.check", "--store", "old.db"], allowed=(0, 1))
        found = [line for line in ended.out.splitlines() if line.startswith("- ")]
        if not all("which may round otherwise" in line for line in found) or bool(found) != ended.code:
            raise WrongError(ended.out)
