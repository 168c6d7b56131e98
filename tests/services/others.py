"""Other departments' people, and referrals at each step."""

from __future__ import annotations

from datetime import date
from typing import Any

import people
from doudi.office.core import Role
from doudi.office.models import Clerk, Post
from doudi.services import actions
from doudi.services.models import Referral


def helper(department: str, area: str = people.COUNTY) -> Clerk:
    """A helper of a department in an area; the same one when asked twice."""
    people.places()
    username = f"{department}-{area}"
    found = Clerk.objects.filter(username=username).first()
    if found is None:
        found = Clerk.objects.create(username=username, name="吴老师", password=people.PASSWORD, phone="0990-5550200")
        Post.objects.create(clerk=found, role=Role.SERVICE, area=area, department=department, from_on=date(2026, 1, 1))
    return found


def referred(**more: Any) -> Referral:
    """Clerk Li asks the education department for Granny Wang's grandson."""
    said = {
        "kind": "education", "need_words": "学费和住校的伙食费", "consent": "paper", "consent_of": "guardian",
        "reason": "家里供不起", "by": people.clerk_li(), "at": people.NOON,
    }  # fmt: skip
    people.granny_wang()
    return actions.refer(**(said | {"pid": people.grandson_wang().pid} | more))
