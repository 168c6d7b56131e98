"""一位老人用自己的手机、长辈版，问到回执；后来在手机上看见第一笔钱。"""

from datetime import date

import pytest

import people
import walk
from doudi.casework import queries as cases
from doudi.casework.models import Benefit, Case
from doudi.office import queries as office
from doudi.office.models import DemoClock
from doudi.payment import actions as payment
from doudi.payment.models import Line
from web import staged
from web.browser import PHONE, follow, looked_at
from web.phone_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Hand:
    """A finger that counts: presses, and fields somebody has to type into."""

    def __init__(self):
        self.taps = 0

    def on(self, locator, *, leads=True):
        self.taps += 1
        follow(locator) if leads else locator.click()


def test_an_old_man_asks_on_his_own_phone_and_sees_the_first_money(open_browser, sources):
    old_man = people.uncle_zhou()
    people.clerk_li()
    sources.row(old_man.pid, "insurance", event="pension_start", event_date=date(2020, 2, 1), base=21300)
    sources.row(old_man.pid, "old_age_allowance", amount_month=10000, account="6230520000000008830", from_date=date(2026, 1, 1))
    page, hand = open_browser(PHONE), Hand()
    page.goto("/")
    follow(page.get_by_role("button", name="长辈版"))
    assert "elder" in page.locator("html").get_attribute("class")
    looked_at(page, "life-old-man-home")

    hand.on(page.get_by_role("link", name="我要申请帮助"))
    sign_in(page, old_man)  # his name, his numbers, the code: asked of everybody once, not of the application
    hand.on(page.get_by_label("看病花钱多"), leads=False)
    for _ in ("hardship", "household", "income", "account"):
        empty = page.locator("main input[required]:not([type=hidden]), main textarea[required]").count()
        assert empty == 0, "nothing has to be typed"
        hand.on(page.get_by_role("button", name="存好，下一步"))
    assert "替您问的帮助" in page.inner_text("main") and "最低生活保障" in page.inner_text("main")
    looked_at(page, "life-old-man-check")
    hand.on(page.get_by_role("button", name="我同意，交上去"))
    page.get_by_role("heading", name="收到了").wait_for()
    looked_at(page, "life-old-man-receipt")
    assert hand.taps <= 8

    case = Case.objects.get(applicant=old_man.pid, programme="dibao")
    assert cases.my_case(case.ref, old_man.pid, at=office.now()).slip in office.outbox(limit=1)[0].body
    walk.confirmed(case, staged.TODAY)
    clock = DemoClock.objects.get(pk=1)
    DemoClock.objects.filter(pk=1).update(offset_seconds=clock.offset_seconds + 40 * 24 * 3600)
    zhao, lin, at, month = people.officer_zhao(), people.director_lin(), office.now(), Benefit.objects.get(case=case).from_month
    run = payment.build(county=people.COUNTY, month=month, by=zhao, at=at)
    payment.approve(ref=run.ref, by=lin, at=at)
    payment.send(ref=run.ref, by=zhao, at=at)
    text = "行号,结果,金额,原因\n" + "".join(
        f"{line.ref},成功,{line.amount_fen // 100}.{line.amount_fen % 100:02d},\n" for line in Line.objects.filter(run=run)
    )
    payment.read_returns(ref=run.ref, content=text.encode(), by=zhao, at=at)
    page.goto(f"/my/cases/{case.ref}/")
    assert "打过的钱" in page.inner_text("main") and "尾号 8830" in page.inner_text("main")
    looked_at(page, "life-old-man-money")
