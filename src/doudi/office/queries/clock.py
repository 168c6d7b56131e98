"""The time pages and jobs go by."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from doudi.office.gateways import calendar
from doudi.office.models import DemoClock

HERE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The time pages and jobs go by: the real one, moved by the demo clock when this is a demo.

    Whoever asks begins something, and begins it with the working days as they are known now.
    """
    calendar.refresh()
    moment = timezone.now()
    if settings.DEMO:
        offset = DemoClock.objects.values_list("offset_seconds", flat=True).first()
        moment += timedelta(seconds=offset or 0)
    return moment


def clock() -> datetime:
    """The real time, which a demo does not move: what other machines' clocks are compared with."""
    return timezone.now()


def clock_set() -> bool:
    """Whether the demo's clock was ever set."""
    return DemoClock.objects.exists()


def today(at: datetime) -> date:
    """The day it is here at a moment."""
    return at.astimezone(HERE).date()
