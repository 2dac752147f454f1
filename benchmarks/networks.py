"""The kernel beside JAX and PyTorch on a data set: small tanh networks on two moons, on one core."""

from functools import partial

import numpy as np

from benchmarks import peers
from benchmarks.losses import check
from benchmarks.measurement import Row, Table, interleave, one_core, seconds
from benchmarks.peers.moons import RATES, ROWS, recipe_of, unpack
from benchmarks.table import duration
from sweep import kernel

WIDTHS = (8, 16)
NETWORKS = 1024
EPOCHS, QUICK_EPOCHS = 50, 5
TITLE = f"Small tanh networks on two moons ({ROWS} rows), {NETWORKS:,} at once, one core: time a network and epoch"


def measure(options):
    epochs, cases, notes = QUICK_EPOCHS if options.quick else EPOCHS, {}, []
    with one_core():
        for width in WIDTHS:
            for optimizer in RATES:
                name = f"2-{width}-1, {optimizer.replace('_', ' ')}"
                found, wrong = prepare(recipe_of(width, optimizer, epochs), width)
                cases |= {(name, trainer): measured for trainer, measured in found.items()}
                notes += [Row(f"{trainer}, {name}", note=note, is_wrong=True) for trainer, note in wrong.items()]
        values = interleave("networks on data", cases, options.rounds)
    rows = [
        Row(f"{trainer}, {name}", values=of_case, against="kernel", others=values[name, "kernel"])
        for (name, trainer), of_case in values.items()
        if trainer != "kernel"
    ]
    rows += [Row(f"kernel, {name}", values=values[name, "kernel"]) for name, trainer in values if trainer == "kernel"]
    missing = [Row(name, note=str(error)) for name, error in unavailable().items()]
    return [Table(TITLE, rows + notes + missing, duration)]


def prepare(recipe, width):
    """What measures each trainer, warm and checked for its losses, and what is wrong with the others."""
    parameters = np.random.default_rng(0).normal(0, 0.7, (NETWORKS, recipe.n_parameters))
    trainers = {"kernel": lambda parameters, epochs: kernel.train(recipe, parameters).loss}
    for name, module in peers.ON_DATA.items():
        if name not in unavailable():
            train = peers.load(module).train
            trainers[name] = lambda parameters, epochs, train=train: train(
                unpack(parameters, width), epochs, recipe.optimizer
            )
    found, wrong = {}, {}
    for name, train in trainers.items():
        error = check(recipe, parameters, recipe.epochs, train(parameters, recipe.epochs))
        if error:
            wrong[name] = error
        else:
            found[name] = partial(per_epoch, train, parameters, recipe.epochs)
    return found, wrong


def unavailable():
    """Name -> why a peer cannot be measured."""
    found = {}
    for name, module in peers.ON_DATA.items():
        try:
            peers.load(module)
        except peers.NotInstalledError as error:
            found[name] = error
    return found


def per_epoch(train, parameters, epochs):
    return seconds(train, parameters, epochs) / (len(parameters) * epochs)
