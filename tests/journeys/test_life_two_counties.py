"""一家人两个县：受理的地方调查、确认、发钱；另一个县帮着看老屋，有期限，不能办只能用列出来的理由。"""

from datetime import timedelta

import pytest

import people
from doudi.casework import actions
from doudi.casework.models import PlaceRequest
from doudi.office.core import Role
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_household_in_two_counties(open_browser, sources):
    case, li = staged.surveyed(), people.clerk_li()
    people.clerk("lu", "陆平", Role.COUNTY, people.OTHER_COUNTY)

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto(f"/desk/cases/{case.ref}/road/")
    desk.get_by_text("请一个地方协助").click()
    desk.get_by_label("了解谁").select_option(label="王桂兰")
    desk.get_by_label("请哪里协助").select_option(label="临河县")
    desk.get_by_role("group", name="请当地做什么").get_by_text("查当地的房产").click()
    desk.get_by_label("写清楚要了解的").fill("她娘家的老屋还在不在，有没有人租")
    follow(desk.get_by_role("button", name="发出请求"))
    assert "等答复" in desk.inner_text("main")
    looked_at(desk, "life-two-counties-asked", targets=low_at_the_desk)
    row = PlaceRequest.objects.get()
    assert row.due_on == (staged.TODAY + timedelta(days=14)).date()  # ten working days

    there = open_browser(PHONE)
    sign_in(there, "lu")
    there.goto("/desk/elsewhere/")
    assert "柳塘镇" in there.inner_text("main")
    assert "王桂兰" not in there.inner_text("main"), "a list has masked names"
    follow(there.get_by_role("link", name="柳塘镇"))
    there.get_by_label("了解到什么").fill("去看过了，老屋 2019 年塌了，没有人住")
    looked_at(there, "life-two-counties-there")
    follow(there.get_by_role("button", name="答复", exact=True))
    assert "答复了" in there.inner_text("main")
    assert there.request.get(f"/desk/cases/{case.ref}/").status == 404, "helping is not seeing the case"

    desk.reload()
    assert "老屋 2019 年塌了" in desk.inner_text("main")
    actions.propose(ref=case.ref, kind="help", reason="您家收入低于标准。", by=li, at=staged.TODAY)
    case.refresh_from_db()
    assert case.state == "shown"
