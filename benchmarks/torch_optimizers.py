"""python -m benchmarks.torch_optimizers: PyTorch's optimisers on the cases that tests hold this project to.

Writes tests/kernel/torch_optimizers.json: shared data, parameters and fields, and every case's losses and trained
parameters, all float64.
"""

import json
from pathlib import Path

import numpy as np
import torch

PATH = Path(__file__).parents[1] / "tests" / "kernel" / "torch_optimizers.json"
EPOCHS, RATE = 30, 0.05
WIDTHS = (3, 4, 2)
CASES = [
    {"optimizer": name, **fields, **decay}
    for name, fields in [
        ("gradient_descent", {}),
        ("momentum", {"momentum": 0.8}),
        ("nesterov", {"momentum": 0.8}),
        ("rmsprop", {"alpha": 0.9, "epsilon": 1e-6}),
        ("adam", {"beta1": 0.7, "beta2": 0.95, "epsilon": 1e-7}),
    ]
    for decay in ({}, {"weight_decay": 0.1})
]


def make_optimizer(parameters, fields):
    decay = fields.get("weight_decay", 0.0)
    if fields["optimizer"] == "adam":
        betas = fields["beta1"], fields["beta2"]
        return torch.optim.Adam(parameters, RATE, betas=betas, eps=fields["epsilon"], weight_decay=decay)
    if fields["optimizer"] == "rmsprop":
        return torch.optim.RMSprop(parameters, RATE, fields["alpha"], fields["epsilon"], weight_decay=decay)
    momentum, nesterov = fields.get("momentum", 0.0), fields["optimizer"] == "nesterov"
    return torch.optim.SGD(parameters, RATE, momentum, weight_decay=decay, nesterov=nesterov)


def train(inputs, targets, flat, fields):
    """Losses of all epochs and trained parameters of a tanh network with mean squared error."""
    n_in, n_hidden, n_out = WIDTHS
    sizes = [n_in * n_hidden, n_hidden, n_hidden * n_out, n_out]
    shapes = [(n_in, n_hidden), (n_hidden,), (n_hidden, n_out), (n_out,)]
    pieces = np.split(flat, np.cumsum(sizes)[:-1])
    parameters = [torch.tensor(p.reshape(s), requires_grad=True) for p, s in zip(pieces, shapes, strict=True)]
    w1, b1, w2, b2 = parameters
    x, t = torch.tensor(inputs), torch.tensor(targets)
    optimizer, losses = make_optimizer(parameters, fields), []
    for _ in range(EPOCHS):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(torch.tanh(x @ w1 + b1) @ w2 + b2, t)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, torch.cat([p.detach().ravel() for p in parameters]).tolist()


def main():
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(9, WIDTHS[0])), rng.normal(size=(9, WIDTHS[-1]))
    flat = rng.normal(0, 0.7, 3 * 4 + 4 + 4 * 2 + 2)
    cases = []
    for fields in CASES:
        losses, trained = train(inputs, targets, flat, fields)
        cases.append({"fields": fields, "losses": losses, "trained": trained})
    shared = {
        "hidden": [4], "activation": "tanh", "output": "identity", "loss": "mse", "solved_below": 0.01,
        "gradient_scale": "mean", "learning_rate": RATE, "epochs": EPOCHS, "biases": "zero",
    }  # fmt: skip
    made = {"torch": torch.__version__, "inputs": inputs.tolist(), "targets": targets.tolist()}
    text = json.dumps({**made, "parameters": flat.tolist(), "fields": shared, "cases": cases})
    PATH.write_text(text + "\n", encoding="utf-8")
    print(f"Written to {PATH}.")


if __name__ == "__main__":
    main()
