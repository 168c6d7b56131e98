"""What reading a case gives back: frozen rows, money in fen, days as days, words beside every code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.verification.core.compared import HouseholdSaid

# ---- drafts and what is known beforehand --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: a delivered row, and whose."""

    dataset: str
    label: str  # "人社 6 月 30 日"
    as_of: date | None
    batch: int | None
    row_no: int | None


@dataclass(frozen=True, slots=True)
class KnownMember:
    """Somebody the register has in the household of the applicant. `about`: relation and age in words."""

    pid: str
    name: str
    relation: str
    relation_label: str
    age: int | None
    about: str
    is_applicant: bool


@dataclass(frozen=True, slots=True)
class KnownIncome:
    """A monthly income some office knows of."""

    key: str  # names the line in forms: pid:kind
    pid: str
    whose: str
    kind: str
    what: str
    fen: int
    source: Source


@dataclass(frozen=True, slots=True)
class KnownNote:
    """Something known that need not be asked: a disability certificate, an illness, help already received."""

    pid: str
    whose: str
    kind: str  # disability | illness | medical | help | school
    text: str
    fen: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """The account money already goes to; only the tail is shown."""

    tail: str
    bank: str
    label: str  # "和养老金同一张卡，尾号 8830"
    source: Source | None


@dataclass(frozen=True, slots=True)
class Prefill:
    """All an application starts from."""

    pid: str
    name: str
    masked_number: str
    masked_phone: str
    area: str
    area_label: str
    members: tuple[KnownMember, ...]
    incomes: tuple[KnownIncome, ...]
    account: KnownAccount | None
    notes: tuple[KnownNote, ...]
    has_open_case: bool


@dataclass(frozen=True, slots=True)
class DraftMember:
    """A person of the household and what was answered. `key`: pid, or other-0, other-1 … for people the register lacks."""

    key: str
    pid: str
    name: str
    relation: str
    relation_label: str
    about: str
    is_applicant: bool
    together: bool | None


@dataclass(frozen=True, slots=True)
class DraftIncome:
    """A line of income and what was answered; `said`: right, wrong or "" (not said). Lines added have `is_other`."""

    key: str
    pid: str
    whose: str
    kind: str
    what: str
    fen: int | None
    source: Source | None
    said: str
    said_fen: int | None
    is_other: bool


@dataclass(frozen=True, slots=True)
class DraftAccount:
    way: str  # same | other | none | "" (not answered)
    way_label: str
    bank: str
    number: str
    tail: str
    known: KnownAccount | None


@dataclass(frozen=True, slots=True)
class DraftPage:
    """An application being written, with answers so far. `done`: hardship, household, income, account."""

    ref: str
    applicant: str
    applicant_name: str
    area: str
    area_label: str
    programme: str
    programme_label: str
    channel: str
    hardships: tuple[str, ...]
    story: str
    members: tuple[DraftMember, ...]
    incomes: tuple[DraftIncome, ...]
    account: DraftAccount
    notes: tuple[KnownNote, ...]
    adults: tuple[DraftMember, ...]  # who must agree to the check: living together, 18 or older
    done: frozenset[str]
    saved_at: datetime
    case_ref: str | None


# ---- inbox --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboxRow:
    ref: str
    receipt: str
    name: str
    area_label: str
    programme_label: str
    state: str
    state_label: str
    why: str  # why it is here, in words
    next_act: str  # the name of the next move
    next_label: str
    due_on: date
    is_overdue: bool
    is_urgent: bool
    is_mine: bool
    is_near_kin: bool
    channel_label: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The inbox in numbers, of the viewer's area and work."""

    todo: int
    due_today: int
    overdue: int
    urgent: int
    waiting: int
    shown: int
    clear: int  # county: without doubts
    doubt: int  # county: to be looked at one by one


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the inbox; `next` is what to ask for the following one ("" at the end)."""

    rows: tuple[InboxRow, ...]
    next: str


# ---- the case page ------------------------------------------------------------------------------------------------------


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
    ref: str
    on: date
    level: str
    investigators: tuple[str, ...]
    signed_by: str
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


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything of one case on one page; `version` goes back with each act, so that nobody decides on an old page."""

    ref: str
    receipt: str
    version: int
    programme: str
    programme_label: str
    state: str
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


@dataclass(frozen=True, slots=True)
class AskedToAgree:
    """An open case of somebody's household whose check waits for that person's own yes."""

    ref: str
    applicant_name: str
    programme_label: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A line of a village's board: masked name, how many people, how much a month; `ref` is the case, to object to."""

    ref: str
    shown_name: str
    programme_label: str
    members: int
    amount_fen: int
    from_on: date
    to_on: date
    area: str
    area_label: str


@dataclass(frozen=True, slots=True)
class InForce:
    """What a month's payment starts from: a benefit, its decision and where the money goes."""

    benefit_ref: str
    decision_ref: str
    case_ref: str
    programme: str
    area: str
    payee: str
    payee_name: str
    account: str
    bank: str
    members: int
    amount_fen: int
    from_month: date
