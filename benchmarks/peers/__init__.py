"""How others would do it: each module is one way, written as its library's own users write it."""

from importlib import import_module

TRAINERS = {
    "NumPy, batched": "numpy_batched",
    "NumPy, laid out by hand": "numpy_arrays",
    "PyTorch, batched": "torch_batched",
    "JAX, vmap and grad": "jax_vmap",
    "JAX, laid out by hand": "jax_arrays",
}
"""Name -> module with `train(networks, epochs)` as `task` describes it."""


ON_DATA = {"JAX, vmap of scan of grad": "moons_jax", "PyTorch, batched": "moons_torch"}
"""Name -> module with `train(networks, epochs, optimizer)` as `moons` describes it."""


class NotInstalledError(Exception):
    """A library that a peer needs cannot be imported; the message says which."""


def load(module):
    """The module of a peer.

    Raises:
        NotInstalledError: its library cannot be imported.
    """
    try:
        return import_module(f"{__name__}.{module}")
    except ImportError as error:
        raise NotInstalledError(f"not installed: {error}") from error
