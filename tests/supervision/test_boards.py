"""The five boards: a dossier handled as the law says is clean, each planted breach is found, what nobody kept is not known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

import people
import walk
from doudi.casework import actions
from doudi.casework.core.causes import Asked
from doudi.casework.models import (
    Adjustment,
    Award,
    Benefit,
    BoardPhoto,
    Case,
    CaseMember,
    Decision,
    Review,
    Showing,
    Survey,
    SurveyPaper,
)
from doudi.monitoring import actions as monitoring
from doudi.monitoring.core import Finding
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import Clerk
from doudi.office.queries import viewer
from doudi.payment.models import AccountChange, Entry, Line, ReturnFile, Run, RunSum, SentFile
from doudi.policy import pack as packs
from doudi.supervision import queries
from doudi.supervision.core import BOARDS, Told
from doudi.supervision.queries import Sweep, boards
from doudi.verification.models import Check

from .conftest import NOBODY_ON_LISTS, ON, pay

pytestmark = pytest.mark.django_db


def found(on: date = ON, area: str = people.COUNTY) -> Sweep:
    return queries.sweep(area, on)


def hit(code: str, on: date = ON) -> bool:
    row = found(on).rule(code)
    assert row is not None, code
    return bool(row.found)


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, 0, tzinfo=people.HERE)


def test_a_dossier_handled_as_the_law_says_has_no_hit(helped: Case) -> None:
    assert {rule.code: rule.found for board in found().boards for rule in board.rules if rule.found} == {}


def test_every_rule_of_the_pack_stands_on_its_board(helped: Case) -> None:
    boards = found().boards
    assert [board.code for board in boards] == list(BOARDS)
    assert {rule.code for board in boards for rule in board.rules} == {rule.code for rule in packs.load().supervision_on(ON)}


def test_what_no_room_keeps_is_without_data_and_never_clean(helped: Case) -> None:
    row = found().rule("PY-07")
    assert row is not None and row.state == "no_data" and row.missing
    assert "还没有数据" in found().hits["PY-07"][0].sentence


def ended(case: Case) -> Adjustment:
    """Her help ended because she wished it, as the acts do it: heard, then decided by another."""
    held = Benefit.objects.get(case=case)
    asked = Asked(kind="end", cause="own_wish", reason="不想领了")
    kept = actions.propose_adjustment(benefit=held.ref, asked=asked, by=people.clerk_li(), at=noon(8, 24))
    if kept.is_less:
        actions.record_hearing(
            ref=kept.ref, outcome="heard", on=date(2026, 8, 24), views="好", signed_by="王桂兰", by=people.clerk_li(),
            at=noon(8, 24),
        )  # fmt: skip
    return actions.decide_adjustment(ref=kept.ref, by=people.officer_zhao(), at=noon(8, 25))


def test_ending_help_is_judged_by_its_hearing_and_its_letter(helped: Case) -> None:
    assert not hit("RV-06") and not hit("RV-07")  # nothing was cut
    kept = ended(helped)
    assert kept.is_less
    boards._swept.cache_clear()
    assert not hit("RV-06") and not hit("RV-07")  # the letter has some days yet
    assert not hit("RV-06", date(2026, 10, 28)) and hit("RV-07", date(2026, 10, 28))


def test_a_review_is_late_by_the_day_it_was_closed_and_open_it_is_not_known(helped: Case) -> None:
    held = Benefit.objects.get(case=helped)
    review = Review.objects.create(benefit=held, due_on=date(2026, 5, 1), kind="stable", called_at=noon(5, 6), called_by="x")
    row = found().rule("RV-02")
    assert row is not None and row.state == "no_data"
    Review.objects.filter(pk=review.pk).update(closed_at=noon(8, 20), closed_by="clerk:li", outcome="same")
    boards._swept.cache_clear()
    assert hit("RV-02")


def test_whose_a_changed_account_is_comes_from_the_record_of_the_change(helped: Case) -> None:
    Case.objects.filter(pk=helped.pk).update(account_way="other")
    boards._swept.cache_clear()
    row = found().rule("PY-05")
    assert row is not None and row.state == "no_data"
    account = Line.objects.get().account
    for holder, strange in ((helped.applicant, False), ("p" + "9" * 20, True)):
        AccountChange.objects.all().delete()
        AccountChange.objects.create(
            case=helped.ref, area=helped.area, payee=helped.applicant, name="王桂兰", new_account=account, new_bank="农信社",
            account_blind="x", holder=holder, holder_name="王", channel="window", at=noon(8, 1), by="clerk:li",
        )  # fmt: skip
        boards._swept.cache_clear()
        assert hit("PY-05") is strange


def test_a_board_nobody_photographed_is_a_hit(helped: Case) -> None:
    assert not hit("PR-08")
    BoardPhoto.objects.all().delete()
    boards._swept.cache_clear()
    assert hit("PR-08")


# ---- each breach, planted, is found -------------------------------------------------------------------------------------


def of(case: Case, **changed: object) -> None:
    Case.objects.filter(pk=case.pk).update(**changed)


def decided(case: Case, **changed: object) -> None:
    Decision.objects.filter(case=case).update(**changed)


def never_paid() -> None:
    for table in (Entry, ReturnFile, SentFile, Line, RunSum, Run):
        table.objects.all().delete()


def never_helped(case: Case) -> None:
    never_paid()
    Award.objects.filter(benefit__case=case).delete()
    Benefit.objects.filter(case=case).delete()


def refused(case: Case, **changed: object) -> None:
    """As if the county had refused it."""
    never_helped(case)
    of(case, state="refused")
    decided(case, kind="refuse", **changed)


def benefit(case: Case, **changed: object) -> None:
    Benefit.objects.filter(case=case).update(**changed)


def line(case: Case, **changed: object) -> None:
    Line.objects.filter(case=case.ref).update(**changed)


def open_since(case: Case, day: datetime, programme: str = "dibao") -> None:
    """As if it had been accepted on a day and nothing happened since."""
    never_helped(case)
    Decision.objects.filter(case=case).delete()
    never_shown(case)
    for row in case.opinions.all():
        row.delete()
    of(case, state="investigating", accepted_at=day, programme=programme, at_county_on=None)


def at_county_since(case: Case, day: date, programme: str) -> None:
    open_since(case, noon(7, 2), programme)
    of(case, state="at_county", at_county_on=day)


def never_shown(case: Case) -> None:
    BoardPhoto.objects.filter(showing__case=case).delete()
    Showing.objects.filter(case=case).delete()


def never_visited(case: Case) -> None:
    SurveyPaper.objects.filter(survey__case=case).delete()
    Survey.objects.filter(case=case).delete()


def unpaid(case: Case) -> None:
    line(case, state="failed")


def on_list(case: Case, told: dict[str, Told], name: str) -> None:
    told[case.applicant] = Told(None, True, {**NOBODY_ON_LISTS, name: True})


def died(case: Case, told: dict[str, Told], day: date) -> None:
    told[case.applicant] = Told(day, True, NOBODY_ON_LISTS)


def noticed(case: Case, indicator: str, day: datetime) -> None:
    finding = Finding(indicator, "O", "person", case.applicant, case.applicant, "h" + "1" * 20, case.area, "王**", "b", 1, "{}")
    by = Party.system("cycle")
    monitoring.publish([finding], cycle="c1", judged_on=day.date(), counts={}, by=by, at=day)


def kin_elsewhere(case: Case) -> Case:
    """An uncle's application, filed apart as near kin of the village's head; she was counted in that family too."""
    uncle = people.uncle_zhou()
    other = walk.applied(uncle.pid, noon(8, 1))
    CaseMember.objects.create(case=other, pid=case.applicant, name="王桂兰", relation="other", proposed=False, together=True)
    return actions.file_near_kin(ref=other.ref, of="村主任", by=people.clerk_li(), at=noon(8, 1))


class Undone(Exception):
    """Ends a planted breach, so that the next begins from the clean dossier."""


BREACHES: dict[str, Callable[[Case, dict[str, Told]], None]] = {
    "PR-01": lambda case, told: open_since(case, noon(7, 1)),
    "PR-02": lambda case, told: of(case, accepted_at=noon(6, 1)),
    "PR-03": lambda case, told: Check.objects.filter(subject=case.ref).update(at=noon(7, 15)),
    "PR-05": lambda case, told: SurveyPaper.objects.filter(survey__case=case).delete(),
    "PR-06": lambda case, told: never_visited(case),
    "PR-07": lambda case, told: Showing.objects.filter(case=case).update(to_on=date(2026, 7, 5)),
    "PR-09": lambda case, told: never_shown(case),
    "PR-10": lambda case, told: refused(case, served_at=None, served_by=""),
    "PR-11": lambda case, told: refused(case, reason=""),
    "PR-12": lambda case, told: of(case, is_near_kin=True),
    "PR-13": lambda case, told: kin_elsewhere(case),
    "PR-14": lambda case, told: Check.objects.filter(subject=case.ref).update(subject="h" + "9" * 20),
    "PR-15": lambda case, told: Check.objects.filter(subject=case.ref).update(valid_until=date(2026, 7, 5)),
    "PR-16": lambda case, told: decided(case, members=1),
    "PR-17": lambda case, told: at_county_since(case, date(2026, 7, 20), "dibao"),
    "PR-18": lambda case, told: open_since(case, noon(7, 20), "tekun"),
    "PR-19": lambda case, told: at_county_since(case, date(2026, 7, 20), "tekun"),
    "RV-01": lambda case, told: benefit(case, review_due_on=date(2026, 8, 1)),
    "RV-04": lambda case, told: died(case, told, date(2026, 5, 1)),
    "RV-05": lambda case, told: noticed(case, "C01", noon(7, 12)),
    "PY-01": lambda case, told: died(case, told, date(2026, 7, 15)),
    "PY-02": lambda case, told: benefit(case, from_month=date(2026, 7, 1), to_month=date(2026, 7, 1)),
    "PY-04": lambda case, told: unpaid(case),
    "PY-08": lambda case, told: Line.objects.create(
        run=Run.objects.get(), benefit="another", decision="d", case=case.ref, programme=case.programme, area=case.area,
        payee=case.applicant, name="王桂兰", for_month=date(2026, 8, 1), amount_fen=100, state="paid",
    ),
    "PY-09": lambda case, told: Run.objects.update(approved_at=None, approved_by=""),
    "PY-10": lambda case, told: line(case, amount_fen=123),
    "IO-01": lambda case, told: refused(case),
    "IO-03": lambda case, told: (refused(case), noticed(case, "B01", noon(8, 1))),
    "IO-04": lambda case, told: case.assessments.update(outcome="no"),
    "IO-05": lambda case, told: noticed(case, "C01", noon(8, 20)),
    "OV-04": lambda case, told: on_list(case, told, "on_tekun"),
    "OV-05": lambda case, told: (of(case, programme="near_dibao"), on_list(case, told, "on_dibao")),
    "OV-06": lambda case, told: (of(case, programme="tekun"), on_list(case, told, "on_living_subsidy")),
    "OV-07": lambda case, told: (of(case, programme="tekun"), on_list(case, told, "on_child_benefit")),
}  # fmt: skip


def test_each_planted_breach_is_found_and_named(helped: Case, told: dict[str, Told]) -> None:
    for code, plant in BREACHES.items():
        assert not hit(code), code
        with suppress(Undone), transaction.atomic():
            queries.boards._swept.cache_clear()
            plant(helped, told)
            assert hit(code), code
            one = next(one for one in found().hits[code] if one.state == "met")
            assert (one.case, one.masked_name) == (helped.ref, "王*兰"), code
            assert "None" not in one.sentence and "{" not in one.sentence and one.sentence, code
            row = found().rule(code)
            assert row is not None and row.article and row.innocent, code
            raise Undone
        told.clear()
        queries.boards._swept.cache_clear()


def test_a_family_that_did_not_sign_is_no_breach_where_why_is_written_down(helped: Case) -> None:
    papers = SurveyPaper.objects.filter(survey__case=helped)
    papers.delete()
    assert hit("PR-05")
    queries.boards._swept.cache_clear()
    left = {"unsigned": "refused", "unsigned_words": "不愿意", "witness": "妇女主任", "unsigned_by": "clerk:li"}
    Survey.objects.filter(case=helped).update(unsigned_at=noon(7, 2), **left)
    assert not hit("PR-05")


def test_near_kin_visited_by_the_county_itself_is_clean(helped: Case) -> None:
    of(helped, is_near_kin=True)
    Survey.objects.create(
        case=helped,
        on=date(2026, 7, 9),
        level="county",
        first="c1",
        second="c2",
        signed_by="王桂兰",
        at=noon(7, 9),
        by="clerk:zhao",
    )
    assert not hit("PR-12")


def test_who_stands_in_the_register_of_near_kin_is_asked_of_people_and_everywhere(helped: Case) -> None:
    assert not hit("PR-13")
    row = found().rule("PR-13")
    assert row is not None and row.state == "clean"
    other = kin_elsewhere(helped)
    boards._swept.cache_clear()
    row = found().rule("PR-13")
    assert row is not None and row.found == 1  # hers; the uncle's own is filed apart
    of(other, area="990102001201")
    boards._swept.cache_clear()
    assert hit("PR-13")  # filed in another county
    CaseMember.objects.filter(case=other, pid=helped.applicant).update(counted=False, counted_at=noon(8, 2), counted_by="x")
    boards._swept.cache_clear()
    assert not hit("PR-13")  # she turned out not to live there
    CaseMember.objects.create(case=helped, name="不知名", relation="other", proposed=False, together=True)
    boards._swept.cache_clear()
    row = found().rule("PR-13")
    assert row is not None and row.state == "no_data" and not row.found  # somebody without a number: it cannot be told


def test_kin_the_law_does_not_call_near_stand_in_no_register_of_theirs(helped: Case) -> None:
    other = walk.applied(people.uncle_zhou().pid, noon(8, 1))
    CaseMember.objects.create(case=other, pid=helped.applicant, name="王桂兰", relation="other", proposed=False, together=True)
    actions.file_near_kin(ref=other.ref, of="村主任", relation="cousin", by=people.clerk_li(), at=noon(8, 1))
    assert not hit("PR-13")


def test_a_month_nobody_paid_is_found_only_when_it_is_over_and_the_county_pays_here(helped: Case) -> None:
    line(helped, state="failed")
    assert not hit("PY-03", date(2026, 8, 31))
    assert hit("PY-03", date(2026, 9, 10))
    never_paid()
    queries.boards._swept.cache_clear()
    row = found(date(2026, 9, 10)).rule("PY-03")
    assert row is not None and row.state == "no_data"


def test_paid_each_month_stays_clean(helped: Case) -> None:
    pay(date(2026, 9, 1))
    assert not hit("PY-03", date(2026, 10, 10))


def test_without_a_register_nobody_is_called_alive(helped: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doudi.supervision.gateways.register.told", lambda pids: {})
    for code in ("RV-04", "PY-01", "OV-04"):
        row = found().rule(code)
        assert row is not None and row.state == "no_data", code


def neighbour(case: Case, *, area: str = people.VILLAGE) -> Case:
    """Uncle Zhou, helped the same way."""
    other = walk.applied(people.uncle_zhou().pid)
    walk.confirmed(other)
    of(other, area=area)
    benefit(other, area=area)
    return other


def test_one_account_for_two_households(helped: Case) -> None:
    neighbour(helped)
    pay(date(2026, 9, 1))
    assert hit("PY-06", date(2026, 9, 28))  # walk.applied gives both the same card


def test_one_person_in_two_households_and_in_two_places(helped: Case) -> None:
    other = neighbour(helped)
    assert not hit("OV-02")
    queries.boards._swept.cache_clear()
    CaseMember.objects.create(case=other, pid=helped.applicant, name="王桂兰", relation="other", together=True)
    assert hit("OV-02") and not hit("OV-01")
    queries.boards._swept.cache_clear()
    of(other, area=people.OTHER_COUNTY + "001201")
    assert hit("OV-01")


def test_two_numbers_that_look_like_one_person(helped: Case) -> None:
    twin = people.person("王桂兰", date(1948, 3, 5), order=23)
    type(twin).objects.filter(pid=twin.pid).update(short_blind=people.Person.objects.get(pid=helped.applicant).short_blind)
    assert hit("OV-03")


def test_refused_and_soon_confirmed(helped: Case) -> None:
    earlier = Case.objects.get(pk=helped.pk)
    again = neighbour(helped)
    of(again, applicant=helped.applicant)
    refused(earlier)
    decided(earlier, on=date(2026, 7, 2))
    assert hit("IO-02")


def test_a_village_where_nothing_happens_is_asked_about_once(helped: Case) -> None:
    for number in range(6):
        one = Case.objects.get(pk=helped.pk)
        decision = one.decisions.get()
        one.pk, one.ref, one.receipt, one.recipient = None, f"a{number:016}", f"9901012026{number:04}", f"p{number}"
        one.save()
        opinion = decision.opinion
        opinion.pk, opinion.ref, opinion.case = None, f"o{number}", one
        opinion.save()
        decision.pk, decision.ref, decision.case, decision.opinion, decision.on = (
            None,
            f"d{number}",
            one,
            opinion,
            date(2024, 5, 6),
        )
        decision.save()
        help_ = Benefit.objects.get(case=helped)
        help_.pk, help_.ref, help_.case, help_.decision, help_.from_month = None, f"b{number}", one, decision, date(2024, 6, 1)
        help_.save()
    assert not hit("IO-06")  # granny's own case came in this year
    queries.boards._swept.cache_clear()
    decided(helped, on=date(2024, 5, 6))
    row = found().rule("IO-06")
    assert row is not None and (row.found, row.asked) == (1, 1)


# ---- who may look -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [people.clerk_li, people.officer_zhao, people.worker_wang, people.checker_he, people.keeper_wu])
def test_only_who_watches_may_look(helped: Case, who: Callable[[], Clerk]) -> None:
    looking = viewer(who(), "audit.read", noon(8, 28))
    assert looking is not None
    with pytest.raises(NotAllowed):
        queries.seen_by(looking, ON)


def test_a_watcher_sees_their_own_area(helped: Case) -> None:
    here = viewer(people.auditor_chen(), "audit.read", noon(8, 28))
    there = viewer(people.clerk("gu", "顾明", Role.AUDITOR, people.OTHER_COUNTY), "audit.read", noon(8, 28))
    assert here is not None and there is not None
    assert queries.seen_by(here, ON).cases == 1 and queries.seen_by(there, ON).cases == 0


# ---- at once ------------------------------------------------------------------------------------------------------------


def test_however_many_cases_the_questions_to_the_database_stay_the_same(
    helped: Case, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(27):
        found()
    neighbour(helped)
    pay(date(2026, 9, 1))
    with django_assert_num_queries(27):
        found()


def test_asked_again_while_nothing_was_done_it_answers_from_memory_and_an_act_is_seen_at_once(helped: Case) -> None:
    first = found()
    assert found() is first
    actions.start_draft(pid=people.uncle_zhou().pid, by=Party.resident(people.uncle_zhou().pid), at=noon(8, 20))
    assert found() is not first


def test_many_days_of_the_calendar_around_the_limit(helped: Case) -> None:
    """Thirty working days after 1 July 2026 end on 12 August."""
    open_since(helped, noon(7, 1))
    assert not hit("PR-01", date(2026, 8, 12)) and hit("PR-01", date(2026, 8, 12) + timedelta(days=1))
