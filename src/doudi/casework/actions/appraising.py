"""Democratic appraisal: called only where something calls for it, people step back, votes are counted. It advises only."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import steps
from doudi.casework.actions.investigation import working
from doudi.casework.actions.looking import kept
from doudi.casework.core import AlreadyDone, Missing
from doudi.casework.core.asking import Photo
from doudi.casework.core.collective import APPRAISAL_CAUSES, RECUSALS, SEATS, Votes, count, draw
from doudi.casework.gateways import numbers
from doudi.casework.models import Appraisal, Case, CaseMember, Objection, Seat, Survey
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import today
from doudi.registry import queries as registry


def _stays_away(case: Case) -> dict[str, str]:
    """Names that may not vote on this household → why: the family itself, who objected, the clerks at work on it."""
    clerks = {case.handler, case.near_kin_clerk}
    for first, second in Survey.objects.filter(case=case).values_list("first", "second"):
        clerks |= {first, second}
    away = {name: "interest" for name in office_queries.clerk_names(sorted(clerks - {""})).values()}
    away |= {one.who: "objector" for one in Objection.objects.filter(showing__case=case) if one.who}
    return away | {one.name: "kin" for one in CaseMember.objects.filter(case=case)}


@transaction.atomic
def call_appraisal(
    *,
    ref: str,
    why: str,
    reason: str,
    meets_at: datetime,
    place: str,
    named: Sequence[tuple[str, str]] = (),
    pool: Sequence[str] = (),
    wanted: int = 0,
    by: By,
    at: datetime,
) -> Appraisal:
    """Call an appraisal: some are named, some drawn by lot from a list. Who is of the family, objected, or works on the case is
    set apart at once. The family is told when and where, and may speak or send somebody.

    :param why: a code of APPRAISAL_CAUSES: without a cause there is none (D57 Art. 19, T43 Art. 14)
    :param named: (name, code of SEATS)
    :param pool: the names households are drawn from
    :param wanted: how many are drawn
    :raises NotAllowed: not being investigated, nobody objected, or the programme is never shown to the village
    :raises AlreadyDone: one is called already
    :raises Missing: fewer people than have to be there, one twice, or no reason
    """
    case = steps.lock(ref)
    steps.permit(case, "case.appraise", by=by, at=at)
    working(case)
    if not core.road(case.programme).shows:
        raise NotAllowed("这一项不公示，也不评议，免得让别人知道。")
    if why not in APPRAISAL_CAUSES:
        raise Missing("请选为什么要评议。没有需要，就不用评议。")
    if why == "objection" and not Objection.objects.filter(showing__case=case).exists():
        raise NotAllowed("这一户公示时没有人提过不同意见。")
    if why == "tekun" and case.programme != "tekun":
        raise NotAllowed("这件办的不是特困供养。")
    if Appraisal.objects.filter(case=case, state="called").exists():
        raise AlreadyDone("评议会已经通知了，先开完这一次。")
    if today(meets_at) < today(case.accepted_at or at):
        raise NotAllowed("评议的日子不能早于受理的日子。")
    quorum, seed = numbers.appraisal_quorum(case.area, today(at)), secrets.token_hex(8) if wanted else ""
    seats = [(name.strip(), kind, False) for name, kind in named if name.strip()]
    taken = {name for name, _, _ in seats}
    listed = [name.strip() for name in pool if name.strip() and name.strip() not in taken]
    seats += [(name, "household", True) for name in (draw(listed, wanted, seed) if wanted else ())]
    if len({name for name, _, _ in seats}) != len(seats):
        raise Missing("名单里有重名的，请写清是哪一位（比如加上组别）。")
    if any(kind not in SEATS for _, kind, _ in seats):
        raise Missing("请选每一位是什么人。")
    away = _stays_away(case)
    staying = sum(name not in away for name, _, _ in seats)
    if staying < quorum:
        raise Missing(f"能投票的只有 {staying} 位，至少要 {quorum} 位到场。请再请几位。")
    row = Appraisal.objects.create(
        case=case, why=why, reason=steps.say(reason, "为什么要评议")[:500], meets_at=meets_at,
        place=steps.say(place, "在哪里开")[:80], quorum=quorum, seed=seed, called_at=at, called_by=office.party(by),
    )  # fmt: skip
    for name, kind, drawn in seats:
        back = away.get(name, "")
        stepped = {"recused": back, "recused_at": at, "recused_by": office.party(by)} if back else {}
        Seat.objects.create(appraisal=row, name=name[:40], kind=kind, drawn=drawn, **stepped)
    day = steps.on_day(today(meets_at))
    steps.tell(case, registry.me(case.applicant).phone, f"{day}村里开会说您家的事，您可以来讲，也可以请人来讲。", by=by, at=at)
    detail = {"appraisal": row.ref, "quorum": quorum, "seats": len(seats), "seed": seed, "why": why}
    steps.keep(case, "call_appraisal", by=by, at=at, detail=detail)
    return row


def _called(case: Case, appraisal: str) -> Appraisal:
    row = Appraisal.objects.select_for_update().filter(case=case, ref=appraisal).first()
    if row is None:
        raise NotAllowed("没有这次评议。")
    if row.state != "called":
        raise AlreadyDone("这次评议已经结束了。")
    return row


@transaction.atomic
def recuse(*, ref: str, appraisal: str, seat: str, why: str, by: By, at: datetime) -> Seat:
    """Note that somebody asked to an appraisal steps back.

    :param why: a code of RECUSALS
    :raises AlreadyDone: they stepped back before, or the meeting is over
    """
    case = steps.lock(ref)
    steps.permit(case, "case.appraise", by=by, at=at)
    row = _called(case, appraisal)
    one = Seat.objects.select_for_update().filter(appraisal=row, ref=seat).first()
    if one is None:
        raise NotAllowed("名单里没有这个人。")
    if one.recused:
        raise AlreadyDone("这位已经回避了。")
    if why not in RECUSALS:
        raise Missing("请选为什么回避。")
    one.recused, one.recused_at, one.recused_by = why, at, office.party(by)
    one.save(update_fields=["recused", "recused_at", "recused_by"])
    steps.keep(case, "recuse", by=by, at=at, detail={"appraisal": row.ref, "seat": one.ref, "why": why})
    return one


@transaction.atomic
def hold_appraisal(
    *,
    ref: str,
    appraisal: str,
    came: Collection[str],
    votes: Votes,
    minutes: str,
    photo: Photo | None = None,
    family_said: str = "",
    dissent: str = "",
    by: By,
    at: datetime,
) -> Appraisal:
    """Record how an appraisal went: who came, the votes, what the family said, what was said against it, the signed sheet.

    It moves nothing: what follows from it is the township's opinion.

    :param came: refs of the seats of those who were there; each has one vote
    :param photo: the sheet all signed; without it nothing was held
    :raises Missing: too few came, the votes do not add up, no sheet, or votes against and nobody says why
    :raises NotAllowed: before its day, or somebody voted who stepped back
    """
    case = steps.lock(ref)
    steps.permit(case, "case.appraise", by=by, at=at)
    row = _called(case, appraisal)
    if at < row.meets_at:
        raise NotAllowed("评议会还没有开。")
    seats = list(Seat.objects.select_for_update().filter(appraisal=row))
    if unknown := set(came) - {one.ref for one in seats}:
        raise NotAllowed(f"有 {len(unknown)} 位不在名单里。")
    if any(one.recused for one in seats if one.ref in came):
        raise NotAllowed("回避的人不能投票。")
    count(votes, len(set(came)), row.quorum)
    if votes.against and not dissent.strip():
        raise Missing("有人不同意，请写下他们怎么说的。")
    if photo is None:
        raise Missing("请拍下大家签了名的签到和记录表。")
    row.minutes = steps.say(minutes, "会上说了什么")[:4000]
    row.present, row.agree, row.against, row.abstain = votes.cast, votes.agree, votes.against, votes.abstain
    row.family_said, row.dissent, row.state = family_said.strip()[:2000], dissent.strip()[:2000], "held"
    row.paper = kept(case, "minutes", photo, by=by, at=at)
    row.closed_at, row.closed_by = at, office.party(by)
    row.save()
    for one in seats:
        one.present = one.ref in came
        one.save(update_fields=["present"])
    detail = {"appraisal": row.ref, "present": votes.cast, "agree": votes.agree, "against": votes.against}
    steps.keep(case, "hold_appraisal", by=by, at=at, detail=detail)
    return row


@transaction.atomic
def drop_appraisal(*, ref: str, appraisal: str, reason: str, by: By, at: datetime) -> Appraisal:
    """Call an appraisal off, with the reason; another may be called.

    :raises Missing: no reason
    """
    case = steps.lock(ref)
    steps.permit(case, "case.appraise", by=by, at=at)
    row = _called(case, appraisal)
    row.minutes, row.state = steps.say(reason, "为什么不开了")[:500], "dropped"
    row.closed_at, row.closed_by = at, office.party(by)
    row.save(update_fields=["minutes", "state", "closed_at", "closed_by"])
    steps.keep(case, "drop_appraisal", by=by, at=at, detail={"appraisal": row.ref})
    return row
