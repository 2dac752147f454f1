"""Made-up values that all kinds of inputs share: texts, numbers, and what JSON holds."""

import math
from typing import Any

from hypothesis import strategies as some

SECRET = "hunter2xyz"
MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><svg onload=alert(1)>",
    "<!--",
    "]]>",
)
QUERIES = ("'; DROP TABLE points; --", "$where", '{"$gt": ""}', "a.b", "$a", "' OR 1=1")
FORMULAS = ("=CMD('calc')", "+1+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "\t=1", "\r=1", '="a"')
ESCAPES = (
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "a\bb",
    "a\rb",
    "a\nb",
    "\x9b31m",
    "\u202eabc\u202c",
    "\x7f",
    "\u2028",
)
PATHS = (
    "../../x",
    "./x",
    "x/y/z",
    "~root",
    "~",
    "x/",
    ".",
    "..",
    "sweep.sqlite3",
    "data.csv",
    "a" * 300,
    "C:\\x",
    "*?",
)
SHELL = ("$(touch pwned)", "`touch pwned`", "; touch pwned", "--help", "-h", "--", "-", "-x", "@x")
FORMATS = (
    "$\\frac{$",
    "$\\frac{",
    "$a_",
    "$x$",
    "$$",
    "%s%n",
    "{0.__class__}",
    "{}",
    "%",
    "\\",
    "\\n",
    "#",
    "_",
    "a_b",
    "^",
    "&",
)
NUMBERS = (
    "0",
    "-0",
    "1",
    "2",
    "3",
    "-1",
    "0.5",
    "1.5",
    "1e3",
    "1e308",
    "1.8e308",
    "1e309",
    "-1e308",
    "5e-324",
    "1e-320",
    "nan",
    "inf",
    "-inf",
    "9" * 400,
    "9" * 5000,
    "0x10",
    "1_000",
    "_1",
    "1_",
    "١٢٣",
    "½",
    "²",
    "𝟏",
    "1,2",
    "1 2",
    "1e",
    ".",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1000000000",
    "1000000001",
    "true",
    "True",
    "none",
    "None",
    "null",
    "",
)
NAMES = (
    "café",
    "名前",
    "🦆",
    "é",
    "e\u0301",
    "x" * 1000,
    "class",
    "loss",
    "point",
    "seed",
    "draws",
    "mean",
    "count",
    "repeat",
    "",
)
LOST = ("caf\udce9", "\udcff")
"""Bytes of a command line that are no UTF-8, as Python has them."""
HOSTILE = MARKUP + QUERIES + FORMULAS + ESCAPES + PATHS + SHELL + FORMATS + NAMES
"""Texts that try to become something else."""

hostile = some.sampled_from(HOSTILE)
texts = some.one_of(hostile, hostile, some.sampled_from(NUMBERS), some.text(max_size=12))
"""Any text."""
words = some.one_of(texts, some.sampled_from(LOST)).filter(lambda text: "\0" not in text)
"""Any text that a command line may hold."""
numbers = some.one_of(
    some.sampled_from(NUMBERS), some.integers(0, 5).map(str), some.integers().map(str), some.floats().map(repr)
)
"""A number as it is typed, or what is none."""
small = some.one_of(some.integers(0, 5).map(str), some.sampled_from(("0.5", "1", "2")))

scalars: some.SearchStrategy[Any] = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(-3, 10),
    some.integers(-(2**63), 2**63 - 1),
    some.floats(),
    texts,
    some.sampled_from((math.nan, math.inf, 1e308, 5e-324, -0.0)),
)
json_values: some.SearchStrategy[Any] = some.one_of(
    scalars,
    scalars,
    some.recursive(
        scalars, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(texts, inner, max_size=3), max_leaves=6
    ),
    some.just([[[[[[]]]]]]),
)
"""What JSON holds, and NaN, of few parts."""


def one_in(n: int) -> some.SearchStrategy[bool]:
    """True about once in n times; what Hypothesis tries most are the ends of a range, so it is not one of these."""
    return some.integers(1, n).map(lambda number: number == (n + 1) // 2)
