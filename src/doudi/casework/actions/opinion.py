"""The township's first opinion, the village's board, objections."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import levels, steps
from doudi.casework.actions.assessing import assess_now
from doudi.casework.core import AlreadyDone, Missing, State
from doudi.casework.core.asking import Photo
from doudi.casework.core.collective import OBJECTION_CHANNELS
from doudi.casework.gateways import numbers
from doudi.casework.models import Assessment, BoardPhoto, Case, Objection, Opinion, Question, Showing
from doudi.casework.queries.drafts import is_minor
from doudi.facts import days
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
    core.move(case.programme, case.state, "propose" if kind == "help" else "propose_refusal")  # twice is once, before anything
    _ready(case, at)
    words = steps.say(reason, "理由")
    ruled = assess_now(case, by=by, at=at)
    amount, differs = _amount(case, ruled, kind, amount_fen)
    if differs and not differs_reason.strip():
        raise Missing(f"和规则算的不一样（{differs}），请写清为什么。")
    opinion = Opinion.objects.create(
        case=case,
        assessment=ruled,
        kind=kind,
        members=core.road(case.programme).helps(ruled.members),
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
        if core.road(case.programme).shows:
            _show(case, opinion, at=at)
        steps.moved(case, "propose", at=at)
    else:
        steps.moved(case, "propose_refusal", at=at)
    if State(case.state) is State.AT_COUNTY:
        case.at_county_on = today(at)
    detail = {"assessment": ruled.ref, "differs": bool(differs), "kind": kind, "opinion": opinion.ref}
    steps.keep(case, "propose", by=by, at=at, detail=detail)
    return opinion


def _ready(case: Case, at: datetime) -> None:
    """Name at once all that an opinion still lacks.

    :raises Missing: a household visit, or a judgement
    """
    wanting = levels.wanting(case, "propose", today(at))
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
    if not core.road(case.programme).pays:
        return 0, "" if ruled.outcome == "yes" else "规则没有说够条件"
    amount = amount_fen if amount_fen is not None else ruled.amount_fen
    if not amount:
        raise Missing("规则还算不出给多少，请写多少元。")
    if ruled.outcome != "yes":
        return amount, "规则没有说够条件"
    return amount, "" if amount == ruled.amount_fen else "金额不同"


def _show(case: Case, opinion: Opinion, *, at: datetime) -> Showing:
    """Put it on the village's board: name, how many people, how much, as the place has it for this programme; nothing else."""
    on = today(at)
    board = numbers.board(case.programme, case.area, on)
    to_on = core.showing_ends(on, core.road(case.programme).clock["publicity_days"])
    minor = is_minor(registry.me(case.applicant).born_on, on)
    return Showing.objects.create(
        case=case,
        opinion=opinion,
        area=case.area,
        programme=case.programme,
        shown_name=core.mask_for_list(case.name, minor) if board.masked or minor else case.name,
        members=opinion.members,
        amount_fen=opinion.amount_fen,
        with_members=board.members,
        with_amount=board.amount,
        from_on=on,
        to_on=to_on,
    )


@transaction.atomic
def object_to(*, ref: str, said: str, by: By, at: datetime, who: str = "", phone: str = "", channel: str = "board") -> Objection:
    """Note an objection against what stands on the board; it stops this household's showing only.

    Anybody may object, with or without a name: a clerk notes it down, or somebody writes it on the board's page. It has to be
    answered by a day; whoever holds the slip's number may read the answer.

    :param channel: a code of OBJECTION_CHANNELS
    :raises NotAllowed: nothing of this case is shown now
    :raises Missing: nothing said
    """
    case = steps.lock(ref)
    if not isinstance(by, Party):
        need(by, "case.object", area=case.area, at=at)
    words = steps.say(said, "不同意见是什么")
    if channel not in OBJECTION_CHANNELS:
        raise Missing("请选意见是怎么来的。")
    showing = Showing.objects.filter(case=case, state="running").first()
    if showing is None or today(at) > showing.to_on:
        raise NotAllowed("这一户现在不在公示。有意见可以打电话说，一样会有人答复。")
    steps.stop_showing(case, "stopped", by=by, at=at)
    row = Objection.objects.create(
        showing=showing, said=words[:2000], who=who.strip()[:80], phone=phone.strip()[:30], channel=channel, slip=_new_slip(),
        due_on=days.add_working_days(today(at), numbers.objection_answer_wd(case.area, today(at))), at=at, by=office.party(by),
    )  # fmt: skip
    steps.moved(case, "object", at=at)
    case.in_doubt = True
    steps.keep(case, "object_to", by=by, at=at, detail={"objection": row.ref})
    return row


def _new_slip() -> str:
    """A number nobody guesses: ten digits."""
    return f"{secrets.randbelow(10**10):010d}"


@transaction.atomic
def photograph_board(*, area: str, on: date, photo: Photo, by: By, at: datetime) -> int:
    """Keep a photograph of a village's board as evidence of everything that stood on it that day; returns for how many families.

    :raises NotAllowed: nothing stood there on that day, or the day lies ahead
    :raises AlreadyDone: the same photograph is kept for all of them
    :raises BadPaper: it cannot be kept, in words for the person
    """
    need(by, "case.board", area=area, at=at)
    if on > today(at):
        raise NotAllowed("拍照的日子还没到。")
    stood = [
        one
        for one in Showing.objects.select_for_update().filter(area=area, from_on__lte=on, to_on__gte=on)
        if one.ended_at is None or today(one.ended_at) >= on
    ]
    if not stood:
        raise NotAllowed("这一天公示栏上没有要公示的。")
    paper = office.keep_paper(
        kind="board", content_type=photo.content_type, data=photo.data, area=area, subject=area, by=by, at=at
    ).ref  # fmt: skip
    who, new = office.party(by), 0
    for one in stood:
        _, made = BoardPhoto.objects.get_or_create(showing=one, paper=paper, defaults={"on": on, "at": at, "by": who})
        new += made
    if not new:
        raise AlreadyDone("这张照片已经存过了。")
    detail = {"on": on.isoformat(), "paper": paper, "showings": new}
    office.record("casework.photograph_board", subject=area, by=by, at=at, detail=detail)
    return new


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
        _ready(case, at)
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
