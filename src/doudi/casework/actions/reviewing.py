"""Looking again at help in force: called when due, opened, and closed by a person as unchanged. Nothing stops by it."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.actions.adjusting import set_next_review
from doudi.casework.core import AlreadyDone
from doudi.casework.gateways import replay
from doudi.casework.models import Benefit, CaseMember, Review
from doudi.casework.queries.drafts import is_minor
from doudi.casework.queries.reviews import then_and_now
from doudi.facts import days
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today


@transaction.atomic
def call_review(*, ref: str, by: By, at: datetime) -> Benefit:
    """Mark a benefit (its ref) whose review is due; the schedule calls this. Nothing is stopped by it.

    :raises NotAllowed: there is none, it is not due, or was called before
    """
    benefit = Benefit.objects.select_for_update().filter(ref=ref).first()
    if benefit is None:
        raise NotAllowed("没有这项救助，或者不归您办。")
    need(by, "case.review", area=benefit.area, at=at)
    if benefit.review_state == "called":
        raise AlreadyDone("这一户的复核已经排上了。")
    if benefit.review_due_on > today(at):
        raise NotAllowed("还没到复核的日子。")
    benefit.review_state, benefit.called_at, benefit.called_by = "called", at, office.party(by)
    benefit.save(update_fields=["review_state", "called_at", "called_by"])
    made = Review(
        benefit=benefit, due_on=benefit.review_due_on, kind=_kind(benefit, today(at)), called_at=at, called_by=office.party(by)
    )
    made.is_drawn = _drawn(made.ref, replay.share_bp("review_drawn_share", benefit.area, today(at)))
    made.save()
    detail = {"due": benefit.review_due_on.isoformat(), "kind": made.kind, "drawn": made.is_drawn}
    office.record("casework.call_review", subject=benefit.ref, by=by, at=at, detail=detail)
    return benefit


def _kind(benefit: Benefit, on: date) -> str:
    """The class of a household (D57 Art. 31): tekun, unsteady where somebody of working age is counted, else stable."""
    if benefit.programme == "tekun":
        return "tekun"
    for one in CaseMember.objects.filter(case=benefit.case_id):
        if one.counts and one.born_on is not None and not is_minor(one.born_on, on) and days.age_on(one.born_on, on) < 60:
            return "unsteady"
    return "stable"


def _drawn(ref: str, share_bp: int) -> bool:
    """By lot: the ref is drawn at random, so nobody can choose; whoever asks later comes to the same."""
    return int(sha256(ref.encode()).hexdigest(), 16) % 10_000 < share_bp


def _open(ref: str, *, by: By, at: datetime) -> Review:
    review = Review.objects.select_for_update(of=("self",)).select_related("benefit__case").filter(ref=ref).first()
    if review is None:
        raise NotAllowed("没有这次复核，或者不归您办。")
    need(by, "case.review", area=review.benefit.area, at=at)
    if review.closed_at is not None:
        raise AlreadyDone("这一户已经看过了。")
    return review


@transaction.atomic
def open_review(*, ref: str, by: By, at: datetime) -> Review:
    """Note that a person opened one and looks at it; opened twice is once."""
    review = _open(ref, by=by, at=at)
    if review.opened_at is None:
        review.opened_at, review.opened_by = at, office.party(by)
        review.save(update_fields=["opened_at", "opened_by"])
        office.record("casework.open_review", subject=review.benefit.ref, by=by, at=at, detail={"review": ref})
    return review


@transaction.atomic
def close_review(*, ref: str, by: By, at: datetime, note: str = "", together: bool = False) -> Review:
    """Close a review as unchanged, on what data say at this moment; the comparison is kept, and the next one is set.

    :param together: one of many closed at once: only where data show everything unchanged, and after those drawn were opened
    :raises Missing: data do not show it unchanged, and nobody wrote how they know
    :raises NotAllowed: closed together with others, and that is not possible for this one
    """
    review = _open(ref, by=by, at=at)
    benefit = review.benefit
    seen = then_and_now(benefit, at)
    if together:
        if not seen.is_same:
            raise NotAllowed("这一户数据看不出没有变化，要单独打开看。")
        drawn = Review.objects.filter(
            is_drawn=True, opened_at__isnull=True, closed_at__isnull=True, benefit__area__startswith=benefit.area[:9]
        )
        if drawn.exists():
            raise NotAllowed("先打开抽到的几户看过，再一起办。")
    elif not seen.is_same:
        steps.say(note, "怎么知道没有变化：问了谁、看了什么")
    review.outcome, review.compared, review.note = "same", seen.kept(), note.strip()
    review.closed_at, review.closed_by = at, office.party(by)
    if review.opened_at is None and not together:
        review.opened_at, review.opened_by = at, office.party(by)
    review.save()
    set_next_review(benefit, at=at)
    detail = {"review": ref, "same": seen.is_same, "together": together, "next": benefit.review_due_on.isoformat()}
    office.record("casework.close_review", subject=benefit.ref, by=by, at=at, detail=detail)
    return review
