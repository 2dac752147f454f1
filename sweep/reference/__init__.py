"""Trains ONE network in plain NumPy, written to be read. It is the oracle of the kernel and the source of traces.

`network.py` has the layers and what they pass on, `activation.py` the functions of hidden units, `optimizer.py` what
is made of a gradient, and `training.py` trains.
"""

from sweep.reference.network import Weights, forward, unpack
from sweep.reference.training import Training, train

__all__ = ["Training", "Weights", "forward", "train", "unpack"]
