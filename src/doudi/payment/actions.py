"""Paying: build a month's run, approve it by another person, send it, read what the bank answers, hold, pay again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.office.actions import By
from doudi.payment.models import Hold, Run


@dataclass(frozen=True, slots=True)
class Answered:
    """What a return file came to."""

    paid: int
    paid_fen: int
    failed: int
    failed_fen: int
    open: int  # lines the bank has not answered yet


def build(*, county: str, month: date, by: By, at: datetime) -> Run:
    """Freeze the month's lines of a county from the benefits in force; the same month again gives the same run.

    Failed lines of earlier runs that were put right come along as `reissue`.

    :raises NotAllowed: the post does not allow it, or the month lies ahead
    """
    raise NotImplementedError


def approve(*, ref: str, by: By, at: datetime) -> Run:
    """Approve a run; never by who built it.

    :raises NotAllowed: the same person, another area, or already approved
    """
    raise NotImplementedError


def send(*, ref: str, by: By, at: datetime) -> Run:
    """Write the bank's file with its checksum, once; a second time gives the same file.

    :raises NotAllowed: not approved
    """
    raise NotImplementedError


def read_returns(*, ref: str, content: bytes, by: By, at: datetime) -> Answered:
    """Take over what the bank answered, line by line; the same file again changes nothing.

    :raises WrongReturns: a line that is not of this run, an amount that is not what was sent, or two answers for one line
    """
    raise NotImplementedError


def reissue(*, line: str, by: By, at: datetime) -> None:
    """Put a failed line right: it goes into the next run with the account the family has now.

    :raises NotAllowed: the line did not fail, or is on its way again
    """
    raise NotImplementedError


def hold(*, benefit: str, reason: str, by: By, at: datetime) -> Hold:
    """Hold a benefit's payment back from the next run on, by a person and for a reason; data alone never does.

    :raises NotAllowed: held already, no reason, or the post does not allow it
    """
    raise NotImplementedError


def release(*, ref: str, by: By, at: datetime) -> Hold:
    """End a hold; the months held back come with the next run."""
    raise NotImplementedError
