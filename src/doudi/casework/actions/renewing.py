"""Asking anew for help that ends soon, or that is missed after it ended: one press, prefilled, on the old help's track."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.casework.actions.drafts import Content, start_draft
from doudi.casework.actions.happenings import lock
from doudi.casework.core import AlreadyDone
from doudi.casework.models import Case, Draft, FollowUp
from doudi.casework.queries.renewing import renewal
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need
from doudi.registry import queries as registry

CHANNELS = {"call": "hotline", "visit": "visit"}  # how a family was asked after → the door their application came through


@transaction.atomic
def renew(*, benefit: str, by: By, at: datetime, channel: str = "phone") -> Draft:
    """Begin an application for help somebody had: prefilled as every application is, with what hurt the last time, to be looked
    through and handed in like any other. Pressed twice, or by a colleague, it is the one begun.

    :param by: who receives the help, or a clerk who may register applications there
    :param channel: one of core.CHANNELS; of a family that said it fell back, the way they were asked
    :raises NotAllowed: it neither ends soon nor did the family say it fell back; another's help, or another place's
    :raises AlreadyDone: it was handed in since
    """
    held = lock(benefit)
    if not isinstance(by, Party):
        need(by, "case.register", area=held.area, at=at)
    elif by.kind != "resident" or held.payee not in registry.pids_of(by.ref):
        raise NotAllowed("没有这份救助，或者不是您领的。")
    open_to = renewal(held, at=at)
    if open_to is None or (open_to.why != "ends" and isinstance(by, Party)):
        raise NotAllowed("这份救助还没快到期，也没有说过又难起来了。要帮忙，请照常申请。")
    if open_to.case:
        raise AlreadyDone("已经交上来了，不用再交一次。")
    if open_to.draft and not isinstance(by, Party):
        return Draft.objects.get(ref=open_to.draft)
    if open_to.why == "fallen_back":
        asked = FollowUp.objects.filter(benefit=held, outcome="fallen_back").order_by("-done_at").first()
        channel = CHANNELS[asked.way]
    row = start_draft(pid=held.payee, by=by, at=at, channel=channel, programme=held.programme)
    if row.goes_on_id == held.pk:
        return row
    row.goes_on = held
    row.content = {**row.content, **_known_from(held.case, row.content)}
    row.save(update_fields=["goes_on", "content"])
    detail = {"benefit": held.ref, "why": open_to.why, "channel": row.channel}
    office.record("casework.renew", subject=row.ref, by=by, at=at, detail=detail)
    return row


def _known_from(case: Case, content: Content) -> Content:
    """What the application before knew and this one does not yet: what hurt, for whom it was, and the card; nothing answered."""
    known: Content = {}
    if "hardship" not in content["done"]:
        known["hardships"] = list(case.hardships)
    if case.recipient and not content.get("programmes"):
        known["programmes"] = [f"{case.programme}:{case.recipient}"]
    if case.account and content["known_account"] is None:
        known["known_account"] = {"number": case.account, "label": f"上次留的卡，尾号 {case.account[-4:]}", "source": None}
    return known
