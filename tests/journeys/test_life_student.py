"""看病花空了家底的一户，孙子还在上学：认定刚性支出困难家庭，镇里把上学的事转给教育局，教育局回话，奶奶在手机上说收到了。"""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.casework import actions, jobs
from doudi.casework.models import Assessment
from doudi.office.models import DemoClock
from doudi.services.models import Lookup, Referral
from services.others import helper
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import sign_in as signed_in_by_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_household_with_a_student(open_browser, sources):
    granny, boy, li = people.granny_wang(), people.grandson_wang(), people.clerk_li()
    school = helper("education")
    begun = staged.TODAY - timedelta(days=20)
    case = walk.applied(granny.pid, begun, programme="rigid_expenditure")
    actions.accept(ref=case.ref, by=li, at=begun)
    walk.visited(case, begun, li)
    walk.settled(case, begun, li)
    found = Assessment.objects.filter(case=case).order_by("-id").first()
    more = {} if found and found.outcome == "yes" else {"differs_reason": "住院单子都看过了，占收入六成"}
    actions.propose(ref=case.ref, kind="help", reason="看病的花费占了收入六成。", by=li, at=begun, **more)
    jobs.run_due(staged.TODAY)
    actions.confirm(ref=case.ref, by=people.officer_zhao(), at=staged.TODAY)
    DemoClock.objects.update(offset_seconds=DemoClock.objects.get().offset_seconds + 20 * 24 * 3600)  # it counts from September

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto(f"/desk/cases/{case.ref}/services/")
    follow(desk.get_by_role("link", name="王小宝"))
    follow(desk.get_by_role("button", name="转出去"))
    assert "请选请哪个部门帮什么" in desk.inner_text("main")
    desk.get_by_role("group", name="请哪个部门帮什么").get_by_text("教育救助").click()
    desk.get_by_label("需要帮什么").fill("九月开学，住校的伙食费交不起")
    desk.get_by_role("group", name="怎么同意的").get_by_text("签了字的同意书").click()
    desk.get_by_role("group", name="谁同意的").get_by_text("监护人，或者照顾他的人").click()
    looked_at(desk, "life-student-refer", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="转出去"))
    row = Referral.objects.get()
    assert row.number in desk.inner_text("main") and row.reason == ""
    follow(desk.get_by_role("link", name="打印转介单"))
    looked_at(desk, "life-student-sheet", targets=low_at_the_desk)

    bureau = open_browser(DESK)
    sign_in(bureau, school.username)
    follow(bureau.get_by_role("link", name="查救助身份"))
    bureau.get_by_role("group", name="为了办什么").get_by_text("教育救助").click()
    bureau.get_by_label("姓名").fill(boy.name)
    bureau.get_by_label("身份证号").fill(boy.citizen_no)
    follow(bureau.get_by_role("button", name="查这一个人"))
    words = bureau.inner_text("main")
    assert "刚性支出困难家庭" in words and case.receipt in words and "透析" not in words
    looked_at(bureau, "life-student-recognised", targets=low_at_the_desk)
    bureau.goto(f"/desk/services/in/{row.ref}/")
    follow(bureau.get_by_role("button", name="我们接下"))
    bureau.get_by_role("group", name="回话").get_by_text("给帮助").click()
    bureau.get_by_label("给什么").fill("免住宿费，伙食补助")
    bureau.get_by_label("金额（元）").fill("1250")
    bureau.get_by_label("从哪天").fill("2026-09-01")
    looked_at(bureau, "life-student-answer", targets=low_at_the_desk)
    follow(bureau.get_by_role("button", name="回话"))
    assert "回话记下了" in bureau.inner_text("main")

    phone = open_browser(PHONE)
    phone.goto(f"/my/services/{row.ref}/")
    signed_in_by_phone(phone, granny)
    phone.goto(f"/my/services/{row.ref}/")
    assert "免住宿费" in phone.inner_text("main") and "1,250 元" in phone.inner_text("main")
    looked_at(phone, "life-student-phone")
    phone.get_by_role("radio", name="收到了", exact=True).check()
    follow(phone.get_by_role("button", name="告诉你们"))
    row.refresh_from_db()
    assert row.arrived is True and Lookup.objects.get().in_force is True
    assert row.answer.amount_fen == 125000 and row.answer.from_on == date(2026, 9, 1)
