"""A bar for what takes long enough to be waited for."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

SHOWN_AFTER_SECONDS = 2.0

T = TypeVar("T")


def with_progress(items: Sequence[T], words: str) -> Iterator[T]:
    """The items one by one; after two seconds a bar on the terminal says how many are done, and goes at the end."""
    yield from tqdm(items, words, delay=SHOWN_AFTER_SECONDS, leave=False, disable=None, dynamic_ncols=True)
