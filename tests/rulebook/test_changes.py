"""A change of the law: who may, two people, from its day, undone to the same bytes, refused when not understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

import people
from doudi.facts.household import Household, Member
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role
from doudi.office.models import JournalEntry
from doudi.policy import answers
from doudi.policy.assess import Asked
from doudi.policy.language.errors import RuleError
from doudi.rulebook import actions, queries
from doudi.rulebook.core import Kind, State
from doudi.rulebook.models import Change

pytestmark = pytest.mark.django_db
AT = datetime(2026, 8, 25, 12, 0, tzinfo=people.HERE)
TODAY, TOMORROW = date(2026, 8, 25), date(2026, 8, 26)
BY = "禾民〔2026〕12 号"
HOME = Household(
    "h1", people.VILLAGE,
    {"hh_place_kind": "rural", "hh_members": 2, "hh_income_month": 100_000},
    (Member("p1", {"age": 78, "is_disabled": True}), Member("p2", {"age": 9, "is_disabled": False})),
)  # fmt: skip


def second() -> Any:
    """Another officer of the county."""
    return people.clerk("qian", "钱敏", Role.COUNTY, people.COUNTY)


def tuned(name: str = "A01.several.weight", value: Any = 9, **more: Any) -> Change:
    """Officer Zhao's draft of another weight."""
    given = {
        "kind": Kind.TUNE, "title": "一户多残多算几分", "source": BY, "place": people.COUNTY, "starts_on": TOMORROW,
        "what": {"is": value}, "rule": name.partition(".")[0], "parameter": name, "by": people.officer_zhao(), "at": AT,
    }  # fmt: skip
    return actions.draft(**{**given, **more})


def warning(condition: str = "any(age >= 75)", *, expect: str = "yes", **more: Any) -> Change:
    """Officer Zhao's draft of a warning of the county's own, with an example."""
    what = {
        "code": "L01", "label": "高龄老人独自带孩子", "subject": "household", "level": "O", "mode": "trigger", "threshold": None,
        "among": "", "says": "家里有 {hh_members} 口人", "advice": "去看看", "innocent": ["可能另有人照看"],
        "clauses": [{"name": "c1", "if": condition, "says": ""}],
    }  # fmt: skip
    case = {"name": "奶奶和孙女", "facts": {"hh_members": 2}, "members": [{"age": 78}, {"age": 9}], "expect": expect}
    given = {
        "kind": Kind.INDICATOR, "title": "新写 L01", "source": BY, "place": people.COUNTY, "starts_on": TOMORROW, "what": what,
        "cases": [case], "rule": "L01", "by": people.officer_zhao(), "at": AT,
    }  # fmt: skip
    return actions.draft(**{**given, **more})


def approved(change: Change, at: datetime = AT) -> Change:
    """Proposed by Zhao, approved by a second officer."""
    actions.propose(ref=change.ref, by=people.officer_zhao(), at=at)
    return actions.approve(ref=change.ref, by=second(), at=at)


def answered(on: date, area: str = people.VILLAGE) -> bytes:
    """Everything the rules that count say about a home on a day, in bytes."""
    pack = queries.pack()
    asked = Asked(replace(HOME, area=area), on, area, pack)
    signs = [(one.indicator.code, one.state, one.mask) for one in asked.signs()]
    told = [answers.assessment(one) for one in asked.programmes()]
    return answers.canonical({"programmes": told, "signs": signs})


def weight(on: date, area: str) -> Any:
    parameter = queries.pack().parameters.get("A01.several.weight")
    setting = parameter.at(area, on) if parameter else None
    return setting.value if setting else None


# ---- from its day -------------------------------------------------------------------------------------------------------


def test_nothing_counts_before_a_second_person_said_yes_and_before_its_day():
    change = tuned()
    before = queries.pack().version
    actions.propose(ref=change.ref, by=people.officer_zhao(), at=AT)
    assert queries.pack().version == before and weight(TOMORROW, people.COUNTY) is None
    actions.approve(ref=change.ref, by=second(), at=AT)
    assert queries.pack().version != before
    assert weight(TODAY, people.COUNTY) is None
    assert weight(TOMORROW, people.VILLAGE) == 9
    assert weight(TOMORROW, people.OTHER_COUNTY) is None


def test_who_approves_may_let_it_start_later():
    change = tuned()
    actions.propose(ref=change.ref, by=people.officer_zhao(), at=AT)
    actions.approve(ref=change.ref, starts_on=date(2027, 1, 1), by=second(), at=AT)
    assert weight(date(2026, 12, 31), people.COUNTY) is None and weight(date(2027, 1, 1), people.COUNTY) == 9


def test_the_past_is_not_changed():
    change = tuned(starts_on=TODAY - timedelta(days=1))
    with pytest.raises(NotAllowed, match="已经过去"):
        actions.propose(ref=change.ref, by=people.officer_zhao(), at=AT)


def test_what_was_known_on_a_day_is_asked_again_as_it_was():
    shipped = queries.shipped().version
    approved(tuned())
    assert queries.pack(known_on=TODAY - timedelta(days=1)).version == shipped
    assert queries.pack(known_on=TODAY).version == queries.pack().version != shipped


def test_a_warning_of_its_own_speaks_in_its_county_only():
    approved(warning())
    assert b'"L01","met"' in answered(TOMORROW).replace(b" ", b"")
    assert b'"L01","met"' not in answered(TOMORROW, people.OTHER_COUNTY).replace(b" ", b"")
    assert b"L01" not in answered(TODAY)


# ---- undo ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [tuned, warning])
def test_undone_the_same_answers_come_back_to_the_byte(make):
    day = TOMORROW + timedelta(days=30)
    before = answered(day)
    change = approved(make())
    if make is warning:
        assert answered(day) != before
    later = AT + timedelta(days=10)
    undo = actions.undo(ref=change.ref, source="禾民〔2026〕20 号", starts_on=later.date(), by=people.officer_zhao(), at=later)
    assert undo.state == State.PROPOSED
    actions.approve(ref=undo.ref, by=second(), at=later)
    assert answered(day) == before
    if make is tuned:
        assert weight(TOMORROW, people.COUNTY) == 9 and weight(later.date(), people.COUNTY) is None


def test_undone_before_it_began_it_never_was():
    shipped = queries.shipped().version
    change = approved(tuned(starts_on=date(2027, 1, 1)))
    undo = actions.undo(ref=change.ref, source=BY, starts_on=TOMORROW, by=people.officer_zhao(), at=AT)
    actions.approve(ref=undo.ref, by=second(), at=AT)
    assert queries.pack().version == shipped


def test_undone_once_and_an_undo_is_not_undone():
    change = approved(tuned())
    undo = actions.undo(ref=change.ref, source=BY, starts_on=TOMORROW, by=people.officer_zhao(), at=AT)
    with pytest.raises(NotAllowed, match="已经有人提了撤回"):
        actions.undo(ref=change.ref, source=BY, starts_on=TOMORROW, by=people.officer_zhao(), at=AT)
    actions.approve(ref=undo.ref, by=second(), at=AT)
    with pytest.raises(NotAllowed, match="只有批了的变更能撤回"):
        actions.undo(ref=undo.ref, source=BY, starts_on=TOMORROW, by=people.officer_zhao(), at=AT)


def test_of_two_changes_the_later_goes_and_the_earlier_stays():
    approved(tuned(value=8))
    second_one = approved(tuned(value=9, starts_on=date(2026, 9, 10)))
    assert weight(date(2026, 9, 20), people.COUNTY) == 9
    undo = actions.undo(ref=second_one.ref, source=BY, starts_on=date(2026, 9, 15), by=people.officer_zhao(), at=AT)
    actions.approve(ref=undo.ref, by=second(), at=AT)
    days = (date(2026, 9, 1), date(2026, 9, 12), date(2026, 9, 20))
    assert [weight(day, people.COUNTY) for day in days] == [8, 9, 8]


# ---- who may ------------------------------------------------------------------------------------------------------------

POSTS = [
    (Role.COUNTY, people.COUNTY, True),
    (Role.DIRECTOR, people.CITY, True),
    (Role.COUNTY, people.OTHER_COUNTY, False),
    (Role.TOWNSHIP, people.TOWNSHIP, False),
    (Role.VILLAGE, people.VILLAGE, False),
    (Role.VERIFICATION, people.COUNTY, False),
    (Role.DATA, people.CITY, False),
    (Role.AUDITOR, people.CITY, False),
]


@pytest.mark.parametrize(("role", "area", "may"), POSTS)
def test_who_may_write_and_who_may_approve(role, area, may):
    clerk = people.clerk("one", "某", role, area)
    proposed = tuned()
    actions.propose(ref=proposed.ref, by=people.officer_zhao(), at=AT)
    acts = [
        lambda: tuned(by=clerk),
        lambda: actions.approve(ref=proposed.ref, by=clerk, at=AT),
        lambda: actions.undo(ref=proposed.ref, source=BY, starts_on=TOMORROW, by=clerk, at=AT),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()


def test_a_county_may_not_set_what_the_city_sets_and_is_told_who_may():
    given = {"kind": Kind.VALUE, "parameter": "dibao_standard", "rule": "", "what": {"is": {"urban": "900", "rural": "720"}}}
    with pytest.raises(NotAllowed, match="由省里、市里来定，县里不能定"):
        tuned(**given)
    director = people.clerk("jiang", "江涛", Role.DIRECTOR, people.CITY)
    change = tuned(**given, place=people.CITY, by=director)
    with pytest.raises(NotAllowed, match="不归您负责"):
        actions.approve(ref=change.ref, by=people.officer_zhao(), at=AT)
    actions.propose(ref=change.ref, by=director, at=AT)
    other = people.clerk("tang", "唐颖", Role.DIRECTOR, people.CITY)
    actions.approve(ref=change.ref, by=other, at=AT)
    assert queries.pack().parameters["dibao_standard"].at(people.VILLAGE, TOMORROW).value == {"urban": 90000, "rural": 72000}


def test_nobody_approves_what_they_wrote_or_handed_in():
    change = tuned()
    actions.propose(ref=change.ref, by=second(), at=AT)
    for clerk in (people.officer_zhao(), second()):
        with pytest.raises(NotAllowed, match="自己不能批"):
            actions.approve(ref=change.ref, by=clerk, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.filter(ref=change.ref).update(state="approved", approved_at=AT, approved_by=change.drafted_by)


# ---- the road -----------------------------------------------------------------------------------------------------------


def test_no_document_no_change():
    with pytest.raises(NotAllowed, match="依据的文件"):
        tuned(source="  ")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda ref, by: actions.approve(ref=ref, by=by, at=AT), "不在等审批"),
        (lambda ref, by: actions.reject(ref=ref, reason="不行", by=by, at=AT), "不在等审批"),
        (lambda ref, by: actions.undo(ref=ref, source=BY, starts_on=TOMORROW, by=by, at=AT), "只有批了的"),
    ],
)
def test_a_draft_is_neither_approved_nor_rejected_nor_undone(act, said):
    change = tuned()
    with pytest.raises(NotAllowed, match=said):
        act(change.ref, second())


def test_rejected_with_a_reason_taken_back_and_then_nothing_more():
    change = tuned()
    actions.propose(ref=change.ref, by=people.officer_zhao(), at=AT)
    with pytest.raises(NotAllowed, match="为什么不批"):
        actions.reject(ref=change.ref, reason=" ", by=second(), at=AT)
    rejected = actions.reject(ref=change.ref, reason="再想想", by=second(), at=AT)
    assert (rejected.state, rejected.reason) == (State.REJECTED, "再想想")
    with pytest.raises(NotAllowed, match="收不回来"):
        actions.withdraw(ref=change.ref, by=people.officer_zhao(), at=AT)
    other = tuned()
    assert actions.withdraw(ref=other.ref, by=people.officer_zhao(), at=AT).state == State.WITHDRAWN


def test_each_act_leaves_one_line():
    change = tuned()
    said = {"title": "改", "source": BY, "place": people.COUNTY, "starts_on": TOMORROW, "what": {"is": 7}}
    actions.edit(ref=change.ref, **said, by=people.officer_zhao(), at=AT)
    approved(change)
    undo = actions.undo(ref=change.ref, source=BY, starts_on=TOMORROW, by=people.officer_zhao(), at=AT)
    actions.reject(ref=undo.ref, reason="不用", by=second(), at=AT)
    told = list(JournalEntry.objects.filter(act__startswith="rulebook.").order_by("seq").values_list("act", flat=True))
    assert told == [f"rulebook.{act}" for act in ("draft", "edit", "propose", "approve", "undo", "reject")]


# ---- what is not understood ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "said"),
    [("any(aeg >= 75)", "age"), ("age >= 75", "any"), ("any(age >= 75", "括号|看不懂|右"), ("hh_income_month > 500", "yuan")],
)
def test_a_condition_that_is_not_understood_is_never_handed_in(condition, said):
    change = warning(condition)
    with pytest.raises(NotAllowed, match=said):
        actions.propose(ref=change.ref, by=people.officer_zhao(), at=AT)
    change.refresh_from_db()
    assert change.state == State.DRAFT


def test_an_example_that_comes_out_otherwise_is_not_handed_in():
    change = warning(expect="no")
    with pytest.raises(NotAllowed, match="例子没有算出要的结果：奶奶和孙女"):
        actions.propose(ref=change.ref, by=people.officer_zhao(), at=AT)


def test_a_text_that_stopped_being_understood_is_reported_and_never_left_out_quietly():
    """After an upgrade a fact may be gone: the pack is refused, the page says which change, and an undo mends it."""
    change = approved(warning())
    Change.objects.filter(pk=change.pk).update(text=change.text.replace("age", "years_of_age_now_gone"))
    queries._added.cache_clear()
    with pytest.raises(RuleError, match=change.ref):
        queries.pack()
    (broken,) = queries.broken()
    assert broken.ref == change.ref and "years_of_age_now_gone" in broken.why


def test_undoing_a_change_that_is_not_understood_any_more_mends_the_law():
    change = approved(warning())
    what = {**change.what, "clauses": [{"name": "c1", "if": "any(gone_fact >= 75)", "says": ""}]}
    Change.objects.filter(pk=change.pk).update(text=change.text.replace("any(age >= 75)", "any(gone_fact >= 75)"), what=what)
    queries._added.cache_clear()
    later = AT + timedelta(days=5)
    undo = actions.undo(ref=change.ref, source=BY, starts_on=later.date(), by=people.officer_zhao(), at=later)
    actions.approve(ref=undo.ref, by=second(), at=later)
    assert queries.broken() == []
    assert queries.pack().version == queries.shipped().version


# ---- tried before it counts ---------------------------------------------------------------------------------------------


def held(pack: Any, day: date) -> Any:
    parameter = pack.parameters.get("A01.several.weight")
    setting = parameter.at(people.COUNTY, day) if parameter else None
    return setting.value if setting else None


def test_a_trial_is_the_law_without_and_with_the_change_and_of_an_undo_the_other_way_round():
    day = date(2026, 7, 31)  # the last cycle's, long before it starts
    change = tuned()
    tried = queries.trial(change.ref, day)
    assert (held(tried.before, day), held(tried.after, day)) == (None, 9)
    assert (tried.indicators, tried.programmes) == (("A01",), ())
    approved(change)
    undo = actions.undo(ref=change.ref, source=BY, starts_on=TOMORROW, by=people.officer_zhao(), at=AT)
    back = queries.trial(undo.ref, day)
    assert (held(back.before, day), held(back.after, day)) == (9, None)


def test_a_trial_of_a_number_asks_the_rules_that_read_it():
    director = people.clerk("jiang", "江涛", Role.DIRECTOR, people.CITY)
    given = {"kind": Kind.VALUE, "parameter": "dibao_standard", "rule": "", "what": {"is": {"urban": "900", "rural": "720"}}}
    change = tuned(**given, place=people.CITY, by=director)
    tried = queries.trial(change.ref, TODAY)
    assert (tried.indicators, tried.programmes) == ((), ("dibao",))


# ---- cheap --------------------------------------------------------------------------------------------------------------


def test_the_law_costs_one_small_question(django_assert_num_queries):
    approved(tuned())
    first = queries.pack()
    with django_assert_num_queries(1):
        assert queries.pack() is first


def test_other_counties_do_not_see_drafts():
    change = tuned()
    stranger = office.viewer(people.clerk("far", "远", Role.COUNTY, people.OTHER_COUNTY), "rules.read", AT)
    mine = office.viewer(people.officer_zhao(), "rules.read", AT)
    assert queries.change(change.ref, stranger) is None and queries.change(change.ref, mine).title == change.title
    approved(change)
    assert queries.change(change.ref, stranger).state == State.APPROVED
