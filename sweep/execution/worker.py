"""What every worker does with a block, in a process or on a cluster, and what it hands back that it cannot store."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sweep.recipe import OwnRecipe
from sweep.store import Records, Store
from sweep.store.records import NETWORK_FIELDS
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


class Part(NamedTuple):
    """The first trainings of a block are stored, or all of them and their function printed something.

    Attributes:
        n_new: number of new records.
        stop: where the block goes on.
        printed: what the function printed, or its beginning.
    """

    n_new: int
    stop: int
    printed: str


Result = int | Part | Unstored
"""What becomes of a block: the number of new records, those of its first trainings, or why they are not stored."""


class Piece(NamedTuple):
    """Trainings of a block, from its first on, and what their function printed."""

    records: Records
    printed: str = ""


def store_piece(store: Store, block: Block, piece: Piece) -> Result:
    """Store what was trained of a block.

    Raises:
        StoreError: it could not be stored.
    """
    n_new, stop = store.insert(block.point, piece.records), block.start + len(piece.records.repeat)
    return n_new if stop == block.stop and not piece.printed else Part(n_new, stop, piece.printed)


def train_block(block: Block) -> Piece:
    """Train the block's networks; of a function of the user's own, those that take a moment.

    Raises:
        FunctionError: the function is not here, or raised an error in the first block of a study.
    """
    if isinstance(block.point.recipe, OwnRecipe):
        from sweep.execution.own_training import train_piece

        return Piece(*train_piece(block))
    return Piece(train_networks(block))


def train_networks(block: Block) -> Records:
    """Train the block's networks, which are of this project."""
    return train_together([block])[0]


def train_together(blocks: Sequence[Block], device: str = "cpu") -> list[Records]:
    """Train the networks of blocks whose recipes differ in their spreads alone."""
    from sweep.kernel import train
    from sweep.recipe.recipe import network_of
    from sweep.study.draws import initial_parameters, shuffle_keys

    initial, keys = (
        np.concatenate([of(block.point, block.start, block.stop) for block in blocks])
        for of in (initial_parameters, shuffle_keys)
    )
    trained = train(network_of(blocks[0].point.recipe, "the kernel"), initial, shuffle_keys=keys, device=device)
    stops = np.cumsum([block.n_trainings for block in blocks]).tolist()
    return [
        Records(
            np.arange(block.start, block.stop),
            **{name: getattr(trained, name)[stop - block.n_trainings : stop] for name in NETWORK_FIELDS[1:]},
        )
        for block, stop in zip(blocks, stops, strict=True)
    ]
