"""Work that starts an event loop of its own, done where none is running: an async server's thread has one already."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Made = TypeVar("Made")


def in_own_thread(work: Callable[[], Made]) -> Made:
    """What `work` returns, or raises, in a thread of its own; the caller waits."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(work).result()
