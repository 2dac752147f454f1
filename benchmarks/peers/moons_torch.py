"""PyTorch, all networks at once on two moons: batched matrix products, autograd and its own optimisers."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from benchmarks.peers.moons import INPUTS, RATES, TARGETS

OPTIMIZERS = {"gradient_descent": torch.optim.SGD, "adam": torch.optim.Adam}


def train(networks, epochs, optimizer):
    w1, b1, w2, b2 = parameters = [torch.tensor(array, requires_grad=True) for array in networks]
    x = torch.tensor(INPUTS).expand(len(w1), -1, -1)
    t = torch.tensor(TARGETS).expand(len(w1), -1, -1)
    stepper = OPTIMIZERS[optimizer](parameters, lr=RATES[optimizer])
    total = torch.zeros(len(w1), dtype=torch.float64)
    for _ in range(epochs):
        stepper.zero_grad()
        hidden = torch.tanh(torch.baddbmm(b1.unsqueeze(1), x, w1))
        z = torch.baddbmm(b2.unsqueeze(1), hidden, w2)
        losses = binary_cross_entropy_with_logits(z, t, reduction="none").mean(dim=(1, 2))
        losses.sum().backward()
        stepper.step()
        total += losses.detach()
    return total.numpy()
