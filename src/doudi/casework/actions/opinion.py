"""The township's first opinion, the village's board, objections."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import steps
from doudi.casework.actions.assessing import assess_now
from doudi.casework.core import Missing, State
from doudi.casework.models import Assessment, Case, Objection, Opinion, Question, Showing, Survey
from doudi.casework.queries.drafts import is_minor
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import queries as registry

ROUTINE = ("homes", "silent")  # asked of everybody; other differences make the county look one by one


@transaction.atomic
def propose(
    *,
    ref: str,
    kind: str,
    reason: str,
    by: By,
    at: datetime,
    amount_fen: int | None = None,
    differs_reason: str = "",
    version: int | None = None,
) -> Opinion:
    """Write the first opinion: `help` goes onto the village's board for 7 days, `refuse` straight to the county.

    :param amount_fen: a month; by default what the assessment says
    :param differs_reason: why, where it differs from the assessment
    :raises Missing: no reason, no household visit, an open question, or a difference without its reason
    :raises NotAllowed: not at this step, or near kin of this clerk
    :raises Changed: somebody changed the case since `version`
    """
    case = steps.lock(ref, version)
    steps.permit(case, "case.propose", by=by, at=at)
    if kind not in core.OPINIONS:
        raise Missing("请选：给予救助，还是不予确认。")
    _ready(case)
    words = steps.say(reason, "理由")
    ruled = assess_now(case, by=by, at=at)
    amount, differs = _amount(case, ruled, kind, amount_fen)
    if differs and not differs_reason.strip():
        raise Missing(f"和规则算的不一样（{differs}），请写清为什么。")
    opinion = Opinion.objects.create(
        case=case,
        assessment=ruled,
        kind=kind,
        members=ruled.members,
        amount_fen=amount,
        reason=words,
        differs=bool(differs),
        differs_reason=differs_reason.strip() if differs else "",
        at=at,
        by=office.party(by),
    )
    settled = Question.objects.filter(case=case).exclude(kind__in=ROUTINE)
    case.in_doubt = case.in_doubt or bool(differs) or kind == "refuse" or settled.exists()
    if kind == "help":
        showing = _show(case, opinion, at=at)
        steps.moved(case, "propose", at=at, shown_to=showing.to_on)
    else:
        steps.moved(case, "propose_refusal", at=at)
        case.at_county_on = today(at)
    detail = {"assessment": ruled.ref, "differs": bool(differs), "kind": kind, "opinion": opinion.ref}
    steps.keep(case, "propose", by=by, at=at, detail=detail)
    return opinion


def _ready(case: Case) -> None:
    """Name at once all that an opinion still lacks.

    :raises Missing: a household visit, or a judgement
    """
    wanting = []
    if not Survey.objects.filter(case=case, level="township").exists():
        wanting.append("入户调查")
    still_open = Question.objects.filter(case=case, choice__in=core.OPEN_CHOICES).count()
    if still_open:
        wanting.append(f"{still_open} 处要判断的")
    if not case.check_ref:
        wanting.append("核对结果")
    if wanting:
        raise Missing(f"写初步意见前还差：{'、'.join(wanting)}。")


def _amount(case: Case, ruled: Assessment, kind: str, amount_fen: int | None) -> tuple[int, str]:
    """The amount a month, and in which respect it differs from what the rules say ("" when it does not).

    :raises Missing: help with money, and neither rules nor clerk say how much
    """
    if amount_fen is not None and amount_fen < 0:
        raise Missing("金额不能小于 0。")
    if kind == "refuse":
        return 0, "" if ruled.outcome == "no" else "规则没有说不够条件"
    if not core.road(case.programme).monthly:
        return 0, "" if ruled.outcome == "yes" else "规则没有说够条件"
    amount = amount_fen if amount_fen is not None else ruled.amount_fen
    if not amount:
        raise Missing("规则还算不出给多少，请写每月多少元。")
    if ruled.outcome != "yes":
        return amount, "规则没有说够条件"
    return amount, "" if amount == ruled.amount_fen else "金额不同"


def _show(case: Case, opinion: Opinion, *, at: datetime) -> Showing:
    """Put it on the village's board: masked name, how many people, how much; nothing else."""
    on = today(at)
    to_on = core.showing_ends(on, core.road(case.programme).clock["publicity_days"])
    minor = is_minor(registry.me(case.applicant).born_on, on)
    return Showing.objects.create(
        case=case,
        opinion=opinion,
        area=case.area,
        programme=case.programme,
        shown_name=core.mask_for_list(case.name, minor),
        members=opinion.members,
        amount_fen=opinion.amount_fen,
        from_on=on,
        to_on=to_on,
    )


@transaction.atomic
def object_to(*, ref: str, said: str, by: By, at: datetime, who: str = "", phone: str = "") -> Objection:
    """Note an objection against what stands on the board; it stops this household's showing only.

    Anybody may object: a clerk notes it down, or somebody writes it on the board's page.

    :raises NotAllowed: nothing of this case is shown now
    :raises Missing: nothing said
    """
    case = steps.lock(ref)
    if not isinstance(by, Party):
        need(by, "case.object", area=case.area, at=at)
    words = steps.say(said, "不同意见是什么")
    showing = Showing.objects.filter(case=case, state="running").first()
    if showing is None or today(at) > showing.to_on:
        raise NotAllowed("这一户现在不在公示。有意见可以打电话说，一样会有人答复。")
    steps.stop_showing(case, "stopped", by=by, at=at)
    row = Objection.objects.create(
        showing=showing, said=words[:2000], who=who.strip()[:80], phone=phone.strip()[:30], at=at, by=office.party(by)
    )
    steps.moved(case, "object", at=at)
    case.in_doubt = True
    steps.keep(case, "object_to", by=by, at=at, detail={"objection": row.ref})
    return row


@transaction.atomic
def end_showing(*, ref: str, by: By, at: datetime) -> Case:
    """Take a showing down whose days are over, and pass the case to the county; the schedule calls this.

    :raises NotAllowed: its days are not over
    """
    case = steps.lock(ref)
    need(by, "case.show", area=case.area, at=at)
    showing = Showing.objects.filter(case=case, state="running").first()
    if showing is not None and today(at) <= showing.to_on:
        raise NotAllowed(f"要公示到 {steps.on_day(showing.to_on)}，还没到期。")
    steps.moved(case, "end_showing", at=at)
    steps.stop_showing(case, "ended", by=by, at=at)
    case.at_county_on = today(at)
    steps.keep(case, "end_showing", by=by, at=at)
    return case


@transaction.atomic
def resend(*, ref: str, said: str, by: By, at: datetime) -> Case:
    """Hand a returned case back to the county with what it asked for; for opinions whose figures stayed as they were shown.

    :raises NotAllowed: the figures changed: it has to be shown again
    :raises Missing: nothing written, or a question opened since
    """
    case = steps.lock(ref)
    steps.permit(case, "case.propose", by=by, at=at)
    words = steps.say(said, "补了什么")
    if State(case.state) is State.RETURNED:
        _ready(case)
        opinion = Opinion.objects.filter(case=case).latest("id")
        ruled = assess_now(case, by=by, at=at)
        before = opinion.assessment
        if (ruled.outcome, ruled.members, ruled.amount_fen) != (before.outcome, before.members, before.amount_fen):
            raise NotAllowed("人数或金额变了，要重新写初步意见、重新公示。")
    steps.moved(case, "resend", at=at)
    case.at_county_on = today(at)
    case.story = f"{case.story}\n（补：{words[:300]}）".strip()
    steps.keep(case, "resend", by=by, at=at)
    return case
