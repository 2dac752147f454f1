"""The loss that a function of one's own returns is nowhere called a total."""

import re

from matplotlib.text import Text

from analysis.__main__ import main
from analysis.figures.catalogue import Drawn, drawn
from analysis.report.page import make_page
from sweep.recipe import Layer, OwnRecipe
from sweep.statistics.answer import answer
from sweep.store import open_store
from sweep.study import Axis, Study
from tests.analysis.samples import ONE_AXIS, SPREADS, fill, some_trainings

OWN = Study(
    OwnRecipe(
        function="mine",
        version="1",
        values=(("hidden_std_dev", 1.0),),
        normals=(("hidden_std_dev", 24),),
        layers=(("hidden_std_dev", Layer(2, 6)),),
    ),
    (Axis("hidden_std_dev", SPREADS),),
    repeats=50,
)


def own_trainings(study, position):
    records = some_trainings(study, position)
    records.solved[:] = False
    return records


def said_of(folder, study, trainings, capsys):
    """Every text on a study: of the last words of a run, of commands, figures, captions and the page."""
    url = str(folder / "store.db")
    fill(url, study, trainings)
    for command in (["minimum"], ["summary"], ["compare", "0.5", "2"]):
        assert main([*command, "--store", url]) == 0
    texts = [capsys.readouterr().out]
    with open_store(url) as store:
        texts.append(answer(store, study))
        page = make_page(store, url, None, folder / "page.html")
    with open_store(url) as store:
        for one in drawn(store, study):
            if isinstance(one, Drawn):
                texts += [one.caption, *(text.get_text() for text in one.figure.findobj(Text))]
    texts.append(re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))
    return "\n".join(texts)


def test_what_a_function_returns_is_no_total(tmp_path, capsys):
    said = said_of(tmp_path, OWN, own_trainings, capsys)
    assert re.findall(r".*total\s+loss.*", said, re.IGNORECASE) == []
    assert "mean loss, 95 % interval" in said
    assert "Mean loss is lowest at hidden_std_dev" in said


def test_a_networks_is(tmp_path, capsys):
    said = said_of(tmp_path, ONE_AXIS, some_trainings, capsys)
    assert "Mean total loss is lowest at hidden_std_dev" in said
    assert "mean total loss, 95 % interval" in said
