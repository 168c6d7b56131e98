"""A question passes if, and only if, an independent reading of the papers says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from doudi.verification.core.basis import WHY_NOT, Ended, Signed, carries
from doudi.verification.core.questions import Asked

START = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=8)))
PIDS, CASES, PROGRAMMES, DATASETS = ("p1", "p2", "p3"), ("c1", "c2"), ("dibao", "tekun"), ("deposit", "vehicle", "income")
moments = st.integers(0, 6).map(lambda days: START + timedelta(days=days))


def some(values, least=0):
    return st.sets(st.sampled_from(values), min_size=least)


@st.composite
def papers(draw) -> Signed:
    ended = draw(st.none() | moments)
    return Signed(
        number=f"SQ{draw(st.integers(1, 9))}",
        pid="p1",
        role=draw(st.sampled_from(("member", "supporter"))),
        signer=draw(st.sampled_from(("p1", "p2"))),
        subject=draw(st.sampled_from(CASES)),
        programmes=tuple(draw(some(PROGRAMMES, 1))),
        datasets=tuple(draw(some(DATASETS, 1))),
        household=tuple(draw(some(PIDS))),
        from_at=draw(moments),
        until_on=draw(st.none() | moments.map(datetime.date)),
        ended_at=ended,
        ended_why=draw(st.sampled_from(sorted(Ended))) if ended else "",
    )


def brute_force(held, one, household, datasets, programme, subject, at, on) -> bool:
    """The law read aloud, paper by paper, without the code's order of checks."""
    for paper in held:
        signed_by_now = paper.from_at <= at
        not_ended = paper.ended_at is None or paper.ended_at > at
        not_old = paper.until_on is None or paper.until_on >= on
        right_hand = one.is_adult or paper.signer != "p1"
        same_case = not subject or paper.subject == subject
        nobody_new = one.role == "supporter" or not [pid for pid in household if pid not in paper.household]
        nothing_more = not [code for code in datasets if code not in paper.datasets]
        if (
            paper.role == one.role and signed_by_now and not_ended and not_old and right_hand and same_case
            and nobody_new and nothing_more and programme in paper.programmes
        ):  # fmt: skip
            return True
    return False


PAPER = Signed("SQ1", "p1", "member", "p1", "c1", ("dibao",), ("deposit",), ("p1",), START, None)


@given(
    st.lists(papers(), max_size=4), st.booleans(), st.sampled_from(("member", "supporter")), some(PIDS), some(DATASETS, 1),
    st.sampled_from(PROGRAMMES), st.sampled_from(("", *CASES)), moments,
)  # fmt: skip
@example([PAPER], True, "member", {"p1"}, {"deposit"}, "dibao", "c1", START)
@example([replace(PAPER, ended_at=START, ended_why="withdrawn")], True, "member", {"p1"}, {"deposit"}, "dibao", "c1", START)
@example([PAPER], True, "member", {"p1", "p2"}, {"deposit"}, "dibao", "c1", START)
def test_a_question_passes_iff_the_papers_read_aloud_say_so(
    held, adult, role, household, datasets, programme, subject, at
) -> None:
    on: date = at.date()
    one = Asked("p1", "王桂兰", adult, "" if adult else "p2", role)
    number, why = carries(
        held, one, household=household, datasets=datasets, programme=programme, subject=subject, at=at, on=on
    )  # fmt: skip
    assert (why == "") is brute_force(held, one, household, datasets, programme, subject, at, on)
    assert (number in {paper.number for paper in held}) if not why else (not number and why in WHY_NOT)


@given(st.lists(papers(), max_size=4), moments)
def test_what_ended_never_holds_again(held, at) -> None:
    """Time only takes away: who may not be asked on a paper ended before may not be asked later either."""
    one = Asked("p1", "王桂兰", True)
    asked = {"household": {"p1"}, "datasets": {"deposit"}, "programme": "dibao", "subject": "c1"}
    old = [paper for paper in held if paper.from_at <= at]
    if not carries(old, one, at=at, on=at.date(), **asked)[0]:
        later = at + timedelta(days=1)
        assert not carries(old, one, at=later, on=later.date(), **asked)[0]
