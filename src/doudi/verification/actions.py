"""Writing checks: one authorised question, every source's answer."""

from __future__ import annotations

from datetime import datetime

from doudi.office.actions import By
from doudi.verification.core import Asked, Basis
from doudi.verification.models import Check


def request(
    *, subject: str, area: str, programme: str, people: list[Asked], sources: list[str], basis: Basis, task_order: str = "",
    by: By, at: datetime,
) -> Check:  # fmt: skip
    """Ask each source about each person, and keep each answer: found, nothing, or no answer.

    :param subject: the case it is for
    :param sources: codes of datasets
    :param task_order: number of the written order; only and always with the statutory duty
    :raises NoBasis: an adult without a consent in force, a minor without a consenting guardian, or no task order
    """
    raise NotImplementedError
