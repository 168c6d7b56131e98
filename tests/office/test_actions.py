"""Posts, areas, who looked, the demo clock, notices, sign-in codes."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.conf import settings

from doudi.office import actions, core, gateways, jobs, queries
from doudi.office.core import CouldNotSend, Message, NotAllowed, Party, Role, TooMany
from doudi.office.models import Area, DemoClock, Notice, SignInCode
from people import (
    COUNTY,
    HALL,
    NOON,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    VILLAGE,
    auditor_chen,
    clerk_li,
    granny_wang,
    keeper_wu,
    officer_zhao,
    places,
    worker_wang,
)

pytestmark = pytest.mark.django_db
GRANNY = "p" + "0" * 20
PHONE = "13912345678"


def acts(subject: str) -> list[str]:
    return [line.act for line in queries.journal_of(subject)]


# ---- posts --------------------------------------------------------------------------------------------------------------


def test_a_clerk_looks_from_a_post_they_hold_today() -> None:
    li = clerk_li()
    seen = queries.viewer(li, "case.read", NOON)
    assert seen is not None
    assert (seen.name, seen.role, seen.area, seen.area_label, seen.purpose) == (
        "李敏",
        Role.TOWNSHIP,
        TOWNSHIP,
        "柳塘镇",
        "case.read",
    )
    assert queries.within(seen) == TOWNSHIP


def test_a_post_counts_from_its_first_to_its_last_day_and_not_for_who_left() -> None:
    li = clerk_li()
    post = queries.posts(li, NOON)[0]
    actions.dismiss(post_id=post.id, on=date(2026, 7, 1), by=HALL, at=NOON)
    assert queries.viewer(li, "x", NOON) and queries.viewer(li, "x", NOON + timedelta(days=1)) is None
    assert queries.viewer(li, "x", NOON.replace(year=2025)) is None
    li.is_active = False
    assert queries.viewer(li, "x", NOON) is None


def test_a_clerk_with_two_posts_picks_one() -> None:
    zhao = officer_zhao()
    actions.appoint(clerk=zhao, role=Role.DIRECTOR, area=COUNTY, from_on=date(2026, 7, 1), by=HALL, at=NOON)
    first, second = queries.posts(zhao, NOON)
    assert queries.viewer(zhao, "x", NOON).role == first.role == Role.COUNTY  # type: ignore[union-attr]
    actions.pick_post(clerk=zhao, post_id=second.id, at=NOON)
    assert queries.viewer(zhao, "x", NOON).role == Role.DIRECTOR  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        actions.pick_post(clerk=zhao, post_id=queries.posts(clerk_li(), NOON)[0].id, at=NOON)
    assert acts(zhao.ref) == ["office.appoint", "office.pick_post"]


def test_roles_that_control_each_other_are_not_joined() -> None:
    li = clerk_li()
    with pytest.raises(NotAllowed, match="不能由同一个人担任"):
        actions.appoint(clerk=li, role=Role.COUNTY, area=COUNTY, from_on=date(2026, 7, 1), by=HALL, at=NOON)
    actions.dismiss(post_id=queries.posts(li, NOON)[0].id, on=date(2026, 6, 30), by=HALL, at=NOON)
    actions.appoint(clerk=li, role=Role.COUNTY, area=COUNTY, from_on=date(2026, 7, 1), by=HALL, at=NOON)


def test_need_lets_in_who_may_where_they_may() -> None:
    assert queries.need(clerk_li(), "case.accept", area=VILLAGE, at=NOON).role == Role.TOWNSHIP  # type: ignore[union-attr]
    assert queries.need(Party.system("nightly"), "case.accept", area=VILLAGE, at=NOON) is None
    for by, act, area in (
        (clerk_li(), "case.accept", OTHER_TOWNSHIP),
        (clerk_li(), "case.accept", ""),
        (clerk_li(), "case.decide", VILLAGE),
        (worker_wang(), "case.accept", VILLAGE),
        (auditor_chen(), "case.decide", VILLAGE),
        (Party.resident(GRANNY), "case.accept", VILLAGE),
    ):
        with pytest.raises(NotAllowed):
            queries.need(by, act, area=area, at=NOON)
    with pytest.raises(KeyError):
        queries.need(clerk_li(), "case.acept", area=VILLAGE, at=NOON)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.RESIDENT])
def test_every_act_of_the_table_as_every_role(role: Role) -> None:
    clerk = actions.hire(username="somebody", name="某人", password=None, by=HALL, at=NOON)
    at_one = "education" if role is Role.SERVICE else ""  # a department's helper is always at one
    actions.appoint(clerk=clerk, role=role, area=COUNTY, department=at_one, from_on=date(2026, 1, 1), by=HALL, at=NOON)
    for act in core.ACTS:
        if core.post_may(role, at_one, act):
            assert queries.need(clerk, act, area=VILLAGE, at=NOON)
        else:
            with pytest.raises(NotAllowed):
                queries.need(clerk, act, area=VILLAGE, at=NOON)


def test_only_who_looks_after_posts_hires_and_appoints_and_only_in_their_area() -> None:
    wu, li = keeper_wu(), clerk_li()
    actions.hire(username="a", name="甲", password=None, by=wu, at=NOON)
    post = actions.appoint(clerk=worker_wang(), role=Role.VILLAGE, area="990101001202", from_on=NOON.date(), by=wu, at=NOON)
    actions.dismiss(post_id=post.pk, on=NOON.date(), by=wu, at=NOON)
    actions.set_areas([], by=wu, at=NOON)
    for by in (li, officer_zhao(), auditor_chen(), Party.resident(GRANNY)):
        for act in (
            lambda by: actions.hire(username="b", name="乙", password=None, by=by, at=NOON),
            lambda by: actions.appoint(clerk=li, role=Role.VILLAGE, area=VILLAGE, from_on=NOON.date(), by=by, at=NOON),
            lambda by: actions.dismiss(post_id=post.pk, on=NOON.date(), by=by, at=NOON),
            lambda by: actions.set_areas([], by=by, at=NOON),
        ):
            with pytest.raises(NotAllowed):
                act(by)
    with pytest.raises(NotAllowed):
        actions.appoint(clerk=li, role=Role.VILLAGE, area="990102", from_on=NOON.date(), by=wu, at=NOON)


def test_a_clerk_signs_in_by_name_and_password() -> None:
    clerk = actions.hire(username="new", name="新来", password="doudi-demo-2026", by=HALL, at=NOON)
    assert clerk.check_password("doudi-demo-2026") and clerk_li().check_password("doudi-demo-2026")
    assert str(clerk) == "新来" and acts(clerk.ref) == ["office.hire"]


# ---- areas --------------------------------------------------------------------------------------------------------------


def test_the_division_is_taken_over_and_taken_over_again() -> None:
    rows = [
        {"code": "990101", "label": "禾安县", "kind": "county", "parent": "990100", "place_kind": None},
        {"code": "990101001", "label": "柳塘乡", "kind": "township", "parent": "990101", "place_kind": "rural"},
    ]
    assert actions.set_areas(rows, by=HALL, at=NOON) == 2
    rows[1]["label"] = "柳塘镇"
    actions.set_areas(rows, by=HALL, at=NOON)
    assert Area.objects.count() == 2 and queries.area_label("990101001") == "柳塘镇"
    assert [row.code for row in queries.areas(parent="990101")] == ["990101001"]
    assert queries.area_label("999999") == "999999"
    assert acts("areas") == ["office.set_areas"] * 2


# ---- who looked ---------------------------------------------------------------------------------------------------------


def test_a_look_is_one_line_people_can_read() -> None:
    seen = queries.viewer(clerk_li(), "case.read", NOON)
    assert seen is not None
    for minutes in (0, 5, 9):
        actions.look(subject=GRANNY, viewer=seen, at=NOON + timedelta(minutes=minutes), what="收入和财产")
    assert [(look.who, look.role, look.area, look.purpose, look.what) for look in queries.looks(GRANNY)] == [
        ("李敏", "乡镇（街道）经办人", "柳塘镇", "查看案卷", "收入和财产")
    ]
    actions.look(subject=GRANNY, viewer=seen, at=NOON + timedelta(minutes=10), what="收入和财产")  # ten minutes on
    actions.look(subject=GRANNY, viewer=seen, at=NOON, what="家庭成员")  # something else
    actions.look(subject=GRANNY, viewer=seen, at=NOON, what="收入和财产", why="复核抽查")  # for something else
    actions.look(subject="p" + "1" * 20, viewer=seen, at=NOON, what="收入和财产")  # somebody else
    assert len(queries.looks(GRANNY)) == 4 and len(queries.looks(GRANNY, limit=2)) == 2
    assert {look.purpose for look in queries.looks(GRANNY)} == {"查看案卷", "复核抽查"}


def test_the_journal_never_names_anybody() -> None:
    seen = queries.viewer(clerk_li(), "case.read", NOON)
    assert seen is not None
    actions.look(subject=GRANNY, viewer=seen, at=NOON, what="收入和财产")
    line = queries.journal_of(GRANNY)[0]
    assert "李敏" not in json.dumps(line.detail, ensure_ascii=False) and "li" not in line.by.split(":")


# ---- the demo clock -----------------------------------------------------------------------------------------------------


def test_time_goes_forward_only() -> None:
    begin = NOON.replace(hour=9)
    actions.move_clock(by=HALL, at=queries.now(), to=begin)  # the first move sets the demo's first day
    assert abs(queries.now() - begin) < timedelta(seconds=5)
    actions.move_clock(by=HALL, at=queries.now(), days=7)
    assert abs(queries.now() - begin - timedelta(days=7)) < timedelta(seconds=5)
    with pytest.raises(NotAllowed, match="不能往回走"):
        actions.move_clock(by=HALL, at=queries.now(), days=-1)
    with pytest.raises(NotAllowed, match="不能往回走"):
        actions.move_clock(by=HALL, at=queries.now(), to=begin)
    assert acts("clock") == ["office.move_clock"] * 2


def test_outside_a_demo_time_cannot_be_moved_and_no_offset_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    DemoClock.objects.create(offset_seconds=10**6)
    moved = queries.now()
    monkeypatch.setattr(settings, "DEMO", False)
    assert moved - queries.now() > timedelta(days=11)
    with pytest.raises(NotAllowed):
        actions.move_clock(by=HALL, at=NOON, days=1)
    with pytest.raises(NotAllowed):
        queries.outbox()


# ---- notices ------------------------------------------------------------------------------------------------------------


def test_a_notice_waits_is_sent_once_and_noted() -> None:
    notice = actions.notify(body="您的申请收到了。", subject="c1", by=HALL, at=NOON, phone=PHONE, pid=GRANNY)
    assert [row.body for row in queries.outbox(pid=GRANNY)] == ["您的申请收到了。"]
    assert jobs.send_notices() == {"sent": 1, "failed": 0}
    assert jobs.send_notices() == {"sent": 0, "failed": 0}
    written = json.loads((settings.HOME.root / "outbox" / f"{notice.ref}.json").read_text())
    assert (written["phone"], written["body"]) == (PHONE, "您的申请收到了。")
    actions.mark_sent(ref=notice.ref, by=HALL, at=NOON)  # a second time changes nothing
    assert acts("c1") == ["office.notify", "office.mark_sent"]


def test_a_failed_notice_is_tried_five_times_and_then_waits_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(message: Message) -> None:
        raise CouldNotSend("the line is dead")

    monkeypatch.setattr(gateways, "send", broken)
    actions.notify(body="好", subject="c1", by=HALL, at=NOON, phone=PHONE)
    for _ in range(7):
        jobs.send_notices()
    notice = Notice.objects.get()
    assert (notice.tries, notice.problem, notice.sent_at) == (5, "the line is dead", None)


def test_without_a_way_out_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOTICES", "")
    actions.notify(body="好", subject="c1", by=HALL, at=NOON, phone=PHONE)
    assert jobs.send_notices() == {"sent": 0, "failed": 1}
    assert "DOUDI_NOTICES" in Notice.objects.get().problem


def test_a_text_message_fits_one_message_and_goes_to_somebody() -> None:
    actions.notify(body="字" * 70, subject="c1", by=HALL, at=NOON, phone=PHONE)
    with pytest.raises(ValueError, match="71"):
        actions.notify(body="字" * 71, subject="c1", by=HALL, at=NOON, phone=PHONE)
    actions.notify(body="字" * 300, subject="c1", by=HALL, at=NOON, phone=PHONE, channel="letter")
    with pytest.raises(ValueError, match="phone or a person"):
        actions.notify(body="字", subject="c1", by=HALL, at=NOON)


# ---- sign-in codes ------------------------------------------------------------------------------------------------------


def send(at: object = NOON, pid: str = GRANNY, phone: str = PHONE) -> str:
    actions.send_code(pid=pid, phone=phone, at=at)  # type: ignore[arg-type]
    found = re.search(r"\d{6}", queries.outbox(pid=pid)[0].body)
    assert found
    return found.group()


def test_a_code_lets_in_once() -> None:
    code = send()
    assert actions.check_code(pid=GRANNY, code=f" {code} ", at=NOON + timedelta(minutes=10))
    assert not actions.check_code(pid=GRANNY, code=code, at=NOON)
    assert code not in SignInCode.objects.get().code


def test_a_code_of_somebody_else_too_old_or_replaced_lets_nobody_in() -> None:
    first = send()
    assert not actions.check_code(pid="p" + "1" * 20, code=first, at=NOON)
    assert not actions.check_code(pid=GRANNY, code=first, at=NOON + timedelta(minutes=10, seconds=1))
    second = send()
    assert first == second or not actions.check_code(pid=GRANNY, code=first, at=NOON)
    assert actions.check_code(pid=GRANNY, code=second, at=NOON)


def test_five_wrong_tries_void_a_code() -> None:
    code = send()
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        assert not actions.check_code(pid=GRANNY, code=wrong, at=NOON)
    assert not actions.check_code(pid=GRANNY, code=code, at=NOON)
    assert acts(GRANNY).count("office.check_code") == 6


def test_codes_are_not_sent_without_end_to_a_person_or_to_a_phone() -> None:
    for _ in range(3):
        send()
    with pytest.raises(TooMany, match="十分钟"):
        send()
    with pytest.raises(TooMany):
        send(pid="p" + "1" * 20)  # another person, the same phone
    with pytest.raises(TooMany):
        send(phone="13800000000")  # another phone, the same person
    later = NOON
    for _ in range(7):
        later += timedelta(minutes=11)
        send(at=later)
    with pytest.raises(TooMany, match="今天"):
        send(at=later + timedelta(minutes=11))
    send(at=later + timedelta(days=2))


def test_a_code_goes_out_as_soon_as_it_is_kept(django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        actions.send_code(pid=GRANNY, phone=PHONE, at=NOON)
    assert Notice.objects.get().sent_at == NOON
    assert acts(GRANNY) == ["office.notify", "office.send_code", "office.mark_sent"]


def test_the_cast_is_there() -> None:
    places()
    granny = granny_wang()
    assert granny == granny_wang() and granny.citizen_no.startswith("990101") and len(granny.pid) == 21
