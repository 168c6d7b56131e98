"""Parts of a case: people, clocks, questions, findings, opinions, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

# ---- drafts and what is known beforehand --------------------------------------------------------------------------------
from doudi.casework.queries.rows.known import Source
from doudi.verification.core.compared import HouseholdSaid


@dataclass(frozen=True, slots=True)
class Stage:
    """One station of the road. `state`: done, current or ahead."""

    code: str
    label: str
    state: str
    on: date | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ClockRow:
    code: str
    label: str
    basis: str
    due_on: date
    done_on: date | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Member:
    """One of the family as the case sees them. `counts`: what holds now (settled, else said, else proposed)."""

    ref: str
    pid: str
    name: str
    relation_label: str
    age: int | None
    is_applicant: bool
    is_adult: bool
    proposed: bool
    together: bool | None
    counts: bool
    counted_reason: str
    consent: str  # given | missing | guardian | not_needed
    consent_label: str
    notes: tuple[str, ...]

    @property
    def lacks_identity(self) -> bool:
        """Whether they have to sign and cannot, because nobody knows who they are."""
        return not self.pid and self.consent == "missing"


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A difference to settle: what the data say, what the person says, innocent explanations, choices (nothing chosen)."""

    ref: str
    kind: str
    whose: str
    heading: str
    data_says: str
    person_says: str
    found_fen: int | None
    said_fen: int | None
    source: Source
    explanations: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    choice: str
    choice_label: str
    amount_fen: int | None
    reason: str
    is_settled: bool
    judged_at: datetime | None
    judged_by: str
    said: tuple[HouseholdSaid, ...]  # what the family said to it since, oldest first
    answers: tuple[tuple[str, str], ...]  # what the family may answer; none where only clerks can tell
    paper: str  # what would help, never demanded


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of the calculation: what, whose, from where and when, how much a month, counted or not (None: not known), why."""

    what: str
    whose: str
    source: str
    as_of: date | None
    fen: int | None
    counted: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the programme as it came out: holds True, False, or None (unknown)."""

    name: str
    says: str
    holds: bool | None
    article: str


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """What the rules say; `outcome`: yes, no, unknown. `unknown`: what is missing, in words."""

    ref: str
    programme: str
    programme_label: str
    on: date
    outcome: str
    outcome_label: str
    members: int
    income_fen: int | None
    standard_fen: int | None
    amount_fen: int | None
    conditions: tuple[Condition, ...]
    table: tuple[TableLine, ...]
    sentences: tuple[str, ...]
    unknown: tuple[str, ...]
    pack: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NeedRow:
    area: str
    label: str
    level: str
    level_label: str
    note: str


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A visit. `unsigned`: who has still to sign its form, in words; `why_unsigned`: why the family did not, and who saw it."""

    ref: str
    on: date
    level: str
    way_label: str  # whether they went there, or rang
    investigators: tuple[str, ...]
    signed_by: str
    unsigned: tuple[str, ...]
    why_unsigned: str
    answers: tuple[tuple[str, str], ...]
    needs: tuple[NeedRow, ...]
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpinionRow:
    ref: str
    kind: str
    kind_label: str
    members: int
    amount_fen: int
    reason: str
    differs: bool
    differs_reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    ref: str
    said: str
    who: str
    at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShowingRow:
    ref: str
    shown_name: str
    area_label: str
    members: int
    amount_fen: int
    from_on: date
    to_on: date
    state: str
    objections: tuple[ObjectionRow, ...]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided, and the words and days of the letter."""

    ref: str
    kind: str
    kind_label: str
    article: str
    reason: str
    one_thing: str
    differs: bool
    differs_reason: str
    members: int
    amount_fen: int
    from_month: date | None
    on: date
    notice_due_on: date | None
    served_on: date | None
    reconsider_until: date | None
    reconsider_at: str
    lawsuit_until: date | None
    by: str


@dataclass(frozen=True, slots=True)
class BenefitRow:
    ref: str
    case_ref: str
    programme: str
    programme_label: str
    area: str
    members: int
    amount_fen: int
    from_month: date
    to_month: date | None
    review_due_on: date
    review_state: str


@dataclass(frozen=True, slots=True)
class Done:
    """One line of "who did what" on a case, from the journal."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move open from here. `why_not` says why this viewer may not; empty when they may."""

    act: str
    label: str
    allowed: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case of the same applicant: 「3 月来过一次，当时没批」."""

    ref: str
    receipt: str
    programme_label: str
    submitted_on: date
    state_label: str
