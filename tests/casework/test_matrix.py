"""Role × area × every query and act of a case: who sees and who may, in one table."""

import inspect
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

import people
import walk
from doudi.casework import actions, queries
from doudi.casework.actions.consulting import Spoke
from doudi.casework.core.asking import Photo
from doudi.casework.core.causes import Asked
from doudi.casework.core.collective import Votes
from doudi.casework.models import Benefit, Question
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from people import CITY, COUNTY, NOON, OTHER_COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from web import hers

pytestmark = pytest.mark.django_db
HERE, AWAY = (CITY, COUNTY, TOWNSHIP, VILLAGE), (OTHER_COUNTY, OTHER_TOWNSHIP, OTHER_VILLAGE)
CLERKS = [role for role in Role if role != Role.RESIDENT]
READERS = {Role.TOWNSHIP, Role.COUNTY, Role.AUDITOR}

# Every query that takes a viewer, how it is asked, and whether it shows granny's case.
QUERIES = {
    "case": lambda case, viewer: queries.case(case.ref, viewer, at=NOON).name == "王桂兰",
    "asked_again": lambda case, viewer: queries.asked_again(case.ref, viewer, at=NOON) is not None,
    "case_road": lambda case, viewer: queries.case_road(case.ref, viewer, at=NOON).name == "王桂兰",
    "case_of_receipt": lambda case, viewer: queries.case_of_receipt(case.receipt, viewer) == case.ref,
    "cases_of": lambda case, viewer: any(row.ref == case.ref for row in queries.cases_of(case.applicant, viewer, at=NOON)),
    "inbox": lambda case, viewer: any(row.ref == case.ref for row in queries.inbox(viewer, at=NOON, pile="all").rows),
    "counts": lambda case, viewer: sum(
        getattr(queries.counts(viewer, at=NOON), name) for name in ("todo", "waiting", "shown", "clear", "doubt")
    ) > 0,
    "looking": lambda case, viewer: queries.looking(case.ref, viewer, at=NOON).name == "王桂兰",
    "needs_note": lambda case, viewer: bool(queries.needs_note(case.ref, viewer)),
    "appraisals": lambda case, viewer: queries.appraisals(case.ref, viewer, at=NOON).name == "王桂兰",
    "consultations": lambda case, viewer: queries.consultations(case.ref, viewer, at=NOON).name == "王桂兰",
    "alike": lambda case, viewer: queries.alike(case.ref, viewer, at=NOON).name == "王桂兰",
    "clocks_of": lambda case, viewer: queries.clocks_of(case.ref, viewer, at=NOON).name == "王桂兰",
    "find": lambda case, viewer: any(row.ref == case.ref for row in queries.find(viewer, case.receipt, at=NOON)),
}  # fmt: skip

# Asking a family is for who goes to them: other posts than those that read a case.
ASKING = {
    "at_the_door": lambda case, viewer: queries.at_the_door(case.ref, viewer).name == "王桂兰",
    "homes_to_ask": lambda case, viewer: any(row.case_ref == case.ref for row in queries.homes_to_ask(viewer)),
}


AFTERWARDS = {"benefits", "benefit_counts", "benefit_page"}  # asked as everybody in test_afterwards.py


def clerk(role, area):
    return people.clerk(f"{role}{area}", "某人", role, area)


def test_the_table_names_every_query_that_takes_a_viewer():
    taking = {name for name in queries.__all__ if callable(f := getattr(queries, name)) and inspect.isfunction(f)
              and "viewer" in inspect.signature(f).parameters}  # fmt: skip
    # two records joined, help in force: asked as everybody in test_doubled.py and web/test_every_path.py
    # what other places ask, near kin: in test_programmes.py
    # who signed: as everybody in test_signing.py
    # boards, objections waiting, precedents, deviations: in test_collective.py
    meeting = {"boards", "open_objections", "precedents_due", "deviations"}
    # papers, calls, people pointed out, figures of doors: as everybody in test_doors.py
    at_doors = {
        "forms_to_type",
        "form",
        "calls_to_ring",
        "call",
        "offers_to_make",
        "offer",
        "outreach_lists",
        "by_door",
        "not_made",
    }
    # what is late, waits, or has nobody: as everybody in test_clocks.py
    clocks = {"late", "late_count", "late_figures", "nobodys", "waiting"}
    # how heavy the work is: of directors, in web/desk/test_burden.py
    others = {"burden", "asked_of_us", "asked_one", "near_kin", "doubled", "running_of", "signing", *AFTERWARDS}
    assert taking == {*QUERIES, *ASKING, *meeting, *clocks, *at_doors, *others}


@pytest.mark.parametrize("area", (*HERE, *AWAY))
def test_everybody_sees_what_their_post_opens_where_they_work_and_nothing_else(sources, area):
    case = walk.applied(people.granny_wang().pid)
    walk.proposed(case, NOON)
    for role in CLERKS:
        viewer = office.viewer(clerk(role, area), "case.read", NOON)
        for name, ask in QUERIES.items():
            try:
                shown = ask(case, viewer)
            except NotAllowed:
                shown = False
            if name == "counts" and area == OTHER_VILLAGE:
                continue
            assert shown == (role in READERS and area in HERE), f"{name} as {role} of {area}"


@pytest.mark.parametrize("area", (*HERE, *AWAY))
def test_a_family_is_asked_by_who_goes_there_and_by_nobody_else(sources, area):
    case = walk.applied(people.granny_wang().pid)
    actions.accept(ref=case.ref, by=people.clerk_li(), at=NOON)
    for role in CLERKS:
        viewer = office.viewer(clerk(role, area), "question.ask", NOON)
        for name, ask in ASKING.items():
            try:
                shown = ask(case, viewer)
            except NotAllowed:
                shown = False
            assert shown == (role in (Role.VILLAGE, Role.TOWNSHIP) and area in HERE), f"{name} as {role} of {area}"


PHOTO = Photo("image/jpeg", b"nothing to see")
SON = people.number_of("220102", date(1975, 5, 5), 7)


def waiting(case, benefit):
    """A row of every kind that hangs on a case, so that each act is tried on one; "none" where this case has none."""
    rows = {**hers.talked_about(case), **hers.of_her_family(case)}
    if benefit is not None:
        rows |= {**hers.of_her_help(benefit), **hers.letter_to(case)}
    rows["unnamed"] = case.members.create(name="王建国", relation="son", proposed=False, together=True).ref
    if survey := case.surveys.first():
        rows["survey"] = survey.ref
    return defaultdict(lambda: "none", rows)


def doings(case):
    """Every act a clerk does on a case, with who may; each is tried as everybody."""
    question = Question.objects.filter(case=case).first()
    reading = {"ref": case.ref, "at": NOON}
    member, supporter = case.members.first(), case.supporters.first()
    benefit = Benefit.objects.filter(case=case).first()
    held, rows = benefit.ref if benefit else "", waiting(case, benefit)
    township, county = {Role.TOWNSHIP}, {Role.COUNTY}
    return {
        "accept": (lambda by: actions.accept(by=by, **reading), township),
        "ask_once": (lambda by: actions.ask_once(missing="户口本", by=by, **reading), township),
        "supplement": (lambda by: actions.supplement(said="来了", by=by, **reading), township | county | {Role.VILLAGE}),
        "assign": (lambda by: actions.assign(to="li", by=by, **reading), township),
        "file_near_kin": (lambda by: actions.file_near_kin(of="某人", by=by, **reading), township),
        "record_consent": (
            lambda by: actions.record_consent(pid=case.applicant, channel="paper", by=by, **reading),
            {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY},
        ),
        "add_supporter": (
            lambda by: actions.add_supporter(
                name="王建国", number=SON, supports=case.applicant, relation="son", by=by, **reading
            ),
            {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY},
        ),
        "identify_member": (
            lambda by: actions.identify_member(member=rows["unnamed"], name="王建国", number=SON, by=by, **reading),
            {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY},
        ),
        "sign_supporter": (
            lambda by: actions.sign_supporter(pid=people.pid_of(SON), channel="paper", by=by, **reading),
            {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY},
        ),
        "remove_supporter": (
            lambda by: actions.remove_supporter(supporter=supporter.ref if supporter else "", by=by, **reading),
            {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY},
        ),
        "request_check": (lambda by: actions.request_check(by=by, **reading), township | county),
        "judge": (
            lambda by: actions.judge(question=question.ref, choice="homes_1", reason="看过", by=by, **reading), township,
        ),
        "count_member": (
            lambda by: actions.count_member(member=member.ref, counts=True, reason="看过", by=by, **reading), township,
        ),
        "answer_question": (
            lambda by: actions.answer_question(
                question=question.ref, choice="unsure", words="", channel="telephone", once="once1", by=by, **reading
            ),
            township | {Role.VILLAGE},
        ),
        "answer_at_door": (
            lambda by: actions.answer_at_door(answers=[(question.ref, "unsure", "")], once="once2", by=by, **reading),
            township | {Role.VILLAGE},
        ),
        "survey": (
            lambda by: actions.survey(
                on=NOON.date(), second="qian", signed_by="王", answers={}, needs=walk.NEEDS, by=by, **reading
            ),
            township | {Role.VILLAGE},
        ),
        "keep_survey_paper": (
            lambda by: actions.keep_survey_paper(survey=rows["survey"], role="sheet", photo=PHOTO, by=by, **reading),
            township | county | {Role.VILLAGE},
        ),
        "leave_unsigned": (
            lambda by: actions.leave_unsigned(
                survey=rows["survey"], why="refused", words="不愿意", witness="妇女主任", by=by, **reading
            ),
            township | county | {Role.VILLAGE},
        ),
        "hear_neighbour": (
            lambda by: actions.hear_neighbour(on=NOON.date(), name="某人", relation="other", said="好", by=by, **reading),
            township | county | {Role.VILLAGE},
        ),
        "send_inquiry": (lambda by: actions.send_inquiry(to_whom="学校", about="学费", by=by, **reading), township),
        "answer_inquiry": (
            lambda by: actions.answer_inquiry(inquiry=rows["inquiry"], on=NOON.date(), answer="好", by=by, **reading), township,
        ),
        "give_up_inquiry": (lambda by: actions.give_up_inquiry(inquiry=rows["inquiry"], by=by, **reading), township),
        "call_appraisal": (
            lambda by: actions.call_appraisal(
                why="family", reason="自己要求", meets_at=NOON, place="村委会",
                named=[(name, "household") for name in "子丑寅卯辰巳午"],
                by=by, **reading
            ),
            township,
        ),
        "recuse": (lambda by: actions.recuse(appraisal=rows["meeting"], seat="none", why="kin", by=by, **reading), township),
        "hold_appraisal": (
            lambda by: actions.hold_appraisal(
                appraisal=rows["meeting"], came=(), votes=Votes(7, 0, 0), minutes="好", by=by, **reading
            ),
            township,
        ),
        "drop_appraisal": (
            lambda by: actions.drop_appraisal(appraisal=rows["meeting"], reason="下雨", by=by, **reading),
            township,
        ),
        "consult": (
            lambda by: actions.consult(
                on=NOON.date(), reasons=["care"], question="怎么算", situation="难", outcome="help", gist="照实际算", photo=PHOTO,
                voices=[Spoke(name, "", "agree") for name in "甲乙丙"], by=by, **reading
            ),
            county,
        ),
        "review_precedent": (
            lambda by: actions.review_precedent(consultation=rows["precedent"], stands=True, why="还适用", by=by, at=NOON),
            county,
        ),
        "photograph_board": (
            lambda by: actions.photograph_board(area=case.area, on=NOON.date(), photo=PHOTO, by=by, at=NOON),
            township | county | {Role.VILLAGE},
        ),
        "extend": (lambda by: actions.extend(reason="户籍不在这里", by=by, **reading), township),
        "propose": (lambda by: actions.propose(kind="help", reason="够条件", by=by, **reading), township),
        "object_to": (lambda by: actions.object_to(said="有车", by=by, **reading), township | county),
        "reinvestigate": (lambda by: actions.reinvestigate(answer="没有车", by=by, **reading), township),
        "resend": (lambda by: actions.resend(said="补好了", by=by, **reading), township),
        "confirm": (lambda by: actions.confirm(by=by, **reading), county),
        "return_one": (lambda by: actions.return_one(one_thing="照片", by=by, **reading), county),
        "refuse": (lambda by: actions.refuse(article="LAW Art. 18", reason="超了", by=by, **reading), county),
        "withdraw": (lambda by: actions.withdraw(reason="不想办了", by=by, **reading), township | county | {Role.VILLAGE}),
        "keep_mandate": (
            lambda by: actions.keep_mandate(way="paper", files=[], by=by, **reading), township | county | {Role.VILLAGE},
        ),
        "let_see": (
            lambda by: actions.let_see(sees=True, way="phone", by=by, **reading), township | county | {Role.VILLAGE},
        ),
        "take_mandate_back": (
            lambda by: actions.take_mandate_back(way="phone", by=by, **reading), township | county | {Role.VILLAGE},
        ),
        "end_showing": (lambda by: actions.end_showing(by=by, **reading), township | county),
        "assess": (lambda by: actions.assess(by=by, **reading), READERS),
        "help_first": (
            lambda by: actions.help_first(
                kind="fire", band="grave", happened_on=NOON.date(), place="镇上", cause="烧了", amount_fen=1, by=by, **reading
            ),
            township,
        ),
        "complete": (lambda by: actions.complete(second="qian", found="证明", holds=True, by=by, **reading), township),
        "assess_self_care": (
            lambda by: actions.assess_self_care(on=NOON.date(), second="qian", fails={}, words="看过", by=by, **reading),
            township | county | {Role.VILLAGE},
        ),
        "ask_reassessment": (
            lambda by: actions.ask_reassessment(said="摔了", by=by, **reading), township | county | {Role.VILLAGE},
        ),
        "choose_support": (lambda by: actions.choose_support(form="home", said="在家", by=by, **reading), township | county),
        "keep_agreement": (
            lambda by: actions.keep_agreement(
                kind="carer", party="邻居", relation="", duties="照看", from_on=NOON.date(), to_on=NOON.date(), by=by, **reading
            ),
            township | county,
        ),
        "end_agreement": (
            lambda by: actions.end_agreement(agreement=rows["agreement"], on=NOON.date(), why="搬走", by=by, **reading),
            township | county,
        ),
        "ask_elsewhere": (
            lambda by: actions.ask_elsewhere(
                area=OTHER_COUNTY, member=member.ref, kind="visit", asks="看看", by=by, **reading
            ),
            township | county,
        ),
        "answer_elsewhere": (
            lambda by: actions.answer_elsewhere(request=rows["asked_elsewhere"], answer="看了", by=by, at=NOON),
            township | county,
        ),
        "settle_fact": (
            lambda by: actions.settle_fact(name="hh_income_year", value=1, reason="问过", by=by, **reading), township,
        ),
        "draw_checks": (lambda by: actions.draw_checks(county=COUNTY, by=by, at=NOON), county),
        "print_sheet": (lambda by: actions.print_sheet(code="visit", body={}, by=by, **reading), township | county),
        "keep_drawn": (
            lambda by: actions.keep_drawn(sheet=rows["letter"], pdf=b"%PDF-", pages=1, certificate="", by=by, at=NOON),
            township | county,
        ),
        "serve_letter": (
            lambda by: actions.serve_letter(sheet=rows["letter"], way="handed", on=NOON.date(), by=by, at=NOON),
            township | county | {Role.VILLAGE},
        ),
        "scan": (
            lambda by: actions.scan(
                code="visit", page=1, legible="yes", content_type="image/jpeg", data=b"", by=by, **reading
            ),
            township | county | {Role.VILLAGE},
        ),
        "retire_papers": (
            lambda by: actions.retire_papers(keeps="file", by=by, **reading), county | {Role.DIRECTOR},
        ),
        "export_file": (
            lambda by: actions.export_file(
                pid=case.applicant, cases=(case.ref,), whole=True, why="移交", pages=1, sha256="", by=by, at=NOON
            ),
            READERS,
        ),
        "tell_happening": (
            lambda by: actions.tell_happening(
                benefit=held, kind="job", on=NOON.date(), channel="window", by=by, at=NOON
            ),
            township | county | {Role.VILLAGE},
        ),
        "leave_happening": (
            lambda by: actions.leave_happening(ref=rows["happening"], reason="不用改", by=by, at=NOON),
            township | county,
        ),
        "propose_adjustment": (
            lambda by: actions.propose_adjustment(
                benefit=held, asked=Asked(kind="end", cause="own_wish", reason="不想领了"), by=by, at=NOON
            ),
            township | county,
        ),
        "drop_adjustment": (
            lambda by: actions.drop_adjustment(ref=rows["adjustment"], reason="不改", by=by, at=NOON),
            township | county,
        ),
        "decide_adjustment": (lambda by: actions.decide_adjustment(ref=rows["adjustment"], by=by, at=NOON), county),
        "invite": (
            lambda by: actions.invite(ref=rows["adjustment"], way="come", for_on=NOON.date(), by=by, at=NOON), township | county,
        ),
        "answer_invitation": (lambda by: actions.answer_invitation(ref=rows["invitation"], answer="come", by=by, at=NOON), set()),
        "record_hearing": (
            lambda by: actions.record_hearing(ref=rows["adjustment"], outcome="heard", on=NOON.date(), by=by, at=NOON),
            township | county,
        ),
        "open_review": (lambda by: actions.open_review(ref=rows["again"], by=by, at=NOON), township | county),
        "close_review": (lambda by: actions.close_review(ref=rows["again"], by=by, at=NOON), township | county),
        "record_offer": (
            lambda by: actions.record_offer(
                benefit=held, pid=case.applicant, on=NOON.date(), work="保洁", offered_by="镇里", answer="taken", by=by, at=NOON
            ),
            township | county | {Role.VILLAGE},
        ),
        "follow_up": (
            lambda by: actions.follow_up(ref=rows["asking"], outcome="fine", way="call", note="好", by=by, at=NOON),
            township | county | {Role.VILLAGE},
        ),
        "renew": (lambda by: actions.renew(benefit=held, by=by, at=NOON), township | county | {Role.VILLAGE}),
        "call_review": (
            lambda by: actions.call_review(ref=benefit.ref if benefit else "", by=by, at=NOON), township | county,
        ),
    }  # fmt: skip


# papers, calls, people pointed out: as everybody in test_doors.py
AT_DOORS = {
    *("keep_form", "type_form", "read_rest", "drop_form", "take_call", "ring_back", "apply_for_caller"),
    *("take_list", "settle_offer", "miss_offer"),
}


NO_CASE_YET = {
    *AT_DOORS,
    "start_draft",
    "save_hardships",
    "save_members",
    "save_incomes",
    "save_account",
    "save_programmes",
    "drop_draft",
    "submit",
    "open_case",
}


ONLY_THE_SCHEDULE = {"follow_recheck", "take_answers", "climb", "recount"}  # they take in what others did; no page calls them


def test_the_table_names_every_act(sources):
    assert set(doings(walk.applied(people.granny_wang().pid))) == set(actions.__all__) - NO_CASE_YET - ONLY_THE_SCHEDULE
    pages = "".join(path.read_text() for path in (Path(actions.__file__).parents[2] / "web").rglob("*.py"))
    assert not [name for name in ONLY_THE_SCHEDULE if f"actions.{name}(" in pages]


@pytest.mark.parametrize("stage", ["investigating", "in_force"])
def test_every_act_is_closed_to_other_posts_and_other_places(sources, stage):
    """A button guarded and its method open is the trap; so each method is called as everybody who must not."""
    case = walk.applied(people.granny_wang().pid)
    walk.helper_qian()
    if stage == "in_force":
        walk.confirmed(case)
    else:
        actions.accept(ref=case.ref, by=people.clerk_li(), at=NOON)
    table, before = doings(case), case.__class__.objects.get(pk=case.pk).version
    for name, (do, roles) in table.items():
        if name == "call_review" and stage == "investigating":
            continue
        for role in CLERKS:
            for area in (OTHER_COUNTY, OTHER_VILLAGE) if role in roles else (COUNTY, OTHER_COUNTY):
                with pytest.raises(NotAllowed):
                    do(clerk(role, area))
                    pytest.fail(f"{name} as {role} of {area}")
    assert case.__class__.objects.get(pk=case.pk).version == before


def test_a_resident_reads_their_own_case_only(sources):
    granny, uncle = people.granny_wang(), people.uncle_zhou()
    case = walk.applied(granny.pid)
    draft = actions.start_draft(pid=uncle.pid, by=Party.resident(uncle.pid), at=NOON)

    assert queries.my_cases(uncle.pid, at=NOON) == ()
    with pytest.raises(NotAllowed):
        queries.my_case(case.ref, uncle.pid, at=NOON)
    with pytest.raises(NotAllowed):
        queries.draft(draft.ref, by=Party.resident(granny.pid), at=NOON)
    with pytest.raises(NotAllowed):
        actions.save_hardships(ref=draft.ref, kinds=["illness"], by=Party.resident(granny.pid), at=NOON)


def test_the_receipt_tells_how_far_and_nothing_about_whom(sources):
    case = walk.confirmed(walk.applied(people.granny_wang().pid))
    found = queries.progress(case.receipt, at=NOON)
    text = repr(found)
    for secret in ("王", "165600", "石磨", "柳塘", case.applicant, "8830"):
        assert secret not in text
    assert found.says == "县里定下来了"
    assert queries.progress("990101260000", at=NOON) is None


def test_a_proxy_sees_the_stage_and_what_they_typed_not_what_was_found_or_decided(sources):
    granny, niece = people.granny_wang(), people.person("王芳", date(1980, 1, 1), order=44)
    sources.row(granny.pid, "insurance", event="pension_start", event_date=date(2010, 1, 1), base=21300)
    me = Party.resident(niece.pid)
    draft = actions.start_draft(pid=granny.pid, by=me, at=NOON, channel="proxy")
    actions.save_hardships(ref=draft.ref, kinds=["care"], by=me, at=NOON)
    actions.save_members(ref=draft.ref, together={people.grandson_wang().pid: True}, others=[], by=me, at=NOON)
    actions.save_incomes(ref=draft.ref, said={}, others=[], by=me, at=NOON)
    actions.save_account(ref=draft.ref, way="none", by=me, at=NOON)
    with pytest.raises(actions.drafts.Missing, match="委托书"):
        actions.submit(ref=draft.ref, consent=True, by=me, at=NOON)
    shown = queries.draft(draft.ref, by=me, at=NOON)
    assert shown.incomes == () and shown.notes == () and [one.name for one in shown.members] == ["王桂兰", "王*宝"]
    case = actions.submit(ref=draft.ref, consent=True, by=me, at=NOON, proxy_relation="other", mandate="paper")
    assert queries.my_case(case.ref, niece.pid, at=NOON).missing_consents == ("王桂兰", "王*宝")
    actions.record_consent(ref=case.ref, pid=granny.pid, channel="paper", by=people.clerk_li(), at=NOON)
    walk.confirmed(case)

    mine = queries.my_case(case.ref, niece.pid, at=NOON)

    assert mine.for_name == "王桂兰" and mine.says == "县里定下来了"
    assert mine.decision is None and mine.benefit is None and mine.showing is None
