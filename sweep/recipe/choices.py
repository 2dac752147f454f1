"""The values that a recipe's fields may take, and which go together."""

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "identity", "gelu", "softplus", "silu", "elu")
OUTPUTS = ("sigmoid", "softmax", "identity")
LOSSES = ("bce", "cross_entropy", "mse")
LOSSES_OF = {"sigmoid": ("bce", "mse"), "softmax": ("cross_entropy", "mse"), "identity": ("mse",)}
"""Output -> the losses that it may be trained with."""
OPTIMIZERS = ("gradient_descent", "momentum", "nesterov", "rmsprop", "adam")
NUMBERS_OF = {
    "gradient_descent": (),
    "momentum": ("momentum",),
    "nesterov": ("momentum",),
    "rmsprop": ("alpha", "epsilon"),
    "adam": ("beta1", "beta2", "epsilon"),
}
"""Optimizer -> the fields that it reads."""
BIASES = ("drawn", "zero", "none")
UPDATE_ORDERS = ("simultaneous", "output_first")
GRADIENT_SCALES = ("sum", "half_sum", "mean")
SCHEDULES = ("constant", "linear", "cosine", "inverse_time")
DISTRIBUTIONS = ("normal", "uniform", "truncated_normal", "orthogonal", "sphere")
SPREAD_UNITS = ("absolute", "xavier", "he", "lecun")
CHOICES = {
    "inputs": ("raw", "standardized"),
    "activation": ACTIVATIONS,
    "output": OUTPUTS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "biases": BIASES,
    "update_order": UPDATE_ORDERS,
    "gradient_scale": GRADIENT_SCALES,
    "hidden_distribution": DISTRIBUTIONS,
    "spread_unit": SPREAD_UNITS,
}
"""Field -> the values it may take, for the fields that are chosen from a list."""
LEAK = 0.01
"""Slope of leaky_relu below zero."""
CLIP = 1e-15
"""Binary cross-entropy takes probabilities nearer to 0 or 1 than this as this near."""
MAX_WIDTH = 1024
MAX_EPOCHS = 10_000_000
FULL = 0
"""The batch size that is all rows."""
