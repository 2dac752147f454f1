"""The README and the pages of docs/, taken apart."""

import re

from tests.commands import ROOT

PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
"""Path from the root -> text."""


def blocks(kind):
    """Every fenced block of that kind, as (page, text)."""
    fenced = re.compile(rf"^```{kind}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [(page, block) for page, text in PAGES.items() for block in fenced.findall(text)]


def prose(page):
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.M | re.S)


def codes():
    """Everything between backticks in the pages' prose, as (page, code)."""
    return [(page, code) for page in PAGES for code in re.findall(r"`([^`\n]+)`", prose(page))]


def rows(page, first):
    """The cells of the table in a page whose heading begins with `first`."""
    (table,) = re.findall(rf"^\| {re.escape(first)} \|.*\n\|[-:|]+\n((?:\|.*\n)+)", PAGES[page], re.M)
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines()]
