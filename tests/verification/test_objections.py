"""Objections to a report: every way in starts one clock; another person looks again; people decide; nothing ends by itself."""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.exchange.models import Correction
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.office.models import JournalEntry, Notice
from doudi.verification import actions, jobs, queries
from doudi.verification.actions import Disputed, File
from doudi.verification.actions.sources import keep_source
from doudi.verification.core import NoBasis
from doudi.verification.core.objections import AlreadyOpen, Channel, Outcome, SamePerson
from doudi.verification.models import Objection, ObjectionLine, Question, Report
from people import NOON
from verification.objecting import CAR, DOT, SOLD, checked, reported, signed

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def granny():
    people.clerk_li()
    return people.granny_wang()


@pytest.fixture
def check(sources, granny):
    return reported(sources, granny)[0]


def vehicle(check, pid):
    return next(one for one in queries.objectable(check.ref, pid) if one.dataset == "vehicle")


def said(check, who, *, by=None, channel=Channel.PHONE, claim="gone", at=LATER, **more):
    return actions.object_to(
        check=check.ref, pid=who.pid, channel=channel, disputed=[Disputed(vehicle(check, who.pid).key, claim)],
        by=by or Party.resident(who.pid), at=at, **more,
    )  # fmt: skip


def the_line(one):
    return ObjectionLine.objects.get(objection=one)


def taken(check, granny, by=None, **more):
    one = said(check, granny, **more)
    return actions.take(ref=one.ref, by=by or people.checker_he(), at=LATER)


def again(one, at=LATER, by=None):
    return actions.recheck(ref=one.ref, line=the_line(one).ref, by=by or people.checker_he(), at=at)


def decided(one, outcome, *, instead="", at=LATER, by=None):
    return actions.decide_line(
        ref=one.ref, line=the_line(one).ref, outcome=outcome, reason="看过买卖合同", instead=instead,
        by=by or people.checker_he(), at=at,
    )  # fmt: skip


def test_the_line_of_the_report_is_kept_as_it_was_read_and_the_clock_runs(check, granny):
    one = said(check, granny, words="去年就卖了", files=[File("image/png", DOT)])

    line = the_line(one)
    assert (line.shown, line.claim, line.source, line.batch, line.round) == (SOLD, "gone", "vehicle", 7, 1)
    assert one.report.endswith("-1") and one.due_on == date(2026, 7, 16)  # ten working days after 2 July
    assert len(one.papers) == 1 and one.state == "opened"
    (notice,) = Notice.objects.filter(subject=one.ref)
    assert one.number in notice.body and "7月16日" in notice.body and "车" not in notice.body
    told = JournalEntry.objects.get(act="verification.object_to")
    assert granny.pid not in told.detail and "卖" not in told.detail


@pytest.mark.parametrize("channel", list(Channel))
def test_every_way_in_starts_the_same_clock(check, granny, channel):
    by = {Channel.PHONE: None, Channel.VILLAGE: people.worker_wang()}.get(channel, people.clerk_li())
    more = {"by": by} if by else {}
    assert said(check, granny, channel=channel, **more).due_on == date(2026, 7, 16)


def test_the_village_names_kinds_of_data_only(check, granny):
    viewer = office.viewer(people.worker_wang(), "objection.open", NOON)
    ref, pid = queries.find_report(check.number, "王桂兰", viewer)
    one = actions.object_to(
        check=ref, pid=pid, channel=Channel.VILLAGE, datasets=["vehicle"], words="车卖了", by=people.worker_wang(), at=LATER
    )
    assert the_line(one).claim == "other"
    for read in (lambda: queries.objections(viewer, LATER.date()), lambda: queries.objection(one.ref, viewer)):
        with pytest.raises(NotAllowed):
            read()
    for number, name in ((check.number, "王小宝"), ("HD2026999999", "王桂兰")):
        with pytest.raises(NotAllowed, match="对不上"):
            queries.find_report(number, name, viewer)


def test_twice_is_once_and_a_second_one_comes_after_the_first(check, granny):
    one = said(check, granny)
    with pytest.raises(AlreadyOpen) as open_one:
        said(check, granny)
    assert open_one.value.ref == one.ref and Objection.objects.count() == 1
    actions.withdraw_objection(ref=one.ref, by=Party.resident(granny.pid), at=LATER)
    assert said(check, granny).number != one.number


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("a stranger", "不是关于您的"),
        ("another's clerk", "不归您负责"),
        ("an auditor", "不能"),
        ("nothing said", "请选哪一处"),
        ("no such line", "没有这一处"),
        ("no such claim", "请选哪里不对"),
    ],
)
def test_who_may_object_to_what(check, granny, who, words):
    uncle = people.uncle_zhou()
    key = vehicle(check, granny.pid).key
    given = {"pid": granny.pid, "by": Party.resident(granny.pid), "disputed": [Disputed(key, "gone")]}
    given |= {
        "a stranger": {"pid": uncle.pid, "by": Party.resident(uncle.pid)},
        "another's clerk": {"by": people.clerk_sun()},
        "an auditor": {"by": people.auditor_chen()},
        "nothing said": {"disputed": []},
        "no such line": {"disputed": [Disputed("p|vehicle|9/9", "gone")]},
        "no such claim": {"disputed": [Disputed(key, "debt")]},
    }[who]
    before = JournalEntry.objects.count()
    with pytest.raises(NotAllowed, match=words):
        actions.object_to(check=check.ref, channel=Channel.PHONE, at=LATER, **given)
    assert not Objection.objects.exists() and JournalEntry.objects.count() == before


def test_who_asked_first_never_looks_again_nor_does_who_looked_before(sources, check, granny):
    one = said(check, granny)
    with pytest.raises(SamePerson, match="换一位"):
        actions.take(ref=one.ref, by=people.clerk_li(), at=LATER)
    assert Objection.objects.get().taken_by == ""
    actions.take(ref=one.ref, by=walk.helper_qian(), at=LATER)
    sources.rows.clear()
    again(one, by=walk.helper_qian())
    decided(one, Outcome.CORRECTED, by=walk.helper_qian())
    actions.settle(ref=one.ref, answer="车管那边改了。", by=walk.helper_qian(), at=LATER)

    second = actions.object_to(
        check=check.ref, pid=granny.pid, channel=Channel.PHONE, words="还有别的", by=Party.resident(granny.pid), at=LATER
    )
    for before in (people.clerk_li(), walk.helper_qian()):
        with pytest.raises(SamePerson):
            actions.take(ref=second.ref, by=before, at=LATER)
    assert actions.take(ref=second.ref, by=people.officer_zhao(), at=LATER).state == "taken"


def test_only_the_disputed_source_is_asked_again(check, granny):
    one = taken(check, granny)
    asked = Question.objects.count()
    again(one)
    (new,) = Question.objects.filter(round=2)
    assert Question.objects.count() == asked + 1
    assert (new.source, new.pid) == ("vehicle", granny.pid) and one.number in new.why_again


def test_nobody_acts_on_what_they_have_not_taken(check, granny):
    one = taken(check, granny)
    for act in (
        lambda: again(one, by=people.officer_zhao()),
        lambda: decided(one, Outcome.STANDS, by=people.officer_zhao()),
        lambda: actions.settle(ref=one.ref, answer="好", by=people.officer_zhao(), at=LATER),
    ):
        with pytest.raises(NotAllowed, match="先接下"):
            act()
    assert Question.objects.filter(round=2).count() == 0


def test_a_basis_that_has_gone_stops_the_second_question(check, granny):
    one = taken(check, granny)
    number = check.people[0]["consent"]
    actions.withdraw_authorisation(number=number, explained=True, by=Party.resident(granny.pid), at=LATER)
    with pytest.raises(NoBasis) as why:
        again(one, at=LATER + timedelta(hours=1))
    assert why.value.reason == "withdrawn" and the_line(one).asked_at is None


def test_a_source_that_stands_by_its_answer(check, granny):
    one = taken(check, granny)
    with pytest.raises(NotAllowed, match="先重新问"):
        decided(one, Outcome.STANDS)
    again(one)
    with pytest.raises(NotAllowed, match="和原来一样"):
        decided(one, Outcome.CORRECTED)
    decided(one, Outcome.STANDS)
    one = actions.settle(ref=one.ref, answer="车管又查了一次，车还在您名下。", by=people.checker_he(), at=LATER)
    assert one.state == "settled" and one.new_report == f"{check.number}-2" and not Correction.objects.exists()
    ruling = queries.rulings(check.ref)[0]
    assert (ruling.outcome, ruling.shown) == ("stands", SOLD)


def test_a_source_that_corrects_itself(sources, check, granny):
    one = taken(check, granny)
    sources.rows.clear()
    again(one)
    with pytest.raises(NotAllowed, match="不一样"):
        decided(one, Outcome.STANDS)
    decided(one, Outcome.CORRECTED)
    actions.settle(ref=one.ref, answer="车管改了，您名下没有车。", by=people.checker_he(), at=LATER)
    first, second = Report.objects.order_by("version")
    old, new = (next(copy for copy in report.copies.all() if not copy.pid).body for report in (first, second))
    assert SOLD in old and SOLD not in new.split('"rulings"')[0] and "来源改了" in new
    assert queries.newest_answer(check.ref, granny.pid, "vehicle").said == "nothing"


def test_evidence_instead_of_the_source_asks_it_to_correct(check, granny):
    one = taken(check, granny)
    with pytest.raises(NotAllowed, match="证明"):
        decided(one, Outcome.EVIDENCE, instead="车已经卖了")
    actions.add(ref=one.ref, files=[File("image/png", DOT)], by=Party.resident(granny.pid), at=LATER)
    with pytest.raises(NotAllowed, match="应当是什么"):
        decided(one, Outcome.EVIDENCE)
    decided(one, Outcome.EVIDENCE, instead="车已经卖了，没有过户")
    asked = Correction.objects.get()
    assert (asked.dataset, asked.load_id, asked.row_no) == ("vehicle", 7, 1)
    assert (asked.pid, asked.origin) == (granny.pid, "objection")
    assert asked.believed == "车已经卖了，没有过户" and asked.held == SOLD and asked.cause == one.ref
    with pytest.raises(NotAllowed, match="已经写了"):
        decided(one, Outcome.STANDS)


def test_a_silent_source_is_not_given_up_before_its_time(sources, granny):
    keep_source(
        code="bank", label="禾安农信社", department="农信社", dataset="deposit", adapter="letter", address="河滨路 1 号",
        by=people.HALL, at=NOON,
    )  # fmt: skip
    signed(granny)
    check = checked(granny)
    line = next(one for one in queries.objectable(check.ref, granny.pid) if one.source == "bank")
    one = actions.object_to(
        check=check.ref, pid=granny.pid, channel=Channel.PHONE, disputed=[Disputed(line.key, "missing")],
        by=Party.resident(granny.pid), at=LATER,
    )  # fmt: skip
    actions.take(ref=one.ref, by=people.checker_he(), at=LATER)
    again(one)  # the first question is still out: nothing new leaves the house
    assert Question.objects.filter(source="bank").count() == 1
    with pytest.raises(NotAllowed, match="再等等"):
        decided(one, Outcome.UNRESOLVED)
    with pytest.raises(NotAllowed, match="没有回话"):
        decided(one, Outcome.STANDS)
    much_later = LATER + timedelta(days=40)
    assert decided(one, Outcome.UNRESOLVED, at=much_later).outcome == "unresolved"


def test_nothing_is_answered_before_every_line_has_its_end(check, granny):
    one = taken(check, granny)
    for answer, words in (("看完了", "还有没写结果"), (" ", "写给本人")):
        with pytest.raises(NotAllowed, match=words):
            actions.settle(ref=one.ref, answer=answer, by=people.checker_he(), at=LATER)
    assert Report.objects.count() == 1


def test_words_alone_get_their_line_before_they_are_answered(check, granny):
    one = actions.object_to(check=check.ref, pid=granny.pid, channel=Channel.DESK, words="没有车", by=people.clerk_li(), at=LATER)
    actions.take(ref=one.ref, by=people.checker_he(), at=LATER)
    with pytest.raises(NotAllowed, match="哪一处"):
        actions.settle(ref=one.ref, answer="好", by=people.checker_he(), at=LATER)
    disputed = Disputed(vehicle(check, granny.pid).key, "gone")
    made = actions.add_line(ref=one.ref, disputed=disputed, by=people.checker_he(), at=LATER)
    assert actions.add_line(ref=one.ref, disputed=disputed, by=people.checker_he(), at=LATER).ref == made.ref


def test_withdrawing_leaves_the_report_and_is_the_persons_own(check, granny):
    one = said(check, granny)
    with pytest.raises(NotAllowed, match="不是您的"):
        actions.withdraw_objection(ref=one.ref, by=Party.resident(people.uncle_zhou().pid), at=LATER)
    with pytest.raises(NotAllowed, match="为什么"):
        actions.withdraw_objection(ref=one.ref, by=people.clerk_li(), at=LATER)
    actions.withdraw_objection(ref=one.ref, by=Party.resident(granny.pid), at=LATER)
    with pytest.raises(NotAllowed, match="已经办完"):
        actions.take(ref=one.ref, by=people.checker_he(), at=LATER)
    assert Report.objects.count() == 1 and queries.rulings(check.ref) == ()


def test_no_deadline_ends_anything(check, granny):
    """Reminded once, told once, and a year later it still waits for a person."""
    one = taken(check, granny)
    near = NOON + timedelta(days=13)  # 14 July, two working days before
    assert jobs.remind_objections(near - timedelta(days=3)) == 0
    assert jobs.remind_objections(near) == 1 and jobs.remind_objections(near) == 0
    assert jobs.tell_late_objections(NOON + timedelta(days=15)) == 0
    over = NOON + timedelta(days=16)
    assert jobs.tell_late_objections(over) == 1 and jobs.tell_late_objections(over) == 0
    (late,) = [notice for notice in Notice.objects.filter(subject=one.ref) if "没有按时" in notice.body]
    assert "没有作废" in late.body
    jobs.tell_late_objections(NOON + timedelta(days=365))
    one.refresh_from_db()
    assert one.state == "taken" and one.closed_at is None
    viewer = office.viewer(people.officer_zhao(), "objection.list", over)
    assert [row.number for row in queries.objections(viewer, over.date(), pile="late")] == [one.number]
    assert queries.objection_counts(viewer, over.date()) == queries.ObjectionCounts(1, 1)


def test_lists_stay_inside_the_area(check, granny):
    one = said(check, granny)
    elsewhere = office.viewer(people.clerk_sun(), "objection.list", LATER)
    assert queries.objections(elsewhere, LATER.date()) == []
    assert queries.objection_counts(elsewhere, LATER.date()).open == 0
    with pytest.raises(NotAllowed):
        queries.objection(one.ref, elsewhere)
    with pytest.raises(NotAllowed):
        queries.my_objection(one.ref, people.uncle_zhou().pid)
    near = office.viewer(people.clerk_li(), "objection.list", LATER)
    (row,) = queries.objections(near, LATER.date())
    assert row.masked_name == "王*兰"


def test_the_journal_tells_the_road_without_telling_the_person(sources, check, granny):
    one = taken(check, granny)
    sources.rows.clear()
    again(one)
    decided(one, Outcome.CORRECTED)
    actions.settle(ref=one.ref, answer="改了", by=people.checker_he(), at=LATER)
    lines = JournalEntry.objects.filter(subject=one.ref).exclude(act="office.notify")
    assert list(lines.order_by("seq").values_list("act", flat=True)) == [
        f"verification.{act}" for act in ("object_to", "take_objection", "recheck", "decide_line", "settle_objection")
    ]
    everything = "".join(JournalEntry.objects.filter(subject=one.ref).values_list("detail", flat=True))
    assert "改了" not in everything and "王" not in everything and CAR["plate"] not in everything
