"""A case as its page shows it, to clerks and to the family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

# ---- drafts and what is known beforehand --------------------------------------------------------------------------------
from doudi.casework.queries.rows.known import DraftIncome
from doudi.casework.queries.rows.parts import (
    AssessmentRow,
    BenefitRow,
    ClockRow,
    DecisionRow,
    Done,
    Earlier,
    Member,
    MoveRow,
    NeedRow,
    OpinionRow,
    QuestionRow,
    ShowingRow,
    Stage,
    SurveyRow,
)
from doudi.casework.queries.rows.signing import SigningPage


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything of one case on one page; `version` goes back with each act, so that nobody decides on an old page."""

    ref: str
    receipt: str
    version: int
    programme: str
    programme_label: str
    state: str
    level: str  # who confirms: county | township
    decide_permit: str
    state_label: str
    applicant: str
    name: str
    masked_number: str
    phone: str
    age: int | None
    area: str
    area_label: str
    channel_label: str
    origin: str
    alert_ref: str
    visit_ref: str
    handler: str
    submitted_at: datetime
    is_urgent: bool
    is_near_kin: bool
    near_kin_of: str
    in_doubt: bool
    asked_for: str
    extended_reason: str
    sentence: str
    hardships: tuple[str, ...]
    story: str
    account_label: str
    stages: tuple[Stage, ...]
    clocks: tuple[ClockRow, ...]
    members: tuple[Member, ...]
    missing_consents: tuple[str, ...]  # names of adults who have not agreed to the check
    check_ref: str
    questions: tuple[QuestionRow, ...]
    open_questions: int
    assessment: AssessmentRow | None
    also: tuple[AssessmentRow, ...]  # what the rules say for the other programmes
    surveys: tuple[SurveyRow, ...]
    needs: tuple[NeedRow, ...]
    opinion: OpinionRow | None
    draft_reason: str
    showings: tuple[ShowingRow, ...]
    decision: DecisionRow | None
    benefit: BenefitRow | None
    acts: tuple[Done, ...]
    moves: tuple[MoveRow, ...]
    signing: SigningPage | None  # None: the post has nothing to do with authorisations
    earlier: tuple[Earlier, ...]

    def may(self, act: str) -> bool:
        """Say whether the viewer may make this move now."""
        return any(row.act == act and row.allowed for row in self.moves)


# ---- for the family and the public --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case is, for whoever holds the receipt: no name, no place below the county, no money."""

    receipt: str
    receipt_shown: str
    programme_label: str
    state: str
    says: str
    by_on: date | None
    by_whom: str
    you_do: str
    stages: tuple[Stage, ...]
    also: tuple[tuple[str, str, str], ...] = ()  # other cases of the same application: ref, programme, how far


@dataclass(frozen=True, slots=True)
class MyCase:
    """A case as the family sees it."""

    ref: str
    receipt: str
    receipt_shown: str
    programme: str
    programme_label: str
    state: str
    says: str
    by_on: date | None
    by_whom: str
    handler: str
    contact_by: date
    you_do: str
    asked_for: str  # what the township asked for, once, while it waits for it
    submitted_at: datetime
    stages: tuple[Stage, ...]
    members: tuple[str, ...]
    hardships: tuple[str, ...]
    story: str
    incomes: tuple[DraftIncome, ...]
    account_label: str
    missing_consents: tuple[str, ...]
    showing: ShowingRow | None
    decision: DecisionRow | None
    benefit: BenefitRow | None
    may_withdraw: bool
    for_name: str  # whose case it is, for a proxy
    also: tuple[tuple[str, str, str], ...] = ()  # other cases of the same application: ref, programme, how far
    slip: str = ""  # the number on the paper handed over, which is that of the first case
    helper: str = ""  # who handed in for the applicant; only for the applicant
    helper_sees: bool = False  # whether that one may see how it ends


@dataclass(frozen=True, slots=True)
class AskedToAgree:
    """An open case of somebody's household whose check waits for that person's own yes."""

    ref: str
    applicant_name: str
    programme_label: str
    submitted_at: datetime
