"""Emits the shuffle of the rows of every lane, each by its own key (`sweep.recipe.shuffle` says it in plain Python)."""

from typing import Any

from sweep.kernel.emitter import Index, whole
from sweep.kernel.rows import Order
from sweep.kernel.vector import Builder
from sweep.recipe.shuffle import FIRST_MIX, GOLDEN, SECOND_MIX


def shuffle(builder: Builder, keys: Any, epoch: Any, rows: int, order: Order) -> None:
    """Fill `order` with the rows in the order of an epoch, for keys at an address, one a lane."""
    with builder.counting(whole(0), whole(builder.lanes), whole(1)) as number:
        lane, key = Index(builder, number), builder.load(builder.gep(keys, [number]))
        with builder.counting(whole(0), whole(rows), whole(1)) as row:
            builder.store(row, order.at(Index(builder, row), lane))
        with builder.counting(whole(1), whole(rows), whole(1)) as turn:
            i = builder.sub(whole(rows), turn)
            u = builder.lshr(_split_mix(builder, key, builder.add(builder.mul(epoch, whole(rows)), i)), whole(32))
            j = builder.lshr(builder.mul(u, builder.add(i, whole(1))), whole(32))
            here, there = (order.at(Index(builder, place), lane) for place in (i, j))
            last, other = builder.load(here), builder.load(there)
            builder.store(other, here)
            builder.store(last, there)


def _split_mix(builder: Builder, key: Any, number: Any) -> Any:
    """The 64 bits of that number in the sequence that begins with the key."""
    z = builder.add(key, builder.mul(builder.add(number, whole(1)), whole(GOLDEN)))
    for shift, factor in ((30, FIRST_MIX), (27, SECOND_MIX)):
        z = builder.mul(builder.xor(z, builder.lshr(z, whole(shift))), whole(factor))
    return builder.xor(z, builder.lshr(z, whole(31)))
