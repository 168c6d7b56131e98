"""王桂兰的存折销了户，八月的钱退了回来：本人拿手机换卡，旧电话问过，另一位同意，等几天；钱再发一次，问她收到了没有。"""

from datetime import date, datetime, timedelta

import pytest

import people
import walk
from doudi.office import queries as office
from doudi.office.models import DemoClock
from doudi.payment import actions
from doudi.payment.models import AccountChange, Arrival, Line
from payment.test_runs import answer, sent
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import sign_in as signed_in_by_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SEPTEMBER = datetime(2026, 9, 5, 10, 0, tzinfo=people.HERE)


def test_a_new_card_for_money_that_came_back(open_browser, sources):
    granny = people.granny_wang()
    walk.confirmed(walk.applied(granny.pid))
    august = sent(staged.TODAY, date(2026, 8, 1))
    answer(august, "失败", "账户已销户", at=staged.TODAY)

    home = open_browser(PHONE)
    home.goto("/my/money/")
    signed_in_by_phone(home, granny)
    home.goto("/my/money/")
    assert "账户已销户" in home.inner_text("main")
    looked_at(home, "life-card-came-back")
    follow(home.get_by_role("link", name="换一个收款账户"))
    home.get_by_label("哪家银行").fill("邮储银行")
    home.get_by_label("新的账号").fill("6217 0000 1111 2222")
    follow(home.get_by_role("button", name="请帮我换"))
    assert "请选是谁的账户" in home.inner_text("main") and home.get_by_label("哪家银行").input_value() == "邮储银行"
    home.get_by_label("王桂兰").check()
    looked_at(home, "life-card-asked")
    follow(home.get_by_role("button", name="请帮我换"))
    told = office.outbox(limit=1)[0]
    assert "尾号2222" in told.body and "不是您本人的意思" in told.body, "the telephone known before hears of it at once"

    desk = open_browser(DESK)
    sign_in(desk, "li")
    follow(desk.get_by_role("link", name="换账户要打电话问本人"))
    follow(desk.get_by_role("link", name="打开"))
    assert "139****5678" in desk.inner_text("main") and "6217000011112222" not in desk.content()
    desk.get_by_text("是本人要换的", exact=True).click()
    looked_at(desk, "life-card-call", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="记下本人的话"))
    assert "等另一位同志同意" in desk.inner_text("main") and not desk.get_by_role("button", name="同意换账户").count()

    county = open_browser(DESK)
    sign_in(county, "zhao")
    assert "银行退回来的钱" in county.inner_text("main")
    follow(county.get_by_role("link", name="换账户等另一位同意"))
    follow(county.get_by_role("link", name="打开"))
    follow(county.get_by_role("button", name="同意换账户"))
    assert AccountChange.objects.get().from_on == staged.TODAY.date() + timedelta(days=3)
    county.goto(f"/desk/payment/{august.ref}/")
    looked_at(county, "life-card-run", targets=low_at_the_desk)
    follow(county.get_by_role("button", name="下一批再发"))

    moved = int((SEPTEMBER - staged.TODAY).total_seconds())
    DemoClock.objects.update(offset_seconds=DemoClock.objects.get().offset_seconds + moved)
    september = sent(SEPTEMBER, date(2026, 9, 1))
    lines = {line.kind: line for line in Line.objects.filter(run=september)}
    assert {(kind, line.account[-4:], line.for_month.month) for kind, line in lines.items()} == {
        ("reissue", "2222", 8),
        ("regular", "2222", 9),
    }
    answer(september, at=SEPTEMBER)
    actions.draw_arrivals(ref=september.ref, by=people.officer_zhao(), at=SEPTEMBER)
    home.goto("/my/money/")
    assert "收到了吗" in home.inner_text("main") and "上次没到账，再发一次" in home.inner_text("main")
    looked_at(home, "life-card-arrived")
    follow(home.get_by_role("button", name="收到了").first)
    assert Arrival.objects.filter(answer="yes", channel="self").count() == 1
