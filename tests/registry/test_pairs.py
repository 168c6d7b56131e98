"""Deciding about records: nobody's history is lost, everything can be undone, and the second of two is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from casework.test_many import in_threads
from doudi.engine.linkage import Settled
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role, Viewer
from doudi.office.models import JournalEntry
from doudi.registry import actions, queries
from doudi.registry.core import Purpose, RegisterHousehold, RegisterMember, RegisterPerson
from doudi.registry.core import pairs as core
from doudi.registry.core.pairs import Doubt
from doudi.registry.gateways import doubts, register
from doudi.registry.models import NumberReason, Person, Settlement
from people import (
    CITY,
    COUNTY,
    HALL,
    NOON,
    OTHER_COUNTY,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    clerk,
    clerk_li,
    clerk_sun,
    granny_wang,
    keeper_wu,
    number_of,
    officer_zhao,
    places,
)

pytestmark = pytest.mark.django_db
ROW, OTHER_ROW = "a1" * 12, "b2" * 12
TWIN = "x" + "7" * 20  # granny as a hospital wrote her, without a number
LATER = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def granny(monkeypatch: pytest.MonkeyPatch) -> Person:
    """Granny Wang, in the database; and a record without a number that is her too, in the register only."""
    places()
    found = granny_wang()
    twin = RegisterPerson(TWIN, "王桂蘭", "", "2", found.born_on, VILLAGE)
    away = RegisterPerson("x" + "8" * 20, "王桂兰", "", "2", found.born_on, f"{OTHER_TOWNSHIP}201")
    known = {one.pid: one for one in (twin, away)}
    homes = {TWIN: RegisterHousehold("h" + "7" * 20, VILLAGE, (RegisterMember(twin, "self"),))}
    monkeypatch.setattr(register, "person", known.get)
    monkeypatch.setattr(register, "household_of", homes.get)
    monkeypatch.setattr(register, "everything", lambda pid: [])
    monkeypatch.setattr(register, "facts", lambda subject: {})
    monkeypatch.setattr(register, "by_number", lambda number: None)
    monkeypatch.setattr(doubts, "delivered", lambda batch, row_no: None)
    return found


def doubt(granny: Person, *, left: str = ROW, kind: str = "row", probability: float = 0.8, area: str = VILLAGE) -> Doubt:
    why = (("name", "sound"), ("birth", "lunar"))
    return Doubt(kind, left, granny.pid, "medical_cost", "", 3, 12, 9.5, probability, why, area, "")


def mirrored(*told: Doubt, cycle: str = "c1") -> dict[str, int]:
    return actions.mirror_pairs(told, cycle=cycle, on=date(2026, 6, 30), by=HALL, at=NOON)


def lines() -> list[str]:
    return list(JournalEntry.objects.order_by("seq").values_list("act", flat=True))


def seen_by(who: object, purpose: str = "x") -> Viewer:
    found = office.viewer(who, purpose, NOON)  # type: ignore[arg-type]
    assert found
    return found


# ---- the queue ----------------------------------------------------------------------------------------------------------


def test_a_second_cycle_changes_nothing_and_a_decision_stands(granny: Person) -> None:
    one, other = doubt(granny), doubt(granny, left=OTHER_ROW)
    assert mirrored(one, other) == {"new": 2, "kept": 0, "returned": 0, "gone": 0}
    before = len(lines())
    assert mirrored(one, other) == {"new": 0, "kept": 2, "returned": 0, "gone": 0}
    assert len(lines()) == before
    actions.settle_pair(ref=one.ref, verdict="same", by=clerk_li(), at=NOON)
    assert mirrored(other, cycle="c2") == {"new": 0, "kept": 1, "returned": 0, "gone": 0}
    assert queries.pair(one.ref, seen_by(clerk_li())).decision is not None
    assert mirrored(cycle="c3") == {"new": 0, "kept": 0, "returned": 0, "gone": 1}
    assert queries.queue(seen_by(clerk_li())).rows == ()
    assert mirrored(other, cycle="c4") == {"new": 0, "kept": 0, "returned": 1, "gone": 0}
    assert [row.ref for row in queries.queue(seen_by(clerk_li())).rows] == [other.ref]


def test_two_people_are_one_pair_whichever_comes_first() -> None:
    assert core.pair_ref("same", "p1", "x2") == core.pair_ref("same", "x2", "p1")
    assert core.pair_ref("row", "p1", "x2") != core.pair_ref("row", "x2", "p1")


def test_what_is_put_aside_stays_with_its_note(granny: Person) -> None:
    one = doubt(granny)
    mirrored(one)
    with pytest.raises(NotAllowed, match="去问谁"):
        actions.ask_about_pair(ref=one.ref, note=" ", by=clerk_li(), at=NOON)
    actions.ask_about_pair(ref=one.ref, note="问石磨村王秀英", by=clerk_li(), at=NOON)
    actions.ask_about_pair(ref=one.ref, note="问石磨村王秀英", by=clerk_li(), at=LATER)
    assert lines().count("registry.ask_about_pair") == 1
    viewer = seen_by(clerk_li())
    assert queries.queue(viewer).rows == () and [row.ref for row in queries.queue(viewer, state="asked").rows] == [one.ref]
    mirrored(one, cycle="c2")
    assert queries.pair(one.ref, viewer).asked_note == "问石磨村王秀英"


def test_the_queue_is_walked_page_by_page_and_from_one_to_the_next(granny: Person) -> None:
    told = [doubt(granny, left=f"{number:024x}") for number in range(7)]
    mirrored(*told)
    viewer, seen, after = seen_by(clerk_li()), [], ""
    while True:
        page = queries.queue(viewer, after=after, size=3)
        seen += [row.ref for row in page.rows]
        if not (after := page.next):
            break
    assert seen == sorted(one.ref for one in told)
    walk = [seen[0]]
    while (following := queries.after_pair(walk[-1], viewer)) != seen[0]:
        walk.append(following)
    assert walk == seen
    assert queries.queue(viewer, kind="same").rows == () and queries.queue(viewer, village=OTHER_VILLAGE).rows == ()


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_of_the_queue_costs_the_same_however_long(granny: Person, count: int, django_assert_num_queries: Callable) -> None:
    mirrored(*(doubt(granny, left=f"{number:024x}") for number in range(count)))
    viewer = seen_by(clerk_li())
    with django_assert_num_queries(4):
        assert len(queries.queue(viewer).rows) == count


# ---- deciding -----------------------------------------------------------------------------------------------------------


def test_a_row_is_somebodys_and_the_next_cycle_is_told(granny: Person) -> None:
    one = doubt(granny)
    mirrored(one)
    made = actions.settle_pair(ref=one.ref, verdict="same", by=clerk_li(), at=NOON)
    again = actions.settle_pair(ref=one.ref, verdict="same", by=clerk_li(), at=LATER)
    assert made == again and lines().count("registry.settle_pair") == 1
    assert queries.settled() == [Settled("row", ROW, granny.pid, "same")]
    assert queries.settled(NOON - timedelta(seconds=1)) == []


def test_otherwise_than_the_machine_needs_a_reason(granny: Person) -> None:
    sure, unsure = doubt(granny), doubt(granny, left=OTHER_ROW, probability=0.2)
    mirrored(sure, unsure)
    with pytest.raises(NotAllowed, match="不一样"):
        actions.settle_pair(ref=sure.ref, verdict="apart", by=clerk_li(), at=NOON)
    with pytest.raises(NotAllowed, match="不一样"):
        actions.settle_pair(ref=unsure.ref, verdict="same", by=clerk_li(), at=NOON)
    actions.settle_pair(ref=unsure.ref, verdict="apart", by=clerk_li(), at=NOON)
    actions.settle_pair(ref=sure.ref, verdict="apart", reason="村里说是她堂姐", by=clerk_li(), at=NOON)
    assert {one.verdict for one in queries.settled()} == {"apart"}


def test_the_second_of_two_is_told_who_was_quicker(granny: Person) -> None:
    one = doubt(granny)
    mirrored(one)
    actions.settle_pair(ref=one.ref, verdict="same", by=clerk_li(), at=NOON)
    for verdict in ("same", "apart"):
        with pytest.raises(actions.AlreadySettled, match="李敏 7 月 1 日已经判断过：是他的"):
            actions.settle_pair(ref=one.ref, verdict=verdict, reason="x", by=officer_zhao(), at=LATER)
    assert Settlement.objects.count() == 1


def test_a_row_is_one_persons(granny: Person) -> None:
    other = Person.objects.exclude(pid=granny.pid).first()
    assert other
    first, second = doubt(granny), doubt(other)
    mirrored(first, second)
    made = actions.settle_pair(ref=first.ref, verdict="same", by=clerk_li(), at=NOON)
    with pytest.raises(actions.AlreadySettled):
        actions.settle_pair(ref=second.ref, verdict="same", by=clerk_li(), at=NOON)
    actions.undo_settlement(ref=made.ref, why="看错了", by=clerk_li(), at=LATER)
    actions.settle_pair(ref=second.ref, verdict="same", by=clerk_li(), at=LATER)
    assert queries.settled() == [Settled("row", ROW, other.pid, "same")]


# ---- two records, one person ----------------------------------------------------------------------------------------------


def joined(granny: Person) -> Settlement:
    return actions.merge_persons(goes=TWIN, stays=granny.pid, reason="同一个人，医院写的繁体", by=clerk_li(), at=NOON)


def test_every_look_up_by_the_old_id_leads_to_the_one_that_stands(granny: Person) -> None:
    mine = actions.consent(pid=granny.pid, purpose=Purpose.VERIFICATION, sources=["pension"], channel="paper", by=HALL, at=NOON)
    joined(granny)
    viewer = seen_by(clerk_li())
    assert queries.person(TWIN, viewer).pid == granny.pid == queries.me(TWIN).pid == queries.standing(TWIN)
    assert queries.person_page(TWIN, viewer).person.name == "王桂兰"
    assert [one.ref for one in queries.consents(TWIN)] == [mine.ref]
    assert queries.consented([TWIN], Purpose.VERIFICATION, LATER) == {TWIN}
    assert queries.pids_of(granny.pid) == (granny.pid, TWIN) == queries.pids_of(TWIN)
    assert queries.my_household(TWIN).hid == queries.my_household(granny.pid).hid
    assert queries.settled() == [Settled("person", TWIN, granny.pid, "same")]


def test_what_was_kept_under_the_old_id_stays_and_is_seen_and_can_be_taken_back_by_the_person(granny: Person) -> None:
    actions.bring_in(subject=TWIN, by=HALL, at=NOON)
    given = actions.consent(pid=TWIN, purpose=Purpose.APPLICATION, sources=[], channel="paper", by=HALL, at=NOON)
    joined(granny)
    assert [one.ref for one in queries.consents(granny.pid)] == [given.ref]
    assert Person.objects.get(pid=TWIN).name == "王桂蘭"
    actions.withdraw(ref=given.ref, by=Party.resident(granny.pid), at=LATER)


def test_undone_everything_is_as_it_was_and_both_acts_stay_on_record(granny: Person) -> None:
    made = joined(granny)
    with pytest.raises(NotAllowed, match="为什么撤销"):
        actions.undo_settlement(ref=made.ref, why="", by=clerk_li(), at=LATER)
    actions.undo_settlement(ref=made.ref, why="其实是她妹妹", by=clerk_li(), at=LATER)
    actions.undo_settlement(ref=made.ref, why="其实是她妹妹", by=clerk_li(), at=LATER)
    with pytest.raises(actions.AlreadySettled, match="李敏"):
        actions.undo_settlement(ref=made.ref, why="我也觉得", by=officer_zhao(), at=LATER)
    assert queries.standing(TWIN) == TWIN and queries.settled() == []
    assert queries.me(TWIN).name == "王桂蘭"
    assert queries.settled(NOON) == [Settled("person", TWIN, granny.pid, "same")]  # what was known then
    (row,) = queries.decisions_about(granny.pid, seen_by(clerk_li()))
    assert (row.by, row.undone_by, row.undone_why) == ("李敏", "李敏", "其实是她妹妹")
    assert lines()[-2:] == ["registry.merge_persons", "registry.undo_settlement"]


def test_who_has_a_number_stays(granny: Person) -> None:
    with pytest.raises(NotAllowed, match="身份证号"):
        actions.merge_persons(goes=granny.pid, stays=TWIN, reason="x", by=clerk_li(), at=NOON)
    pair = Doubt("same", granny.pid, TWIN, "", "", None, None, 9.0, 0.9, (), VILLAGE, VILLAGE)
    mirrored(pair)
    made = actions.settle_pair(ref=pair.ref, verdict="same", by=clerk_li(), at=NOON)
    assert (made.left, made.right) == (TWIN, granny.pid)


def test_what_was_said_before_must_be_taken_back_first(granny: Person) -> None:
    pair = Doubt("same", TWIN, granny.pid, "", "", None, None, -9.0, 0.1, (), VILLAGE, VILLAGE)
    mirrored(pair)
    said = actions.settle_pair(ref=pair.ref, verdict="apart", by=officer_zhao(), at=NOON)
    with pytest.raises(actions.AlreadySettled, match="赵建国"):
        joined(granny)
    actions.undo_settlement(ref=said.ref, why="找到旧病历了", by=officer_zhao(), at=LATER)
    joined(granny)


def test_rows_said_to_be_a_joined_records_are_the_standing_ones(granny: Person) -> None:
    twin = doubt(granny).__class__("row", ROW, TWIN, "medical_cost", "", 3, 12, 9.5, 0.8, (), VILLAGE, "")
    not_hers = doubt(granny, probability=0.3)
    mirrored(twin, not_hers)
    actions.settle_pair(ref=not_hers.ref, verdict="apart", by=clerk_li(), at=NOON)
    actions.settle_pair(ref=twin.ref, verdict="same", by=clerk_li(), at=NOON)
    joined(granny)
    assert queries.settled() == [Settled("person", TWIN, granny.pid, "same"), Settled("row", ROW, granny.pid, "same")]


def test_rows_that_are_somebody_elses_are_taken_out_in_one_act(granny: Person) -> None:
    rows = {ROW: "medical_cost", OTHER_ROW: "insurance"}
    with pytest.raises(NotAllowed, match="哪几行"):
        actions.split_person(pid=granny.pid, rows={}, reason="x", by=clerk_li(), at=NOON)
    made = actions.split_person(pid=granny.pid, rows=rows, to=TWIN, reason="是她妹妹的", by=clerk_li(), at=NOON)
    again = actions.split_person(pid=granny.pid, rows=rows, to=TWIN, reason="是她妹妹的", by=clerk_li(), at=LATER)
    assert made.ref == again.ref and lines().count("registry.split_person") == 1
    assert queries.settled() == sorted(
        Settled("row", row, pid, verdict) for row in rows for pid, verdict in ((granny.pid, "apart"), (TWIN, "same"))
    )
    (row,) = queries.decisions_about(granny.pid, seen_by(clerk_li()))
    assert row.rows == 4
    actions.undo_settlement(ref=made.ref, why="弄反了", by=clerk_li(), at=LATER)
    assert queries.settled() == []


def test_lookalikes_found_to_be_one_are_lookalikes_no_more(granny: Person) -> None:
    second = Person.objects.create(
        pid="p" + "9" * 20, name=granny.name, masked_name="王*兰", citizen_no="", short_blind=granny.short_blind,
        born_on=granny.born_on, area=VILLAGE, kept_at=NOON, kept_by="system:hall",
    )  # fmt: skip
    assert queries.lookalikes({granny.pid}) == {granny.pid: 1}
    actions.merge_persons(goes=second.pid, stays=granny.pid, reason="老号换新号", by=clerk_li(), at=NOON)
    assert queries.lookalikes({granny.pid}) == {granny.pid: 0}
    assert queries.sign_in(granny.name, granny.citizen_no[-4:]) == granny.pid


# ---- who may ------------------------------------------------------------------------------------------------------------

HERE, AWAY = (CITY, COUNTY, TOWNSHIP), (OTHER_COUNTY, OTHER_TOWNSHIP)
ACTS: dict[str, tuple[Callable[[Person, object], object], set[Role]]] = {
    "settle_pair": (
        lambda granny, by: actions.settle_pair(ref=core.pair_ref("row", ROW, granny.pid), verdict="same", by=by, at=NOON),
        {Role.TOWNSHIP, Role.COUNTY, Role.DATA},
    ),
    "ask_about_pair": (
        lambda granny, by: actions.ask_about_pair(ref=core.pair_ref("row", ROW, granny.pid), note="问", by=by, at=NOON),
        {Role.TOWNSHIP, Role.COUNTY, Role.DATA},
    ),
    "merge_persons": (
        lambda granny, by: actions.merge_persons(goes=TWIN, stays=granny.pid, reason="x", by=by, at=NOON),
        {Role.TOWNSHIP, Role.COUNTY, Role.DATA},
    ),
    "split_person": (
        lambda granny, by: actions.split_person(pid=granny.pid, rows={OTHER_ROW: "x"}, reason="x", by=by, at=NOON),
        {Role.TOWNSHIP, Role.COUNTY, Role.DATA},
    ),
    "explain_number": (
        lambda granny, by: actions.explain_number(pid=TWIN, reason="lost", by=by, at=NOON),
        {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY},
    ),
    "undo_settlement": (
        lambda granny, by: actions.undo_settlement(ref="j0", why="x", by=by, at=NOON),
        {Role.TOWNSHIP, Role.COUNTY, Role.DATA},
    ),
    "weigh_help": (
        lambda granny, by: actions.weigh_help(ref="j0", note="x", by=by, at=NOON),
        {Role.TOWNSHIP, Role.COUNTY, Role.DATA},
    ),
}


@pytest.mark.parametrize("area", (*HERE, *AWAY))
def test_who_may_decide_and_where(granny: Person, area: str) -> None:
    mirrored(doubt(granny))
    told = {"area": VILLAGE, "other_area": VILLAGE, "decided_at": NOON, "decided_by": "clerk:nobody"}
    Settlement.objects.create(ref="j0", kind="person", left="x" + "6" * 20, right=granny.pid, verdict="same", **told)
    for role in Role:
        by: object = Party.resident(granny.pid) if role is Role.RESIDENT else clerk(f"{role}-{area}", "某人", role, area)
        for name, (act, roles) in ACTS.items():
            mark = transaction.savepoint()
            try:
                act(granny, by)
                did = True
            except NotAllowed:
                did = False
            transaction.savepoint_rollback(mark)
            assert did == (role in roles and area in HERE), f"{name} as {role} of {area}"


def test_both_records_must_be_in_the_clerks_area(granny: Person) -> None:
    away = "x" + "8" * 20
    pair = Doubt("same", away, granny.pid, "", "", None, None, 9.0, 0.9, (), VILLAGE, f"{OTHER_TOWNSHIP}201")
    mirrored(pair)
    for who in (clerk_li(), clerk_sun()):
        assert queries.queue(seen_by(who)).rows == ()
        with pytest.raises(NotAllowed):
            queries.pair(pair.ref, seen_by(who))
        with pytest.raises(NotAllowed):
            actions.settle_pair(ref=pair.ref, verdict="same", by=who, at=NOON)
    assert [row.ref for row in queries.queue(seen_by(keeper_wu())).rows] == [pair.ref]


def test_a_record_of_nowhere_is_the_whole_citys(granny: Person) -> None:
    pair = doubt(granny, area="")
    mirrored(pair)
    whole = clerk("wen", "文静", Role.DATA, CITY)
    assert queries.queue(seen_by(keeper_wu())).rows == () and len(queries.queue(seen_by(whole)).rows) == 1
    with pytest.raises(NotAllowed, match="全市"):
        actions.settle_pair(ref=pair.ref, verdict="same", by=keeper_wu(), at=NOON)
    actions.settle_pair(ref=pair.ref, verdict="same", by=whole, at=NOON)


# ---- people without a number, and before somebody is added twice -------------------------------------------------------------


def test_why_somebody_has_no_number_is_kept_version_by_version(granny: Person) -> None:
    with pytest.raises(NotAllowed, match="写清楚"):
        actions.explain_number(pid=TWIN, reason="other", by=clerk_li(), at=NOON)
    with pytest.raises(NotAllowed, match="选一个"):
        actions.explain_number(pid=TWIN, reason="rich", by=clerk_li(), at=NOON)
    for _ in range(2):
        actions.explain_number(pid=TWIN, reason="lost", note="等派出所补", by=clerk_li(), at=NOON)
    actions.explain_number(pid=TWIN, reason="unregistered", by=clerk_li(), at=LATER)
    assert [(one.reason, one.ended_at) for one in NumberReason.objects.order_by("pk")] == [
        ("lost", LATER),
        ("unregistered", None),
    ]
    told = queries.identity(TWIN, seen_by(clerk_li())).why_none
    assert told and (told.label, told.by) == ("大人一直没有户口", "李敏")
    assert lines().count("registry.explain_number") == 2


def test_by_which_numbers_and_names_somebody_is_known(granny: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"dataset": "medical_cost", "batch": 1, "row_no": 1, "as_of": date(2026, 6, 30), "role": "", "how": "review"}
    monkeypatch.setattr(register, "everything", lambda pid: [{**row, "values": {"name": "王桂蘭"}}] if pid == TWIN else [])
    old = Person.objects.create(
        pid="p" + "9" * 20, name="王桂兰", masked_name="王*兰", citizen_no=number_of(VILLAGE, date(1948, 5, 3), 7),
        area=VILLAGE, kept_at=NOON, kept_by="system:hall",
    )  # fmt: skip
    for goes in (TWIN, old.pid):
        actions.merge_persons(goes=goes, stays=granny.pid, reason="同一个人", by=clerk_li(), at=NOON)
    actions.split_person(pid=granny.pid, rows={ROW: "insurance"}, reason="号码是她的，人不是", by=clerk_li(), at=NOON)
    known = queries.identity(granny.pid, seen_by(clerk_li()))
    assert known.numbers == (granny.citizen_no, old.citizen_no)
    assert known.other_names == (("王桂蘭", "medical_cost"),)
    assert set(known.joined) == {TWIN, old.pid} and known.shared == 1


def test_of_people_elsewhere_only_that_there_is_one(granny: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    away = "x" + "8" * 20
    found = [doubts.Likely(granny.pid, 0.9, ()), doubts.Likely(TWIN, 0.4, ()), doubts.Likely(away, 0.3, ())]
    monkeypatch.setattr(doubts, "likely", lambda **said: found)
    joined(granny)
    placed = queries.perhaps(seen_by(clerk_li()), name="王桂兰", born_on=granny.born_on)
    assert [(one.pid, one.masked_name, one.likely) for one in placed.here] == [(granny.pid, "王*兰", "多半是同一个人")]
    assert placed.elsewhere
    there = queries.perhaps(seen_by(clerk_sun()), name="王桂兰")
    assert [one.pid for one in there.here] == [away] and there.elsewhere


# ---- two browsers at once -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_that_join_each_other_at_once_one_is_told(tmp_path: Path, lay_tables: Callable[[Path], object]) -> None:
    database = tmp_path / "registry.sqlite3"

    def stage() -> None:
        granny_wang(), clerk_li(), officer_zhao()

    def join(who: str, turn: int) -> None:
        pids = list(Person.objects.order_by("pid").values_list("pid", flat=True))[::turn]
        by = office.clerk(who)
        assert by
        actions.merge_persons(goes=pids[0], stays=pids[1], reason="同一个人", by=by, at=NOON)

    def check() -> None:
        assert Settlement.objects.count() == 1
        assert len(set(queries.standing_of(list(Person.objects.values_list("pid", flat=True))).values())) == 1

    lay_tables(database)
    assert not in_threads(database, stage)
    (told,) = in_threads(database, lambda: join("li", 1), lambda: join("zhao", -1))
    assert isinstance(told, actions.AlreadySettled)
    assert not in_threads(database, check)
