"""Members in other places: the accepting place investigates and decides, the others help within a clock, or refuse by reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import steps
from doudi.casework.actions.investigation import begin
from doudi.casework.core import WORKING, AlreadyDone, Missing, State
from doudi.casework.models import CaseMember, PlaceRequest
from doudi.facts import days
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today


@transaction.atomic
def ask_elsewhere(*, ref: str, area: str, member: str, kind: str, asks: str, by: By, at: datetime) -> PlaceRequest:
    """Ask another county or township for one thing about one member (D57 Art. 5; N2022 4(3)); it has ten working days.

    :param area: a place of the place book, not this one
    :param member: the ref of the member
    :param kind: a code of core.ELSEWHERE
    :raises Missing: nothing written, or no kind chosen
    :raises NotAllowed: no such member or place, or not at this step
    :raises AlreadyDone: asked before, and not answered yet
    """
    case = steps.lock(ref)
    steps.permit(case, "elsewhere.ask", by=by, at=at)
    if State(case.state) not in WORKING:
        raise NotAllowed(f"这件现在是“{State(case.state).label}”，不能改调查的内容。")
    one = CaseMember.objects.filter(case=case, ref=member).first()
    if one is None:
        raise NotAllowed("这户里没有这个人。")
    if kind not in core.ELSEWHERE:
        raise Missing("请选请当地做什么。")
    place = office_queries.area(area)
    if place is None or place.kind not in ("county", "township") or case.area.startswith(place.code):
        raise NotAllowed("请选另一个县或者乡镇。")
    words = steps.say(asks, "请当地做什么")[:500]
    about = one.pid or one.ref
    if PlaceRequest.objects.filter(case=case, area=place.code, member=about, kind=kind, outcome="").exists():
        raise AlreadyDone("这一样已经请过了，还在等答复。")
    due = days.add_working_days(today(at), core.road(case.programme).clock["elsewhere_wd"])
    row = PlaceRequest.objects.create(
        case=case, area=place.code, from_area=case.area[:9], member=about, kind=kind, asks=words, due_on=due, at=at,
        by=office.party(by),
    )  # fmt: skip
    case.in_doubt = True
    begin(case, by=by, at=at)
    steps.keep(case, "ask_elsewhere", by=by, at=at, detail={"area": place.code, "due": due.isoformat(), "request": row.ref})
    return row


@transaction.atomic
def answer_elsewhere(*, request: str, answer: str, by: By, at: datetime, refusal: str = "") -> PlaceRequest:
    """Answer what another place asked: with what was found, or by one of the reasons the list has.

    :param refusal: a code of core.REFUSALS; "" is an answer
    :raises Missing: nothing written
    :raises NotAllowed: no such request for this place, or a reason that is none
    :raises AlreadyDone: answered before
    """
    found = PlaceRequest.objects.filter(ref=request).select_related("case").first()
    if found is None:
        raise NotAllowed("没有这件请求，或者不是请您这里办的。")
    need(by, "elsewhere.answer", area=found.area, at=at)
    case = steps.lock(found.case.ref)
    row = PlaceRequest.objects.select_for_update().get(pk=found.pk)
    if row.outcome:
        raise AlreadyDone("这件已经答复过了。")
    if refusal and refusal not in core.REFUSALS:
        raise Missing("不能办，只能用列出来的理由。")
    row.outcome, row.refusal = ("refused", refusal) if refusal else ("answered", "")
    row.answer = steps.say(answer, "了解到什么")[:2000]
    row.answered_at, row.answered_by = at, office.party(by)
    row.save(update_fields=["outcome", "refusal", "answer", "answered_at", "answered_by"])
    steps.keep(case, "answer_elsewhere", by=by, at=at, detail={"outcome": row.outcome, "refusal": refusal, "request": row.ref})
    return row
