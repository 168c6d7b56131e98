"""刘大山三月起是特困，护理补贴发到了八月：按月列出，听过意见停掉，多发的由人定，抵了一回，后来免收（事实表第 16 例）。"""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

import people
import walk
from casework.test_programmes import ALL_CAN
from doudi.casework import actions
from doudi.casework import jobs as casework_jobs
from doudi.casework.models import Adjustment, Benefit, Case
from doudi.office.models import DemoClock
from doudi.payment import actions as payment
from doudi.payment import jobs, queries
from doudi.payment.models import Claim, Line, Recovery
from payment.test_runs import answer, ledger, sent
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import carry_on, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SEPTEMBER = datetime(2026, 9, 5, 10, 0, tzinfo=people.HERE)


def day(month: int, of: int = 5) -> datetime:
    return datetime(2026, month, of, 10, 0, tzinfo=people.HERE)


def paid(at: datetime) -> None:
    answer(sent(at, at.date().replace(day=1)), at=at)


def two_kinds_of_help() -> tuple[Benefit, Benefit]:
    """The nursing subsidy from February, Tekun from March, each by its own road; and every month paid to August."""
    man, li, zhao = (
        people.person("刘大山", date(1950, 2, 1), sex="1", order=31, phone="13800000031"),
        people.clerk_li(),
        people.officer_zhao(),
    )
    people.household("h" + f"{31:020d}", (man, "self"))
    first, at = walk.applied(man.pid, day(1), programme="disability_nursing"), day(1)
    actions.accept(ref=first.ref, by=li, at=at)
    walk.settled(first, at, li)
    card = {"is_disabled": True, "disability_kind": "4", "disability_grade": 1}
    for name, value in card.items():
        member = first.members.get().ref
        actions.settle_fact(ref=first.ref, name=name, value=value, member=member, reason="看了残疾证", by=li, at=at)
    actions.propose(ref=first.ref, kind="help", reason="一级残疾，要人照料。", by=li, at=at)
    actions.confirm(ref=first.ref, reason="同意", by=zhao, at=at + timedelta(days=1))

    second, at = walk.applied(man.pid, day(2, 10), programme="tekun"), day(2, 10)
    actions.accept(ref=second.ref, by=li, at=at)
    walk.visited(second, at, li)
    walk.settled(second, at, li)
    seen = {"on": at.date(), "second": walk.helper_qian().username, "fails": ALL_CAN, "words": "看他自己做了一遍"}
    actions.assess_self_care(ref=second.ref, **seen, by=li, at=at)
    actions.propose(ref=second.ref, kind="help", reason="没有人照顾。", by=li, at=at)
    over = at + timedelta(days=8)
    casework_jobs.run_due(over)
    if Case.objects.get(pk=second.pk).is_drawn is None:
        actions.draw_checks(county=people.COUNTY, by=zhao, at=over)
    other = people.clerk("han", "韩冰", "county", people.COUNTY).username
    seen = {"on": over.date(), "second": other, "signed_by": "刘大山", "answers": {}, "needs": walk.NEEDS}
    actions.survey(ref=second.ref, **seen, by=zhao, at=over)
    actions.confirm(ref=second.ref, by=zhao, at=over)
    for month in range(2, 9):
        paid(day(month))
    return Benefit.objects.get(case=first), Benefit.objects.get(case=second)


def test_two_kinds_of_help_that_bar_each_other(open_browser, live_server, sources):
    nursing, tekun = two_kinds_of_help()
    assert Line.objects.filter(state="paid").count() == 13
    barred = queries.overlaps(nursing.payee, until=date(2026, 8, 1))
    assert [(one.month.month, one.stops, one.stops_fen) for one in barred] == [
        (month, nursing.ref, 12000) for month in range(3, 9)
    ]

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto(f"/desk/benefits/{tekun.ref}/")
    assert "有 6 个月，和另一项不能一起领" in desk.inner_text("main")
    follow(desk.get_by_role("link", name="重度残疾人护理补贴").first)
    desk.get_by_text("提出怎么改", exact=True).click()
    form = desk.locator("#propose")
    form.get_by_text("停", exact=True).click()
    form.get_by_label("因为什么").select_option("overlap")
    form.get_by_label("哪一天的事").fill("2026-02-18")
    form.get_by_label("理由").fill("三月起进了特困供养，护理补贴不能一起领。")
    follow(desk.get_by_role("button", name="按规则算给我看"))
    looked_at(desk, "life-overlap-months", targets=low_at_the_desk)
    kept = Adjustment.objects.get()
    assert (kept.from_month, kept.is_less) == (date(2026, 3, 1), True)
    heard = {"outcome": "heard", "on": staged.TODAY.date(), "views": "不知道不能一起领，钱花了。", "signed_by": "刘大山"}
    actions.record_hearing(ref=kept.ref, **heard, by=people.clerk_li(), at=staged.TODAY)
    actions.decide_adjustment(ref=kept.ref, by=people.officer_zhao(), at=staged.TODAY)
    assert not Claim.objects.exists(), "no money moves by it"
    assert jobs.replay_claims(staged.TODAY) == 1

    county = open_browser(DESK)
    sign_in(county, "zhao")
    follow(county.get_by_role("link", name="多发的钱要定怎么办"))
    follow(county.get_by_role("link", name="打开"))
    assert "多发了 720 元" in county.inner_text("h1")
    county.get_by_text("从以后每月的救助里慢慢抵").click()
    county.get_by_label("每月抵当月救助的百分之几").fill("20")
    county.get_by_label("为什么这样定").fill("数据来晚了，家里没有错，慢慢抵。")
    follow(county.get_by_role("button", name="就这样定"))
    assert "请选从哪一项里抵" in county.inner_text("main"), "the subsidy that ended pays nothing back"
    county.get_by_label("从哪一项里抵").select_option(tekun.ref)
    looked_at(county, "life-overlap-claim", targets=low_at_the_desk)
    follow(county.get_by_role("button", name="就这样定"))
    paid(SEPTEMBER)
    assert (
        Recovery.objects.get().amount_fen == 21940
        and Line.objects.get(for_month=SEPTEMBER.date().replace(day=1)).withheld_fen == 21940
    )

    moved = int((SEPTEMBER - staged.TODAY).total_seconds())
    DemoClock.objects.update(offset_seconds=DemoClock.objects.get().offset_seconds + moved)
    county.reload()
    county.get_by_label("家里有什么难处").fill("九月住了院，自己要出一大笔。")
    follow(county.get_by_role("button", name="提出剩下的免收"))
    assert "等另一位同志来定" in county.inner_text("main") and "500.6" in county.inner_text("h1")
    rest = Claim.objects.get(state="waiving")
    payment.waive_claim(ref=rest.ref, agree=True, why="看了住院单，属实。", by=people.director_lin(), at=SEPTEMBER)
    assert queries.balances(people.COUNTY)["waived"] == 50060 and "claims" not in ledger()

    home = open_browser(PHONE)
    carry_on(home, signed_in(Client(), nursing.payee, "13800000031"), live_server)
    home.goto("/my/money/")
    assert "免收" in home.inner_text("main") and "抵了以前多发的" in home.inner_text("main")
    looked_at(home, "life-overlap-home")
