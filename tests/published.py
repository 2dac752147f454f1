"""The published programs, transcribed in plain NumPy from the facts that are known of each: their own losses, epoch by
epoch, from given initial weights. Nothing of this project's trainers is used."""

import numpy as np

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
T = np.array([[0.0], [1.0], [1.0], [0.0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def split(parameters, width, biased=True):
    """Hidden weights, hidden biases, output weights, output bias."""
    w1, rest = parameters[: 2 * width].reshape(2, width).copy(), parameters[2 * width :]
    b1, rest = (rest[:width].copy(), rest[width:]) if biased else (0.0, rest)
    w2, b2 = rest[:width].reshape(width, 1).copy(), rest[width:].copy() if biased else 0.0
    return w1, b1, w2, b2


def gustaw(parameters, epochs):
    w1, b1, w2, b2 = split(parameters, 2)
    losses = []
    for _ in range(epochs):
        h = sigmoid(X @ w1 + b1)
        y = sigmoid(h @ w2 + b2)
        p = np.clip(y, 1e-15, 1 - 1e-15)
        losses.append(-np.mean(T * np.log(p) + (1 - T) * np.log(1 - p)))
        output_delta = y - T
        w2 -= 0.1 * h.T @ output_delta
        b2 -= 0.1 * output_delta.sum(axis=0)
        hidden_delta = output_delta @ w2.T * h * (1 - h)
        w1 -= 0.1 * X.T @ hidden_delta
        b1 -= 0.1 * hidden_delta.sum(axis=0)
    return np.array(losses)


def squared_error_descent(parameters, epochs, width, rate, biased=True):
    """`peczenyj`, `twenty-lines` and `rumelhart`: delta (y - t) y (1 - y), all gradients from the old weights."""
    w1, b1, w2, b2 = split(parameters, width, biased)
    losses = []
    for _ in range(epochs):
        h = sigmoid(X @ w1 + b1)
        y = sigmoid(h @ w2 + b2)
        losses.append(np.mean((y - T) ** 2))
        output_delta = (y - T) * y * (1 - y)
        hidden_delta = (output_delta @ w2.T) * h * (1 - h)
        w2 = w2 - rate * h.T @ output_delta
        w1 = w1 - rate * X.T @ hidden_delta
        if biased:
            b2 = b2 - rate * output_delta.sum(axis=0)
            b1 = b1 - rate * hidden_delta.sum(axis=0)
    return np.array(losses)


def peczenyj(parameters, epochs):
    return squared_error_descent(parameters, epochs, width=2, rate=1.0)


def twenty_lines(parameters, epochs):
    return squared_error_descent(parameters, epochs, width=4, rate=0.1)


def rumelhart(parameters, epochs):
    return squared_error_descent(parameters, epochs, width=4, rate=0.5, biased=False)


def relu_capstone(parameters, epochs):
    w1, b1, w2, b2 = split(parameters, 4)
    losses = []
    for _ in range(epochs):
        z = X @ w1 + b1
        h = np.where(z > 0, z, 0.0)
        y = sigmoid(h @ w2 + b2)
        losses.append(np.mean((y - T) ** 2))
        output_delta = 2 / 4 * (y - T) * y * (1 - y)
        hidden_delta = (output_delta @ w2.T) * (z > 0)
        w2, b2 = w2 - 0.5 * h.T @ output_delta, b2 - 0.5 * output_delta.sum(axis=0)
        w1, b1 = w1 - 0.5 * X.T @ hidden_delta, b1 - 0.5 * hidden_delta.sum(axis=0)
    return np.array(losses)


def published_start(name):
    """The program's own seeded initial values, drawn as the program draws them."""
    if name == "relu-capstone":
        generator = np.random.default_rng(0)
        w1 = generator.standard_normal((2, 4)) * np.sqrt(2 / 2)
        w2 = generator.standard_normal((4, 1)) * np.sqrt(2 / 4)
        return np.concatenate([w1.ravel(), np.zeros(4), w2.ravel(), [0.0]])
    width, seed, spread = {"peczenyj": (2, 1, 1.0), "twenty-lines": (4, 1, 1.0), "rumelhart": (4, 42, 0.5)}[name]
    state = np.random.get_state()
    np.random.seed(seed)
    w1, w2 = np.random.randn(2, width) * spread, np.random.randn(width, 1) * spread
    np.random.set_state(state)
    if name == "rumelhart":
        return np.concatenate([w1.ravel(), w2.ravel()])
    return np.concatenate([w1.ravel(), np.zeros(width), w2.ravel(), [0.0]])


TRANSCRIPTIONS = {
    "gustaw": gustaw,
    "peczenyj": peczenyj,
    "twenty-lines": twenty_lines,
    "rumelhart": rumelhart,
    "relu-capstone": relu_capstone,
}
SEEDED = ["peczenyj", "twenty-lines", "rumelhart", "relu-capstone"]
