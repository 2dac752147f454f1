"""The page of studies that are not the published one."""

import re

import pytest

from tests.analysis.report.browser import CHROMIUM, browse
from tests.analysis.report.conftest import OTHERS, fill, page_of, without_claims
from tests.analysis.report.page_parser import Page


@pytest.fixture(scope="module", params=OTHERS)
def other(request, tmp_path_factory):
    """A study and its page."""
    study = OTHERS[request.param]
    with without_claims():
        return study, page_of(fill(tmp_path_factory.mktemp("other") / "store.db", study, at=1))


def test_they_get_the_parts_that_apply(other):
    study, text = other
    page = Page(text)
    assert (page.wrong, page.open) == ([], [])
    assert not re.search(r"\b(nan|NaN|inf|None)\b", page.words)
    has_one_axis = len(study.axes) == 1
    assert ("explore-data" in page.scripts) == has_one_axis
    assert ("This part shows studies with one axis" in page.words) != has_one_axis
    assert ("No figure is drawn: the study has" in page.words) == (len(study.axes) not in (1, 2))


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_they_fit_a_phone_too(tmp_path, other):
    told, console = browse(tmp_path, other[1], width=390)
    assert console == []
    assert told["content"] <= 390
    assert told["outside"] == []
    without_scripts = re.sub(r"<script.*?</script>", "", told["dom"], flags=re.DOTALL)
    assert not re.search(r"\b(NaN|undefined|null|Infinity)\b", without_scripts)
