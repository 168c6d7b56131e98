"""One confirmation counts for every department: asked about one person, for one purpose, seen by that person, never a list."""

from datetime import timedelta

import pytest

import people
import walk
from doudi.office import queries as office
from doudi.office.core import NotAllowed
from doudi.services import actions, queries
from doudi.services.core import Missing, TooOften
from doudi.services.models import Lookup
from people import NOON, OTHER_COUNTY
from services.others import helper

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=40)


def asked(who, by, **more):
    said = {"name": who.name, "number": who.citizen_no, "kind": "education", "by": by, "at": LATER}
    return actions.look_up(**(said | more))


def test_a_school_learns_that_a_childs_family_is_recognised_and_the_family_sees_who_asked(sources):
    school, granny, boy = helper("education"), people.granny_wang(), people.grandson_wang()
    case = walk.confirmed(walk.applied(granny.pid))
    found = asked(boy, school)
    assert found.in_force is True
    assert [(one.programme, one.receipt) for one in found.statuses] == [("dibao", case.receipt)]
    assert "amount" not in repr(found) and "165600" not in repr(found)
    seen = office.looks(boy.pid)[0]
    assert seen.purpose == "教育局办教育救助" and "救助身份" in seen.what and seen.role == "部门救助经办人"
    asked(boy, school, at=LATER + timedelta(minutes=1))
    assert len(queries.my_lookups(boy.pid)) == 2, "asked twice leaves two traces"


def test_not_known_here_is_not_a_no(sources):
    uncle = people.uncle_zhou()
    assert asked(uncle, helper("education")).in_force is False
    assert asked(uncle, helper("education", OTHER_COUNTY)).in_force is None
    assert (
        actions.look_up(name="没有此人", number=uncle.citizen_no, kind="education", by=helper("education"), at=LATER).in_force
        is None
    )
    assert Lookup.objects.filter(pid="").count() == 2
    assert len(office.looks(uncle.pid)) == 1


def test_only_for_its_own_work_one_person_by_name_and_whole_number(sources):
    uncle = people.uncle_zhou()
    with pytest.raises(NotAllowed, match="自己办的事"):
        asked(uncle, helper("education"), kind="housing")
    for said in ({"name": " "}, {"number": uncle.citizen_no[-4:]}, {"number": ""}):
        with pytest.raises(Missing):
            asked(uncle, helper("education"), **said)
    for clerk in (people.worker_wang(), people.keeper_wu(), people.auditor_chen(), people.checker_he()):
        with pytest.raises(NotAllowed):
            asked(uncle, clerk)
    assert not Lookup.objects.exists()


def test_a_login_that_asks_about_everybody_is_stopped(sources, monkeypatch):
    uncle, school = people.uncle_zhou(), helper("education")
    for number in range(60):
        asked(uncle, school, at=LATER + timedelta(seconds=number))
    with pytest.raises(TooOften, match="一小时"):
        asked(uncle, school, at=LATER + timedelta(minutes=2))
    assert asked(uncle, people.clerk_li(), at=LATER + timedelta(minutes=2)).in_force is False
    assert asked(uncle, school, at=LATER + timedelta(minutes=70)).in_force is False
