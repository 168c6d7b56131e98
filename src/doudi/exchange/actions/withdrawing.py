"""Writing: a delivery taken out of what counts, and put back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.exchange.models import Load, Withdrawal
from doudi.exchange.queries import contracts
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.core import NotAllowed, Party, may, names_a_person
from doudi.office.queries import need, posts


def _locked(load: int, why: str, by: By, at: datetime) -> Load:
    """The load, when this doer may withdraw it: who keeps one department's data, only that department's."""
    held = [] if isinstance(by, Party) else posts(by, at)
    area = next((post.area for post in held if may(post.role, "feed.withdraw")), "")
    viewer = need(by, "feed.withdraw", area=area, at=at)
    found = Load.objects.select_for_update().filter(pk=load).first()
    if found is None:
        raise NotAllowed("没有这一次送来的数据。")
    contract = contracts().get(found.dataset)
    if viewer is not None and not viewer.answers_for(contract.department_code if contract else ""):
        raise NotAllowed("这不是您部门的数据。")
    if not why.strip():
        raise NotAllowed("请写一句为什么，送数据的部门和以后查看的人都要看得懂。")
    if names_a_person(why):
        raise NotAllowed("原因里不要写身份证号或电话号码。")
    return found


@transaction.atomic
def withdraw_load(*, load: int, why: str, by: By, at: datetime) -> Load:
    """Take a load out of what counts; from the next cycle on everything is worked out as if it had not come.

    Nothing is deleted: the load, its rows and what people decided stay, and it can be reinstated.

    :raises NotAllowed: the post does not allow it, no reason, no such load, or it is withdrawn already
    """
    found = _locked(load, why, by, at)
    if found.withdrawn_at is not None:
        raise NotAllowed("这一次送来的数据已经撤回了。")
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = at, party(by), why.strip()
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    Withdrawal.objects.create(load=found, why=why.strip(), withdrawn_at=at, withdrawn_by=party(by))
    detail = {
        "load": found.pk,
        "dataset": found.dataset,
        "as_of": found.as_of.isoformat(),
        "rows": found.accepted,
        "why": why.strip(),
    }
    office.record("exchange.withdraw_load", subject=f"delivery:{found.delivery}", by=by, at=at, detail=detail)
    return found


@transaction.atomic
def reinstate_load(*, load: int, why: str, by: By, at: datetime) -> Load:
    """Let a withdrawn load count again, from the next cycle on.

    :raises NotAllowed: the post does not allow it, no reason, no such load, or it was not withdrawn
    """
    found = _locked(load, why, by, at)
    if found.withdrawn_at is None:
        raise NotAllowed("这一次送来的数据没有撤回过，本来就在算。")
    found.withdrawn_at, found.withdrawn_by, found.withdrawn_why = None, "", ""
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    Withdrawal.objects.filter(load=found, reinstated_at__isnull=True).update(
        reinstated_at=at, reinstated_by=party(by), reinstated_why=why.strip()
    )
    detail = {"load": found.pk, "dataset": found.dataset, "as_of": found.as_of.isoformat(), "why": why.strip()}
    office.record("exchange.reinstate_load", subject=f"delivery:{found.delivery}", by=by, at=at, detail=detail)
    return found
