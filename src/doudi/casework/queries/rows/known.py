"""What is known before anybody asks, and an application being written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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
    goes_on: bool = False  # asks anew for help they had


# ---- inbox --------------------------------------------------------------------------------------------------------------
