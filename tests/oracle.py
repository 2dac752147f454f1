"""Independent oracles: the objective as a function that also takes complex parameters, and `gustaw` in scalars."""

import math

import numpy as np
from scipy.special import erf

from sweep.recipe.problem import find_problem


def activate(name, z):
    """Holomorphic where the real function has no kink, so that a complex step gives its derivative."""
    if name == "gelu":
        return z * (1 + erf(z / math.sqrt(2))) / 2
    if name == "softplus":
        return np.log(1 + np.exp(z))
    if name == "silu":
        return z / (1 + np.exp(-z))
    if name == "elu":
        return np.where(z.real > 0, z, np.exp(z) - 1)
    if name == "tanh":
        return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    if name in ("relu", "leaky_relu"):
        return np.where(z.real > 0, z, z * (0.01 if name == "leaky_relu" else 0))
    return 1 / (1 + np.exp(-z)) if name == "sigmoid" else z


def objective(recipe, flat):
    """The number that gradient descent lowers, from the definitions of the recipe's fields."""
    x, t = find_problem(recipe.problem, recipe.inputs)
    start = 0
    for number, (fan_in, fan_out) in enumerate(recipe.layers):
        weights = flat[start : start + fan_in * fan_out].reshape(fan_in, fan_out)
        start += fan_in * fan_out
        z = x @ weights
        if recipe.biases != "none":
            z = z + flat[start : start + fan_out]
            start += fan_out
        x = activate(recipe.activation, z) if number < len(recipe.layers) - 1 else z
    y = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True) if recipe.output == "softmax" else activate(recipe.output, x)
    if recipe.loss == "cross_entropy":
        rows = -(t * np.log(y)).sum(axis=1)
    else:
        of_outputs = (y - t) ** 2 if recipe.loss == "mse" else -(t * np.log(y) + (1 - t) * np.log(1 - y))
        rows = of_outputs.mean(axis=1)
    return {"sum": 1, "half_sum": 0.5, "mean": 1 / len(t)}[recipe.gradient_scale] * rows.sum()


def complex_step_gradient(recipe, parameters, step=1e-30):
    """Exact to rounding (Squire & Trapp 1998)."""
    gradient = np.empty(len(parameters))
    for i in range(len(parameters)):
        moved = parameters.astype(complex)
        moved[i] += 1j * step
        gradient[i] = objective(recipe, moved).imag / step
    return gradient


def gustaw(parameters, epochs):
    """The published program's losses and trained parameters, in scalars: the output layer is updated first, and the
    hidden deltas use its new weights."""
    w00, w01, w10, w11, b0, b1, v0, v1, c = map(float, parameters)
    losses = []
    for _ in range(epochs):
        loss = 0.0
        rows = []
        for x0, x1, t in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)):
            h0 = 1 / (1 + math.exp(-(w00 * x0 + w10 * x1 + b0)))
            h1 = 1 / (1 + math.exp(-(w01 * x0 + w11 * x1 + b1)))
            y = 1 / (1 + math.exp(-(v0 * h0 + v1 * h1 + c)))
            p = min(max(y, 1e-15), 1 - 1e-15)
            loss -= (t * math.log(p) + (1 - t) * math.log(1 - p)) / 4
            rows.append((x0, x1, h0, h1, y - t))
        losses.append(loss)
        v0 -= 0.1 * sum(h0 * d for _, _, h0, _, d in rows)
        v1 -= 0.1 * sum(h1 * d for _, _, _, h1, d in rows)
        c -= 0.1 * sum(d for *_, d in rows)
        d0 = [v0 * d * h0 * (1 - h0) for _, _, h0, _, d in rows]
        d1 = [v1 * d * h1 * (1 - h1) for _, _, _, h1, d in rows]
        w00 -= 0.1 * sum(x0 * d for (x0, *_), d in zip(rows, d0, strict=True))
        w10 -= 0.1 * sum(x1 * d for (_, x1, *_), d in zip(rows, d0, strict=True))
        w01 -= 0.1 * sum(x0 * d for (x0, *_), d in zip(rows, d1, strict=True))
        w11 -= 0.1 * sum(x1 * d for (_, x1, *_), d in zip(rows, d1, strict=True))
        b0 -= 0.1 * sum(d0)
        b1 -= 0.1 * sum(d1)
    return np.array(losses), np.array([w00, w01, w10, w11, b0, b1, v0, v1, c])
