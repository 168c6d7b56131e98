"""Alerts: a sentence with its reasons, three things to do, and only where they belong."""

import html
import re

import pytest

import people
from doudi.monitoring import queries
from doudi.office import queries as office
from web import staged

pytestmark = pytest.mark.django_db


def test_the_list_says_why_and_hides_the_name(client):
    ref = staged.alerted(indicator="A01")
    words = staged.signed_in(client, people.clerk_li()).get("/desk/alerts/").content.decode()
    assert ref in words and "王*兰" in words and "王桂兰" not in words and "不下结论" in words


def test_only_what_one_rule_noticed(client):
    ref = staged.alerted(indicator="A10")
    staged.signed_in(client, people.clerk_li())
    words = client.get("/desk/alerts/?rule=A10").content.decode()
    assert ref in words and '<option value="A10" selected>' in words
    assert ref not in client.get("/desk/alerts/?rule=A01").content.decode()
    assert client.get("/desk/alerts/?rule=DROP").status_code == 404


def test_one_alert_shows_reason_article_innocent_causes_and_rows(client, sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "medical_cost", total=1842000)
    ref = staged.alerted(indicator="C01")
    answer = staged.signed_in(client, people.clerk_li()).get(f"/desk/alerts/{ref}/")
    words = answer.content.decode()
    assert answer.status_code == 200
    for part in ("王桂兰", "可能不准的原因", "依据：", "安排走访", "打电话问问", "不用管"):
        assert part in words
    assert [one.purpose for one in office.looks(granny.pid)] == ["查看提醒，安排走访"]


@pytest.mark.parametrize("who", [people.clerk_sun, people.worker_wang, people.keeper_wu, people.checker_he])
def test_who_has_no_business_learns_nothing(client, who):
    ref = staged.alerted()
    assert staged.signed_in(client, who()).get(f"/desk/alerts/{ref}/").status_code in (403, 404)
    assert client.post(f"/desk/alerts/{ref}/dismiss/", {"dismiss-outcome": "false_alarm", "dismiss-reason": "x"}).status_code in (
        403,
        404,
    )


def test_asking_the_village_worker_to_go(client):
    ref = staged.alerted()
    people.worker_wang()
    staged.signed_in(client, people.clerk_li())
    assert client.post(f"/desk/alerts/{ref}/assign/", {}).status_code == 422
    assert client.post(f"/desk/alerts/{ref}/assign/", {"assign-worker": "wang"}).status_code == 302
    assert queries.alert(ref, staged.viewer_of(people.clerk_li())).row.worker == "王秀英"
    assert ref in staged.signed_in(client, people.worker_wang()).get("/field/").content.decode()


def test_no_need_needs_a_reason_and_keeps_the_words(client):
    ref = staged.alerted()
    staged.signed_in(client, people.clerk_li())
    answer = client.post(f"/desk/alerts/{ref}/dismiss/", {"dismiss-outcome": "", "dismiss-reason": "上周刚去过"})
    assert answer.status_code == 422 and "上周刚去过" in answer.content.decode() and "请选一个原因" in answer.content.decode()
    client.post(f"/desk/alerts/{ref}/dismiss/", {"dismiss-outcome": "already_helped", "dismiss-reason": "上周刚去过"})
    assert queries.alert(ref, staged.viewer_of(people.clerk_li())).outcome == "已经在帮了"


@pytest.mark.parametrize("count", [1, 25])
def test_as_many_queries_for_a_page_as_for_one(client, django_assert_num_queries, count):
    for number in range(count):
        staged.alerted(number, indicator="A01")
    staged.signed_in(client, people.clerk_li()).get("/desk/alerts/")
    with django_assert_num_queries(12):
        client.get("/desk/alerts/")


def test_an_open_page_is_told_of_new_alerts_here_and_of_no_others(client, django_assert_num_queries):
    staged.alerted()
    page = staged.signed_in(client, people.clerk_li()).get("/desk/alerts/").content.decode()
    asks = html.unescape(re.search(r'hx-get="(/desk/alerts/new/[^"]+)"', page)[1])
    assert "新的预警" not in client.get(asks).content.decode()
    staged.alerted(2, indicator="A01")
    with django_assert_num_queries(7):  # who asks, their post, the clock: six; the alerts: one
        assert "又有 1 条新的预警" in client.get(asks).content.decode()
    assert client.get("/desk/alerts/new/?day=x&had=1").status_code == 404
    sun = staged.signed_in(client, people.clerk_sun())
    assert "新的预警" not in sun.get("/desk/alerts/new/?day=2026-07-01&had=0").content.decode()
