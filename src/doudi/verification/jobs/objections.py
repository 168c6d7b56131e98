"""Clocks of objections: who looks is reminded, who waits is told that we are late. Neither ends anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from doudi.office.core import Party
from doudi.office.queries import today
from doudi.verification import actions, queries
from doudi.verification.jobs.reports import issue_reports


def remind_objections(at: datetime) -> int:
    """Remind whoever looks at an objection two working days before its last day; returns how many. Twice is once."""
    job = Party.system("remind_objections")
    return sum(actions.remind(ref=ref, phone=phone, by=job, at=at) for ref, phone in queries.objections_to_remind(today(at)))


def tell_late_objections(at: datetime) -> int:
    """Tell people whose objection we did not finish in time that it is still being looked at; returns how many."""
    job = Party.system("tell_late_objections")
    return sum(actions.say_late(ref=ref, by=job, at=at) for ref in queries.late_objections(today(at)))


CLOCKS: dict[str, Callable[[datetime], int]] = {  # of reports and objections
    "issue_reports": issue_reports,
    "remind_objections": remind_objections,
    "tell_late_objections": tell_late_objections,
}
