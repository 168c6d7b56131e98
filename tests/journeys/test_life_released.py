"""周德顺刑满回家，一个人，没有收入：村里来人走访说起，先定低保；找活干的事转给人社局，过了期限催到县里，后来有了活。"""

from datetime import timedelta

import pytest

import people
import walk
from doudi.office.models import DemoClock
from doudi.services import actions as services
from doudi.services import jobs
from doudi.services.models import Referral, Reminder
from services.others import helper
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import sign_in as signed_in_by_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_released_and_looking_for_work(open_browser, sources):
    uncle, worker = people.uncle_zhou(), people.clerk("tian", "田芳", people.Role.VILLAGE, people.OTHER_VILLAGE)
    bureau, zhao = helper("human_resources"), people.officer_zhao()
    case = walk.confirmed(walk.applied(uncle.pid, staged.TODAY - timedelta(days=60)), staged.TODAY - timedelta(days=60))
    sent = services.refer(
        kind="employment", pid=uncle.pid, need_words="会砌墙，想找离家近的活", consent="spoken", consent_of="self", case=case.ref,
        by=worker, at=staged.TODAY - timedelta(days=16),
    )  # fmt: skip
    for day in (-1, 0):
        jobs.climb(staged.TODAY + timedelta(days=day))
    assert list(Reminder.objects.order_by("id").values_list("step", flat=True)) == ["department", "county"]

    county = open_browser(DESK)
    sign_in(county, zhao.username)
    county.goto("/desk/services/?pile=late")
    words = county.inner_text("main")
    assert "周*顺" in words and "报了县民政局" in words and "过了 1 天" in words and "周德顺" not in words
    looked_at(county, "life-released-late", targets=low_at_the_desk)

    desk = open_browser(DESK)
    sign_in(desk, bureau.username)
    desk.goto(f"/desk/services/in/{sent.ref}/")
    words = desk.inner_text("main")
    assert "会砌墙" in words and "最低生活保障" in words and "刑" not in words
    desk.get_by_role("group", name="回话").get_by_text("给帮助").click()
    desk.get_by_label("给什么").fill("镇上修渠的公益岗位，下周一上工")
    follow(desk.get_by_role("button", name="回话"))
    assert "还没有写从哪天起" in desk.inner_text("main")
    assert desk.get_by_label("给什么").input_value().startswith("镇上修渠"), "nothing typed is lost"
    desk.get_by_label("从哪天").fill("2026-08-31")
    follow(desk.get_by_role("button", name="回话"))
    looked_at(desk, "life-released-answered", targets=low_at_the_desk)

    DemoClock.objects.update(offset_seconds=DemoClock.objects.get().offset_seconds + 10 * 24 * 3600)
    phone = open_browser(PHONE)
    phone.goto("/my/services/")
    signed_in_by_phone(phone, uncle)
    phone.goto("/my/services/")
    follow(phone.get_by_role("link", name="找活干的事"))
    assert "公益岗位" in phone.inner_text("main")
    phone.get_by_role("radio", name="收到了", exact=True).check()
    follow(phone.get_by_role("button", name="告诉你们"))
    looked_at(phone, "life-released-working")
    assert Referral.objects.get().arrived is True
