"""From an event at the door to an alert at the right desk, and what a cycle makes of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from delivered import deliver_town
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.exchange import actions as exchange_actions
from doudi.exchange import jobs as exchange
from doudi.exchange import queries as exchange_queries
from doudi.exchange.models import Event, Load
from doudi.monitoring import actions, jobs, queries
from doudi.monitoring.core import Outcome
from doudi.monitoring.jobs import Taker
from doudi.monitoring.models import Alert
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import NotAllowed
from engine.landed import ON
from engine.town import CHEN, HUKOU, LIU
from people import HALL, NOON, clerk_li, clerk_sun, pid_of, places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WU = next(one for one in HUKOU if one["name"] == "吴一")  # lives with 吴二, on no list
FIRE = {"姓名": "吴一", "公民身份号码": WU["citizen_no"], "灾种": "火灾", "受灾日期": "2026-07-01", "损失金额": 80_000}
ILL = {"citizen_no": WU["citizen_no"], "name": "吴一", "period": "2026-07", "total": 90_000, "self_paid": 60_000}


@pytest.fixture
def lake(tmp_path: Any, settings: Any) -> Lake:
    """The town delivered and judged on the last of June; now it is noon of the first of July."""
    settings.LAKE = tmp_path / "lake"
    places()
    made = Lake(settings.LAKE)
    office_actions.move_clock(to=NOON, by=HALL, at=office.now())
    deliver_town(made)
    exchange_actions.keep_sender(
        code="hospital", label="医保局", department_code="medical_security", doors=["event"], by=HALL, at=office.now(),
        datasets=["medical_cost", "disaster", "insurance", "unemployed", "disease", "death"],
    )  # fmt: skip
    jobs.evaluate(ON)
    return made


def tell(*events: tuple[str, str, dict[str, Any]]) -> list[exchange.EventAnswer]:
    sender = exchange_queries.sender("hospital")
    assert sender
    return exchange.receive_events(sender, events)


def alerts(state: str = "") -> dict[str, tuple[Any, ...]]:
    rows = Alert.objects.filter(state=state) if state else Alert.objects.all()
    return {one.ref: (one.indicator, one.state, one.level, one.mask, one.figures, one.pid, one.area) for one in rows}


def at_the_desk(clerk: Callable[[], Any]) -> set[str]:
    viewer = office.viewer(clerk(), "alert.list", office.now())
    assert viewer
    return {row.ref for row in queries.inbox(viewer, size=200).rows}


def judged() -> str:
    latest = queries.latest()
    assert latest
    return latest.cycle


def plainly(person: Any) -> dict[str, Any]:
    """Somebody without their place in the files."""
    assert person
    return {name: value for name, value in person.items() if name != "m"}


def test_an_event_is_at_the_right_desk_and_the_next_cycle_neither_doubles_nor_loses_it(lake: Lake) -> None:
    before, known = alerts(), Lookup(lake).person(pid_of(WU["citizen_no"]))
    (fire,) = tell(("disaster", "f1", FIRE))
    assert (fire.state, fire.sequence) == ("accepted", 1) and alerts() == before
    taker = Taker()
    assert taker.step() == 1 and taker.step() == 0
    new = {ref: row for ref, row in alerts().items() if ref not in before}
    assert {row[0] for row in new.values()} >= {"A10"} and set(new) <= at_the_desk(clerk_li)
    assert not set(new) & at_the_desk(clerk_sun)
    lookup, pid = Lookup(lake), pid_of(WU["citizen_no"])
    assert lookup.facts(pid)["disaster_on"] == date(2026, 7, 1) and lookup.facts(pid)["disaster_loss"] == 8_000_000
    assert plainly(lookup.person(pid)) == plainly(known)
    published = Lookup(lake, judged()).household_of(pid)
    fresh = lookup.household_of(pid)
    assert fresh and published and [*map(plainly, fresh["members"])] == [*map(plainly, published["members"])]
    assert (fresh["hid"], fresh["head"], fresh["area"]) == (published["hid"], published["head"], published["area"])
    (row,) = [row for row in lookup.everything(pid) if row["dataset"] == "disaster"]
    assert (row["batch"], row["row_no"], row["values"]["event"]) == (0, 1, "火灾")
    live, facts = alerts(), lookup.facts(pid)
    done = jobs.evaluate(date(2026, 7, 1))
    assert {ref: row for ref, row in alerts().items() if ref in new} == new and done.alerts["lapsed"] == 0
    assert {ref for ref, row in live.items() if row[1] == "open"} <= set(alerts("open"))
    assert Lookup(lake).facts(pid) == facts and Event.objects.get().load == Load.objects.get(kind="add")
    assert [row["batch"] for row in Lookup(lake).everything(pid) if row["dataset"] == "disaster"] == [Event.objects.get().load_id]
    assert Taker().step() == 0 and alerts("open").keys() >= new.keys()


def test_told_twice_in_any_way_counts_once(lake: Lake) -> None:
    (first,) = tell(("medical_cost", "m1", ILL))
    same_key, other_content, other_key = tell(
        ("medical_cost", "m1", ILL), ("medical_cost", "m1", ILL | {"total": 1}), ("medical_cost", "m2", ILL)
    )
    assert (same_key.state, same_key.sequence) == ("again", first.sequence)
    assert other_content.state == "key_used" and other_content.problems[0]["reason"] == "key_used"
    assert other_key.state == "accepted"
    known = {"姓名": "陈秀兰", "公民身份号码": CHEN, "灾种": "火灾", "受灾日期": "2026-06-11", "损失金额": 9000}
    tell(("disaster", "d1", known))  # the list the town delivered says the same
    Taker().step()
    assert list(Event.objects.order_by("sequence").values_list("state", flat=True)) == ["shown", "repeated", "repeated"]
    assert Lookup(lake).facts(pid_of(WU["citizen_no"]))["medical_self_paid_year"] == 6_000_000
    jobs.evaluate(date(2026, 7, 1))
    assert Lookup(lake).facts(pid_of(WU["citizen_no"]))["medical_self_paid_year"] == 6_000_000


def test_bad_events_are_answered_by_field_and_stop_nobody(lake: Lake) -> None:
    bad, unknown, good, not_live, no_key, blank = tell(
        ("disaster", "b1", FIRE | {"受灾日期": "2026-13-40", "损失金额": "很多"}),
        ("disaster", "b2", {"姓名": "吴一", "灾种": "火灾"}),
        ("disaster", "b3", FIRE),
        ("hukou", "b4", FIRE),
        ("disaster", "", FIRE),
        ("disaster", "b5", dict.fromkeys(FIRE, "")),
    )
    assert [one.state for one in (bad, unknown, not_live, no_key, blank)] == ["rejected"] * 5 and good.state == "accepted"
    assert {(p["field"], p["reason"]) for p in bad.problems} == {("event_date", "no_such_day"), ("loss", "not_money")}
    assert [one.problems[0]["reason"] for one in (unknown, not_live, no_key)] == ["missing_column", "not_live", "no_key"]
    assert all(p["message"] and p["fix"] for one in (bad, unknown, not_live, no_key, blank) for p in one.problems)
    with pytest.raises(NotAllowed):
        tell(("vehicle", "v1", {}))
    assert Event.objects.count() == 1


def test_what_people_did_stays_and_what_no_longer_holds_lapses(lake: Lake) -> None:
    tell(("disaster", "f1", FIRE))
    taker = Taker()
    taker.step()
    fire = Alert.objects.get(indicator="A10", pid=pid_of(WU["citizen_no"]))
    actions.dismiss(ref=fire.ref, outcome=Outcome.FALSE_ALARM, reason="看过了，没有的事", by=clerk_li(), at=office.now())
    tell(("disaster", "f2", FIRE | {"损失金额": 1}), ("medical_cost", "m1", ILL))
    taker.step()
    fire.refresh_from_db()
    assert fire.state == "closed" and fire.outcome == Outcome.FALSE_ALARM
    standing = {one.indicator for one in Alert.objects.filter(pid=pid_of(LIU), state="open")}
    died = {"citizen_no": LIU, "name": "刘大山", "death_date": "2026-07-01"}
    tell(("death", "d1", died))
    taker.step()
    after = {one.indicator: one.state for one in Alert.objects.filter(pid=pid_of(LIU))}
    assert {after[code] for code in standing} >= {"lapsed"}, "an event ends a finding"
    before = alerts()
    jobs.evaluate(date(2026, 7, 1))
    assert alerts() == before


def test_a_cycle_made_meanwhile_is_noticed_and_what_came_after_it_stays_at_the_desk(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    taker = Taker()
    tell(("disaster", "f1", FIRE))
    taker.step()
    with monkeypatch.context() as patch:  # a cycle that was begun before the events came, and is published after them
        patch.setattr(exchange, "land_events", lambda **_: [])
        jobs.evaluate(date(2026, 7, 1))
    fire = Alert.objects.get(indicator="A10", pid=pid_of(WU["citizen_no"]))
    assert fire.state == "lapsed"
    tell(("medical_cost", "m1", ILL))
    assert taker.step() == 1
    fire.refresh_from_db()
    assert fire.state == "open" and exchange_queries.count_events() == {"waiting": 0, "aside": 0}


def test_an_event_that_breaks_the_program_is_set_aside_and_told(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    from doudi.engine.live import Live

    whole = Live.take

    def breaks(self: Live, event: Any) -> Any:
        if event.sequence == 2:
            raise ZeroDivisionError
        return whole(self, event)

    monkeypatch.setattr(Live, "take", breaks)
    out_of_work = {"name": "吴一", "citizen_no": WU["citizen_no"], "since": "2026-07-01"}
    tell(("disaster", "f1", FIRE), ("medical_cost", "m1", ILL), ("unemployed", "u1", out_of_work))
    Taker().step()
    assert list(Event.objects.order_by("sequence").values_list("state", flat=True)) == ["shown", "aside", "shown"]
    monkeypatch.undo()
    jobs.evaluate(date(2026, 7, 1))
    assert Lookup(lake).facts(pid_of(WU["citizen_no"]))["medical_self_paid_year"] == 6_000_000, "its row is in the cycle"


def test_an_alert_kept_under_who_was_head_before_is_the_same_alert(lake: Lake) -> None:
    refs = set(Alert.objects.filter(pid=pid_of(LIU)).values_list("ref", flat=True))
    assert refs and Alert.objects.filter(pk__in=refs).update(pid="p" + "0" * 20) == len(refs)
    tell(("insurance", "i1", {"name": "刘大山", "citizen_no": LIU, "event": "停保", "event_date": "2026-01-01"}))
    Taker().step()
    assert Event.objects.get().state == "shown", "not set aside"
    assert not Alert.objects.filter(pk__in=refs, state="open").exclude(pid="p" + "0" * 20).exists()


def test_a_stream_says_when_it_is_odd(lake: Lake) -> None:
    tell(*[("disaster", f"f{at}", FIRE | {"损失金额": at + 1}) for at in range(8)])
    tell(*[("disaster", f"x{at}", FIRE | {"受灾日期": "x"}) for at in range(6)])
    tell(("medical_cost", "m1", ILL))
    from people import keeper_wu

    wu = office.viewer(keeper_wu(), "feed.list", office.now())
    assert wu
    lines = {one.dataset: one for one in exchange_queries.streams(wu, office.now())}
    assert [sign.code for sign in lines["disaster"].signs] == ["rejects"] and lines["disaster"].rejected == 6
    assert not lines["medical_cost"].signs
    later = {one.dataset: one for one in exchange_queries.streams(wu, office.now() + timedelta(hours=30))}
    assert [sign.code for sign in later["medical_cost"].signs] == ["silent"] and not later["disaster"].signs
