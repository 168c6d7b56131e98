"""What the schedule starts: showings end, reviews are called. Safe to run twice, and beside clerks at work."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from doudi.casework import actions
from doudi.casework.core.causes import OF_EVENTS
from doudi.casework.queries import due
from doudi.facts import days
from doudi.office import jobs as office
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import today
from doudi.verification import actions as verification_actions
from doudi.verification import jobs as verification_jobs
from doudi.verification import queries as verification
from doudi.verification.core import Ended

_log = logging.getLogger(__name__)
AT_ONCE = 100  # clocks told in one transaction: a fifth of a second in which no other writes to SQLite


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


def note_happenings(at: datetime) -> int:
    """Note beside help in force what the register knows to have happened to its families; returns how many. Twice is once.

    Nothing changes by it: a person looks.
    """
    job, noted = Party.system("note_happenings"), 0
    for benefit, event, pid in due.happenings_to_note(at):
        try:
            actions.tell_happening(
                benefit=benefit, kind=OF_EVENTS[event.kind], pid=pid, on=event.on, channel="data", source_ref=event.ref,
                by=job, at=at,
            )  # fmt: skip
        except NotAllowed:  # the help was over before it happened
            continue
        noted += 1
    return noted


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
    return sum(
        bool(verification_actions.end_authorisations(subject=ref, why=Ended.ASSISTANCE_ENDED, by=job, at=at))
        for ref in verification.still_signed(due.assistance_over(at))
    )


def climb_clocks(at: datetime) -> int:
    """Remind of clocks that run out, and let overdue ones climb: officer, head, county, each once; returns how many steps.

    Some at a time: others write meanwhile, and after a kill only these are left to do again.
    """
    job, told = Party.system("climb_clocks"), 0
    waiting = due.clocks_to_climb(at)
    for first in range(0, len(waiting), AT_ONCE):
        told += len(actions.climb(waiting[first : first + AT_ONCE], by=job, at=at))
    return told


_counted: list[tuple[object, date]] = []  # the calendar and the day all clocks were last compared with, in this process


def recount_clocks(at: datetime) -> int:
    """Count clocks anew that a moved calendar or a pause moved, and begin those of cases without; returns how many cases."""
    stamp = (days.calendar(), today(at))
    refs = [*due.cases_without_clocks(), *(due.cases_miscounted(at) if _counted != [stamp] else ())]
    job = Party.system("recount_clocks")
    moved = sum(bool(actions.recount(ref=ref, by=job, at=at)) for ref in dict.fromkeys(refs))
    _counted[:] = [stamp]
    return moved


Job = Callable[[datetime], int]
ITS_OWN: dict[str, Job] = {
    "end_showings": end_showings,
    "end_authorisations": end_authorisations,
    "call_reviews": call_reviews,
    "note_happenings": note_happenings,
    "follow_objections": follow_objections,
    "take_answers": take_answers,
    "recount_clocks": recount_clocks,
    "climb_clocks": climb_clocks,
}


def run_due(at: datetime) -> dict[str, int]:
    """Everything of cases that is due at a moment: name of the job → how many."""
    return {name: job(at) for name, job in ITS_OWN.items()}


def _send_notices(at: datetime) -> int:
    return office.send_notices(paced_at=at)["sent"]


# Everything the clock starts, in this order: cases may make a report due, both make messages, the signature comes last.
EVERYTHING: dict[str, Job] = {
    "share_calendar": office.share_calendar,
    **ITS_OWN,
    **verification_jobs.CLOCKS,
    "send_notices": _send_notices,
    "sign_journal": office.sign_journal_daily,
}


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of everything due did: name of the job → how many, and why a job could not be done."""

    done: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    elsewhere: bool = False  # another process is at it: nothing was done here


def run_everything(at: datetime, *, wait: bool = False, more: Mapping[str, Job] | None = None) -> Run:
    """Run everything due at a moment, once. Each job is safe to run again and to be killed anywhere: what it did is kept act by
    act, the rest is still due. One process does this at a time; a job that fails does not keep the others waiting.

    :param wait: until another process is done with it, instead of leaving it to that one
    :param more: jobs of rooms above this one, done first, so that their messages leave with the others
    """
    run = Run()
    with office.turn("due", wait=wait) as mine:
        if not mine:
            return Run(elsewhere=True)
        for name, job in {**(more or {}), **EVERYTHING}.items():
            try:
                run.done[name] = job(at)
            except Exception as why:
                _log.exception("%s could not be done and is still due", name)
                run.failed[name] = f"{type(why).__name__}: {why}"
    return run
