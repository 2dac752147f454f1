"""Numbers in the README and the pages are those of the committed tables."""

import re

import numpy as np
import pandas as pd
import pytest

from analysis.claims.verdict import RULE
from sweep import RECIPES, Study
from sweep.recipe import predicted_spread
from sweep.study import plan
from tests.commands import ROOT
from tests.docs.pages import PAGES, rows

README, RESULTS = PAGES["README.md"], PAGES["docs/results.md"]
FIGURES = ROOT / "figures"
GUSTAW = Study(RECIPES["gustaw"])


def said(text, page):
    """Whether a page says it, wherever its lines break."""
    return " ".join(text.split()) in " ".join(page.split())


def minimum(folder):
    found = pd.read_csv(folder / "minimum.csv").iloc[0]
    where = f"{found['minimum']:.3f} ({found['minimum_low']:.3f} to {found['minimum_high']:.3f})"
    gain = f"{-found['gain']:.2%} ({-found['gain_high']:.2%} to {-found['gain_low']:.2%})".replace("%", " %")
    return where, gain, f"about {-found['gain']:.0%}".replace("%", " %")


def test_the_published_study_is_as_it_was_measured():
    where, gain, about = minimum(FIGURES / "article")
    claims = pd.read_csv(FIGURES / "article/claims.csv").set_index("id")["measured"]
    fall = re.search(r"falls by (.*)", claims["G1"])[1].replace("%", " %")
    assert f"| {fall} | {gain} | {where} |" in RESULTS
    assert all(f"| {number} |" in README[: README.index("## Run it")] for number in (fall, gain, where))
    assert said(f"it costs {about}", README)


def test_the_default_study_is_as_it_was_measured():
    found = pd.read_csv(FIGURES / "minimum.csv").iloc[0]
    where, gain, _ = minimum(FIGURES)
    assert said(f"puts the minimum at {where} and the gain over Xavier's at {gain}", RESULTS)
    place = f"{found['minimum']:.4g}, 95 % interval {found['minimum_low']:.4g} to {found['minimum_high']:.4g}"
    assert f"Lowest mean at hidden_std_dev = {place}: " in README
    table = pd.read_csv(FIGURES / "minimum.csv")
    error = np.interp(found["minimum"], table["hidden_std_dev"], table["curve_error"])
    mean, low, high = (
        float(number.replace(",", ""))
        for number in re.search(rf"{place}: ([\d,.]+) \(([\d,.]+) to ([\d,.]+)\)", README).groups()
    )
    assert mean - low == pytest.approx(1.96 * error, abs=0.01)
    assert -0.01 < high - mean - 1.96 * error < error / 5
    change = (
        f"{found['gain']:+.2%} mean total loss, 95 % interval {found['gain_low']:+.2%} to {found['gain_high']:+.2%}"
    )
    assert f"From Xavier's 0.7071 to there: {change}." in README
    effective = np.interp(
        found["minimum"], *pd.read_csv(FIGURES / "mean_loss.csv")[["hidden_std_dev", "effective"]].T.to_numpy()
    )
    shown = float(re.search(r"as sharp as that of ([\d,]+) of its own", README)[1].replace(",", ""))
    assert shown == pytest.approx(effective, rel=1e-3)


def test_the_mean_by_length_is_as_it_was_measured():
    row = pd.read_csv(FIGURES / "loss_by_length.csv").iloc[0]
    where = [row[name] for name in ("length_minimum", "length_minimum_low", "length_minimum_high")]
    below = [f"{-100 * row[name]:.1f} %" for name in ("below", "below_high", "below_low")]
    assert said("lowest where length / √6 is {:.3f} ({:.3f} to {:.3f})".format(*where), RESULTS)
    assert said(f"{below[0]} ({below[1]} to {below[2]}) below that of the best spread, {row['minimum']:.3f}", RESULTS)


@pytest.mark.parametrize("folder", ["initialisations", "initialisations/relu-capstone"])
def test_one_length_and_orthogonal_weights_are_as_they_were_measured(folder):
    page = PAGES["docs/initialisations.md"]
    table = pd.read_csv(FIGURES / folder / "mean_loss.csv")
    first = {name: rows_.iloc[0] for name, rows_ in table.groupby("hidden_distribution")}
    assert said(f"3 × {table['hidden_std_dev'].nunique()} × {table['count'].max():,} trainings", page)
    normal = first["normal"]
    for name, row in first.items():
        mean = "{:,.1f} ({:,.1f} to {:,.1f})".format(*row[["lowest", "lowest_low", "lowest_high"]])
        where = "{:.3f} ({:.3f} to {:.3f})".format(
            *row[["minimum_of_name", "minimum_low_of_name", "minimum_high_of_name"]]
        )
        relative = [(one["lowest_high"] - one["lowest_low"]) / 2 / one["lowest"] for one in (row, normal)]
        ratio = row["lowest"] / normal["lowest"]
        change = [ratio - 1 + sign * ratio * np.hypot(*relative) for sign in (0, -1, 1)]
        words = "" if name == "normal" else "{:+.1%} ({:+.1%} to {:+.1%})".format(*change).replace("%", " %")
        assert f"| `{name}` | {mean} | {where} | {words}{' ' if words else ''}|" in page


OWN_DATA = PAGES["docs/own-data.md"]


@pytest.mark.parametrize(
    ("folder", "sentence"),
    [
        ("", "a spread of {0:.3f}, with a 95 % interval of {1:.3f} to {2:.3f}"),
        ("", "total loss by {3:.1f} % ({4:.1f} % to {5:.1f} %)"),
        ("gradient-descent", "moves to {0:.3f} ({1:.3f} to {2:.3f})"),
        ("gradient-descent", "over 0.408: {3:.1f} % ({4:.1f} % to {5:.1f} %)"),
        ("second-layer", "{0:.3f} ({1:.3f} to {2:.3f}), and the answer says so"),
        ("second-layer", "gains {3:.1f} % ({4:.1f} % to {5:.1f} %)"),
        ("digits", "a spread of {0:.4f} ({1:.4f} to {2:.4f}), where"),
        ("digits", "is {3:.1f} % ({4:.1f} % to {5:.1f} %) lower"),
    ],
)
def test_the_example_found_what_it_says(folder, sentence):
    found = pd.read_csv(FIGURES / "own-data" / folder / "minimum.csv").iloc[0]
    numbers = [found[f"minimum{end}"] for end in ("", "_low", "_high")]
    numbers += [-100 * found[f"gain{end}"] for end in ("", "_high", "_low")]
    assert said(sentence.format(*numbers), OWN_DATA)


def test_the_example_printed_what_it_says():
    folder = FIGURES / "own-data"
    found, table = (pd.read_csv(folder / name).iloc[0] for name in ("minimum.csv", "mean_loss.csv"))
    place = "{:.4g}, 95 % interval {:.4g} to {:.4g}".format(*(found[f"minimum{end}"] for end in ("", "_low", "_high")))
    assert f"Lowest mean at hidden_std_dev = {place}: " in OWN_DATA
    gain = "{:+.2%} mean total loss, 95 % interval {:+.2%} to {:+.2%}".format(
        *(found[f"gain{end}"] for end in ("", "_low", "_high"))
    )
    assert f"to there: {gain}." in OWN_DATA
    n = len(pd.read_csv(folder / "mean_loss.csv"))
    assert f"{n} spreads of" in OWN_DATA
    assert f"Pooled from {n * int(table['count']):,} trainings" in OWN_DATA


@pytest.mark.parametrize(
    ("folder", "sentence"),
    [
        ("", "highest at {0:.3f}, {1:.1f} %, and still {2:.1f} % at a spread of 2, where {3:.1f} % of the networks"),
        ("digits", "{1:.1f} % at {0:.4f}, and {2:.1f} % at a spread of 1"),
    ],
)
def test_the_accuracy_of_the_example_is_as_it_was_measured(folder, sentence):
    table = pd.read_csv(FIGURES / "own-data" / folder / "solved.csv")
    best, last = table.loc[table["accuracy"].idxmax()], table.iloc[-1]
    percents = 100 * np.array([best["accuracy"], last["accuracy"], last["solved"]])
    assert said(sentence.format(best["hidden_std_dev"], *percents), OWN_DATA)


def nearest_to_xavier(spreads):
    return min(spreads, key=lambda spread: abs(np.log(spread / predicted_spread(GUSTAW.recipe, "hidden_std_dev"))))


def test_the_journey_is_that_of_a_block_of_the_default_study():
    spread = nearest_to_xavier(GUSTAW.axes[0].values)
    (block,) = [block for block in plan(GUSTAW, {}) if block.point.recipe.hidden_std_dev == spread]
    for words in (
        f"the trainings {block.start} to {block.stop - 1} of the spread {spread:.4f}",
        f"`Block(point, {block.start}, {block.stop})`",
        f"initial parameters, ({block.n_trainings}, {GUSTAW.recipe.n_parameters})",
        f"{GUSTAW.recipe.epochs:,} epochs",
    ):
        assert said(words, PAGES["docs/design.md"]), words


def test_the_map_is_of_that_many_networks():
    table = pd.read_csv(FIGURES / "article/two-axes/mean_loss.csv")
    shape = [table[name].nunique() for name in ("hidden_std_dev", "output_std_dev")]
    assert said(f"({shape[0]} × {shape[1]} × {table['count'].max()} `gustaw` networks)", PAGES["docs/usage.md"])


def test_the_claims_are_judged_as_in_the_table():
    judged = pd.read_csv(FIGURES / "article/claims.csv")
    assert rows("docs/results.md", "claim of") == [
        [f"`{row.source}`", row.claim, row.verdict] for row in judged.itertuples()
    ]
    assert RULE.partition("\n")[2] in RESULTS


BENCHMARKS = (ROOT / "benchmarks/results/amd-epyc-2-cores.md").read_text(encoding="utf-8").splitlines()


def measured(*words):
    """Median, median set against it, and their ratio, of the one row of the benchmarks' table with all these words."""
    (row,) = [line for line in BENCHMARKS if all(word in line for word in words)]
    _, _, _, _, median, _, other, times, _ = (cell.strip() for cell in row.split("|"))
    return median, other, times


def test_the_trainers_take_what_was_measured():
    begin = next(number for number, line in enumerate(BENCHMARKS) if line.startswith("| **Trainers"))
    times = {}
    for line in BENCHMARKS[begin + 1 :]:
        if line.startswith("| **"):
            break
        what, ratio = line.split("|")[1].strip(), line.split("|")[7].strip()
        if ratio:
            times[what] = ratio
    said_times = {what.partition(", one network")[0]: ratio for what, ratio in rows("docs/benchmarks.md", "trainer")}
    assert said_times == times


def test_the_sentences_on_benchmarks_say_what_was_measured():
    page = PAGES["docs/benchmarks.md"]
    slow, network, _ = measured("| reference, `gustaw` |")
    few, many = (measured(f"| reference, `gustaw`, {words} |")[2] for words in ("8 hidden units", "relu"))
    least, most = (measured(f"| {words} | ", " an epoch |")[2] for words in ("`rumelhart`", "`relu-capstone`"))
    sqlite, mongodb = (measured(f"| `sweep.run` into {name} |") for name in ("SQLite", "MongoDB"))
    beyond = [measured(f"| each training beyond {n} |")[0] for n in ("10,000", "100,000", "1,000,000")]
    workers = measured("| 1 worker |", "| 2 workers |")[2], measured("| kernel alone, 1 process |", "2 processes")[2]
    memory = [measured(f"| `sweep.run`, {n} trainings |", " MB |")[0] for n in ("10,000", "4,000,000")]
    warm, cold = (measured(f"counted, {words}")[0] for words in ("warm", "cold"))
    each = measured("| `sweep.run` from start to end")[0]
    joblib, random, grid = (
        measured(words)[2] for words in ("| joblib", "RandomSampler, in mem", "GridSampler, in mem")
    )
    database = min(float(measured(f"{name}, into")[2].replace(",", "")) for name in ("RandomSampler", "GridSampler"))
    for words in (
        f"a network of `gustaw` in {network}; the reference takes {few} (8 hidden units) to {many} times (relu)",
        f"take {least} (`rumelhart`) to {most} times (`relu-capstone`)",
        f"take {sqlite[2]} times the kernel's own time on two cores when stored in SQLite ({sqlite[0]} from",
        f"and {mongodb[2]} times in MongoDB on the same two cores ({mongodb[0]};",
        f"{beyond[0]} from 10,000 to 100,000 trainings, {beyond[1]} to 1,000,000 and {beyond[2]} to 4,000,000",
        f"{workers[0]} times (medians of 2; the kernel alone {workers[1]} times)",
        f"The largest process takes {memory[0]} with 10,000 trainings and {memory[1]} with 4,000,000",
        f"after {warm}, or {cold} where",
        f"A result costs `sweep.run` {each} beside",
        f"joblib takes {joblib} times that and stores nothing; Optuna takes {random} times in memory with its random "
        f"sampler, {grid} times with its grid, and over {database // 100 * 100:,.0f} times in SQLite",
    ):
        assert said(words, page), words
    assert said(f"{float(slow.split()[0]) / 1000:.1f} s; the kernel", README)
    micro = float(network.split()[0])
    assert said(f"trains one in {micro / 1000:.2f} ms", README)
    assert said(f"of `gustaw` ({micro:.0f} µs each)", PAGES["docs/cluster.md"])
    quick = float(measured("| reference, `twenty-lines` |")[1].split()[0])
    assert said(f"of `twenty-lines` ({quick:.0f} µs)", PAGES["docs/cluster.md"])


def test_the_coverage_is_what_was_simulated():
    simulated = (ROOT / "benchmarks/results/coverage.md").read_text(encoding="utf-8").splitlines()
    told = RESULTS[RESULTS.index("## Do the intervals hold?") :]
    (summary,) = [line for line in simulated if line.startswith("Of ")]
    assert said(summary, told)
    prose = told[: told.index("[The whole table]")].replace("holds their mean in 91.5%", "")  # Student's, of no curve
    assert set(re.findall(r"[\d.]+%", prose)) <= set(re.findall(r"[\d.]+%", "\n".join(simulated)))
    shown = [line for line in told.splitlines() if line.startswith("|")]
    assert len(shown) > 5
    assert set(shown) <= set(simulated)


def test_the_answers_are_as_near_as_was_measured():
    table = (ROOT / "benchmarks/results/answers.md").read_text(encoding="utf-8")
    for way, *times in rows("docs/benchmarks.md", "squared error of the log-spread found, times this project's"):
        begin, _, end = way.partition(" through")
        for n, ratio in zip(("2,000", "20,000", "400,000"), times, strict=True):
            name = begin.replace("the limit of ", "")
            found = re.search(
                rf"^\| {n} \| {re.escape(name)}.*{re.escape(end)} \| (?:60)? \| \S+ \| (\S+) \|", table, re.M
            )
            assert found[1] == ratio, (way, n)
    shared, alone = (
        re.findall(rf"GP sampler, {trials}[^|]* \| \d+ \| \S+ \| (\S+) \|", table)
        for trials in ("20 trials", "100 trials")
    )
    page = PAGES["docs/benchmarks.md"]
    assert said(f"{shared[0]} times as far with 2,000 trainings and {shared[1]} times with 20,000", page)
    assert said(f"each were {alone[0]} times and 100 of one training each {alone[1]} times as far", page)
    of_tpe = re.findall(r"TPE sampler[^|]* \| 20 \| \S+ \| (\S+) \|", table)
    least, most = (pick(of_tpe, key=lambda ratio: float(ratio.replace(",", ""))) for pick in (min, max))
    assert said(f"which chooses its own spreads, was {least} to {most} times as far", page)


def test_times_on_a_data_set_are_as_they_were_measured():
    page = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    measured = (ROOT / "benchmarks/results/networks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (JAX|PyTorch), .*?, (2-\d+-1, .*?) \|.* \| ([\d.]+) \|$", measured, re.MULTILINE)
    times = {(library, network): ratio for library, network, ratio in rows}
    assert len(times) == 8
    for network in {network for _, network, _ in rows}:
        assert f"| {network} | {times['JAX', network]} | {times['PyTorch', network]} |" in page


def test_times_in_a_browser_are_as_they_were_measured():
    page, table = PAGES["docs/benchmarks.md"], (ROOT / "benchmarks/results/browser.md").read_text(encoding="utf-8")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]
    value = {what: (time, ratio) for what, _, _, time, _, _, ratio in lines}
    shown = rows("docs/benchmarks.md", "recipe | time a training")
    assert [tuple(cells) for cells in shown] == [(f"`{name}`", *value[f"WebAssembly, `{name}`"]) for name in RECIPES]
    narrow, plain, reference = (
        value[f"{what}, `gustaw`"][1]
        for what in (
            "kernel, compiled for 128-bit registers and no fused products",
            "plain JavaScript",
            "reference",
        )
    )
    unfused = value["WebAssembly without fused operations, `gustaw`"][1]
    assert said(f"without fused operations takes {unfused} times the kernel's time for `gustaw`.", page)
    assert said(f"the kernel takes {narrow} times that.", page)
    assert said(
        f"in plain JavaScript takes {plain} times and the reference {reference} times WebAssembly's time.", page
    )
    assert said("medians of 15 interleaved rounds ([the whole table](../benchmarks/results/browser.md))", page)


def test_times_on_a_graphics_card_are_as_they_were_measured():
    page, table = PAGES["docs/gpu.md"], (ROOT / "benchmarks/results/gpu.md").read_text(encoding="utf-8")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]
    value = {(what, of): (time, ratio) for what, of, _, time, _, _, ratio in lines}
    alone = [
        value["`gustaw`", "4,194,304"],
        *(value["`gustaw`", f"{n} at once"] for n in ("4,194,304", "67,584", "1,024")),
    ]
    whole = [
        value[f"`--device gpu`, {words}", "4,000,000"]
        for words in (
            "4 workers, until the last is stored",
            "4 workers, from typing the command to its answer",
            "2 workers, until the last is stored",
        )
    ]
    for first, measured in (("on the card", alone), ("400 spreads × 10,000 trainings, into SQLite", whole)):
        assert [took for _, took in rows("docs/gpu.md", first)] == [took for took, _ in measured]
    assert f"in {alone[0][0]} of its time" in README
    jax = [value["JAX, vmap and grad", "1,048,576 at once"], value["JAX, laid out by hand", "131,072 at once"]]
    assert said(f"took {jax[0][1]} times as long a network and epoch", page)
    assert said(f"and {jax[1][1]} times as long laid out by hand", page)
    before = value["4 workers, one row a statement and no turns, until the last is stored", "4,000,000"][0]
    assert said(f"without turns it took 4 workers {before}.", page)
    assert said(
        f"16 cores took {value['16 cores of the processor, 400 × 1,000, until the last is stored', '400,000'][0]}", page
    )
    axes = "`--device gpu`, 20 spreads × 20 learning rates × 1,000, until the last is stored"
    assert said(f"learning rates × 1,000 trainings took {value[axes, '400,000'][0]}", page)
    assert said(f"ended the command after {value['SIGINT', '4,000,000'][0]}", page)
    instructions = int(re.search(r"has (\d+) instructions of the double-precision units", table)[1])
    assert said(f"takes {instructions} instructions of the double-precision units", page)
    assert said(f"{instructions * 10_000 / (132 * 64 * 1.98e9) * 1e9:.0f} ns a training, if nothing else", page)


def test_exports_take_what_was_measured():
    table = (ROOT / "benchmarks/results/exports.md").read_text(encoding="utf-8")
    row = r"^\| `export`, (\w+) \| 4,000,000 \| 3 \| (\S+ \w+) \| .* \| (\S+ \w+) \| \S+ \|$"
    cells = re.findall(row, table, re.MULTILINE)
    assert [kind for kind, *_ in cells] == ["Parquet", "CSV"] * 3
    ours, theirs = ([one[number] for one in cells] for number in (1, 2))
    for words in (
        f"4 million from SQLite take {ours[2]} as Parquet and {ours[3]} as CSV from typing the command",
        f"with {ours[4]} and {ours[5]} of memory at the peak",
        f"`load` and pandas take {theirs[2]} and {theirs[3]} for fewer columns, and {theirs[4]} (",
    ):
        assert said(words, PAGES["docs/storage.md"]), words
    assert theirs[4] == theirs[5]


def test_a_result_of_an_own_function_costs_what_was_measured():
    table = (ROOT / "benchmarks/results/own-functions.md").read_text(encoding="utf-8")
    medians = dict(re.findall(r"^\| (.+?) \| [\d,]+ \| 5 \| (\S+ \S+) \|", table, re.MULTILINE))
    own = "`sweep.run` of a function of one's own, {}, into SQLite"
    one, many = medians[own.format("a training at a time")], medians[own.format("in batches")]
    samplers = [
        f"Optuna, {kind}Sampler, {where}" for kind in ("Random", "Grid") for where in ("in memory", "into SQLite")
    ]
    optuna = [medians[sampler] for sampler in samplers]
    joblib = medians["joblib, a task a training, 2 workers, results in a list"]
    for words in (
        f"a result costs {one} one by one and {many} in batches: 2,000,000 results",
        f"Optuna takes {optuna[0]} a trial in memory and {optuna[1]} into SQLite",
        f"GridSampler {optuna[2]} and {optuna[3]}), joblib {joblib} a task",
    ):
        assert said(words, PAGES["docs/own-functions.md"]), words


def test_ten_million_trainings_are_as_they_were_measured():
    table = (ROOT / "benchmarks/results/scale.md").read_text(encoding="utf-8")
    runs = re.findall(
        r"^\| (\w+) \| 10,000,000 \| (\d+ s) \| (\d+) \| 10,000,000 \| 0 \| in order, 2,000 trained again "
        r"\| (\S+ s) \| (\d+ MB) \| (`\w+`) \|",
        table,
        re.MULTILINE,
    )
    _, took, killed, checked, memory, digests = zip(*runs, strict=True)
    assert len(set(digests)) == 1
    parts = [re.findall(r"^\| \d+ \| (.+) \|$", part, re.MULTILINE) for part in table.split("\n## ")[1:]]
    most = [[[int(cell.split(", ")[2]) for cell in row.split(" | ")[:4]] for row in rows_] for rows_ in parts]
    main, worker = ([max(row[column] for row in rows_[1:9]) for rows_ in most] for column in (0, 2))
    in_the_end = [rows_[9][0] for rows_ in most]
    for words in (
        f"{killed[0]} in SQLite's {took[0]} and {killed[1]} in MongoDB's {took[1]}",
        f"in order in {checked[0]} and {checked[1]}, with {memory[0]} and {memory[1]} of memory",
        f"takes {main[0]} MB at most with SQLite and {main[1]} MB with MongoDB",
        f"a worker {worker[0]} MB and {worker[1]} MB",
        f"the main process takes {in_the_end[0]} MB and {in_the_end[1]} MB",
    ):
        assert said(words, PAGES["docs/failures.md"]), words


def test_made_up_inputs_ended_as_is_told():
    table = (ROOT / "benchmarks/results/inputs.md").read_text(encoding="utf-8")
    head, *lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.count("|") == 10]
    surfaces = [[int(cell.replace(",", "")) for cell in cells] for _, *cells in lines[1:]]
    assert head[0] == "inputs"
    assert len(surfaces) == 8
    cases, answers, usage, failures, interrupted, tracebacks, unasked, other = map(sum, zip(*surfaces, strict=True))
    assert cases == answers + usage + failures + interrupted
    assert other == 0
    words = (
        f"Of {cases:,} such cases {answers:,} ended in an answer, {usage:,} in exit code 2, {failures:,} in 1, and "
        f"{interrupted:,} were interrupted; {tracebacks} showed a traceback, {unasked} wrote what was not known to be "
        "asked for"
    )
    assert said(words, PAGES["docs/failures.md"]), words


def test_odd_environments_ended_as_is_told():
    table = (ROOT / "benchmarks/results/odd.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| \w+: .* \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", table, re.MULTILINE)
    commands, right, told, by_signal, wrong = (sum(map(int, column)) for column in zip(*cells, strict=True))
    assert commands == right + told + by_signal + wrong
    assert f"| all of {len(cells)} cases | {commands:,} |" in table
    for words in (
        f"All {len(cells)} cases",
        f"are {commands:,} commands: {right:,} ended in the right answer, {told:,} in one sentence, {by_signal:,} by "
        f"the signal that they were sent, and {wrong:,} otherwise",
    ):
        assert said(words, PAGES["docs/failures.md"]), words


def test_faults_came_to_what_was_measured():
    table = (ROOT / "benchmarks/results/faults.md").read_text(encoding="utf-8")
    shown = rows("docs/failures.md", "faults into")
    sections = [section.partition("\n")[::2] for section in table.split("\n## ")[1:]]
    assert len(shown) == len(sections)
    for (_, *counts), (name, section) in zip(shown, sections, strict=True):
        measured = re.findall(r"^\| (?:[^|]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", section, re.MULTILINE)
        sums = [str(sum(map(int, column))) for column in zip(*measured, strict=True)]
        assert counts == [str(len(measured)), *sums], name
        assert counts[-3:] == ["0", "0", "0"]
