"""How many answers kept by doudi are not what is true outside: by source, and each wrong one named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from doudi.engine import landing
from doudi.engine.contract import Contract
from doudi.sample.responders.book import Book, Right
from doudi.sample.responders.manner import Manner, manners
from doudi.verification.core import AT_LEAST
from doudi.verification.queries.kept import KeptAnswer

MOST_NAMED = 20


def answers(book: Book, kept: Iterable[KeptAnswer], contracts: dict[str, Contract]) -> dict[str, Any]:
    """Each answer beside the right one. A source that says nothing yet, or that its books are old, is silent and never wrong.

    Returns counts by source, how many are wrong, and the first wrong ones by question and source.
    """
    told = [(one, manners()[one.source], book.right(one.source, _question(one))) for one in kept]
    typed = _typed(told, contracts)
    counts: dict[str, Counter[str]] = {}
    wrong = []
    for one, manner, right in told:
        by_source = counts.setdefault(one.source, Counter())
        by_source["answers"] += 1
        by_source[one.said] += 1
        if one.said == "stale" and right.said == "nothing" and manner.stale_days:
            continue
        if one.said != right.said or not _same(one, manner, right, typed[one.question]):
            by_source["wrong"] += 1
            wrong.append({"question": one.question, "source": one.source, "said": one.said, "right": right.said})
    return {
        "answers": len(told),
        "wrong": len(wrong),
        "sources": {code: {"wrong": 0, **by_source} for code, by_source in sorted(counts.items())},
        "first_wrong": wrong[:MOST_NAMED],
    }


def _question(one: KeptAnswer) -> dict[str, Any]:
    """A question as it stood on the wire."""
    return {
        "question": one.question,
        "round": one.round,
        "dataset": one.dataset,
        "basis": one.basis,
        "authorisation": one.authorisation,
        "task_order": one.task_order,
        "asked_at": timezone.localtime(one.asked_at).isoformat(),
        "person": {"name": one.name, "citizen_no": one.number},
    }


def _typed(told: list[tuple[KeptAnswer, Manner, Right]], contracts: dict[str, Contract]) -> dict[str, list[dict[str, Any]]]:
    """The right rows of each question, typed as its contract says."""
    written: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for one, _, right in told:
        whose = {"citizen_no": one.number, "name": one.name}
        written.setdefault(one.dataset, []).extend((one.question, whose | values) for _, values in right.rows)
    found: dict[str, list[dict[str, Any]]] = {one.question: [] for one, _, _ in told}
    for dataset, rows in written.items():
        if not rows:
            continue
        for (question, _), (kept, problems) in zip(
            rows, landing.read_rows(contracts[dataset], [row for _, row in rows]), strict=True
        ):
            assert kept is not None, problems
            found[question].append(kept)
    return found


def _same(one: KeptAnswer, manner: Manner, right: Right, typed: list[dict[str, Any]]) -> bool:
    """Whether the rows kept are the right ones; of a bank that only matches, the limit is all there is to compare."""
    if right.at_least and not all(row.get(AT_LEAST) for row in one.rows):
        return False
    columns = ("balance",) if manner.matching else tuple({name for row in typed for name in row})

    def plain(rows: Iterable[dict[str, Any]]) -> list[list[str]]:
        return sorted([str(row.get(name)) for name in columns] for row in rows)

    return plain(one.rows) == plain(typed)
