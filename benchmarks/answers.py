"""How near the best spread of `gustaw` the same number of trainings comes, by this project and by what else there is.

The trainings are drawn from a population of real ones whose mean is known at every spread (`benchmarks/population.py`),
so that the true minimum has no error. Seconds are those of the trainings, at what one takes in a batch as large as each
way trains, and of what the way does with them, on one core.
"""

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import NamedTuple

import numpy as np

from benchmarks import peers, population, studies
from benchmarks.measurement import Table, one_core, seconds
from benchmarks.table import duration, three_digits
from sweep import RECIPES, kernel
from sweep.statistics.minimum import find_minimum
from sweep.study import Point
from sweep.study.draws import initial_parameters
from sweep.study.streams import DRAW_BLOCK
from sweep.study.target import FIRST_ROUND_AT_LEAST

RECIPE = RECIPES["gustaw"]
ENDS = (0.1, 10.0)
DIRECTIONS = 4096
SWEEPS = ((100, 20), (100, 200), (400, 1000))
"""Spreads, and trainings at each."""
FIRST_ROUND = 5
"""Of trainings in rounds, one in so many is of the first."""
MANY_REPETITIONS, REPETITIONS, FEW_REPETITIONS = 60, 20, 5
"""Of sweeps and rounds, of other ways, and of those that take over ten seconds a time."""
MOST_TRIALS = 2000
"""Trials of Optuna's TPE sampler, which take the longer the more there are."""
GP_TRIALS = 20, 100
"""Trials of its GP sampler, the time of whose next grows with the cube of those before."""
OURS = "this project, in rounds"
LIMIT = "trainings weighted by their length, from the best lengths there are: the limit"
TITLE = f"Best spread of `gustaw` from {ENDS[0]:g} to {ENDS[1]:g}: means over the repetitions"
HEADER = (
    "| trainings | way | repetitions | squared error of the log-spread | times ours | true mean loss above the lowest "
    "| seconds |\n|---:|---|---:|---:|---:|---:|---:|"
)


class Found(NamedTuple):
    """What one repetition of a way gave: a spread, and the seconds that it took without those of trainings."""

    spread: float
    seconds: float


class Way(NamedTuple):
    """A way to look for the best spread: its name, its trainings, how many of them go at once, what runs it once with a
    generator of random numbers, and how often."""

    name: str
    trainings: int
    batch: int
    run: Callable[[np.random.Generator], Found]
    repetitions: int = REPETITIONS


class AnswerRow(NamedTuple):
    """A line of the table."""

    cells: list[str]
    is_wrong: bool = False


def measure(options):
    part = 16 if options.quick else 1
    most = 2 if options.quick else MANY_REPETITIONS
    with one_core():
        of = population.make(RECIPE, ENDS, DIRECTIONS // part)
        rows = []
        for n_spreads, n in SWEEPS[: 1 if options.quick else None]:
            rows += compare(of, n_spreads, n, most)
    return [Table(TITLE, rows, None, HEADER)]


def compare(of, n_spreads, n, most):
    """The rows of one number of trainings, of at most so many repetitions."""
    found, notes = {}, []
    for way in (rounds(of, n_spreads, n), *sweeps(of, n_spreads, n), *trials(of, n_spreads * n)):
        numbers = range(min(way.repetitions, most))
        try:
            found[way] = [way.run(np.random.default_rng([n_spreads, n, number])) for number in numbers]
        except (peers.NotInstalledError, ImportError) as error:
            notes.append((way.name, str(error).splitlines()[0]))
    own = squared_error(of, next(results for way, results in found.items() if way.name == OURS))
    limit = of.least_squared_error / (n_spreads * n)
    rows = [AnswerRow([f"{n_spreads * n:,}", LIMIT, "", f"{limit:.3g}", three_digits(limit / own), "", ""])]
    for way, results in found.items():
        error, lowest = squared_error(of, results), of.mean([of.minimum])[0]
        above = np.mean([of.mean([one.spread])[0] / lowest - 1 for one in results])
        spent = median(one.seconds for one in results) + way.trainings * per_training(way.batch)
        cells = [f"{error:.3g}", three_digits(error / own), f"{above:.3%}", duration(spent)]
        rows.append(AnswerRow([f"{n_spreads * n:,}", way.name, str(len(results)), *cells]))
    return rows + [
        AnswerRow([f"{n_spreads * n:,}", name, "", f"not measured: {why}", "", "", ""]) for name, why in notes
    ]


def squared_error(of, results):
    """Mean squared distance (1,) from the true minimum in the logarithm."""
    return float(np.mean([np.log(one.spread / of.minimum) ** 2 for one in results]))


def per_training(batch):
    """Seconds that a training takes among so many at once, or a block of them where they are more."""
    batch = min(batch, DRAW_BLOCK)
    parameters = initial_parameters(Point(RECIPE, 0, "common"), 0, batch)
    return median(seconds(kernel.train, RECIPE, parameters) / batch for _ in range(5))


def rounds(of, n_spreads, n):
    """This project's rounds, which go where they sharpen the minimum; of few trainings the first is over fewer spreads,
    since it needs some at each."""
    trainings = n_spreads * n
    n_spreads = min(n_spreads, trainings // FIRST_ROUND // FIRST_ROUND_AT_LEAST)
    first = trainings // FIRST_ROUND // n_spreads

    def run(rng):
        draw = Watched(lambda places, numbers: of.trainings(places, numbers, rng))
        begun = perf_counter()
        spread = find_minimum(studies.in_rounds(draw, of, n_spreads, first, trainings)).spread.estimate
        return Found(float(spread), perf_counter() - begun - draw.seconds)

    return Way(OURS, trainings, 1024, run, MANY_REPETITIONS)


def sweeps(of, n_spreads, n):
    """Ways that sweep the spreads and look at what came out: name, trainings at once, and what runs it once."""
    spreads = of.places(n_spreads)[:, 0]
    ways = {
        "this project, one sweep": lambda *drawn: pooled(of, spreads, n, *drawn),
        "lowest plain mean": lambda _, losses, __: spreads[np.argmin(losses.reshape(n_spreads, n).mean(axis=1))],
    }
    through = {
        "LOWESS (statsmodels) through plain means, 2/3 of them": ("by_lowess", 2 / 3),
        "LOWESS (statsmodels) through plain means, 1/5 of them": ("by_lowess", 1 / 5),
        "Gaussian process (scikit-learn) through plain means": ("by_gaussian_process",),
    }
    for name, (smoother, *settings) in through.items():
        ways[name] = partial(smoothed, spreads, n, smoother, settings)
    for name, way in ways.items():
        yield Way(name, n_spreads * n, n, partial(timed, of, spreads, n, way), MANY_REPETITIONS)


def timed(of, spreads, n, way, rng):
    drawn = of.trainings(spreads, np.full(len(spreads), n), rng)
    begun = perf_counter()
    spread = way(*drawn)
    return Found(float(spread), perf_counter() - begun)


def pooled(of, spreads, n, *drawn):
    return find_minimum(studies.curve_of(of, spreads, np.full(len(spreads), n), *drawn)).spread.estimate


def smoothed(spreads, n, smoother, settings, _, losses, __):
    means = losses.reshape(len(spreads), n).mean(axis=1)
    return getattr(peers.load("smoothers"), smoother)(spreads, means, *settings)


def trials(of, trainings):
    """Optuna's samplers: TPE with trials of one training, of 100 and of 1,000, where there are trials enough and not
    too many; GP with a number of trials that share out the trainings, and with as many of one training each."""
    of_tpe = [(each, trainings // each) for each in (1, 100, 1000)]
    ways = [("tpe", each, n_trials, "") for each, n_trials in of_tpe if 20 <= n_trials <= MOST_TRIALS]
    ways += [("gp", trainings // n_trials, n_trials, "") for n_trials in GP_TRIALS]
    if trainings <= MOST_TRIALS:
        ways.append(("gp", 1, GP_TRIALS[-1], " and no more"))
    for sampler, each, n_trials, but in ways:
        name = f"Optuna's {sampler.upper()} sampler, {n_trials:,} trials of {each:,} each{but}"
        repetitions = FEW_REPETITIONS if sampler == "gp" and n_trials > GP_TRIALS[0] else REPETITIONS
        yield Way(name, each * n_trials, each, partial(optimised, of, each, n_trials, sampler), repetitions)


def optimised(of, each, n_trials, sampler, rng):
    optuna = peers.load("optuna_answer")
    objective = Watched(lambda spread: of.trainings([spread], [each], rng)[1].mean())
    begun = perf_counter()
    spread = optuna.run(objective, of.ladders[0].ends, n_trials, sampler, int(rng.integers(2**31)))
    return Found(spread, perf_counter() - begun - objective.seconds)


class Watched:
    """A function, with the seconds that its calls took: a population's trainings are only looked up, which counts as
    `per_training` says."""

    def __init__(self, function):
        self._function, self.seconds = function, 0.0

    def __call__(self, *arguments):
        begun = perf_counter()
        result = self._function(*arguments)
        self.seconds += perf_counter() - begun
        return result
