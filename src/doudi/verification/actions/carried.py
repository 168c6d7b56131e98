"""Writing what people carry: the file of a source and day, the numbered letter, answers typed in and looked at by another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, same_eyes, today
from doudi.verification.actions import questions
from doudi.verification.actions.questions import answer, as_answer, question_of
from doudi.verification.actions.sending import outgoing
from doudi.verification.core import NotAnAnswer, State, Way
from doudi.verification.gateways import answer_files
from doudi.verification.models import Answer, Dispatch, DispatchCounter, Question, Source, Typed

CARRIED = {Way.FILE: "WJ", Way.LETTER: "HX"}  # how the number of each begins
MOST_ON_A_LETTER = 20


@transaction.atomic
def dispatch(*, source: str, by: By, at: datetime) -> Dispatch | None:
    """Put the waiting questions of a source into one numbered file or letter; None where none waits.

    Each question's basis is looked at once more; where it has ended, the question is closed and does not leave.

    :raises NotAllowed: this clerk's post does not carry questions, or the source is asked in another way
    """
    viewer = need(by, "check.answer", area=None, at=at)
    whom = Source.objects.select_for_update().filter(code=source, active=True).first()
    if whom is None or Way(whom.adapter) not in CARRIED:
        raise NotAllowed("没有这个来源，或者它不用文件和信函。")
    way, on = Way(whom.adapter), today(at)
    if whom.counted_on != on:
        whom.counted_on, whom.sent_that_day = on, 0
    most = MOST_ON_A_LETTER if way is Way.LETTER else answer_files.MOST_LINES
    if whom.daily_quota:
        most = min(most, max(whom.daily_quota - whom.sent_that_day, 0))
    rows = Question.objects.select_for_update(of=("self",)).select_related("check_asked")
    found = []
    if viewer is not None:  # a clerk carries the questions of their own area
        rows = rows.filter(check_asked__area__startswith=viewer.within)
    for one in rows.filter(source=source, state=State.WAITING).order_by("id")[:most]:
        if questions.still_lawful(one, by=by, at=at):
            found.append(one)
    if not found:
        return None
    content = answer_files.write(exchange.contracts()[whom.dataset], [outgoing(one) for one in found])
    made = Dispatch.objects.create(
        number=f"{CARRIED[way]}{on.year}{office.next_number(DispatchCounter, year=on.year):06d}",
        source=source,
        way=way,
        on=on,
        questions=len(found),
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        made_at=at,
        made_by=office.party(by),
    )
    for one in found:
        one.state, one.sent_at, one.dispatch, one.next_try_at, one.tries = State.SENT, at, made, None, one.tries + 1
    Question.objects.bulk_update(found, ["state", "sent_at", "dispatch", "next_try_at", "tries"])
    whom.sent_that_day += len(found)
    whom.last_sent_at = at
    whom.save(update_fields=["counted_on", "sent_that_day", "last_sent_at"])
    detail = {"number": made.number, "questions": len(found), "sha256": made.sha256, "way": str(way)}
    office.record("verification.dispatch", subject=f"source:{source}", by=by, at=at, detail=detail)
    return made


@transaction.atomic
def type_answer(
    *, question: str, said: str, why: str = "", as_of: date | None = None, rows: Sequence[Mapping[str, Any]] = (), paper: str,
    by: By, at: datetime,
) -> Typed:  # fmt: skip
    """Type in what a source wrote on paper. It does not count yet: another person looks at the paper too.

    :param paper: ref of the photographed or scanned answer (office.keep_paper)
    :raises NotAnAnswer: no such question, it was answered, or what was typed cannot be an answer; rows named
    :raises NotAllowed: this clerk's post does not do that here, no paper, or one typed in before is not looked at yet
    """
    one = _open(question)
    need(by, "check.answer", area=one.check_asked.area, at=at)
    if paper not in office_queries.papers([paper]):
        raise NotAllowed("要附上对方书面答复的照片或扫描件。")
    if Typed.objects.filter(question=one, agreed__isnull=True).exists():
        raise NotAllowed("这一问已经有人录过，等另一位同事核对。")
    spoken, words, _ = as_answer(one, said, why, as_of, rows)
    made = Typed.objects.create(
        question=one,
        said=spoken,
        why=words,
        as_of=as_of,
        rows=[dict(row) for row in rows],
        paper=paper,
        typed_at=at,
        typed_by=office.party(by),
    )
    detail = {"check": one.check_asked.ref, "paper": paper, "question": one.ref, "source": one.source}
    office.record("verification.type_answer", subject=one.check_asked.subject, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def look_at_typed(*, question: str, agree: bool, why: str = "", by: By, at: datetime) -> Answer | None:
    """Another person compares what was typed with the paper: agreed, it becomes the answer; else it is typed in again.

    :returns: the answer; None where it was sent back, or its basis ended meanwhile
    :raises NotAllowed: nothing typed in, by the same person, or sent back without a reason
    """
    one = _open(question)
    need(by, "check.answer", area=one.check_asked.area, at=at)
    typed = Typed.objects.select_for_update().filter(question=one, agreed__isnull=True).first()
    if typed is None:
        raise NotAllowed("这一问没有等着核对的录入。")
    if same_eyes(by, at).did(typed.typed_by, typed.typed_at):
        raise NotAllowed("录入的人不能自己核对，请另一位同事来看。")
    if not agree and not why.strip():
        raise NotAllowed("退回要写明哪里和纸上不一样。")
    typed.agreed, typed.looked_at, typed.looked_by, typed.looked_why = agree, at, office.party(by), why.strip()[:200]
    typed.save(update_fields=["agreed", "looked_at", "looked_by", "looked_why"])
    detail = {"agreed": agree, "check": one.check_asked.ref, "question": one.ref, "source": one.source}
    office.record("verification.look_at_typed", subject=one.check_asked.subject, by=by, at=at, detail=detail)
    if not agree:
        return None
    return answer(
        question=one.ref, said=typed.said, why=typed.why, as_of=typed.as_of, rows=typed.rows, paper=typed.paper, by=by, at=at
    )


def _open(ref: str) -> Question:
    """The question a person writes an answer to, locked.

    :raises NotAnAnswer: there is none, it was answered, or it was closed
    """
    one = question_of(ref)
    if not State(one.state).is_open:
        raise NotAnAnswer("not_open", f"这一问{State(one.state).label}，不能再录。", "要再问，请重新问一次。")
    return one
