"""Checking, visiting, settling differences, assessing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import filing, steps
from doudi.casework.actions.assessing import Known, assess_now, living, take_stock
from doudi.casework.core import WORKING, Missing, State, differences
from doudi.casework.core.collective import SURVEY_WAYS
from doudi.casework.models import Appraisal, Assessment, Case, CaseMember, Objection, Question, Supporter, Survey
from doudi.casework.queries.drafts import is_minor
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party, Role, names_a_person
from doudi.office.queries import need, today
from doudi.verification import actions as verification
from doudi.verification import queries as verification_queries
from doudi.verification.core import Asked, Basis

REPLY = "您的意见我们收到了，请别的同志去了解过。了解清楚以后，这一户会重新写意见、重新公示，或者报县里另作决定。"


def working(case: Case) -> None:
    """Stop where nothing is investigated.

    :raises NotAllowed: not taken in yet, on the board, at the county, or closed
    """
    if State(case.state) not in WORKING:
        raise NotAllowed(f"这件现在是“{State(case.state).label}”，不能改调查的内容。")


def begin(case: Case, *, by: By, at: datetime) -> None:
    """Note that the investigation began, once."""
    if State(case.state) is State.ACCEPTED:
        steps.moved(case, "investigate", at=at)
    if case.investigated_at is None:
        case.investigated_at, case.investigated_by = at, office.party(by)


@transaction.atomic
def request_check(*, ref: str, by: By, at: datetime) -> Case:
    """Ask all sources about every counted member who agreed (verification); differences become questions to settle.

    :raises NotAllowed: nobody agreed yet, or the case is not at this step
    """
    case = steps.lock(ref)
    steps.permit(case, "check.request", by=by, at=at)
    working(case)
    ask_sources(case, by=by, at=at)
    steps.keep(case, "request_check", by=by, at=at, detail={"check": case.check_ref})
    return case


def ask_sources(case: Case, *, by: By, at: datetime) -> None:
    """Ask about everybody of the case whose consent holds; who has not agreed is left out and stays on the list.

    :raises NoBasis: the applicant has not agreed
    """
    on, known = today(at), Known(case, at)
    pids = [one.pid for one in known.members if one.pid]
    signers = verification_queries.signers(case.ref, pids, at=at)
    asked = [one for one in known.counting() if one.pid and (one.pid in signers or one.pid == case.applicant)]
    check = verification.request(
        subject=case.ref,
        area=case.area,
        programme=case.programme,
        people=[_asked(one, case, on, signers.get(one.pid, "")) for one in asked] + _supporters(case, at),
        sources=filing.source_codes(case.programme),
        basis=Basis.CONSENT,
        declared=known.declared(),
        by=by,
        at=at,
    )
    read = verification_queries.answers(check.ref, on)
    if not verification_queries.progress(check.ref, at).open:  # else the report is made when the last one answered, or is late
        verification.issue(check=check.ref, by=by, at=at, read=read)
    case.check_ref, case.answers_taken = check.ref, 0
    begin(case, by=by, at=at)
    take_stock(case, by=by, at=at, read=read)


def _supporters(case: Case, at: datetime) -> list[Asked]:
    """Supporters outside the household who signed their own sheet; the others are not asked about."""
    rows = list(Supporter.objects.filter(case=case, removed_at=None).order_by("id"))
    signed = verification_queries.who_signed(case.ref, [one.pid for one in rows], at=at, role="supporter") if rows else set()
    return [Asked(one.pid, one.name, True, role="supporter") for one in rows if one.pid in signed]


def _asked(one: CaseMember, case: Case, on: date, signer: str) -> Asked:
    adult = not is_minor(one.born_on, on) or one.pid == case.applicant
    return Asked(one.pid, one.name, adult, signer if signer != one.pid else "")


@transaction.atomic
def judge(*, ref: str, question: str, choice: str, reason: str, by: By, at: datetime, amount_fen: int | None = None) -> Question:
    """Settle a difference (a code of core.QUESTION_CHOICES), with a reason; `visit` and `discuss` leave it open.

    :param ref: the case
    :param question: the ref of the question
    :param amount_fen: a month, with the choice `amount`
    :raises Missing: no reason, or no amount
    """
    case = steps.lock(ref)
    steps.permit(case, "case.propose", by=by, at=at)
    working(case)
    row = Question.objects.select_for_update().filter(case=case, ref=question).first()
    if row is None:
        raise NotAllowed("没有这一处不同。")
    if choice not in differences.choices_of(row.kind, row.said_fen, row.found_fen, row.key):
        raise Missing("请选一个判断。")
    if choice == "amount" and (amount_fen is None or amount_fen < 0):
        raise Missing("另定一个数，就要写多少元。")
    row.choice, row.reason = choice, steps.say(reason, "为什么这样判断")[:500]
    row.amount_fen = amount_fen if choice == "amount" else None
    row.judged_at, row.judged_by = at, office.party(by)
    row.save(update_fields=["choice", "reason", "amount_fen", "judged_at", "judged_by"])
    if choice not in core.OPEN_CHOICES:
        _settle_member(case, row, by=by, at=at)
    begin(case, by=by, at=at)
    assess_now(case, by=by, at=at)
    steps.keep(case, "judge", by=by, at=at, detail={"choice": choice, "kind": row.kind, "question": row.ref})
    return row


def _settle_member(case: Case, row: Question, *, by: By, at: datetime) -> None:
    """What a judgement about a life means for who counts: the dead and the imprisoned do not (D57 Art. 7)."""
    members = CaseMember.objects.filter(case=case)
    if row.kind == "member":
        key = row.key.partition(":")[2]
        one = members.filter(pid=key).first() or members.get(ref=key)
        counts = one.proposed if row.choice == "data_right" else bool(one.together)
    elif row.kind in ("death", "custody"):
        one, counts = members.get(pid=row.pid), row.choice != "data_right"
    else:
        return
    _count(one, counts, row.reason, by=by, at=at)


def _count(one: CaseMember, counts: bool, reason: str, *, by: By, at: datetime) -> None:
    one.counted, one.counted_reason = counts, reason[:300]
    one.counted_at, one.counted_by = at, office.party(by)
    one.save(update_fields=["counted", "counted_reason", "counted_at", "counted_by"])
    verification.follow_household(subject=one.case.ref, household=living(one.case), by=by, at=at)


@transaction.atomic
def count_member(*, ref: str, member: str, counts: bool, reason: str, by: By, at: datetime) -> CaseMember:
    """Settle whether somebody counts as living together (D57 Art. 7); what was proposed and said stays beside it.

    :raises Missing: no reason although it differs from what the family said
    """
    case = steps.lock(ref)
    steps.permit(case, "case.propose", by=by, at=at)
    working(case)
    one = CaseMember.objects.select_for_update().filter(case=case, ref=member).first()
    if one is None:
        raise NotAllowed("这户里没有这个人。")
    if counts != one.together:
        steps.say(reason, "为什么和家里人说的不一样")
    _count(one, counts, reason.strip(), by=by, at=at)
    Question.objects.filter(case=case, key=f"member:{one.pid or one.ref}").update(
        choice="data_right" if counts == one.proposed else "person_right", judged_at=at, judged_by=office.party(by)
    )
    begin(case, by=by, at=at)
    assess_now(case, by=by, at=at)
    steps.keep(case, "count_member", by=by, at=at, detail={"counts": counts, "member": one.ref})
    return one


@transaction.atomic
def survey(
    *,
    ref: str,
    on: date,
    second: str,
    signed_by: str,
    answers: dict[str, str],
    needs: dict[str, tuple[str, str]],
    note: str = "",
    way: str = "visit",
    way_reason: str = "",
    by: By,
    at: datetime,
) -> Survey:
    """Record a household visit by two people, signed by a member of the family (D57 Art. 16).

    At the county it is the county's own visit (Art. 20). Two visits that disagree are both kept. The signatures and photographs
    follow with `keep_survey_paper`.

    :param second: the username of the second investigator; the first is `by`
    :param needs: area of life (core.NEED_AREAS) → (level of core.NEED_LEVELS, words)
    :param way: a code of SURVEY_WAYS; telephone and video only in a great emergency, with the reason
    :raises Missing: no signature, fewer than two people, a need left out, or no reason why nobody went there
    :raises NotAllowed: a visit that lies ahead, or one of the two has no post here
    """
    case = steps.lock(ref)
    if isinstance(by, Party):
        raise NotAllowed("入户调查要由工作人员来办。")
    viewer = need(by, "case.survey", area=case.area, at=at)
    other = office_queries.clerk(second)
    if other is None or other.ref == by.ref:
        raise Missing("入户要两个人，请写另一位同事。")
    need(other, "case.survey", area=case.area, at=at)
    if case.near_kin_clerk in (by.ref, other.ref):
        raise NotAllowed("近亲属要回避，请换一位同事去。")
    at_county = viewer is not None and viewer.role == Role.COUNTY
    if at_county != (case.state == State.AT_COUNTY):
        raise NotAllowed(f"这件现在是“{State(case.state).label}”，不能记入户调查。")
    if not at_county:
        working(case)
    if on > today(at):
        raise NotAllowed("走访日期还没到。")
    left_out = [label for code, label in core.NEED_AREAS.items() if needs.get(code, ("", ""))[0] not in core.NEED_LEVELS]
    if left_out:
        raise Missing(f"还没有选：{'、'.join(left_out)}（可以选“不清楚”）。")
    if way not in SURVEY_WAYS:
        raise Missing("请选是怎么调查的。")
    row = Survey.objects.create(
        case=case,
        on=on,
        level="county" if at_county else "township",
        way=way,
        way_reason=steps.say(way_reason, "为什么没有上门")[:300] if way != "visit" else "",
        first=by.ref,
        second=other.ref,
        signed_by=steps.say(signed_by, "家里谁签的字"),
        answers={key.strip(): value.strip() for key, value in answers.items() if value.strip()},
        needs={code: list(needs[code]) for code in core.NEED_AREAS},
        note=note.strip(),
        at=at,
        by=office.party(by),
    )
    if not at_county:
        begin(case, by=by, at=at)
    steps.keep(case, "survey", by=by, at=at, detail={"level": row.level, "on": on.isoformat(), "second": other.ref})
    return row


@transaction.atomic
def extend(*, ref: str, reason: str, by: By, at: datetime) -> Case:
    """Lengthen the whole clock once, with its reason (D57 Art. 22).

    :raises NotAllowed: lengthened before, or not taken in yet
    :raises Missing: no reason
    """
    case = steps.lock(ref)
    need(by, "case.propose" if case.state != State.AT_COUNTY else "case.decide", area=case.area, at=at)
    if case.whole_due_on is None or case.accepted_at is None or not State(case.state).is_open:
        raise NotAllowed("还没有受理，或者已经办完，期限不用延长。")
    if case.extended_reason:
        raise core.AlreadyDone("期限已经延长过一次了。")
    case.extended_reason = steps.say(reason, "为什么要延长")[:300]
    steps.keep(case, "extend", by=by, at=at)
    return case


@transaction.atomic
def reinvestigate(*, ref: str, answer: str, by: By, at: datetime, reply: str = "") -> Case:
    """Take up an objection: what was found on it is kept, the case is investigated again, another opinion follows.

    Whoever objected is answered: by message where they left a telephone number, and to the slip they hold.

    :param answer: what was found, for the file
    :param reply: what the objector is told; nothing of the family
    :raises Missing: nothing written, or the reply names a person
    :raises NotAllowed: an appraisal was called for it and is not over
    """
    case = steps.lock(ref)
    steps.permit(case, "case.propose", by=by, at=at)
    found, told = steps.say(answer, "了解到什么"), reply.strip()[:500] or REPLY
    if case.name in told or names_a_person(told):
        raise Missing("答复提意见的人，不能写这家人的名字和号码。")
    if Appraisal.objects.filter(case=case, state="called").exists():
        raise NotAllowed("评议会已经通知了，先开完，或者写明不开了。")
    steps.moved(case, "reinvestigate", at=at)
    for row in Objection.objects.select_for_update(of=("self",)).filter(showing__case=case, answered_at__isnull=True):
        row.answer, row.reply, row.answered_at, row.answered_by = found, told, at, office.party(by)
        row.save(update_fields=["answer", "reply", "answered_at", "answered_by"])
        if row.phone:
            body = f"您对公示提的意见，镇里去了解过了，凭记号 {row.slip} 可以看答复。"
            office.notify(body=body, subject=case.ref, by=by, at=at, phone=row.phone)
    steps.keep(case, "reinvestigate", by=by, at=at)
    return case


@transaction.atomic
def assess(*, ref: str, by: By, at: datetime) -> Assessment:
    """Let the rules speak on what is known now, and keep it: facts with sources, rule version, trace, table."""
    case = steps.lock(ref)
    need(by, "case.read", area=case.area, at=at)
    working(case)
    kept = assess_now(case, by=by, at=at)
    steps.keep(case, "assess", by=by, at=at, detail={"outcome": kept.outcome, "pack": kept.pack})
    return kept
