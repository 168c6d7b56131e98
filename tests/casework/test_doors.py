"""Any door: the same case, clocks and receipt; papers, calls, lists and mandates as acts."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import people
import walk
from doudi.casework import actions, core, queries
from doudi.casework.core import proposing
from doudi.casework.core.doors import read_list
from doudi.casework.models import Application, Call, Case, Line, OutreachOffer
from doudi.facts import days
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.verification import queries as verification
from people import NOON, VILLAGE
from photographs import photograph

pytestmark = pytest.mark.django_db
HURTS, STORY = ["illness", "no_work"], "透析，一年多了"


@pytest.fixture
def sources(sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "insurance", event="pension_start", event_date=NOON.date().replace(year=2010), base=21300)
    people.clerk_li()
    return sources


# ---- one application, several programmes ---------------------------------------------------------------------------------


def begun(by, *, pid=None, channel="phone", at=NOON, kinds=HURTS, story=STORY):
    draft = actions.start_draft(pid=pid or people.granny_wang().pid, by=by, at=at, channel=channel)
    common = {"ref": draft.ref, "by": by, "at": at}
    actions.save_hardships(kinds=kinds, story=story, **common)
    actions.save_members(
        together={one["pid"]: True for one in draft.content["members"] if not one["is_applicant"]}, others=[], **common
    )
    actions.save_incomes(said={one["key"]: "right" for one in draft.content["incomes"]}, others=[], **common)
    actions.save_account(way="none", **common)
    return draft, common


def test_one_application_opens_a_case_for_each_programme_and_nothing_is_typed_twice(sources):
    granny = people.granny_wang()
    _, common = begun(Party.resident(granny.pid))
    actions.save_programmes(programmes=["dibao", "temporary_expenditure"], **common)
    case = actions.submit(consent=True, typed_name=granny.name, **common)

    both = list(case.application.cases.order_by("id"))
    assert [one.programme for one in both] == ["dibao", "temporary_expenditure"]
    assert case.application.receipt == case.receipt and both[1].receipt != case.receipt
    for one in both:
        assert [each.pid for each in one.members.order_by("id")] == [each.pid for each in both[0].members.order_by("id")]
        assert Line.objects.filter(case=one, said="right").count() == 1
        signed = verification.authorisations(one.ref, at=NOON)
        assert {row.pid for row in signed} >= {granny.pid}
        assert all(set(row.programmes) == {"dibao", "temporary_expenditure"} for row in signed)
    assert {one.receipt for one in queries.find(office.viewer(people.clerk_li(), "case.list", NOON), case.receipt, at=NOON)} == {
        one.receipt for one in both
    }
    assert queries.progress(case.receipt, at=NOON).also[0][1] == core.road("temporary_expenditure").label
    assert actions.submit(consent=True, **common) == case and Case.objects.count() == 2


def test_what_is_being_dealt_with_is_not_begun_again_and_the_rest_is(sources):
    granny = people.granny_wang()
    walk.applied(granny.pid)
    _, common = begun(Party.resident(granny.pid), at=NOON + timedelta(days=1))
    actions.save_programmes(programmes=["dibao", "temporary_expenditure"], **common)
    case = actions.submit(consent=True, **common)
    assert [one.programme for one in case.application.cases.all()] == ["temporary_expenditure"]
    _, common = begun(Party.resident(granny.pid), at=NOON + timedelta(days=2))
    with pytest.raises(NotAllowed, match="正在办"):
        actions.submit(consent=True, **common)


def test_a_clerk_who_sets_a_programme_aside_says_why(sources):
    _, common = begun(people.clerk_li(), channel="window")
    actions.save_programmes(programmes=["dibao", "temporary_expenditure"], **common)
    with pytest.raises(NotAllowed, match="为什么"):
        actions.save_programmes(programmes=["dibao"], **common)
    actions.save_programmes(programmes=["dibao"], reason="他说先不问这个", **common)
    with pytest.raises(NotAllowed, match="这里还不能办"):
        actions.save_programmes(programmes=["no_such"], **common)
    with pytest.raises(NotAllowed, match="不在这户里"):
        actions.save_programmes(programmes=[f"disability_living:{people.uncle_zhou().pid}"], **common)


ANSWER = st.sampled_from(["yes", "no", "unknown"])


@settings(max_examples=60)
@given(
    answers=st.fixed_dictionaries({(code, ""): ANSWER for code in proposing.book()}),
    hurts=st.sets(st.sampled_from(sorted(core.HARDSHIPS)), min_size=1),
)
def test_who_says_what_hurts_is_always_proposed_something_and_never_two_of_one_ladder(answers, hurts):
    found = proposing.proposals(answers, hurts)
    chosen = [one for one in found if one.is_proposed]
    assert chosen and len({one.key for one in found}) == len(found) == len(answers)
    ladder = [one for one in chosen if proposing.book()[one.code].tier]
    assert len(ladder) <= 1
    yes = [one for one in found if one.leans == "yes" and not proposing.book()[one.code].tier]
    assert all(one.is_proposed for one in yes)
    if "sudden" in hurts and answers["temporary_emergency", ""] != "no":
        assert any(one.code == "temporary_emergency" for one in chosen)


def test_every_programme_with_a_road_can_be_proposed():
    assert set(proposing.book()) == set(core.roads())


def test_a_helper_is_proposed_nothing_that_registers_know(sources):
    granny = people.granny_wang()
    niece = people.person("王芳", NOON.date().replace(year=1980), order=44)
    draft, _ = begun(Party.resident(niece.pid), channel="proxy")
    assert {one.leans for one in queries.proposed(draft.ref, at=NOON)} == {"unknown"}
    assert {one.leans for one in queries.proposed(begun(Party.resident(granny.pid))[0].ref, at=NOON)} != set()


# ---- all doors alike -----------------------------------------------------------------------------------------------------


def by_phone(kinds, story):
    granny = people.granny_wang()
    _, common = begun(Party.resident(granny.pid), kinds=kinds, story=story)
    return actions.submit(consent=True, **common)


def by_clerk(channel):
    def hand_in(kinds, story):
        _, common = begun(people.clerk_li(), channel=channel, kinds=kinds, story=story)
        return actions.submit(consent=True, consent_channel="paper", **common)

    return hand_in


def by_proxy(kinds, story):
    niece = people.person("王芳", NOON.date().replace(year=1980), order=44)
    _, common = begun(Party.resident(niece.pid), channel="proxy", kinds=kinds, story=story)
    return actions.submit(consent=True, proxy_relation="nephew", mandate="screen", **common)


def by_paper(kinds, story):
    li, granny = people.clerk_li(), people.granny_wang()
    form = actions.keep_form(area=VILLAGE, handed_on=NOON.date(), photos=[("image/png", photograph(1))], by=li, at=NOON)
    case = actions.type_form(ref=form.ref, pid=granny.pid, hardships=kinds, story=story, signed=True, by=li, at=NOON)
    row = queries.draft(case.draft.ref, by=li, at=NOON)
    actions.read_rest(
        ref=form.ref, together={one.pid: True for one in row.members if not one.is_applicant}, others=[],
        said={one.key: "right" for one in row.incomes}, incomes=[], way="none", by=li, at=NOON,
    )  # fmt: skip
    return case


def by_call(kinds, story):
    li, granny = people.clerk_li(), people.granny_wang()
    call = actions.take_call(
        once="o1", area=VILLAGE, topic="apply", said=story, mood="calm", answered="替您申请", pid=granny.pid, by=li, at=NOON
    )
    draft = actions.apply_for_caller(ref=call.ref, agreed=True, by=li, at=NOON)
    begun(li, kinds=kinds, story=story)
    return actions.submit(ref=draft.ref, consent=True, consent_channel="voice", by=li, at=NOON)


def by_list(kinds, story):
    li, granny = people.clerk_li(), people.granny_wang()
    viewer = office.viewer(li, "outreach.take", NOON)
    data = f"姓名,身份证号\n{granny.name},{granny.citizen_no}\n".encode()
    actions.take_list(department="残联", basis="共享协议", data=data, viewer=viewer, by=li, at=NOON)
    offer = OutreachOffer.objects.get()
    settled = actions.settle_offer(ref=offer.ref, state="begun", by=li, at=NOON)
    begun(li, kinds=kinds, story=story)
    return actions.submit(ref=settled.draft.ref, consent=True, consent_channel="paper", by=li, at=NOON)


DOORS = {
    "phone": by_phone, "window": by_clerk("window"), "village": by_clerk("village"), "proxy": by_proxy, "paper": by_paper,
    "hotline": by_call, "list": by_list,
}  # fmt: skip


def told(case):
    """What must be the same whichever door it came through."""
    case.refresh_from_db()
    return {
        "programme": case.programme,
        "state": case.state,
        "clocks": (case.due_on, case.contact_by, case.application.handed_on),
        "urgent": (case.is_urgent, case.rank),
        "hurts": (case.hardships, case.story),
        "people": [(one.pid, one.together, one.counts) for one in case.members.order_by("id")],
        "lines": [(one.pid, one.kind, one.found_fen, one.said) for one in Line.objects.filter(case=case).order_by("id")],
        "account": case.account_way,
        "handler": case.handler,
        "signed": sorted(verification.who_signed(case.ref, [case.applicant], at=NOON)),
        "receipt": (core.read_receipt(case.receipt) == case.receipt, len(case.receipt), case.application.receipt == case.receipt),
    }


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(sorted(core.HARDSHIPS)), min_size=1, max_size=3, unique=True),
    story=st.sampled_from(["", "腰疼，干不了活"]),
)
def test_the_same_person_and_words_give_the_same_case_clocks_and_receipt_through_every_door(sources, kinds, story):
    from web.staged import taken_back

    seen = {}
    for channel, hand_in in DOORS.items():
        with taken_back():
            case = hand_in(kinds, story or "难")
            assert case.channel == channel
            seen[channel] = told(case)
    first = seen["phone"]
    assert {channel: one for channel, one in seen.items() if one != first} == {}


# ---- paper ---------------------------------------------------------------------------------------------------------------


def test_a_paper_is_handed_in_on_the_day_it_was_handed_over_and_typed_later(sources):
    li, granny = people.clerk_li(), people.granny_wang()
    photos = [("image/png", photograph(1)), ("image/png", photograph(2))]
    keep = {"area": VILLAGE, "handed_on": NOON.date(), "photos": photos, "by": people.worker_wang()}
    form = actions.keep_form(at=NOON + timedelta(hours=1), **keep)
    assert actions.keep_form(at=NOON + timedelta(hours=2), **keep) == form
    with pytest.raises(NotAllowed, match="不能晚于今天"):
        actions.keep_form(at=NOON, **{**keep, "handed_on": NOON.date() + timedelta(days=1)})
    viewer = office.viewer(li, "case.register", NOON)
    assert [one.ref for one in queries.forms_to_type(viewer)] == [form.ref]

    later = NOON + timedelta(days=3)
    case = actions.type_form(ref=form.ref, pid=granny.pid, hardships=HURTS, signed=True, by=li, at=later)
    assert case.receipt == form.receipt and case.application.handed_on == NOON.date()
    assert case.contact_by == days.add_working_days(NOON.date(), core.road("dibao").clock["contact_wd"])
    assert case.due_on == form.due_on == days.add_working_days(NOON.date(), core.road("dibao").clock["accept_wd"])
    assert verification.who_signed(case.ref, [granny.pid], at=later) == {granny.pid}
    assert actions.type_form(ref=form.ref, pid=granny.pid, hardships=HURTS, signed=True, by=li, at=later) == case
    member = case.members.exclude(pid=granny.pid).get()
    assert member.together is None and member.counts
    with pytest.raises(NotAllowed, match="已经录好"):
        actions.drop_form(ref=form.ref, why="unreadable", by=li, at=later)


def test_a_paper_nobody_can_read_is_counted_and_not_a_refusal(sources):
    li = people.clerk_li()
    form = actions.keep_form(area=VILLAGE, handed_on=NOON.date(), photos=[("image/png", photograph(3))], by=li, at=NOON)
    actions.drop_form(ref=form.ref, why="unreadable", by=li, at=NOON)
    viewer = office.viewer(li, "figures.read", NOON)
    assert dict(queries.not_made(viewer, at=NOON))["纸表看不清"] == 1
    assert queries.forms_to_type(viewer) == () and not Application.objects.exists()


# ---- calls ---------------------------------------------------------------------------------------------------------------


def test_calls_are_numbered_without_a_gap_and_a_missed_call_ends_nothing(sources):
    li = people.clerk_li()
    call = {"area": VILLAGE, "topic": "other", "said": "问问", "mood": "calm", "phone": "13800000000", "by": li}
    first = actions.take_call(once="a", at=NOON, **call)
    assert actions.take_call(once="a", at=NOON, **call) == first
    second = actions.take_call(once="b", at=NOON, answered="告诉他了", **call)
    assert (first.number[-5:], second.number[-5:]) == ("00001", "00002")
    assert first.back_on == days.add_working_days(NOON.date(), 1) and second.back_on is None
    late = NOON + timedelta(days=2)
    for _ in range(4):
        actions.ring_back(ref=first.ref, reached=False, by=li, at=late)
    viewer = office.viewer(li, "call.take", late)
    assert [(one.ref, one.tries) for one in queries.calls_to_ring(viewer)] == [(first.ref, 4)]
    actions.ring_back(ref=first.ref, reached=True, said="说清楚了", by=li, at=late)
    assert queries.calls_to_ring(viewer) == ()
    with pytest.raises(NotAllowed, match="同事已经回过"):
        actions.ring_back(ref=first.ref, reached=True, said="又打", by=li, at=late)
    assert actions.take_call(once="c", at=NOON, **{**call, "mood": "urgent"}).back_on == NOON.date()


def test_an_agent_applies_only_for_who_answered_the_two_questions_and_said_yes(sources):
    li, granny = people.clerk_li(), people.granny_wang()
    unknown = actions.take_call(once="a", area=VILLAGE, topic="apply", said="想申请", mood="calm", by=li, at=NOON)
    with pytest.raises(NotAllowed, match="对一下"):
        actions.apply_for_caller(ref=unknown.ref, agreed=True, by=li, at=NOON)
    known = actions.take_call(once="b", area=VILLAGE, topic="apply", said="想申请", mood="calm", pid=granny.pid, by=li, at=NOON)
    with pytest.raises(NotAllowed, match="口头同意"):
        actions.apply_for_caller(ref=known.ref, agreed=False, by=li, at=NOON)
    draft = actions.apply_for_caller(ref=known.ref, agreed=True, by=li, at=NOON)
    assert draft.channel == "hotline" and actions.apply_for_caller(ref=known.ref, agreed=True, by=li, at=NOON) == draft
    assert Call.objects.get(ref=known.ref).draft == draft


# ---- lists ---------------------------------------------------------------------------------------------------------------


def test_a_list_makes_people_to_ask_and_never_a_case(sources):
    li, granny = people.clerk_li(), people.granny_wang()
    rows = [
        "姓名,身份证号,情况",
        f"{granny.name},{granny.citizen_no},一级残疾",
        f"{granny.name},{granny.citizen_no},又一行",
        f"王贵兰,{people.grandson_wang().citizen_no},",
        "无名,12345,",
    ]
    take = {"department": "残联", "basis": "协议", "data": "\n".join(rows).encode("gb18030"), "by": li, "at": NOON}
    viewer = office.viewer(li, "outreach.take", NOON)
    made = actions.take_list(viewer=viewer, **take)
    assert [no for no, _ in made.wrong] == [3, 4, 5] and made.rows == 4
    assert not any(granny.citizen_no in why or "残疾" in why for _, why in made.wrong)
    assert actions.take_list(viewer=viewer, **take) == made and OutreachOffer.objects.count() == 1
    again = actions.take_list(viewer=viewer, **{**take, "data": "\n".join(rows[:2]).encode()})
    assert again.wrong and OutreachOffer.objects.count() == 1
    assert not Case.objects.exists()
    offer = OutreachOffer.objects.get()
    actions.miss_offer(ref=offer.ref, by=people.worker_wang(), at=NOON)
    assert [one.tries for one in queries.offers_to_make(viewer)] == [1]
    settled = actions.settle_offer(ref=offer.ref, state="declined", note="不用", by=people.worker_wang(), at=NOON)
    assert settled.draft is None and queries.offers_to_make(viewer) == () and not Case.objects.exists()


@settings(max_examples=60)
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_list_or_refused_in_words(data):
    try:
        good, wrong = read_list(data)
    except ValueError as why:
        assert str(why)
    else:
        assert all(len(one.number) == 18 for one in good) and all(why for _, why in wrong)


# ---- mandates ------------------------------------------------------------------------------------------------------------


def test_what_the_helper_may_see_is_the_applicants_to_give_and_to_take_back(sources):
    granny, niece = people.granny_wang(), people.person("王芳", NOON.date().replace(year=1980), order=44)
    him, her, li = Party.resident(granny.pid), Party.resident(niece.pid), people.clerk_li()
    _, common = begun(her, channel="proxy")
    case = actions.submit(consent=True, proxy_relation="nephew", mandate="paper", may_see=True, **common)
    actions.record_consent(ref=case.ref, pid=granny.pid, channel="paper", by=li, at=NOON)
    walk.confirmed(case)
    sees = lambda: queries.my_case(case.ref, niece.pid, at=NOON).decision is not None  # noqa: E731
    assert not sees(), "on paper, the sheet has to say so first"
    actions.keep_mandate(
        ref=case.ref, way="fingerprint", may_see=True, files=[("mandate", "image/png", photograph(4))], by=li, at=NOON
    )
    assert sees()
    with pytest.raises(NotAllowed):
        actions.let_see(ref=case.ref, sees=True, way="page", by=her, at=NOON)
    actions.let_see(ref=case.ref, sees=False, way="phone", by=li, at=NOON)
    assert not sees()
    actions.let_see(ref=case.ref, sees=True, way="page", by=him, at=NOON)
    assert sees() and queries.my_case(case.ref, granny.pid, at=NOON).helper_sees
    actions.take_mandate_back(ref=case.ref, way="phone", by=li, at=NOON)
    with pytest.raises(NotAllowed):
        queries.my_case(case.ref, niece.pid, at=NOON)
    with pytest.raises(NotAllowed, match="没有人代办"):
        actions.take_mandate_back(ref=case.ref, way="phone", by=li, at=NOON)


def test_who_registered_an_application_does_not_decide_it(sources):
    zhao = people.officer_zhao()
    _, common = begun(zhao, channel="hotline")
    case = actions.submit(consent=True, consent_channel="voice", **common)
    walk.proposed(case, NOON + timedelta(days=1))
    over = NOON + timedelta(days=9)
    actions.end_showing(ref=case.ref, by=Party.system("end_showings"), at=over)
    with pytest.raises(NotAllowed, match="另一位同志"):
        actions.confirm(ref=case.ref, by=zhao, at=over)
    actions.confirm(ref=case.ref, by=people.clerk("qin", "秦明", Role.COUNTY, people.COUNTY), at=over)


# ---- who may, and where --------------------------------------------------------------------------------------------------

TYPISTS, RINGERS = {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY}, {Role.TOWNSHIP, Role.COUNTY}
COUNTERS = {*RINGERS, Role.AUDITOR, Role.DIRECTOR}


def at_each_door(ref):
    """Every query and act of the other doors, with who may; refs are of things in granny's village."""
    form, call, offer = ref["form"], ref["call"], ref["offer"]
    return {
        "form.read": (lambda by, of: queries.form(form, of), TYPISTS),
        "forms": (lambda by, of: queries.forms_to_type(of)[0], TYPISTS),
        "call.read": (lambda by, of: queries.call(call, of), RINGERS),
        "calls": (lambda by, of: queries.calls_to_ring(of)[0], RINGERS),
        "offer.read": (lambda by, of: queries.offer(offer, of), TYPISTS),
        "offers": (lambda by, of: queries.offers_to_make(of)[0], TYPISTS),
        "lists": (lambda by, of: queries.outreach_lists(of), RINGERS),
        "not_made": (lambda by, of: dict(queries.not_made(of, at=NOON))["问了，说不用"], COUNTERS),
        "by_door": (lambda by, of: queries.by_door(of, first=NOON.date(), last=NOON.date()), COUNTERS),
        "keep": (
            lambda by, of: actions.keep_form(
                area=VILLAGE, handed_on=NOON.date(), photos=[("image/png", photograph(5))], by=by, at=NOON
            ),
            TYPISTS,
        ),
        "drop": (lambda by, of: actions.drop_form(ref=form, why="other", by=by, at=NOON), TYPISTS),
        "type": (
            lambda by, of: actions.type_form(
                ref=form, pid=people.granny_wang().pid, hardships=["care"], signed=False, by=by, at=NOON
            ),
            TYPISTS,
        ),
        "ring": (lambda by, of: actions.ring_back(ref=call, reached=False, by=by, at=NOON), RINGERS),
        "miss": (lambda by, of: actions.miss_offer(ref=offer, by=by, at=NOON), TYPISTS),
        "settle": (lambda by, of: actions.settle_offer(ref=offer, state="declined", by=by, at=NOON), TYPISTS),
    }  # fmt: skip


def test_each_door_opens_to_its_posts_where_they_work_and_to_nobody_else(sources):
    from web.staged import taken_back

    li, granny = people.clerk_li(), people.granny_wang()
    viewer = office.viewer(li, "outreach.take", NOON)
    data = f"姓名,身份证号\n{granny.name},{granny.citizen_no}\n".encode()
    actions.take_list(department="残联", basis="协议", data=data, viewer=viewer, by=li, at=NOON)
    form = actions.keep_form(area=VILLAGE, handed_on=NOON.date(), photos=[("image/png", photograph(6))], by=li, at=NOON)
    call = actions.take_call(once="a", area=VILLAGE, topic="other", said="问问", mood="urgent", by=li, at=NOON)
    doors = at_each_door({"form": form.ref, "call": call.ref, "offer": OutreachOffer.objects.get().ref})
    everywhere = {"not_made", "by_door", "lists"}  # counts and lists of one's own place, empty elsewhere
    for role in Role:
        for area in (people.COUNTY, VILLAGE, people.OTHER_COUNTY, people.OTHER_VILLAGE):
            if role is Role.RESIDENT:
                continue
            who = people.clerk(f"{role}{area}", "某人", role, area)
            of = office.viewer(who, "form.keep", NOON)
            for name, (do, roles) in doors.items():
                with taken_back():
                    try:
                        do(who, of)
                        done = True
                    except (NotAllowed, IndexError):
                        done = False
                here = area in (people.COUNTY, VILLAGE) or name in everywhere
                assert done == (role in roles and here), f"{name} as {role} of {area}"
