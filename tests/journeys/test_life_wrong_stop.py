"""同名的人去世了，王桂兰的钱一天也没有停；后来真的停错了一次，改回来，补发（我们弄错的，我们改）。"""

from datetime import date, datetime

import pytest
from django.test import Client

import people
import walk
from doudi.casework import actions, jobs, queries
from doudi.casework.core.causes import Asked
from doudi.casework.models import Adjustment, Benefit, FollowUp, Happening
from doudi.office.core import Party
from doudi.office.models import DemoClock
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import carry_on, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SPRING = datetime(2027, 2, 10, 9, 0, tzinfo=people.HERE)


def months(benefit, first, last):
    return [one.amount_fen for one in queries.entitlements([benefit.ref], first, last)[benefit.ref].values()]


def test_a_twin_by_name_and_a_stop_put_right(open_browser, live_server, sources):
    granny = people.granny_wang()
    benefit = Benefit.objects.get(case=walk.confirmed(walk.applied(granny.pid)))
    actions.tell_happening(
        benefit=benefit.ref, kind="death", on=date(2026, 8, 10), channel="data", source_ref="death-7-12", pid=granny.pid,
        said="死亡登记里有一位王桂兰", by=Party.system("note_changes"), at=staged.TODAY,
    )  # fmt: skip
    jobs.run_due(staged.TODAY)
    assert months(benefit, date(2026, 8, 1), date(2027, 1, 1)) == [165600] * 6 and not Adjustment.objects.exists()

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto("/desk/benefits/?pile=told")
    follow(desk.get_by_role("link", name="打开"))
    assert "钱还没有变" in desk.inner_text("main") and "11 月 10 日前办完" in desk.inner_text("main")
    looked_at(desk, "life-twin-told", targets=low_at_the_desk)
    desk.get_by_text("这件不用改").click()
    follow(desk.get_by_role("button", name="不用改，钱照旧"))
    assert desk.get_by_text("请写为什么不用改").count()
    desk.get_by_label("为什么不用改").fill("打过电话，去世的是邻县同名的一位，本人在家。")
    follow(desk.get_by_role("button", name="不用改，钱照旧"))
    assert Happening.objects.get().state == "left"

    li, zhao, autumn = people.clerk_li(), people.officer_zhao(), datetime(2026, 10, 12, 9, 0, tzinfo=people.HERE)
    asked = Asked(kind="end", cause="not_cooperating", reason="打电话一直没有人接。")
    wrong = actions.propose_adjustment(benefit=benefit.ref, asked=asked, by=li, at=autumn)
    for day in (14, 20):
        actions.invite(ref=wrong.ref, way="come", for_on=date(2026, 10, day), by=li, at=autumn)
    late = datetime(2026, 10, 26, 9, 0, tzinfo=people.HERE)
    actions.record_hearing(ref=wrong.ref, outcome="absent", on=late.date(), visited_on=date(2026, 10, 25), by=li, at=late)
    actions.decide_adjustment(ref=wrong.ref, by=zhao, at=late)
    assert months(benefit, date(2026, 10, 1), date(2026, 12, 1)) == [165600, 0, 0]

    DemoClock.objects.update(offset_seconds=DemoClock.objects.get().offset_seconds + int((SPRING - staged.TODAY).total_seconds()))
    desk.goto(f"/desk/benefits/{benefit.ref}/")
    desk.get_by_text("提出怎么改", exact=True).click()
    desk.get_by_text("改回来，补发").click()
    desk.get_by_label("因为什么").select_option("our_mistake")
    form = desk.locator("#propose")
    form.get_by_label("是哪一次停的、改的").select_option(wrong.ref)
    form.get_by_label("理由").fill("她住院三个月，电话没人接，不是不配合。是我们弄错了。")
    follow(desk.get_by_role("button", name="按规则算给我看"))
    looked_at(desk, "life-twin-restore", targets=low_at_the_desk)
    county = open_browser(DESK)
    sign_in(county, "zhao")
    county.goto(f"/desk/benefits/{benefit.ref}/")
    follow(county.get_by_role("button", name="就这样定下来"))
    assert months(benefit, date(2026, 10, 1), date(2027, 3, 1)) == [165600] * 6, "every month it was wrongly stopped is due"
    benefit.refresh_from_db()
    assert benefit.to_month is None and set(FollowUp.objects.values_list("outcome", flat=True)) == {"needless"}
    (changed,) = [one for one in queries.changed_since(people.COUNTY, 0) if one.from_month == date(2026, 11, 1)][-1:]
    assert changed.benefit_ref == benefit.ref

    home = open_browser(PHONE)
    carry_on(home, signed_in(Client(), granny.pid, granny.phone), live_server)
    home.goto("/my/help/")
    assert "是我们弄错了" in home.inner_text("main")
    looked_at(home, "life-twin-home")
