"""Trains batches of networks of one recipe by machine code that is compiled for the recipe's structure.

`batch.py` is what others call. `training.py` emits a training, of what `forward.py` and `descent.py` emit on the memory
and loops of `emitter.py`, the numbers of `vector.py` and the exponential of `sigmoid.py`. Targets compile it: for the
processor `compiler.py`, for a graphics card `nvptx.py` and `card.py`.
"""

from sweep.kernel.batch import Trained, train

__all__ = ["Trained", "train"]
