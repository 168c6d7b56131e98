"""Reading every answer kept, with whom it is about: for scoring a made-up city against its truth; no page shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.registry import queries as registry
from doudi.verification.models import Answer


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One answer, and the question it answers as it left."""

    question: str
    round: int
    source: str
    dataset: str
    name: str
    number: str
    basis: str
    authorisation: str
    task_order: str
    asked_at: datetime
    said: str
    why: str
    as_of: date | None
    rows: tuple[dict[str, Any], ...]


def kept_answers(codes: Collection[str]) -> Iterator[KeptAnswer]:
    """Every answer these sources gave, oldest first."""
    found = Answer.objects.filter(question__source__in=list(codes)).select_related("question__check_asked")
    numbers: dict[str, str] = {}
    for answer in found.order_by("id").prefetch_related("items").iterator(chunk_size=500):
        question, check = answer.question, answer.question.check_asked
        person = next(row for row in check.people if row["pid"] == question.pid)
        if question.pid not in numbers:
            numbers[question.pid] = registry.me(question.pid).number
        yield KeptAnswer(
            question=question.ref,
            round=question.round,
            source=question.source,
            dataset=question.dataset,
            name=person["name"],
            number=numbers[question.pid],
            basis=check.basis,
            authorisation=person.get("consent", ""),
            task_order=check.task_order,
            asked_at=question.asked_at,
            said=answer.said,
            why=answer.why,
            as_of=answer.as_of,
            rows=tuple(item.values for item in answer.items.all()),
        )
