"""Offers of work while help runs, and asking how a family is after it ended."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.actions.happenings import lock
from doudi.casework.core import AlreadyDone, Missing
from doudi.casework.models import FollowUp, Offer
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today

OUTCOMES = ("fine", "struggling", "fallen_back", "not_reached")
ANSWERS = ("taken", "good_reason", "refused")


@transaction.atomic
def record_offer(
    *, benefit: str, pid: str, on: date | None, work: str, offered_by: str, answer: str, by: By, at: datetime, reason: str = ""
) -> Offer:
    """Keep that suitable work was offered to somebody and what they answered; nothing follows by itself (D57 Art. 34).

    :raises Missing: who, what, by whom or the reason is not said
    """
    held = lock(benefit)
    need(by, "benefit.tell", area=held.area, at=at)
    if not held.case.members.filter(pid=pid).exclude(pid="").exists():
        raise Missing("请选是家里哪一位。")
    if answer not in ANSWERS or on is None or on > today(at):
        raise Missing("请写哪一天介绍的、本人怎么说。")
    if answer != "taken":
        steps.say(reason, "本人说为什么不去")
    if Offer.objects.filter(benefit=held, pid=pid, on=on).exists():
        raise AlreadyDone("这一天已经记过一次了。")
    made = Offer.objects.create(
        benefit=held, pid=pid, on=on, work=steps.say(work, "介绍的什么工作"), offered_by=steps.say(offered_by, "谁介绍的")[:120],
        answer=answer, reason=reason.strip(), at=at, by=office.party(by),
    )  # fmt: skip
    office.record("casework.record_offer", subject=held.ref, by=by, at=at, detail={"offer": made.ref, "answer": answer})
    return made


@transaction.atomic
def follow_up(*, ref: str, outcome: str, way: str, note: str, by: By, at: datetime) -> FollowUp:
    """Keep how a family is some months after their help ended. Who fell back is asked whether they want to apply again.

    :raises NotAllowed: it is not time yet
    :raises Missing: how they are, or how they were asked
    """
    row = FollowUp.objects.select_for_update(of=("self",)).select_related("benefit").filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这一次，或者不归您办。")
    need(by, "benefit.follow", area=row.benefit.area, at=at)
    if row.done_at is not None:
        raise AlreadyDone("这一次已经问过了。")
    if row.due_on > today(at):
        raise NotAllowed("还没到问的日子。")
    if outcome not in OUTCOMES or way not in ("call", "visit"):
        raise Missing("请选怎么问的、过得怎么样。")
    row.outcome, row.way, row.note = outcome, way, steps.say(note, "家里人怎么说的")
    row.done_at, row.done_by = at, office.party(by)
    row.save()
    office.record("casework.follow_up", subject=row.benefit.ref, by=by, at=at, detail={"outcome": outcome, "way": way})
    return row
