"""Signing: each for themselves, guardians with proof, supporters on their own sheet; taken back as easily; signed anew."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

import people
import walk
from doudi.casework import actions, jobs, queries
from doudi.casework.core import State
from doudi.casework.models import Benefit, CaseMember, Supporter
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import Paper
from doudi.registry.models import Person
from doudi.verification import actions as verification
from doudi.verification import queries as checks
from doudi.verification.core.basis import AlreadyEnded, BadSignature, NotExplained, terms
from doudi.verification.models import Authorisation, Check, Question, Source
from people import NOON
from signed import sign

pytestmark = pytest.mark.django_db


def picture(mode="L", size=(320, 120), kind="PNG") -> bytes:
    file = BytesIO()
    Image.new(mode, size, "white").save(file, kind)
    return file.getvalue()


@pytest.fixture
def case(sources, settings, tmp_path):
    settings.PAPERS = tmp_path / "papers"
    return walk.applied(people.granny_wang().pid)


def viewer(clerk=None):
    return office.viewer(clerk or people.clerk_li(), "authorisation.read", NOON)


def whos(case, at=NOON):
    return {one.name: one.state for one in queries.signing(case.ref, viewer(), at=at).people}


def test_the_application_signs_for_the_applicant_and_the_child_and_says_what_paper_is_owed(case):
    assert whos(case) == {"王桂兰": "owed", "王小宝": "owed"}
    page = queries.signing(case.ref, viewer(), at=NOON)
    assert [one.why for one in page.people] == ["还差手写签名", "还差手写签名；还差监护证明"]
    paper = page.people[1].paper
    assert (paper.signer_name, paper.capacity, paper.number) == ("王桂兰", "minor", "SQ2026000002")
    assert "王小宝（由监护人王桂兰签）" in paper.words and "最低生活保障" in paper.words and "银行存款" in paper.words


def test_a_finger_on_the_glass_completes_the_paper_and_the_same_again_changes_nothing(case):
    granny = people.granny_wang()
    for _ in range(2):
        actions.record_consent(
            ref=case.ref, pid=granny.pid, channel="screen", files=[("signature", "image/png", picture())],
            by=Party.resident(granny.pid), at=NOON,
        )  # fmt: skip
    assert whos(case)["王桂兰"] == "signed"
    assert Paper.objects.count() == 1 and Authorisation.objects.count() == 2
    mine = checks.my_authorisations(granny.pid, at=NOON)
    assert {one.name for one in mine} == {"王桂兰", "王小宝"} and mine[0].papers[0].kind == "signature"


def test_only_whose_it_is_signs_on_the_phone_and_under_their_own_name(case):
    granny, uncle = people.granny_wang(), people.uncle_zhou()
    with pytest.raises(NotAllowed):
        actions.record_consent(ref=case.ref, pid=granny.pid, channel="screen", by=Party.resident(uncle.pid), at=NOON)
    with pytest.raises(BadSignature, match="身份证上的名字"):
        actions.record_consent(
            ref=case.ref, pid=granny.pid, channel="screen", typed_name="王桂花", by=Party.resident(granny.pid), at=NOON
        )
    with pytest.raises(NotAllowed):
        actions.record_consent(ref=case.ref, pid=granny.pid, channel="paper", by=people.clerk_sun(), at=NOON)


def test_an_adult_who_cannot_decide_needs_a_guardian_with_proof(case):
    granny = people.granny_wang()
    daughter = people.person("王秀", date(1980, 3, 3), order=44)
    CaseMember.objects.create(
        case=case, pid=daughter.pid, name="王秀", relation="daughter", born_on=daughter.born_on, together=True
    )
    said = {"ref": case.ref, "pid": daughter.pid, "channel": "paper", "guardian": granny.pid, "by": people.clerk_li(), "at": NOON}
    with pytest.raises(BadSignature, match="监护证明"):
        actions.record_consent(**said)
    proof = [("guardian", "image/jpeg", picture("RGB", kind="JPEG")), ("form", "image/jpeg", picture("RGB", (90, 90), "JPEG"))]
    actions.record_consent(**said, files=proof)
    made = Authorisation.objects.get(pid=daughter.pid)
    assert (made.capacity, made.signer, made.handled_by) == ("incapable", granny.pid, f"clerk:{people.clerk_li().ref}")


def test_a_supporter_far_away_signs_their_own_sheet_naming_only_what_supporters_are_asked(case):
    granny, li = people.granny_wang(), people.clerk_li()
    far = people.number_of("220102", date(1975, 5, 5), 7)
    row = actions.add_supporter(
        ref=case.ref, name="王建国", number=far, supports=granny.pid, relation="son", phone="13900002222", place="吉林长春",
        by=li, at=NOON,
    )  # fmt: skip
    assert row.pid == people.pid_of(far) and Person.objects.get(pid=row.pid).area == ""
    assert whos(case)["王建国"] == "missing"
    son = Party.resident(row.pid)
    assert [one.ref for one in queries.supporting(row.pid, at=NOON)] == [case.ref]
    actions.accept(ref=case.ref, by=li, at=NOON)
    assert row.pid not in {one["pid"] for one in Check.objects.latest("id").people}
    actions.sign_supporter(ref=case.ref, pid=row.pid, channel="screen", typed_name="王建国", by=son, at=NOON)
    sheet = Authorisation.objects.get(pid=row.pid)
    assert (sheet.role, sheet.household) == ("supporter", []) and "student" not in sheet.datasets and "deposit" in sheet.datasets
    actions.request_check(ref=case.ref, by=li, at=NOON)
    check = Check.objects.latest("id")
    assert row.pid in {one["pid"] for one in check.people}
    asked = set(Question.objects.filter(check_asked=check, pid=row.pid).values_list("dataset", flat=True))
    assert asked and asked <= set(sheet.datasets)
    actions.remove_supporter(ref=case.ref, supporter=row.ref, by=li, at=NOON)
    assert Supporter.objects.get().removed_at and Authorisation.objects.get(pid=row.pid).ended_why == "left"
    with pytest.raises(NotAllowed):
        actions.sign_supporter(ref=case.ref, pid=row.pid, channel="screen", by=son, at=NOON)


@pytest.mark.parametrize("number", ["", "220102197505050071X", "22010219750505007", "1" * 18])
def test_a_supporter_needs_a_right_number(case, number):
    with pytest.raises(NotAllowed, match="身份证号"):
        actions.add_supporter(
            ref=case.ref, name="王建国", number=number, supports=case.applicant, relation="son", by=people.clerk_li(), at=NOON
        )
    assert not Supporter.objects.exists()


# ---- somebody the family named, whom no register told of --------------------------------------------------------------------

SON = people.number_of("220102", date(1975, 5, 5), 7)


def named(case, name="王建国", relation="son", **more):
    """A member the family named when it asked, without an identity."""
    return CaseMember.objects.create(case=case, name=name, relation=relation, proposed=False, **{"together": True} | more)


def identified(case, row, number=SON, name="王建国", by=None):
    return actions.identify_member(ref=case.ref, member=row.ref, name=name, number=number, by=by or people.clerk_li(), at=NOON)


def test_who_is_named_without_a_number_is_known_by_it_signs_as_anybody_and_nobody_signs_anew(case):
    row, li = named(case, name="建国"), people.clerk_li()
    assert whos(case)["建国"] == "no_identity"
    actions.accept(ref=case.ref, by=li, at=NOON)
    actions.settle_fact(ref=case.ref, name="is_in_work", value=False, member=row.ref, reason="问过", by=li, at=NOON)
    before = set(Authorisation.objects.filter(ended_at=None).values_list("number", flat=True))

    found = identified(case, row)

    assert (found.pid, found.name, found.born_on) == (people.pid_of(SON), "王建国", date(1975, 5, 5))
    assert Person.objects.get(pid=found.pid).area == case.area
    assert whos(case) == {"王桂兰": "owed", "王小宝": "owed", "王建国": "missing"}
    assert set(Authorisation.objects.filter(ended_at=None).values_list("number", flat=True)) == before
    case.refresh_from_db()
    assert found.pid not in {one.pid for one in checks.answers(case.check_ref)}, "nothing is asked of who has not signed"
    facts = {one["pid"]: one["facts"] for one in case.assessments.latest("pk").facts["members"]}
    assert (facts[found.pid]["is_in_work"], facts[found.pid]["age"]) == (False, 51), "what was found out stays theirs"
    journal = [line for line in office.journal_of(case.ref) if line.act == "casework.identify_member"]
    assert [(line.detail["person"], line.detail["member"]) for line in journal] == [(found.pid, row.ref)]

    actions.record_consent(ref=case.ref, pid=found.pid, channel="paper", by=li, at=NOON)

    case.refresh_from_db()
    assert found.pid in {one.pid for one in checks.answers(case.check_ref)}
    assert whos(case)["王建国"] == "owed"
    with pytest.raises(NotAllowed, match="已经有了"):
        identified(case, row)


def test_a_child_named_without_a_number_is_signed_for_by_who_looks_after_them(case):
    number = people.number_of("220102", date(2016, 5, 5), 7)
    child = identified(case, named(case, "王小玉", "grandchild"), number, "王小玉")
    assert whos(case)["王小玉"] == "guardian"
    actions.record_consent(ref=case.ref, pid=case.applicant, channel="paper", by=people.clerk_li(), at=NOON)
    paper = Authorisation.objects.get(pid=child.pid, ended_at=None)
    assert (paper.signer, paper.capacity) == (case.applicant, "minor")


def test_one_of_the_register_is_found_in_it_and_stands_in_a_household_once(case):
    granny, uncle = people.granny_wang(), people.uncle_zhou()
    row = named(case, "周叔")
    with pytest.raises(NotAllowed, match="不能算两次"):
        identified(case, row, granny.citizen_no, granny.name)
    with pytest.raises(NotAllowed, match="姓名和身份证号对不上"):
        identified(case, row, uncle.citizen_no, "周某")
    kin = {"name": "王建国", "number": SON, "supports": granny.pid, "relation": "son"}
    actions.add_supporter(ref=case.ref, by=people.clerk_li(), at=NOON, **kin)
    with pytest.raises(NotAllowed, match="从那张名单上去掉"):
        identified(case, row)
    with pytest.raises(NotAllowed):
        identified(case, row, by=people.clerk_sun())
    row.refresh_from_db()
    assert (row.pid, row.name) == ("", "周叔")
    assert identified(case, row, uncle.citizen_no, uncle.name).pid == uncle.pid


@pytest.mark.parametrize("number", ["", "220102197505050071X", SON[:-1] + ("0" if SON[-1] != "0" else "1"), "1" * 18])
def test_an_identity_needs_a_right_number(case, number):
    with pytest.raises(NotAllowed, match="身份证号"):
        identified(case, named(case), number)
    assert not Person.objects.filter(pid=people.pid_of(SON)).exists()
    assert CaseMember.objects.filter(case=case, pid="").count() == 1


def test_taking_it_back_closes_what_waits_unsent_and_keeps_what_was_asked(case):
    granny, me = people.granny_wang(), Party.resident(people.granny_wang().pid)
    Source.objects.create(
        code="bank", label="农信社", department="农信社", dataset="deposit", adapter="letter", kept_at=NOON, kept_by="system:test"
    )
    actions.accept(ref=case.ref, by=people.clerk_li(), at=NOON)
    number = Authorisation.objects.get(pid=granny.pid).number
    before = Question.objects.filter(pid=granny.pid, state="answered").count()
    assert Question.objects.filter(pid=granny.pid, state="waiting").count() == 1 and before > 5
    with pytest.raises(NotExplained):
        verification.withdraw_authorisation(number=number, explained=False, by=me, at=NOON)
    with pytest.raises(NotAllowed):
        verification.withdraw_authorisation(number=number, explained=True, by=Party.resident(people.uncle_zhou().pid), at=NOON)
    verification.withdraw_authorisation(number=number, explained=True, by=me, at=NOON)
    closed = Question.objects.get(pid=granny.pid, source="bank")
    assert (closed.state, closed.closed_why, closed.sent_at) == ("closed", "no_basis", None)
    assert Question.objects.filter(pid=granny.pid, state="answered").count() == before
    assert whos(case)["王桂兰"] == "withdrawn"
    with pytest.raises(NotAllowed) as refused:
        actions.request_check(ref=case.ref, by=people.clerk_li(), at=NOON + timedelta(hours=1))
    assert refused.value.reason == "withdrawn"
    with pytest.raises(AlreadyEnded):
        verification.withdraw_authorisation(number=number, explained=True, by=me, at=NOON)
    assert terms().withdrawing
    later = NOON + timedelta(hours=2)
    actions.record_consent(ref=case.ref, pid=granny.pid, channel="screen", typed_name="王桂兰", by=me, at=later)
    assert whos(case, later)["王桂兰"] == "signed"


def test_somebody_new_means_everybody_signs_anew_and_somebody_less_does_not(case):
    li, granny = people.clerk_li(), people.granny_wang()
    son = people.person("王大山", date(1979, 1, 1), sex="1", order=55)
    moved = CaseMember.objects.create(case=case, pid=son.pid, name="王大山", relation="son", born_on=son.born_on, together=False)
    actions.accept(ref=case.ref, by=li, at=NOON)
    actions.count_member(ref=case.ref, member=moved.ref, counts=True, reason="常年住在家里", by=li, at=NOON)
    assert whos(case) == {"王桂兰": "members_changed", "王小宝": "members_changed", "王大山": "missing"}
    actions.record_consent(ref=case.ref, pid=granny.pid, channel="paper", by=li, at=NOON)
    actions.record_consent(ref=case.ref, pid=son.pid, channel="paper", by=li, at=NOON)
    assert whos(case) == dict.fromkeys(("王桂兰", "王小宝", "王大山"), "owed")
    actions.count_member(ref=case.ref, member=moved.ref, counts=False, reason="在外打工", by=li, at=NOON)
    assert whos(case) == {"王桂兰": "owed", "王小宝": "owed", "王大山": "not_needed"}


def test_a_failed_application_ends_it_and_help_keeps_it_until_the_year_is_over(case):
    actions.withdraw(ref=case.ref, reason="", by=Party.resident(case.applicant), at=NOON)
    assert set(Authorisation.objects.values_list("ended_why", flat=True)) == {"case_withdrawn"}
    assert not queries.signing(case.ref, viewer(), at=NOON).open
    again = walk.applied(case.applicant, NOON + timedelta(hours=1))
    assert again.ref != case.ref and whos(again, NOON + timedelta(hours=1))["王桂兰"] == "owed"  # signed anew, with it
    walk.confirmed(again, NOON + timedelta(hours=1))
    assert State(again.state) is State.CONFIRMED and whos(again, NOON + timedelta(days=300))["王桂兰"] == "owed"
    assert whos(again, NOON + timedelta(days=370))["王桂兰"] == "expired"


@pytest.mark.parametrize("area", [people.COUNTY, people.TOWNSHIP, people.OTHER_COUNTY, people.OTHER_TOWNSHIP])
def test_who_signed_is_for_its_posts_where_they_work(case, area):
    here, number = area in (people.COUNTY, people.TOWNSHIP), Authorisation.objects.first().number
    keeping = {Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY}
    reading = {Role.TOWNSHIP, Role.COUNTY, Role.VERIFICATION, Role.AUDITOR}
    for role in (role for role in Role if role != Role.RESIDENT):
        looks = viewer(people.clerk(f"{role}{area}", "某人", role, area))
        for ask, may in (
            (lambda looks=looks: queries.signing(case.ref, looks, at=NOON).people, keeping | reading),
            (lambda looks=looks: checks.authorisation(number, looks, at=NOON).number, reading),
        ):
            if here and role in may:
                assert ask()
            else:
                with pytest.raises(NotAllowed):
                    ask()


def test_a_neighbour_sees_nothing(case):
    with pytest.raises(NotAllowed):
        queries.my_signing(case.ref, people.uncle_zhou().pid, at=NOON)
    with pytest.raises(NotAllowed):
        checks.my_authorisation(Authorisation.objects.first().number, people.uncle_zhou().pid, at=NOON)
    assert checks.my_authorisations(people.uncle_zhou().pid, at=NOON) == ()


def test_numbers_run_through_the_year_without_gaps(sources):
    granny, boy = people.granny_wang(), people.grandson_wang()
    first = sign(granny, household=[granny, boy])
    assert sign(granny, household=[granny, boy]).number == first.number  # the same again
    assert sign(boy, household=[granny, boy], guardian=granny).number == "SQ2026000002"
    assert sign(granny, subject="other").number == "SQ2026000003"


def test_what_was_signed_ends_with_the_last_month_of_help(case):
    walk.confirmed(case)
    later = NOON + timedelta(days=120)
    assert jobs.end_authorisations(later) == 0
    Benefit.objects.update(to_month=date(2026, 9, 1))
    assert jobs.end_authorisations(later) == 1
    assert jobs.end_authorisations(later) == 0
    assert set(Authorisation.objects.values_list("ended_why", flat=True)) == {"assistance_ended"}
