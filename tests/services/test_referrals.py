"""A referral from the window to the family: consent, what is passed on, the department's answer, what climbs, what comes back."""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import JournalEntry, Notice
from doudi.services import actions, core, jobs, queries
from doudi.services.actions import Said
from doudi.services.core import AlreadyDone, Climb, Missing, State
from doudi.services.models import Referral, Reminder
from people import COUNTY, NOON, OTHER_COUNTY
from services.others import helper, referred

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YES = Said("yes", thing="免学费、住宿费", amount_fen=125000, from_on=date(2026, 9, 1), to_on=date(2027, 7, 10))


def viewer(clerk, at=NOON):
    found = office.viewer(clerk, "referral.receive", at)
    assert found is not None
    return found


def test_every_kind_names_its_department_its_article_and_what_it_needs():
    for one in core.kinds().values():
        assert one.label and one.department_label and one.where and one.article and one.plain
        assert set(one.passes) <= set(core.PASSED) and {"name", "need"} <= set(one.passes)
        assert one.for_anybody or one.statuses
        assert not {"救助", "病", "残"} & set(one.plain), "families read it in a text message"


def test_a_department_is_told_what_the_catalogue_names_and_nothing_else(sources):
    school = helper("education")
    case = walk.confirmed(walk.applied(people.granny_wang().pid))
    row = referred(case=case.ref, reason="", at=NOON + 40 * DAY)

    page = queries.referral(row.ref, viewer(school))
    told = dict(page.passed)
    assert set(told) == {"姓名", "身份证号", "正在享受哪类救助", "需要帮什么"}
    assert told["姓名"] == "王小宝" and told["正在享受哪类救助"] == f"最低生活保障（{case.receipt}）"
    assert "13912345678" not in repr(page) and "透析" not in repr(page) and "石磨村" not in repr(page.passed)
    assert row.way == "desk" and row.due_on == date(2026, 8, 10) + 15 * DAY


def test_nobody_is_referred_without_their_yes_and_a_child_not_by_its_own(sources):
    for said in (
        {"consent": ""},
        {"consent": "urgent", "consent_of": "nobody"},
        {"consent_of": "nobody"},
        {"consent_of": "self"},
    ):
        with pytest.raises(NotAllowed):
            referred(**said)
    assert not Referral.objects.exists()


def test_danger_does_not_wait_for_a_signature_but_for_a_reason(sources):
    people.clerk_li()
    with pytest.raises(Missing, match="来不及"):
        referred(
            pid="", name="桥头一位老人", area=people.VILLAGE, kind="homeless", consent="urgent", consent_of="nobody", reason=""
        )
    row = referred(
        pid="", name="桥头一位老人", area=people.VILLAGE, kind="homeless", consent="urgent", consent_of="nobody",
        reason="说不出自己是谁，今晚没有地方住",
    )  # fmt: skip
    assert row.due_on == NOON.date() + DAY and row.way == "letter"


def test_somebody_the_law_does_not_name_needs_a_reason_and_the_department_decides(sources):
    with pytest.raises(Missing, match="由部门来定"):
        referred(reason="")
    assert dict(referred().passed)["status"] == "没有查到"


def test_the_same_thing_is_open_once(sources):
    assert referred().pk == referred(need_words="再写一遍").pk
    assert Referral.objects.count() == 1 and Notice.objects.count() == 0  # the boy has no telephone, nobody speaks for him here
    assert referred(kind="rehabilitation").number.endswith("00002")


def test_a_family_member_hears_of_it_without_a_word_about_why(sources):
    case = walk.applied(people.granny_wang().pid)
    before = Notice.objects.count()
    row = referred(case=case.ref)
    notice = Notice.objects.order_by("id").last()
    assert Notice.objects.count() == before + 1 and notice.pid == case.applicant and len(notice.body) <= 70
    assert "上学的事" in notice.body and "教育局" in notice.body and "救助" not in notice.body.replace("禾安救助", "")
    uncle = people.uncle_zhou()
    with pytest.raises(NotAllowed, match="不在这件申请的家里"):
        referred(case=case.ref, pid=uncle.pid, kind="rehabilitation", consent_of="self")
    assert [one.row.ref for one in queries.my_referrals(case.applicant)] == [row.ref]


def test_the_department_takes_it_up_answers_and_the_family_says_it_arrived(sources):
    school, granny = helper("education"), people.granny_wang()
    row = referred(case=walk.applied(granny.pid).ref)
    actions.take(ref=row.ref, by=school, at=NOON + DAY)
    with pytest.raises(AlreadyDone):
        actions.take(ref=row.ref, by=school, at=NOON + DAY)
    with pytest.raises(Missing, match="给什么"):
        actions.answer(ref=row.ref, said=Said("yes", from_on=date(2026, 9, 1)), by=school, at=NOON + DAY)
    actions.answer(ref=row.ref, said=YES, by=school, at=NOON + DAY)
    with pytest.raises(AlreadyDone):
        actions.answer(ref=row.ref, said=YES, by=school, at=NOON + DAY)

    mine = queries.my_referral(row.ref, granny.pid)
    assert mine.answer.amount_fen == 125000 and mine.answer.by == "吴老师"
    me = Party.resident(granny.pid)
    with pytest.raises(Missing, match="怎么回事"):
        actions.confirm_arrival(ref=row.ref, arrived=False, by=me, at=NOON + 70 * DAY)
    actions.confirm_arrival(ref=row.ref, arrived=False, said="学校还在收学费", by=me, at=NOON + 70 * DAY)
    actions.confirm_arrival(ref=row.ref, arrived=True, said="退回来了", by=me, at=NOON + 80 * DAY)
    with pytest.raises(AlreadyDone):
        actions.confirm_arrival(ref=row.ref, arrived=False, said="又没有了", by=me, at=NOON + 90 * DAY)
    acts = list(JournalEntry.objects.filter(subject=row.ref, act__startswith="services.").values_list("act", flat=True))
    assert acts == [f"services.{one}" for one in ("refer", "take", "answer", "confirm_arrival", "confirm_arrival")]


def test_a_letter_is_typed_in_by_the_office_and_by_nobody_else(sources):
    row = referred(kind="rehabilitation")
    no = Said("not_ours", reason="这个孩子没有残疾证，归教育局管")
    assert row.way == "letter"
    with pytest.raises(NotAllowed):
        actions.answer(ref=row.ref, said=no, letter="残联〔2026〕8 号", by=people.worker_wang(), at=NOON)
    with pytest.raises(NotAllowed):
        actions.answer(ref=row.ref, said=no, letter="残联〔2026〕8 号", by=helper("disabled_federation"), at=NOON)
    actions.answer(ref=row.ref, said=no, letter="残联〔2026〕8 号", by=people.clerk_li(), at=NOON)
    assert queries.referral(row.ref, viewer(people.clerk_li())).answer.letter == "残联〔2026〕8 号"


@pytest.mark.parametrize(
    "said",
    [
        Said(""), Said("no"), Said("no", reason="超龄", amount_fen=1), Said("partly", thing="一半", from_on=date(2026, 9, 1)),
        Said("yes", amount_fen=0, from_on=date(2026, 9, 1)),
        Said("yes", thing="书", from_on=date(2026, 9, 2), to_on=date(2026, 9, 1)),
    ],
)  # fmt: skip
def test_an_answer_nobody_could_act_on_is_not_taken(sources, said):
    school, row = helper("education"), referred()
    with pytest.raises(Missing):
        actions.answer(ref=row.ref, said=said, by=school, at=NOON)
    row.refresh_from_db()
    assert row.state == State.SENT


def test_a_department_sees_what_was_sent_to_it_and_acts_on_nothing_else(sources):
    row = referred()
    for other in (helper("housing"), helper("education", OTHER_COUNTY), people.keeper_wu(), people.clerk_sun()):
        with pytest.raises(NotAllowed):
            queries.referral(row.ref, viewer(other))
        with pytest.raises(NotAllowed):
            actions.take(ref=row.ref, by=other, at=NOON)
        with pytest.raises(NotAllowed):
            actions.answer(ref=row.ref, said=YES, by=other, at=NOON)
    assert queries.referrals(viewer(helper("housing")), on=NOON.date()) == ()
    school = viewer(helper("education"))
    assert [one.ref for one in queries.referrals(school, on=NOON.date())] == [row.ref]
    for act in ("person.find", "person.read", "case.read", "case.list", "register.list", "referral.list", "referral.open"):
        assert not school.may(act)


def test_taken_back_it_is_over_for_everybody(sources):
    school, granny = helper("education"), people.granny_wang()
    row = referred(case=walk.applied(granny.pid).ref)
    with pytest.raises(NotAllowed):
        actions.take_back(ref=row.ref, by=Party.resident(people.uncle_zhou().pid), at=NOON)
    actions.take_back(ref=row.ref, by=Party.resident(granny.pid), at=NOON)
    with pytest.raises(AlreadyDone):
        actions.take_back(ref=row.ref, by=Party.resident(granny.pid), at=NOON)
    with pytest.raises(NotAllowed):
        actions.answer(ref=row.ref, said=YES, by=school, at=NOON)
    assert not queries.referral(row.ref, viewer(school)).passed, "what was passed on is no longer shown"
    assert referred(case=row.case).pk != row.pk, "and it may be asked for anew"


def test_silence_climbs_to_the_department_the_county_and_the_director_each_once(sources):
    referred()
    found = []
    for day in range(30):
        at = NOON + day * DAY
        jobs.climb(at), jobs.climb(at)
        found += [(day, one.step) for one in Reminder.objects.filter(at=at).order_by("id")]
    assert found == [(15, Climb.DEPARTMENT), (16, Climb.COUNTY), (21, Climb.DIRECTOR)]
    zhao = viewer(people.officer_zhao())
    assert queries.counts(zhao, on=NOON.date() + 16 * DAY)["late"] == 1
    assert queries.referrals(zhao, on=NOON.date() + 30 * DAY, pile="late")[0].climbed == (
        "催过部门",
        "报了县民政局",
        "报了负责人",
    )
    answered = referred(kind="rehabilitation", at=NOON)
    actions.answer(ref=answered.ref, said=Said("no", reason="没有残疾证"), letter="8 号", by=people.clerk_li(), at=NOON)
    jobs.climb(NOON + 40 * DAY)
    assert not Reminder.objects.filter(referral=answered).exists()


def test_a_page_opened_before_somebody_else_changed_it_decides_nothing(sources):
    school, row = helper("education"), referred()
    old = queries.referral(row.ref, viewer(school)).version
    actions.take(ref=row.ref, version=old, by=school, at=NOON)
    with pytest.raises(NotAllowed, match="刚被改过"):
        actions.answer(ref=row.ref, said=YES, version=old, by=school, at=NOON)


def test_a_helpers_post_is_always_at_a_department(sources):
    from doudi.office import actions as office_actions

    people.places()
    by = people.HALL
    clerk = office_actions.hire(username="zheng", name="郑", password=None, by=by, at=NOON)
    with pytest.raises(NotAllowed, match="哪个部门"):
        office_actions.appoint(clerk=clerk, role=Role.SERVICE, area=COUNTY, from_on=date(2027, 1, 1), by=by, at=NOON)
    with pytest.raises(NotAllowed, match="不能由同一个人"):
        office_actions.appoint(
            clerk=people.worker_wang(),
            role=Role.SERVICE,
            area=COUNTY,
            department="education",
            from_on=date(2026, 7, 1),
            by=by,
            at=NOON,
        )
