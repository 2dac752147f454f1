"""JAX as its documentation teaches it, on two moons; Adam is written down, as Optax has it."""

from functools import partial

import jax
import numpy as np
from jax import numpy as jnp

from benchmarks.peers.moons import INPUTS, RATES, TARGETS

jax.config.update("jax_enable_x64", True)


def objective(parameters):
    w1, b1, w2, b2 = parameters
    z = jnp.tanh(INPUTS @ w1 + b1) @ w2 + b2
    return -(TARGETS * jax.nn.log_sigmoid(z) + (1 - TARGETS) * jax.nn.log_sigmoid(-z)).mean()


def descend(state, gradients):
    parameters, *_ = state
    rate = RATES["gradient_descent"]
    return (jax.tree.map(lambda p, g: p - rate * g, parameters, gradients), *state[1:])


def adam(state, gradients):
    parameters, means, squares, number = state
    number = number + 1
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
    squares = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, squares, gradients)

    def move(p, m, s):
        return p - RATES["adam"] * (m / (1 - 0.9**number)) / (jnp.sqrt(s / (1 - 0.999**number)) + 1e-8)

    return jax.tree.map(move, parameters, means, squares), means, squares, number


STEPS = {"gradient_descent": descend, "adam": adam}


@partial(jax.jit, static_argnames=("epochs", "optimizer"))
def train_all(networks, epochs, optimizer):
    def epoch(state, _):
        value, gradients = jax.value_and_grad(objective)(state[0])
        return STEPS[optimizer](state, gradients), value

    def train_one(parameters):
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        return jax.lax.scan(epoch, (parameters, zeros, zeros, 0), None, length=epochs)[1].sum()

    return jax.vmap(train_one)(networks)


def train(networks, epochs, optimizer):
    return np.asarray(train_all(tuple(map(jnp.asarray, networks)), epochs, optimizer))
