"""The whole road of a case, and what must not happen on it."""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.casework import actions, jobs, queries
from doudi.casework.core import AlreadyDone, Changed, Missing, State
from doudi.casework.models import Assessment, Benefit, Case, Decision, Opinion, Showing
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party

pytestmark = pytest.mark.django_db
NOON = people.NOON


def viewer(clerk, purpose="case.read"):
    return office.viewer(clerk, purpose, NOON)


def test_an_application_becomes_help_from_the_month_after(sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "insurance", event="pension_start", event_date=date(2010, 1, 1), base=21300)

    case = walk.applied(granny.pid)
    assert (case.state, case.receipt[:8], case.handler) == ("submitted", "99010126", people.clerk_li().ref)
    walk.confirmed(case)

    benefit = Benefit.objects.get(case=case)
    # 690 yuan a head in the country, two heads, one pension: 1380 - 213 = 1167, and 138 for each of two over 60
    assert (benefit.amount_fen, benefit.members, benefit.from_month) == (144300, 2, date(2026, 8, 1))
    assert case.state == State.CONFIRMED
    acts = [line.act for line in office.journal_of(case.ref) if line.act.startswith("casework.")]
    assert [act for act in acts if act != "casework.judge"] == [
        "casework.submit", "casework.accept", "casework.survey", "casework.keep_survey_paper", "casework.propose",
        "casework.end_showing", "casework.confirm",
    ]  # fmt: skip


def test_the_decision_is_not_the_assessment_and_names_it(sources):
    case = walk.confirmed(walk.applied(people.granny_wang().pid))

    decision = Decision.objects.get(case=case)
    frozen = Assessment.objects.get(pk=decision.assessment_id)
    assert frozen.outcome == "yes" and frozen.pack and frozen.trace["conditions"] and frozen.facts["facts"]["hh_members"] == 2
    assert decision.reconsider_until == decision.on + timedelta(days=60)


def test_a_double_click_hands_in_once(sources):
    granny = people.granny_wang()
    case = walk.applied(granny.pid)

    again = actions.submit(ref=case.draft.ref, consent=True, by=Party.resident(granny.pid), at=NOON)

    assert again.pk == case.pk
    assert Case.objects.count() == 1


def test_an_application_lacking_things_says_all_at_once(sources):
    granny = people.granny_wang()
    me = Party.resident(granny.pid)
    draft = actions.start_draft(pid=granny.pid, by=me, at=NOON)

    with pytest.raises(Missing, match=r"难在哪里.*吃住.*进项.*哪张卡.*同意核对"):
        actions.submit(ref=draft.ref, consent=False, by=me, at=NOON)


def test_the_same_trouble_is_not_applied_for_twice(sources):
    granny = people.granny_wang()
    walk.applied(granny.pid)

    with pytest.raises(NotAllowed, match="正在办"):
        walk.applied(granny.pid, NOON + timedelta(days=1))


def test_nobody_proposes_without_visit_and_judgement(sources):
    case, li = walk.applied(people.granny_wang().pid), people.clerk_li()
    actions.accept(ref=case.ref, by=li, at=NOON)

    with pytest.raises(Missing, match=r"入户调查.*1 处要判断的"):
        actions.propose(ref=case.ref, kind="help", reason="够条件", by=li, at=NOON)


def test_a_silent_bank_is_a_question_and_keeps_the_answer_unknown(sources, monkeypatch):
    del sources.as_of["deposit"]
    case, li = walk.applied(people.granny_wang().pid), people.clerk_li()
    actions.accept(ref=case.ref, by=li, at=NOON)

    page = queries.case(case.ref, viewer(li), at=NOON)

    assert page.assessment.outcome == "unknown"
    assert {one.kind for one in page.questions} == {"silent", "homes"}
    assert any("金融资产" in words for words in page.assessment.unknown), page.assessment.unknown
    walk.settled(case, NOON, li)
    assert queries.case(case.ref, viewer(li), at=NOON).assessment.outcome == "yes"


def test_a_car_is_a_question_with_innocent_explanations_not_a_verdict(sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "vehicle", plate="禾A12345", **{"class": "car"}, first_registered=date(2015, 5, 1), status="normal")
    case, li = walk.applied(granny.pid), people.clerk_li()
    actions.accept(ref=case.ref, by=li, at=NOON)

    asked = next(one for one in queries.case(case.ref, viewer(li), at=NOON).questions if one.kind == "vehicle")

    assert not asked.choice and "没过户" in asked.explanations[0] and asked.source.batch == 7
    with pytest.raises(Missing):
        actions.judge(ref=case.ref, question=asked.ref, choice="data_right", reason=" ", by=li, at=NOON)
    walk.settled(case, NOON, li)
    actions.judge(ref=case.ref, question=asked.ref, choice="data_right", reason="车在用", by=li, at=NOON)
    page = queries.case(case.ref, viewer(li), at=NOON)
    assert page.assessment.outcome == "no"
    assert [one.holds for one in page.assessment.conditions if "汽车" in one.name] == [False]


def test_going_against_the_assessment_needs_a_reason(sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "insurance", event="pension_start", event_date=date(2010, 1, 1), base=200000)
    case, li = walk.applied(granny.pid), people.clerk_li()
    actions.accept(ref=case.ref, by=li, at=NOON)
    walk.visited(case, NOON, li)
    walk.settled(case, NOON, li)

    with pytest.raises(Missing, match="不一样"):
        actions.propose(ref=case.ref, kind="help", reason="难", amount_fen=30000, by=li, at=NOON)
    actions.propose(ref=case.ref, kind="help", reason="难", amount_fen=30000, differs_reason="一事一议", by=li, at=NOON)
    opinion = Opinion.objects.get(case=case)
    assert opinion.differs and opinion.assessment.outcome == "no"


def test_the_board_shows_seven_days_and_only_what_it_may(sources):
    case = walk.applied(people.granny_wang().pid)
    walk.proposed(case, NOON)

    rows = queries.shown(people.TOWNSHIP, on=NOON.date())
    assert [(row.shown_name, row.members, row.area_label) for row in rows] == [("王*兰", 2, "石磨村")]
    assert jobs.end_showings(NOON + timedelta(days=7)) == 0
    assert queries.shown(people.OTHER_VILLAGE, on=NOON.date()) == ()
    assert jobs.end_showings(NOON + timedelta(days=8)) == 1
    assert jobs.end_showings(NOON + timedelta(days=8)) == 0
    assert queries.shown(people.TOWNSHIP, on=(NOON + timedelta(days=8)).date()) == ()


def test_an_objection_stops_only_that_household(sources):
    one, other = walk.applied(people.granny_wang().pid), walk.applied(people.uncle_zhou().pid)
    for case in (one, other):
        walk.proposed(case, NOON)

    actions.object_to(ref=one.ref, said="他家有车", by=Party.resident("unnamed"), at=NOON)
    jobs.run_due(NOON + timedelta(days=8))

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state) == ("objected", "at_county")
    with pytest.raises(NotAllowed):
        actions.object_to(ref=one.ref, said="再说一遍", by=Party.resident("unnamed"), at=NOON)


def test_an_objection_is_answered_shown_again_and_visited_by_the_county(sources):
    case, li, zhao = walk.applied(people.granny_wang().pid), people.clerk_li(), people.officer_zhao()
    walk.proposed(case, NOON)
    actions.object_to(ref=case.ref, said="他家有车", by=li, at=NOON)
    actions.reinvestigate(ref=case.ref, answer="车是邻居的", by=li, at=NOON)
    actions.propose(ref=case.ref, kind="help", reason="没有车", by=li, at=NOON)
    later = NOON + timedelta(days=8)
    jobs.run_due(later)
    assert Showing.objects.filter(case=case).count() == 2

    with pytest.raises(NotAllowed, match="自己入户"):
        actions.confirm(ref=case.ref, by=zhao, at=later)
    colleague = people.clerk("feng", "冯涛", "county", people.COUNTY)
    actions.survey(ref=case.ref, on=later.date(), second=colleague.username, signed_by="王桂兰", answers={}, needs=walk.NEEDS,
                   by=zhao, at=later)  # fmt: skip
    assert actions.confirm(ref=case.ref, by=zhao, at=later).kind == "confirm"


def test_who_proposed_may_not_decide_even_after_changing_posts(sources):
    case = walk.applied(people.granny_wang().pid)
    walk.proposed(case, NOON)
    later = NOON + timedelta(days=8)
    jobs.run_due(later)
    li = people.clerk_li()
    li.posts.update(to_on=NOON.date())
    li.posts.create(role="county", area=people.COUNTY, from_on=later.date())

    with pytest.raises(NotAllowed, match="另一位同志"):
        actions.confirm(ref=case.ref, by=li, at=later)


def test_near_kin_step_back_and_the_county_looks_itself(sources):
    case, li = walk.applied(people.granny_wang().pid), people.clerk_li()
    actions.accept(ref=case.ref, near_kin_of="李敏的姑姑", near_kin_clerk="li", by=walk.helper_qian(), at=NOON)

    with pytest.raises(NotAllowed, match="近亲属"):
        actions.propose(ref=case.ref, kind="help", reason="够条件", by=li, at=NOON)
    with pytest.raises(NotAllowed, match="近亲属"):
        walk.visited(case, NOON, li)


def test_what_must_be_brought_is_said_once(sources):
    case, li = walk.applied(people.granny_wang().pid), people.clerk_li()
    actions.ask_once(ref=case.ref, missing="户口本", by=li, at=NOON)
    actions.supplement(ref=case.ref, said="拿来了", by=Party.resident(case.applicant), at=NOON)

    with pytest.raises(AlreadyDone):
        actions.ask_once(ref=case.ref, missing="还要照片", by=li, at=NOON)


def test_the_county_returns_one_thing_and_the_same_figures_go_back_without_another_showing(sources):
    case, li, zhao = walk.applied(people.granny_wang().pid), people.clerk_li(), people.officer_zhao()
    walk.proposed(case, NOON)
    later = NOON + timedelta(days=8)
    jobs.run_due(later)
    with pytest.raises(Missing):
        actions.return_one(ref=case.ref, one_thing="", by=zhao, at=later)
    actions.return_one(ref=case.ref, one_thing="补走访照片", by=zhao, at=later)

    actions.resend(ref=case.ref, said="补好了", by=li, at=later)

    assert actions.confirm(ref=case.ref, by=zhao, at=later).amount_fen == 165600


def test_a_refusal_needs_rule_reason_and_says_how_to_appeal(sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "insurance", event="pension_start", event_date=date(2010, 1, 1), base=200000)
    case, li, zhao = walk.applied(granny.pid), people.clerk_li(), people.officer_zhao()
    actions.accept(ref=case.ref, by=li, at=NOON)
    walk.visited(case, NOON, li)
    walk.settled(case, NOON, li)
    actions.propose(ref=case.ref, kind="refuse", reason="超了", by=li, at=NOON)
    assert not Showing.objects.exists()

    with pytest.raises(Missing):
        actions.refuse(ref=case.ref, article="LAW Art. 18", reason="", by=zhao, at=NOON)
    with pytest.raises(NotAllowed, match="没有公示"):
        actions.confirm(ref=case.ref, by=zhao, at=NOON)
    actions.refuse(ref=case.ref, article="LAW Art. 18", reason="每人每月 1000 元，超过 690 元", by=zhao, at=NOON)

    mine = queries.my_case(case.ref, granny.pid, at=NOON)
    assert mine.decision.reconsider_at == "禾安县人民政府" and mine.decision.reconsider_until == date(2026, 8, 30)
    assert mine.decision.notice_due_on == date(2026, 7, 6) and mine.benefit is None


def test_a_stale_page_does_not_decide(sources):
    case, li = walk.applied(people.granny_wang().pid), people.clerk_li()
    page = queries.case(case.ref, viewer(li), at=NOON)
    actions.assign(ref=case.ref, to=walk.helper_qian().username, by=li, at=NOON)

    with pytest.raises(Changed):
        actions.accept(ref=case.ref, by=li, at=NOON, version=page.version)


def test_a_visit_opens_one_case_with_consent_straight_to_the_check(sources):
    granny, li = people.granny_wang(), people.clerk_li()
    given = {"pid": granny.pid, "visit_ref": "v1", "alert_ref": "a1", "hardships": ["illness"], "by": li, "at": NOON}

    with pytest.raises(Missing, match="同意"):
        actions.open_case(consent_channel="visit", consents=[], **given)
    case = actions.open_case(consent_channel="visit", consents=[granny.pid], **given)
    again = actions.open_case(consent_channel="visit", consents=[granny.pid], **given)

    assert again.pk == case.pk
    assert (case.state, case.origin, case.alert_ref) == ("investigating", "visit", "a1")
    assert case.check_ref
    walk.visited(case, NOON, li)
    walk.settled(case, NOON, li)
    actions.propose(ref=case.ref, kind="help", reason="够条件", by=li, at=NOON)


def test_help_in_force_is_reviewed_by_a_person_and_never_stopped_by_the_clock(sources):
    case = walk.confirmed(walk.applied(people.granny_wang().pid))
    year = NOON + timedelta(days=400)

    assert jobs.call_reviews(year) == 1
    assert jobs.call_reviews(year) == 0
    benefit = Benefit.objects.get(case=case)
    assert (benefit.review_state, benefit.to_month) == ("called", None)


def test_the_family_takes_its_application_back(sources):
    granny = people.granny_wang()
    case = walk.applied(granny.pid)
    walk.proposed(case, NOON)

    with pytest.raises(NotAllowed):
        actions.withdraw(ref=case.ref, reason="", by=Party.resident(people.uncle_zhou().pid), at=NOON)
    actions.withdraw(ref=case.ref, reason="", by=Party.resident(granny.pid), at=NOON)

    assert queries.shown(people.TOWNSHIP, on=NOON.date()) == ()
    assert jobs.end_showings(NOON + timedelta(days=8)) == 0


def test_one_family_hands_in_once(sources):
    granny, boy = people.granny_wang(), people.grandson_wang()
    walk.applied(granny.pid)

    with pytest.raises(NotAllowed, match="一家交一份"):
        walk.applied(boy.pid)


def test_what_offices_know_is_not_asked_again_and_says_whose_it_is(sources):
    granny, boy = people.granny_wang(), people.grandson_wang()
    sources.row(granny.pid, "insurance", event="pension_start", event_date=date(2010, 1, 1), base=21300)
    sources.row(granny.pid, "old_age_allowance", amount_month=5000, account="6230520000000008830", from_date=date(2026, 1, 1))
    sources.row(granny.pid, "medical_cost", period=date(2026, 5, 1), self_paid=1842000)
    sources.row(granny.pid, "medical_cost", period=date(2024, 5, 1), self_paid=99)
    sources.row(boy.pid, "student", stage="primary")

    found = queries.prefill(granny.pid, at=NOON)

    assert [(one.name, one.about) for one in found.members] == [("王桂兰", "本人，78 岁"), ("王小宝", "孙子女，12 岁")]
    assert [(one.what, one.fen, one.source.label) for one in found.incomes] == [("养老金", 21300, "人社 6 月 30 日")]
    assert found.account.label == "和高龄津贴同一张卡，尾号 8830"
    assert {(one.kind, one.fen) for one in found.notes} == {("help", 5000), ("medical", 1842000), ("school", None)}
    assert "6230520000000008830" not in repr(found)


def test_every_step_is_kept_on_the_server_at_once(sources):
    granny = people.granny_wang()
    me = Party.resident(granny.pid)
    draft = actions.start_draft(pid=granny.pid, by=me, at=NOON)
    actions.save_hardships(ref=draft.ref, kinds=["illness", "nonsense"], story="透析", by=me, at=NOON)

    again = actions.start_draft(pid=granny.pid, by=me, at=NOON + timedelta(days=3))
    page = queries.draft(draft.ref, by=me, at=NOON)

    assert again.pk == draft.pk and [one.ref for one in queries.drafts_of(by=me)] == [draft.ref]
    assert (page.hardships, page.story, page.done) == (("illness",), "透析", {"hardship"})
    with pytest.raises(Missing, match="王小宝"):
        actions.save_members(ref=draft.ref, together={}, others=[], by=me, at=NOON)
    actions.drop_draft(ref=draft.ref, by=me, at=NOON)
    assert queries.drafts_of(by=me) == []


def test_somebody_the_register_lacks_is_a_question(sources):
    granny = people.granny_wang()
    me = Party.resident(granny.pid)
    li = people.clerk_li()
    draft = actions.start_draft(pid=granny.pid, by=me, at=NOON)
    actions.save_hardships(ref=draft.ref, kinds=["care"], by=me, at=NOON)
    boy = people.grandson_wang().pid
    actions.save_members(ref=draft.ref, together={boy: False}, others=[("王富贵", "son")], by=me, at=NOON)
    actions.save_incomes(ref=draft.ref, said={}, others=[("wage", 80000)], by=me, at=NOON)
    actions.save_account(ref=draft.ref, way="none", by=me, at=NOON)
    case = actions.submit(ref=draft.ref, consent=True, by=me, at=NOON)
    actions.accept(ref=case.ref, by=li, at=NOON)

    page = queries.case(case.ref, viewer(li), at=NOON)
    asked = {one.heading: one for one in page.questions if one.kind == "member"}
    assert set(asked) == {"王小宝算不算一起吃住的家里人", "王富贵算不算一起吃住的家里人"}
    for one in asked.values():
        actions.judge(ref=case.ref, question=one.ref, choice="person_right", reason="走访看过", by=li, at=NOON)
    page = queries.case(case.ref, viewer(li), at=NOON)
    assert [(one.name, one.counts) for one in page.members] == [("王桂兰", True), ("王小宝", False), ("王富贵", True)]
    assert page.missing_consents == ("王富贵",)
    assert (page.assessment.members, page.assessment.income_fen) == (2, 80000)


def test_messages_to_the_family_name_no_illness_no_money_and_fit_one_part(sources, settings):
    settings.SITE = settings.SITE | {"office": "很长很长的名字" * 10}
    walk.confirmed(walk.applied(people.granny_wang().pid))

    bodies = [row.body for row in office.outbox()]
    assert len(bodies) == 2 and all(len(body) <= 70 and "12345" in body for body in bodies)
    assert not any(word in body for body in bodies for word in ("低保", "病", "元", "http"))
