"""Help that ends soon, or is missed after it ended, is asked for anew with one press: on the phone and at the desk, prefilled."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

import people
import walk
from doudi.casework import actions, jobs, queries
from doudi.casework.core import AlreadyDone
from doudi.casework.core.causes import Asked
from doudi.casework.models import Benefit, Case, Draft, FollowUp
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.office.models import DemoClock, JournalEntry
from web import staged
from web.browser import PHONE, looked_at
from web.phone_login import carry_on
from web.phone_login import signed_in as at_the_phone

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 8, 20, 12, 0, tzinfo=people.HERE)  # the recognition of a year before ends in September


@pytest.fixture(autouse=True)
def stage(monkeypatch):
    found = staged.set_the_stage(monkeypatch)
    DemoClock.objects.update(offset_seconds=int((NOW - timezone.now()).total_seconds()))
    return found


def recognised(at: datetime = staged.TODAY) -> Benefit:
    """Granny Wang's household spends more than it can on illness: recognised for twelve months."""
    case, li = walk.applied(people.granny_wang().pid, at, programme="rigid_expenditure"), people.clerk_li()
    actions.accept(ref=case.ref, by=li, at=at)
    walk.visited(case, at, li)
    walk.settled(case, at, li)
    for name, value in (("hh_income_year", 6000000), ("hh_rigid_outlay_year", 3500000)):
        actions.settle_fact(ref=case.ref, name=name, value=value, reason="看了收据", by=li, at=at)
    actions.propose(ref=case.ref, kind="help", reason="看病花的太多。", by=li, at=at)
    over = at + timedelta(days=8)
    jobs.run_due(over)
    actions.confirm(ref=case.ref, by=people.officer_zhao(), at=over)
    return Benefit.objects.get(case=case)


def fallen_back(way: str = "call") -> Benefit:
    """Her help ended because she wished it; asked three months later she says it has become hard again."""
    held = Benefit.objects.get(case=staged.confirmed(staged.TODAY - timedelta(days=200)))
    at = staged.TODAY - timedelta(days=150)
    asked = Asked(kind="end", cause="own_wish", reason="不想领了")
    kept = actions.propose_adjustment(benefit=held.ref, asked=asked, by=people.clerk_li(), at=at)
    actions.record_hearing(
        ref=kept.ref, outcome="heard", on=at.date(), views="好", signed_by="王桂兰", by=people.clerk_li(), at=at
    )
    actions.decide_adjustment(ref=kept.ref, by=people.officer_zhao(), at=at)
    row = FollowUp.objects.earliest("due_on")
    actions.follow_up(ref=row.ref, outcome="fallen_back", way=way, note="又住院了", by=people.worker_wang(), at=NOW)
    held.refresh_from_db()
    return held


def handed_in(draft: Draft, at: datetime = NOW) -> Case:
    """The rest of the questions answered, and handed in."""
    common = {"ref": draft.ref, "by": people.clerk_li(), "at": at}
    actions.save_hardships(kinds=draft.content["hardships"], **common)
    together = {one["pid"]: True for one in draft.content["members"] if not one["is_applicant"]}
    actions.save_members(together=together, others=[], **common)
    actions.save_incomes(said={}, others=[], **common)
    actions.save_account(way="same", **common)
    return actions.submit(consent=True, consent_channel="paper", **common)


def lines_of(draft: Draft) -> list[dict]:
    return [json.loads(one.detail) for one in JournalEntry.objects.filter(act="casework.renew", subject=draft.ref)]


def test_who_receives_it_asks_anew_with_one_press_on_the_phone(client):
    held = recognised()
    at_the_phone(client, held.payee)
    words = client.get("/my/help/").content.decode()
    assert f"/my/help/{held.ref}/renew/" in words and "想接着要，再申请" in words
    answer = client.post(f"/my/help/{held.ref}/renew/")
    draft = Draft.objects.get(case__isnull=True)
    assert answer.url == f"/apply/{draft.ref}/hardship/"
    assert (draft.goes_on_id, draft.programme, draft.channel) == (held.pk, "rigid_expenditure", "phone")
    assert draft.content["hardships"] == held.case.hardships == ["illness"] and draft.content["done"] == []
    assert draft.content["known_account"]["number"] == "6230520000000008830"  # the card she has is known
    assert client.get(answer.url).content.decode().count("checked") == 1
    assert lines_of(draft) == [{"benefit": held.ref, "why": "ends", "channel": "phone"}]
    assert client.post(f"/my/help/{held.ref}/renew/").url == answer.url
    assert len(lines_of(draft)) == 1 and Draft.objects.filter(case__isnull=True).count() == 1


def test_it_is_offered_only_so_long_before_the_end_as_the_place_says(client):
    held, granny = recognised(), people.granny_wang()
    at_the_phone(client, held.payee)
    ends = held.to_month
    for to_month, offered in ((date(2027, 10, 1), True), (date(2027, 11, 1), False), (date(2027, 7, 1), False)):
        Benefit.objects.filter(pk=held.pk).update(to_month=to_month)
        assert ("想接着要" in client.get("/my/help/").content.decode()) is offered, to_month
        answer = client.post(f"/my/help/{held.ref}/renew/")
        assert answer.status_code == (302 if offered else 404)
        Draft.objects.filter(case__isnull=True).delete()
    Benefit.objects.filter(pk=held.pk).update(to_month=ends, ended_why="own_wish")
    with pytest.raises(NotAllowed):
        actions.renew(benefit=held.ref, by=Party.resident(granny.pid), at=NOW)


def test_nobody_else_of_the_family_and_no_stranger_asks_for_it(client):
    held = recognised()
    for who in (people.grandson_wang(), people.uncle_zhou()):
        at_the_phone(client, who.pid)
        assert "想接着要" not in client.get("/my/help/").content.decode()
        assert client.post(f"/my/help/{held.ref}/renew/").status_code == 404
    with pytest.raises(NotAllowed):
        actions.renew(benefit=held.ref, by=people.clerk_sun(), at=NOW)
    with pytest.raises(NotAllowed):
        actions.renew(benefit=held.ref, by=people.auditor_chen(), at=NOW)
    assert not Draft.objects.filter(case__isnull=True).exists()


def test_a_clerk_begins_it_at_the_benefit_and_a_colleague_goes_on_with_it(client):
    held = recognised()
    staged.signed_in(client, people.clerk_li())
    assert "替他开始申请" in client.get(f"/desk/benefits/{held.ref}/").content.decode()
    answer = client.post(f"/desk/benefits/{held.ref}/renew/")
    draft = Draft.objects.get(case__isnull=True)
    assert answer.url == f"/desk/register/{draft.ref}/" and draft.channel == "window"
    window = client.get(answer.url).content.decode()
    assert "上次说的先选上了" in window and window.count("checked") == 1
    staged.signed_in(client, walk.helper_qian())
    assert "接着填那一份" in client.get(f"/desk/benefits/{held.ref}/").content.decode()
    assert client.post(f"/desk/benefits/{held.ref}/renew/").url == answer.url
    case = handed_in(draft)
    assert case.programme == "rigid_expenditure" and case.channel == "window"
    page = client.get(f"/desk/benefits/{held.ref}/").content.decode()
    assert f"/desk/cases/{case.ref}/" in page and "替他开始申请" not in page
    with pytest.raises(AlreadyDone):
        actions.renew(benefit=held.ref, by=people.clerk_li(), at=NOW, channel="window")


@pytest.mark.parametrize(("way", "channel"), [("call", "hotline"), ("visit", "visit")])
def test_who_fell_back_is_asked_for_through_the_door_they_said_it_at(client, way, channel):
    held = fallen_back(way)
    staged.signed_in(client, people.clerk_li())
    assert "家里说又难起来了" in client.get(f"/desk/benefits/{held.ref}/").content.decode()
    client.post(f"/desk/benefits/{held.ref}/renew/")
    draft = Draft.objects.get(case__isnull=True)
    assert (draft.channel, draft.programme, draft.goes_on_id) == (channel, held.programme, held.pk)
    assert lines_of(draft) == [{"benefit": held.ref, "why": "fallen_back", "channel": channel}]
    with pytest.raises(NotAllowed):  # what was said was said to a clerk; on the phone one applies as always
        actions.renew(benefit=held.ref, by=Party.resident(held.payee), at=NOW)


def test_who_falls_back_once_more_may_ask_once_more():
    held = fallen_back()
    first = actions.renew(benefit=held.ref, by=people.clerk_li(), at=NOW)
    case = handed_in(first)
    actions.withdraw(ref=case.ref, reason="好些了", by=people.clerk_li(), at=NOW)
    with pytest.raises(AlreadyDone):
        actions.renew(benefit=held.ref, by=people.clerk_li(), at=NOW)
    later = FollowUp.objects.exclude(outcome="fallen_back").earliest("due_on")
    at = NOW + timedelta(days=1)
    actions.follow_up(ref=later.ref, outcome="fallen_back", way="visit", note="还是难", by=people.worker_wang(), at=at)
    second = actions.renew(benefit=held.ref, by=people.clerk_li(), at=at)
    assert second.pk != first.pk and second.channel == "visit"


def test_who_is_well_is_offered_nothing(client):
    held = Benefit.objects.get(case=staged.confirmed())
    words = staged.signed_in(client, people.clerk_li()).get(f"/desk/benefits/{held.ref}/").content.decode()
    assert "再申请" not in words and "替他开始申请" not in words
    answer = client.post(f"/desk/benefits/{held.ref}/renew/")
    assert answer.status_code == 422 and "还没快到期" in answer.content.decode()


def test_the_list_of_what_ends_soon_asks_the_place_how_soon():
    recognised()
    looks = office.viewer(people.clerk_li(), "benefit.list", NOW)
    assert queries.benefit_counts(looks, at=NOW)["expiring"] == 1
    assert queries.benefit_counts(looks, at=NOW - timedelta(days=60))["expiring"] == 0


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_in_a_browser(open_browser, client, live_server):
    held = recognised()
    page = open_browser(PHONE)
    carry_on(page, at_the_phone(client, held.payee), live_server)
    page.goto("/my/help/")
    looked_at(page, "renew-phone")
    page.get_by_role("button", name="想接着要，再申请").click()
    page.wait_for_url("**/hardship/")
    desk = open_browser(PHONE)
    people.clerk_li()
    desk.goto("/desk/login/")
    desk.fill("[name=username]", "li")
    desk.fill("[name=password]", "doudi-demo-2026")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/desk/")
    desk.goto(f"/desk/benefits/{held.ref}/")
    looked_at(desk, "renew-desk", fingers=())
    desk.get_by_role("button", name="替他开始申请").click()
    desk.wait_for_url("**/desk/register/**")
    looked_at(desk, "renew-window", fingers=())
