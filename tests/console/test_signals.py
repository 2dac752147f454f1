"""Requests to end are delivered, at once or when what held them back is over."""

import signal
import threading

import numba
import numpy as np
import pytest

from sweep.console.signals import requests_held_back
from sweep.kernel import compiler, train
from sweep.recipe import Recipe


@pytest.fixture(autouse=True)
def interrupts():
    """The handler of a command, whatever the suite was started with."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_request_comes_after_what_held_it_back():
    def work():
        with requests_held_back():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            done.append("all")

    done = []
    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["all"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_what_is_ignored_stays_so():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with requests_held_back():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_thread_holds_nothing_back():
    def work():
        with requests_held_back():
            handlers.append(signal.getsignal(signal.SIGINT))

    handlers = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]


def test_an_interrupt_while_a_kernel_is_compiled_comes_when_it_is(monkeypatch):
    """Numba's calls back from C would lose it, and print a traceback."""

    def emit(*arguments):
        signal.raise_signal(signal.SIGINT)
        emitted.append("all")

    recipe, emitted = Recipe(hidden=(3,), epochs=2), []
    monkeypatch.setattr(compiler, "emit_training", emit)
    monkeypatch.setattr(compiler, "_compile", compiler._compile.__wrapped__)
    monkeypatch.setattr(compiler, "njit", lambda **options: numba.njit(nogil=True))  # such code is not to be kept
    with pytest.raises(KeyboardInterrupt):
        train(recipe, np.zeros((1, recipe.n_parameters)))
    assert emitted == ["all"]
