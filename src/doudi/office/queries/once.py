"""What does not change while one page is read is asked for once: names of places and of colleagues, who is who."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_known: ContextVar[dict[str, dict[str, str | None]] | None] = ContextVar("known", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Inside it, what `once` was told is remembered; a page that is only read is one reading, a step that writes never is."""
    before = _known.set({} if (known := _known.get()) is None else known)
    try:
        yield
    finally:
        _known.reset(before)


def once(what: str, keys: Collection[str], ask: Callable[[set[str]], dict[str, str]]) -> dict[str, str]:
    """What is known of each of these keys; inside one reading only those are asked for that nobody asked for before.

    :param what: what is asked, so that answers to other questions are kept apart
    :param ask: gives the answers to some keys; a key without an answer is left out
    """
    wanted, known = set(keys), _known.get()
    if known is None:
        return ask(wanted)
    told = known.setdefault(what, {})
    fresh = wanted - told.keys()
    if fresh:
        told |= dict.fromkeys(fresh)
        told |= ask(fresh)
    return {key: said for key in wanted if (said := told[key]) is not None}
