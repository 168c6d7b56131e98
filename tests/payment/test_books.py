"""Money with its whole life: arrears, too much, kept back, given up, closed months, reserve funds, other accounts, arrivals."""

from datetime import date, datetime, timedelta

import pytest

import people
from doudi.casework.models import Adjustment, Award, Benefit
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.payment import actions, jobs, queries
from doudi.payment.actions.booking import book_month, run_month
from doudi.payment.core import AlreadyDone, MonthClosed, WrongReturns
from doudi.payment.models import AccountChange, Claim, Entry, Line, Run
from doudi.rulebook import queries as rulebook
from payment.test_runs import AUGUST, PAY_DAY, answer, granny, ledger, sent, sums_hold, viewer  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
NEXT, AFTER = PAY_DAY + timedelta(days=31), PAY_DAY + timedelta(days=62)


def award(from_month: date, fen: int, at: datetime) -> None:
    """What casework awards by an adjustment, after a hearing where it is less; here only the rows payment reads."""
    benefit = Benefit.objects.get()
    adjustment = Adjustment.objects.create(
        benefit=benefit, kind="change", cause="job", article="LAW Art. 47", from_month=from_month, reason="收入变了",
        state="decided", proposed_at=at, proposed_by="clerk:a", decided_at=at, decided_by="clerk:b",
    )  # fmt: skip
    Award.objects.create(
        benefit=benefit, from_month=from_month, amount_fen=fen, members=2, adjustment=adjustment, at=at, by="clerk:b"
    )


def paid(month=AUGUST, at=PAY_DAY) -> Run:
    run = sent(at, month)
    answer(run, at=at)
    return run


def closed(month=AUGUST, at=PAY_DAY):
    return actions.close_month(county=people.COUNTY, month=month, by=people.officer_zhao(), at=at)


def test_what_was_decided_too_late_is_paid_with_the_next_run_as_arrears(granny):  # noqa: F811
    paid()
    award(AUGUST, 200000, PAY_DAY + timedelta(days=5))

    september = paid(SEPTEMBER, NEXT)

    lines = set(Line.objects.filter(run=september).values_list("kind", "for_month", "amount_fen"))
    assert lines == {("arrears", AUGUST, 34400), ("regular", SEPTEMBER, 200000)}
    assert ledger() == {"granted": -400000, "paid": 400000}
    assert "补给您" in {one.kind: one.why for one in queries.my_payments(granny.pid)}["arrears"]
    paid(OCTOBER, AFTER)
    assert Line.objects.filter(kind="arrears").count() == 1  # once


def test_too_much_is_proposed_decided_and_kept_back_in_parts(granny):  # noqa: F811
    paid()
    award(AUGUST, 100000, PAY_DAY + timedelta(days=5))
    assert actions.replay_county(county=people.COUNTY, by=people.officer_zhao(), at=NEXT) == 1
    assert actions.replay_county(county=people.COUNTY, by=people.officer_zhao(), at=NEXT) == 0
    claim = Claim.objects.get()
    assert (claim.state, claim.amount_fen, ledger()) == ("proposed", 65600, {"granted": -165600, "paid": 165600})
    assert queries.my_claims(granny.pid) == ()  # nobody decided anything

    decide = {"ref": claim.ref, "way": "instalments", "why": "数据来晚了", "by": people.officer_zhao(), "at": PAY_DAY}
    with pytest.raises(NotAllowed, match="最多"):
        actions.decide_claim(share=30, **decide)
    actions.decide_claim(share=20, **decide)
    with pytest.raises(AlreadyDone):
        actions.decide_claim(share=20, **decide)
    assert ledger() == {"granted": -165600, "paid": 100000, "claims": 65600}

    run = paid(SEPTEMBER, NEXT)
    line = Line.objects.get(run=run)
    assert (line.amount_fen, line.withheld_fen) == (100000, 20000)
    assert ledger() == {"granted": -265600, "paid": 200000, "claims": 45600, "withheld": 20000}
    assert queries.run(run.ref, viewer(people.officer_zhao())).files[0].total_fen == 80000

    rest = actions.ease_claim(ref=claim.ref, why="老人住院了", by=people.officer_zhao(), at=NEXT)
    with pytest.raises(NotAllowed, match="另一位"):
        actions.waive_claim(ref=rest.ref, agree=True, why="属实", by=people.officer_zhao(), at=NEXT)
    actions.waive_claim(ref=rest.ref, agree=True, why="属实", by=people.director_lin(), at=NEXT)
    assert ledger() == {"granted": -265600, "paid": 200000, "waived": 45600, "withheld": 20000}
    assert actions.replay_county(county=people.COUNTY, by=people.officer_zhao(), at=NEXT) == 0  # the same months never again
    paid(OCTOBER, AFTER)
    assert Line.objects.get(for_month=OCTOBER).withheld_fen == 0


def test_the_schedule_proposes_by_itself_once_and_moves_no_money(granny):  # noqa: F811
    paid()
    assert jobs.replay_claims(NEXT) == 0
    award(AUGUST, 100000, PAY_DAY + timedelta(days=5))
    assert [jobs.replay_claims(NEXT) for _ in range(2)] == [1, 0]
    assert (Claim.objects.get().state, Claim.objects.get().by) == ("proposed", "system:replay_claims")
    assert ledger() == {"granted": -165600, "paid": 165600}
    award(AUGUST, 165600, NEXT)
    assert jobs.replay_claims(NEXT) == 1 and not Claim.objects.exists()  # nothing is too much any more


def test_money_paid_back_is_noted_once(granny):  # noqa: F811
    paid()
    award(AUGUST, 100000, PAY_DAY + timedelta(days=5))
    zhao = people.officer_zhao()
    claim = actions.propose_claim(benefit=Benefit.objects.get().ref, by=zhao, at=NEXT)
    actions.decide_claim(ref=claim.ref, way="at_once", why="家里愿意退", by=zhao, at=NEXT)
    for _ in range(2):
        actions.pay_back(ref=claim.ref, amount_fen=60000, voucher="JK1", by=zhao, at=NEXT)
    with pytest.raises(NotAllowed, match="还剩"):
        actions.pay_back(ref=claim.ref, amount_fen=6000, voucher="JK2", by=zhao, at=NEXT)
    actions.pay_back(ref=claim.ref, amount_fen=5600, voucher="JK2", by=zhao, at=NEXT)
    assert ledger() == {"granted": -165600, "paid": 100000, "recovered": 65600}
    assert Claim.objects.get().state == "settled"


def test_what_was_held_is_never_more_than_the_month_is_entitled_to_by_now(granny):  # noqa: F811
    zhao, benefit = people.officer_zhao(), Benefit.objects.get()
    held = actions.hold(benefit=benefit.ref, reason="问清楚再发", by=zhao, at=PAY_DAY)
    sent()
    award(AUGUST, 100000, PAY_DAY + timedelta(days=5))
    actions.release(ref=held.ref, by=zhao, at=NEXT)
    paid(SEPTEMBER, NEXT)
    assert ledger() == {"granted": -200000, "paid": 200000}


def test_a_line_given_up_later_counts_as_that_in_its_run(granny):  # noqa: F811
    zhao, benefit = people.officer_zhao(), Benefit.objects.get()
    held = actions.hold(benefit=benefit.ref, reason="问清楚再发", by=zhao, at=PAY_DAY)
    august = sent()
    award(AUGUST, 0, PAY_DAY + timedelta(days=5))
    actions.release(ref=held.ref, by=zhao, at=NEXT)
    sent(NEXT, SEPTEMBER)
    page = queries.run(august.ref, viewer(zhao))
    assert (page.run.void_fen, page.run.held_fen, page.adds_up, sums_hold()) == (165600, 0, True, True)


def test_a_month_is_closed_when_all_adds_up_and_stays_closed(granny):  # noqa: F811
    run = sent()
    with pytest.raises(NotAllowed, match="还没有走完"):
        closed()
    answer(run)
    first = closed()
    assert closed().pk == first.pk
    lines = office.journal_of("990101-202608")
    assert [one.act for one in lines] == ["payment.close_month"] and first.figures["by_township"][0]["paid_fen"] == 165600

    with pytest.raises(MonthClosed, match="从 9 月起补发 8 月"):
        run_month(run, NEXT)
    assert book_month(people.COUNTY, PAY_DAY) == SEPTEMBER  # what happens still in August is booked in September


def test_the_price_subsidy_is_paid_once_to_everybody_entitled(granny):  # noqa: F811
    february = date(2026, 2, 1)
    zhao = people.officer_zhao()
    with pytest.raises(NotAllowed, match="还没有填"):
        actions.build_price(county=people.COUNTY, month=AUGUST, by=zhao, at=PAY_DAY)
    Benefit.objects.update(from_month=february)
    Award.objects.update(from_month=february)
    first = actions.build_price(county=people.COUNTY, month=february, by=zhao, at=PAY_DAY)
    again = actions.build_price(county=people.COUNTY, month=february, by=zhao, at=PAY_DAY)
    standard = rulebook.pack().parameters_at(people.VILLAGE, february)["dibao_standard:rural"]
    line = Line.objects.get()
    assert first.pk == again.pk and (line.kind, line.amount_fen) == ("price", 2 * round(standard * 0.021))
    assert "2.10%" in first.basis and ledger() == {"granted": -line.amount_fen, "due": line.amount_fen}


def test_a_difference_nobody_can_explain_keeps_the_month_open(granny):  # noqa: F811
    paid()
    Award.objects.update(amount_fen=1)
    found = queries.reconciled(people.COUNTY, AUGUST, viewer=viewer(people.officer_zhao()))
    assert [(one.entitled_fen, one.lined_fen) for one in found.differences] == [(1, 165600)] and not found.may_close
    with pytest.raises(NotAllowed, match="说不清"):
        closed()


def test_answers_that_fit_no_line_wait_for_a_person(granny):  # noqa: F811
    run, zhao = sent(), people.officer_zhao()
    line = Line.objects.get()
    content = f"行号,结果,金额,原因\n{line.ref},成功,1656.00,\nx1,失败,5.00,不认识\n".encode()
    with pytest.raises(WrongReturns, match="多数"):
        actions.read_returns(ref=run.ref, content=content, by=zhao, at=PAY_DAY)
    # with two lines of the run, one stranger is kept
    benefit = Benefit.objects.get()
    Line.objects.create(
        run=run, benefit="b2", decision=line.decision, case=line.case, programme="dibao", area=benefit.area, payee="p2",
        name="李四", account="1", for_month=AUGUST, amount_fen=100, state="sent",
    )  # fmt: skip
    other = Line.objects.get(benefit="b2")
    told = actions.read_returns(ref=run.ref, content=content + f"{other.ref},成功,1.00,\n".encode(), by=zhao, at=PAY_DAY)
    assert (told.paid, told.unmatched) == (2, 1)
    row = queries.run(run.ref, viewer(zhao)).unmatched[0]
    assert (row.row, row.said_line) == (3, "x1")
    with pytest.raises(NotAllowed, match="怎么回事"):
        actions.settle_unmatched(ref=row.ref, finding=" ", by=zhao, at=PAY_DAY)
    actions.settle_unmatched(ref=row.ref, finding="银行串行了", by=zhao, at=PAY_DAY)
    with pytest.raises(AlreadyDone):
        actions.settle_unmatched(ref=row.ref, finding="再记", by=zhao, at=PAY_DAY)


# ---- reserve fund -------------------------------------------------------------------------------------------------------


def test_the_reserve_fund_pays_once_against_a_receipt_and_is_put_back_once(granny):  # noqa: F811
    zhao, li = people.officer_zhao(), people.clerk_li()
    Benefit.objects.update(is_one_off=True, to_month=AUGUST)
    benefit = Benefit.objects.get().ref
    fund = {"township": people.TOWNSHIP, "by": zhao, "at": PAY_DAY}
    for _ in range(2):
        actions.pay_in(amount_fen=300000, voucher="BK1", **fund)
    with pytest.raises(NotAllowed, match="收条"):
        actions.hand_out(benefit=benefit, receipt="", by=li, at=PAY_DAY)
    for _ in range(2):
        actions.hand_out(benefit=benefit, receipt="paper1", by=li, at=PAY_DAY)
    assert ledger() == {"funded": -300000, "fund": 134400, "paid": 165600}
    with pytest.raises(NotAllowed, match="一次性"):
        actions.build_once(county=people.COUNTY, by=zhao, at=PAY_DAY)
    run = actions.build(county=people.COUNTY, month=AUGUST, by=zhao, at=PAY_DAY)
    assert run.lines_count == 0  # paid in cash, not again by the bank
    for _ in range(2):
        actions.replenish(voucher="BK2", **fund)
    assert ledger() == {"funded": -465600, "fund": 300000, "paid": 165600}
    with pytest.raises(NotAllowed, match="两个人"):
        actions.count_fund(township=people.TOWNSHIP, counted_fen=300000, second="li", by=li, at=PAY_DAY)
    with pytest.raises(NotAllowed, match="不一样"):
        actions.count_fund(township=people.TOWNSHIP, counted_fen=290000, second="zhao", by=li, at=PAY_DAY)
    actions.count_fund(township=people.TOWNSHIP, counted_fen=300000, second="zhao", by=li, at=PAY_DAY)
    assert [one.balance_fen for one in queries.funds(viewer(zhao))] == [300000]
    assert [one.amount_fen for one in queries.moves(people.TOWNSHIP, viewer(zhao))] == [165600, -165600, 300000]
    other = people.clerk("gao", "高远", "county", people.OTHER_COUNTY)
    assert queries.funds(viewer(other)) == ()
    with pytest.raises(NotAllowed):
        actions.pay_in(amount_fen=1, voucher="BK9", **fund | {"by": other})


# ---- another account ----------------------------------------------------------------------------------------------------


def test_another_account_needs_the_person_a_call_a_second_person_and_days(granny):  # noqa: F811
    benefit, me = Benefit.objects.get().ref, Party.resident(granny.pid)
    asked = {"benefit": benefit, "bank": "邮储银行", "number": "6217000011112222", "channel": "phone", "at": PAY_DAY}
    with pytest.raises(NotAllowed, match="家里人"):
        actions.ask_account(holder="p" + "9" * 20, by=me, **asked)
    with pytest.raises(NotAllowed, match="自己"):
        actions.ask_account(holder=granny.pid, by=Party.resident("p" + "8" * 20), **asked)
    with pytest.raises(NotAllowed, match="委托书"):
        actions.ask_account(holder=granny.pid, by=people.clerk_li(), **asked | {"channel": "proxy"})
    row = actions.ask_account(holder=granny.pid, by=me, **asked)
    assert "2222" in office.outbox(limit=1)[0].body and "6217" not in office.outbox(limit=1)[0].body
    li, zhao = people.clerk_li(), people.officer_zhao()
    with pytest.raises(NotAllowed, match="问过本人"):
        actions.agree_account(ref=row.ref, by=zhao, at=PAY_DAY)
    actions.hear_account(ref=row.ref, is_theirs=True, by=li, at=PAY_DAY)
    with pytest.raises(NotAllowed, match="另一位"):
        actions.agree_account(ref=row.ref, by=li, at=PAY_DAY)
    actions.agree_account(ref=row.ref, by=zhao, at=PAY_DAY)
    row.refresh_from_db()
    assert row.from_on == PAY_DAY.date() + timedelta(days=3)

    run = paid()  # the same day: still the old account
    assert Line.objects.get(run=run).account.endswith("8830")
    run = sent(NEXT, SEPTEMBER)
    assert Line.objects.get(run=run).account == "6217000011112222"
    file = queries.bank_file(run.ref, viewer(zhao))
    assert file.name.endswith("postal.txt") and file.content.startswith(b"H990101-202609") and b"6217000011112222" in file.content


def test_a_change_the_person_knows_nothing_of_is_stopped(granny):  # noqa: F811
    row = actions.ask_account(
        benefit=Benefit.objects.get().ref, bank="农行", number="6217000011112222", holder=granny.pid, channel="window",
        by=people.clerk_li(), at=PAY_DAY,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="怎么说"):
        actions.hear_account(ref=row.ref, is_theirs=False, by=people.clerk_li(), at=PAY_DAY)
    actions.hear_account(ref=row.ref, is_theirs=False, why="没有要换", by=people.clerk_li(), at=PAY_DAY)
    assert AccountChange.objects.get().state == "stopped"
    run = sent()
    assert Line.objects.get(run=run).account.endswith("8830")


# ---- whether it arrived -------------------------------------------------------------------------------------------------


def test_payees_drawn_by_seed_are_asked_and_no_waits_for_somebody(granny):  # noqa: F811
    run, zhao = paid(), people.officer_zhao()
    (row,) = actions.draw_arrivals(ref=run.ref, by=zhao, at=PAY_DAY)
    assert [one.pk for one in actions.draw_arrivals(ref=run.ref, by=zhao, at=PAY_DAY)] == [row.pk]
    (mine,) = queries.my_arrivals(granny.pid)
    actions.answer_arrival(ref=mine.ref, answer="no", channel="self", by=Party.resident(granny.pid), at=PAY_DAY)
    wang = office.viewer(people.worker_wang(), "arrival.ask", PAY_DAY)
    assert [one.answer for one in queries.arrivals(wang)] == ["no"]
    (told,) = queries.arrival_figures(viewer(zhao))
    assert (told.no, told.yes, told.low) == (1, 0, 0.0) and 0.7 < told.high < 0.8
    actions.settle_arrival(ref=row.ref, finding="卡折在女儿那里", by=people.clerk_li(), at=PAY_DAY)
    assert queries.arrivals(wang) == ()


def test_every_entry_stands_on_a_decision_and_no_act_names_a_person(granny):  # noqa: F811
    paid()
    assert not Entry.objects.filter(decision="").exists()
    assert office_actions.party(people.officer_zhao()) in set(Entry.objects.values_list("by", flat=True))
