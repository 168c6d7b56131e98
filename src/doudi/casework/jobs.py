"""What the schedule starts: showings end, reviews are called. Safe to run twice, and beside clerks at work."""

from __future__ import annotations

from datetime import datetime

from doudi.casework import actions
from doudi.casework.queries import due
from doudi.office.core import NotAllowed, Party
from doudi.verification import actions as verification_actions
from doudi.verification import queries as verification
from doudi.verification.core import Ended


def end_showings(at: datetime) -> int:
    """Take down every showing whose days are over and pass its case to the county; returns how many."""
    job, ended = Party.system("end_showings"), 0
    for ref in due.showings_over(at):
        try:
            actions.end_showing(ref=ref, by=job, at=at)
        except NotAllowed:  # somebody objected or withdrew meanwhile: the case went another way
            continue
        ended += 1
    return ended


def call_reviews(at: datetime) -> int:
    """Mark benefits whose review is due; returns how many."""
    job, called = Party.system("call_reviews"), 0
    for ref in due.reviews_due(at):
        try:
            actions.call_review(ref=ref, by=job, at=at)
        except NotAllowed:  # another run was quicker
            continue
        called += 1
    return called


def follow_objections(at: datetime) -> int:
    """Let each case take up how an objection to its report ended; returns how many did. Twice is once."""
    job = Party.system("follow_objections")
    return sum(
        actions.follow_recheck(objection=ref, check=check, subject=subject, by=job, at=at)
        for ref, check, subject in verification.objections_to_follow()
    )


def take_answers(at: datetime) -> int:
    """Let each case being worked on take in what sources answered since it asked; returns how many cases did. Twice is once."""
    job, taken = Party.system("take_answers"), 0
    waiting = due.cases_with_checks()
    came = verification.came_later([check for _, check, _ in waiting])
    for ref, check, before in waiting:
        if came.get(check, 0) > before:
            taken += actions.take_answers(ref=ref, by=job, at=at)
    return taken


def end_authorisations(at: datetime) -> int:
    """End what was signed for help that is over; returns for how many cases. Twice is once."""
    job = Party.system("end_authorisations")
    signed = verification.still_signed(due.assistance_over(at))
    for ref in signed:
        verification_actions.end_authorisations(subject=ref, why=Ended.ASSISTANCE_ENDED, by=job, at=at)
    return len(signed)


def run_due(at: datetime) -> dict[str, int]:
    """Everything due at a moment, after the demo's clock was moved as well as nightly: name of the job → how many."""
    return {
        "end_showings": end_showings(at),
        "end_authorisations": end_authorisations(at),
        "call_reviews": call_reviews(at),
        "follow_objections": follow_objections(at),
        "take_answers": take_answers(at),
    }
