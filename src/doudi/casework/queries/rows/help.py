"""Help in force as its lists, its page and the family see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.casework.queries.reviews import ThenAndNow


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """A line of a list: whose help (masked), and why it is in this list."""

    ref: str
    masked_name: str
    area_label: str
    programme_label: str
    members: int
    now_fen: int
    why: str
    due_on: date | None
    review: str
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month as a proposal lays it open; by the rules None: they cannot tell."""

    month: date
    was_fen: int
    rule_fen: int | None
    after_fen: int
    members: int
    why: str


@dataclass(frozen=True, slots=True)
class InvitationRow:
    ref: str
    way_label: str
    for_on: date
    place: str
    answer: str
    answer_label: str
    words: str


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """A change of the help, proposed, decided or dropped."""

    ref: str
    version: int
    kind: str
    kind_label: str
    cause: str
    cause_label: str
    article: str
    state: str
    from_month: date
    until_month: date | None
    amount_fen: int  # of the last of its awards, but of a gradual exit the first
    reason: str
    differs_reason: str
    is_less: bool
    heard: str
    heard_label: str
    goes_to: str
    months: tuple[MonthRow, ...]
    steps: tuple[tuple[date, int], ...]
    invitations: tuple[InvitationRow, ...]
    views: str
    signed_by: str
    heard_on: date | None
    proposed_at: datetime
    proposed_by: str
    decided_on: date | None
    decided_by: str
    ended_reason: str
    notice_due_on: date | None
    reconsider_until: date | None
    lawsuit_until: date | None
    served_on: date | None


@dataclass(frozen=True, slots=True)
class HappeningRow:
    ref: str
    kind: str
    label: str
    who: str
    on: date
    known_on: date
    channel_label: str
    said: str
    figure_fen: int | None
    is_late: bool
    state: str
    left_reason: str
    settle_by: date | None  # a death: the day by which it is settled


@dataclass(frozen=True, slots=True)
class AwardRow:
    from_month: date
    amount_fen: int
    members: int
    why: str
    on: date


@dataclass(frozen=True, slots=True)
class ReviewRow:
    ref: str
    kind_label: str
    due_on: date
    is_drawn: bool
    outcome: str
    note: str
    closed_on: date | None
    closed_by: str


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    ref: str
    after_months: int
    due_on: date
    outcome_label: str
    note: str
    is_due: bool


@dataclass(frozen=True, slots=True)
class OfferRow:
    on: date
    who: str
    work: str
    offered_by: str
    answer_label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """Why help may be asked for anew with one press (`ends`, `fallen_back`), and what was begun so: a clerk's draft, a case."""

    why: str
    draft: str  # ref of what a clerk is writing; "" for none
    case: str  # ref of what was handed in since; "" for none


@dataclass(frozen=True, slots=True)
class BenefitPage:
    """Everything of one benefit after it was confirmed."""

    ref: str
    case_ref: str
    name: str
    payee: str
    area: str
    area_label: str
    programme_label: str
    unit: str
    is_monthly: bool
    from_month: date
    to_month: date | None
    ended_label: str
    is_one_off: bool
    now_fen: int
    now_members: int
    review_due_on: date
    members: tuple[tuple[str, str], ...]  # pid, name
    awards: tuple[AwardRow, ...]
    happenings: tuple[HappeningRow, ...]
    proposal: AdjustmentRow | None
    adjustments: tuple[AdjustmentRow, ...]  # decided and dropped, the latest first
    review: ReviewRow | None
    beside: ThenAndNow | None
    reviews: tuple[ReviewRow, ...]
    offers: tuple[OfferRow, ...]
    follow_ups: tuple[FollowUpRow, ...]
    renewal: Renewal | None


@dataclass(frozen=True, slots=True)
class MyHelp:
    """A family's own help and every change of it, for the one signed in."""

    ref: str
    programme_label: str
    members: tuple[tuple[str, str], ...]
    now_fen: int
    to_month: date | None
    is_ending: bool  # so soon that who receives it may ask for it anew with one press
    proposal: AdjustmentRow | None
    adjustments: tuple[AdjustmentRow, ...]
    told: tuple[HappeningRow, ...]
