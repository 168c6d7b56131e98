"""Homes as events change them, between one published cycle and the next."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.conf import settings

from doudi.engine import cycle, fresh
from doudi.engine.lake import Lake
from doudi.engine.live import Home, Live, Told, Whose
from doudi.exchange import queries as exchange
from doudi.policy.pack import Pack

__all__ = ["Home", "Live", "NotInLake", "Told", "Whose", "alone", "opened", "show"]


class NotInLake(Exception):
    """The cycle whose alerts are at the desks does not lie in the lake."""


def _lake() -> Lake:
    return Lake(Path(settings.LAKE))


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this process is the one that takes events; the lock is free again when it ends, however it ends."""
    path = _lake().root / "live"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (path / "LOCK").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def opened(cycle_id: str, on: date, pack: Pack) -> Live:
    """Hold a published cycle in memory, ready for events.

    :raises NotInLake: it is not there
    """
    lake = _lake()
    made = cycle.read(lake, cycle_id)
    if made is None:
        raise NotInLake(f"{cycle_id} 那次算好的数据不在了。请重新运行 doudi cycle。")
    fresh.clear(lake, cycle_id)
    return Live(lake, made, exchange.contracts(), pack, settings.LINKING_KEY, on)


def show(cycle_id: str, homes: Sequence[Home], on: date) -> None:
    """Let pages see these homes as they are now."""
    fresh.put(_lake(), cycle_id, homes, on)
