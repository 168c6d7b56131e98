"""The inbox: most urgent first, names masked, a fixed number of queries, pages instead of everything."""

from datetime import timedelta

import pytest
from django.urls import reverse

import people
from doudi.casework import actions
from doudi.casework.models import Case
from doudi.web.desk.today.tasks import KINDS
from web import staged

pytestmark = pytest.mark.django_db


def inbox(client, who, query=""):
    return staged.signed_in(client, who).get(f"/desk/{query}")


def many(count):
    """So many cases of different people, the same otherwise."""
    first = staged.submitted()
    rows = []
    for number in range(count):
        copy = Case.objects.get(pk=first.pk)
        copy.pk, copy.ref, copy.receipt = None, f"acopy{number:05d}", f"99010126{number + 100:05d}0"
        copy.recipient = f"p{number:020d}"
        copy.due_on = first.due_on + timedelta(days=number % 7)
        rows.append(copy)
    Case.objects.bulk_create(rows)


def test_the_township_finds_the_case_with_masked_name_reason_and_next_step(client):
    staged.submitted()
    words = inbox(client, people.clerk_li()).content.decode()
    assert "今天有 <b>1 件事</b>等您" in words
    assert "王*兰" in words and "王桂兰" not in words
    assert "新交来的申请" in words and "受理" in words and "还有" in words


def test_urgent_before_due_before_others(client):
    many(3)
    Case.objects.filter(ref="acopy00002").update(rank=0, is_urgent=True)
    words = inbox(client, people.clerk_li()).content.decode()
    assert words.index("acopy00002") < words.index("acopy00000") < words.index("acopy00001")


def test_an_alert_stands_among_the_cases_and_never_as_a_score(client):
    staged.submitted()
    ref = staged.alerted(indicator="A01", level="R")
    words = inbox(client, people.clerk_li()).content.decode()
    assert f"/desk/alerts/{ref}/" in words and "主动发现" in words and "2 件事" in words
    assert "分）" not in words and "排名" not in words


def test_only_the_most_urgent_alerts_belong_into_today(client):
    ref = staged.alerted(indicator="A01", level="Y")
    li = people.clerk_li()
    assert "都办完了" in inbox(client, li).content.decode()
    assert ref in inbox(client, li, "?pile=alerts").content.decode()


def test_a_colleague_next_door_and_the_county_have_other_inboxes(client):
    staged.submitted()
    staged.alerted()
    assert "都办完了" in inbox(client, people.clerk_sun()).content.decode()
    assert "都办完了" in inbox(client, people.officer_zhao()).content.decode()


def test_the_county_has_two_piles(client):
    staged.at_county()
    words = inbox(client, people.officer_zhao()).content.decode()
    assert "没有疑点" in words and "有疑点" in words and "看案卷，定下来" in words


@pytest.mark.parametrize(
    ("who", "home"),
    [
        (people.worker_wang, "/field/"),
        (people.checker_he, "/desk/checks/"),
        (people.keeper_wu, "/desk/feeds/"),
        (people.auditor_chen, "/audit/"),
        (people.director_lin, "/audit/"),
    ],
)
def test_everybody_starts_at_their_own_work(client, who, home):
    answer = inbox(client, who())
    assert answer.status_code == 302 and answer.url == home
    assert client.get(home).status_code == 200


def test_pages_instead_of_everything(client):
    many(45)
    li, seen, query = people.clerk_li(), set(), ""
    for _ in range(5):
        words = inbox(client, li, query).content.decode()
        found = {f"acopy{number:05d}" for number in range(45) if f"acopy{number:05d}" in words}
        assert len(found) <= 20 and not found & seen
        seen |= found
        if "再看后面的" not in words:
            break
        query = words.split('class="pager"><a class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(seen) == 45


def test_a_wrong_address_of_a_page_is_not_found(client):
    assert inbox(client, people.clerk_li(), "?after=tomorrow").status_code == 404
    assert inbox(client, people.clerk_li(), "?pile=nothing").status_code == 404


def test_the_look_ahead_works_as_page_and_as_fragment(client):
    case = staged.submitted()
    whole = inbox(client, people.clerk_li(), f"?peek={case.ref}").content.decode()
    part = client.get(f"/desk/?peek={case.ref}", headers={"HX-Request": "true"}).content.decode()
    assert "现在要做" in whole and "<html" in whole
    assert "现在要做" in part and "<html" not in part and "王桂兰" not in part


@pytest.mark.parametrize("count", [1, 30])
def test_as_many_queries_for_thirty_rows_as_for_one(client, django_assert_num_queries, count):
    many(count)
    staged.alerted(indicator="A01", level="R")
    inbox(client, people.clerk_li())
    with django_assert_num_queries(20):
        client.get("/desk/")


def test_the_registry_of_tasks_names_what_else_waits_and_where_it_is_done(client):
    case = staged.shown()
    staged.signed_in(client, people.clerk_li())
    actions.object_to(ref=case.ref, said="家里有车", by=people.clerk_li(), at=staged.TODAY)
    words = client.get("/desk/").content.decode()
    assert "公示有人提了不同意见 <b>1</b> 条" in words
    assert "不同意见" not in staged.signed_in(client, people.clerk_sun()).get("/desk/").content.decode()
    assert all(reverse(page) for _, page, _ in KINDS.values())
