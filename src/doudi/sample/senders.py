"""The made-up city's departments as senders of data: one each, by every door; nobody has a key yet."""

from __future__ import annotations

from datetime import datetime

from doudi.exchange import actions, queries
from doudi.exchange.core import Door
from doudi.office.core import Party


def register_all(*, at: datetime) -> int:
    """Register each department of the contracts that is not a sender yet; how many were new."""
    known, new = queries.contracts().values(), 0
    for department in dict.fromkeys(one.department_code for one in known):
        if queries.sender(department) is not None:
            continue
        theirs = [one for one in known if one.department_code == department]
        actions.keep_sender(
            code=department,
            label=f"{theirs[0].department}（虚构）",
            department_code=department,
            datasets=[one.code for one in theirs],
            doors=[door.value for door in Door if door is not Door.CONSOLE],
            contact="虚构的城，没有电话",
            by=Party.system("demo"),
            at=at,
        )
        new += 1
    return new
