"""Reading for the family, for the public, and for the month's payment."""

from __future__ import annotations

from datetime import date, datetime

from doudi.casework.queries.rows import BenefitRow, InForce, MyCase, Progress, ShownRow


def my_cases(pid: str, *, at: datetime) -> tuple[MyCase, ...]:
    """The cases a resident applied for, or handed in for somebody, latest first; only for the one signed in."""
    raise NotImplementedError


def my_case(ref: str, pid: str, *, at: datetime) -> MyCase:
    """One of a resident's own cases.

    :raises NoCase: no such case, or not theirs
    """
    raise NotImplementedError


def my_benefits(pid: str, *, on: date) -> tuple[BenefitRow, ...]:
    """The help a person's household receives or will receive, latest first; only for the one signed in."""
    raise NotImplementedError


def progress(receipt: str, *, at: datetime) -> Progress | None:
    """How far the case of this receipt is; None when the number is not right. Open to whoever holds the receipt."""
    raise NotImplementedError


def shown(area: str, *, on: date, limit: int = 200, after: str = "") -> tuple[ShownRow, ...]:
    """What stands on the boards of an area today; open to everybody, gone when its days are over."""
    raise NotImplementedError


def shown_areas(area: str, *, on: date) -> tuple[tuple[str, str, int], ...]:
    """The villages of an area with something on the board today: code, label, how many."""
    raise NotImplementedError


def in_force(county: str, *, month: date) -> list[InForce]:
    """The benefits of a county to be paid for a month (its first day), in the order of their refs; for payment only."""
    raise NotImplementedError
