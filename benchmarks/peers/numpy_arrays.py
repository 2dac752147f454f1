"""NumPy laid out by hand: the network is the last axis, so that every operation runs along it."""

import numpy as np

from benchmarks.peers.numpy_batched import sigmoid
from benchmarks.peers.task import INPUTS, LEARNING_RATE, TARGETS

X = INPUTS[:, :, np.newaxis, np.newaxis]
T = TARGETS[:, np.newaxis]


def train(networks, epochs):
    w1, b1, w2, b2 = (np.moveaxis(array, 0, -1).copy() for array in networks)
    w2, b2 = w2[:, 0], b2[0]  # (inputs, hidden, n), (hidden, n), (hidden, n), (n,)
    total = np.zeros(w1.shape[-1])
    for _ in range(epochs):
        h = sigmoid((X * w1).sum(axis=1) + b1)  # (rows, hidden, n)
        y = sigmoid((h * w2).sum(axis=1) + b2)  # (rows, n)
        total -= np.log(np.where(T, y, 1 - y)).mean(axis=0)
        delta2 = LEARNING_RATE * (y - T)
        delta1 = delta2[:, np.newaxis] * w2 * h * (1 - h)
        w2 -= (h * delta2[:, np.newaxis]).sum(axis=0)
        b2 -= delta2.sum(axis=0)
        w1 -= (X * delta1[:, np.newaxis]).sum(axis=0)
        b1 -= delta1.sum(axis=0)
    return total
