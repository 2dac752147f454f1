"""Made-up command lines, of whatever options the commands have."""

import argparse
import importlib
from collections.abc import Iterator

from hypothesis import strategies as some

from benchmarks.inputs.case import Case
from benchmarks.inputs.values import MARKUP, SECRET, numbers, one_in, small, words
from sweep.recipe import FIELDS
from sweep.recipe.choices import CHOICES
from sweep.recipe.published import NAMES
from tests.warm import COMMANDS

STORES = ("sweep.sqlite3", "data.sqlite3", "own.sqlite3", "map.sqlite3", "none.sqlite3")
CHEAP = (
    ("--recipe", "twenty-lines", "--set", "epochs=3", "--axis", "hidden_std_dev=0.5,1", "--repeats", "2"),
    ("--recipe", "mine.py:mine", "--axis", "hidden_std_dev=0.5,1", "--repeats", "2"),
    ("study.toml",),
    (),
)
"""What `sweep.run` is asked for beside what is made up, so that what is right by chance takes no time."""

stores = (
    some.sampled_from((*STORES, *STORES, "sqlite:///sweep.sqlite3", f"redis://me:{SECRET}@host/db", "data.csv")) | words
)
recipes = (
    some.sampled_from((*NAMES, "mlp", "mine.py:mine", "mine.py:none", "mine.py:", "nothing:x", "json:dumps")) | words
)
fields = (
    some.sampled_from((*FIELDS, "hidden_std_dev.1", "hidden_std_dev.2", "hidden_std_dev.0", "steps", "name")) | words
)
columns = some.sampled_from(("spread", "loss", "seed", "kind", MARKUP[0])) | words
paths = (
    some.sampled_from(
        ("out", "out.csv", "out.html", "out.png", "out.svg", "out.parquet", "out.toml", *STORES, "results.csv")
    )
    | words
)


@some.composite
def settings(draw: some.DrawFn) -> str:
    """FIELD=VALUE."""
    field = draw(fields)
    plain = some.sampled_from(CHOICES[field]) if field in CHOICES else small
    if field == "problem":
        plain = some.sampled_from(("xor", "parity3", "data.csv", "data.csv:kind", "table:0110", "data.csv:nothing"))
    return draw(
        some.one_of(plain.map(lambda value: f"{field}={value}"), words.map(lambda value: f"{field}={value}"), words)
    )


@some.composite
def specs(draw: some.DrawFn) -> str:
    """FIELD=SPEC."""
    field, number = draw(fields), some.one_of(small, numbers)
    spaced = some.builds(lambda *parts: ":".join(parts), some.sampled_from(("log", "lin")), number, number, small)
    listed = some.lists(some.one_of(number, words), min_size=1, max_size=4).map(",".join)
    named = some.just(",".join(CHOICES[field])) if field in CHOICES else listed
    return f"{field}={draw(some.one_of(spaced, listed, named))}"


VALUES = {
    "URL": stores,
    "FROM": stores,
    "FIELD=VALUE": settings(),
    "FIELD=SPEC": specs(),
    "NAME": recipes,
    "COLUMN": columns,
    "FILE": paths | some.just("results.csv"),
    "PATH": paths,
    "FOLDER": paths,
    "FILE.toml": paths | some.just("study.toml"),
    "FILE.py:NAME": recipes,
    "PLACE": some.sampled_from(("tcp://127.0.0.1:1", "data.csv", "tcp://", "inproc://x")) | words,
    "ID": words,
    "KIND": some.sampled_from(("common", "by_spread", "independent")) | words,
}
"""What an option takes, by the name in its help; of any other, numbers and texts."""


def commands() -> Iterator[tuple[str, str | None, argparse.ArgumentParser]]:
    """The module, the word and the options of every command."""
    for module in COMMANDS:
        parser = importlib.import_module(module).build_parser()
        below = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        yield from ((module, word, one) for choices in below for word, one in choices.items())
        if not below:
            yield module, None, parser


def value_of(action: argparse.Action) -> some.SearchStrategy[str]:
    """A value of an option."""
    if action.choices is not None:
        return some.sampled_from(list(action.choices)) | words
    return VALUES.get(str(action.metavar), some.one_of(small, numbers, words))


@some.composite
def option(draw: some.DrawFn, action: argparse.Action) -> list[str]:
    """An option with what it takes."""
    if not action.option_strings:
        n = 1 if action.nargs is None else draw(some.integers(0, 3))
        return [draw(value_of(action)) for _ in range(n)]
    name = draw(some.sampled_from(action.option_strings))
    if action.nargs == 0:
        return [name]
    value = draw(value_of(action))
    return draw(some.sampled_from(([name, value], [f"{name}={value}"])))


@some.composite
def arguments(draw: some.DrawFn, parser: argparse.ArgumentParser) -> list[str]:
    """Some options of a command, now and then with something else among them."""
    actions = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    needed = [action for action in actions if action.required]
    chosen = [] if draw(one_in(10)) else needed
    more = draw(some.lists(some.sampled_from(actions), max_size=4))
    parts = [draw(option(action)) for action in (*chosen, *(one for one in more if one not in chosen))]
    if draw(one_in(10)):
        parts.append([draw(words)])
    return [word for part in draw(some.permutations(parts)) for word in part]


@some.composite
def command_lines(draw: some.DrawFn, known: tuple[tuple[str, str | None, argparse.ArgumentParser], ...]) -> Case:
    """A command with its options."""
    module, word, parser = draw(some.sampled_from(known))
    given = draw(arguments(parser))
    before = [] if word is None else [word]
    if module == "sweep.run":
        cheap = draw(some.sampled_from(CHEAP))
        before += [*cheap, "--workers", "1", "--wait", "0"]
    if module == "sweep.check" and "--sample" not in given:
        before += ["--sample", "3"]
    if word is not None and module.startswith("analysis") and draw(some.booleans()) and "--store" not in given:
        before += ["--store", draw(some.sampled_from(STORES))]
    return Case(module, (*before, *given))
