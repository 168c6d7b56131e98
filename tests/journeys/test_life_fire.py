"""外地来的人住处着了火：当天在出事的地方先拿到钱，不看户口，不公示；材料由两个人后补（社会救助法第三十七条、第五十条）。"""

from datetime import date

import pytest

import people
import walk
from doudi.casework import queries
from doudi.casework.models import Benefit, FirstHelp, Showing
from doudi.office import queries as office
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import sign_in as signed_in_by_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_fire_far_from_home(open_browser, sources):
    traveller = people.person("马远", date(1979, 4, 2), sex="1", order=61, phone="13800000061")
    people.household("h" + "6" * 20, (traveller, "self"))
    case = walk.applied(traveller.pid, staged.TODAY, programme="temporary_emergency")
    walk.helper_qian()

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto(f"/desk/cases/{case.ref}/")
    follow(desk.get_by_role("navigation", name="这件的各样记录").get_by_role("link", name="按项目要办的"))
    desk.get_by_role("group", name="遭了什么难").get_by_text("火灾").click()
    desk.get_by_role("group", name="有多重").get_by_text("较重").click()
    desk.get_by_label("哪天出的事").fill("2026-08-25")
    desk.get_by_label("在哪里出的事").fill("镇上的出租屋")
    desk.get_by_label("出了什么事").fill("夜里着火，东西都烧了")
    desk.get_by_role("group", name="户口在外地吗").get_by_text("是", exact=True).click()
    desk.get_by_label("先给多少元").fill("5000")
    looked_at(desk, "life-fire-quick-form", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="现在就给"))
    assert "先给这些，不够的报县里一事一议" in desk.inner_text("main"), "over the township's ceiling"
    assert desk.get_by_label("在哪里出的事").input_value() == "镇上的出租屋", "nothing typed is lost"
    desk.get_by_label("先给多少元").fill("1500")
    follow(desk.get_by_role("button", name="现在就给"))
    assert "材料要补" in desk.inner_text("main")
    looked_at(desk, "life-fire-helped", targets=low_at_the_desk)

    benefit = Benefit.objects.get(case=case)
    assert (benefit.amount_fen, benefit.is_one_off, benefit.from_month) == (150000, True, date(2026, 8, 1))
    assert office.today(benefit.decision.at) == staged.TODAY.date() and not Showing.objects.exists()

    phone = open_browser(PHONE)
    phone.goto(f"/my/cases/{case.ref}/")
    signed_in_by_phone(phone, traveller)
    phone.goto(f"/my/cases/{case.ref}/")
    assert "急用的钱先给您了" in phone.inner_text("main")
    looked_at(phone, "life-fire-phone")

    desk.get_by_text("补齐材料（两个人）").click()
    desk.get_by_label("和谁一起了解的").select_option("qian")
    desk.get_by_label("补了哪些材料").fill("消防的火灾证明，房东的话")
    desk.get_by_role("group", name="当时说的").get_by_text("属实").click()
    follow(desk.get_by_role("button", name="材料补齐了"))
    assert "材料齐了" in desk.inner_text("main")
    row = FirstHelp.objects.get(case=case)
    assert row.holds is True and row.first != row.second and row.from_elsewhere
    assert queries.case(case.ref, staged.viewer_of(people.clerk_li()), at=staged.TODAY).state == "confirmed"
