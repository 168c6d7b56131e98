"""Writing: a list of what is over its time, a person's yes, that it is gone; and holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.exchange.core.retention import Item, rules
from doudi.exchange.models import Disposal, Hold, Load
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.core import NotAllowed, Party, may, names_a_person
from doudi.office.queries import need, posts, today


def _may(by: By, at: datetime) -> None:
    held = [] if isinstance(by, Party) else posts(by, at)
    need(by, "data.retain", area=next((post.area for post in held if may(post.role, "data.retain")), ""), at=at)


@transaction.atomic
def plan_disposal(items: Sequence[Item], *, by: By, at: datetime) -> Disposal | None:
    """Keep a list of what is over its time, for a person to approve; the same list again is the same plan, none is no plan."""
    _may(by, at)
    told = [
        {"kind": one.kind, "name": one.name, "kept_since": one.kept_since.isoformat(), "rows": one.rows, "size": one.size}
        for one in items
    ]
    if not told:
        return None
    ref = "d" + hashlib.sha256(json.dumps([[one["kind"], one["name"]] for one in told]).encode()).hexdigest()[:19]
    counts: dict[str, list[int]] = {}
    for one in items:
        of_kind = counts.setdefault(one.kind, [0, 0, 0])
        counts[one.kind] = [of_kind[0] + 1, of_kind[1] + one.rows, of_kind[2] + one.size]
    plan, new = Disposal.objects.get_or_create(
        ref=ref, defaults={"items": told, "counts": counts, "planned_at": at, "planned_by": party(by)}
    )
    if new:
        office.record("exchange.plan_disposal", subject=f"disposal:{ref}", by=by, at=at, detail={"counts": counts})
    return plan


@transaction.atomic
def approve_disposal(*, ref: str, by: By, at: datetime) -> Disposal:
    """Let a list be destroyed. A person does this; no job may.

    :raises NotAllowed: a job tries, the post does not allow it, no such list, or it is approved already
    """
    if isinstance(by, Party):
        raise NotAllowed("销毁数据要由人来批准。")
    _may(by, at)
    plan = Disposal.objects.select_for_update().filter(ref=ref).first()
    if plan is None:
        raise NotAllowed("没有这份清单。")
    if plan.approved_at is not None:
        raise NotAllowed("这份清单已经批准过了。")
    plan.approved_at, plan.approved_by = at, party(by)
    plan.save(update_fields=["approved_at", "approved_by"])
    office.record("exchange.approve_disposal", subject=f"disposal:{ref}", by=by, at=at, detail={"counts": plan.counts})
    return plan


@transaction.atomic
def finish_disposal(gone: Sequence[Item], *, ref: str, by: By, at: datetime) -> Disposal:
    """Write down that an approved list is gone: of each thing its hash, how many rows, which rule. Again, nothing changes.

    :param gone: what was destroyed; what a hold or a new need spared is not in it
    :raises NotAllowed: nobody approved it
    """
    _may(by, at)
    plan = Disposal.objects.select_for_update().filter(ref=ref).first()
    if plan is None or plan.approved_at is None:
        raise NotAllowed("这份清单还没有人批准。")
    if plan.done_at is not None:
        return plan
    law = rules(today(at))
    Load.objects.filter(rejects__in=[one.name for one in gone if one.kind == "reject"]).update(rejects="")
    plan.done_at, plan.done_by = at, party(by)
    plan.save(update_fields=["done_at", "done_by"])
    lines = [
        (
            "exchange.dispose",
            f"{one.kind}:{one.name}",
            {"rows": one.rows, "kept_since": one.kept_since.isoformat(), "article": law[one.kind].article, "list": ref},
        )
        for one in gone
    ]
    done = ("exchange.finish_disposal", f"disposal:{ref}", {"gone": len(gone), "spared": len(plan.items) - len(gone)})
    office.record_all([*lines, done], by=by, at=at)
    return plan


@transaction.atomic
def place_hold(*, scope: str, why: str, by: By, at: datetime) -> Hold:
    """Let nothing of a scope be destroyed until the hold is lifted: "all", a dataset, or the number of a load.

    :raises NotAllowed: the post does not allow it, or no reason
    """
    _may(by, at)
    if not why.strip() or names_a_person(why) or not 1 <= len(scope) <= 64:
        raise NotAllowed("请写清楚什么要留、为什么留；不要写身份证号。")
    kept = Hold.objects.filter(scope=scope, lifted_at__isnull=True).first()
    if kept is not None:
        return kept
    made = Hold.objects.create(scope=scope, why=why.strip(), placed_at=at, placed_by=party(by))
    office.record("exchange.place_hold", subject=f"hold:{scope}", by=by, at=at, detail={"why": why.strip()})
    return made


@transaction.atomic
def lift_hold(*, scope: str, by: By, at: datetime) -> None:
    """Let a scope be destroyed again when its time is over.

    :raises NotAllowed: the post does not allow it, or there is no such hold
    """
    _may(by, at)
    if not Hold.objects.filter(scope=scope, lifted_at__isnull=True).update(lifted_at=at, lifted_by=party(by)):
        raise NotAllowed("没有这条保留。")
    office.record("exchange.lift_hold", subject=f"hold:{scope}", by=by, at=at)
