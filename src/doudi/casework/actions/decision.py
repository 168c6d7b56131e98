"""The county decides, tells the family, and help comes into force."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.models import Benefit, Decision
from doudi.office.actions import By


def confirm(
    *, ref: str, by: By, at: datetime, reason: str = "", amount_fen: int | None = None, differs_reason: str = "",
    version: int | None = None,
) -> Decision:  # fmt: skip
    """Confirm the help; in force from the month after (D57 Art. 21).

    :param amount_fen: a month; by default the opinion's
    :raises NotAllowed: the same person took an earlier step, near kin without the county's own visit, or never shown
    :raises Missing: it differs from the assessment and no reason is given
    """
    raise NotImplementedError


def return_one(*, ref: str, one_thing: str, by: By, at: datetime, version: int | None = None) -> Decision:
    """Send a case back to the township, naming one thing.

    :raises Missing: nothing named
    """
    raise NotImplementedError


def refuse(
    *, ref: str, article: str, reason: str, by: By, at: datetime, differs_reason: str = "", version: int | None = None
) -> Decision:
    """Refuse, one case at a time: the rule, a reason in plain words, how to appeal and until when (D57 Art. 21; ARL Art. 20).

    :raises Missing: no rule or no reason, or the assessment says otherwise and no reason for that is given
    """
    raise NotImplementedError


def serve(*, ref: str, by: By, at: datetime) -> Decision:
    """Note that the written decision was handed over through the township."""
    raise NotImplementedError


def call_review(*, ref: str, by: By, at: datetime) -> Benefit:
    """Mark a benefit (its ref) whose review is due; the schedule calls this. Nothing is stopped by it."""
    raise NotImplementedError
