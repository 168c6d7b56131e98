"""Reading runs, lines, returns, holds and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.office.core import Viewer


@dataclass(frozen=True, slots=True)
class RunRow:
    """A month's payment of a county. Money in fen; total = sum of all lines = ready + held + no_account + paid + failed …"""

    ref: str
    number: str
    county: str
    county_label: str
    month: date
    state: str
    state_label: str
    lines: int
    total_fen: int
    payable: int
    payable_fen: int
    held: int
    held_fen: int
    no_account: int
    no_account_fen: int
    paid: int
    paid_fen: int
    failed: int
    failed_fen: int
    built_at: datetime
    built_by: str
    approved_at: datetime | None
    approved_by: str
    sent_at: datetime | None
    sent_by: str
    file_name: str
    file_sha256: str
    may_approve: bool
    why_not_approve: str
    may_send: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    ref: str
    payee: str
    name: str
    area_label: str
    programme_label: str
    for_month: date
    amount_fen: int
    account_tail: str
    bank: str
    state: str
    state_label: str
    reason: str
    kind: str  # regular | reissue
    case_ref: str
    decision_ref: str


@dataclass(frozen=True, slots=True)
class ByProgramme:
    programme: str
    programme_label: str
    lines: int
    total_fen: int


@dataclass(frozen=True, slots=True)
class RunPage:
    run: RunRow
    lines: tuple[LineRow, ...]
    next: str
    by_programme: tuple[ByProgramme, ...]
    adds_up: bool


@dataclass(frozen=True, slots=True)
class BankFile:
    """The file for the bank and the line that proves it (sha256sum format)."""

    name: str
    content: bytes
    sha256: str
    checksum_name: str
    checksum: bytes


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A month's money as the family sees it."""

    for_month: date
    programme_label: str
    amount_fen: int
    state: str
    state_label: str
    on: date | None
    account_tail: str
    reason: str


@dataclass(frozen=True, slots=True)
class HoldRow:
    ref: str
    benefit_ref: str
    name: str
    reason: str
    at: datetime
    by: str
    released_at: datetime | None


def runs(viewer: Viewer, *, limit: int = 24) -> tuple[RunRow, ...]:
    """The runs of the viewer's area, latest month first.

    :raises NotAllowed: the post does not allow it
    """
    raise NotImplementedError


def run(ref: str, viewer: Viewer, *, after: str = "", limit: int = 100, state: str = "") -> RunPage:
    """One run with a page of its lines, in the order of the bank's file.

    :raises NotAllowed: no such run, another area, or the post does not allow it
    """
    raise NotImplementedError


def bank_file(ref: str, viewer: Viewer) -> BankFile:
    """The file a run sent to the bank, checked against the checksum kept when it was written.

    :raises NotAllowed: not sent yet, another area, or the post does not allow it
    :raises BrokenFile: the file on disk is not the one that was written
    """
    raise NotImplementedError


def my_payments(pid: str, *, limit: int = 24) -> tuple[PaymentRow, ...]:
    """The payments to a resident, latest first; only for the one signed in."""
    raise NotImplementedError


def payments_of(case_ref: str, viewer: Viewer) -> tuple[LineRow, ...]:
    """The payments of a case, latest first, inside the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    raise NotImplementedError


def holds(viewer: Viewer) -> tuple[HoldRow, ...]:
    """The holds in force in the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    raise NotImplementedError


def balances(county: str) -> dict[str, int]:
    """The ledger of a county by account, in fen; the sum is always 0."""
    raise NotImplementedError
