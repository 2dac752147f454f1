"""python -m benchmarks.coverage: how often the stated 95 % intervals contain the truth.

Studies are drawn from a population of real trainings (`benchmarks/population.py`), and the whole inference is run on
each. The population's means are sums over its trainings, weighted by the chi distribution of lengths, so the truth of
what is simulated has no error of its own, and none of the estimator's code is in it. What the truth says of all
networks is uncertain by the directions that the population happens to have: the ± beside each truth is that standard
error. That lengths and directions may be drawn apart is checked against the plain means of trainings really drawn.
"""

import os
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats
from tqdm import tqdm

from benchmarks import machine, population
from sweep import RECIPES, Recipe
from sweep.console.command import Parser, run_command, whole_number
from sweep.errors import UsageError
from sweep.statistics.compare import change_between
from sweep.statistics.inference import normal_interval
from sweep.statistics.minimum import LEAST_POINTS, find_minimum

DESIGNS = ("by_spread", "common", "unequal")
"""Independent draws at every spread; draws that all spreads share; independent draws, and at every fourth spread five
times as many trainings as at the others."""
FEW = (("by_spread", (100, 200)), ("by_spread", (100, 1000)), ("common", (100, 200)), ("unequal", (100, 200)))
"""Designs, each with the number of spreads and of trainings at each."""
MANY = (*FEW, ("common", (100, 1000)), ("unequal", (100, 1000)), ("by_spread", (400, 1000)))


class Case(NamedTuple):
    """A recipe, the ends of the spreads that are swept, what is simulated, and the directions of its population."""

    recipe: Recipe
    ends: tuple[float, float]
    columns: tuple[tuple[str, tuple[int, int]], ...] = FEW
    directions: int = 2048


CASES = {
    "gustaw": Case(RECIPES["gustaw"], (0.25, 2.0), MANY),
    "peczenyj": Case(RECIPES["peczenyj"], (0.15, 1.2)),
    "twenty-lines": Case(RECIPES["twenty-lines"], (0.3, 3.0)),
    "rumelhart": Case(RECIPES["rumelhart"], (0.4, 4.0)),
    "relu-capstone": Case(RECIPES["relu-capstone"], (0.4, 4.0)),
    "2-8-1 tanh, 1,000 epochs": Case(Recipe(hidden=(8,), activation="tanh", epochs=1000), (0.3, 6.0)),
    "parity3 3-8-1, 1,000 epochs": Case(Recipe(problem="parity3", hidden=(8,), epochs=1000), (0.3, 6.0)),
}
"""By name. `twenty-lines` has no minimum: its mean falls as far as it was swept."""
QUICK = tuple((design, (50, 100)) for design in DESIGNS)
WIDER, NARROWER = 2**0.5, 0.6 * 2**0.5
"""Times Xavier's spread: 1 and 0.6 for `gustaw`."""
RUNGS = 4
N_DRAWN = 20_000
AIM = (0.935, 0.965)
AT_ONCE = 20
JACKKNIFE = 32
NAMES = (
    "mean at Xavier's",
    "mean at the widest spread",
    "change from √2 times Xavier's to Xavier's",
    "change from Xavier's to 0.85 times Xavier's",
    "fraction solved at Xavier's",
    "minimising spread",
    "mean at the minimum",
    "gain at the minimum over Xavier's",
)
NEAR_END = 1.01
SAYS_SO = "says that it shows no minimum inside"


def landmarks(of):
    """Where means are stated: at Xavier's spread, the widest, and those that Xavier's is compared with."""
    return of.xavier * np.array([1.0, of.ends[1] / of.xavier, WIDER, NARROWER])


def truths(of):
    """The true values of NAMES (n,)."""
    spread = of.minimum
    at, solved = of.mean(np.append(landmarks(of), spread)), of.mean([of.xavier], "solved")[0]
    return np.array([at[0], at[1], at[0] / at[2] - 1, at[3] / at[0] - 1, solved, spread, at[4], at[4] / at[0] - 1])


def truth_errors(of):
    """Standard errors of the true values of NAMES (n,) as those of all networks: a jackknife over directions."""
    group = np.arange(of.loss.shape[1]) % JACKKNIFE
    without = np.array([truths(of.only(group != left_out)) for left_out in range(JACKKNIFE)])
    return np.sqrt((JACKKNIFE - 1) * without.var(axis=0))


def numbers_of(design, n_spreads, n):
    """Trainings at each spread."""
    if design != "unequal":
        return np.full(n_spreads, n)
    return np.where(np.arange(n_spreads) % 4 == 0, 5 * n // 2, n // 2)


def simulate(of, design, n_spreads, n, rng):
    """The curve of one study."""
    spreads, numbers = of.spreads(n_spreads), numbers_of(design, n_spreads, n)
    if design == "common":
        drawn = [values.ravel() for values in of.repeats(spreads, n, rng)]
    else:
        drawn = of.trainings(spreads, numbers, rng)
    return population.curve_of(of.draw, spreads, numbers, *drawn, paired=design == "common")


def intervals(of, curve):
    """What is stated of NAMES: estimate, low and high (n, 3), and whether no minimum is said to lie inside."""
    at, places = curve.at(landmarks(of)), ((2, 0), (0, 3))
    changes = [change_between(at, before, after) for before, after in places]
    solved = curve.pooled(np.array([of.xavier]), population.SOLVED, population.FINITE)
    found = find_minimum(curve, of.xavier)
    stated = [
        *(normal_interval(at.mean[place], at.standard_error[place]) for place in (0, 1)),
        *((change.change, change.low, change.high) for change in changes),
        normal_interval(solved.mean[0], solved.standard_error[0]),
        found.spread, found.mean, found.gain,
    ]  # fmt: skip
    return np.array(stated), not found.bracketed or found.is_flat


_population = None


def _keep(of):
    global _population
    _population = of


def _run(design, size, numbers):
    """Studies of these numbers: what they state (m, n, 3), and whether each says that no minimum lies inside (m,)."""
    seed = DESIGNS.index(design), *size
    found = [
        intervals(_population, simulate(_population, design, *size, np.random.default_rng([*seed, number])))
        for number in numbers
    ]
    return np.array([stated for stated, _ in found]), np.array([says_so for _, says_so in found])


def run_studies(pool, label, design, size, n):
    """As `_run`, of n studies, on all processes of a pool."""
    parts = [range(start, min(start + AT_ONCE, n)) for start in range(0, n, AT_ONCE)]
    futures = [pool.submit(_run, design, size, part) for part in parts]
    done = [future.result() for future in tqdm(futures, desc=f"{label}, {words(design, size)}", leave=False)]
    return tuple(np.concatenate(part) for part in zip(*done, strict=True))


def words(design, size):
    return f"{design}, {size[0]} × {size[1]:,}"


def report(name, options):
    """The lines of one recipe."""
    begun, case, n = time.monotonic(), CASES[name], options.studies
    yield from machine.describe(None)
    of = population.make(case.recipe, case.ends, case.directions // (16 if options.quick else 1), rungs=RUNGS)
    yield ""
    yield from compare_with_drawn(of, N_DRAWN // (50 if options.quick else 1))
    columns = options.columns or (QUICK if options.quick else case.columns)
    true, errors, inside = truths(of), truth_errors(of), has_minimum_inside(of)
    hits, says_so = [], []
    context = get_context("spawn")
    with ProcessPoolExecutor(options.processes, context, initializer=_keep, initargs=(of,)) as pool:
        for design, size in columns:
            stated, says = run_studies(pool, name, design, size, n)
            hits.append(((stated[:, :, 1] <= true) & (true <= stated[:, :, 2])).mean(axis=0))
            says_so.append(says.mean())
    low, high = (hits / n for hits in stats.binom.interval(0.95, n, 0.95))
    yield (
        f"{n:,} simulated studies of each kind and size (spreads × trainings at each); chance alone spreads a true "
        f"95 % over {low:.1%} to {high:.1%}. Bold: outside {AIM[0]:.1%} to {AIM[1]:.1%}.\n"
    )
    yield f"| stated 95 % interval | truth | {' | '.join(words(*column) for column in columns)} |"
    yield "|---|---:|" + "---:|" * len(columns)
    for row, what in enumerate(NAMES):
        if what == "minimising spread" and not inside:
            yield f"| {what} | {true[row]:.4f}, an end | {' | '.join(f'{share:.1%} say so' for share in says_so)} |"
        else:
            found = " | ".join(shares([hit[row] for hit in hits]))
            yield f"| {what} | {truth_words(what, true[row], errors[row])} | {found} |"
    yield f"| {SAYS_SO} | | {' | '.join(f'{share:.1%}' for share in says_so)} |"
    yield f"\nTook {(time.monotonic() - begun) / 60:.1f} minutes."


def has_minimum_inside(of):
    """Whether the true mean is lowest inside what was swept, not at an end, where a study is to say so."""
    return of.ends[0] * NEAR_END < of.minimum < of.ends[1] / NEAR_END


def compare_with_drawn(of, n):
    """The population's means beside those of trainings really drawn, and how many standard errors they differ by."""
    spreads = landmarks(of)
    plain, plain_error = population.plain_means(of.recipe, spreads, n)
    true, error = of.mean(spreads), np.array([of.standard_error(spread) for spread in spreads])
    apart = (true - plain) / np.hypot(error, plain_error)
    yield f"{of.loss.shape[1]:,} directions from {len(of.loss)} lengths; {of.draw.dimension} drawn parameters."
    yield f"Beside the plain means of {n:,} trainings really drawn at each spread:\n"
    yield "| spread | mean of the population | plain mean | standard errors apart |\n|---:|---:|---:|---:|"
    for row in zip(spreads, true, error, plain, plain_error, apart, strict=True):
        yield "| {:.4g} | {:,.2f} ± {:.2f} | {:,.2f} ± {:.2f} | {:+.1f} |".format(*row)
    yield ""


def truth_words(what, true, error):
    if what.startswith(("change", "gain", "fraction")):
        return f"{true:.3%} ± {error:.3%}"
    return f"{true:.4f} ± {error:.4f}" if "spread" in what and "mean" not in what else f"{true:,.2f} ± {error:.2f}"


def shares(hits):
    """Each in percent; bold outside the aim."""
    return [f"{hit:.1%}" if AIM[0] <= hit <= AIM[1] else f"**{hit:.1%}**" for hit in hits]


def column(text):
    """A design with spreads and trainings a spread, from such as common:100x200."""
    found = re.fullmatch(rf"({'|'.join(DESIGNS)}):(\d+)x(\d+)", text)
    if not found or int(found[2]) < LEAST_POINTS or int(found[3]) < 4:
        raise UsageError(
            f"columns was given as {text!r}; allowed is one of {', '.join(DESIGNS)}, a colon, spreads "
            f"({LEAST_POINTS} or more), x and trainings at each (4 or more), such as common:100x200"
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
        "--out", metavar="PATH", help="where the tables are written, too, recipe by recipe; it keeps those of others"
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
    options.studies = options.studies or (100 if options.quick else 2000)
    return options


def write(path, name, lines):
    """Put the section of one recipe into a file of them, in the place of the one that it may have."""
    held = path.read_text(encoding="utf-8").split("\n## ")[1:] if path.exists() else []
    sections = {text.partition("\n")[0]: text for text in held}
    sections[name] = "\n".join([name, *lines, ""])
    texts = [sections[one] for one in sorted(sections, key=list(CASES).index)]
    path.write_text("\n## ".join(["# Measured by `make coverage`\n", *texts]), encoding="utf-8")


def main(arguments):
    options = read_options(arguments)
    # A study's matrices are small: threads of a linear algebra library would only wait for each other.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for name in options.recipes:
        lines = [""]
        print(f"\n## {name}\n")
        for line in report(name, options):
            lines.append(line)
            print(line, flush=True)
        if options.out:
            write(Path(options.out), name, lines)
            print(f"Written to {options.out}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    run_command(main)
