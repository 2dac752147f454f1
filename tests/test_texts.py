"""What is written for those who change or cite this project names what there is."""

import re

import yaml

import sweep
from tests.commands import ROOT


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_files_that_a_contributor_is_sent_to_are_there():
    paths = re.findall(r"`([\w./]+/[\w./]*|\w+\.(?:cff|md|py|toml))`", text("CONTRIBUTING.md"))
    assert len(paths) > 20
    missing = {path for path in paths if not (ROOT / path).exists()}
    assert all("NAME" in path for path in missing), missing


def test_the_names_that_a_contributor_reads_are_in_the_sources():
    folders = ("sweep", "analysis", "tests", "benchmarks")
    sources = "\n".join(
        path.read_text(encoding="utf-8") for folder in folders for path in ROOT.glob(f"{folder}/**/*.py")
    )
    names = re.findall(r"`(?:\w+\.)*(\w*[A-Z]\w*|\w+_\w+)\b(?!\.)[^`/]*`", text("CONTRIBUTING.md"))
    assert len(names) > 20
    missing = {name for name in names if not re.search(rf"\b{name}\b", sources)}
    assert all("NAME" in name for name in missing), missing


def test_the_newest_version_of_the_changelog_is_this_one():
    headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), re.MULTILINE)
    assert [heading.partition(" - ")[0] for heading in headings[:2]] == ["Unreleased", sweep.__version__]
    dates = [heading.partition(" - ")[2] for heading in headings[1:]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for date in dates)
    assert dates == sorted(dates, reverse=True)


def test_the_project_is_cited_as_what_it_is():
    cited = yaml.safe_load(text("CITATION.cff"))
    assert (cited["title"], cited["version"], cited["license"]) == ("initialization-sweep", sweep.__version__, "MIT")
    assert cited["authors"] == [{"name": "the initialization-sweep authors"}]
    assert f"## {cited['version']} - {cited['date-released']}" in text("CHANGELOG.md")
