"""The golden cases of the fact sheet: asked for, taken in, found out by people, and answered by the rules through acts."""

from datetime import date, datetime, timedelta

import pytest

import people
import walk
from doudi.casework import actions, core, jobs, queries
from doudi.casework.core import Missing
from doudi.casework.models import Assessment, Benefit, Case, Decision, Question, Showing
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.payment import actions as payment
from doudi.verification import queries as verification
from people import NOON

pytestmark = pytest.mark.django_db
KINDS = ("", ":urban", ":rural")
STANDARD = {f"dibao_standard{kind}": 70000 for kind in KINDS}
NO_TOPUPS = {f"dibao_topup_{whose}{kind}": None for whose in ("elderly", "minor", "ill", "severe") for kind in KINDS}

MUM, SON, WIFE, MAN = (date(1976, 5, 5), "2"), (date(2006, 3, 3), "1"), (date(1978, 1, 1), "2"), (date(1974, 1, 1), "1")
MAN_58, WOMAN_61 = (date(1968, 2, 2), "1"), (date(1965, 2, 2), "2")
BACHELOR, MASTER = {"student_stage": "bachelor"}, {"student_stage": "master"}
NO_SUPPORT = {"has_living_source": False, "has_supporter": False, "supporter_unable": True}
LIMB_2 = {"is_disabled": True, "disability_kind": "4", "disability_grade": 2}
HEARING_1 = {"is_disabled": True, "disability_kind": "2", "disability_grade": 1}
MIND_3 = {"is_disabled": True, "disability_kind": "6", "disability_grade": 3}
LIMB_3 = {"is_disabled": True, "disability_kind": "4", "disability_grade": 3}

# number, programme, who lives together (the first asks), the household's facts, whose facts by place, outcome, fen a month
GOLDEN = (
    (1, "dibao", (MUM, MAN, SON), {"hh_income_month": 120000}, {2: BACHELOR}, "yes", 90000),
    (2, "dibao", (MUM, MAN), {"hh_income_month": 140000}, {}, "no", None),
    (2, "near_dibao", (MUM, MAN), {"hh_income_month": 140000}, {}, "yes", None),
    (3, "dibao", (MUM, SON), {"hh_income_month": 50000}, {1: MASTER}, "unknown", None),
    (6, "single_person_dibao", (SON, MUM), {"hh_income_month": 180000}, {0: MIND_3 | {"own_income_month": 0}}, "yes", 70000),
    (7, "single_person_dibao", (SON, MUM), {"hh_income_month": 180000}, {0: LIMB_3 | {"has_serious_illness": False}}, "no", None),
    (8, "tekun", (MAN_58,), {}, {0: LIMB_2 | NO_SUPPORT | {"self_care_failed": 0}}, "yes", 109700),
    (9, "tekun", (MAN_58,), {}, {0: HEARING_1 | NO_SUPPORT}, "unknown", None),
    (10, "tekun", (WOMAN_61,), {}, {0: {"has_living_source": False, "supporter_unable": False}}, "no", None),
    (
        13,
        "rigid_expenditure",
        (MUM, MAN, SON, WIFE),
        {"hh_income_year": 12000000, "hh_rigid_outlay_year": 7000000},
        {},
        "yes",
        None,
    ),
)


@pytest.mark.parametrize(
    ("number", "programme", "home", "facts", "whose", "outcome", "fen"), GOLDEN, ids=[f"{one[0]}-{one[1]}" for one in GOLDEN]
)
def test_golden(sources, monkeypatch, number, programme, home, facts, whose, outcome, fen):
    case = begun(monkeypatch, programme, home)
    said = {"ref": case.ref, "reason": "上门问清楚了", "by": people.clerk_li(), "at": NOON}
    for name, value in facts.items():
        actions.settle_fact(name=name, value=value, **said)
    members = list(case.members.order_by("id"))
    for place, found in whose.items():
        for name, value in found.items():
            actions.settle_fact(name=name, value=value, member=members[place].ref, **said)

    page = queries.case(case.ref, office.viewer(people.clerk_li(), "case.read", NOON), at=NOON)

    assert (page.assessment.outcome, page.assessment.amount_fen) == (outcome, fen), page.assessment


def test_golden_14_at_another_ratio_the_same_spending_is_not_enough(sources, monkeypatch):
    case = begun(monkeypatch, "rigid_expenditure", (MUM, MAN, SON, WIFE), rigid_ratio=6 * ratio_scale() // 10)
    said = {"ref": case.ref, "reason": "看了收据", "by": people.clerk_li(), "at": NOON}
    actions.settle_fact(name="hh_income_year", value=12000000, **said)
    actions.settle_fact(name="hh_rigid_outlay_year", value=7000000, **said)
    page = queries.case(case.ref, office.viewer(people.clerk_li(), "case.read", NOON), at=NOON)
    assert page.assessment.outcome == "no"


def ratio_scale(name="rigid_ratio"):
    from doudi.rulebook import queries as rulebook

    return rulebook.pack().parameters[name].kind.scale


def begun(monkeypatch, programme, home, **changed):
    """The household asks; clerk Li takes it in, visits and settles what differs; the standard is 700 a head."""
    the_place(monkeypatch, **changed)
    folk = living_together(*home)
    case = walk.applied(folk[0].pid, programme=programme)
    li = people.clerk_li()
    for one in folk[1:]:
        actions.record_consent(ref=case.ref, pid=one.pid, channel="paper", by=li, at=NOON)
    actions.accept(ref=case.ref, by=li, at=NOON)
    walk.settled(case, NOON, li)
    return Case.objects.get(pk=case.pk)


def the_place(monkeypatch, **changed):
    """The place of the fact sheet: 700 a head, 43,377 a year disposable, no top-ups; and what a test changes."""
    from doudi.policy.pack import Pack

    before, numbers = Pack.parameters_at, {**STANDARD, **NO_TOPUPS, "disposable_income_year": 4337700, **changed}
    monkeypatch.setattr(Pack, "parameters_at", lambda self, *args, **more: {**before(self, *args, **more), **numbers})
    people.places()


def living_together(*home, order=70, hid="7"):
    """People who live together, as the register says: born on, sex."""
    folk = [people.person(f"金{chr(0x7532 + i)}", born, sex=sex, order=order + i) for i, (born, sex) in enumerate(home)]
    people.household("h" + hid * 20, *((one, "self" if not i else "other") for i, one in enumerate(folk)))
    return folk


# ---- walked to the end: asked for, looked into, decided, paid ---------------------------------------------------------------


def asked(folk, programme="dibao", *, month_fen=0, signs=None, at=NOON):
    """The first asks for all of them on their own phone, saying what comes in a month; `signs` sign on paper."""
    me, li = Party.resident(folk[0].pid), people.clerk_li()
    draft = actions.start_draft(pid=folk[0].pid, by=me, at=at)
    actions.save_programmes(ref=draft.ref, programmes=[programme], by=me, at=at)
    actions.save_hardships(ref=draft.ref, kinds=["illness"], story="", by=me, at=at)
    actions.save_members(ref=draft.ref, together={one.pid: True for one in folk[1:]}, others=[], by=me, at=at)
    said = {one["key"]: "right" for one in draft.content["incomes"]}
    others = [("wage", month_fen)] if month_fen else []
    actions.save_incomes(ref=draft.ref, said=said, others=others, by=me, at=at)
    number = f"623052000000000{folk[0].citizen_no[-4:-1]}0"
    actions.save_account(ref=draft.ref, way="other", bank="农信社", number=number, by=me, at=at)
    case = actions.submit(ref=draft.ref, consent=True, by=me, at=at)
    for one in folk[1:] if signs is None else signs:
        actions.record_consent(ref=case.ref, pid=one.pid, channel="paper", by=li, at=at)
    return actions.accept(ref=case.ref, by=li, at=at)


def looked_into(case, facts=None, at=NOON):
    """Two people were there and everybody signed; what differs is settled, and what only people can say of whom it is for."""
    li = people.clerk_li()
    walk.visited(case, at, li)
    walk.settled(case, at, li)
    found_out(case, facts or {}, at)
    return case


def found_out(case, facts, at=NOON):
    """What somebody found out about the one it is for."""
    whom = case.members.get(pid=case.recipient or case.applicant).ref
    for name, value in facts.items():
        given = {"name": name, "value": value, "member": whom, "reason": "上门问清楚了"}
        actions.settle_fact(ref=case.ref, by=people.clerk_li(), at=at, **given)


def says(case, at=NOON):
    page = queries.case(case.ref, office.viewer(people.clerk_li(), "case.read", at), at=at)
    return page.assessment.outcome, page.assessment.amount_fen


def decided(case, at=NOON):
    """The opinion as the rules say, the board's days, the draw, the county's own visit where it is drawn: help in force."""
    zhao, over = people.officer_zhao(), at + timedelta(days=8)
    actions.propose(ref=case.ref, kind="help", reason="按规定够条件。", by=people.clerk_li(), at=at)
    jobs.run_due(over)
    if core.road(case.programme).procedure.code == "tekun":
        if Case.objects.get(pk=case.pk).is_drawn is None:
            actions.draw_checks(county=people.COUNTY, by=zhao, at=over)
        second = people.clerk("han", "韩冰", Role.COUNTY, people.COUNTY)
        seen = {"on": over.date(), "second": second.username, "signed_by": case.name, "answers": {}, "needs": walk.NEEDS}
        actions.survey(ref=case.ref, by=zhao, at=over, **seen)
    actions.confirm(ref=case.ref, by=zhao, at=over)
    return Benefit.objects.get(case=case)


def refused(case, article, why, at=NOON, **more):
    """The township proposes not to confirm, the county decides so, and the letter is handed over."""
    actions.propose(ref=case.ref, kind="refuse", reason=why, by=people.clerk_li(), at=at, **more)
    actions.refuse(ref=case.ref, article=article, reason=why, by=people.officer_zhao(), at=at)
    walk.served(case, at)
    case.refresh_from_db()
    assert case.state == core.State.REFUSED and not Benefit.objects.filter(case=case).exists()
    return Decision.objects.get(case=case)


def paid(month):
    """The county pays a month; what goes to each family's account, in fen, the largest first."""
    at = datetime(month.year, month.month, 20, 10, 0, tzinfo=people.HERE)
    run = payment.build(county=people.COUNTY, month=month, by=people.officer_zhao(), at=at)
    payment.approve(ref=run.ref, by=people.director_lin(), at=at)
    payment.send(ref=run.ref, by=people.officer_zhao(), at=at)
    return sorted(run.lines.values_list("amount_fen", flat=True), reverse=True)


AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
CHILD, GRANNY = (date(2017, 4, 4), "1"), (date(1956, 6, 6), "2")


def test_golden_4_a_husband_in_prison_is_not_counted_and_the_two_at_home_are_helped(sources, monkeypatch):
    the_place(monkeypatch)
    wife, husband, child = folk = living_together(WIFE, MAN, CHILD)
    sources.row(husband.pid, "custody", kind="prison", from_date=date(2025, 3, 1))
    case = asked(folk, month_fen=40000)
    assert Question.objects.get(case=case, kind="custody").pid == husband.pid, "the register says so, a person judges"

    looked_into(case)

    assert says(case) == ("yes", 100000)  # 2 × 700 − 400
    benefit = decided(case)
    assert (benefit.members, benefit.amount_fen, benefit.payee) == (2, 100000, wife.pid)
    assert paid(AUGUST) == [100000]
    assert child.pid in {one.pid for one in case.members.all() if one.counts}


def test_golden_4_with_a_mother_who_can_care_the_child_is_no_unattended_child(sources, monkeypatch):
    the_place(monkeypatch)
    mother, child = folk = living_together(WIFE, CHILD)
    case = asked(folk, f"unattended_child:{child.pid}")
    looked_into(case, {"father_state": "prison", "mother_state": "able"})
    assert says(case)[0] == "no"

    decision = refused(case, "CH2019", "孩子的妈妈能照顾孩子。")

    assert (decision.article, decision.differs) == ("CH2019", False)
    assert case.recipient == child.pid and case.applicant == mother.pid


def test_golden_4_with_a_mother_out_of_contact_too_the_child_is_helped(sources, monkeypatch):
    the_place(monkeypatch)
    granny, child = folk = living_together(GRANNY, CHILD)
    case = asked(folk, f"unattended_child:{child.pid}")
    lost = {"father_state": "prison", "mother_state": "out_of_contact", "child_care_form": "home"}
    looked_into(case, lost | {"on_dibao": False, "on_living_subsidy": False})

    benefit = decided(case)

    assert (benefit.amount_fen, benefit.payee) == (130000, granny.pid)
    assert paid(AUGUST) == [130000]


def test_golden_5_a_mother_who_lives_with_her_married_son_is_of_his_household(sources, monkeypatch):
    the_place(monkeypatch)
    son, wife, child, mother = folk = living_together((date(1981, 2, 2), "1"), WIFE, CHILD, (date(1954, 1, 1), "2"))
    case = asked(folk, month_fen=200000)
    with pytest.raises(NotAllowed, match="一家交一份就行"):
        asked([mother, son, wife, child])
    looked_into(case)
    mothers = case.members.get(pid=mother.pid).ref
    assert says(case) == ("yes", 80000)  # 4 × 700 − 2,000
    li = people.clerk_li()
    actions.count_member(ref=case.ref, member=mothers, counts=False, reason="邻居说她另住", by=li, at=NOON)
    assert says(case) == ("yes", 10000)
    actions.count_member(ref=case.ref, member=mothers, counts=True, reason="上门看了，常年住在一起", by=li, at=NOON)

    benefit = decided(case)

    assert (benefit.members, benefit.amount_fen) == (4, 80000)
    assert paid(AUGUST) == [80000]


def test_golden_11_a_son_of_71_with_little_cannot_support_his_mother(sources, monkeypatch):
    the_place(monkeypatch)
    (mother,) = folk = living_together((date(1934, 2, 2), "2"))
    son, li = people.person("金大", date(1955, 3, 3), sex="1", order=90), people.clerk_li()
    case = asked(folk, "tekun")
    kin = {"name": son.name, "number": son.citizen_no, "supports": mother.pid, "relation": "son"}
    actions.add_supporter(ref=case.ref, place="邻县", by=li, at=NOON, **kin)
    actions.sign_supporter(ref=case.ref, pid=son.pid, channel="paper", by=li, at=NOON)
    his = {"has_living_source": False, "has_supporter": True, "supporter_age": 71, "supporter_property_low": True}
    nothing_else = ("supporter_on_tekun", "supporter_on_dibao", "supporter_severely_disabled", "supporter_incapable")
    found_out(case, his | dict.fromkeys(nothing_else, False) | {"supporter_income_year": 4337700})
    assert says(case)[0] == "no", "not below last year's disposable income"
    found_out(case, {"supporter_income_year": 2000000})
    assert says(case)[0] == "yes", "by the rule, before anybody judged"
    looked_into(case)
    cans = {"on": NOON.date(), "second": walk.helper_qian().username, "fails": dict.fromkeys(core.SELF_CARE, False)}
    actions.assess_self_care(ref=case.ref, words="看她自己做了一遍", by=li, at=NOON, **cans)
    assert says(case) == ("yes", 109700)

    benefit = decided(case)

    assert (benefit.amount_fen, benefit.payee) == (109700, mother.pid)
    assert paid(AUGUST) == [109700]


LATER = datetime(2026, 8, 3, 12, 0, tzinfo=people.HERE)
LOST = {"father_state": "prison", "mother_state": "out_of_contact", "child_care_form": "home"}


def a_child_on_dibao(monkeypatch):
    """Granny and the child have Dibao from August, 1,000 a month for the two; in August help for the child is asked for."""
    the_place(monkeypatch, child_standard=130000, **{"child_standard:home": 130000})
    _, child = folk = living_together(GRANNY, CHILD)
    dibao = decided(looked_into(asked(folk, month_fen=40000)))
    assert (dibao.members, dibao.amount_fen) == (2, 100000)  # 2 × 700 − 400: 500 a head
    case = asked(folk, f"unattended_child:{child.pid}", at=LATER)
    return dibao, looked_into(case, LOST | {"on_living_subsidy": False}, LATER)


def kept_of(case):
    return Assessment.objects.filter(case=case).latest("pk")


def test_golden_17_a_child_on_dibao_at_500_a_head_is_topped_up_to_1300(sources, monkeypatch):
    dibao, case = a_child_on_dibao(monkeypatch)
    assert paid(AUGUST) == [100000]

    assert says(case, LATER) == ("yes", 80000)  # 1,300 − 1,000 ÷ 2, and nobody typed what doudi pays
    award, kept = dibao.awards.get().ref, kept_of(case)
    told = {(one["name"], one["value"]) for one in kept.facts["books"] if award in one["awards"]}
    assert {("on_dibao", True), ("dibao_share_month", 50000), ("hh_dibao_amount_month", 100000)} <= told
    (line,) = [one for one in kept.table if award in one["source"]]
    assert (line["fen"], line["counted"], "本系统的救助账" in line["source"]) == (100000, False, True)
    again = queries.asked_again(case.ref, office.viewer(people.clerk_li(), "case.read", LATER), at=LATER)
    assert again.same, "asked again about the child, the rules say the same"

    benefit = decided(case, LATER)

    assert (benefit.amount_fen, benefit.payee) == (80000, case.applicant)
    assert paid(SEPTEMBER) == [100000, 80000]


def test_golden_17_a_clerk_who_says_there_is_no_dibao_has_a_difference_to_settle(sources, monkeypatch):
    _, case = a_child_on_dibao(monkeypatch)
    found_out(case, {"on_dibao": False}, LATER)

    assert says(case, LATER) == ("yes", 80000), "what doudi pays it knows, whatever is typed: not 1,300"
    asked_of = Question.objects.get(case=case, kind="books")
    assert (asked_of.pid, asked_of.choice) == (case.recipient, "")
    assert asked_of.heading.endswith("在领低保") and "不是" in asked_of.person_says and "1,000 元" in asked_of.data_says
    judged = {"ref": case.ref, "question": asked_of.ref, "by": people.clerk_li(), "at": LATER}
    actions.judge(choice="data_right", reason="看了发放，在领", **judged)
    assert says(case, LATER) == ("yes", 80000)
    actions.judge(choice="person_right", reason="低保这个月停", **judged)
    assert says(case, LATER) == ("yes", 130000), "a person settles it, with their name and reason"

    found_out(case, {"on_dibao": True}, LATER)
    assert says(case, LATER) == ("yes", 80000), "said as the books have it, nothing differs"
    found_out(case, {"dibao_share_month": 10000}, LATER)
    assert says(case, LATER) == ("yes", 80000)
    assert Question.objects.get(case=case, key__endswith="dibao_share_month").choice == ""
    found_out(case, {"dibao_share_month": 50000}, LATER)
    assert not Question.objects.filter(case=case, key__endswith="dibao_share_month").exists(), "nobody judged it, and it is gone"


def test_golden_17_a_judgement_holds_for_what_was_said_then(sources, monkeypatch):
    _, case = a_child_on_dibao(monkeypatch)
    found_out(case, {"dibao_share_month": 10000}, LATER)
    asked_of = Question.objects.get(case=case, kind="books")
    judged = {"ref": case.ref, "question": asked_of.ref, "by": people.clerk_li(), "at": LATER}
    actions.judge(choice="person_right", reason="决定上单列了", **judged)
    assert says(case, LATER) == ("yes", 120000)

    found_out(case, {"dibao_share_month": 0}, LATER)

    asked_of.refresh_from_db()
    assert (asked_of.choice, asked_of.judged_at, asked_of.judged_by) == ("", None, "")
    assert says(case, LATER) == ("yes", 80000)


def test_where_our_books_do_not_speak_what_is_not_known_stays_so(sources, monkeypatch):
    the_place(monkeypatch, child_standard=130000, **{"child_standard:home": 130000})
    _, child = folk = living_together(GRANNY, CHILD)
    case = looked_into(asked(folk, f"unattended_child:{child.pid}"), LOST | {"on_living_subsidy": False})
    assert kept_of(case).facts["books"] == []
    facts = next(one["facts"] for one in kept_of(case).facts["members"] if one["pid"] == child.pid)
    assert "on_dibao" not in facts, "another county may pay them"
    found_out(case, {"on_dibao": True})
    actions.settle_fact(
        ref=case.ref, name="hh_dibao_amount_month", value=60000, reason="邻县的决定", by=people.clerk_li(), at=NOON
    )
    assert says(case) == ("yes", 100000)  # 1,300 − 600 ÷ 2
    assert not Question.objects.filter(case=case, kind="books").exists()


def test_what_ends_this_month_is_not_held_in_the_month_new_help_begins(sources, monkeypatch):
    dibao, case = a_child_on_dibao(monkeypatch)
    Benefit.objects.filter(pk=dibao.pk).update(to_month=AUGUST)
    actions.assess(ref=case.ref, by=people.clerk_li(), at=LATER)
    assert kept_of(case).facts["books"] == []


def test_golden_22_nothing_is_asked_about_a_spouse_who_will_not_sign_and_the_review_ends_with_the_reason(sources, monkeypatch):
    the_place(monkeypatch)
    man, wife = folk = living_together(MAN, WIFE)
    sources.row(wife.pid, "deposit", balance=99999900)
    case = asked(folk, month_fen=90000, signs=())
    looked_into(case)
    page = queries.case(case.ref, office.viewer(people.clerk_li(), "case.read", NOON), at=NOON)
    assert page.missing_consents == (wife.name,)
    asked_about = {row.pid for row in verification.answers(page.check_ref)}
    assert asked_about == {man.pid}, "no data are pulled for who did not sign"
    met = {one.name: one.holds for one in page.assessment.conditions}
    assert (met["收入"], met["存款等金融资产"]) == (True, None), "income is fine; what she has is not known"
    assert says(case)[0] == "unknown"
    with pytest.raises(Missing, match="写清为什么"):
        actions.propose(ref=case.ref, kind="refuse", reason="没有授权。", by=people.clerk_li(), at=NOON)

    why = "您家有一位大人没有签核对授权书，查不清家里的情况。想好了可以再来申请。"
    decision = refused(case, "D57 Art. 9、29", why, differs_reason="讲清楚了不签的后果，本人还是不签")

    assert (decision.article, decision.reason, decision.differs) == ("D57 Art. 9、29", why, True)
    assert decision.reconsider_until > NOON.date()
    assert {row.pid for row in verification.answers(page.check_ref)} == {man.pid}


def test_golden_22_a_spouse_who_signs_after_all_is_asked_about_then(sources, monkeypatch):
    the_place(monkeypatch)
    man, wife = folk = living_together(MAN, WIFE)
    case, li = asked(folk, month_fen=90000, signs=()), people.clerk_li()
    looked_into(case)
    assert says(case)[0] == "unknown"

    actions.record_consent(ref=case.ref, pid=wife.pid, channel="paper", by=li, at=NOON)
    walk.settled(case, NOON, li)

    case.refresh_from_db()
    assert {row.pid for row in verification.answers(case.check_ref)} == {man.pid, wife.pid}
    assert says(case) == ("yes", 50000)  # 2 × 700 − 900
    assert decided(case).amount_fen == 50000


SEVERE = {"is_disabled": True, "disability_kind": "4", "disability_grade": 1, "is_in_work": False, "on_near_dibao": False}


@pytest.mark.parametrize(("share", "fen"), [(5, 60000), (0, 50000)])
def test_golden_25_a_severely_disabled_adult_fed_by_siblings_is_helped_alone(sources, monkeypatch, share, fen):
    """700 − (200 − half of 200) where half of what siblings give is left out; 700 − 200 where the place leaves out nothing."""
    prices = {"price_cpi_line": 35, "price_cpi_rise": 50, "price_food_line": 60, "price_food_rise": 0}  # thousandths
    shares = {"single_dibao_support_disregard": share * 100, **prices}
    shares = {name: of * ratio_scale(name) // 1000 for name, of in shares.items()}
    the_place(monkeypatch, single_dibao_by_difference=True, **shares)
    he, *_ = folk = living_together((date(1986, 1, 1), "1"), MAN, WIFE, SON)
    case = asked(folk, "single_person_dibao", month_fen=1200000)
    looked_into(case, SEVERE | {"own_income_month": 20000, "support_received_month": 20000})
    assert says(case) == ("yes", fen)

    benefit = decided(case)

    assert (benefit.amount_fen, benefit.payee, benefit.members) == (fen, he.pid, 1)
    assert Showing.objects.get(case=case).members == 1, "he alone is helped, not the four who live together"
    assert paid(AUGUST) == [fen]
    at = datetime(2026, 8, 21, 10, 0, tzinfo=people.HERE)
    run = payment.build_price(county=people.COUNTY, month=AUGUST, by=people.officer_zhao(), at=at)
    assert list(run.lines.values_list("amount_fen", flat=True)) == [3500], "700 × 5 % for one person"
