"""Cases and help of two records found to be one person: seen together, shown where help is received twice, no money moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.casework import actions, queries
from doudi.casework.core import State
from doudi.casework.models import Benefit, Case
from doudi.casework.queries import work
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.payment import queries as payment
from doudi.registry import actions as registry
from doudi.registry.queries import together
from people import CITY, COUNTY, NOON, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE

pytestmark = pytest.mark.django_db
MONTH, LATER = date(2026, 8, 1), NOON + timedelta(days=30)
HERE, AWAY = (CITY, COUNTY, TOWNSHIP, VILLAGE), (OTHER_COUNTY, OTHER_TOWNSHIP)


@pytest.fixture
def twice(sources):
    """Zhou Deshun under his old and his new number, helped under both; the decision that joins them."""
    pids = []
    for order in (7, 8):
        one = people.person("周德顺", date(1960, 1, order), order=order)
        people.household(f"h{order:020d}", (one, "self"))
        walk.confirmed(walk.applied(one.pid))
        pids.append(one.pid)
    return pids, registry.merge_persons(goes=pids[0], stays=pids[1], reason="换过号", by=people.clerk_li(), at=LATER)


def seen(who):
    found = office.viewer(who, "x", NOON)
    assert found
    return found


def test_help_received_twice_is_shown_until_it_ends_or_is_undone_and_no_money_moves(twice):
    (_, new), made = twice
    before = list(Benefit.objects.order_by("pk").values())
    (one,) = queries.doubled(seen(people.clerk_li()), month=MONTH)
    assert (one.pid, one.masked_name, one.weighed_at) == (new, "周*顺", None)
    assert {held.ref for held in one.held} == set(Case.objects.values_list("ref", flat=True))
    registry.weigh_help(ref=made.ref, note="停老号那份，已经和他说好", by=people.clerk_li(), at=LATER)
    (one,) = queries.doubled(seen(people.clerk_li()), month=MONTH)
    assert (one.weighed_by, one.weighed_note) == ("李敏", "停老号那份，已经和他说好")
    assert list(Benefit.objects.order_by("pk").values()) == before
    registry.undo_settlement(ref=made.ref, why="两个人", by=people.clerk_li(), at=LATER)
    assert queries.doubled(seen(people.clerk_li()), month=MONTH) == []


def test_both_histories_are_seen_from_either_id(twice):
    (old, new), _ = twice
    for pid in (old, new):
        assert len(queries.cases_of(pid, seen(people.clerk_li()), at=LATER)) == 2
        assert len(queries.my_cases(pid, at=LATER)) == 2 == len(queries.my_benefits(pid, on=MONTH))
        assert payment.my_payments(pid) == ()
        assert len(work.held_by(together({pid}), month=MONTH)[pid]) == 2
    held = queries.find(seen(people.clerk_li()), people.Person.objects.get(pid=old).citizen_no, at=LATER)
    assert len(held) == 2


def test_a_case_under_the_old_id_can_be_taken_back_by_the_person(sources):
    one = people.person("周德顺", date(1960, 1, 7), order=7)
    people.household(f"h{7:020d}", (one, "self"))
    case = walk.applied(one.pid)
    new = people.person("周德顺", date(1960, 1, 8), order=8)
    registry.merge_persons(goes=one.pid, stays=new.pid, reason="换过号", by=people.clerk_li(), at=NOON)
    with pytest.raises(NotAllowed):
        actions.withdraw(ref=case.ref, reason="x", by=Party.resident(people.granny_wang().pid), at=LATER)
    actions.withdraw(ref=case.ref, reason="不办了", by=Party.resident(new.pid), at=LATER)
    assert queries.my_case(case.ref, new.pid, at=LATER).state is State.WITHDRAWN


def test_a_draft_begun_under_the_old_id_goes_on(sources):
    one = people.person("周德顺", date(1960, 1, 7), order=7)
    people.household(f"h{7:020d}", (one, "self"))
    draft = actions.start_draft(pid=one.pid, by=Party.resident(one.pid), at=NOON)
    new = people.person("周德顺", date(1960, 1, 8), order=8)
    people.household(f"h{8:020d}", (new, "self"))
    registry.merge_persons(goes=one.pid, stays=new.pid, reason="换过号", by=people.clerk_li(), at=NOON)
    me = Party.resident(new.pid)
    assert [row.ref for row in queries.drafts_of(by=me)] == [draft.ref]
    assert actions.start_draft(pid=new.pid, by=me, at=LATER).ref == draft.ref


def test_who_is_shown_help_received_twice(twice):
    for area in (*HERE, *AWAY):
        for role in set(Role) - {Role.RESIDENT}:
            viewer = seen(people.clerk(f"{role}-{area}", "某人", role, area))
            try:
                shown = bool(queries.doubled(viewer, month=MONTH))
            except NotAllowed:
                shown = False
            assert shown == (role in (Role.TOWNSHIP, Role.COUNTY, Role.AUDITOR) and area in HERE), (role, area)
