"""Reading checks: the report of one household, source by source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.office.core import Viewer


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row a source holds: in words, and as values; dataset, batch and row say where it stands."""

    words: str
    values: dict[str, Any]
    dataset: str
    batch: int
    row_no: int
    as_of: date


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one source said about one person. `why` says in words why it did not answer."""

    pid: str
    whose: str
    dataset: str
    label: str
    department: str
    said: str  # found | nothing | no_answer
    said_label: str
    why: str
    as_of: date | None
    answered_at: datetime
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source over the whole household: the worst of its answers first (no answer, found, nothing)."""

    dataset: str
    label: str
    department: str
    said: str
    said_label: str
    as_of: date | None
    why: str
    found: int
    items: tuple[tuple[str, ItemRow], ...]  # whose, row


@dataclass(frozen=True, slots=True)
class CheckPage:
    """The report: for reference, not a decision."""

    ref: str
    number: str
    subject: str
    programme: str
    basis_label: str
    task_order: str
    asked_on: date
    asked_at: datetime
    asked_by: str
    valid_until: date
    is_valid: bool
    people: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    answers: tuple[AnswerRow, ...]
    answered: int  # sources that answered about everybody
    silent: int  # sources with no answer


def report(ref: str, viewer: Viewer, *, on: date) -> CheckPage:
    """The report of a check (its ref). Never for the village; the page that shows it notes the look.

    :raises NotAllowed: no such check, another area, or the post does not allow it
    """
    raise NotImplementedError


def my_report(ref: str, pid: str, *, on: date) -> CheckPage:
    """The report as the person it asks about may read it (PIPL Art. 45); of other adults only that they were asked.

    :raises NotAllowed: not about this person
    """
    raise NotImplementedError


def answers(ref: str) -> tuple[AnswerRow, ...]:
    """The answers of a check for the room that asked; people see them through `report`."""
    raise NotImplementedError
