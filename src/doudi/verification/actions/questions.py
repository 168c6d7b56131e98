"""Writing questions and answers. An answer is kept once and for ever; a question asked again is a new question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import queries as registry
from doudi.verification.actions.basis import standing
from doudi.verification.core import (
    Asked,
    Basis,
    NoBasis,
    NotAnAnswer,
    Said,
    SourceRow,
    State,
    Way,
    asked_datasets,
    due_at,
    in_words,
    is_fresh,
)
from doudi.verification.core.questions import OPEN
from doudi.verification.gateways import lake
from doudi.verification.gateways import rows as gateway
from doudi.verification.models import Answer, Check, Item, Question
from doudi.verification.queries import sources


def put(check: Check, people: Sequence[Asked], datasets: list[str], *, by: By, at: datetime) -> dict[str, int]:
    """Put a check's questions: those to delivered data are answered at once, the others wait to be sent.

    A supporter is asked about only where capacity to support is looked at; another place only about people from there.

    :returns: how many answers said what, and how many questions wait
    """
    of_supporters = {one.dataset for one in asked_datasets(role="supporter")}
    asked = sources.asked_of(datasets, check.area)
    elsewhere = any(source.adapter is Way.PLACE for source in asked)
    homes = {one.pid: registry.me(one.pid) for one in people} if elsewhere else {}
    questions = [
        _question(check, one.pid, source, by=by, at=at)
        for one in people
        for source in asked
        if one.role != "supporter" or source.dataset in of_supporters
        if source.adapter is not Way.PLACE or sources.is_of_there(source, homes[one.pid].area, homes[one.pid].number)
    ]
    Question.objects.bulk_create(questions, batch_size=200)
    answers = _from_the_lake([one for one in questions if one.adapter == Way.LAKE], by=by, at=at)
    told = {said.value: sum(one.said == said for one in answers) for said in Said}
    return {name: count for name, count in told.items() if count} | {"waiting": len(questions) - len(answers)}


def _question(check: Check, pid: str, source: SourceRow, *, by: By, at: datetime, round: int = 1, why: str = "") -> Question:
    by_lake = source.adapter is Way.LAKE
    return Question(
        check_asked=check,
        pid=pid,
        source=source.code,
        dataset=source.dataset,
        adapter=source.adapter,
        round=round,
        why_again=why,
        state=State.ANSWERED if by_lake else State.WAITING,
        asked_at=at,
        asked_by=office.party(by),
        due_at=at
        if by_lake
        else due_at(timezone.localtime(at), answer_wd=source.answer_wd, answer_seconds=source.answer_seconds),
        next_try_at=None if by_lake else at,
        sent_at=at if by_lake else None,
    )


def _from_the_lake(questions: list[Question], *, by: By, at: datetime) -> list[Answer]:
    """Answer questions to delivered data, and keep the rows with where they stand."""
    if not questions:
        return []
    as_of, on, contracts = lake.delivered(), today(at), exchange.contracts()
    rows_of = {pid: lake.rows_of(pid) for pid in {one.pid for one in questions}}
    answers, found = [], []
    for one in questions:
        mine = [row for row in rows_of[one.pid] if row["dataset"] == one.dataset]
        said, why = said_by_rows(mine, not as_of, as_of.get(one.dataset), contracts[one.dataset].rhythm, on)
        latest = max((row["as_of"] for row in mine), default=as_of.get(one.dataset))
        answers.append(Answer(question=one, said=said, why=why, as_of=latest, answered_at=at, answered_by=office.party(by)))
        found.append(mine)
    Answer.objects.bulk_create(answers, batch_size=500)
    Item.objects.bulk_create(
        (
            Item(
                answer=answer,
                dataset=row["dataset"],
                batch=row["batch"],
                row_no=row["row_no"],
                as_of=row["as_of"],
                values=plain(row["values"]),
                words=in_words(contracts[row["dataset"]].columns, row["values"]),
            )
            for answer, rows in zip(answers, found, strict=True)
            for row in rows
        ),
        batch_size=500,
    )
    return answers


def said_by_rows(rows: list[dict[str, Any]], no_register: bool, as_of: date | None, rhythm: str, on: date) -> tuple[Said, str]:
    """Read silence rightly: nothing only from a source that spoke lately; a row found counts however old it is."""
    if no_register:
        return Said.NO_ANSWER, "no_register"
    if rows:
        return Said.FOUND, ""
    if as_of is None:
        return Said.NO_ANSWER, "not_loaded"
    if not is_fresh(as_of, rhythm, on):
        return Said.STALE, "stale"
    return Said.NOTHING, ""


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are kept: days as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


@transaction.atomic
def answer(
    *, question: str, said: str, why: str = "", as_of: date | None = None, rows: Sequence[Mapping[str, Any]] = (),
    refs: Sequence[str] = (), paper: str = "", by: By, at: datetime,
) -> Answer | None:  # fmt: skip
    """Keep what a source said to a question. The same again changes nothing; a late answer is taken in like any other.

    :param question: its ref
    :param said: a code of core.Said
    :param why: with refused, ambiguous, stale or no_answer: a code of core.questions.SILENT, or the source's own words
    :param rows: with found: rows under the columns of the contract, as a machine pushes them
    :param refs: the source's own number of each row; without them they are counted from 1
    :param paper: the paper a person read it from
    :returns: None where the basis ended meanwhile: the question is closed and nothing is kept
    :raises NotAnAnswer: no such question, answered otherwise before, not an answer, or rows that do not keep to the contract
    :raises NotAllowed: by another source, or a clerk whose post does not take answers in here
    """
    one = question_of(question)
    if isinstance(by, Party):
        if by.kind not in ("sender", "system") or (by.kind == "sender" and by.ref != one.source):
            raise NotAllowed("只有被问的来源能回答这一问。")
    else:
        need(by, "check.answer", area=one.check_asked.area, at=at)
    kept = Answer.objects.filter(question=one).first()
    spoken, words, typed = as_answer(one, said, why, as_of, rows)
    their = list(refs) or [str(number) for number in range(1, len(typed) + 1)]
    if len(their) != len(typed) or len(set(their)) != len(their) or not all(0 < len(ref) <= 80 for ref in their):
        raise NotAnAnswer("row_refs", "每一行要有自己的编号，不能重复，最长 80 个字符。", "请核对行的编号。")
    if kept is not None:
        _same(kept, spoken, words, as_of, typed)
        return kept
    if State(one.state) is State.CLOSED and one.closed_why == "no_basis":
        return None
    if not still_lawful(one, by=by, at=at):
        return None
    columns = exchange.contracts()[one.dataset].columns
    made = Answer.objects.create(
        question=one, said=spoken, why=words, as_of=as_of, answered_at=at, answered_by=office.party(by), paper=paper
    )
    Item.objects.bulk_create(
        Item(
            answer=made,
            dataset=one.dataset,
            their_ref=ref,
            as_of=as_of or today(at),
            values=row,
            words=in_words(columns, row),
        )
        for ref, row in zip(their, typed, strict=True)
    )
    one.state, one.closed_why, one.claim, one.claimed_until, one.next_try_at = State.ANSWERED, "", "", None, None
    one.sent_at = one.sent_at or at
    one.save(update_fields=["state", "closed_why", "claim", "claimed_until", "next_try_at", "sent_at"])
    detail = {
        "check": one.check_asked.ref,
        "late": at > one.due_at,
        "question": one.ref,
        "rows": len(typed),
        "source": one.source,
    }
    office.record("verification.answer", subject=one.check_asked.subject, by=by, at=at, detail=detail)
    return made


def question_of(ref: str) -> Question:
    """Part of an act: the question of this name with its check, locked.

    :raises NotAnAnswer: there is none
    """
    one = Question.objects.select_for_update(of=("self",)).select_related("check_asked").filter(ref=ref).first()
    if one is None:
        raise NotAnAnswer("no_such_question", f"没有 {ref[:40]!r} 这一问。", "请核对问题编号。")
    return one


def as_answer(
    one: Question, said: str, why: str, as_of: date | None, rows: Sequence[Mapping[str, Any]]
) -> tuple[Said, str, list[dict[str, Any]]]:
    """Part of an act: what is said, why where it says neither found nor nothing, and the rows as the contract types them.

    :raises NotAnAnswer: it contradicts itself, or rows do not keep to the contract
    """
    spoken, words = _checked(said, why, as_of, rows)
    person = next(row for row in one.check_asked.people if row["pid"] == one.pid)
    number = registry.me(one.pid).number if rows else ""
    return spoken, words, gateway.read(exchange.contracts()[one.dataset], rows, name=person["name"], number=number)


def _checked(said: str, why: str, as_of: date | None, rows: Sequence[Mapping[str, Any]]) -> tuple[Said, str]:
    """What is said, and why where it says neither found nor nothing.

    :raises NotAnAnswer: it contradicts itself
    """
    try:
        spoken = Said(said)
    except ValueError:
        raise NotAnAnswer("unknown_said", f"不认识的回答 {said[:20]!r}。", f"只能是：{'、'.join(Said)}。") from None
    if spoken is Said.FOUND and not rows:
        raise NotAnAnswer("found_without_rows", "说查到了，却没有一行。", "请带上查到的行；没有就答 nothing。")
    if spoken is not Said.FOUND and rows:
        raise NotAnAnswer("rows_without_found", f"说“{spoken.label}”，却带着行。", "有行就答 found。")
    if spoken.is_known and as_of is None:
        raise NotAnAnswer("no_as_of", "没有写数据截至哪一天。", "请带上 as_of（年-月-日）。")
    if spoken.is_known:
        return spoken, ""
    return spoken, why.strip()[:200] or (str(spoken) if spoken in _OWN_WORDS else "silent")


_OWN_WORDS = (Said.REFUSED, Said.AMBIGUOUS, Said.STALE)


def _same(kept: Answer, said: Said, why: str, as_of: date | None, rows: list[dict[str, Any]]) -> None:
    """Let a repeat of the same answer pass.

    :raises NotAnAnswer: another answer than before
    """
    before = [item.values for item in Item.objects.filter(answer=kept).order_by("id")]
    if (kept.said, kept.why, kept.as_of, before) != (said, why, as_of, rows):
        raise NotAnAnswer(
            "answered_otherwise",
            "这一问已经有回答，和这次的不一样；回答留着不改。",
            "原来答错了，请我们重新问一次，或走校核申请。",
        )


def lawful(question: Question, at: datetime) -> None:
    """Stop where what a question stands on has ended.

    :raises NoBasis: withdrawn, expired, or the order ended
    """
    check = question.check_asked
    people = [asked_person(row) for row in check.people if row["pid"] == question.pid]
    standing(
        people=people,
        datasets=[question.dataset],
        programme=check.programme,
        basis=Basis(check.basis),
        task_order=check.task_order,
        area=check.area,
        subject=check.subject,
        at=at,
    )


def still_lawful(question: Question, *, by: By, at: datetime) -> bool:
    """Whether what a question stands on still holds; where it has ended, the question is closed. Part of an act."""
    try:
        lawful(question, at)
    except NoBasis:
        close(question, "no_basis", by=by, at=at)
        return False
    return True


def asked_person(row: Mapping[str, Any]) -> Asked:
    """Somebody of a check's people, as they were asked about."""
    return Asked(row["pid"], row["name"], row["adult"], row["guardian"], row.get("role", "member"))


def close_open(*, subject: str, pids: Collection[str] | None, why: str, by: By, at: datetime) -> int:
    """Close what still waits or is out for a case: questions of these people, or of everybody. Part of the act that ends a basis.

    Only questions that stand on an authorisation: a task order is not taken back by anybody asked about.

    :returns: how many
    """
    rows = Question.objects.select_for_update(of=("self",)).select_related("check_asked").filter(
        check_asked__subject=subject, check_asked__basis=Basis.CONSENT, state__in=OPEN
    )  # fmt: skip
    if pids is not None:
        rows = rows.filter(pid__in=pids)
    found = list(rows.order_by("id"))
    for one in found:
        close(one, why, by=by, at=at)
    return len(found)


def close(question: Question, why: str, *, by: By, at: datetime) -> None:
    """Close a question without an answer (a code of core.questions.WHY_CLOSED); part of an act."""
    question.state, question.closed_why, question.next_try_at = State.CLOSED, why, None
    question.claim, question.claimed_until = "", None
    question.save(update_fields=["state", "closed_why", "next_try_at", "claim", "claimed_until"])
    detail = {"check": question.check_asked.ref, "question": question.ref, "source": question.source, "why": why}
    office.record("verification.close_question", subject=question.check_asked.subject, by=by, at=at, detail=detail)


@transaction.atomic
def ask_again(*, check: str, pid: str, source: str, why: str, by: By, at: datetime) -> Question:
    """Ask a source anew about somebody of a check: a new question with its own clock; the answer before stays as it is.

    :param check: its ref
    :param source: a code; also one that was not asked before
    :param why: in words
    :raises NotAllowed: no such check, person or source, a source asked only about people of another area, the question before is
        still open, or this clerk may not
    :raises NoBasis: what the check stands on has ended
    """
    asked = Check.objects.select_for_update().filter(ref=check).first()
    if asked is None or pid not in {one["pid"] for one in asked.people}:
        raise NotAllowed("没有这次核对，或者核对里没有这个人。")
    need(by, "check.again", area=asked.area, at=at)
    whom = sources.source(source)
    if whom is None or not whom.active:
        raise NotAllowed("没有这个来源，或者它已经停用。")
    if not sources.is_asked_here(whom, asked.area):
        raise NotAllowed(f"{whom.label}只回答别的地方的人，这里不问它。")
    if not why.strip():
        raise NotAllowed("要写为什么再问一次。")
    before = Question.objects.filter(check_asked=asked, pid=pid, source=source)
    if before.filter(state__in=OPEN).exists():
        raise NotAllowed("上一次问的还没有回话，不用再问。")
    round = (before.aggregate(last=Max("round"))["last"] or 0) + 1
    one = _question(asked, pid, whom, by=by, at=at, round=round, why=why.strip()[:200])
    lawful(one, at)
    one.save()
    if whom.adapter is Way.LAKE:
        _from_the_lake([one], by=by, at=at)
    detail = {"check": asked.ref, "question": one.ref, "round": round, "source": source}
    office.record("verification.ask_again", subject=asked.subject, by=by, at=at, detail=detail)
    return one
