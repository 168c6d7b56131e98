"""A check as a comparison: declared, found, the limits in force, and what the household said to each difference."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, replace

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.verification.core.compared import Answered, Compared, HouseholdSaid, Somebody, kept
from doudi.verification.core.comparing import compare, with_limits
from doudi.verification.core.kinds import CHANNELS, kinds
from doudi.verification.gateways import rules
from doudi.verification.models import Check, Statement
from doudi.verification.queries import checks


def comparable(rows: Iterable[checks.AnswerRow]) -> tuple[Answered, ...]:
    """The answers of a check, as a comparison reads them."""
    return tuple(
        Answered(
            pid=row.pid,
            dataset=row.dataset,
            source=row.source,
            label=row.department,
            said=row.said,
            rows=tuple(asdict(item) for item in row.items),
        )
        for row in rows
    )


def statements(subject: str) -> dict[str, tuple[HouseholdSaid, ...]]:
    """What the household said to each difference, oldest first; all of it is kept."""
    found: dict[str, list[HouseholdSaid]] = {}
    for one in Statement.objects.filter(subject=subject).order_by("said_at", "id"):
        found.setdefault(one.key, []).append(
            HouseholdSaid(
                choice=one.choice,
                choice_label=kinds()[one.kind].answers.get(one.choice, ""),
                words=one.words,
                paper=one.paper,
                channel=CHANNELS[one.channel],
                at=one.said_at,
                by=one.by,
            )
        )
    return {key: tuple(said) for key, said in found.items()}


def compared(ref: str, read: Iterable[checks.AnswerRow] | None = None) -> tuple[Compared, ...]:
    """The comparison of a check, for the rooms that print it or ask from it; people see it through the pages that show it.

    Declared is what was said when the sources were asked; the answers and what was said to differences are of now.

    :param read: the answers, where the same act has read them already
    """
    check = Check.objects.get(ref=ref)
    declared = kept(check.declared)
    people = [Somebody(one["pid"], one["pid"], one["name"], one["adult"], one.get("role", "member")) for one in check.people]
    asked = {one.pid for one in people}
    people += [
        Somebody(one.pid, one.pid, one.name, True)
        for one in declared
        if one.kind == "member" and one.pid not in asked and (one.together if one.together is not None else one.proposed)
    ]
    items = compare(check.programme, people, declared, comparable(checks.answers(ref) if read is None else read), check.on)
    members = sum(one.role == "member" for one in people)
    place = office.area(check.area)
    limits = rules.limits(
        check.programme,
        check.on,
        check.area,
        members=members,
        place_kind=(place.place_kind or None) if place else None,
        totals=[one for one in items if one.is_total],
    )
    contracts, said = exchange.contracts(), statements(check.subject)
    return tuple(
        replace(
            one,
            said=said.get(one.key, ()),
            unanswered=tuple(contracts[code].label if code in contracts else code for code in one.unanswered),
        )
        for one in with_limits(items, limits)
    )


def said_keys(subjects: Collection[str]) -> set[tuple[str, str]]:
    """Which differences of which cases the household has said something to: no word of what."""
    return set(Statement.objects.filter(subject__in=subjects).values_list("subject", "key"))
