"""Links lead somewhere, and the pages hold what they promise to hold."""

import re

import pytest

from analysis.figures.catalogue import CATALOGUE
from sweep.recipe import FIELDS
from tests.commands import ROOT
from tests.docs.pages import PAGES, blocks, prose, rows
from tests.test_architecture import FLOORS


def anchors(page):
    """What code hosts call a page's headings: lower case, without punctuation, a hyphen for every space."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", prose(page)):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        leads_to = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert leads_to.is_file(), target
        if anchor:
            assert anchor in anchors(leads_to.relative_to(ROOT).as_posix()), target


def test_every_heading_of_a_page_has_a_name_of_its_own():
    for page in PAGES:
        assert len(anchors(page)) == len(re.findall(r"^#+ ", prose(page), re.MULTILINE)), page


def test_every_page_is_linked_from_the_readme_and_from_the_first_page():
    names = {page.removeprefix("docs/") for page in PAGES if re.fullmatch(r"docs/\w+\.md", page)} - {"index.md"}
    assert names == set(re.findall(r"^- \[.*?\]\(docs/(\w+\.md)\)", PAGES["README.md"], re.MULTILINE))
    assert names == {name for name in re.findall(r"\]\(([\w/]+\.md)\)", PAGES["docs/index.md"]) if "/" not in name}


def test_the_readme_leads_in_150_lines():
    assert len(PAGES["README.md"].splitlines()) <= 150


def test_every_field_is_in_the_table():
    named = [name for row in rows("docs/usage.md", "field") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(FIELDS)


def test_every_figure_is_in_the_table():
    assert [row[0] for row in rows("docs/usage.md", "figure")] == [f"`{entry.name}`" for entry in CATALOGUE]


def test_the_house_has_the_floors_that_imports_are_held_to():
    ((_, house),) = blocks("text")
    floors, floor = {}, None
    for line in house.splitlines():
        if found := re.fullmatch(r" *(\d*) │ ([\w.]+) +(\S.*)", line):
            floor = int(found[1]) if found[1] else floor
            floors.setdefault(floor, []).append(found[2])
    assert [floors[number] for number in sorted(floors)] == FLOORS


def test_pages_name_what_the_site_makes_a_link_to_the_page_that_trains():
    (name,) = re.findall(r'^PLAYGROUND = "(.*)"$', (ROOT / "docs/outside.py").read_text(encoding="utf-8"), re.M)
    assert all(f"`{name}`" in prose(page) for page in ("docs/index.md", "docs/report.md"))
