"""How each source outside behaves: how long it takes, when it is out of order, how much it answers a day (responders.toml)."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Manner:
    """One source. The fields are those of responders.toml; `over` in yuan, None where it tells everything it may."""

    code: str
    service: str
    label: str
    department: str
    dataset: str
    latency: tuple[int, int] = (0, 0)
    quota: int = 0
    down_days: tuple[int, ...] = ()
    down_hours: tuple[int, ...] = ()
    down_weekend: bool = False
    stale_days: tuple[int, ...] = ()
    over: int | None = None
    refuses: float = 0.0
    matching: bool = False

    def ready_at(self, asked_at: datetime, draw: float) -> datetime:
        """When it has an answer to a question asked at a moment; `draw` in [0, 1) says where between least and most."""
        least, most = self.latency
        return asked_at + timedelta(seconds=round(least + (most - least) * draw))

    def down_until(self, now: datetime) -> datetime | None:
        """When it is in order again, or None while it is."""
        end = now
        for _ in range(4):  # an outage may run into the next one
            if (self.down_weekend and end.weekday() >= 5) or end.day in self.down_days:
                end = (end + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            elif self.down_hours and self.down_hours[0] <= end.hour < self.down_hours[1]:
                end = end.replace(hour=self.down_hours[1], minute=0, second=0, microsecond=0)
            else:
                break
        return None if end == now else end


@cache
def manners() -> dict[str, Manner]:
    """Every source outside, by code."""
    told: list[dict[str, Any]] = tomllib.loads((files(__package__) / "responders.toml").read_text("utf-8"))["source"]
    return {
        one["code"]: Manner(**{name: tuple(value) if isinstance(value, list) else value for name, value in one.items()})
        for one in told
    }


def draw(seed: int, *purpose: object) -> float:
    """A number in [0, 1) that is always the same for one seed and purpose."""
    told = "\0".join(map(str, (seed, *purpose)))
    return int.from_bytes(hashlib.blake2b(told.encode(), digest_size=7).digest(), "big") / 2**56
