"""孙子走了：三个月里办完，剩下的人按规则算，多发的月份一个月一个月写清楚，由人来定要不要收（D06）。"""

from datetime import date

import pytest
from django.test import Client

import people
import walk
from doudi.casework import queries
from doudi.casework.models import Adjustment, Award, Benefit, Hearing
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import carry_on, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_death_is_settled_and_who_is_left_goes_on(open_browser, live_server, sources):
    granny, boy = people.granny_wang(), people.grandson_wang()
    benefit = Benefit.objects.get(case=walk.confirmed(walk.applied(granny.pid)))
    home = open_browser(PHONE)
    carry_on(home, signed_in(Client(), granny.pid, granny.phone), live_server)
    home.goto(f"/my/help/{benefit.ref}/changed/")
    home.get_by_label("家里有人去世了").check()
    home.get_by_label("王*宝").check()
    home.get_by_label("哪一天的事").fill("2026-07-20")
    follow(home.get_by_role("button", name="告诉镇里"))
    assert "等镇里看" in home.inner_text("main")

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto(f"/desk/benefits/{benefit.ref}/")
    assert "10 月 20 日前办完" in desk.inner_text("main") and "丧葬" in desk.inner_text("main")
    follow(desk.get_by_role("link", name="按这件事提出怎么改"))
    desk.get_by_text("改金额").click()
    desk.get_by_label("因为什么").select_option("death")
    form = desk.locator("#propose")
    form.get_by_label("哪一天的事").fill("2026-07-20")
    form.get_by_label("是家里哪一位").select_option(boy.pid)
    form.get_by_label("理由").fill("孩子走了，家里剩您一位，从下个月起按一口人算。")
    follow(desk.get_by_role("button", name="按规则算给我看"))
    kept = Adjustment.objects.get()
    assert [one["month"] for one in kept.months] == ["2026-08-01", "2026-09-01"]
    assert [(one["was_fen"], one["rule_fen"], one["members"]) for one in kept.months] == [(165600, 82800, 1)] * 2
    desk.get_by_text("记下听到的意见").click()
    desk.get_by_text("听过了", exact=True).click()
    desk.get_by_label("哪一天听的").fill("2026-08-25")
    desk.get_by_label("家里人怎么说的").fill("孩子没了，我一个人，够吃就行。")
    desk.get_by_label("谁签的字").fill("王桂兰")
    looked_at(desk, "life-death-heard", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="意见记好了"))

    county = open_browser(DESK)
    sign_in(county, "zhao")
    county.goto(f"/desk/benefits/{benefit.ref}/")
    follow(county.get_by_role("button", name="就这样定下来"))
    told = queries.entitlements([benefit.ref], date(2026, 8, 1), date(2026, 10, 1))[benefit.ref]
    assert [one.amount_fen for one in told.values()] == [82800] * 3
    assert Award.objects.latest("pk").hearing == Hearing.objects.get()
    past = queries.changed_since(people.COUNTY, Award.objects.earliest("pk").pk, before=date(2026, 9, 1))
    assert [one.benefit_ref for one in past] == [benefit.ref], "the month already paid is shown; a person decides about it"
    follow(desk.get_by_role("link", name="正在领的救助"))
    looked_at(desk, "life-death-list", targets=low_at_the_desk)
    benefit.refresh_from_db()
    assert benefit.to_month is None
