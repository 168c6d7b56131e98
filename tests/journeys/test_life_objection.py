"""公示第六天有人说话：评议会上有人回避、有人不同意，再公示一次，县里定下来，提意见的人看得到答复（事实表第 19 例）。"""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

import people
import walk
from doudi.casework import actions, jobs
from doudi.casework.core.asking import Photo
from doudi.casework.models import Appraisal, Objection, Question, Showing
from doudi.facts import days
from doudi.office.models import DemoClock
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
VILLAGERS = ["周大山", "吴桂花", "郑铁柱", "冯春兰", "褚有田", "卫秋菊", "蒋石头", "沈腊梅", "杨二嫂"]


def picture():
    out = BytesIO()
    Image.new("RGB", (60, 40), (210, 200, 180)).save(out, "JPEG")
    return out.getvalue()


def days_pass(count):
    """The clock moves on, and what was due is done; returns the moment it is then."""
    clock = DemoClock.objects.get(pk=1)
    DemoClock.objects.filter(pk=1).update(offset_seconds=clock.offset_seconds + count * 24 * 3600)
    at = staged.TODAY + timedelta(days=count)
    jobs.run_due(at)
    return at


def test_objection_on_the_sixth_day(open_browser, sources):
    case = staged.shown(staged.TODAY - timedelta(days=6))
    li, village = people.clerk_li(), people.VILLAGE

    passer_by = open_browser(PHONE)
    passer_by.goto(f"/shown/?area={village}")
    looked_at(passer_by, "life-objection-board")
    follow(passer_by.get_by_role("link", name="我有不同意见"))
    passer_by.get_by_label("您觉得哪里不对").fill("他们家院里停着一台拖拉机")
    passer_by.get_by_label("您的名字").fill("杨二嫂")
    follow(passer_by.get_by_role("button", name="交给镇里"))
    slip = re.search(r"记号是 (\d{5} \d{5})", passer_by.inner_text("main")).group(1)
    looked_at(passer_by, "life-objection-slip")
    case.refresh_from_db()
    assert case.state == "objected" and case.in_doubt

    desk = open_browser(DESK)
    sign_in(desk, "li")
    desk.goto(f"/desk/cases/{case.ref}/")
    follow(desk.get_by_role("navigation", name="这件的各样记录").get_by_role("link", name="民主评议"))
    desk.get_by_text("选人，定时间地点").click()
    desk.get_by_text("公示有不同意见（D57").click()
    desk.get_by_label("具体是什么事").fill("有人说家里有拖拉机")
    desk.get_by_label("哪天开").fill("2026-08-26")
    desk.get_by_label("几点开").fill("09:00")
    desk.get_by_label("在哪里开").fill("村委会")
    desk.get_by_label("村民代表、党员代表").fill("\n".join(VILLAGERS))
    looked_at(desk, "life-objection-call", targets=low_at_the_desk)
    follow(desk.get_by_role("button", name="通知开会"))
    assert "就是提意见的人" in desk.inner_text("main"), "who objected does not vote on it"
    desk.get_by_text("有人要回避").click()
    desk.get_by_label("谁回避").select_option(label="周大山")
    desk.get_by_text("是这家人的近亲属").click()
    follow(desk.get_by_role("button", name="记下回避"))

    at = days_pass(1)
    desk.reload()
    desk.get_by_text("会开完了，记下来").click()
    for name in VILLAGERS[1:8]:
        desk.get_by_role("group", name="谁到了").get_by_text(name).click()
    for label, votes in (("同意几票", "6"), ("不同意几票", "1"), ("弃权几票", "0")):
        desk.get_by_label(label, exact=True).fill(votes)
    desk.get_by_label("这家人怎么说").fill("拖拉机是侄子的，农忙时停在院里")
    desk.get_by_label("不同意的人怎么说").fill("有一位说见他家也用过")
    desk.get_by_label("会上说了什么").fill("侄子到会，说拖拉机是自己的")
    desk.get_by_label("签到和记录表，拍照").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    follow(desk.get_by_role("button", name="记好评议"))
    assert "多数同意" in desk.inner_text("main") and "有一位说见他家也用过" in desk.inner_text("main")
    looked_at(desk, "life-objection-held", targets=low_at_the_desk)
    assert Appraisal.objects.get().state == "held"

    desk.goto(f"/desk/cases/{case.ref}/")
    desk.get_by_label("了解到什么").fill("拖拉机登记在侄子名下，评议多数同意")
    desk.get_by_label("答复提意见的人").fill("去查过登记，拖拉机不是这家的。")
    follow(desk.get_by_role("button", name="记下了解到的，重新写意见"))

    actions.extend(ref=case.ref, reason="公示有异议，再调查", by=li, at=at)
    walk.settled(case, at, li)
    assert not Question.objects.filter(case=case, choice="").exists()
    actions.propose(ref=case.ref, kind="help", reason="您家够得上，拖拉机不是您家的。", by=li, at=at)
    photo = Photo("image/jpeg", picture())
    actions.photograph_board(area=village, on=at.date(), photo=photo, by=people.worker_wang(), at=at)
    first, second = Showing.objects.order_by("id")
    assert (first.state, second.state, (second.to_on - second.from_on).days) == ("stopped", "running", 7)

    at = days_pass(9)
    case.refresh_from_db()
    assert case.state == "at_county"
    assert days.working_days_between(case.accepted_at.date(), case.whole_due_on) == 45
    zhao, sun = people.officer_zhao(), people.clerk("qin", "秦刚", "county", people.COUNTY)
    actions.survey(
        ref=case.ref, on=at.date(), second="zhao", signed_by="王桂兰", answers={}, needs=walk.NEEDS, by=sun, at=at
    )  # fmt: skip
    assert zhao.ref
    decider = people.clerk("han", "韩梅", "county", people.COUNTY)
    actions.confirm(ref=case.ref, reason="同意镇里的意见", by=decider, at=at)

    passer_by.goto("/shown/answer/")
    passer_by.get_by_label("您的记号").fill(slip)
    follow(passer_by.get_by_role("button", name="看答复"))
    assert "去查过登记，拖拉机不是这家的。" in passer_by.inner_text("main")
    looked_at(passer_by, "life-objection-answer")
    passer_by.goto(f"/shown/results/?area={village}")
    words = passer_by.inner_text("main")
    assert "王*兰" in words and "王桂兰" not in words and "拖拉机" not in words
    looked_at(passer_by, "life-objection-results")
    assert Objection.objects.get().answered_at is not None
