"""What the schedule starts: referrals without an answer climb, months put right are replayed. Safe to run twice."""

from __future__ import annotations

from datetime import datetime

from doudi.casework import jobs as casework
from doudi.casework.jobs import Run
from doudi.office.core import NotAllowed, Party
from doudi.payment import jobs as payment
from doudi.services import actions, queries


def climb(at: datetime) -> int:
    """Let every referral whose last day has come climb as far as it should; returns how many did."""
    job, climbed = Party.system("climb"), 0
    for ref in queries.overdue(at):
        try:
            climbed += bool(actions.climb(ref=ref, by=job, at=at))
        except NotAllowed:  # it was answered meanwhile
            continue
    return climbed


ITS_OWN = {**payment.ITS_OWN, "climb_referrals": climb}


def run_everything(at: datetime, *, wait: bool = False) -> Run:
    """Run everything due at a moment, once: of cases and of the rooms above them (`casework.jobs.run_everything`).

    :param wait: until another process is done with it, instead of leaving it to that one
    """
    return casework.run_everything(at, wait=wait, more=ITS_OWN)
