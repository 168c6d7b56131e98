"""急难: help at once by one officer, within what the township may give; the papers are completed afterwards by two people."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import levels, settling, steps
from doudi.casework.actions.assessing import assess_now
from doudi.casework.actions.decision import give
from doudi.casework.core import AlreadyDone, Missing
from doudi.casework.gateways import numbers
from doudi.casework.models import Benefit, FirstHelp, Opinion
from doudi.facts import days
from doudi.facts.money import spoken
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import queries as registry


@transaction.atomic
def help_first(
    *,
    ref: str,
    kind: str,
    band: str,
    happened_on: date,
    place: str,
    cause: str,
    amount_fen: int,
    by: By,
    at: datetime,
    from_elsewhere: bool = False,
    differs_reason: str = "",
    version: int | None = None,
) -> Benefit:
    """Help somebody in sudden hardship before the papers, by one officer of the place where it happened (LAW Art. 37, 50).

    No hukou is asked for, nothing is shown. The sum stays within what the township may give and within the bands of the
    place's numbers; for more the county consults (一事一议). What was seen is kept as facts, so that the rules are asked too.

    :param kind: a code of core.EMERGENCIES; `band`: of core.BANDS
    :param amount_fen: once
    :returns: a benefit that is paid once, this month
    :raises Missing: something of the quick form left out, or more than the rules say without a reason
    :raises NotAllowed: not an emergency's road, over the ceiling, or the place has set none
    """
    case = steps.lock(ref, version)
    steps.permit(case, "case.help_first", by=by, at=at)
    core.move(case.programme, case.state, "help_first")
    on = today(at)
    if kind not in core.EMERGENCIES or band not in core.BANDS:
        raise Missing("请选遭了什么难、有多重。")
    if happened_on > on:
        raise Missing("出事的日子还没到，请再看一看。")
    where, why = steps.say(place, "在哪里出的事"), steps.say(cause, "出了什么事")
    ceiling = numbers.small_ceiling(case.programme, case.area, on)
    if ceiling is None:
        raise NotAllowed("县里还没有定镇里可以先给多少，请马上打电话报县里。")
    if amount_fen <= 0:
        raise Missing("请写先给多少元。")
    if amount_fen > ceiling:
        raise NotAllowed(f"镇里一次最多先给 {spoken(ceiling)} 元。先给这些，不够的报县里一事一议。")
    seen = {"hh_emergency_kind": kind, "hh_emergency_band": band, "hh_emergency_on": happened_on, "hh_living_in_distress": True}
    settling.write(case, "", seen, reason=why, by=by, at=at)
    ruled = assess_now(case, by=by, at=at)
    differs = ruled.outcome != "yes" or (ruled.amount_fen is not None and amount_fen > ruled.amount_fen)
    words = differs_reason.strip()
    if differs and not words:
        said = f"算出来 {spoken(ruled.amount_fen)} 元" if ruled.amount_fen else "还算不出来，或者没有说够条件"
        raise Missing(f"规则{said}。要先给，请写一句为什么。")
    opinion = Opinion.objects.create(
        case=case, assessment=ruled, kind="help", members=ruled.members, amount_fen=amount_fen, reason=why, differs=differs,
        differs_reason=words if differs else "", at=at, by=office.party(by),
    )  # fmt: skip
    FirstHelp.objects.create(
        case=case, kind=kind, band=band, happened_on=happened_on, place=where, cause=why, amount_fen=amount_fen,
        ceiling_fen=ceiling, from_elsewhere=from_elsewhere,
        papers_due_on=days.add_working_days(on, core.road(case.programme).clock["papers_wd"]), at=at, by=office.party(by),
    )  # fmt: skip
    case.level, case.is_urgent, case.rank = levels.Level.TOWNSHIP, True, 0
    decision, benefit = give(
        case, opinion, by=by, at=at, reason=why, amount_fen=amount_fen, differs=differs, differs_reason=words if differs else ""
    )
    steps.moved(case, "help_first", at=at)
    if not isinstance(by, Party) and not case.handler:
        case.handler = by.ref
    detail = {"assessment": ruled.ref, "decision": decision.ref, "differs": differs, "amount": amount_fen, "kind": kind}
    steps.keep(case, "help_first", by=by, at=at, detail=detail)
    steps.tell(case, registry.me(case.applicant).phone, "急用的钱镇里先给您办了，材料由镇里后补，您不用跑。", by=by, at=at)
    return benefit


@transaction.atomic
def complete(*, ref: str, second: str, found: str, holds: bool, by: By, at: datetime) -> FirstHelp:
    """Complete the papers of help that was given first: two people looked into it and say whether it holds (TA2018 2(2)).

    Where it does not hold, nothing is taken back by this: what follows is decided by people, with a hearing.

    :param second: the username of the second; the first is `by`
    :raises Missing: no second person, or nothing written
    :raises NotAllowed: the two have no post here, or both were the officer who helped
    """
    case = steps.lock(ref)
    if isinstance(by, Party):
        raise NotAllowed("补材料要由工作人员来办。")
    steps.permit(case, "case.complete", by=by, at=at)
    core.move(case.programme, case.state, "complete")
    other = office_queries.clerk(second)
    if other is None or other.ref == by.ref:
        raise Missing("补材料要两个人，请写另一位同事。")
    need(other, "case.complete", area=case.area, at=at)
    if case.near_kin_clerk in (by.ref, other.ref):
        raise NotAllowed("近亲属要回避，请换一位同事。")
    row = FirstHelp.objects.select_for_update().get(case=case)
    if row.completed_at is not None:
        raise AlreadyDone("材料已经补齐了。")
    row.found, row.holds = steps.say(found, "补了哪些材料、了解到什么"), holds
    row.first, row.second = by.ref, other.ref
    row.completed_at, row.completed_by = at, office.party(by)
    row.save(update_fields=["found", "holds", "first", "second", "completed_at", "completed_by"])
    steps.moved(case, "complete", at=at)
    case.in_doubt = case.in_doubt or not holds
    steps.close(case, by=by, at=at)
    steps.keep(
        case, "complete", by=by, at=at, detail={"holds": holds, "second": other.ref, "late": today(at) > row.papers_due_on}
    )
    return row
