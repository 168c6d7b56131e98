"""What waits at the doors: papers to type, calls promised, people pointed out; and who was not helped for no lack of right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from doudi.casework import core
from doudi.casework.core.doors import CALL_MOODS, CALL_TOPICS, NOT_MADE, OutreachState
from doudi.casework.models import Application, Call, Case, Draft, Mandate, OutreachList, OutreachOffer, PaperForm
from doudi.casework.queries.inbox import after_prefix
from doudi.casework.queries.page import NoCase
from doudi.office import queries as office
from doudi.office.core import Viewer, mask_name
from doudi.office.queries import today

A_PAGE = 50
LEFT_LYING = timedelta(days=30)  # an application begun and not handed in is counted after these days


@dataclass(frozen=True, slots=True)
class FormRow:
    """A paper waiting to be typed, or to be read to its end."""

    ref: str
    receipt: str
    receipt_shown: str
    masked_name: str
    area: str
    area_label: str
    handed_on: date
    due_on: date
    papers: tuple[str, ...]
    case_ref: str  # "" until the key fields are typed
    draft_ref: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call. `back_on`: rung back by then; None: nothing was promised."""

    ref: str
    number: str
    topic_label: str
    mood: str
    mood_label: str
    said: str
    answered: str
    phone: str
    pid: str
    area_label: str
    at: datetime
    back_on: date | None
    tries: int
    rung_at: datetime | None
    rung_said: str
    draft_ref: str
    case_ref: str


@dataclass(frozen=True, slots=True)
class OfferRow:
    """Somebody a department pointed out, to be asked. `phone` only for who asks them."""

    ref: str
    masked_name: str
    name: str
    pid: str
    department: str
    why: str
    area_label: str
    due_on: date
    tries: int
    state: OutreachState


@dataclass(frozen=True, slots=True)
class ListRow:
    """A department's list as it was taken: how many lines became somebody to ask, and what was wrong with the others."""

    ref: str
    department: str
    basis: str
    channel: str
    rows: int
    offers: int
    wrong: tuple[tuple[int, str], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class MandateRow:
    """Who acts for the applicant, and what they may see."""

    ref: str
    proxy: str
    relation: str
    way: str
    sees: bool
    papers: tuple[str, ...]
    given_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Door:
    """One channel: how many came through it, how many were confirmed, refused, are open, or were taken back."""

    channel: str
    label: str
    came: int
    confirmed: int
    refused: int
    withdrawn: int
    open: int


def _here(viewer: Viewer) -> Q:
    """Rows of the viewer's area; a place nobody knows has none."""
    if not viewer.within:
        return Q(pk__in=[])
    return Q(area__gte=viewer.within, area__lt=after_prefix(viewer.within))


# ---- papers --------------------------------------------------------------------------------------------------------------


def forms_to_type(viewer: Viewer) -> tuple[FormRow, ...]:
    """Papers whose key fields are not typed, then those not read to their end; the oldest clock first.

    :raises NotAllowed: the post does not take applications
    """
    viewer.need("case.register")
    waiting = PaperForm.objects.filter(_here(viewer), dropped_at=None, read_at=None)
    rows = waiting.select_related("draft__case").order_by("typed_at", "due_on", "id")[:A_PAGE]
    found = sorted(rows, key=lambda one: (one.typed_at is not None, one.due_on, one.pk))
    labels = office.area_labels([one.area for one in found])
    return tuple(_form(one, labels) for one in found)


def form(ref: str, viewer: Viewer) -> FormRow:
    """One paper.

    :raises NoCase: none, or of another place
    """
    viewer.need("case.register")
    row = PaperForm.objects.filter(_here(viewer), ref=ref).select_related("draft__case").first()
    if row is None:
        raise NoCase("没有这张纸表，或者不归您办。")
    return _form(row, office.area_labels([row.area]))


def _form(row: PaperForm, labels: dict[str, str]) -> FormRow:
    case = row.draft.case if row.draft else None
    return FormRow(
        ref=row.ref,
        receipt=row.receipt,
        receipt_shown=core.show_receipt(row.receipt),
        masked_name=case.masked_name if case else mask_name(row.name) if row.name else "",
        area=row.area,
        area_label=labels.get(row.area, row.area),
        handed_on=row.handed_on,
        due_on=row.due_on,
        papers=tuple(row.papers),
        case_ref=case.ref if case else "",
        draft_ref=row.draft.ref if row.draft else "",
        is_read=row.read_at is not None,
    )


# ---- calls ---------------------------------------------------------------------------------------------------------------


def calls_to_ring(viewer: Viewer) -> tuple[CallRow, ...]:
    """Calls promised or needed and not made, the earliest day first; of a whole county, so that nobody is left out.

    :raises NotAllowed: the post takes no calls
    """
    viewer.need("call.take")
    rows = Call.objects.filter(_here(viewer), rung_at=None, back_on__isnull=False).select_related("draft__case")
    return _calls(rows.order_by("back_on", "id")[:A_PAGE])


def call(ref: str, viewer: Viewer) -> CallRow:
    """One call.

    :raises NoCase: none, or of another place
    """
    viewer.need("call.take")
    rows = _calls(Call.objects.filter(_here(viewer), ref=ref).select_related("draft__case")[:1])
    if not rows:
        raise NoCase("没有这通电话，或者不归您办。")
    return rows[0]


def _calls(rows: Any) -> tuple[CallRow, ...]:
    found = list(rows)
    labels = office.area_labels([one.area for one in found])
    return tuple(
        CallRow(
            ref=one.ref,
            number=one.number,
            topic_label=CALL_TOPICS[one.topic],
            mood=one.mood,
            mood_label=CALL_MOODS[one.mood],
            said=one.said,
            answered=one.answered,
            phone=one.phone,
            pid=one.pid,
            area_label=labels.get(one.area, one.area),
            at=one.at,
            back_on=one.back_on,
            tries=one.tries,
            rung_at=one.rung_at,
            rung_said=one.rung_said,
            draft_ref=one.draft.ref if one.draft else "",
            case_ref=one.draft.case.ref if one.draft and one.draft.case else "",
        )
        for one in found
    )


# ---- people pointed out --------------------------------------------------------------------------------------------------


def offers_to_make(viewer: Viewer) -> tuple[OfferRow, ...]:
    """People other departments pointed out and nobody has asked yet, the earliest day first; masked names.

    :raises NotAllowed: the post does not go to people
    """
    viewer.need("outreach.work")
    rows = OutreachOffer.objects.filter(_here(viewer), state=OutreachState.WAITING).order_by("due_on", "id")[:A_PAGE]
    return _offers(list(rows))


def offer(ref: str, viewer: Viewer) -> OfferRow:
    """One person to ask, with their name.

    :raises NoCase: none, or of another place
    """
    viewer.need("outreach.work")
    rows = _offers(list(OutreachOffer.objects.filter(_here(viewer), ref=ref)))
    if not rows:
        raise NoCase("没有这个人，或者不归您去。")
    return rows[0]


def _offers(rows: list[OutreachOffer]) -> tuple[OfferRow, ...]:
    labels = office.area_labels([one.area for one in rows])
    return tuple(
        OfferRow(
            ref=one.ref,
            masked_name=one.masked_name,
            name=one.name,
            pid=one.pid,
            department=one.department,
            why=one.why,
            area_label=labels.get(one.area, one.area),
            due_on=one.due_on,
            tries=one.tries,
            state=OutreachState(one.state),
        )
        for one in rows
    )


def outreach_lists(viewer: Viewer) -> tuple[ListRow, ...]:
    """The lists taken here, latest first.

    :raises NotAllowed: the post takes no lists
    """
    viewer.need("outreach.take")
    rows = OutreachList.objects.filter(_here(viewer)).annotate(made=Count("offers")).order_by("-id")[:20]
    return tuple(
        ListRow(
            one.ref,
            one.department,
            one.basis,
            one.channel,
            one.rows,
            one.made,
            tuple((int(no), str(why)) for no, why in one.wrong),
            one.at,
        )
        for one in rows
    )


# ---- mandates ------------------------------------------------------------------------------------------------------------


def mandate(case_ref: str) -> MandateRow | None:
    """The latest mandate of a case's application; for pages that may show the case."""
    row = Mandate.objects.filter(application__cases__ref=case_ref).order_by("-id").first()
    if row is None:
        return None
    return MandateRow(
        row.ref, row.proxy, row.relation, row.way, row.seeing_at is not None, tuple(row.papers), row.given_at, row.ended_at
    )


def sees_results(case: Case, pids: tuple[str, ...]) -> bool:
    """Whether one of these is the helper whom the applicant lets see how it ends."""
    if case.proxy not in pids:
        return False
    rows = Mandate.objects.filter(application=case.application_id, proxy__in=pids, ended_at=None, seeing_at__isnull=False)
    return rows.exists()


# ---- figures -------------------------------------------------------------------------------------------------------------


def by_door(viewer: Viewer, *, first: date, last: date) -> tuple[Door, ...]:
    """How many came through each door between two days, and how it ended for them: no door may be worse than another.

    :raises NotAllowed: the post does not see figures
    """
    viewer.need("figures.read")
    rows = (
        Case.objects.filter(_here(viewer), application__handed_on__gte=first, application__handed_on__lte=last)
        .values_list("channel", "state")
        .annotate(Count("id"))
    )
    counted: dict[str, dict[str, int]] = {}
    for channel, state, number in rows:
        counted.setdefault(channel, {})[state] = number
    ended = ("confirmed", "refused", "withdrawn")
    return tuple(
        Door(
            channel,
            core.CHANNELS.get(channel, channel),
            sum(states.values()),
            *(states.get(state, 0) for state in ended),
            sum(number for state, number in states.items() if state not in ended),
        )
        for channel, states in sorted(counted.items(), key=lambda one: list(core.CHANNELS).index(one[0]))
    )


def not_made(viewer: Viewer, *, at: datetime) -> tuple[tuple[str, int], ...]:
    """没办成，但不是因为不符合: why, in words, and how many, in the viewer's area up to now.

    :raises NotAllowed: the post does not see figures
    """
    viewer.need("figures.read")
    here, on = _here(viewer), today(at)
    counts = {
        "begun": Draft.objects.filter(here, case=None, saved_at__lt=at - LEFT_LYING).count(),
        "withdrawn": Case.objects.filter(here, state=core.State.WITHDRAWN).count(),
        "unread": PaperForm.objects.filter(here, dropped_why="unreadable").count(),
        "declined": OutreachOffer.objects.filter(here, state=OutreachState.DECLINED).count(),
        "unreached": OutreachOffer.objects.filter(here, state=OutreachState.WAITING, tries__gte=3).count(),
        "unanswered": Call.objects.filter(here, rung_at=None, back_on__lt=on).count(),
    }
    return tuple((words, counts[code]) for code, words in NOT_MADE.items())


# ---- one application, several cases --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another case of the same application."""

    ref: str
    receipt_shown: str
    programme_label: str
    state_label: str
    says: str


def beside(case_ref: str) -> tuple[Sibling, ...]:
    """The other cases of the application a case belongs to; for pages that may show the case."""
    rows = Case.objects.filter(application__cases__ref=case_ref).exclude(ref=case_ref).order_by("id")
    return tuple(
        Sibling(
            one.ref,
            core.show_receipt(one.receipt),
            core.road(one.programme).label,
            core.State(one.state).label,
            core.State(one.state).says,
        )
        for one in rows
    )


def application_receipt(case_ref: str) -> str:
    """The number on the paper that was handed over, whichever of its cases is looked at."""
    found = Application.objects.filter(cases__ref=case_ref).values_list("receipt", flat=True).first()
    return found or ""
