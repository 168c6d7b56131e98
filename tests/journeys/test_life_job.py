"""家里有人找到活干了：自己在手机上说，镇里按月算给人看，先听意见，县里定下渐退，停了以后有人问一问（事实表第 18 例）。"""

from datetime import date, datetime

import pytest
from django.test import Client

import people
import walk
from doudi.casework import actions, queries
from doudi.casework.models import Adjustment, Award, Benefit, FollowUp
from doudi.office.core import NotAllowed
from doudi.office.models import DemoClock
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import carry_on, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_job_a_hearing_a_gradual_exit(open_browser, live_server, sources):
    granny = people.granny_wang()
    benefit = Benefit.objects.get(case=walk.confirmed(walk.applied(granny.pid)))
    home = open_browser(PHONE)
    carry_on(home, signed_in(Client(), granny.pid, granny.phone), live_server)
    home.goto("/my/help/")
    looked_at(home, "life-job-help")
    follow(home.get_by_role("link", name="家里有变化，我来说"))
    follow(home.get_by_role("button", name="告诉镇里"))
    assert "请选发生了什么" in home.inner_text("main")
    home.get_by_label("有人找到活干了").check()
    home.get_by_label("哪一天的事").fill("2026-08-20")
    home.get_by_label("说了钱的").fill("3000")
    looked_at(home, "life-job-told")
    follow(home.get_by_role("button", name="告诉镇里"))
    assert "钱先照旧" in home.inner_text("main")

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto("/desk/benefits/?pile=told")
    looked_at(desk, "life-job-list", targets=low_at_the_desk)
    follow(desk.get_by_role("link", name="打开"))
    follow(desk.get_by_role("link", name="按这件事提出怎么改"))
    desk.get_by_text("渐退以后停").click()
    desk.get_by_label("因为什么").select_option("job")
    form = desk.locator("#propose")
    form.get_by_label("哪一天的事").fill("2026-08-20")
    form.get_by_label("全家现在每月收入").fill("3000")
    form.get_by_label("理由").fill("找到了工作，按规则不再够，渐退六个月。")
    follow(desk.get_by_role("button", name="按规则算给我看"))
    assert "渐退几个月" in desk.inner_text("main") and form.get_by_label("理由").input_value(), "what was typed is kept"
    form.get_by_label("渐退几个月").fill("6")
    follow(desk.get_by_role("button", name="按规则算给我看"))
    kept = Adjustment.objects.get()
    with pytest.raises(NotAllowed, match="四十八条"):
        actions.decide_adjustment(ref=kept.ref, by=people.officer_zhao(), at=staged.TODAY)
    desk.get_by_text("请家里人来说，或者上门去听").click()
    desk.get_by_text("打电话", exact=True).click()
    desk.get_by_label("哪一天", exact=True).fill("2026-08-28")
    looked_at(desk, "life-job-proposed", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="请他们，发短信"))

    home.reload()
    follow(home.get_by_role("link", name="我来说说"))
    home.get_by_label("我写在这里").check()
    home.get_by_label("您的意见").fill("孙子他爸找到活了，慢慢减就行。")
    looked_at(home, "life-job-invited")
    follow(home.get_by_role("button", name="就这样说"))
    actions.record_hearing(
        ref=kept.ref, outcome="written", on=staged.TODAY.date(), views="慢慢减就行", by=people.clerk_li(), at=staged.TODAY
    )

    county = open_browser(DESK)
    sign_in(county, "zhao")
    county.goto("/desk/benefits/?pile=deciding")
    follow(county.get_by_role("link", name="打开"))
    assert "慢慢减就行" in county.inner_text("main")
    follow(county.get_by_role("button", name="就这样定下来"))
    looked_at(county, "life-job-decided", targets=low_at_the_desk)

    told = queries.entitlements([benefit.ref], date(2026, 8, 1), date(2027, 3, 1))[benefit.ref]
    sums = [one.amount_fen for one in told.values()]
    assert sums == [165600] * 7 + [0] and Award.objects.latest("pk").hearing is not None
    home.goto("/my/help/")
    assert "2027 年 3 月起每月" in home.inner_text("main")

    asked = datetime(2027, 6, 2, 9, 0, tzinfo=people.HERE)
    DemoClock.objects.update(offset_seconds=DemoClock.objects.get().offset_seconds + int((asked - staged.TODAY).total_seconds()))
    desk.goto("/desk/benefits/?pile=follow")
    follow(desk.get_by_role("link", name="打开"))
    desk.get_by_text("过得去").click()
    desk.get_by_text("打电话", exact=True).click()
    desk.get_by_label("家里人怎么说的").fill("还在做，够用。")
    looked_at(desk, "life-job-after", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="记好了"))
    assert FollowUp.objects.filter(outcome="fine").count() == 1
