"""村里收了一张纸表，先拍下来；三天后镇里才录，期限从交纸那天算起。"""

from datetime import date

import pytest

import people
from doudi.casework import core
from doudi.casework.models import Case, PaperForm
from doudi.facts import days
from photographs import photograph
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_paper_from_the_village_keeps_its_day(open_browser, sources):
    granny = people.granny_wang()
    people.clerk_li()
    people.worker_wang()
    village = open_browser(PHONE)
    sign_in(village, "wang")
    village.goto("/field/")
    follow(village.get_by_role("link", name="收一张纸的申请表"))
    looked_at(village, "life-paper-keep", targets=low_at_the_desk)
    village.get_by_label("申请表的照片").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": photograph(7)})
    village.get_by_label("哪天交来的").fill("2026-08-22")
    village.get_by_label("谁的").fill(granny.name)
    follow(village.get_by_role("button", name="收下，给回执"))
    assert "收到了" in village.inner_text("main")
    form = PaperForm.objects.get()
    assert core.show_receipt(form.receipt) in village.inner_text("main")

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto("/desk/doors/papers/")
    looked_at(desk, "life-paper-waiting", targets=low_at_the_desk)
    follow(desk.get_by_role("link", name="王*兰"))
    desk.get_by_role("textbox", name="姓名").fill(granny.name)
    desk.get_by_label("身份证号").fill(granny.citizen_no)
    desk.get_by_text("看病花钱多").click()
    desk.get_by_text("签了字或按了手印").click()
    looked_at(desk, "life-paper-key", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="录好了，开始办"))
    looked_at(desk, "life-paper-rest", targets=low_at_the_desk)

    case = Case.objects.get()
    handed = date(2026, 8, 22)
    assert case.application.handed_on == handed and case.receipt == form.receipt and case.channel == "paper"
    assert case.due_on == days.add_working_days(handed, core.road("dibao").clock["accept_wd"])
    assert case.contact_by == days.add_working_days(handed, core.road("dibao").clock["contact_wd"])
