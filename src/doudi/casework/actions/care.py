"""特困: six items of self-care by two people, the form of support the person chose, agreements about card and care."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import settling, steps
from doudi.casework.actions.assessing import assess_now
from doudi.casework.actions.investigation import begin
from doudi.casework.core import WORKING, AlreadyDone, Missing, State
from doudi.casework.core.asking import Photo
from doudi.casework.models import Agreement, Case, Question, Reassessment, SelfCare, SupportForm
from doudi.facts import days
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today


def _of_tekun(case: Case) -> None:
    if case.programme != "tekun":
        raise NotAllowed("只有特困供养要办这一样。")
    if not State(case.state).takes_signatures:
        raise NotAllowed("这件已经办完了。")


@transaction.atomic
def assess_self_care(*, ref: str, on: date, second: str, fails: Mapping[str, bool], words: str, by: By, at: datetime) -> SelfCare:
    """Keep what two people saw of the six items; 0 failed: full, 1 to 3: half, 4 and more: none (T43 Art. 21, 22).

    While the case is investigated the care grade goes into the amount at once. In force it answers a reassessment; what
    changes in the money is decided like every change.

    :param fails: each code of core.SELF_CARE → whether they cannot do it
    :param second: the username of the second; the first is `by`
    :raises Missing: an item left out, no second person, nothing written about what was seen
    """
    case = steps.lock(ref)
    if isinstance(by, Party):
        raise NotAllowed("评估要由工作人员来做。")
    steps.permit(case, "care.assess", by=by, at=at)
    _of_tekun(case)
    other = office_queries.clerk(second)
    if other is None or other.ref == by.ref:
        raise Missing("评估要两个人，请写另一位同事。")
    need(other, "care.assess", area=case.area, at=at)
    if case.near_kin_clerk in (by.ref, other.ref):
        raise NotAllowed("近亲属要回避，请换一位同事去。")
    if on > today(at):
        raise NotAllowed("评估的日期还没到。")
    left_out = [label for code, label in core.SELF_CARE.items() if not isinstance(fails.get(code), bool)]
    if left_out:
        raise Missing(f"还没有选：{'、'.join(left_out)}。")
    failed = sum(fails[code] for code in core.SELF_CARE)
    row = SelfCare.objects.create(
        case=case, on=on, fails={code: fails[code] for code in core.SELF_CARE}, failed=failed, grade=core.care_grade(failed),
        words=steps.say(words, "看到了什么"), first=by.ref, second=other.ref, at=at, by=office.party(by),
    )  # fmt: skip
    if State(case.state) in WORKING:
        whom = case.recipient or case.applicant
        found = {f"fails_{code}": fails[code] for code in core.SELF_CARE} | {"tekun_care_grade": row.grade}
        settling.write(case, whom, found, reason=row.words[:500], by=by, at=at)
        _answer_question(case, row, by=by, at=at)
        begin(case, by=by, at=at)
        assess_now(case, by=by, at=at)
    asked = Reassessment.objects.select_for_update().filter(case=case, done_at__isnull=True).first()
    if asked is not None:
        asked.answer, asked.done_at, asked.done_by = row, at, office.party(by)
        asked.save(update_fields=["answer", "done_at", "done_by"])
    detail = {"failed": failed, "grade": row.grade, "second": other.ref, "asked": asked.ref if asked else ""}
    steps.keep(case, "assess_self_care", by=by, at=at, detail=detail)
    return row


def _answer_question(case: Case, row: SelfCare, *, by: By, at: datetime) -> None:
    """What two people saw of the six items answers the open question about self-care; nobody is asked it twice."""
    for asked in Question.objects.select_for_update().filter(case=case, kind="self_care", choice__in=core.OPEN_CHOICES):
        asked.choice, asked.reason = f"care_{row.grade}", row.words[:500]
        asked.judged_at, asked.judged_by = at, office.party(by)
        asked.save(update_fields=["choice", "reason", "judged_at", "judged_by"])


@transaction.atomic
def ask_reassessment(*, ref: str, said: str, by: By, at: datetime) -> Reassessment:
    """Note that somebody says self-care has changed: the six items are looked at again within 10 working days (T43 Art. 23).

    The person, their family or a clerk who heard of it may say so; asked again while one is open it is the same.

    :raises NotAllowed: not this family nor a clerk of the place, or no support in force
    :raises Missing: nothing said
    """
    case = steps.lock(ref)
    if not steps.family(case, by):
        need(by, "care.assess", area=case.area, at=at)
    _of_tekun(case)
    if State(case.state) is not State.CONFIRMED:
        raise NotAllowed("供养还没有定下来，评估就在这次调查里做。")
    words = steps.say(said, "有什么变化")
    there = Reassessment.objects.filter(case=case, done_at__isnull=True).first()
    if there is not None:
        raise AlreadyDone(f"已经记下了，{steps.on_day(there.due_on)}前去评估。")
    due = days.add_working_days(today(at), core.road(case.programme).clock["reassess_wd"])
    row = Reassessment.objects.create(case=case, said=words[:500], due_on=due, at=at, by=office.party(by))
    steps.keep(case, "ask_reassessment", by=by, at=at, detail={"due": due.isoformat(), "reassessment": row.ref})
    return row


@transaction.atomic
def choose_support(*, ref: str, form: str, said: str, by: By, at: datetime) -> SupportForm:
    """Keep where the person wants to be looked after; the choice is theirs (LAW Art. 16).

    :param form: home | institution
    :param said: in whose words, and how it was said
    :raises Missing: nothing chosen, or not written how it was said
    """
    case = steps.lock(ref)
    if not steps.family(case, by):
        need(by, "care.keep", area=case.area, at=at)
    _of_tekun(case)
    if form not in core.SUPPORT_FORMS:
        raise Missing("请选：在家，还是到机构。")
    row = SupportForm.objects.create(case=case, form=form, said=steps.say(said, "本人怎么说的")[:500], at=at, by=office.party(by))
    steps.keep(case, "choose_support", by=by, at=at, detail={"form": form})
    return row


@transaction.atomic
def keep_agreement(
    *, ref: str, kind: str, party: str, relation: str, duties: str, from_on: date, to_on: date, by: By, at: datetime,
    phone: str = "", photo: Photo | None = None,
) -> Agreement:  # fmt: skip
    """Keep an agreement about who keeps the card (custody) or who looks after the person (carer), with its days and paper.

    One of a kind runs at a time: the one before has to be ended first.

    :raises Missing: something left out
    :raises AlreadyDone: one of this kind runs
    :raises BadPaper: the photograph cannot be taken
    """
    case = steps.lock(ref)
    steps.permit(case, "care.keep", by=by, at=at)
    _of_tekun(case)
    if kind not in core.AGREEMENTS:
        raise Missing("请选是哪一种协议。")
    if to_on < from_on:
        raise Missing("到期的日子在开始以前，请再看一看。")
    if Agreement.objects.filter(case=case, kind=kind, ended_at__isnull=True).exists():
        raise AlreadyDone(f"已经有一份{core.AGREEMENTS[kind]}，先写明那一份到哪天为止。")
    paper = ""
    if photo is not None:
        paper = office.keep_paper(
            kind="evidence",
            content_type=photo.content_type,
            data=photo.data,
            area=case.area,
            subject=case.applicant,
            by=by,
            at=at,
        ).ref
    row = Agreement.objects.create(
        case=case, kind=kind, party=steps.say(party, "和谁签的")[:80], relation=relation.strip()[:40], phone=phone.strip()[:30],
        duties=steps.say(duties, "约定了什么")[:1000], from_on=from_on, to_on=to_on, paper=paper, at=at, by=office.party(by),
    )  # fmt: skip
    steps.keep(case, "keep_agreement", by=by, at=at, detail={"agreement": row.ref, "kind": kind, "paper": paper})
    return row


@transaction.atomic
def end_agreement(*, ref: str, agreement: str, on: date, why: str, by: By, at: datetime) -> Agreement:
    """Note that an agreement is over, and why.

    :raises NotAllowed: no such agreement
    :raises AlreadyDone: it was ended before
    """
    case = steps.lock(ref)
    steps.permit(case, "care.keep", by=by, at=at)
    row = Agreement.objects.select_for_update().filter(case=case, ref=agreement).first()
    if row is None:
        raise NotAllowed("没有这份协议。")
    if row.ended_at is not None:
        raise AlreadyDone("这份协议已经写明不再算了。")
    row.ended_on, row.ended_why = on, steps.say(why, "为什么不再算了")[:300]
    row.ended_at, row.ended_by = at, office.party(by)
    row.save(update_fields=["ended_on", "ended_why", "ended_at", "ended_by"])
    steps.keep(case, "end_agreement", by=by, at=at, detail={"agreement": row.ref})
    return row
