"""经办人的姐姐来申请：单独登记，经办人回避，县里自己入户看过，由另一位同志定；审计看得到整个过程（事实表第 20 例）。"""

from datetime import timedelta

import pytest

import people
import walk
from doudi.casework import actions, jobs
from doudi.office.core import NotAllowed, Role
from doudi.office.models import DemoClock
from web import staged
from web.browser import DESK, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_an_officials_sister(open_browser, sources):
    case, li, qian = staged.submitted(), people.clerk_li(), walk.helper_qian()
    zhao, han = people.officer_zhao(), people.clerk("han", "韩冰", Role.COUNTY, people.COUNTY)
    worker = people.worker_wang()
    people.auditor_chen()

    actions.accept(ref=case.ref, near_kin_clerk="li", kin_relation="sibling", by=qian, at=staged.TODAY)
    with pytest.raises(NotAllowed, match="回避"):
        actions.propose(ref=case.ref, kind="help", reason="是我姐", by=li, at=staged.TODAY)
    visit = actions.survey(
        ref=case.ref, on=staged.TODAY.date(), second=worker.username, signed_by="王桂兰", answers={}, needs=walk.NEEDS,
        by=qian, at=staged.TODAY,
    )  # fmt: skip
    walk.form_signed(case, visit.ref, staged.TODAY, qian)
    walk.settled(case, staged.TODAY, qian)
    actions.propose(ref=case.ref, kind="help", reason="您家收入低于标准。", by=qian, at=staged.TODAY)
    clock = DemoClock.objects.get(pk=1)
    DemoClock.objects.filter(pk=1).update(offset_seconds=clock.offset_seconds + 8 * 24 * 3600)
    over = staged.TODAY + timedelta(days=8)
    jobs.run_due(over)

    county = open_browser(DESK)
    sign_in(county, "zhao")
    county.goto(f"/desk/cases/{case.ref}/")
    assert "县里要先自己入户看一次" in county.inner_text("main")
    looked_at(county, "life-cousin-not-yet", targets=low_at_the_desk)
    actions.survey(
        ref=case.ref, on=over.date(), second=zhao.username, signed_by="王桂兰", answers={}, needs=walk.NEEDS, by=han, at=over
    )
    county.reload()
    county.get_by_role("group", name="县里怎么定").get_by_text("确认", exact=True).click()
    follow(county.get_by_role("button", name="按上面选的定下来"))
    assert "定下来了" in county.inner_text("main")

    auditor = open_browser(DESK)
    sign_in(auditor, "chen")
    auditor.goto("/desk/near-kin/")
    words = auditor.inner_text("main")
    assert "李敏" in words and "兄弟姐妹" in words and "看过了" in words and "赵建国" in words and "王桂兰" not in words
    looked_at(auditor, "life-cousin-register", targets=low_at_the_desk)
