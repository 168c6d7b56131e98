"""What letters about changed help tell: the decided change, what was given before and after, and until when one may object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.casework import core
from doudi.casework.core.causes import CAUSES, HEARD
from doudi.casework.models import Adjustment, Award, Benefit, Case
from doudi.casework.queries.page import NoCase
from doudi.office import queries as office
from doudi.office.core import Viewer


@dataclass(frozen=True, slots=True)
class Changed:
    """A decided change of help in force, with what its letter says. Money in fen a month; None: nothing was given before."""

    ref: str
    case_ref: str
    name: str
    area: str
    handler: str
    programme_label: str
    kind: str  # a key of core.causes.KINDS
    cause: str  # a key of core.causes.CAUSES
    cause_label: str
    article: str
    reason: str
    heard_label: str
    happened_on: date | None
    from_month: date
    until_month: date | None
    before_fen: int | None
    given: tuple[tuple[date, int, int], ...]  # from month, fen, members: the awards it wrote, the earliest first
    decided_on: date
    notice_due_on: date | None
    reconsider_until: date | None
    lawsuit_until: date | None
    reconsider_at: str
    goes_to: str = ""  # of a family that moved: where it is helped next, as the township wrote it


def decided_changes(ref: str, viewer: Viewer) -> tuple[Changed, ...]:
    """The decided changes of the help of a case (its ref), the oldest first.

    :raises NoCase: no such case, or outside the viewer's area
    """
    viewer.need("case.read")
    case = Case.objects.filter(ref=ref).first()
    if case is None or not viewer.sees(case.area):
        raise NoCase("没有这件申请，或者不归您看。")
    benefit = Benefit.objects.filter(case=case).first()
    if benefit is None:
        return ()
    awards = list(Award.objects.filter(benefit=benefit).order_by("pk"))
    handler = office.clerk_names([case.handler]).get(case.handler, "") if case.handler else ""
    county = office.area_label(case.area[:6])
    decided = Adjustment.objects.filter(benefit=benefit, state="decided").order_by("pk")
    return tuple(_changed(one, case, awards, handler, county) for one in decided)


def _changed(one: Adjustment, case: Case, awards: list[Award], handler: str, county: str) -> Changed:
    mine = [row for row in awards if row.adjustment_id == one.pk]
    first = min((row.from_month for row in mine), default=one.from_month)
    earlier = [row for row in awards if row.from_month <= first and (not mine or row.pk < mine[0].pk)]
    assert one.decided_on is not None
    return Changed(
        ref=one.ref,
        case_ref=case.ref,
        name=case.name,
        area=case.area,
        handler=handler,
        programme_label=core.road(case.programme).label,
        kind=one.kind,
        cause=one.cause,
        cause_label=CAUSES[one.cause].label,
        article=one.article,
        reason=one.reason,
        heard_label=HEARD.get(one.heard, ""),
        happened_on=one.happened_on,
        from_month=one.from_month,
        until_month=one.until_month,
        before_fen=earlier[-1].amount_fen if earlier else None,
        given=tuple((row.from_month, row.amount_fen, row.members) for row in sorted(mine, key=lambda row: row.from_month)),
        decided_on=one.decided_on,
        notice_due_on=one.notice_due_on,
        reconsider_until=one.reconsider_until,
        lawsuit_until=one.lawsuit_until,
        reconsider_at=f"{county}人民政府",
        goes_to=one.goes_to,
    )
