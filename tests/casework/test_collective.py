"""Looking, talking and showing: signatures, neighbours, letters, appraisal, consultation, boards, objections."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import people
import walk
from doudi.casework import actions, jobs, queries
from doudi.casework.actions.consulting import Spoke
from doudi.casework.core import AlreadyDone, Missing, collective
from doudi.casework.core.asking import Photo
from doudi.casework.core.collective import Votes
from doudi.casework.models import Appraisal, Case, Consultation, Objection, Question, Seat, Showing, SurveyPaper
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import JournalEntry, Notice, Paper
from people import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
VILLAGERS = ["周大山", "吴桂花", "郑铁柱", "冯春兰", "褚有田", "卫秋菊", "蒋石头", "沈腊梅", "韩木匠", "杨二嫂"]


def photo(shade=200, kind="image/jpeg"):
    """A photograph of something, one shade of it."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (shade, shade, shade)).save(out, "PNG" if kind == "image/png" else "JPEG")
    return Photo(kind, out.getvalue())


def li():
    return people.clerk_li()


def viewer_of(clerk, act="case.read", at=NOON):
    return office.viewer(clerk, act, at)


@pytest.fixture
def accepted(sources):
    case = walk.applied(people.granny_wang().pid)
    return actions.accept(ref=case.ref, by=li(), at=NOON)


@pytest.fixture
def shown(sources):
    case = walk.applied(people.granny_wang().pid)
    walk.proposed(case, NOON)
    return case


@pytest.fixture
def objected(shown):
    actions.object_to(ref=shown.ref, said="他家有拖拉机", by=Party.resident("unnamed"), at=NOON + 6 * DAY, who="杨二嫂")
    return shown


def called(case, at=NOON + 7 * DAY, **more):
    said = {"why": "objection", "reason": "有人说家里有拖拉机", "meets_at": at + DAY, "place": "村委会"}
    named = [(name, "representative") for name in VILLAGERS]
    return actions.call_appraisal(ref=case.ref, by=li(), at=at, **{**said, "named": named, **more})


def held(case, meeting, votes, at=NOON + 9 * DAY, **more):
    came = [one.ref for one in Seat.objects.filter(appraisal=meeting, recused="")][: votes.cast]
    said = {"came": came, "minutes": "大家都说拖拉机是他侄子的", "photo": photo(), "dissent": "有一位说看见过他开"}
    return actions.hold_appraisal(ref=case.ref, appraisal=meeting.ref, votes=votes, by=li(), at=at, **{**said, **more})


# ---- looking ------------------------------------------------------------------------------------------------------------


def test_a_visit_is_signed_by_both_and_by_the_family_each_once(accepted):
    walk.visited(accepted, NOON, li(), signed=False)
    visit = queries.looking(accepted.ref, viewer_of(li()), at=NOON).visits[0]
    assert [label for _, label in visit.unsigned] == ["第一位调查人", "第二位调查人", "家里人"]
    for number, role in enumerate(("first", "second", "family")):
        drawn = photo(number, "image/png")
        actions.keep_survey_paper(ref=accepted.ref, survey=visit.ref, role=role, photo=drawn, by=li(), at=NOON)
        with pytest.raises(AlreadyDone):
            actions.keep_survey_paper(ref=accepted.ref, survey=visit.ref, role=role, photo=drawn, by=li(), at=NOON)
    assert queries.looking(accepted.ref, viewer_of(li()), at=NOON).visits[0].unsigned == ()
    assert Paper.objects.filter(subject=accepted.applicant, kind="signature").count() == 0, "the family's page must not list them"


def test_a_photographed_sheet_stands_for_all_signatures_and_things_say_what_they_are(accepted):
    walk.visited(accepted, NOON, li(), signed=False)
    survey = queries.looking(accepted.ref, viewer_of(li()), at=NOON).visits[0].ref
    actions.keep_survey_paper(ref=accepted.ref, survey=survey, role="sheet", photo=photo(), by=li(), at=NOON)
    actions.keep_survey_paper(ref=accepted.ref, survey=survey, role="sheet", photo=photo(), by=li(), at=NOON)
    assert SurveyPaper.objects.count() == 1
    assert queries.looking(accepted.ref, viewer_of(li()), at=NOON).visits[0].unsigned == ()
    with pytest.raises(Missing):
        actions.keep_survey_paper(ref=accepted.ref, survey=survey, role="thing", photo=photo(9), by=li(), at=NOON)
    actions.keep_survey_paper(ref=accepted.ref, survey=survey, role="thing", what="漏雨的屋顶", photo=photo(9), by=li(), at=NOON)
    with pytest.raises(NotAllowed):
        actions.keep_survey_paper(ref=accepted.ref, survey=survey, role="sheet", photo=photo(3), by=people.clerk_sun(), at=NOON)


def opinion(case):
    return actions.propose(ref=case.ref, kind="help", reason="您家收入低于标准。", by=li(), at=NOON)


def test_no_opinion_before_the_form_is_signed_and_it_says_who_has_not(accepted):
    walk.visited(accepted, NOON, li(), signed=False)
    walk.settled(accepted, NOON, li())
    survey = accepted.surveys.get().ref
    with pytest.raises(Missing, match="入户调查表上第一位调查人、第二位调查人、家里人的签名（在手机上签，或者打印签好拍照存进来"):
        opinion(accepted)
    for number, role in enumerate(("first", "family")):
        drawn = photo(number, "image/png")
        actions.keep_survey_paper(ref=accepted.ref, survey=survey, role=role, photo=drawn, by=li(), at=NOON)
    with pytest.raises(Missing, match="上第二位调查人的签名（在手机上签，或者打印签好拍照存进来）"):
        opinion(accepted)
    drawn = photo(7, "image/png")
    actions.keep_survey_paper(ref=accepted.ref, survey=survey, role="second", photo=drawn, by=li(), at=NOON)
    assert opinion(accepted).kind == "help"


@pytest.mark.parametrize("why", sorted(collective.UNSIGNED))
def test_nobody_is_kept_from_help_by_a_signature_when_why_is_written_down_before_a_witness(accepted, why):
    walk.visited(accepted, NOON, li(), signed=False)
    walk.settled(accepted, NOON, li())
    said = {"ref": accepted.ref, "survey": accepted.surveys.get().ref, "by": li(), "at": NOON}
    left = {"why": why, "words": "手抖，写不了字", "witness": "妇女主任吴桂花", **said}
    for wrong in ({"why": "busy"}, {"words": " "}, {"witness": " "}, {"witness": "王桂兰"}, {"witness": "王小宝"}):
        with pytest.raises(Missing):
            actions.leave_unsigned(**{**left, **wrong})
    actions.leave_unsigned(**left)
    with pytest.raises(AlreadyDone):
        actions.leave_unsigned(**left)
    with pytest.raises(Missing, match="上第一位调查人、第二位调查人的签名"):
        opinion(accepted)
    for number, role in enumerate(("first", "second")):
        actions.keep_survey_paper(role=role, photo=photo(number, "image/png"), **said)
    assert opinion(accepted).kind == "help"
    visit = queries.looking(accepted.ref, viewer_of(li()), at=NOON).visits[0]
    assert visit.why_unsigned.endswith("：手抖，写不了字") and visit.witness == "妇女主任吴桂花" and visit.unsigned == ()
    assert "手抖" not in repr([(one.act, one.detail) for one in JournalEntry.objects.all()])


def test_the_newest_visit_is_the_one_to_be_signed_and_a_signed_one_needs_no_excuse(accepted):
    walk.visited(accepted, NOON, li())
    walk.settled(accepted, NOON, li())
    first = accepted.surveys.get().ref
    left = {"why": "refused", "words": "不愿意", "witness": "妇女主任", "ref": accepted.ref, "by": li(), "at": NOON}
    with pytest.raises(AlreadyDone):
        actions.leave_unsigned(survey=first, **left)
    walk.visited(accepted, NOON, li(), signed=False)
    with pytest.raises(Missing, match="的签名"):
        opinion(accepted)
    walk.form_signed(accepted, accepted.surveys.last().ref, NOON, li())
    assert opinion(accepted).kind == "help"


def test_by_telephone_only_the_two_investigators_sign(accepted):
    said = {"on": NOON.date(), "second": walk.helper_qian().username, "signed_by": "王桂兰", "answers": {}, "needs": walk.NEEDS}
    row = actions.survey(ref=accepted.ref, way="telephone", way_reason="发大水，路断了", by=li(), at=NOON, **said)
    walk.settled(accepted, NOON, li())
    with pytest.raises(Missing, match="上第一位调查人、第二位调查人的签名"):
        opinion(accepted)
    given = {"ref": accepted.ref, "survey": row.ref, "by": li(), "at": NOON}
    with pytest.raises(NotAllowed, match="不用家里人签字"):
        actions.leave_unsigned(why="refused", words="不愿意", witness="妇女主任", **given)
    for number, role in enumerate(("first", "second")):
        actions.keep_survey_paper(role=role, photo=photo(number, "image/png"), **given)
    assert opinion(accepted).kind == "help"


def test_two_visits_that_disagree_are_both_kept_and_stand_side_by_side(accepted):
    walk.visited(accepted, NOON, li())
    needs = {**walk.NEEDS, "home": ("very_hard", "屋顶漏"), "care": ("hard", "")}
    actions.survey(
        ref=accepted.ref, on=NOON.date(), second="qian", signed_by="王桂兰", answers={}, needs=needs, by=li(), at=NOON
    )  # fmt: skip
    page = queries.looking(accepted.ref, viewer_of(li()), at=NOON)
    assert len(page.visits) == 2
    assert [(one.what, one.differs) for one in page.compared] == [
        ("吃穿", False), ("看病", False), ("住房", True), ("上学", False), ("照料", False),
    ]  # fmt: skip
    assert queries.needs_note(accepted.ref, viewer_of(li()))[0].level == "very_hard"


def test_nobody_went_there_only_with_the_reason(accepted):
    said = {"on": NOON.date(), "second": walk.helper_qian().username, "signed_by": "王桂兰", "answers": {}, "needs": walk.NEEDS}
    with pytest.raises(Missing):
        actions.survey(ref=accepted.ref, way="video", by=li(), at=NOON, **said)
    row = actions.survey(ref=accepted.ref, way="video", way_reason="发大水，路断了", by=li(), at=NOON, **said)
    assert (row.way, row.way_reason) == ("video", "发大水，路断了")


def test_a_neighbour_is_sealed_and_the_family_never_reads_who(accepted):
    said = {"on": NOON.date(), "relation": "next_door", "said": "老人一个人带孙子，吃得很省"}
    actions.hear_neighbour(ref=accepted.ref, name="李四嫂", by=li(), at=NOON, **said)
    assert queries.looking(accepted.ref, viewer_of(li()), at=NOON).neighbours[0].name == "李四嫂"
    mine = queries.my_case(accepted.ref, accepted.applicant, at=NOON)
    assert "李四嫂" not in repr(mine) and "吃得很省" not in repr(mine)
    assert "李四嫂" not in repr([(one.act, one.detail) for one in JournalEntry.objects.all()])
    with pytest.raises(Missing):
        actions.hear_neighbour(ref=accepted.ref, name="某人", by=li(), at=NOON, **{**said, "relation": "friend"})


def test_a_letter_is_answered_or_given_up_after_its_days_and_silence_is_not_nothing(accepted):
    asked = {"to_whom": "镇中心小学", "about": "王小宝在不在校，学费多少"}
    letter = actions.send_inquiry(ref=accepted.ref, by=li(), at=NOON, **asked)
    assert letter.due_on.isoformat() == "2026-07-10"  # seven working days
    with pytest.raises(AlreadyDone):
        actions.send_inquiry(ref=accepted.ref, by=li(), at=NOON, **asked)
    with pytest.raises(NotAllowed):
        actions.give_up_inquiry(ref=accepted.ref, inquiry=letter.ref, by=li(), at=NOON + 9 * DAY)
    other = actions.send_inquiry(ref=accepted.ref, to_whom="砖厂", about="做没做过工", by=li(), at=NOON)
    actions.answer_inquiry(ref=accepted.ref, inquiry=other.ref, on=NOON.date(), answer="没有做过", by=li(), at=NOON + DAY)
    actions.give_up_inquiry(ref=accepted.ref, inquiry=letter.ref, by=li(), at=NOON + 10 * DAY)
    with pytest.raises(AlreadyDone):
        actions.answer_inquiry(ref=accepted.ref, inquiry=letter.ref, on=NOON.date(), answer="在校", by=li(), at=NOON + 11 * DAY)
    assert [one.state_label for one in queries.looking(accepted.ref, viewer_of(li()), at=NOON).inquiries] == [
        "没有答复",
        "答复了",
    ]


# ---- appraisal ----------------------------------------------------------------------------------------------------------


def test_an_appraisal_needs_something_that_calls_for_it(accepted):
    with pytest.raises(NotAllowed, match="没有人提过"):
        called(accepted, at=NOON)
    with pytest.raises(NotAllowed, match="不是特困"):
        called(accepted, at=NOON, why="tekun")
    with pytest.raises(Missing, match="为什么要评议"):
        called(accepted, at=NOON, why="habit")
    assert called(accepted, at=NOON, why="family").state == "called"


def test_who_objected_who_works_on_it_and_the_family_step_back_at_once(objected):
    named = [(name, "representative") for name in [*VILLAGERS, "李敏", "王桂兰"]]
    meeting = called(objected, named=named)
    assert dict(Seat.objects.filter(appraisal=meeting).exclude(recused="").values_list("recused", "present")) == {
        "objector": None, "interest": None, "kin": None,
    }  # fmt: skip
    with pytest.raises(AlreadyDone):
        called(objected)
    assert sum("村里开会" in one.body for one in Notice.objects.filter(subject=objected.ref)) == 1


def test_too_few_people_make_no_appraisal(objected):
    with pytest.raises(Missing, match="至少要 7 位"):
        called(objected, named=[(name, "representative") for name in VILLAGERS[:6]])
    meeting = called(objected)
    for votes, words in ((Votes(5, 1, 0), "至少要 7 位"), (Votes(7, -1, 2), "小于 0")):
        with pytest.raises(Missing, match=words):
            held(objected, meeting, votes)
    with pytest.raises(Missing, match="对不上"):
        came = [one.ref for one in Seat.objects.filter(appraisal=meeting, recused="")]
        held(objected, meeting, Votes(7, 0, 0), came=came)


def test_an_appraisal_advises_and_the_township_writes_its_opinion_itself(objected):
    meeting = called(objected)
    with pytest.raises(NotAllowed, match="先开完"):
        actions.reinvestigate(ref=objected.ref, answer="问过了", by=li(), at=NOON + 8 * DAY)
    with pytest.raises(Missing, match="同意"):
        held(objected, meeting, Votes(6, 2, 1), dissent="")
    with pytest.raises(Missing, match="拍下"):
        held(objected, meeting, Votes(6, 2, 1), photo=None)
    held(objected, meeting, Votes(6, 2, 1), family_said="拖拉机是侄子放在院里的")
    with pytest.raises(AlreadyDone):
        held(objected, meeting, Votes(6, 2, 1))
    objected.refresh_from_db()
    assert objected.state == "objected", "it moves nothing"
    row = queries.appraisals(objected.ref, viewer_of(li(), at=NOON + 9 * DAY), at=NOON + 9 * DAY).appraisals[0]
    assert (row.votes.says, row.present, row.dissent) == ("多数同意", 9, "有一位说看见过他开")


def test_who_stepped_back_does_not_vote_and_a_meeting_is_not_held_before_its_hour(objected):
    meeting = called(objected)
    seat = Seat.objects.filter(appraisal=meeting, recused="").first()
    actions.recuse(ref=objected.ref, appraisal=meeting.ref, seat=seat.ref, why="kin", by=li(), at=NOON + 7 * DAY)
    others = [one.ref for one in Seat.objects.filter(appraisal=meeting, recused="")]
    with pytest.raises(NotAllowed, match="回避"):
        held(objected, meeting, Votes(9, 0, 0), came=[seat.ref, *others])
    with pytest.raises(NotAllowed, match="还没有开"):
        held(objected, meeting, Votes(8, 0, 0), at=NOON + 7 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(pk=seat.pk).update(present=True)


def test_the_database_refuses_votes_that_do_not_add_up(objected):
    meeting = called(objected)
    for wrong in ({"present": 7, "agree": 7, "against": 1, "abstain": 0}, {"state": "held"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appraisal.objects.filter(pk=meeting.pk).update(**wrong)


@given(
    names=st.lists(st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=4), unique=True, min_size=3, max_size=20),
    seed=st.text("0123456789abcdef", min_size=16, max_size=16),
    data=st.data(),
)
def test_a_draw_is_the_same_for_whoever_repeats_it_whatever_order_the_list_has(names, seed, data):
    wanted = data.draw(st.integers(1, len(names)))
    drawn = collective.draw(names, wanted, seed)
    assert drawn == collective.draw(data.draw(st.permutations(names)), wanted, seed)
    assert len(set(drawn)) == wanted and set(drawn) <= set(names)


@given(agree=st.integers(0, 30), against=st.integers(0, 30), abstain=st.integers(0, 30), present=st.integers(0, 90))
def test_votes_count_only_when_they_add_up_to_who_was_there(agree, against, abstain, present):
    votes = Votes(agree, against, abstain)
    if present >= 7 and votes.cast == present:
        collective.count(votes, present, 7)
        majority = {"多数同意": agree, "多数不同意": against}.get(votes.says)
        assert majority is None or majority * 2 > present
    else:
        with pytest.raises(Missing):
            collective.count(votes, present, 7)


# ---- consultation -------------------------------------------------------------------------------------------------------


def consulted(case, at=NOON, **more):
    said = {
        "on": at.date(), "reasons": ["support", "care"], "question": "儿子不管，算不算他的收入", "situation": "儿子十年没有回来",
        "voices": [
            Spoke("赵建国", "股长", "agree"), Spoke("林主任", "局长", "agree"), Spoke("孙医生", "卫生院", "against", "再查查"),
        ],
        "outcome": "help", "gist": "子女长期失联、查无下落的，不算赡养费。", "photo": photo(),
    }  # fmt: skip
    return actions.consult(ref=case.ref, by=people.officer_zhao(), at=at, **{**said, **more})


def test_a_consultation_needs_people_a_majority_minutes_and_nobodys_name(accepted):
    wrong = (
        (
            {"voices": [Spoke("赵建国", "股长", "agree"), Spoke("林主任", "局长", "agree"), Spoke("钱", "", "away")]},
            "至少要 3 位",
        ),
        ({"voices": [Spoke("甲", "", "agree"), Spoke("乙", "", "against", "不行"), Spoke("丙", "", "abstain")]}, "没有过半"),
        ({"voices": [Spoke("甲", "", "agree"), Spoke("乙", "", "agree"), Spoke("丙", "", "against")]}, "怎么说的"),
        ({"gist": "王桂兰家的儿子失联，不算赡养费"}, "不能有人名"),
        ({"photo": None}, "会商纪要"),
        ({"reasons": []}, "为什么"),
    )
    for more, words in wrong:
        with pytest.raises(Missing, match=words):
            consulted(accepted, **more)
    with pytest.raises(NotAllowed):
        actions.consult(
            ref=accepted.ref, on=NOON.date(), reasons=["care"], question="", situation="", voices=[], outcome="help", gist="",
            by=li(), at=NOON,
        )  # fmt: skip
    consulted(accepted)
    with pytest.raises(AlreadyDone):
        consulted(accepted)


def test_a_later_like_case_sees_the_precedent_with_nobody_in_it_until_it_is_followed_no_longer(accepted):
    row = consulted(accepted)
    later = walk.applied(people.uncle_zhou().pid, NOON)
    Case.objects.filter(pk=later.pk).update(hardships=["care"])
    zhao = viewer_of(people.officer_zhao())
    seen = queries.alike(later.ref, zhao, at=NOON).precedents
    assert [one.gist for one in seen] == ["子女长期失联、查无下落的，不算赡养费。"]
    assert seen[0].shared == ("有人要长期照料",)
    assert "王桂兰" not in repr(seen) and accepted.ref not in repr(seen)
    actions.review_precedent(consultation=row.ref, stands=True, why="还适用", by=people.officer_zhao(), at=NOON + 380 * DAY)
    assert Consultation.objects.get().review_due_on.isoformat() == "2028-07-16"
    actions.review_precedent(
        consultation=row.ref, stands=False, why="省里有新规定了", by=people.officer_zhao(), at=NOON + 400 * DAY
    )
    assert queries.alike(later.ref, zhao, at=NOON).precedents == ()
    with pytest.raises(AlreadyDone):
        actions.review_precedent(consultation=row.ref, stands=True, why="又要了", by=people.officer_zhao(), at=NOON + 401 * DAY)


def test_like_cases_are_shown_only_when_they_are_enough_and_say_nothing_exact(sources):
    first = walk.confirmed(walk.applied(people.granny_wang().pid))
    later = walk.applied(people.uncle_zhou().pid, NOON + 20 * DAY)
    page = queries.alike(later.ref, viewer_of(people.officer_zhao(), at=NOON + 20 * DAY), at=NOON + 20 * DAY)
    assert (page.alike, page.too_few) == ((), True)
    assert first.ref not in repr(page) and "王桂兰" not in repr(page)


# ---- boards and objections ----------------------------------------------------------------------------------------------


def test_a_photograph_of_the_board_is_evidence_for_everything_on_it(shown):
    said = {"area": people.VILLAGE, "on": NOON.date(), "by": people.worker_wang()}
    assert actions.photograph_board(photo=photo(), at=NOON, **said) == 1
    with pytest.raises(AlreadyDone):
        actions.photograph_board(photo=photo(), at=NOON, **said)
    for wrong in ({"on": (NOON - DAY).date()}, {"on": (NOON + DAY).date()}, {"area": people.OTHER_VILLAGE}):
        with pytest.raises(NotAllowed):
            actions.photograph_board(photo=photo(7), at=NOON, **{**said, **wrong})
    board = queries.boards(viewer_of(people.worker_wang(), "case.board"), on=NOON.date())[0]
    assert (board.families, board.photographed) == (1, 1)


def test_an_objection_has_a_slip_a_day_and_an_answer_that_says_nothing_of_the_family(shown):
    at = NOON + 6 * DAY
    row = actions.object_to(ref=shown.ref, said="他家有拖拉机", by=Party.resident("unnamed"), at=at, phone="13900000000")
    assert (row.due_on.isoformat(), len(row.slip)) == ("2026-07-28", 10)
    assert queries.objection_of(row.slip).answered_on is None
    with pytest.raises(Missing, match="不能写这家人"):
        actions.reinvestigate(ref=shown.ref, answer="看过了", reply="王桂兰家没有拖拉机", by=li(), at=at + DAY)
    actions.reinvestigate(ref=shown.ref, answer="拖拉机是侄子的", reply="去看过了，不是他家的。", by=li(), at=at + DAY)
    told = queries.objection_of(f"{row.slip[:5]} {row.slip[5:]}")
    assert (told.reply, told.answered_on) == ("去看过了，不是他家的。", (at + DAY).date())
    assert [one.phone for one in Notice.objects.filter(subject=shown.ref)].count("13900000000") == 1
    assert queries.objection_of("123") is None


def test_an_answer_goes_to_everybody_who_objected_and_the_list_of_open_ones_empties(objected):
    viewer = viewer_of(li(), "case.list", NOON + 40 * DAY)
    assert [one.is_overdue for one in queries.open_objections(viewer, on=(NOON + 40 * DAY).date())] == [True]
    actions.reinvestigate(ref=objected.ref, answer="看过了", by=li(), at=NOON + 8 * DAY)
    assert queries.open_objections(viewer, on=NOON.date()) == ()
    assert Objection.objects.get().reply


def test_after_the_decision_the_village_reads_what_the_place_publishes_and_no_more(sources):
    case = walk.confirmed(walk.applied(people.granny_wang().pid))
    on = (NOON + 9 * DAY).date()
    rows = queries.published(people.VILLAGE, on=on)
    assert [(one.shown_name, one.programme_label) for one in rows] == [("王*兰", "最低生活保障")]
    assert rows[0].members == 2 and rows[0].amount_fen > 0
    assert queries.published_areas(people.COUNTY, on=on) == ((people.VILLAGE, "石磨村", 1),)
    assert queries.published(people.COUNTY, on=on) == (), "by name only in one's own village"
    assert queries.published(people.VILLAGE, on=(NOON - DAY).date()) == ()
    assert case.state == "confirmed"


def test_a_showing_cannot_be_cut_short(shown):
    with pytest.raises(NotAllowed):
        actions.end_showing(ref=shown.ref, by=Party.system("end_showings"), at=NOON + 6 * DAY)
    assert jobs.run_due(NOON + 7 * DAY)["end_showings"] == 0
    assert Showing.objects.get().to_on == (NOON + 7 * DAY).date()


# ---- deviations ---------------------------------------------------------------------------------------------------------


def test_deviations_are_counted_by_office_and_only_in_ones_own_area(sources):
    case = walk.applied(people.granny_wang().pid)
    actions.accept(ref=case.ref, by=li(), at=NOON)
    walk.visited(case, NOON, li())
    walk.settled(case, NOON, li())
    actions.propose(
        ref=case.ref, kind="help", reason="很难", amount_fen=50000, differs_reason="分档", by=li(), at=NOON
    )  # fmt: skip
    assert not Question.objects.filter(case=case, choice="").exists()
    span = {"first": NOON.date(), "last": NOON.date()}
    found = queries.deviations(viewer_of(li(), "figures.read"), **span)
    assert [(one.label, one.made, one.differing, one.share) for one in found.townships] == [("柳塘镇", 1, 1, 100)]
    assert queries.deviations(viewer_of(people.clerk_sun(), "figures.read"), **span).townships == ()
    village = people.clerk("v", "某", Role.VILLAGE, people.VILLAGE)
    with pytest.raises(NotAllowed):
        queries.deviations(viewer_of(village, "figures.read"), **span)
