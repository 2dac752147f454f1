"""What is asked: a recipe swept over axes, the blocks that this takes, and the draws that each training starts from."""

from sweep.study.axis import Axis, log_spaced
from sweep.study.blocks import Block, Repeats, block_size, compact, plan
from sweep.study.part import Part
from sweep.study.study import DEFAULT_SPREADS, DRAW_BLOCK, DRAWS, Point, Study
from sweep.study.target import Target

__all__ = [
    "DEFAULT_SPREADS",
    "DRAWS",
    "DRAW_BLOCK",
    "Axis",
    "Block",
    "Part",
    "Point",
    "Repeats",
    "Study",
    "Target",
    "block_size",
    "compact",
    "log_spaced",
    "plan",
]
