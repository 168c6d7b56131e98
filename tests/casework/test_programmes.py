"""The golden cases of the law that belong to casework, walked by acts: each programme by its own road."""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.casework import actions, core, jobs, queries
from doudi.casework.actions import levels
from doudi.casework.actions.drawing import lot
from doudi.casework.core import AlreadyDone, Missing, State
from doudi.casework.models import Award, Benefit, Case, Decision, FirstHelp, Opinion, PlaceRequest, Showing
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role
from people import COUNTY, NOON, OTHER_COUNTY, TOWNSHIP

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ALL_CAN = dict.fromkeys(core.SELF_CARE, False)


def asked(pid, programme, at=NOON):
    return walk.applied(pid, at, programme=programme)


def investigated(case, at=NOON):
    """Taken in, visited, every difference settled."""
    li = people.clerk_li()
    actions.accept(ref=case.ref, by=li, at=at)
    walk.visited(case, at, li)
    walk.settled(case, at, li)
    return li


def says(case):
    page = queries.case(case.ref, office.viewer(people.officer_zhao(), "case.read", NOON), at=NOON)
    return page.assessment


def settle(case, name, value, member=""):
    actions.settle_fact(ref=case.ref, name=name, value=value, reason="问过了", member=member, by=people.clerk_li(), at=NOON)


def numbers(monkeypatch, **changed):
    """The place has other numbers."""
    from doudi.rulebook import queries as rulebook

    pack, before = rulebook.pack(), type(rulebook.pack()).parameters_at
    monkeypatch.setattr(type(pack), "parameters_at", lambda self, *args, **more: {**before(self, *args, **more), **changed})


# ---- help first (15) -------------------------------------------------------------------------------------------------------

FIRST = {
    "kind": "fire", "band": "middle", "happened_on": date(2026, 7, 1), "place": "镇上的旅馆", "cause": "住处烧了，没有地方住",
}  # fmt: skip


def test_a_traveller_is_helped_where_it_happens_the_same_day_and_the_papers_follow(sources):
    case, li = asked(people.granny_wang().pid, "temporary_emergency"), people.clerk_li()

    benefit = actions.help_first(ref=case.ref, **FIRST, amount_fen=150000, from_elsewhere=True, by=li, at=NOON)

    case.refresh_from_db()
    assert case.state == State.HELPED and not Showing.objects.filter(case=case).exists()
    assert (benefit.is_one_off, benefit.from_month, benefit.to_month) == (True, date(2026, 7, 1), date(2026, 7, 1))
    assert Award.objects.get(benefit=benefit).amount_fen == 150000
    assert (benefit.decision.amount_fen, benefit.decision.by) == (150000, f"clerk:{li.ref}")
    assert says(case).outcome == "yes", says(case).unknown
    with pytest.raises(AlreadyDone):
        actions.help_first(ref=case.ref, **FIRST, amount_fen=150000, by=li, at=NOON)
    with pytest.raises(Missing, match="两个人"):
        actions.complete(ref=case.ref, second="li", found="火灾证明", holds=True, by=li, at=NOON + DAY)
    actions.complete(ref=case.ref, second=walk.helper_qian().username, found="火灾证明", holds=True, by=li, at=NOON + DAY)
    case.refresh_from_db()
    assert case.state == State.CONFIRMED and Benefit.objects.filter(case=case).count() == 1
    with pytest.raises(NotAllowed):
        actions.complete(ref=case.ref, second="qian", found="再来", holds=False, by=li, at=NOON + DAY)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"amount_fen": 200100}, "2,000"),  # over the township's ceiling: the county consults
        ({"amount_fen": 0}, "多少元"),
        ({"kind": "lottery"}, "什么难"),
        ({"happened_on": date(2026, 7, 2)}, "还没到"),
        ({"cause": " "}, "出了什么事"),
    ],
)
def test_help_first_stays_within_what_the_township_may_give(sources, changed, why):
    case = asked(people.granny_wang().pid, "temporary_emergency")

    with pytest.raises(NotAllowed, match=why):
        actions.help_first(ref=case.ref, **{**FIRST, "amount_fen": 100000, **changed}, by=people.clerk_li(), at=NOON)
    assert not FirstHelp.objects.exists() and not Decision.objects.exists()


def test_help_first_is_no_way_around_the_road_of_other_programmes(sources):
    case = asked(people.granny_wang().pid, "dibao")

    with pytest.raises(NotAllowed):
        actions.help_first(ref=case.ref, **FIRST, amount_fen=100000, by=people.clerk_li(), at=NOON)


# ---- who confirms ------------------------------------------------------------------------------------------------------------


def test_a_township_confirms_where_the_province_lets_it_by_another_person_within_twenty_days(sources, monkeypatch):
    numbers(monkeypatch, township_confirms_dibao=True)
    case, li = asked(people.granny_wang().pid, "dibao"), people.clerk_li()
    investigated(case)
    actions.propose(ref=case.ref, kind="help", reason="您家收入低于标准。", by=li, at=NOON)
    over = NOON + timedelta(days=8)
    jobs.run_due(over)
    case.refresh_from_db()
    assert (case.level, case.state) == ("township", "at_county")
    assert case.whole_due_on <= date(2026, 7, 29)  # 20 working days

    for nobody in (li, walk.helper_qian(), people.officer_zhao()):  # proposed; visited; the county
        with pytest.raises(NotAllowed):
            actions.confirm(ref=case.ref, by=nobody, at=over)
    other = people.clerk("tang", "唐宁", Role.TOWNSHIP, TOWNSHIP)
    actions.confirm(ref=case.ref, by=other, at=over)
    case.refresh_from_db()
    assert case.state == State.CONFIRMED


def test_near_kin_go_to_the_county_even_there(sources, monkeypatch):
    numbers(monkeypatch, township_confirms_dibao=True)
    case = asked(people.granny_wang().pid, "dibao")
    actions.accept(ref=case.ref, near_kin_of="村主任", kin_relation="sibling", by=people.clerk_li(), at=NOON)
    case.refresh_from_db()
    assert (case.level, case.is_near_kin) == ("county", True)


def test_a_small_sum_for_great_spending_is_the_townships_a_large_one_the_countys(sources):
    case, li = asked(people.granny_wang().pid, "temporary_expenditure"), people.clerk_li()
    investigated(case)
    settle(case, "hh_rigid_outlay_year", 3000000)
    settle(case, "hh_income_year", 4000000)
    assert says(case).outcome == "yes", says(case).unknown
    small = {"kind": "help", "reason": "看病花得太多。", "differs_reason": "先帮这些", "by": li, "at": NOON}
    actions.propose(ref=case.ref, amount_fen=200000, **small)
    jobs.run_due(NOON + timedelta(days=8))
    case.refresh_from_db()
    assert case.level == "township"
    other = people.clerk("tang", "唐宁", Role.TOWNSHIP, TOWNSHIP)
    with pytest.raises(NotAllowed, match="2,000"):
        actions.confirm(ref=case.ref, amount_fen=200001, differs_reason="多给", by=other, at=NOON + timedelta(days=8))
    actions.confirm(ref=case.ref, by=other, at=NOON + timedelta(days=8))
    assert Benefit.objects.get(case=case).is_one_off

    Opinion.objects.filter(case=case).update(amount_fen=200001)
    assert levels.level_of(case, NOON) == "county"


# ---- near kin (20) -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("relation", "near"), [("aunt_uncle", False), ("sibling", True)])
def test_an_aunt_is_noted_a_sister_is_filed_apart_and_the_county_looks_by_itself(sources, relation, near):
    case, li, zhao = asked(people.granny_wang().pid, "dibao"), people.clerk_li(), people.officer_zhao()
    investigated(case)
    qian = walk.helper_qian()
    actions.file_near_kin(ref=case.ref, of="", clerk="li", relation=relation, by=qian, at=NOON)
    case.refresh_from_db()
    assert (case.is_near_kin, case.kin_relation) == (near, relation)
    by = qian if near else li
    if near:
        with pytest.raises(NotAllowed, match="回避"):
            actions.propose(ref=case.ref, kind="help", reason="够条件", by=li, at=NOON)
    actions.propose(ref=case.ref, kind="help", reason="您家收入低于标准。", by=by, at=NOON)
    over = NOON + timedelta(days=8)
    jobs.run_due(over)
    if near:
        with pytest.raises(NotAllowed, match="自己入户"):
            actions.confirm(ref=case.ref, by=zhao, at=over)
        second = people.clerk("han", "韩冰", Role.COUNTY, COUNTY)
        actions.survey(ref=case.ref, on=over.date(), second=second.username, signed_by="王桂兰", answers={}, needs=walk.NEEDS,
                       by=zhao, at=over)  # fmt: skip
        with pytest.raises(NotAllowed):
            actions.file_near_kin(ref=case.ref, of="谁", relation="nobody", by=zhao, at=over)
    actions.confirm(ref=case.ref, by=zhao, at=over)
    rows, more = queries.near_kin(office.viewer(people.auditor_chen(), "kin.list", NOON))
    assert [(row.is_near, row.own_visit, row.decided_by, row.name) for row in rows] == [(near, near, "赵建国", "王*兰")]
    assert not more


# ---- tekun (8, 12) and the draw ----------------------------------------------------------------------------------------------


def old_man(name="刘大山", order=31):
    one = people.person(name, date(1950, 2, 1), sex="1", order=order)
    people.household("h" + f"{order:020d}", (one, "self"))
    return one


def tekun_ready(one, fails=ALL_CAN):
    case = asked(one.pid, "tekun")
    li = investigated(case)
    seen = {"on": NOON.date(), "second": walk.helper_qian().username, "fails": fails, "words": "看他自己做了一遍"}
    actions.assess_self_care(ref=case.ref, **seen, by=li, at=NOON)
    return case, li


@pytest.mark.parametrize(
    ("failing", "grade", "fen"),
    [((), "full", 109700), (("dressing", "bathing", "toilet"), "half", 149700),
     (("dressing", "bathing", "toilet", "getting_up"), "none", 209700)],
)  # fmt: skip
def test_six_items_seen_by_two_people_go_into_the_amount(sources, failing, grade, fen):
    case, _ = tekun_ready(old_man(), {code: code in failing for code in core.SELF_CARE})

    page = queries.case_road(case.ref, office.viewer(people.clerk_li(), "case.read", NOON), at=NOON)

    assert page.self_care[0].grade_label == core.CARE_GRADES[grade]
    assert (says(case).outcome, says(case).amount_fen) == ("yes", fen), says(case).unknown


def test_no_opinion_without_the_six_items_and_an_item_left_out_is_named(sources):
    case = asked(old_man().pid, "tekun")
    li = investigated(case)

    with pytest.raises(Missing, match="六项"):
        actions.propose(ref=case.ref, kind="help", reason="够条件", by=li, at=NOON)
    with pytest.raises(Missing, match="自己洗澡"):
        part = {code: False for code in core.SELF_CARE if code != "bathing"}
        actions.assess_self_care(ref=case.ref, on=NOON.date(), second="qian", fails=part, words="看了", by=li, at=NOON)
    with pytest.raises(Missing, match="两个人"):
        actions.assess_self_care(ref=case.ref, on=NOON.date(), second="li", fails=ALL_CAN, words="看了", by=li, at=NOON)


def test_what_the_county_looks_at_itself_is_drawn_and_can_be_drawn_again(sources):
    over, cases = NOON + timedelta(days=8), []
    for order, name in enumerate(("刘大山", "马成", "何田", "吴林"), 31):
        case, li = tekun_ready(old_man(name, order))
        actions.propose(ref=case.ref, kind="help", reason="您没有人照顾。", by=li, at=NOON)
        cases.append(case)
    jobs.run_due(over)
    zhao = people.officer_zhao()
    if Case.objects.filter(is_drawn__isnull=True).exists():
        with pytest.raises(NotAllowed, match="抽号"):
            actions.confirm(ref=cases[0].ref, by=zhao, at=over)
        assert actions.draw_checks(county=COUNTY, by=zhao, at=over) == (4, 2)  # 30 of a hundred, rounded up
    with pytest.raises(NotAllowed, match="没有要抽号的"):
        actions.draw_checks(county=COUNTY, by=zhao, at=over)

    line = next(one for one in office.journal_of(COUNTY) if one.act == "casework.draw_checks")
    again = sorted(line.detail["pool"], key=lambda ref: lot(line.detail["seed"], ref))[:2]
    assert sorted(again) == line.detail["drawn"] == sorted(Case.objects.filter(is_drawn=True).values_list("ref", flat=True))
    for case in cases:
        case.refresh_from_db()
        if case.is_drawn:
            with pytest.raises(NotAllowed, match="抽中"):
                actions.confirm(ref=case.ref, by=zhao, at=over)
        else:
            actions.confirm(ref=case.ref, by=zhao, at=over)
            assert Benefit.objects.get(case=case).amount_fen == 109700


def test_the_person_chooses_where_to_live_agreements_run_one_at_a_time_and_care_is_looked_at_again(sources):
    case, li = tekun_ready(old_man())
    actions.choose_support(ref=case.ref, form="home", said="他说想住自己屋里", by=li, at=NOON)
    sides = {
        "party": "邻居陈二",
        "relation": "邻居",
        "duties": "每天去看一次",
        "from_on": date(2026, 8, 1),
        "to_on": date(2027, 7, 31),
    }
    kept = actions.keep_agreement(ref=case.ref, kind="carer", **sides, by=li, at=NOON)
    with pytest.raises(AlreadyDone):
        actions.keep_agreement(ref=case.ref, kind="carer", **sides, by=li, at=NOON)
    actions.end_agreement(ref=case.ref, agreement=kept.ref, on=date(2026, 9, 1), why="搬走了", by=li, at=NOON)
    actions.keep_agreement(ref=case.ref, kind="carer", **sides, by=li, at=NOON)
    with pytest.raises(NotAllowed, match="还没有定下来"):
        actions.ask_reassessment(ref=case.ref, said="摔了", by=li, at=NOON)
    Case.objects.filter(pk=case.pk).update(state=State.CONFIRMED)
    again = actions.ask_reassessment(ref=case.ref, said="摔了，起不来", by=li, at=NOON)
    assert again.due_on == date(2026, 7, 15)  # 10 working days
    fails = dict.fromkeys(core.SELF_CARE, True)
    actions.assess_self_care(ref=case.ref, on=NOON.date(), second="qian", fails=fails, words="卧床", by=li, at=NOON)
    again.refresh_from_db()
    assert again.done_at and again.answer.grade == "none"


# ---- a household in two counties ----------------------------------------------------------------------------------------------


def test_another_place_helps_within_its_days_and_the_case_waits_no_longer(sources):
    case, li = asked(people.granny_wang().pid, "dibao"), people.clerk_li()
    investigated(case)
    member = queries.case(case.ref, office.viewer(li, "case.read", NOON), at=NOON).members[0].ref
    wants = {"ref": case.ref, "member": member, "kind": "property", "asks": "看看老屋还在不在", "by": li, "at": NOON}
    with pytest.raises(NotAllowed, match="另一个"):
        actions.ask_elsewhere(area=COUNTY, **wants)
    one = actions.ask_elsewhere(area=OTHER_COUNTY, **wants)
    with pytest.raises(AlreadyDone):
        actions.ask_elsewhere(area=OTHER_COUNTY, **wants)
    with pytest.raises(Missing, match="外地的 1 件答复"):
        actions.propose(ref=case.ref, kind="help", reason="够条件", by=li, at=NOON)
    with pytest.raises(NotAllowed):
        actions.answer_elsewhere(request=one.ref, answer="不是我们的", by=li, at=NOON)
    there = people.clerk("lu", "陆平", Role.COUNTY, OTHER_COUNTY)
    assert [row.ref for row in queries.asked_of_us(office.viewer(there, "elsewhere.list", NOON), at=NOON).rows] == [one.ref]
    with pytest.raises(Missing, match="理由"):
        actions.answer_elsewhere(request=one.ref, answer="不想办", refusal="busy", by=there, at=NOON)
    actions.answer_elsewhere(request=one.ref, answer="老屋塌了", by=there, at=NOON + DAY)
    actions.propose(ref=case.ref, kind="help", reason="够条件", by=li, at=NOON + DAY)
    assert PlaceRequest.objects.get().outcome == "answered"


def test_a_place_that_does_not_answer_holds_nobody_up(sources):
    case, li = asked(people.granny_wang().pid, "dibao"), people.clerk_li()
    investigated(case)
    member = queries.case(case.ref, office.viewer(li, "case.read", NOON), at=NOON).members[0].ref
    one = actions.ask_elsewhere(ref=case.ref, area=OTHER_COUNTY, member=member, kind="income", asks="问工钱", by=li, at=NOON)
    late = NOON + timedelta(days=(one.due_on - NOON.date()).days + 1)

    actions.propose(ref=case.ref, kind="help", reason="够条件", by=li, at=late)


# ---- children, subsidies, recognition -----------------------------------------------------------------------------------------


def test_a_child_without_carers_is_confirmed_without_a_board(sources):
    granny, child = people.granny_wang(), people.grandson_wang()
    case, li, zhao = asked(granny.pid, "unattended_child"), people.clerk_li(), people.officer_zhao()
    Case.objects.filter(pk=case.pk).update(recipient=child.pid)
    investigated(case)
    page = queries.case_road(case.ref, office.viewer(li, "case.read", NOON), at=NOON)
    asks = {row.name: row for row in page.unknown}
    assert {"father_state", "mother_state"} <= set(asks), asks
    settle(case, "father_state", "prison", asks["father_state"].member)
    settle(case, "mother_state", "out_of_contact", asks["mother_state"].member)
    for row in queries.case_road(case.ref, office.viewer(li, "case.read", NOON), at=NOON).unknown:
        settle(case, row.name, {"flag": False, "code": "home"}.get(row.type, 0), row.member)
    assert (says(case).outcome, says(case).amount_fen) == ("yes", 130000), says(case).unknown
    actions.propose(ref=case.ref, kind="help", reason="孩子没有人照顾。", by=li, at=NOON)
    case.refresh_from_db()
    assert case.state == State.AT_COUNTY and not Showing.objects.exists()
    actions.confirm(ref=case.ref, by=zhao, at=NOON + DAY)
    benefit = Benefit.objects.get(case=case)
    assert (benefit.payee, benefit.from_month, benefit.amount_fen) == (granny.pid, date(2026, 8, 1), 130000)


def test_a_recognition_for_great_spending_holds_twelve_months_and_pays_nothing(sources):
    case, li = asked(people.granny_wang().pid, "rigid_expenditure"), people.clerk_li()
    investigated(case)
    settle(case, "hh_income_year", 6000000)
    settle(case, "hh_rigid_outlay_year", 3500000)
    assert says(case).outcome == "yes", says(case).unknown
    actions.propose(ref=case.ref, kind="help", reason="看病花的太多。", by=li, at=NOON)
    over = NOON + timedelta(days=8)
    jobs.run_due(over)
    actions.confirm(ref=case.ref, by=people.officer_zhao(), at=over)
    benefit = Benefit.objects.get(case=case)
    assert (benefit.amount_fen, benefit.from_month, benefit.to_month) == (0, date(2026, 8, 1), date(2027, 7, 1))


def test_a_fact_somebody_found_out_fits_its_kind_and_needs_a_reason(sources):
    case, li = asked(people.granny_wang().pid, "rigid_expenditure"), people.clerk_li()
    investigated(case)
    good = {"ref": case.ref, "name": "hh_income_year", "value": 100, "reason": "看了收据", "by": li, "at": NOON}
    for wrong in ({"value": -1}, {"value": True}, {"value": "多"}, {"reason": " "}, {"name": "nothing"}, {"member": "x"},
                  {"name": "father_state"}):  # fmt: skip
        with pytest.raises(NotAllowed):
            actions.settle_fact(**{**good, **wrong})
