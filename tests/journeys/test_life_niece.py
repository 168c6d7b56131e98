"""侄女替他办：他在旁边点了头，结果也告诉她；后来他打个电话，收回了。"""

import pytest

import people
import walk
from doudi.casework.models import Case, Mandate
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in as at_the_desk
from web.phone_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_his_niece_applies_for_him_and_he_takes_the_permission_back(open_browser, sources):
    uncle, niece = people.uncle_zhou(), people.granny_wang()
    people.clerk_li()
    page = open_browser(PHONE)
    page.goto("/apply/for/")
    sign_in(page, niece)
    page.get_by_label("他的名字").fill(uncle.name)
    page.get_by_label("他的身份证号").fill(uncle.citizen_no)
    follow(page.get_by_role("button", name="存好，下一步"))
    page.get_by_label("侄子、侄女、外甥").check()
    follow(page.get_by_role("button", name="存好，下一步"))
    page.get_by_label("知道，就在旁边，同意我办").check()
    follow(page.get_by_role("button", name="存好，下一步"))
    page.get_by_label("没人照顾").check()
    for _ in range(3):
        follow(page.get_by_role("button", name="存好，下一步"))
    page.get_by_label("没有卡，请帮我办").check()
    follow(page.get_by_role("button", name="存好，下一步"))
    page.get_by_label("他就在旁边，自己点的同意").check()
    page.get_by_label("结果也告诉我").check()
    looked_at(page, "life-niece-check")
    follow(page.get_by_role("button", name="我同意，交上去"))
    case = Case.objects.get(applicant=uncle.pid)
    assert Mandate.objects.get().seeing_at is not None

    walk.confirmed(case, staged.TODAY)
    page.goto(f"/my/cases/{case.ref}/")
    assert "为什么这样定" in page.inner_text("main") and "查到的情况，只给本人看" in page.inner_text("main")

    desk = open_browser(DESK)
    at_the_desk(desk, "li")
    desk.goto(f"/desk/cases/{case.ref}/helper/")
    desk.get_by_text("结果不再告诉他").click()
    desk.get_by_text("打电话说的").click()
    looked_at(desk, "life-niece-helper", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="照他说的办"))
    assert "只告诉他办到哪一步" in desk.inner_text("main")
    page.reload()
    assert "为什么这样定" not in page.inner_text("main") and "县里定下来了" in page.inner_text("main")
