"""What every worker does with a block, in a process or on a cluster, and what it hands back that it cannot store."""

from typing import NamedTuple

import numpy as np

from sweep.store import Records
from sweep.study import Block

SECONDS_TO_CONNECT = 1.0
"""How long a worker looks for a server: short, since the main process does the waiting."""


class Unstored(NamedTuple):
    """A block that its worker could not store; the main process waits for the store and tries again.

    Attributes:
        block: what was to be trained and stored.
        records: what came of it, or None where it is trained again: records do not travel through a cluster.
        reason: why it could not be stored.
    """

    block: Block
    records: Records | None
    reason: str


def train_block(block: Block) -> Records:
    """Train the block's networks."""
    from sweep.kernel import train
    from sweep.study.draws import initial_parameters, shuffle_keys

    point, repeats = block.point, (block.start, block.stop)
    keys = shuffle_keys(point, *repeats)
    trained = train(point.recipe, initial_parameters(point, *repeats), shuffle_keys=keys)
    return Records(
        repeat=np.arange(block.start, block.stop),
        loss=trained.loss,
        final_loss=trained.final_loss,
        solved=trained.solved,
        solved_epoch=trained.solved_epoch,
        diverged=trained.diverged,
        accuracy=trained.accuracy,
    )
