"""A PyTorch network of 8 tanh units that learns two interleaved spirals, to be swept over its initial spreads."""

import math

import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils import vector_to_parameters

from sweep import training

TURNS = torch.linspace(0.5, 3, 40) * math.pi
SPIRAL = torch.stack([TURNS * TURNS.cos(), TURNS * TURNS.sin()], dim=1) / (3 * math.pi)
INPUTS = torch.cat([SPIRAL, -SPIRAL])
TARGETS = torch.cat([torch.zeros(40), torch.ones(40)])


@training(
    normals={"hidden_std_dev": 24, "output_std_dev": 9},
    layers={"hidden_std_dev": (2, 8), "output_std_dev": (8, 1)},
)
def mlp(rng, *, parameters, learning_rate=0.05, epochs=100):
    """The loss summed over the epochs, and the fraction of the points that are on the right side at the end."""
    network = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    start = [torch.tensor(drawn, dtype=torch.float32) for drawn in parameters.values()]
    vector_to_parameters(torch.cat(start), network.parameters())
    optimizer = torch.optim.Adam(network.parameters(), lr=learning_rate)
    total = 0.0
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = binary_cross_entropy_with_logits(network(INPUTS)[:, 0], TARGETS)
        loss.backward()
        optimizer.step()
        total += loss.item()
    right = ((network(INPUTS)[:, 0] > 0) == (TARGETS > 0.5)).float().mean()
    return {"loss": total, "accuracy": right}
