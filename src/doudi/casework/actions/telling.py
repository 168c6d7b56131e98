"""What the family says to a difference: on their phone, at the door, by telephone, at the window. It settles nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.core import State
from doudi.casework.core.asking import NOT, Photo, shown_as
from doudi.casework.models import Question
from doudi.casework.queries.asking import wards
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need
from doudi.registry import queries as registry
from doudi.verification import actions as verification
from doudi.verification.core.kinds import kinds

CLOSED_WORDS = "这件已经办完了，不用再说明。有不同意见，可以打电话提出来。"


@transaction.atomic
def answer_question(
    *, ref: str, question: str, choice: str, words: str, channel: str, once: str, by: By, at: datetime,
    photo: Photo | None = None, said_at: datetime | None = None,
) -> Question:  # fmt: skip
    """Keep what the family says to a difference: a tap, own words, a photograph; the same answer sent twice (`once`) is one.

    A resident answers what is asked about themselves and the minors they signed for, the applicant also for the household;
    whoever else writes it down needs the post for it. The difference stays open until a clerk judges it.

    :param channel: screen, visit, telephone or window
    :raises NothingSaid: no tap, no word, no photograph
    :raises NotAllowed: no such question, somebody else's, or the case is closed
    :raises BadPaper: the photograph cannot be taken, in words for the person
    """
    case = steps.lock(ref)
    row = Question.objects.filter(case=case, ref=question).first()
    if row is None or not kinds()[row.kind].answers:
        raise NotAllowed("没有这一处要问的。")
    if isinstance(by, Party) and by.kind == "resident":
        mine = registry.pids_of(by.ref)
        if shown_as(row.kind, row.pid, mine=mine, wards=wards(case, mine, at), applicant=case.applicant) == NOT:
            raise NotAllowed("没有这一处要问的。")
        channel = "screen"
    else:
        need(by, "question.ask", area=case.area, at=at)
    if not State(case.state).is_open:
        raise NotAllowed(CLOSED_WORDS)
    paper = ""
    if photo is not None:
        paper = office.keep_paper(
            kind="evidence", content_type=photo.content_type, data=photo.data, area=case.area, subject=row.pid or case.applicant,
            by=by, at=at,
        ).ref  # fmt: skip
    kept = verification.keep_statement(
        subject=case.ref, key=row.key, kind=row.kind, pid=row.pid, choice=choice, words=words, channel=channel, once=once,
        paper=paper, said_at=said_at, by=by, at=at,
    )  # fmt: skip
    if kept.at == at:  # not one that was sent before
        detail = {"channel": channel, "kind": row.kind, "question": row.ref}
        office.record("casework.answer_question", subject=case.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def answer_at_door(
    *, ref: str, answers: Sequence[tuple[str, str, str]], once: str, by: By, at: datetime, said_at: datetime | None = None,
) -> int:  # fmt: skip
    """Keep what one visit brought home: (question, choice, words) of each that was answered. Sent twice it is one visit.

    A question that settled itself while the visit waited on a phone is passed over.

    :returns: how many answers belong to this visit
    :raises NotAllowed: the post does not ask here, the case is closed, or none of the questions is there any more
    """
    there = set(Question.objects.filter(case__ref=ref, ref__in=[one for one, _, _ in answers]).values_list("ref", flat=True))
    kept = [one for one in answers if one[0] in there and (one[1] or one[2].strip())]
    if not kept:
        raise NotAllowed("这户要问的都已经弄清楚了，不用再送。" if answers and not there else "一处都没有问到，就先不用记。")
    for question, choice, words in kept:
        answer_question(
            ref=ref, question=question, choice=choice, words=words, channel="visit", once=once, said_at=said_at, by=by, at=at
        )
    return len(kept)
