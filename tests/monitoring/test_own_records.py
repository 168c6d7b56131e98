"""Our own cases, payments and visits as one more input of a cycle: what we owe somebody reaches the desk like any other alert."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import people
import walk
from doudi.casework import actions as casework
from doudi.casework.models import Benefit, Case, Showing
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.exchange import queries as exchange
from doudi.monitoring import actions, jobs, queries
from doudi.monitoring.gateways import records
from doudi.monitoring.models import Alert
from doudi.office import queries as office
from doudi.payment import actions as payment
from doudi.payment.models import Line
from engine.town import town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AUGUST, AUGUST_ENDS, AFTER = date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1)
PAY_DAY = datetime(2026, 8, 5, 10, 0, tzinfo=people.HERE)


@pytest.fixture
def lake(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake in which the town was delivered, and none of its people are ours."""
    settings.LAKE = tmp_path / "lake"
    people.places()
    made = Lake(settings.LAKE)
    loads = town(made, near_dibao=[], rigid_expenditure=[])
    monkeypatch.setattr(exchange, "current_loads", lambda on, snapshot="": [load for load in loads if load.as_of <= on])
    walk.everything_answers(walk.Sources().install(monkeypatch))
    return made


@pytest.fixture
def granny(lake: Lake) -> Any:
    """Granny Wang's help is confirmed on 10 July and to be paid from August."""
    granny = people.granny_wang()
    walk.confirmed(walk.applied(granny.pid))
    return granny


def found(indicator: str) -> Alert | None:
    return Alert.objects.filter(indicator=indicator, pid=people.granny_wang().pid).first()


def answered(result: str, at: datetime = PAY_DAY) -> None:
    """August's run is built, approved, sent, and the bank answers every line alike."""
    run = payment.build(county=people.COUNTY, month=AUGUST, by=people.officer_zhao(), at=at)
    payment.approve(ref=run.ref, by=people.director_lin(), at=at)
    payment.send(ref=run.ref, by=people.officer_zhao(), at=at)
    lines = Line.objects.filter(run=run)
    text = "行号,结果,金额,原因\n" + "".join(f"{line.ref},{result},{line.amount_fen / 100:.2f},\n" for line in lines)
    payment.read_returns(ref=run.ref, content=text.encode(), by=people.officer_zhao(), at=at)


def test_confirmed_and_unpaid_when_the_next_month_is_over_is_red_in_the_inbox(lake: Lake, granny: Any) -> None:
    jobs.evaluate(AUGUST_ENDS)
    assert found("D01") is None  # the last day of the month is still in time
    jobs.evaluate(AFTER)
    alert = found("D01")
    assert alert and (alert.level, alert.state, alert.area, alert.basis) == ("R", "open", people.VILLAGE, "2026-07-10")
    li = office.viewer(people.clerk_li(), "alert.list", people.NOON)
    assert li and alert.ref in {row.ref for row in queries.inbox(li, indicator="D01").rows}
    rows = Lookup(lake).sources(granny.pid, "pay_due_on", ("case_record",))
    confirmed = next(row for row in rows if row["values"]["step"] == "confirmed")
    assert confirmed["batch"] == 0 and confirmed["values"]["ref"] == Case.objects.get().ref and confirmed["how"] != "alone"


@pytest.mark.lake
def test_paid_in_time_is_quiet(lake: Lake, granny: Any) -> None:
    answered("成功")
    jobs.evaluate(AFTER)
    assert found("D01") is None and found("D02") is None


def test_a_payment_that_came_back_is_found_the_same_day_and_lapses_when_it_was_paid_again(lake: Lake, granny: Any) -> None:
    answered("失败")
    jobs.evaluate(PAY_DAY.date())
    alert = found("D02")
    assert alert and alert.basis == "2026-08-05"
    Line.objects.update(state="paid", answered_at=PAY_DAY + timedelta(days=20))  # the bank answered again
    jobs.evaluate(AFTER)
    alert.refresh_from_db()
    assert alert.state == "lapsed" and found("D01") is None


def test_a_step_past_its_limit_and_a_refusal_are_known_from_our_own_cases(lake: Lake) -> None:
    case = walk.applied(people.granny_wang().pid)
    jobs.evaluate(case.due_on)
    assert found("D03") is None
    jobs.evaluate(case.due_on + timedelta(days=1))
    assert found("D03") is not None


def test_a_board_taken_down_early_is_told(lake: Lake, granny: Any) -> None:
    jobs.evaluate(date(2026, 7, 20))
    assert found("D05") is None
    Showing.objects.update(to_on=date(2026, 7, 4))
    jobs.evaluate(date(2026, 7, 21))
    alert = found("D05")
    assert alert and '"publicity_days":3' in alert.figures.replace(" ", "")


def test_a_review_nobody_made_is_due(lake: Lake, granny: Any) -> None:
    due = Benefit.objects.get(payee=granny.pid).review_due_on
    jobs.evaluate(date(2027, 7, 1))  # a year after the visit at her home, and before the review is due
    assert found("C28") is None
    jobs.evaluate(due + timedelta(days=1))
    assert found("C28") is not None  # though no department's roll has her yet


@pytest.mark.lake
def test_the_same_records_are_the_same_cycle_and_a_visit_makes_another(lake: Lake, granny: Any) -> None:
    first = jobs.evaluate(AFTER)
    again = jobs.evaluate(AFTER)
    assert again.already and again.cycle.id == first.cycle.id
    own = [one for one in first.cycle.manifest["inputs"] if one["batch"] == 0]
    assert [one["dataset"] for one in own] == ["case_record"] and lake.object(own[0]["object"]).exists()
    alert = found("D01")
    assert alert
    actions.close_visit(
        ref=alert.ref, visit_ref="v-own-records-1", visited_at=people.NOON, answers={"home": "yes"}, wish="no",
        by=people.clerk_li(), at=people.NOON,
    )  # fmt: skip
    assert jobs.evaluate(AFTER).cycle.id != first.cycle.id


@pytest.mark.lake
def test_cut_off_while_our_own_records_are_kept_it_ends_the_same(lake: Lake, granny: Any) -> None:
    class PowerCut(BaseException):
        pass

    def cut(step: str) -> None:
        if step in ("start", "manifest"):
            raise PowerCut

    with pytest.raises(PowerCut):
        jobs.evaluate(AFTER, mark=cut)
    assert not Alert.objects.exists()
    done = jobs.evaluate(AFTER)
    assert found("D01") and done.cycle.id == jobs.evaluate(AFTER).cycle.id


@pytest.mark.lake
def test_what_happened_later_is_not_known_on_the_day(lake: Lake, granny: Any) -> None:
    read = records.land(lake, date(2026, 7, 9), queries.met(date(2026, 7, 9)))
    assert "confirmed" not in pq.read_table(read.object)["step"].to_pylist()


@pytest.mark.lake
def test_a_withdrawn_case_owes_no_step(lake: Lake) -> None:
    case = walk.applied(people.granny_wang().pid)
    casework.withdraw(ref=case.ref, by=people.Party.resident(case.applicant), reason="好起来了", at=people.NOON)
    jobs.evaluate(case.due_on + timedelta(days=9))
    assert found("D03") is None
