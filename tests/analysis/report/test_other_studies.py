"""The page of studies that are not the published one."""

import re

import pytest

from tests.analysis.report.browser import CHROMIUM, Visit, browse
from tests.analysis.report.conftest import OTHERS, fill, page_of, without_claims
from tests.analysis.report.page_parser import Page


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    with without_claims():
        return {name: page_of(fill(folder / f"{name}.db", study, at=1)) for name, study in OTHERS.items()}


@pytest.fixture(scope="module")
def seen(pages, tmp_path_factory):
    """What the pages tell of themselves on a phone, and the console's lines."""
    visits = [Visit(text, width=390) for text in pages.values()]
    return dict(zip(pages, browse(tmp_path_factory.mktemp("browser"), visits), strict=True))


@pytest.mark.parametrize("name", OTHERS)
def test_they_get_the_parts_that_apply(pages, name):
    study, page = OTHERS[name], Page(pages[name])
    assert (page.wrong, page.open) == ([], [])
    assert not re.search(r"\b(nan|NaN|inf|None)\b", page.words)
    has_one_axis = len(study.axes) == 1
    assert ("explore-data" in page.scripts) == has_one_axis
    assert ("This part shows studies with one axis" in page.words) != has_one_axis
    assert ("No figure is drawn: the study has" in page.words) == (len(study.axes) not in (1, 2))


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
@pytest.mark.parametrize("name", OTHERS)
def test_they_fit_a_phone_too(seen, name):
    told, console = seen[name]
    assert console == []
    assert told["content"] <= 390
    assert told["outside"] == []
    without_scripts = re.sub(r"<script.*?</script>", "", told["dom"], flags=re.DOTALL)
    assert not re.search(r"\b(NaN|undefined|null|Infinity)\b", without_scripts)
