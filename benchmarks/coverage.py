"""python -m benchmarks.coverage: how often the stated 95 % intervals contain the truth.

Studies are drawn from a population of real trainings (`benchmarks/population.py`), and the whole inference is run on
each (`benchmarks/studies.py`). The population's means are sums over its trainings, weighted by the chi distribution of
lengths, so the truth of what is simulated has no error of its own, and none of the estimator's code is in it. What the
truth says of all networks is uncertain by the directions that the population happens to have: the ± beside each truth
is that standard error. That lengths and directions may be drawn apart is checked against the plain means of trainings
really drawn.
"""

import json
import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from benchmarks import machine, population
from benchmarks.coverage_page import page, section, truth_words
from benchmarks.studies import DESIGNS, PLACES, landmarks, simulate, stated, truths
from sweep import RECIPES, Recipe
from sweep.console.command import Parser, run_command, whole_number
from sweep.errors import UsageError
from sweep.statistics.pooled_map import LEAST_VALUES

FEW = (("by_spread", (100, 200)), ("by_spread", (100, 1000)), ("common", (100, 200)))
"""Designs, each with the number of spreads and of trainings at each."""
MANY = (
    *FEW, ("unequal", (100, 200)), ("common", (100, 1000)), ("unequal", (100, 1000)), ("by_spread", (400, 1000)),
)  # fmt: skip
OF_PAIRS = (("by_spread", (10, 20)), ("by_spread", (10, 200)), ("common", (10, 200)), ("unequal", (10, 200)))


class Case(NamedTuple):
    """A recipe, the ends of the spreads that are swept (or two such pairs, where both spreads are), what is simulated,
    and the directions and rungs of its population."""

    recipe: Recipe
    ends: tuple
    columns: tuple[tuple[str, tuple[int, int]], ...] = FEW
    directions: int = 1024
    rungs: int = 4


CASES = {
    "gustaw": Case(RECIPES["gustaw"], (0.25, 2.0), MANY, 2048),
    "peczenyj": Case(RECIPES["peczenyj"], (0.15, 1.2)),
    "twenty-lines": Case(RECIPES["twenty-lines"], (0.3, 3.0)),
    "rumelhart": Case(RECIPES["rumelhart"], (0.4, 4.0)),
    "relu-capstone": Case(RECIPES["relu-capstone"], (0.4, 4.0)),
    "2-8-1 tanh, 1,000 epochs": Case(Recipe(hidden=(8,), activation="tanh", epochs=1000), (0.3, 6.0)),
    "parity3 3-8-1, 1,000 epochs": Case(Recipe(problem="parity3", hidden=(8,), epochs=1000), (0.3, 6.0)),
    "gustaw, both spreads": Case(RECIPES["gustaw"], ((0.15, 1.5), (0.6, 9.0)), OF_PAIRS, 512, 2),
}
"""By name. `twenty-lines` has no minimum: its mean falls as far as it was swept."""
N_DRAWN = 10_000
AT_ONCE = 20
JACKKNIFE = 32
NEAR_END = 1.01
ALL_BUT = 1e-6
"""From 0 or 1, within which a share is as good as there."""
NONE = {"n": 0, "holds": 0, "says so": 0, "minutes": 0.0}


def truth_errors(of):
    """Standard errors of the true values (n,) as those of all networks: a jackknife over directions."""
    group = np.arange(of.loss.shape[-1]) % JACKKNIFE
    without = np.array([list(truths(of.only(group != left_out), 5).values()) for left_out in range(JACKKNIFE)])
    return np.sqrt((JACKKNIFE - 1) * without.var(axis=0))


_population = None


def _keep(of):
    global _population
    _population = of


def _run(design, size, numbers):
    """Studies of these numbers: whether each interval holds the truth (m, n), and whether each study says that no
    minimum lies inside (m,)."""
    true, seed = list(truths(_population, size[0]).values()), (DESIGNS.index(design), *size)
    found = [
        stated(_population, simulate(_population, design, *size, np.random.default_rng([*seed, number])))
        for number in numbers
    ]
    holds = [(one.ends[:, 0] <= true) & (true <= one.ends[:, 1]) for one in found]
    return np.array(holds), np.array([one.says_so for one in found])


def run_studies(pool, label, design, size, numbers):
    """How many of the studies of these numbers hold the truth in each interval (n,), and say that no minimum lies
    inside."""
    parts = [range(start, min(start + AT_ONCE, numbers.stop)) for start in range(numbers.start, numbers.stop, AT_ONCE)]
    futures = [pool.submit(_run, design, size, part) for part in parts]
    done = [future.result() for future in tqdm(futures, desc=f"{label}, {design} {size}", leave=False)]
    return tuple(np.concatenate(part).sum(axis=0).tolist() for part in zip(*done, strict=True))


def simulate_missing(kept, name, options):
    """Simulate the studies of one recipe that are not kept, and yield after every column."""
    case, share = CASES[name], 16 if options.quick else 1
    columns = kept.setdefault("columns", {})
    wanted = {title(*one, case): one for one in options.columns or case.columns}
    missing = {heading: one for heading, one in wanted.items() if columns.get(heading, NONE)["n"] < options.studies}
    if not missing:
        return
    of = population.make(case.recipe, case.ends, case.directions // share, rungs=case.rungs)
    kept["population"] = list(compare_with_drawn(of, N_DRAWN // share))
    kept["truths"] = {
        what: truth_words(what, true, None if is_at_end(of, what, true) else error)
        for (what, true), error in zip(truths(of, 5).items(), truth_errors(of), strict=True)
    }
    with ProcessPoolExecutor(options.processes, get_context("spawn"), initializer=_keep, initargs=(of,)) as pool:
        for heading, one in missing.items():
            before, (machine_line, libraries, _, begun) = columns.get(heading, NONE), machine.describe(None)
            started = time.monotonic()
            holds, says_so = run_studies(pool, name, *one, range(before["n"], options.studies))
            columns[heading] = {
                "n": options.studies,
                "holds": (np.array(holds) + before["holds"]).tolist(),
                "says so": says_so + before["says so"],
                "on": [machine_line, libraries],
                "begun": begun.removeprefix("- begun "),
                "minutes": round((time.monotonic() - started) / 60 + before["minutes"], 1),
            }
            yield


def title(design, size, case):
    return f"{design}, {f'{size[0]} × ' * (2 if np.ndim(case.ends) == 2 else 1)}{size[1]:,}"


def is_at_end(of, what, true):
    """Whether the truth is an end: of what was swept, where it is the spread of the lowest mean, which a study cannot
    place and is to say so; of 0 to 1, where it is a share."""
    if what.startswith("fraction"):
        return not ALL_BUT < true < 1 - ALL_BUT
    for name, spread, ladder in zip(PLACES[len(of.ladders) - 1], of.minimum, of.ladders, strict=True):
        if name == what:
            return not ladder.ends[0] * NEAR_END < spread < ladder.ends[1] / NEAR_END
    return False


def compare_with_drawn(of, n):
    """The population's means beside those of trainings really drawn, and how many standard errors they differ by."""
    places = np.vstack([landmarks(of), [of.minimum]])
    plain, plain_error = population.plain_means(of.recipe, places, n)
    true, error = of.mean(places), np.array([of.standard_error(place) for place in places])
    apart = (true - plain) / np.hypot(error, plain_error)
    dimensions = " and ".join(str(ladder.draw.dimension) for ladder in of.ladders)
    lengths = " × ".join(str(ladder.n) for ladder in of.ladders)
    yield f"{of.loss.shape[-1]:,} directions from {lengths} lengths; {dimensions} drawn parameters."
    yield f"Beside the plain means of {n:,} trainings really drawn at each place:\n"
    yield "| spread | mean of the population | plain mean | standard errors apart |\n|---:|---:|---:|---:|"
    for place, *row in zip(places, true, error, plain, plain_error, apart, strict=True):
        where = ", ".join(f"{spread:.4g}" for spread in place)
        yield "| {} | {:,.2f} ± {:.2f} | {:,.2f} ± {:.2f} | {:+.1f} |".format(where, *row)
    yield ""


def column(text):
    """A design with spreads and trainings a spread, from such as common:100x200."""
    found = re.fullmatch(rf"({'|'.join(DESIGNS)}):(\d+)x(\d+)", text)
    if not found or int(found[2]) < LEAST_VALUES or int(found[3]) < 4:
        raise UsageError(
            f"columns was given as {text!r}; allowed is one of {', '.join(DESIGNS)}, a colon, spreads "
            f"({LEAST_VALUES} or more), x and trainings at each (4 or more), such as common:100x200"
        )
    return found[1], (int(found[2]), int(found[3]))


def build_parser():
    parser = Parser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--recipe", metavar="NAME", action="append", default=[], help="it alone; repeatable")
    parser.add_argument(
        "--columns", metavar="DESIGN:SPREADSxN", nargs="+", default=[],
        help=f"such as common:100x200; designs are {', '.join(DESIGNS)}",
    )  # fmt: skip
    parser.add_argument("--studies", metavar="N", type=whole_number, help="of each column (2000; --quick: 100)")
    parser.add_argument("--processes", metavar="N", type=whole_number, default=os.cpu_count(), help="(all cores)")
    parser.add_argument("--quick", action="store_true", help="little of everything")
    parser.add_argument(
        "--out", metavar="PATH", help="where the tables are written, too; a .json beside it keeps what was simulated"
    )
    return parser


def read_options(arguments):
    """The options, complete.

    Raises:
        UsageError: one of them is not allowed.
    """
    options = build_parser().parse_args(arguments)
    for name in options.recipe:
        if name not in CASES:
            raise UsageError(f"recipe was given as {name!r}; allowed is one of {', '.join(CASES)}")
    options.recipes = options.recipe or list(CASES)
    options.columns = [column(text) for text in options.columns]
    if options.quick and not options.columns:
        options.columns = [(design, (10, 20)) for design in DESIGNS]
    options.studies = options.studies or (100 if options.quick else 2000)
    return options


def main(arguments):
    options = read_options(arguments)
    # A study's matrices are small: threads of a linear algebra library would only wait for each other.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    path = Path(options.out) if options.out else None
    held = path.with_suffix(".json") if path else None
    kept = json.loads(held.read_text(encoding="utf-8")) if held and held.exists() else {}
    for name in options.recipes:
        for _ in simulate_missing(kept.setdefault(name, {}), name, options):
            if path and held:
                held.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
                path.write_text("\n".join(page(kept, CASES)) + "\n", encoding="utf-8")
        print("\n".join(["", f"## {name}", "", *section(kept[name])]), flush=True)
    if path:
        path.write_text("\n".join(page(kept, CASES)) + "\n", encoding="utf-8")
        print(f"Written to {path}, and as far as it got to {held}, which the same command continues.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    run_command(main)
