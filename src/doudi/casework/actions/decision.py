"""The county decides, tells the family, and help comes into force."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import levels, steps
from doudi.casework.actions.awarding import first_award
from doudi.casework.core import Level, Missing
from doudi.casework.gateways import numbers
from doudi.casework.models import Assessment, Benefit, Case, CaseMember, Decision, Opinion
from doudi.casework.queries.drafts import is_minor
from doudi.facts import days
from doudi.facts.money import spoken
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification import actions as verification
from doudi.verification.core import Ended


def _at_county(ref: str, act: str, version: int | None, *, by: By, at: datetime) -> tuple[Case, Opinion, Assessment]:
    """A case to decide, with the opinion and the assessment behind it.

    :raises NotAllowed: not at the county, or this person may not decide it
    """
    case = steps.lock(ref, version)
    steps.permit(case, core.DECIDE_HERE if case.level == Level.TOWNSHIP else core.DECIDE, by=by, at=at)
    core.move(case.programme, case.state, act)
    opinion = Opinion.objects.filter(case=case).latest("id")
    return case, opinion, opinion.assessment


def _ready(case: Case, act: str, at: datetime) -> None:
    """Stop where the road of the programme demands more before this decision.

    :raises NotAllowed: never shown, or the county has not looked by itself
    """
    lacking = levels.wanting(case, act, today(at))
    if lacking:
        raise NotAllowed(lacking[0])


@transaction.atomic
def confirm(
    *,
    ref: str,
    by: By,
    at: datetime,
    reason: str = "",
    amount_fen: int | None = None,
    differs_reason: str = "",
    version: int | None = None,
) -> Decision:
    """Confirm the help; in force from the month after (D57 Art. 21).

    :param amount_fen: a month; by default the opinion's
    :raises NotAllowed: the same person took an earlier step, near kin without the county's own visit, or never shown
    :raises Missing: it differs from the assessment and no reason is given
    """
    case, opinion, ruled = _at_county(ref, "confirm", version, by=by, at=at)
    if opinion.kind != "help":
        raise NotAllowed("镇里建议的是不确认，没有公示过。要给予救助，请退回镇里重新写意见、公示。")
    _ready(case, "confirm", at)
    road, on = core.road(case.programme), today(at)
    amount = opinion.amount_fen if amount_fen is None else amount_fen
    if road.pays and amount <= 0:
        raise Missing("请写多少元。")
    if not road.pays:
        amount = 0
    if case.level == Level.TOWNSHIP and road.small:
        _within_ceiling(case, amount, on)
    differs = ruled.outcome != "yes" or (road.pays and amount != ruled.amount_fen)
    why = differs_reason.strip() or (opinion.differs_reason if amount == opinion.amount_fen else "")
    if differs and not why:
        raise Missing("和规则算的不一样，请写清为什么。")
    decision, _ = give(
        case, opinion, by=by, at=at, reason=reason.strip() or opinion.reason, amount_fen=amount, differs=differs,
        differs_reason=why if differs else "",
    )  # fmt: skip
    _closed(case, "confirm", decision, by=by, at=at)
    steps.tell(case, registry.me(case.applicant).phone, "您交的申请县里定下来了，打开“办到哪一步了”就能看到。", by=by, at=at)
    return decision


def give(
    case: Case, opinion: Opinion, *, by: By, at: datetime, reason: str, amount_fen: int, differs: bool, differs_reason: str
) -> tuple[Decision, Benefit]:
    """Write the decision to help, what follows from it and its first award: by the month from the month after (D57 Art. 21),
    once at once, or a recognition for as long as it holds. A step of acts; the act moves the case.
    """
    road, on = core.road(case.programme), today(at)
    this_month = on.replace(day=1)
    first = this_month if road.one_off else days.add_months(this_month, 1)
    holds = numbers.valid_months(case.programme, case.area, on)
    last = first if road.one_off else days.add_months(first, holds - 1) if holds else None
    decision = _decide(
        case, opinion, "confirm", by=by, at=at, reason=reason, members=opinion.members, amount_fen=amount_fen,
        from_month=first, differs=differs, differs_reason=differs_reason, article=road.article,
    )  # fmt: skip
    months = road.review_months_unsteady if _can_work(case, on) else road.review_months
    benefit = Benefit.objects.create(
        case=case,
        decision=decision,
        programme=case.programme,
        area=case.area,
        payee=case.applicant,
        members=opinion.members,
        amount_fen=amount_fen,
        from_month=first,
        to_month=last,
        is_one_off=road.one_off,
        review_due_on=days.add_months(on, months),
    )
    first_award(benefit, by=by, at=at)
    return decision, benefit


def _within_ceiling(case: Case, amount: int, on: date) -> None:
    """Stop a township that decides over more than it may (TA2018 2(2)).

    :raises NotAllowed: more than its ceiling
    """
    ceiling = numbers.small_ceiling(case.programme, case.area, on)
    if ceiling is None or amount > ceiling:
        raise NotAllowed(f"镇里一次最多定 {spoken(ceiling or 0)} 元，再多要报县里。")


def _can_work(case: Case, on: date) -> bool:
    """Whether somebody counted is of working age: such households are reviewed half-yearly (D57 Art. 31)."""
    for one in CaseMember.objects.filter(case=case).exclude(counted=False):
        if one.born_on is not None and not is_minor(one.born_on, on) and days.age_on(one.born_on, on) < 60:
            return True
    return False


def _decide(case: Case, opinion: Opinion, kind: str, *, by: By, at: datetime, reason: str, **more: Any) -> Decision:
    on, road = today(at), core.road(case.programme)
    letter: dict[str, Any] = {}
    if kind != "return_one":
        letter = {
            "notice_due_on": days.add_working_days(on, road.clock["refusal_notice_wd"]),
            "reconsider_until": on + timedelta(days=road.clock["reconsider_days"]),
            "lawsuit_until": days.add_months(on, road.clock["lawsuit_months"]),
        }
    return Decision.objects.create(
        case=case, opinion=opinion, assessment=opinion.assessment, kind=kind, reason=reason, on=on, at=at,
        by=office.party(by), **letter, **more,
    )  # fmt: skip


def _closed(case: Case, act: str, decision: Decision, *, by: By, at: datetime) -> None:
    steps.moved(case, act, at=at)
    steps.close(case, by=by, at=at)
    detail = {
        "assessment": decision.assessment.ref,
        "decision": decision.ref,
        "differs": decision.differs,
        "from_month": decision.from_month.isoformat() if decision.from_month else None,
        "pack": decision.assessment.pack,
    }
    steps.keep(case, act, by=by, at=at, detail=detail)


@transaction.atomic
def return_one(*, ref: str, one_thing: str, by: By, at: datetime, version: int | None = None) -> Decision:
    """Send a case back to the township, naming one thing.

    :raises Missing: nothing named
    """
    case, opinion, _ = _at_county(ref, "return_one", version, by=by, at=at)
    what = steps.say(one_thing, "要补哪一样")[:300]
    decision = _decide(case, opinion, "return_one", by=by, at=at, reason=what, one_thing=what)
    steps.moved(case, "return_one", at=at)
    steps.keep(case, "return_one", by=by, at=at, detail={"decision": decision.ref})
    return decision


@transaction.atomic
def refuse(
    *, ref: str, article: str, reason: str, by: By, at: datetime, differs_reason: str = "", version: int | None = None
) -> Decision:
    """Refuse, one case at a time: the rule, a reason in plain words, how to appeal and until when (D57 Art. 21; ARL Art. 20).

    :raises Missing: no rule or no reason, or the assessment says otherwise and no reason for that is given
    """
    case, opinion, ruled = _at_county(ref, "refuse", version, by=by, at=at)
    _ready(case, "refuse", at)
    rule, words = steps.say(article, "依据哪一条"), steps.say(reason, "理由，要让群众看得懂")
    differs = ruled.outcome != "no"
    why = differs_reason.strip() or (opinion.differs_reason if opinion.kind == "refuse" else "")
    if differs and not why:
        raise Missing("规则没有说不够条件。不确认，请写清为什么。")
    decision = _decide(
        case, opinion, "refuse", by=by, at=at, reason=words, article=rule[:80], members=opinion.members,
        differs=differs, differs_reason=why if differs else "",
    )  # fmt: skip
    verification.end_authorisations(subject=case.ref, why=Ended.REFUSED, by=by, at=at)
    _closed(case, "refuse", decision, by=by, at=at)
    text = "您交的申请县里看完了，结果和理由会送到您手上，也可以先在“办到哪一步了”看。"
    steps.tell(case, registry.me(case.applicant).phone, text, by=by, at=at)
    return decision
