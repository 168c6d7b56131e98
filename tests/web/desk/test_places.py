"""Questions between places at the desk: a card, a fingerprint by a second person, papers beside the answer, each look noted."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import people
from doudi.office import queries as office
from doudi.office.core import Role
from doudi.verification.models import PlaceExchange, StandingAnswer
from doudi.verification.queries import exchanges
from doudi.verification.queries import peers as places
from verification.elsewhere import DATASETS, Elsewhere
from web import staged
from web.browser import PHONE, looked_at
from web.desk_login import sign_in

pytestmark = pytest.mark.django_db
ONE = "/desk/peers/e" + "1" * 32 + "/"


def words(answer, status=200) -> str:
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode().split("<main")[1]


@pytest.fixture
def there(sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "vehicle", plate="禾A1", **{"class": "car"}, first_registered=date(2015, 5, 1), status="normal")
    there = Elsewhere()
    paper = {"signed_on": staged.TODAY.date().isoformat(), "valid_until": (staged.TODAY.date() + timedelta(days=300)).isoformat()}
    there.write(there.question(granny, paper=paper))
    return there


def test_a_card_is_taken_by_one_and_compared_by_another(client, sources):
    there = Elsewhere(known=False)
    staged.signed_in(client, people.keeper_wu())
    assert "第 1 行" in words(client.post("/desk/peers/places/add/", {"card": "你好", "relation": "beside"}), 422)
    assert "要选对方是" in words(client.post("/desk/peers/places/add/", {"card": there.card()}), 422)
    client.post("/desk/peers/places/add/", {"card": there.card(), "relation": "beside"})
    digits = places.peer(there.code).fingerprint
    page = words(client.get("/desk/peers/places/"))
    assert there.label in page and "还没有核对" in page and digits not in page, "they read it out, we do not show it"
    check = f"/desk/peers/places/{there.code}/check/"
    assert "另一个人" in words(client.post(check, {"digits": digits}), 422)
    staged.signed_in(client, people.checker_he())
    assert "对不上" in words(client.post(check, {"digits": "1234"}), 422)
    client.post(check, {"digits": digits})
    assert "直接送" in words(client.get("/desk/peers/places/")) and places.peer(there.code).active
    staged.signed_in(client, people.clerk_li())
    assert client.get("/desk/peers/places/").status_code == client.post(check, {"digits": digits}).status_code == 403


def test_what_is_released_is_what_was_seen_and_each_look_is_noted(client, there):
    granny = people.granny_wang()
    staged.signed_in(client, people.clerk_li())
    page = words(client.get(ONE))
    assert "王*兰" in page and granny.citizen_no not in page and "放行" not in page and not office.looks(granny.pid)
    he = people.checker_he()
    staged.signed_in(client, he)
    assert "1</b> 件等我们答复" in words(client.get("/desk/peers/"))
    page = words(client.get(ONE))
    assert "SQ2026000007" in page and "号牌号码 禾A1" in page and "数据截至" in page
    assert [look.who for look in office.looks(granny.pid)] == [he.name]
    assert "checked" not in page, "nothing is chosen beforehand"
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert "请选" in words(client.post(ONE + "answer/", {"seen": seen}), 422)
    assert "再看一遍" in words(client.post(ONE + "answer/", {"move": "release", "seen": "x"}), 422)
    client.post(ONE + "answer/", {"move": "release", "seen": seen})
    assert PlaceExchange.objects.get().state == "answered" and there.read()[-1]["kind"] == "answer"
    assert "已经是" in words(client.post(ONE + "answer/", {"move": "refuse", "why": "晚了"}), 422)
    client.post(ONE + "compare/")
    assert "等对方回话" in words(client.get(ONE))
    held = exchanges.held("e" + "1" * 32)
    there.write({"kind": "compared", "exchange": "e" + "1" * 32, "comparison": there.read()[-1]["comparison"], "held": held})
    assert "两边一样" in words(client.get(ONE))


def test_another_county_sees_nothing_of_it(client, there):
    staged.signed_in(client, people.clerk("far", "远", Role.VERIFICATION, people.OTHER_COUNTY))
    assert there.label not in words(client.get("/desk/peers/"))
    for address in (ONE, ONE + "answer/", ONE + "compare/"):
        method = client.get if address == ONE else client.post
        assert method(address).status_code == 404


def test_a_standing_answer_takes_two_people(client, there):
    staged.signed_in(client, people.officer_zhao())
    given = {"peer": there.code, "programmes": ["dibao"], "datasets": DATASETS, "from_on": "2026-07-01", "to_on": "2027-06-30"}
    assert "请选开始和结束" in words(client.post("/desk/peers/standing/", given | {"to_on": ""}), 422)
    client.post("/desk/peers/standing/", given)
    settle = reverse("desk:peers-standing-settle", args=[StandingAnswer.objects.get().ref])
    assert "另一个人" in words(client.post(settle, {"move": "approve"}), 422)
    staged.signed_in(client, people.checker_he())
    client.post(settle, {"move": "approve"})
    assert "在用" in words(client.get("/desk/peers/standing/"))
    client.post(settle, {"move": "end"})
    assert "停了" in words(client.get("/desk/peers/standing/"))


def test_the_list_asks_as_often_for_many_as_for_one(client, there):
    staged.signed_in(client, people.checker_he())

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            words(client.get("/desk/peers/"))
        return len(asked)

    queries()
    one = queries()
    for number in range(2, 6):
        there.write(there.question(people.granny_wang(), ref=f"e{number}" + "1" * 31))
    assert queries() == one


@pytest.mark.browser
def test_pages_read_well(open_browser, there):
    page = open_browser(PHONE)
    sign_in(page, people.checker_he().username)
    for name, address in (("places", "places/"), ("standing", "standing/"), ("list", ""), ("one", "e" + "1" * 32 + "/")):
        page.goto(f"/desk/peers/{address}")
        looked_at(page, f"peers-{name}", fingers=())
