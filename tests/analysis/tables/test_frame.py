"""Results of one's own, from a file or a DataFrame: what is read, what is said of it, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.__main__ import main
from analysis.tables.frame import FrameResults
from sweep import UsageError
from sweep.statistics.compare import compare
from sweep.statistics.inference import relative_change
from sweep.statistics.losses import read_losses
from sweep.statistics.summary import summarize

SPREADS = np.geomspace(0.1, 10, 9)


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    common = rng.normal(0, 0.5, 40)
    rows = [
        {
            "spread": at,
            "seed": f"s{seed}",
            "value": np.log(2 * at) ** 2 + 5 + common[seed] + rng.normal(0, 0.01),
        }
        for seed in range(40)
        for at in SPREADS
    ]
    return pd.DataFrame(rows).sample(frac=1, random_state=1)


def test_a_table_is_grouped_as_pandas_groups_it(frame):
    results = FrameResults(frame, "spread", "value")
    summary = summarize(results, results.study)
    expected = frame.groupby("spread")["value"].agg(["mean", "std", "count"])
    assert summary["std"].tolist() == pytest.approx(expected["std"].tolist())
    np.testing.assert_allclose(summary["mean"], expected["mean"], rtol=1e-12)
    assert summary["count"].tolist() == [40] * 9


def test_equal_repeats_are_paired(frame):
    paired, unpaired = (FrameResults(frame, "spread", "value", repeat) for repeat in ("seed", None))
    wide = frame.pivot_table(index="seed", columns="spread", values="value").to_numpy()
    (found,) = compare(paired, paired.study, [SPREADS[2], SPREADS[3]])
    expected = relative_change(wide[:, 2], wide[:, 3], paired=True)
    assert (found.method, found.change.standard_error) == ("paired", pytest.approx(expected.standard_error))
    (loose,) = compare(unpaired, unpaired.study, [SPREADS[2], SPREADS[3]])
    assert (loose.method, loose.change.change) == ("independent", pytest.approx(found.change.change))
    assert loose.change.standard_error > 5 * found.change.standard_error
    assert read_losses(paired, paired.study).losses == pytest.approx(wide)


def test_python_gives_the_minimum_of_any_table(frame):
    found = analysis.minimum(frame, x="spread", y="value", repeat="seed")
    assert found.spread.low <= 0.5 <= found.spread.high
    assert found.method == "smoothed"
    (change,) = analysis.compare(frame, [SPREADS[2], SPREADS[3]], x="spread", y="value", repeat="seed")
    assert change.method == "paired"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_commands_read_files(frame, ending, tmp_path, capsys):
    path = tmp_path / f"losses.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    else:
        pytest.importorskip("pyarrow")
        frame.to_parquet(path)
    asked = ["--results", str(path), "--x", "spread", "--y", "value", "--repeat", "seed"]
    said = (
        f"Results of losses.{ending}: value by spread, paired by seed; how they were trained and what was solved are "
    )
    said += "not known."
    assert main(["minimum", "--json", *asked]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["field"], found["trainings"]) == ("spread", 360)
    assert found["spread"]["low"] <= 0.5 <= found["spread"]["high"]
    assert main(["minimum", *asked]) == main(["compare", "0.1", "10", *asked]) == main(["summary", *asked]) == 0
    assert capsys.readouterr().out.count(said) == 3
    assert main(["figures", "--out", str(tmp_path / "drawn"), *asked]) == 0
    assert {"mean_loss.png", "minimum.png", "loss_distribution.png"} <= {p.name for p in (tmp_path / "drawn").iterdir()}
    assert main(["report", "--out", str(tmp_path / "page.html"), *asked]) == 0
    page = (tmp_path / "page.html").read_text()
    assert said in page
    for word in ("Xavier", "Solved", "nats", "seed 0", "Published claims"):
        assert word not in page.partition("<script")[0].replace(
            "Mean total loss with its standard error. Where is it lowest, and does Xavier's prediction lie there?", ""
        ), word


def test_texts_are_values_too(tmp_path, capsys):
    frame = pd.DataFrame({"optimizer": ["adam", "sgd"] * 10, "loss": np.arange(20.0)})
    frame.to_csv(tmp_path / "f.csv", index=False)
    assert main(["summary", "--results", str(tmp_path / "f.csv"), "--x", "optimizer"]) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[1:3]] == [
        ["adam", "9.0000"],
        ["sgd", "10.0000"],
    ]


def test_what_is_no_finite_number_has_diverged():
    frame = pd.DataFrame({"x": [1, 1, 2, 2], "loss": [1.0, None, np.inf, 4.0]})
    results = FrameResults(frame, "x", "loss")
    assert summarize(results, results.study)["diverged"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("change", "asked", "said"),
    [
        (None, ("none", "value"), "x was given as 'none', and the table has no column of this name; its columns are"),
        (None, ("spread", "none"), "y was given as 'none', and the table has no column of this name; its columns are"),
        ({"mean": 1.0}, ("mean", "value"), "x was given as 'mean', a name that tables use; rename the column"),
        (None, ("spread", "spread"), "x 'spread', y 'spread' and repeat None were given for the table; name col"),
        (None, ("spread", "seed"), "seed in the table is not of numbers, 's"),
        ({"spread": None}, ("spread", "value"), "the table has no spread in row 1; give it one, or leave out the row"),
        ({"seed": None}, ("spread", "value", "seed"), "the table has no seed in row 1; give it one, or"),
        ({"spread": np.inf}, ("spread", "value"), "the table has values of spread that are not finite; leave out"),
        ({"spread": -1.0}, ("spread", "value"), None),
        ({"seed": "s1", "spread": 0.1}, ("spread", "value", "seed"), "the table has two rows with spread = 0.1 and s"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_told(frame, change, asked, said):
    if change is not None:
        frame = frame.reset_index(drop=True)
        frame.loc[0, list(change)] = list(change.values())
    if said is None:
        assert len(FrameResults(frame, *asked).study.points) == 10
        return
    with pytest.raises(UsageError) as caught:
        FrameResults(frame, *asked)
    assert str(caught.value).startswith(said)


def test_an_empty_table_is_told():
    with pytest.raises(UsageError, match="the table has no rows; give it a row a training"):
        FrameResults(pd.DataFrame({"x": [], "loss": []}), "x", "loss")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--results", "none.csv", "--x", "a"], "results was given as none.csv, and there is no such file; name one"),
        (["--results", "f.txt", "--x", "a"], "results was given as f.txt; allowed is a FILE.csv or a FILE.parquet"),
        (["--results", "f.csv"], "results was given as f.csv without --x; name the column that was swept"),
        (["--results", "f.csv", "--x", "a", "--run", "r"], "--run was given with --results, which no run made; leave"),
        (["--x", "a"], "--x was given without --results FILE; name the file whose column it is"),
        (["--results", "empty.csv", "--x", "a"], "empty.csv cannot be read as a table (No columns to parse from file)"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_told(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(UsageError) as caught:
        main(["minimum", *arguments])
    assert str(caught.value).startswith(said)


def test_a_page_of_a_file_cannot_be_followed(tmp_path):
    pd.DataFrame({"a": [1, 2], "loss": [1.0, 2.0]}).to_csv(tmp_path / "f.csv", index=False)
    with pytest.raises(UsageError) as caught:
        main(["report", "--follow", "--results", str(tmp_path / "f.csv"), "--x", "a"])
    assert str(caught.value) == "--follow was given for results that no run makes; leave it out"
