"""The kernel beside the reference and every peer, on one core."""

from dataclasses import replace
from functools import partial
from statistics import median

import numpy as np

from benchmarks import peers
from benchmarks.losses import check
from benchmarks.measurement import Row, Table, interleave, one_core, seconds
from benchmarks.peers.task import RECIPE, unpack
from benchmarks.table import duration
from sweep import kernel, reference

BATCHES = (256, 1024, 4096, 16_384)
USUAL = 1024
"""Networks that a block of the default study has; what the kernel is measured with."""
WORK = 1000 * USUAL
"""Networks times epochs of one measurement."""
TITLE = "Trainers, one core, `gustaw` with the textbook gradient, peers at their best batch: time a network and epoch"


def measure(options):
    work = WORK // 10 if options.quick else WORK
    with one_core():
        cases, notes = prepare(work)
        values = interleave("trainers", cases, options.rounds)
    kernel_values = values.pop(("kernel", USUAL))
    best = {}
    for name, batch in values:
        best[name] = min(best.get(name, batch), batch, key=lambda size, name=name: median(values[name, size]))
    rows = [
        Row(name, networks_at_once(batch), values[name, batch], "kernel", kernel_values) for name, batch in best.items()
    ]
    rows.append(Row("kernel", networks_at_once(USUAL), kernel_values))
    return [Table(TITLE, rows + notes, duration)]


def prepare(work):
    """What measures every trainer at every batch, all of them warm, and a row for each that cannot be measured."""
    cases, notes = {}, []
    for name, (train, batches, share) in trainers(notes).items():
        measured, error = {}, ""
        for batch in batches:
            parameters, epochs = initial(batch), max(1, share * work // max(batch, USUAL))
            error = error or check(RECIPE, parameters, epochs, train(parameters, epochs))
            measured[name, batch] = partial(per_epoch, train, parameters, epochs)
        if error:
            notes.append(Row(name, note=error, is_wrong=True))
        else:
            cases |= measured
    return cases, notes


def trainers(notes):
    """Name -> (function of parameters and epochs that gives the losses, its batches, the share of the work it gets).

    The kernel gets ten times the epochs, the 10,000 of its recipe, so that its measurement is not the shortest by far.
    """
    found = {"reference": (train_reference, (1,), 1), "kernel": (train_kernel, (USUAL,), 10)}
    for name, module in peers.TRAINERS.items():
        try:
            found[name] = (partial(train_peer, peers.load(module)), BATCHES, 1)
        except peers.NotInstalledError as error:
            notes.append(Row(name, note=str(error)))
    return found


def train_reference(parameters, epochs):
    return np.array([reference.train(replace(RECIPE, epochs=epochs), row).loss for row in parameters])


def train_kernel(parameters, epochs):
    return kernel.train(replace(RECIPE, epochs=epochs), parameters).loss


def train_peer(peer, parameters, epochs):
    return peer.train(unpack(parameters), epochs)


def per_epoch(train, parameters, epochs):
    return seconds(train, parameters, epochs) / (len(parameters) * epochs)


def initial(batch):
    return np.random.default_rng(0).normal(0, 2**-0.5, (batch, RECIPE.n_parameters))


def networks_at_once(n):
    return f"{n:,} networks at once" if n > 1 else "1 network"
