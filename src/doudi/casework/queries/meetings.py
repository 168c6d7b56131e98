"""Appraisals and consultations of a case, with who was asked, who stepped back, how they voted and what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.core.collective import (
    APPRAISAL_CAUSES,
    APPRAISAL_STATES,
    CONSULTATION_OUTCOMES,
    CONSULTED,
    RECUSALS,
    SEATS,
    VOTES,
    Votes,
)
from doudi.casework.gateways import numbers
from doudi.casework.models import Appraisal, Case, Consultation, Objection, Seat, Voice
from doudi.casework.queries.looking import of_case
from doudi.office.core import Viewer
from doudi.office.queries import today


@dataclass(frozen=True, slots=True)
class SeatRow:
    """Somebody asked to an appraisal; `recused_label` says why they step back, `present` whether they came (None: not held)."""

    ref: str
    name: str
    kind_label: str
    drawn: bool
    recused_label: str
    present: bool | None


@dataclass(frozen=True, slots=True)
class AppraisalRow:
    ref: str
    why_label: str
    reason: str
    meets_at: datetime
    place: str
    quorum: int
    state: str
    state_label: str
    seats: tuple[SeatRow, ...]
    votes: Votes | None
    present: int | None
    family_said: str
    dissent: str
    minutes: str
    paper: str

    @property
    def voting(self) -> tuple[SeatRow, ...]:
        """Those who may vote."""
        return tuple(one for one in self.seats if not one.recused_label)


@dataclass(frozen=True, slots=True)
class VoiceRow:
    name: str
    duty: str
    vote_label: str
    said: str


@dataclass(frozen=True, slots=True)
class ConsultationRow:
    ref: str
    on: date
    reasons: tuple[str, ...]
    question: str
    situation: str
    outcome_label: str
    gist: str
    paper: str
    voices: tuple[VoiceRow, ...]
    review_due_on: date
    ended: bool


@dataclass(frozen=True, slots=True)
class MeetingsPage:
    """Who a case belongs to, and its meetings of one kind; `quorum`: how many have to be there now."""

    ref: str
    receipt: str
    name: str
    applicant: str
    area: str
    programme: str
    programme_label: str
    state: str
    state_label: str
    working: bool
    open: bool
    shows: bool
    quorum: int
    objections: tuple[str, ...]  # what was said against its showings
    appraisals: tuple[AppraisalRow, ...] = ()
    consultations: tuple[ConsultationRow, ...] = ()


def appraisals(ref: str, viewer: Viewer, *, at: datetime) -> MeetingsPage:
    """The appraisals of a case.

    :raises NoCase: no such case, or outside the viewer's area
    """
    row = of_case(ref, viewer)
    seats = list(Seat.objects.filter(appraisal__case=row).order_by("id"))
    held = Appraisal.objects.filter(case=row).order_by("id")
    return _page(row, numbers.appraisal_quorum(row.area, today(at)), appraisals=tuple(_appraisal(one, seats) for one in held))


def consultations(ref: str, viewer: Viewer, *, at: datetime) -> MeetingsPage:
    """The consultations of a case.

    :raises NoCase: no such case, or outside the viewer's area
    """
    row = of_case(ref, viewer)
    voices = list(Voice.objects.filter(consultation__case=row).order_by("id"))
    held = Consultation.objects.filter(case=row).order_by("id")
    quorum = numbers.consultation_quorum(row.area, today(at))
    return _page(row, quorum, consultations=tuple(_consultation(one, voices) for one in held))


def _page(row: Case, quorum: int, **meetings: Any) -> MeetingsPage:
    state = State(row.state)
    return MeetingsPage(
        ref=row.ref,
        receipt=core.show_receipt(row.receipt),
        name=row.name,
        applicant=row.applicant,
        area=row.area,
        programme=row.programme,
        programme_label=core.road(row.programme).label,
        state=state,
        state_label=state.label,
        working=state in core.WORKING,
        open=state.is_open and row.accepted_at is not None,
        shows=core.road(row.programme).shows,
        quorum=quorum,
        objections=tuple(one.said for one in Objection.objects.filter(showing__case=row).order_by("id")),
        **meetings,
    )


def _appraisal(one: Appraisal, seats: list[Seat]) -> AppraisalRow:
    return AppraisalRow(
        ref=one.ref,
        why_label=APPRAISAL_CAUSES[one.why],
        reason=one.reason,
        meets_at=one.meets_at,
        place=one.place,
        quorum=one.quorum,
        state=one.state,
        state_label=APPRAISAL_STATES[one.state],
        seats=tuple(
            SeatRow(seat.ref, seat.name, SEATS[seat.kind], seat.drawn, RECUSALS.get(seat.recused, ""), seat.present)
            for seat in seats
            if seat.appraisal_id == one.pk
        ),
        votes=Votes(one.agree or 0, one.against or 0, one.abstain or 0) if one.state == "held" else None,
        present=one.present,
        family_said=one.family_said,
        dissent=one.dissent,
        minutes=one.minutes,
        paper=one.paper,
    )


def _consultation(one: Consultation, voices: list[Voice]) -> ConsultationRow:
    return ConsultationRow(
        ref=one.ref,
        on=one.on,
        reasons=tuple(CONSULTED[code] for code in one.reasons),
        question=one.question,
        situation=one.situation,
        outcome_label=CONSULTATION_OUTCOMES[one.outcome],
        gist=one.gist,
        paper=one.paper,
        voices=tuple(
            VoiceRow(voice.name, voice.duty, VOTES[voice.vote], voice.said) for voice in voices if voice.consultation_id == one.pk
        ),
        review_due_on=one.review_due_on,
        ended=one.ended_at is not None,
    )
