"""A programme's own steps at the desk: nothing typed is lost, the township's second person decides, lists keep their queries."""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.casework import actions
from doudi.casework.models import Case, PlaceRequest, SettledFact
from doudi.office.core import Role
from web import staged

pytestmark = pytest.mark.django_db


def test_a_fact_found_out_keeps_its_reason_and_a_wrong_one_keeps_what_was_typed(client, sources):
    case = walk.applied(people.granny_wang().pid, staged.TODAY, programme="temporary_emergency")
    actions.accept(ref=case.ref, by=people.clerk_li(), at=staged.TODAY)
    staged.signed_in(client, people.clerk_li())
    page = client.get(f"/desk/cases/{case.ref}/road/").content.decode()
    assert "规则还缺这几样" in page and "突然遭难的日子" in page
    assert " checked" not in page.split("<main")[1], "nothing is chosen beforehand"
    address, name = f"/desk/cases/{case.ref}/road/facts/hh_emergency_on/", "fhh_emergency_on"
    wrong = client.post(address, {f"{name}-value": "前天", f"{name}-reason": "邻居说的"})
    assert wrong.status_code == 422 and "邻居说的" in wrong.content.decode()
    right = client.post(address, {f"{name}-value": "2026-08-24", f"{name}-reason": "邻居说的"})
    assert right.status_code == 302
    assert SettledFact.objects.get(case=case).value == "2026-08-24"


def test_another_of_the_township_decides_a_small_sum_at_the_desk(client, sources):
    case, li = walk.applied(people.granny_wang().pid, staged.TODAY, programme="temporary_expenditure"), people.clerk_li()
    actions.accept(ref=case.ref, by=li, at=staged.TODAY)
    walk.visited(case, staged.TODAY, li)
    walk.settled(case, staged.TODAY, li)
    said = {"kind": "help", "reason": "看病花得太多。", "amount_fen": 100000, "differs_reason": "先帮这些", "by": li}
    actions.propose(ref=case.ref, at=staged.TODAY, **said)
    actions.end_showing(ref=case.ref, by=people.HALL, at=staged.TODAY + timedelta(days=8))
    address = f"/desk/cases/{case.ref}/decide-here/"
    tang = staged.signed_in(client, people.clerk("tang", "唐宁", Role.TOWNSHIP, people.TOWNSHIP))
    page = tang.get(f"/desk/cases/{case.ref}/").content.decode()
    assert address in page and "镇里怎么定" in page and "一次给多少元" in page
    assert tang.post(f"/desk/cases/{case.ref}/decide/", {}).status_code == 403, "the county's button is the county's"
    answer = tang.post(address, {"decide-kind": "confirm", "decide-amount": "", "decide-reason": "", "decide-differs_reason": ""})
    assert answer.status_code == 302, answer.content.decode()
    assert Case.objects.get(pk=case.pk).state == "confirmed"


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_as_often_for_many_as_for_one(client, sources, django_assert_num_queries, count):
    li = people.clerk_li()
    for order in range(count):
        one = people.person(f"金{chr(0x7532 + order)}", date(1950, 2, 1), order=80 + order)
        people.household("h" + f"{order + 80:020d}", (one, "self"))
        case = walk.applied(one.pid, staged.TODAY)
        actions.accept(ref=case.ref, near_kin_of="村主任", by=li, at=staged.TODAY)
        about = {"member": case.members.get().ref, "area": people.OTHER_COUNTY, "kind": "visit", "asks": "看看"}
        actions.ask_elsewhere(ref=case.ref, **about, by=li, at=staged.TODAY)
    there = staged.signed_in(client, people.clerk("lu", "陆平", Role.COUNTY, people.OTHER_COUNTY))
    with django_assert_num_queries(ELSEWHERE):
        assert "金*" in there.get("/desk/elsewhere/").content.decode()
    one = PlaceRequest.objects.first()
    short = there.post(f"/desk/elsewhere/{one.ref}/answer/", {"answer-answer": "", "answer-refusal": "not_ours"})
    assert short.status_code == 422 and "金甲" in short.content.decode()
    auditor = staged.signed_in(client, people.auditor_chen())
    with django_assert_num_queries(KIN):
        assert "村主任" in auditor.get("/desk/near-kin/").content.decode()


ELSEWHERE, KIN = 9, 9
