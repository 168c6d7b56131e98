"""Writing: a person's telephone number and bank account deleted, when their time is over or the person asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need
from doudi.registry.actions.search import keep_keys
from doudi.registry.gateways import register
from doudi.registry.models import Person


@transaction.atomic
def erase_contact(pids: Sequence[str], *, why: str, held: Sequence[str] = (), by: By, at: datetime) -> int:
    """Delete the telephone number and the bank account of people; says of how many there was one. Again, nothing changes.

    Name and number stay: they are the key to records the law has kept (files of cases, payments, the journal).

    :param why: the article and the reason, or the request it answers
    :param held: people somebody still works for: they are passed over when their time is over, and refused when they ask
    :raises NotAllowed: the post does not allow it where somebody lives, or a person asked whose case is still in work
    """
    done = []
    for kept in Person.objects.select_for_update().filter(pid__in=list(pids)[:500]).order_by("pid"):
        if not isinstance(by, Party):
            need(by, "consent.record", area=kept.area, at=at)
        elif by.kind != "system" and by.ref != kept.pid:
            raise NotAllowed("您只能办自己的事。")
        if kept.pid in held:
            if not (isinstance(by, Party) and by.kind == "system"):
                raise NotAllowed("他家还有案子在办或者救助在发，电话和银行卡要等办完才能删。")
            continue
        if kept.phone or kept.account:
            kept.phone = kept.account = ""
            kept.save(update_fields=["phone", "account"])
            keep_keys(kept, known=register.person(kept.pid) is not None)
            done.append(kept.pid)
    if done:
        lines = [("registry.erase_contact", pid, {"why": why}) for pid in done]
        office.record_all(lines, by=by, at=at)
    return len(done)
