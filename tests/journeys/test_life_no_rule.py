"""没有规定正好管：存款是手术赔偿，县里一事一议；后来同样情况的一家，看得到那一句话，看不到是谁。"""

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

import people
import walk
from doudi.casework import actions
from doudi.casework.models import Case, Consultation, Question
from web import staged
from web.browser import DESK, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
GIST = "存款是伤病赔偿、正在用来治病的，不按财产超限算。"


def picture():
    out = BytesIO()
    Image.new("RGB", (60, 40), (180, 200, 210)).save(out, "JPEG")
    return out.getvalue()


def test_no_rule_fits(open_browser, sources):
    li, granny, uncle = people.clerk_li(), people.granny_wang(), people.uncle_zhou()
    people.officer_zhao()
    for person in (granny, uncle):
        sources.row(person.pid, "deposit", balance_date=date(2026, 6, 20), balance=9_000_000)
    case = staged.accepted()
    walk.visited(case, staged.TODAY, li)
    deposit = Question.objects.get(case=case, kind="deposit")
    actions.judge(
        ref=case.ref, question=deposit.ref, choice="discuss", reason="是车祸赔偿，要做手术", by=li, at=staged.TODAY
    )  # fmt: skip

    zhao = open_browser(DESK)
    sign_in(zhao, "zhao")
    zhao.goto(f"/desk/cases/{case.ref}/consultation/")
    zhao.get_by_text("谁参加、怎么商量的、结果怎样").click()
    zhao.get_by_label("哪天会商的").fill("2026-08-25")
    for reason in ("照规定办，对这家明显不合情理", "看病花费特别大"):
        zhao.get_by_text(reason).click()
    zhao.get_by_label("要商量什么").fill("赔偿款算不算存款")
    zhao.get_by_label("情况是怎样的").fill("车祸赔偿九万，医院估手术要八万")
    for row, (name, vote) in enumerate((("赵建国", "同意"), ("林主任", "同意"), ("孙医生", "不同意"))):
        zhao.locator(f"#id_name{row}").fill(name)
        zhao.locator(f"#id_vote{row}").select_option(label=vote)
    zhao.locator("#id_said2").fill("手术费还没有定，再等等")
    zhao.get_by_role("group", name="会商的结果").get_by_text("建议给予救助").click()
    zhao.get_by_label("给以后同样情况看的一句话").fill(GIST)
    zhao.get_by_label("会商纪要").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    looked_at(zhao, "life-norule-form", targets=low_at_the_desk)
    follow(zhao.get_by_role("button", name="记好会商"))
    assert "手术费还没有定" in zhao.inner_text("main"), "who was against is kept"
    looked_at(zhao, "life-norule-kept", targets=low_at_the_desk)
    assert Consultation.objects.get().outcome == "help"

    actions.judge(
        ref=case.ref, question=deposit.ref, choice="data_right", reason="按会商，钱照记，意见另写", by=li, at=staged.TODAY
    )  # fmt: skip
    walk.settled(case, staged.TODAY, li)
    actions.propose(
        ref=case.ref, kind="help", reason="您家的存款是治病的钱。", amount_fen=60000, differs_reason="按县里一事一议", by=li,
        at=staged.TODAY,
    )  # fmt: skip
    case.refresh_from_db()
    assert case.state == "shown", "the consultation advised; the opinion and the decision stay acts of their own"

    later = walk.applied(uncle.pid, staged.TODAY + timedelta(minutes=5))
    actions.accept(
        ref=later.ref, by=people.clerk("ma", "马军", "township", people.TOWNSHIP), at=staged.TODAY + timedelta(minutes=6)
    )
    zhao.goto(f"/desk/cases/{later.ref}/")
    follow(zhao.get_by_role("link", name="同样情况怎么办的"))
    words = zhao.inner_text("main")
    assert GIST in words and "看病花费特别大" in words
    assert "王桂兰" not in words and "石磨村" not in words and case.receipt not in words
    looked_at(zhao, "life-norule-precedent", targets=low_at_the_desk)
    zhao.goto("/desk/deviations/")
    assert "100%" in zhao.inner_text("main")
    looked_at(zhao, "life-norule-deviations", targets=low_at_the_desk)
    assert Case.objects.count() == 2
