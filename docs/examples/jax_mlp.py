"""The same network in JAX, a batch of trainings at a time."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from sweep import training

TURNS = np.linspace(0.5, 3, 40) * np.pi
SPIRAL = np.stack([TURNS * np.cos(TURNS), TURNS * np.sin(TURNS)], axis=1) / (3 * np.pi)
INPUTS = np.concatenate([SPIRAL, -SPIRAL])
TARGETS = np.concatenate([np.zeros(40), np.ones(40)])


def logits(hidden, output):
    """Of the network, for every point."""
    units = jnp.tanh(INPUTS @ hidden[:16].reshape(2, 8) + hidden[16:])
    return units @ output[:8] + output[8]


def loss_of(parameters):
    """The mean cross-entropy over the points."""
    found = logits(*parameters)
    return jnp.mean(jnp.logaddexp(0, found) - TARGETS * found)


@partial(jax.jit, static_argnames="epochs")
@partial(jax.vmap, in_axes=(0, None, None))
def train(parameters, learning_rate, epochs):
    """One training: its total loss, and the fraction of the points that are right at its end."""

    def step(parameters, _):
        loss, gradients = jax.value_and_grad(loss_of)(parameters)
        return jax.tree.map(lambda p, g: p - learning_rate * g, parameters, gradients), loss

    trained, losses = jax.lax.scan(step, parameters, length=epochs)
    return losses.sum(), jnp.mean((logits(*trained) > 0) == (TARGETS > 0.5))


@training(
    batch=True,
    normals={"hidden_std_dev": 24, "output_std_dev": 9},
    layers={"hidden_std_dev": (2, 8), "output_std_dev": (8, 1)},
)
def mlp(rngs, *, parameters, learning_rate=1.0, epochs=200):
    """Gradient descent on the mean loss; arrays of the loss summed over the epochs and of the fraction right."""
    start = (parameters["hidden_std_dev"], parameters["output_std_dev"])
    loss, right = train(start, learning_rate, epochs)
    return {"loss": loss, "accuracy": right}
