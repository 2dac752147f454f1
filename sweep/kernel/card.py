"""Trains on this machine's graphics card, through the driver that NVIDIA's package `cuda-bindings` speaks to.

Each network is a thread, and all that are handed in are one batch: arrays are (1, numbers, n).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from sweep.errors import FailedError
from sweep.kernel.module import ENTRY
from sweep.kernel.nvptx import THREADS, ptx_of
from sweep.kernel.target import Batches
from sweep.kernel.training import CHANGED, EACH, SINGLES, sizes_of_one
from sweep.recipe import Recipe

ON_PROCESSOR = "or leave device out to train on the processor"
MOST_OUTPUTS = 2**27
"""Outputs of trained networks that this machine keeps at once, 1 GiB of them."""


class Card(NamedTuple):
    """A graphics card: the module that speaks to its driver, its number there, and what it is in words."""

    driver: Any
    device: Any
    name: str


def lanes(n: int) -> int:
    """Networks that are trained side by side: all."""
    return max(n, 1)


@cache
def find_card() -> Card:
    """The first card of this machine; nothing of it is taken.

    Raises:
        FailedError: there is none, or the driver or the package that speaks to it is missing.
    """
    try:
        from cuda.bindings import driver
    except ImportError as error:
        raise FailedError(
            f"device was given as gpu, which needs cuda-bindings ({error}); install this project with its extra: "
            f"python -m pip install '.[gpu]', {ON_PROCESSOR}"
        ) from error
    try:
        (state,) = driver.cuInit(0)
    except RuntimeError as missing:  # its words run over several lines
        reason = str(missing).splitlines()[0]
        raise FailedError(f"no NVIDIA driver answers ({reason}); install the driver, {ON_PROCESSOR}") from missing
    if state != driver.CUresult.CUDA_SUCCESS:
        raise FailedError(f"no graphics card answers ({state.name}); look at it with nvidia-smi, {ON_PROCESSOR}")
    device = _done(driver, driver.cuDeviceGet(0))
    name = _done(driver, driver.cuDeviceGetName(128, device)).split(b"\0")[0].decode()
    version = _done(driver, driver.cuDriverGetVersion())
    return Card(driver, device, f"{name} with CUDA {version // 1000}.{version % 1000 // 10}")


def why_no_card() -> str:
    """What is missing for training on a card, in words; empty where nothing is."""
    try:
        find_card()
    except FailedError as error:
        return str(error)
    return ""


def most_networks(recipe: Recipe) -> int:
    """See Target: a quarter of the card's free memory, as others may use the card, too."""
    driver = _current()
    free, _ = _done(driver, driver.cuMemGetInfo())
    size = sum(sizes_of_one(recipe).values())
    return int(max(THREADS, min(free // 4 // (8 * size), MOST_OUTPUTS // (recipe.rows * recipe.widths[-1]))))


def train_batches(recipe: Recipe, given: Batches) -> None:
    """See Target.

    Raises:
        FailedError: the card has too little memory, or answers no more.
    """
    n = given.keys.size
    if not n:
        return
    driver = _current()
    arrays = {name: getattr(given, name) for name in (*SINGLES, *EACH) if hasattr(given, name)}
    sizes = {name: 8 * numbers * n for name, numbers in sizes_of_one(recipe).items()}
    sizes |= {name: array.nbytes for name, array in arrays.items()}
    function = _function(ptx_of(recipe))
    with _stream(driver) as stream, _room(driver, stream, sizes) as places:
        for name, array in arrays.items():
            if array.nbytes and name != "outputs":
                _done(driver, driver.cuMemcpyHtoDAsync(places[name], array.ctypes.data, array.nbytes, stream))
        values = [n, given.first, len(given.steps), *(int(places[name]) for name in (*SINGLES, *EACH))]
        launch(driver, function, n, values, stream)
        for name in (*CHANGED, "outputs"):
            if arrays[name].nbytes:
                copy = driver.cuMemcpyDtoHAsync
                _done(driver, copy(arrays[name].ctypes.data, places[name], arrays[name].nbytes, stream))
        _done(driver, driver.cuStreamSynchronize(stream))


def launch(driver: Any, function: Any, n: int, values: list[int], stream: Any) -> None:
    """Begin n threads of a kernel of these parameters."""
    packed = np.array(values, np.uint64)
    pointers = packed.ctypes.data + 8 * np.arange(len(values), dtype=np.uint64)
    blocks = (-(-n // THREADS), 1, 1, THREADS, 1, 1)
    _done(driver, driver.cuLaunchKernel(function, *blocks, 0, stream, pointers.ctypes.data, 0))


def _current() -> Any:
    """The driver, with this thread on the card, which this process has from the first time on."""
    driver = find_card().driver
    _done(driver, driver.cuCtxSetCurrent(_context()))
    return driver


@cache
def _context() -> Any:
    driver, device, _ = find_card()
    return _done(driver, driver.cuDevicePrimaryCtxRetain(device))


@cache
def _function(ptx: str) -> Any:
    driver = _current()
    module = _done(driver, driver.cuModuleLoadData(ptx.encode() + b"\0"))
    return _done(driver, driver.cuModuleGetFunction(module, ENTRY.encode()))


@contextmanager
def _stream(driver: Any) -> Iterator[Any]:
    """A queue of the card's own: what several threads of this process hand in is done side by side."""
    stream = _done(driver, driver.cuStreamCreate(driver.CUstream_flags.CU_STREAM_NON_BLOCKING))
    try:
        yield stream
    finally:
        driver.cuStreamDestroy(stream)


@contextmanager
def _room(driver: Any, stream: Any, sizes: dict[str, int]) -> Iterator[dict[str, Any]]:
    places: dict[str, Any] = {}
    try:
        for name, size in sizes.items():
            places[name] = _done(driver, driver.cuMemAllocAsync(max(size, 8), stream))
        yield places
    finally:
        for place in places.values():
            driver.cuMemFreeAsync(place, stream)


def _done(driver: Any, answer: tuple[Any, ...]) -> Any:
    """What a call of the driver gave, or the error that it told of."""
    error, *values = answer
    if error == driver.CUresult.CUDA_SUCCESS:
        return values[0] if len(values) == 1 else tuple(values)
    if error == driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY:
        raise FailedError(
            "the graphics card has too little memory free; end other programs on it, take one worker, " + ON_PROCESSOR
        )
    raise FailedError(
        f"the graphics card failed ({error.name}); what is stored is kept: look at the card with nvidia-smi and start "
        f"again, {ON_PROCESSOR}"
    )
