"""The life of an event, and when a stream of events is worth a telephone call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

WAITING, SHOWN, REPEATED, ASIDE = "waiting", "shown", "repeated", "aside"
STATE_LABELS = {
    WAITING: "等着处理",
    SHOWN: "已经算进去",
    REPEATED: "和已有的一行完全相同",
    ASIDE: "程序没能算，下一次整算时再读",
}
LANDS = (SHOWN, ASIDE)  # what becomes a row of a load
MOST_AT_ONCE = 500

_USUAL_HOURS = 24 * 7  # how far back "usual" looks
_JUMP, _FEW = 5, 20  # so many times the usual hour is a jump; fewer events than this are never one
_MOSTLY, _SOME = 0.2, 5  # of an hour's events, so many rejected are a fault of the sender's system


def digest(dataset: str, row: Mapping[str, Any]) -> str:
    """What an event says, in 64 hex digits: the same event sent again has the same."""
    told = json.dumps([dataset, row], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a stream."""

    hour: datetime
    accepted: int
    again: int
    rejected: int
    reasons: Mapping[str, int]
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Sign:
    """Something odd about a stream: the code of what, and the figures its sentence names."""

    code: str  # silent, jump, drop, rejects
    figures: Mapping[str, Any]


def signs(hours: Sequence[Hour], *, quiet_hours: int, at: datetime) -> list[Sign]:
    """What is odd about a stream now: silent too long, far more or far less than usual, rejected again and again.

    :param hours: the hours in which something came, of the last week at least
    :param quiet_hours: the longest silence the contract promises; 0 when it promises none
    """
    found = []
    came = [one for one in hours if one.accepted or one.again]
    last = max((one.last_at for one in came), default=None)
    if quiet_hours and last is not None and at - last > timedelta(hours=quiet_hours):
        found.append(Sign("silent", {"hours": int((at - last).total_seconds() // 3600), "promised": quiet_hours, "last": last}))
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    now = [one for one in hours if one.hour >= this_hour - timedelta(hours=1)]
    before = sorted(one.accepted for one in came if this_hour - timedelta(hours=_USUAL_HOURS) <= one.hour < this_hour)
    most = max((one.accepted for one in now if one.hour == this_hour), default=0)
    if len(before) >= 3:
        usual = before[len(before) // 2]
        if most >= _FEW and most > _JUMP * max(usual, 1):
            found.append(Sign("jump", {"now": most, "usual": usual}))
        ended = [one for one in hours if one.hour == this_hour - timedelta(hours=1)]
        hourly = len(before) >= _USUAL_HOURS // 2  # only of a stream that runs day and night is one thin hour odd
        if hourly and usual >= _FEW and sum(one.accepted for one in ended) * _JUMP < usual:
            found.append(Sign("drop", {"now": sum(one.accepted for one in ended), "usual": usual}))
    rejected, told = sum(one.rejected for one in now), sum(one.accepted + one.rejected for one in now)
    if rejected >= _SOME and rejected >= _MOSTLY * told:
        reasons: dict[str, int] = {}
        for one in now:
            for why, count in one.reasons.items():
                reasons[why] = reasons.get(why, 0) + count
        worst = max(reasons, key=lambda why: (reasons[why], why), default="")
        found.append(Sign("rejects", {"rejected": rejected, "all": told, "worst": worst}))
    return found
