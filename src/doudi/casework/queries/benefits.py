"""Help in force, in lists and on its own page: what it gives, what was told, proposed, heard, decided, and looked at again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from doudi.casework import core
from doudi.casework.core.causes import ANSWERS, CAUSES, CHANNELS, HEARD, KINDS, WAYS
from doudi.casework.gateways import replay
from doudi.casework.models import Adjustment, Award, Benefit, FollowUp, Happening, Hearing, Invitation, Offer, Review
from doudi.casework.queries import awards
from doudi.casework.queries.inbox import within
from doudi.casework.queries.page import NoCase
from doudi.casework.queries.renewing import ends_soon, last_of_soon, renewal
from doudi.casework.queries.reviews import then_and_now
from doudi.casework.queries.rows.help import (
    AdjustmentRow,
    AwardRow,
    BenefitLine,
    BenefitPage,
    FollowUpRow,
    HappeningRow,
    InvitationRow,
    MonthRow,
    MyHelp,
    OfferRow,
    ReviewRow,
)
from doudi.facts import days
from doudi.office import queries as office
from doudi.office.core import Viewer, mask_name
from doudi.office.queries import today
from doudi.registry import queries as registry

REVIEW_KINDS = {"stable": "一年看一次", "unsteady": "半年看一次", "tekun": "特困，一年看一次"}
FOLLOW_OUTCOMES = {
    "fine": "过得去",
    "struggling": "有点难",
    "fallen_back": "又难起来了，想再申请",
    "not_reached": "没有联系上",
    "needless": "不用问了",
}
OFFER_ANSWERS = {"taken": "去了", "good_reason": "没去，有正当理由", "refused": "没去"}


def benefits(viewer: Viewer, *, at: datetime, pile: str, first: int = 0, count: int = 50) -> list[BenefitLine]:
    """Help inside the viewer's area that waits for something, the most pressing first.

    :param pile: review | told | hearing | deciding | expiring | follow | all
    :raises NotAllowed: the post does not allow it
    :raises KeyError: no such list
    """
    viewer.need("benefit.list")
    rows = _PILES[pile](viewer, today(at))[first : first + count]
    found = [_waits(row) for row in rows]
    month = today(at).replace(day=1)
    held = awards.in_month(Benefit.objects.filter(pk__in=[one.pk for one, *_ in found]).select_related("case"), month)
    by_pk: dict[int, Any] = {one.pk: one for one in held}
    labels = office.area_labels([one.area for one in by_pk.values()])
    return [_line(by_pk[one.pk], labels, *rest) for one, *rest in found]


def benefit_counts(viewer: Viewer, *, at: datetime) -> dict[str, int]:
    """How many wait in each list of the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("benefit.list")
    return {pile: rows(viewer, today(at)).count() for pile, rows in _PILES.items() if pile != "all"}


def _of(viewer: Viewer) -> Q:
    if not viewer.within:
        return Q(pk__in=[])
    return Q(benefit__in=Benefit.objects.filter(within(viewer)))


_PILES: dict[str, Callable[[Viewer, date], QuerySet[Any]]] = {
    "review": lambda viewer, on: Review.objects.filter(_of(viewer), closed_at__isnull=True)
    .select_related("benefit").order_by("due_on", "id"),
    "told": lambda viewer, on: Happening.objects.filter(_of(viewer), state="open").select_related("benefit").order_by("on", "id"),
    "hearing": lambda viewer, on: Adjustment.objects.filter(_of(viewer), state="proposed", is_less=True, heard="")
    .select_related("benefit").order_by("proposed_at", "id"),
    "deciding": lambda viewer, on: Adjustment.objects.filter(_of(viewer), state="proposed")
    .filter(Q(is_less=False) | ~Q(heard="")).select_related("benefit").order_by("proposed_at", "id"),
    "expiring": lambda viewer, on: Benefit.objects.filter(
        within(viewer), is_one_off=False, ended_why="", to_month__gte=on.replace(day=1),
        to_month__lte=last_of_soon(viewer.area, on),
    ).order_by("to_month", "id"),
    "follow": lambda viewer, on: FollowUp.objects.filter(_of(viewer), done_at__isnull=True, due_on__lte=on)
    .select_related("benefit").order_by("due_on", "id"),
    "all": lambda viewer, on: Benefit.objects.filter(within(viewer), awards.running(on.replace(day=1))).order_by("-id"),
}  # fmt: skip


def _waits(row: Any) -> tuple[Benefit, str, date | None, str, bool]:
    """The benefit of a row of a list, why it is there, until when, the review, and whether it was drawn."""
    if isinstance(row, Review):
        return row.benefit, REVIEW_KINDS[row.kind], row.due_on, row.ref, row.is_drawn
    if isinstance(row, Happening):
        return row.benefit, f"{CAUSES[row.kind].label}（{CHANNELS[row.channel]}）", None, "", False
    if isinstance(row, Adjustment):
        return row.benefit, f"{KINDS[row.kind]}：{CAUSES[row.cause].label}", None, "", False
    if isinstance(row, FollowUp):
        return row.benefit, f"停了 {row.after_months} 个月，问一问", row.due_on, "", False
    return row, "认定快到期了，想接着要的再申请" if row.to_month else "", row.to_month, "", False


def _line(one: Any, labels: dict[str, str], why: str, due_on: date | None, review: str, is_drawn: bool) -> BenefitLine:
    return BenefitLine(
        ref=one.ref,
        masked_name=one.case.masked_name,
        area_label=labels.get(one.area, one.area),
        programme_label=core.road(one.programme).label,
        members=one.now_members if one.now_members is not None else one.members,
        now_fen=one.now_fen or 0,
        why=why,
        due_on=due_on,
        review=review,
        is_drawn=is_drawn,
    )


def benefit_page(ref: str, viewer: Viewer, *, at: datetime) -> BenefitPage:
    """One benefit on one page.

    :raises NoCase: none in the viewer's area
    :raises NotAllowed: the post does not allow it
    """
    viewer.need("benefit.list")
    if not viewer.within:
        raise NoCase("没有这份救助，或者不归您办。")
    rows = awards.in_month(Benefit.objects.filter(within(viewer), ref=ref), today(at).replace(day=1))
    row: Any = rows.select_related("case", "decision__assessment").first()
    if row is None:
        raise NoCase("没有这份救助，或者不归您办。")
    members = tuple((one.pid, one.name) for one in row.case.members.order_by("id") if one.counts and one.pid)
    names = dict(members)
    changes = adjustments_of(row)
    reviews = list(Review.objects.filter(benefit=row).order_by("-pk"))
    who = office.clerk_names([one.closed_by.partition(":")[2] for one in reviews if one.closed_by])
    told = [_review(one, who) for one in reviews]
    open_review = next((one for one, kept in zip(told, reviews, strict=True) if kept.closed_at is None), None)
    road = core.road(row.programme)
    return BenefitPage(
        ref=row.ref,
        case_ref=row.case.ref,
        name=row.case.name,
        payee=row.payee,
        area=row.area,
        area_label=office.area_label(row.area),
        programme_label=road.label,
        unit=road.unit,
        is_monthly=road.monthly,
        from_month=row.from_month,
        to_month=row.to_month,
        ended_label=CAUSES[row.ended_why].label if row.ended_why else "",
        is_one_off=row.is_one_off,
        now_fen=row.now_fen or 0,
        now_members=row.now_members or 0,
        review_due_on=row.review_due_on,
        members=members,
        awards=tuple(_award(one) for one in Award.objects.filter(benefit=row).select_related("adjustment").order_by("-pk")),
        happenings=_happenings(row, names, at),
        proposal=next((one for one in changes if one.state == "proposed"), None),
        adjustments=tuple(one for one in changes if one.state != "proposed"),
        review=open_review,
        beside=then_and_now(row, at) if open_review is not None else None,
        reviews=tuple(one for one in told if one is not open_review),
        offers=tuple(
            OfferRow(one.on, names.get(one.pid, ""), one.work, one.offered_by, OFFER_ANSWERS[one.answer], one.reason)
            for one in Offer.objects.filter(benefit=row).order_by("-on")
        ),
        follow_ups=tuple(
            FollowUpRow(
                one.ref, one.after_months, one.due_on, FOLLOW_OUTCOMES.get(one.outcome, ""), one.note,
                one.done_at is None and one.due_on <= today(at),
            )
            for one in FollowUp.objects.filter(benefit=row).order_by("due_on")
        ),
        renewal=renewal(row, at=at),
    )  # fmt: skip


def adjustments_of(benefit: Benefit) -> tuple[AdjustmentRow, ...]:
    """Every change of a benefit, the latest first, with its months, invitations and hearing."""
    rows = list(Adjustment.objects.filter(benefit=benefit).order_by("-pk"))
    hearings = {one.adjustment_id: one for one in Hearing.objects.filter(adjustment__benefit=benefit)}
    invited: dict[int, list[Invitation]] = {}
    for one in Invitation.objects.filter(adjustment__benefit=benefit).order_by("for_on"):
        invited.setdefault(one.adjustment_id, []).append(one)
    who = office.clerk_names([by.partition(":")[2] for one in rows for by in (one.proposed_by, one.decided_by) if by])
    return tuple(_adjustment(one, hearings.get(one.pk), invited.get(one.pk, ()), who) for one in rows)


def _adjustment(one: Adjustment, hearing: Hearing | None, invited: Iterable[Invitation], who: dict[str, str]) -> AdjustmentRow:
    steps = tuple((date.fromisoformat(step["from_month"]), step["amount_fen"]) for step in one.steps)
    return AdjustmentRow(
        ref=one.ref,
        version=one.version,
        kind=one.kind,
        kind_label=KINDS[one.kind],
        cause=one.cause,
        cause_label=CAUSES[one.cause].label,
        article=one.article,
        state=one.state,
        from_month=one.from_month,
        until_month=one.until_month,
        amount_fen=steps[0][1] if one.kind == "exit" else steps[-1][1],
        reason=one.reason,
        differs_reason=one.differs_reason,
        is_less=one.is_less,
        heard=one.heard,
        heard_label=HEARD.get(one.heard, ""),
        goes_to=one.goes_to,
        months=tuple(
            MonthRow(
                date.fromisoformat(row["month"]), row["was_fen"], row["rule_fen"], row["after_fen"], row["members"], row["why"]
            )
            for row in one.months
        ),
        steps=steps,
        invitations=tuple(
            InvitationRow(row.ref, WAYS[row.way], row.for_on, row.place, row.answer, ANSWERS.get(row.answer, ""), row.words)
            for row in invited
        ),
        views=hearing.views if hearing else "",
        signed_by=hearing.signed_by if hearing else "",
        heard_on=hearing.on if hearing else None,
        proposed_at=one.proposed_at,
        proposed_by=who.get(one.proposed_by.partition(":")[2], ""),
        decided_on=one.decided_on,
        decided_by=who.get(one.decided_by.partition(":")[2], ""),
        ended_reason=one.ended_reason,
        notice_due_on=one.notice_due_on,
        reconsider_until=one.reconsider_until,
        lawsuit_until=one.lawsuit_until,
        served_on=today(one.served_at) if one.served_at else None,
    )


def _award(one: Award) -> AwardRow:
    why = "县里定下来" if one.adjustment is None else f"{KINDS[one.adjustment.kind]}：{CAUSES[one.adjustment.cause].label}"
    return AwardRow(one.from_month, one.amount_fen, one.members, why, today(one.at))


def _happenings(row: Benefit, names: dict[str, str], at: datetime) -> tuple[HappeningRow, ...]:
    told = list(Happening.objects.filter(benefit=row).order_by("-on", "-pk"))
    months = replay.number("death_settle_months", row.area, today(at)) if any(one.kind == "death" for one in told) else 0
    return tuple(
        HappeningRow(
            ref=one.ref,
            kind=one.kind,
            label=CAUSES[one.kind].label,
            who=names.get(one.pid, ""),
            on=one.on,
            known_on=one.known_on,
            channel_label=CHANNELS[one.channel],
            said=one.said,
            figure_fen=one.figure_fen,
            is_late=one.is_late,
            state=one.state,
            left_reason=one.left_reason,
            settle_by=days.add_months(one.on, months) if CAUSES[one.kind].settle_months else None,
        )
        for one in told
    )


def _review(one: Review, who: dict[str, str]) -> ReviewRow:
    return ReviewRow(
        ref=one.ref,
        kind_label=REVIEW_KINDS[one.kind],
        due_on=one.due_on,
        is_drawn=one.is_drawn,
        outcome={"same": "没有变化", "changed": "有变化，提出了调整"}.get(one.outcome, ""),
        note=one.note,
        closed_on=today(one.closed_at) if one.closed_at else None,
        closed_by=who.get(one.closed_by.partition(":")[2], ""),
    )


def my_help(pid: str, *, at: datetime) -> tuple[MyHelp, ...]:
    """The running help of a resident's household, with what is proposed, decided and told; only for the one signed in."""
    pids = set(registry.pids_of(pid))
    mine = Q(payee__in=pids) | Q(case__members__pid__in=pids)
    rows = awards.in_month(
        Benefit.objects.filter(mine, awards.running(days.add_months(today(at).replace(day=1), -12)), is_one_off=False).distinct(),
        today(at).replace(day=1),
    )
    found = []
    for row in rows.select_related("case").order_by("-pk")[:5]:
        held: Any = row
        members = tuple((one.pid, one.name) for one in held.case.members.order_by("id") if one.counts and one.pid)
        if not pids & ({one for one, _ in members} | {held.payee}):
            continue
        changes = adjustments_of(held)
        shown = tuple((one, name if one in pids else mask_name(name)) for one, name in members)
        found.append(
            MyHelp(
                ref=held.ref,
                programme_label=core.road(held.programme).label,
                members=shown,
                now_fen=held.now_fen or 0,
                to_month=held.to_month,
                is_ending=held.payee in pids and ends_soon(held, today(at)),
                proposal=next((one for one in changes if one.state == "proposed" and one.is_less), None),
                adjustments=tuple(one for one in changes if one.state == "decided"),
                told=_happenings(held, dict(shown), at),
            )
        )
    return tuple(found)
