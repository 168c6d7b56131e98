"""Somebody is away: who does their work, what they may not do in their place, and what comes back."""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.office import actions, core, queries
from doudi.office.core import NotAllowed, Party, Role, handed_over
from doudi.office.models import JournalEntry, Leave
from doudi.rulebook import actions as rulebook
from people import NOON, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
DAY = timedelta(days=1)


def away(clerk, stand_in=None, *, days=5, by=None, at=NOON, **more):
    return actions.enter_leave(
        clerk=clerk.username, kind="holiday", from_on=at.date(), to_on=at.date() + DAY * days,
        stand_in=stand_in.username if stand_in else "", by=by or clerk, at=at, **more,
    )  # fmt: skip


def test_a_neighbour_works_here_for_these_days_and_the_journal_says_for_whom():
    li, sun = people.clerk_li(), people.clerk_sun()
    with pytest.raises(NotAllowed, match="不归您负责"):
        queries.need(sun, "case.accept", area=VILLAGE, at=NOON)
    away(li, sun)
    assert queries.stands_in_for(sun.ref, NOON) == {li.ref: "李敏"}
    assert queries.away([li.ref], NOON) == {li.ref: sun.ref}
    seen = queries.need(sun, "case.accept", area=VILLAGE, at=NOON)
    assert (seen.area, seen.stands_for, seen.standing) == (TOWNSHIP, li.ref, ((li.ref, "李敏"),))
    line = actions.record("casework.accept", subject="a1", by=sun, at=NOON)
    assert f'"for":"{li.ref}"' in line.detail

    assert queries.need(sun, "case.accept", area=OTHER_TOWNSHIP, at=NOON).stands_for == ""
    assert '"for"' not in actions.record("casework.accept", subject="a2", by=sun, at=NOON).detail
    assert "代李敏：柳塘镇" in [row.words[:7] for row in queries.posts(sun, NOON)][1]

    after = NOON + DAY * 6  # it ends by itself
    with pytest.raises(NotAllowed):
        queries.need(sun, "case.accept", area=VILLAGE, at=after)
    assert queries.stands_in_for(sun.ref, after) == {} and queries.away([li.ref], after) == {}


def test_a_colleague_with_the_same_right_acts_in_their_place_where_it_is_their_work():
    li, qian = people.clerk_li(), walk.helper_qian()
    away(li, qian)
    assert queries.need(qian, "case.accept", area=VILLAGE, at=NOON).stands_for == ""
    assert queries.need(qian, "case.accept", area=VILLAGE, at=NOON, work_of=li.ref).stands_for == li.ref


def test_only_what_was_handed_over():
    li, sun = people.clerk_li(), people.clerk_sun()
    away(li, sun, groups=("alert",))
    assert queries.need(sun, "visit.record", area=VILLAGE, at=NOON)
    assert queries.need(sun, "case.read", area=VILLAGE, at=NOON)  # who visits has to know whom
    with pytest.raises(NotAllowed):
        queries.need(sun, "case.accept", area=VILLAGE, at=NOON)
    assert not handed_over("clerk.appoint", ()) and not handed_over("leave.keep", ())


def test_two_are_one_pair_of_eyes_while_one_stands_in_and_what_was_done_in_the_place_stays_ones_own():
    zhao, other = people.officer_zhao(), people.clerk("ma", "马丽", Role.COUNTY, people.COUNTY)
    away(zhao, other, days=2)
    eyes = queries.same_eyes(other, NOON)
    assert eyes.did(f"clerk:{zhao.ref}") and eyes.did(f"clerk:{other.ref}")
    assert not eyes.did("clerk:c0")
    later = NOON + DAY * 10
    assert not queries.same_eyes(other, later).did(f"clerk:{zhao.ref}")
    back = queries.same_eyes(zhao, later)
    assert back.did(f"clerk:{other.ref}", NOON + DAY) and not back.did(f"clerk:{other.ref}", NOON + DAY * 5)
    assert not queries.same_eyes(Party.resident("p1"), NOON).did(f"clerk:{zhao.ref}")


@pytest.mark.parametrize(
    ("stand_in", "words"),
    [
        (lambda: people.officer_zhao(), "不能代"),  # decides over what the township proposes
        (lambda: people.worker_wang(), "不能代"),
        (lambda: people.clerk("bao", "包青", Role.TOWNSHIP, "990102001"), "不能代"),  # another county
        (lambda: people.clerk_li(), "不能代"),
    ],
)
def test_who_may_not_stand_in(stand_in, words):
    with pytest.raises(NotAllowed, match=words):
        away(people.clerk_li(), stand_in())


def test_one_who_is_away_stands_in_for_nobody_and_the_director_sees_the_empty_place():
    li, qian, sun, lin = people.clerk_li(), walk.helper_qian(), people.clerk_sun(), people.director_lin()
    away(li, qian)
    with pytest.raises(NotAllowed, match="正代别人"):
        away(qian, sun)
    away(qian)
    looking = queries.viewer(lin, "staff.read", NOON)
    assert queries.stands_in_for(qian.ref, NOON) == {} and queries.away([li.ref], NOON) == {li.ref: ""}
    assert [(row.name, row.stand_in, row.stand_in_away) for row in queries.leaves(looking, NOON)] == [
        ("李敏", "钱芳", True), ("钱芳", "", False),
    ]  # fmt: skip
    assert (TOWNSHIP, "都请假了，没有人代办") in [(row.area, row.why) for row in queries.empty_places(looking, NOON)]
    leave = Leave.objects.get(clerk=li)
    later = NOON + DAY
    actions.name_stand_in(ref=leave.ref, stand_in=sun.username, by=lin, at=later)
    assert queries.stands_in_for(sun.ref, later) == {li.ref: "李敏"}
    assert TOWNSHIP not in [row.area for row in queries.empty_places(queries.viewer(lin, "staff.read", later), later)]
    assert queries.same_eyes(li, later).did(f"clerk:{qian.ref}", NOON)  # who stood in before stays written down


def test_entered_by_oneself_or_the_director_once_and_ended_early():
    li, qian, sun, lin = people.clerk_li(), walk.helper_qian(), people.clerk_sun(), people.director_lin()
    with pytest.raises(NotAllowed):
        away(li, qian, by=sun)
    with pytest.raises(NotAllowed):
        away(li, qian, by=people.auditor_chen())
    first = away(li, qian, by=lin)
    lines = JournalEntry.objects.count()
    assert away(li, qian).pk == first.pk and JournalEntry.objects.count() == lines
    with pytest.raises(NotAllowed, match="已经登记过"):
        away(li, qian, days=3)
    with pytest.raises(NotAllowed, match="日期不对"):
        actions.enter_leave(
            clerk="li", kind="ill", from_on=date(2026, 6, 1), to_on=date(2026, 6, 2), by=li, at=NOON
        )  # fmt: skip
    actions.end_leave(ref=first.ref, by=li, at=NOON)
    assert queries.stands_in_for(qian.ref, NOON) == {}
    lines = JournalEntry.objects.count()
    actions.end_leave(ref=first.ref, by=li, at=NOON)
    assert JournalEntry.objects.count() == lines


def test_posts_are_read_in_two_queries_and_in_three_by_who_stands_in(django_assert_num_queries):
    li, sun = people.clerk_li(), people.clerk_sun()
    with django_assert_num_queries(2):
        assert len(queries.posts(sun, NOON)) == 1
    away(li, sun)
    with django_assert_num_queries(3):  # whether she is away herself
        assert len(queries.posts(sun, NOON)) == 2


def test_every_act_of_the_table_is_handed_over_with_some_work_or_never():
    begins = tuple(begin for _, told in core.HANDED_OVER.values() for begin in told)
    left = {act for act in core.ACTS if not act.startswith(begins)} - core.ALWAYS_HANDED - core.NEVER_HANDED
    assert not left, "say in HANDED_OVER whose work it belongs to"
    assert all(core.handed_over(act, ()) for act in set(core.ACTS) - core.NEVER_HANDED)


def test_who_stands_in_approves_nothing_the_one_away_wrote_though_their_own_post_would_let_them():
    zhao, ma = people.officer_zhao(), people.clerk("ma", "马丽", Role.COUNTY, people.COUNTY)
    change = rulebook.draft(
        kind="tune", title="改一个分数", source="禾民〔2026〕12 号", place=people.COUNTY, starts_on=date(2026, 9, 1),
        what={"is": 9}, rule="A01", parameter="A01.threshold", by=zhao, at=NOON,
    )  # fmt: skip
    rulebook.propose(ref=change.ref, by=zhao, at=NOON)
    away(zhao, ma, days=3)
    with pytest.raises(NotAllowed, match="自己不能批"):
        rulebook.approve(ref=change.ref, by=ma, at=NOON + DAY)
    assert rulebook.approve(ref=change.ref, by=ma, at=NOON + DAY * 4).approved_by == f"clerk:{ma.ref}"
