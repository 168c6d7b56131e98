"""Checking, visiting, settling differences, assessing."""

from __future__ import annotations

from datetime import date, datetime

from doudi.casework.models import Assessment, Case, CaseMember, Question, Survey
from doudi.office.actions import By


def request_check(*, ref: str, by: By, at: datetime) -> Case:
    """Ask all sources about every counted member who agreed (verification); differences become questions to settle.

    :raises NotAllowed: nobody agreed yet, or the case is not at this step
    """
    raise NotImplementedError


def judge(*, ref: str, question: str, choice: str, reason: str, by: By, at: datetime, amount_fen: int | None = None) -> Question:
    """Settle a difference (a code of core.QUESTION_CHOICES), with a reason; `visit` and `discuss` leave it open.

    :param ref: the case
    :param question: the ref of the question
    :param amount_fen: a month, with the choice `amount`
    :raises Missing: no reason, or no amount
    """
    raise NotImplementedError


def count_member(*, ref: str, member: str, counts: bool, reason: str, by: By, at: datetime) -> CaseMember:
    """Settle whether somebody counts as living together (D57 Art. 7); what was proposed and said stays beside it.

    :raises Missing: no reason although it differs from what the family said
    """
    raise NotImplementedError


def survey(
    *,
    ref: str,
    on: date,
    second: str,
    signed_by: str,
    answers: dict[str, str],
    needs: dict[str, tuple[str, str]],
    note: str = "",
    by: By,
    at: datetime,
) -> Survey:
    """Record a household visit by two people, signed by a member of the family (D57 Art. 16).

    :param second: the username of the second investigator; the first is `by`
    :param needs: area of life (core.NEED_AREAS) → (level of core.NEED_LEVELS, words)
    :raises Missing: no signature, fewer than two people, or a need left out
    """
    raise NotImplementedError


def extend(*, ref: str, reason: str, by: By, at: datetime) -> Case:
    """Lengthen the whole clock once, with its reason (D57 Art. 22)."""
    raise NotImplementedError


def reinvestigate(*, ref: str, answer: str, by: By, at: datetime) -> Case:
    """Take up an objection: what was found on it is kept, the case is investigated again, another opinion follows."""
    raise NotImplementedError


def assess(*, ref: str, by: By, at: datetime) -> Assessment:
    """Let the rules speak on what is known now, and keep it: facts with sources, rule version, trace, table."""
    raise NotImplementedError
