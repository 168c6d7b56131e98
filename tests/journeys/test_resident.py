"""The resident's half of the first road, in a browser: asking for help, following it, the money, who looked."""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.casework import actions, jobs
from doudi.casework import queries as cases
from doudi.office import queries as office
from doudi.office.core import Role
from doudi.office.models import DemoClock
from doudi.payment import actions as payment
from doudi.payment.models import Line
from web import staged
from web.browser import DESK, PHONE, RULES, follow, looked_at
from web.desk_login import sign_in as staff_sign_in
from web.phone_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def days_pass(days):
    clock = DemoClock.objects.get(pk=1)
    DemoClock.objects.filter(pk=1).update(offset_seconds=clock.offset_seconds + days * 24 * 3600)
    jobs.run_due(office.now())


def good(page, name):
    looked_at(page, f"resident-{name}", rules=[*RULES, "wcag2aaa"], fingers=(PHONE, DESK))


def onward(page, step):
    page.get_by_role("button", name="存好，下一步").click()
    page.wait_for_url(f"**/{step}/")


def the_bank_says(run, result):
    text = "行号,结果,金额,原因\n" + "".join(
        f"{line.ref},{result},{line.amount_fen // 100}.{line.amount_fen % 100:02d},\n" for line in Line.objects.filter(run=run)
    )
    payment.read_returns(ref=run.ref, content=text.encode(), by=people.officer_zhao(), at=office.now())


def test_from_the_front_door_to_money_on_the_card(open_browser, sources):
    granny, li = people.granny_wang(), people.clerk_li()
    people.worker_wang()
    sources.row(granny.pid, "insurance", event="pension_start", event_date="2009-03-01", base=21300)
    page = open_browser(PHONE)

    page.goto("/")
    page.get_by_role("link", name="我要申请帮助").click()
    sign_in(page, granny, look=lambda: good(page, "code"))
    page.get_by_label("看病花钱多").check()
    onward(page, "household")
    onward(page, "income")
    page.get_by_label("对", exact=True).check()
    onward(page, "account")
    page.get_by_label("打到另一张卡").check()
    page.get_by_label("哪家银行").fill("农信社")
    page.get_by_role("textbox", name="卡号").fill("6230520000000008830")
    onward(page, "check")
    page.get_by_role("button", name="我同意，交上去").click()
    page.get_by_role("heading", name="收到了").wait_for()
    good(page, "receipt")
    receipt = page.locator(".big").inner_text()
    page.get_by_role("link", name="看看办到哪一步了").click()
    page.get_by_text("还没有人看过").wait_for()
    (case,) = cases.my_cases(granny.pid, at=office.now())

    # A clerk looks, and she can read that; then the township does its work.
    desk = open_browser(DESK)
    staff_sign_in(desk, "li")
    desk.goto(f"/desk/cases/{case.ref}/")
    page.reload()
    assert "李敏" in page.locator(".seen").inner_text()
    now = office.now()
    actions.accept(ref=case.ref, by=li, at=now)
    walk.visited(cases_ref(case.ref), now, li)
    walk.settled(cases_ref(case.ref), now, li)
    actions.propose(ref=case.ref, kind="help", reason="您家 2 口人，收入低于这里的标准。", by=li, at=now)
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == "正在村里公示，一共 7 天"
    good(page, "shown")

    # The neighbours see the least; whoever holds the receipt sees how far it is.
    neighbour = open_browser(PHONE)
    neighbour.goto("/shown/")
    assert "王*兰" in neighbour.inner_text("main") and "王桂兰" not in neighbour.inner_text("main")
    neighbour.goto("/progress/")
    neighbour.get_by_label("收件编号").fill(receipt)
    neighbour.get_by_role("button", name="看看").click()
    neighbour.get_by_role("heading", name="正在村里公示").wait_for()

    days_pass(8)
    neighbour.goto("/shown/")
    assert "王*兰" not in neighbour.inner_text("main")
    actions.confirm(ref=case.ref, reason="按镇里的意见定。", by=people.officer_zhao(), at=office.now())
    page.reload()
    amount = page.locator(".big").inner_text()
    assert amount.endswith("元")
    good(page, "confirmed")

    days_pass(30)
    month = date(2026, 10, 1)
    at = office.now()
    run = payment.build(county=people.COUNTY, month=month, by=people.officer_zhao(), at=at)
    payment.approve(ref=run.ref, by=people.director_lin(), at=at)
    payment.send(ref=run.ref, by=people.officer_zhao(), at=at)
    the_bank_says(run, "成功")
    page.reload()
    paid = page.get_by_role("heading", name="打过的钱").locator("xpath=following-sibling::ul[1]").inner_text()
    assert amount in paid and "已到账" in paid and "8830" in paid
    good(page, "paid")
    assert page.locator("[aria-current=step]").count() == 0  # nothing is left to do

    follow(page.get_by_role("link", name="我同意过什么"))
    follow(page.get_by_role("link", name="撤回").first)
    good(page, "authorisation-withdraw")
    page.get_by_role("button", name="我知道了，撤回").click()
    page.get_by_text("本人撤回了").wait_for()
    good(page, "consents")


def cases_ref(ref):
    from doudi.casework.models import Case

    return Case.objects.get(ref=ref)


def test_a_refusal_says_why_and_where_to_turn(open_browser, sources, client):
    case = staged.surveyed()
    li, now = people.clerk_li(), staged.TODAY
    actions.propose(
        ref=case.ref, kind="refuse", reason="您家收入高于这里的标准。", differs_reason="上门看到的不一样", by=li, at=now
    )
    actions.refuse(
        ref=case.ref,
        article="LAW Art. 18",
        reason="您家每人每月 900 元，这里的标准是 690 元，多 210 元。看病的钱可以另外申请医疗救助。",
        differs_reason="按上门看到的算",
        by=people.officer_zhao(),
        at=now + timedelta(days=1),
    )
    days_pass(2)
    granny = people.granny_wang()
    page = open_browser()
    page.goto(f"/my/cases/{case.ref}/")
    sign_in(page, granny, look=lambda: good(page, "code"))
    words = page.inner_text("main")
    assert "这次没有批" in words and "多 210 元" in words and "《社会救助法》第 18 条" in words
    assert "请另一位同志重新看" in words and "请法院来断" in words
    good(page, "refused")


def test_a_niece_applies_for_her_uncle_and_sees_the_stage_only(open_browser, sources):
    niece, uncle = people.granny_wang(), people.uncle_zhou()
    people.clerk_li()
    people.clerk("tian", "田兰", Role.TOWNSHIP, people.TOWNSHIP)
    sources.row(uncle.pid, "insurance", event="pension_start", event_date="2020-03-01", base=98700)
    page = open_browser()
    page.goto("/")
    page.get_by_role("link", name="帮家人、邻居办").click()
    sign_in(page, niece, look=lambda: good(page, "code"))
    good(page, "proxy-who")
    page.get_by_label("他的名字").fill(uncle.name)
    page.get_by_label("他的身份证号").fill(uncle.citizen_no[:-1])
    page.get_by_role("button", name="存好，下一步").click()
    page.get_by_role("alert").get_by_text("您填了 17 位").wait_for()
    page.get_by_label("他的身份证号").fill(uncle.citizen_no)
    page.get_by_role("button", name="存好，下一步").click()
    page.get_by_label("侄子、侄女、外甥").check()
    good(page, "proxy-relation")
    page.get_by_role("button", name="存好，下一步").click()
    page.get_by_label("知道，就在旁边，同意我办").check()
    good(page, "proxy-knows")
    page.get_by_role("button", name="存好，下一步").click()
    page.get_by_role("heading", name="周德顺最近难在哪里").wait_for()
    page.get_by_label("没人照顾").check()
    onward(page, "household")
    onward(page, "income")
    assert "987" not in page.inner_text("main")
    good(page, "proxy-income")
    onward(page, "account")
    page.get_by_label("没有卡").check()
    onward(page, "check")
    page.get_by_label("他就在旁边，自己点的同意").check()
    assert "侄子、侄女、外甥 王桂兰" in page.inner_text("main")
    good(page, "proxy-check")
    page.get_by_role("button", name="我同意，交上去").click()
    page.get_by_role("heading", name="收到了").wait_for()
    page.goto("/my/")
    follow(page.get_by_role("link", name="周德顺"))
    words = page.inner_text("main")
    assert "只给本人看" in words and "987" not in words and uncle.citizen_no not in words
    good(page, "proxy-case")
