"""Officer Li is on leave: the clock does not stop, the stand-in finishes, a second person decides, what is late climbs."""

from datetime import timedelta

import pytest

import people
import walk
from doudi.casework import actions, jobs
from doudi.casework.models import Climb, RunningClock
from doudi.office.core import NotAllowed, Role
from doudi.office.models import DemoClock, JournalEntry, Leave
from web import staged
from web.browser import DESK, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def look(page, name):
    looked_at(page, name, targets=low_at_the_desk)


def days_pass(days, since=staged.TODAY):
    """The demo's clock moves on, and what was due is done; the moment it is then."""
    clock = DemoClock.objects.get(pk=1)
    DemoClock.objects.filter(pk=1).update(offset_seconds=clock.offset_seconds + days * 24 * 3600)
    at = since + timedelta(days=days)
    jobs.run_due(at)
    return at


def test_an_officer_on_leave(open_browser, sources):
    case = staged.submitted()
    li, qian = people.clerk_li(), walk.helper_qian()
    people.director_lin()
    actions.accept(ref=case.ref, by=li, at=staged.TODAY)
    whole = RunningClock.objects.get(case=case, kind="whole").due_on

    page = open_browser(DESK)
    sign_in(page, "li")
    follow(page.get_by_role("link", name="李敏"))
    page.get_by_label("休假").check()
    page.get_by_label("从哪天起").fill(f"{staged.TODAY:%Y-%m-%d}")
    follow(page.get_by_role("button", name="登记这几天不在"))  # three things are missing; what was written is still there
    assert page.title().startswith("有地方没填好") and page.get_by_label("从哪天起").input_value()
    page.get_by_label("到哪天止").fill(f"{staged.TODAY + timedelta(days=10):%Y-%m-%d}")
    page.get_by_label("谁代办").select_option("qian")
    page.get_by_label("全部工作").check()
    look(page, "desk-leave")
    follow(page.get_by_role("button", name="登记这几天不在"))
    assert page.get_by_text("钱芳代办").is_visible()
    assert Leave.objects.get().stand_in_id == qian.pk

    stand_in = open_browser(DESK)
    sign_in(stand_in, "qian")
    assert "代李敏" in stand_in.locator(".queue__who").first.inner_text()
    look(stand_in, "desk-today-standing-in")

    at = days_pass(1)  # the clock does not stop: the stand-in visits, settles, proposes; the journal says for whom
    walk.visited(case, at, people.clerk("sun2", "孙立", Role.TOWNSHIP, people.TOWNSHIP))
    walk.settled(case, at, qian)
    actions.propose(ref=case.ref, kind="help", reason="您家收入低于标准。", by=qian, at=at)
    line = JournalEntry.objects.filter(subject=case.ref, act="casework.propose").get()
    assert f'"for":"{li.ref}"' in line.detail and line.by == f"clerk:{qian.ref}"
    assert RunningClock.objects.get(case=case, kind="whole").due_on == whole

    shown = days_pass(9, at)
    late = days_pass(30, shown)  # the county lets it lie: it climbs, and a second person decides
    case.refresh_from_db()
    steps = set(Climb.objects.filter(clock__case=case).values_list("clock__kind", "step"))
    assert ("county", "county") in steps
    director = open_browser(DESK)
    sign_in(director, "lin")
    director.goto("/desk/late/")
    assert "报给了县里" in director.content() and "王*兰" in director.content()
    look(director, "desk-late")
    director.goto("/desk/staff/")
    look(director, "desk-staff")
    with pytest.raises(NotAllowed):
        actions.confirm(ref=case.ref, by=qian, at=late)
    actions.confirm(ref=case.ref, by=people.officer_zhao(), at=late)
    assert not RunningClock.objects.filter(case=case, done_at__isnull=True).exclude(kind="notice").exists()

    page.goto(f"/desk/cases/{case.ref}/clocks/")  # back at work: Li reads what happened to each clock
    assert "报给了负责人" in page.content() or "报给了县里" in page.content()
    look(page, "desk-case-clocks")
    wu = open_browser(DESK)
    people.keeper_wu()
    sign_in(wu, "wu")
    wu.goto("/desk/calendar/")
    look(wu, "desk-calendar")
