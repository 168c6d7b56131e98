"""Searching leaves a trace, and goes only so fast; the keys people are found by are kept with the people."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import TooMany, Viewer
from doudi.office.queries import done_lately
from doudi.registry import queries
from doudi.registry.core import search as core
from doudi.registry.models import Person, SearchKey
from doudi.registry.queries import Matches

# A clerk with a queue at the window searches once or twice a minute, and each stop while typing is a search. Who goes through a
# village name by name, or through numbers digit by digit, needs hundreds.
IN_TEN_MINUTES, IN_A_DAY = 150, 1500


@transaction.atomic
def search(*, text: str, viewer: Viewer, by: By, at: datetime, most: int = queries.MOST_FOUND) -> Matches:
    """Find people, and note who searched, when, by what kinds of keys and how many were found; never what was typed.

    :raises NotAllowed: the post does not allow searching
    :raises TooMany: more searches lately than work at a window needs
    """
    for most_allowed, since in ((IN_TEN_MINUTES, timedelta(minutes=10)), (IN_A_DAY, timedelta(days=1))):
        if done_lately(viewer.ref, "registry.search", at - since) >= most_allowed:
            wait = "过十分钟再找" if since < timedelta(hours=1) else "明天再找"
            raise TooMany(f"您找人找得太多了，{wait}。真的要找这么多人，请和负责人说，由他安排。")
    found = queries.search(text, viewer, most=most)
    if found.kinds:
        detail = {"area": viewer.area, "found": found.count_words, "kinds": list(found.kinds)}
        office.record("registry.search", subject=viewer.ref, by=by, at=at, detail=detail)
    return found


def keep_keys(kept: Person, *, known: bool) -> None:
    """Keep the keys a person is found by; acts that write a person call it in their own transaction.

    :param known: the published register knows them and finds them by name; only their telephone number is ours
    """
    wanted = core.contact_keys(kept.phone)
    if not known:
        wanted |= core.name_keys(kept.name, kept.citizen_no, kept.born_on)
    hashed = {queries.blind_key(key) for key in wanted}
    SearchKey.objects.filter(person=kept).exclude(key__in=hashed).delete()
    SearchKey.objects.bulk_create([SearchKey(person=kept, key=key) for key in sorted(hashed)], ignore_conflicts=True)
