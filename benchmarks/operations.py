"""What one epoch of a recipe costs an ideal implementation: instructions a network, if none ever had to wait.

Counted is what the best algorithm known to us needs, not what the kernel does. An addition, a product, a fused
multiply-add, a comparison or a selection costs 1, since the processors here do as many of each in a cycle. Not counted
are loads and stores, and the constants that a recipe has but once.
"""

from sweep.recipe.problem import shape_of

DIVISION = 8
"""A 512-bit division takes as long as 8 fused multiply-adds on Zen 5, measured, each many times over."""
RECIPROCAL = (DIVISION + 3) / 2
"""Two reciprocals are one division and three products: 1 / (a b) times b, and times a."""
EXP = 20
"""Clamp 2, reduce by ln 2 in 4, a polynomial of degree 12, and 2 to put the exponent in: what C++ by hand takes."""
SERIES = 20
"""The polynomials of a logarithm and of the normal distribution, of degrees 18 and 20."""
ACTIVATION = {
    "sigmoid": EXP + 1 + RECIPROCAL,
    "tanh": EXP + 2 + RECIPROCAL,
    "relu": 1,
    "leaky_relu": 2,
    "identity": 0,
    "gelu": EXP + SERIES + 2 * DIVISION + 13,
    "softplus": EXP + SERIES + 2 * DIVISION + 9,
    "silu": EXP + 1 + RECIPROCAL + 4,
    "elu": EXP + 3,
}
"""With the derivative, where the output alone does not tell it."""
DERIVATIVE = {
    "sigmoid": 2, "tanh": 2, "relu": 1, "leaky_relu": 2, "identity": 0, "gelu": 1, "softplus": 1, "silu": 1, "elu": 3
}  # fmt: skip


def operations(recipe, logs=True):
    """Instructions of one epoch; logs: whether the cross-entropy itself is computed, not its gradient alone."""
    rows, has_biases = recipe.rows, recipe.biases != "none"
    first, *others = recipe.layers
    count = first.fan_out * first_layer_unit(recipe, rows, has_biases)
    for number, (fan_in, fan_out) in enumerate(others, 2):
        activation = "sigmoid" if number == len(recipe.layers) else recipe.activation
        count += fan_out * rows * (fan_in + ACTIVATION[activation])
        count += fan_in * rows * (fan_out + DERIVATIVE[recipe.activation])
        count += (fan_in + has_biases) * fan_out * rows
    return count + rows * (output_delta(recipe) + (loss(recipe) if logs else 0))


def relative(recipe, to, logs=True):
    """How many times the instructions of an epoch of the recipe `to`."""
    return operations(recipe, logs) / operations(to, logs)


def first_layer_unit(recipe, rows, has_biases):
    """A unit whose inputs are 0 or 1: forward, and the step of its weights from its deltas.

    e**(b + w) is e**b e**w, so that it takes an exponential a parameter, and a product a row beyond. The sums of
    deltas share their parts: joining the rows that differ in one input takes half as many additions each time.
    """
    activation = recipe.activation if recipe.hidden else "sigmoid"
    inputs = shape_of(recipe.problem).inputs
    combined = rows - 1 - (0 if has_biases else inputs)
    if activation in ("sigmoid", "tanh"):
        forward = (inputs + has_biases) * EXP + combined + rows * (ACTIVATION[activation] - EXP)
    else:
        forward = combined + rows * ACTIVATION[activation]
    sums = 2 * rows - 2 - inputs - (0 if has_biases else 1)
    return forward + sums + inputs + has_biases


def output_delta(recipe):
    """The learning rate times the error, for the squared error times the sigmoid's derivative."""
    return 2 if recipe.loss == "bce" else 5


def loss(recipe):
    """Clipping at both ends, 1 - p in half of the rows, and a product; or the sum of squares."""
    return 3.5 if recipe.loss == "bce" else 1
