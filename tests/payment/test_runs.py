"""A month's payment: frozen, approved by another person, sent once, answered line by line, exact to the fen."""

import hashlib
import re
from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

import people
import walk
from doudi.casework.models import Award, Benefit, Case, Decision
from doudi.facts import money
from doudi.office import queries as office
from doudi.office.core import NotAllowed
from doudi.payment import actions, queries
from doudi.payment.core import AlreadyDone, BrokenFile, WrongReturns
from doudi.payment.models import Entry, Line, Run, RunSum, SentFile
from examples import some

pytestmark = pytest.mark.django_db
AUGUST = date(2026, 8, 1)
PAY_DAY = datetime(2026, 8, 5, 10, 0, tzinfo=people.HERE)


def viewer(clerk):
    return office.viewer(clerk, "payment.list", PAY_DAY)


@pytest.fixture
def granny(sources):
    """Granny Wang's help is in force from August: 1380 yuan and 138 for each of the two over 60."""
    walk.confirmed(walk.applied(people.granny_wang().pid))
    return people.granny_wang()


def ledger() -> dict[str, int]:
    """The accounts that are not empty."""
    return {account: fen for account, fen in queries.balances(people.COUNTY).items() if fen}


def sent(at=PAY_DAY, month=AUGUST) -> Run:
    run = actions.build(county=people.COUNTY, month=month, by=people.officer_zhao(), at=at)
    actions.approve(ref=run.ref, by=people.director_lin(), at=at)
    return actions.send(ref=run.ref, by=people.officer_zhao(), at=at)


def sums_hold() -> bool:
    """Whether what the acts kept of each run is what its lines come to."""
    told = Line.objects.filter(run__isnull=False).order_by().values_list("run", "programme", "state")
    kept = RunSum.objects.values_list("run", "programme", "state", "lines_count", "total_fen")
    return set(kept) == set(told.annotate(Count("id"), Sum("amount_fen")))


def answer(run, result="成功", reason="", at=PAY_DAY):
    lines = Line.objects.filter(run=run, state__in=["sent", "paid", "failed"])
    text = "行号,结果,金额,原因\n" + "".join(
        f"{line.ref},{result},{money.yuan(line.amount_fen - line.withheld_fen)},{reason}\n" for line in lines
    )
    return actions.read_returns(ref=run.ref, content=text.encode(), by=people.officer_zhao(), at=at)


def test_the_same_month_twice_is_one_run(granny):
    first = actions.build(county=people.COUNTY, month=AUGUST, by=people.officer_zhao(), at=PAY_DAY)
    again = actions.build(county=people.COUNTY, month=date(2026, 8, 20), by=people.officer_zhao(), at=PAY_DAY)

    assert first.pk == again.pk
    assert (Run.objects.count(), Line.objects.count(), first.total_fen) == (1, 1, 165600)


def test_help_is_not_paid_before_its_month_nor_a_month_ahead(granny):
    july = actions.build(county=people.COUNTY, month=date(2026, 7, 1), by=people.officer_zhao(), at=PAY_DAY)
    assert july.lines_count == 0

    with pytest.raises(NotAllowed, match="还没到"):
        actions.build(county=people.COUNTY, month=date(2026, 9, 1), by=people.officer_zhao(), at=PAY_DAY)


def test_later_changes_do_not_touch_a_frozen_run(granny):
    run = actions.build(county=people.COUNTY, month=AUGUST, by=people.officer_zhao(), at=PAY_DAY)
    Benefit.objects.update(amount_fen=1)

    page = queries.run(run.ref, viewer(people.officer_zhao()))

    assert (page.run.total_fen, page.lines[0].amount_fen, page.adds_up) == (165600, 165600, True)


def test_who_builds_does_not_approve(granny):
    zhao = people.officer_zhao()
    run = actions.build(county=people.COUNTY, month=AUGUST, by=zhao, at=PAY_DAY)

    with pytest.raises(NotAllowed, match="另一位"):
        actions.approve(ref=run.ref, by=zhao, at=PAY_DAY)
    with pytest.raises(NotAllowed):
        actions.send(ref=run.ref, by=zhao, at=PAY_DAY)
    actions.approve(ref=run.ref, by=people.director_lin(), at=PAY_DAY)
    with pytest.raises(AlreadyDone):
        actions.approve(ref=run.ref, by=people.director_lin(), at=PAY_DAY)


@pytest.mark.parametrize("who", [people.clerk_li, people.auditor_chen, people.keeper_wu, people.worker_wang, people.checker_he])
def test_nobody_else_pays(granny, who):
    with pytest.raises(NotAllowed):
        actions.build(county=people.COUNTY, month=AUGUST, by=who(), at=PAY_DAY)


def test_another_county_neither_pays_nor_sees(granny):
    other = people.clerk("gao", "高远", "county", people.OTHER_COUNTY)
    run = sent()

    with pytest.raises(NotAllowed):
        actions.build(county=people.COUNTY, month=AUGUST, by=other, at=PAY_DAY)
    with pytest.raises(NotAllowed):
        queries.run(run.ref, viewer(other))
    with pytest.raises(NotAllowed):
        queries.bank_file(run.ref, viewer(other))
    assert queries.runs(viewer(other)) == ()


def test_the_file_is_proved_by_its_checksum_and_written_once(granny):
    run = sent()
    again = actions.send(ref=run.ref, by=people.officer_zhao(), at=PAY_DAY + timedelta(days=1))

    file = queries.bank_file(run.ref, viewer(people.officer_zhao()))
    kept = SentFile.objects.get(run=run)
    assert again.pk == run.pk and again.sent_at == PAY_DAY and kept.file_sha256 == file.sha256
    assert hashlib.sha256(file.content).hexdigest() == file.sha256 and file.checksum.startswith(file.sha256.encode())
    assert "王桂兰" in file.content.decode() and "1656.00" in file.content.decode()
    path = settings.HOME.root / "files" / "payment" / kept.file_key
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(file.content.replace(b"1656.00", b"9380.00"))
    with pytest.raises(BrokenFile):
        queries.bank_file(run.ref, viewer(people.officer_zhao()))


def test_killed_while_sending_it_is_sent_once_all_the_same(granny, monkeypatch):
    run = actions.build(county=people.COUNTY, month=AUGUST, by=people.officer_zhao(), at=PAY_DAY)
    actions.approve(ref=run.ref, by=people.director_lin(), at=PAY_DAY)

    def killed(*args, **more):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("doudi.office.actions.record", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            actions.send(ref=run.ref, by=people.officer_zhao(), at=PAY_DAY)
    run.refresh_from_db()
    assert (run.state, SentFile.objects.count(), queries.balances(people.COUNTY)["bank"]) == ("approved", 0, 0)

    actions.send(ref=run.ref, by=people.officer_zhao(), at=PAY_DAY)
    assert queries.balances(people.COUNTY)["bank"] == 165600


def test_a_line_changed_behind_the_acts_stops_the_run(granny):
    run = actions.build(county=people.COUNTY, month=AUGUST, by=people.officer_zhao(), at=PAY_DAY)
    Line.objects.update(amount_fen=99999999)

    with pytest.raises(BrokenFile):
        actions.approve(ref=run.ref, by=people.director_lin(), at=PAY_DAY)
    found = queries.reconciled(people.COUNTY, AUGUST, viewer=viewer(people.officer_zhao()))
    assert not found.may_close and "批次页上分项目、分结果的合计，和现在的明细差" in [
        one.label for one in found.checks if not one.holds
    ]


def test_paid_money_is_seen_by_the_family_and_in_the_ledger(granny):
    run = sent()
    assert ledger() == {"granted": -165600, "bank": 165600}

    found = answer(run)
    same = answer(run)

    assert (found.paid, found.paid_fen, found.open, same.paid) == (1, 165600, 0, 0)
    assert ledger() == {"granted": -165600, "paid": 165600}
    mine = queries.my_payments(granny.pid)
    assert [(one.for_month, one.amount_fen, one.state, one.account_tail) for one in mine] == [(AUGUST, 165600, "paid", "8830")]
    assert set(Entry.objects.values_list("decision", flat=True)) == set(Decision.objects.values_list("ref", flat=True))
    run.refresh_from_db()
    assert run.state == "answered"


def test_a_payment_that_came_back_goes_out_again_once(granny):
    run = sent()
    answer(run, "失败", "账户已销户")
    line = Line.objects.get()
    actions.reissue(line=line.ref, by=people.officer_zhao(), at=PAY_DAY)
    with pytest.raises(AlreadyDone):
        actions.reissue(line=line.ref, by=people.officer_zhao(), at=PAY_DAY)

    september = sent(PAY_DAY + timedelta(days=31), date(2026, 9, 1))

    kinds = dict(Line.objects.filter(run=september).values_list("kind", "for_month"))
    assert kinds == {"regular": date(2026, 9, 1), "reissue": AUGUST}
    answer(september, at=PAY_DAY + timedelta(days=32))
    assert ledger() == {"granted": -331200, "paid": 331200}
    assert [one.state for one in queries.my_payments(granny.pid)] == ["paid", "paid"]


def test_wrong_answers_of_the_bank_are_refused_whole(granny):
    run, line = sent(), Line.objects.get()
    for text in (f"行号,结果,金额\n{line.ref},成功,1.00\n", "行号,结果,金额\nnobody,成功,1656\n"):
        with pytest.raises(WrongReturns):
            actions.read_returns(ref=run.ref, content=text.encode(), by=people.officer_zhao(), at=PAY_DAY)
    answer(run)
    with pytest.raises(WrongReturns, match="先前"):
        answer(run, "失败")
    assert Line.objects.get().state == "paid"


def test_a_hold_has_a_reason_and_what_was_held_comes_later(granny):
    benefit, zhao = Benefit.objects.get(), people.officer_zhao()
    with pytest.raises(NotAllowed, match="原因"):
        actions.hold(benefit=benefit.ref, reason=" ", by=zhao, at=PAY_DAY)
    held = actions.hold(benefit=benefit.ref, reason="家人说卡丢了", by=zhao, at=PAY_DAY)
    august = sent()
    page = queries.run(august.ref, viewer(zhao))
    assert (page.run.held_fen, page.run.payable_fen, page.adds_up) == (165600, 0, True)
    assert [row.name for row in queries.holds(viewer(zhao))] == ["王桂兰"]

    actions.release(ref=held.ref, by=zhao, at=PAY_DAY)
    september = sent(PAY_DAY + timedelta(days=31), date(2026, 9, 1))

    assert september.total_fen == 331200


def test_months_nobody_paid_come_along_once(granny):
    september = sent(PAY_DAY + timedelta(days=31), date(2026, 9, 1))
    assert sorted(Line.objects.values_list("for_month", flat=True)) == [AUGUST, date(2026, 9, 1)]
    with pytest.raises(NotAllowed, match="自动带进"):
        actions.build(county=people.COUNTY, month=AUGUST, by=people.officer_zhao(), at=PAY_DAY)

    sent(PAY_DAY + timedelta(days=62), date(2026, 10, 1))
    assert (september.lines_count, Line.objects.count()) == (2, 3)


def test_each_step_leaves_its_line_without_names(granny):
    run = sent()
    answer(run)

    lines = office.journal_of(run.ref)
    assert [line.act for line in lines] == ["payment.build", "payment.approve", "payment.send", "payment.read_returns"]
    assert all("王" not in str(line.detail) for line in lines)


@hypothesis(max_examples=some(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from(["pay", "hold", "bare"]), st.booleans()), min_size=1, max_size=8)
)
def test_whatever_is_granted_the_parts_add_up_to_the_fen(granny, some):
    """Totals are sums of lines; the ledger's sum is 0; nothing is lost between due, bank and paid."""
    with transaction.atomic():
        template, zhao = Benefit.objects.get(), people.officer_zhao()
        holds = 0
        for number, (amount, how, _) in enumerate(some):
            case = Case.objects.get(pk=template.case_id)
            case.pk, case.ref, case.receipt, case.recipient = None, f"case{number}", f"r{number}", f"p{number}"
            case.account = "" if how == "bare" else case.account
            case.save(force_insert=True)
            decision = Decision.objects.get(pk=template.decision_id)
            decision.pk, decision.ref, decision.case = None, f"decision{number}", case
            decision.save(force_insert=True)
            benefit = Benefit.objects.get(pk=template.pk)
            benefit.pk, benefit.ref, benefit.case, benefit.decision = None, f"benefit{number}", case, decision
            benefit.amount_fen = amount
            benefit.save(force_insert=True)
            Award.objects.create(
                benefit=benefit, decision=decision, from_month=benefit.from_month, amount_fen=amount, members=1,
                at=decision.at, by=decision.by,
            )  # fmt: skip
            if how == "hold":
                actions.hold(benefit=benefit.ref, reason="问清楚再发", by=zhao, at=PAY_DAY)
                holds += amount
        run = sent()
        page = queries.run(run.ref, viewer(zhao))
        expected = 165600 + sum(amount for amount, _, _ in some)
        assert page.adds_up and page.run.total_fen == expected and page.run.held_fen == holds
        assert sum(one.total_fen for one in page.by_programme) == expected and sums_hold()
        fails = {f"benefit{number}" for number, (_, _, failed) in enumerate(some) if failed}
        text = "行号,结果,金额,原因\n"
        for line in Line.objects.filter(run=run, state="sent"):
            result = "失败" if line.benefit in fails else "成功"
            text += f"{line.ref},{result},{line.amount_fen / 100:.2f},\n"
        found = actions.read_returns(ref=run.ref, content=text.encode(), by=zhao, at=PAY_DAY)
        books = queries.balances(people.COUNTY)
        assert sum(books.values()) == 0 and books["bank"] == 0 and books["granted"] == -expected
        assert sums_hold() and books["paid"] == found.paid_fen and books["due"] == expected - found.paid_fen
        transaction.set_rollback(True)


def test_a_page_of_a_run_adds_nothing_up(granny, django_assert_max_num_queries):
    run, reader = sent(), viewer(people.officer_zhao())

    with django_assert_max_num_queries(13) as asked:
        assert queries.run(run.ref, reader).adds_up
        assert queries.runs(reader)[0].payable == 1
    assert not any("SUM(" in one["sql"] or "COUNT(" in one["sql"] for one in asked.captured_queries)


@pytest.mark.django_db
def test_no_index_looks_at_what_changes_when_lines_are_sent_and_arrive():
    """Else PostgreSQL writes every index of half a million rows anew, twice a month."""
    with connection.cursor() as cursor:
        sql = "SELECT indexdef FROM pg_indexes WHERE tablename = 'payment_line'"
        if connection.vendor == "sqlite":
            sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'payment_line' AND sql IS NOT NULL"
        cursor.execute(sql)
        found = [told for (told,) in cursor.fetchall()]

    assert len(found) > 5
    assert not [told for told in found if re.search(r"\b(state|reason|answered_at|answered_by)\b", told)]


def test_sums_that_look_like_a_telephone_number_are_told_all_the_same(granny):
    """182 million yuan are 18216000000 fen: eleven digits, which the journal takes for somebody's telephone."""
    Award.objects.update(amount_fen=18216000000)

    answer(sent())

    assert "182160000.00" in str(office.journal_of(Run.objects.get().ref)[0].detail)
