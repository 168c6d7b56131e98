"""Writing what the worker does: questions taken up to be sent, what became of each, how a source fares.

Nothing is sent inside a transaction. A question is claimed, carried, and what came of it noted; should the worker die in between,
the claim runs out and the question is carried again under the same ref.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification.actions import questions
from doudi.verification.actions.questions import close
from doudi.verification.core import State, Way, retry_at
from doudi.verification.core.questions import OPEN
from doudi.verification.gateways.adapters import Outgoing
from doudi.verification.models import Question, Source

LEASE = timedelta(minutes=2)  # longer than any request may take
LEASES = {Way.MATCHING: timedelta(minutes=30)}  # a session over a whole list
FAILURES = 5  # one after another, then the source rests
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
FIRST_POLL = timedelta(minutes=1)


@transaction.atomic
def take_up(*, source: str, by: By, at: datetime) -> list[Outgoing]:
    """Claim the questions of one source whose time has come, at most as many as it takes at once and its day allows.

    What a question stands on is looked at once more: where it has ended, the question is closed and does not leave. A question
    nobody answered while the report was valid is closed too. Two workers never hold the same question.

    :param source: its code
    """
    whom = Source.objects.select_for_update().filter(code=source, active=True).first()
    if whom is None or (whom.rests_until is not None and whom.rests_until > at):
        return []
    on = today(at)
    if whom.counted_on != on:
        whom.counted_on, whom.sent_that_day = on, 0
    found, left = [], whom.daily_quota - whom.sent_that_day if whom.daily_quota else whom.at_once
    for one in _due(source, at)[: whom.at_once * 4]:
        if one.tries == 0 and left <= 0:
            continue
        if on > one.check_asked.valid_until:
            close(one, "too_long", by=by, at=at)
            continue
        if not questions.still_lawful(one, by=by, at=at):
            continue
        left -= one.tries == 0
        found.append(one)
        if len(found) == whom.at_once:
            break
    claim, until = uuid4().hex, at + LEASES.get(Way(whom.adapter), LEASE)
    for one in found:
        whom.sent_that_day += one.tries == 0
        one.claim, one.claimed_until, one.tries = claim, until, one.tries + 1
    Question.objects.bulk_update(found, ["claim", "claimed_until", "tries"])
    whom.last_sent_at = at if found else whom.last_sent_at
    whom.save(update_fields=["counted_on", "sent_that_day", "last_sent_at"])
    first = [one.ref for one in found if one.tries == 1]
    if first:  # what leaves the house for the first time; knocking again adds nothing to what was asked
        office.record("verification.take_up", subject=f"source:{source}", by=by, at=at, detail={"questions": first})
    return [outgoing(one) for one in found]


def _due(source: str, at: datetime) -> QuerySet[Question]:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    rows = Question.objects.select_for_update(of=("self",)).select_related("check_asked")
    rows = rows.filter(free, source=source, state__in=OPEN, next_try_at__lte=at)
    return rows.order_by("next_try_at", "id")


def outgoing(one: Question) -> Outgoing:
    """A question as it leaves the house."""
    check = one.check_asked
    person = next(row for row in check.people if row["pid"] == one.pid)
    return Outgoing(
        ref=one.ref,
        round=one.round,
        dataset=one.dataset,
        pid=one.pid,
        name=person["name"],
        number=registry.me(one.pid).number,
        role=person.get("role", "member"),
        programme=check.programme,
        basis=check.basis,
        authorisation=person["consent"],
        task_order=check.task_order,
        area=check.area,
        asked_at=one.asked_at,
        due_at=one.due_at,
        their_ref=one.their_ref,
        check=check.ref,
        was_sent=State(one.state) is State.SENT,
    )


@transaction.atomic
def note_sent(*, question: str, their_ref: str = "", by: By, at: datetime) -> None:
    """The source took the question and answers later; where nothing comes by itself it is polled, ever more rarely."""
    one = Question.objects.select_for_update(of=("self",)).select_related("check_asked").filter(ref=question).first()
    if one is None or not State(one.state).is_open:
        return
    new = State(one.state) is State.WAITING
    one.state, one.sent_at, one.their_ref = State.SENT, one.sent_at or at, their_ref or one.their_ref
    one.claim, one.claimed_until, one.last_why = "", None, ""
    one.next_try_at = max(retry_at(at, one.tries + 4), at + FIRST_POLL)
    one.save(update_fields=["state", "sent_at", "their_ref", "claim", "claimed_until", "last_why", "next_try_at"])
    if new:
        detail = {"check": one.check_asked.ref, "question": one.ref, "source": one.source}
        office.record("verification.note_sent", subject=one.check_asked.subject, by=by, at=at, detail=detail)


@transaction.atomic
def put_back(
    *, questions: Iterable[str], why: str, after: timedelta | None = None, unknown: bool = False, by: By, at: datetime
) -> None:
    """These were not taken, or not answered in a way that can be kept: they go again later, each at its own moment.

    :param unknown: accepted before, but the source does not know them any more; they are asked again rather than looked for
    """
    rows = list(Question.objects.select_for_update().filter(ref__in=list(questions), state__in=OPEN))
    for one in rows:
        one.claim, one.claimed_until, one.last_why = "", None, why[:300]
        one.next_try_at = retry_at(at, one.tries, after=after)
        one.state = State.WAITING if unknown else one.state
    Question.objects.bulk_update(rows, ["claim", "claimed_until", "last_why", "next_try_at", "state"])
    told = [one.ref for one in rows if one.tries == 1]
    if told:
        detail = {"questions": told, "source": rows[0].source}
        office.record("verification.put_back", subject=f"source:{rows[0].source}", by=by, at=at, detail=detail)


@transaction.atomic
def note_source(*, source: str, problem: str = "", after: timedelta | None = None, by: By, at: datetime) -> None:
    """How a source fared when it was asked. After five failures in a row it rests; the others are asked on.

    :param problem: why it took nothing; empty: it is well
    :param after: how long it asked us to wait
    """
    whom = Source.objects.select_for_update().filter(code=source).first()
    if whom is None:
        return
    was_down = whom.failures >= FAILURES
    if problem:
        whom.failures, whom.last_error = whom.failures + 1, problem[:300]
        if whom.failures >= FAILURES:
            rest = min(FIRST_REST * 2 ** min(whom.failures - FAILURES, 10), LONGEST_REST)
            whom.rests_until = at + max(rest, after or rest)
        elif after:
            whom.rests_until = at + after
    else:
        whom.failures, whom.last_error, whom.rests_until, whom.last_answer_at = 0, "", None, at
    whom.save(update_fields=["failures", "last_error", "rests_until", "last_answer_at"])
    if was_down != (whom.failures >= FAILURES):
        detail = {"failures": whom.failures, "resting": not was_down}
        office.record("verification.note_source", subject=f"source:{source}", by=by, at=at, detail=detail)
