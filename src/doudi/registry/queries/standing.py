"""Who is who now: two records that people found to be one person lead to the one that stands.

Nothing is rewritten when records are joined: cases, consents and payments keep the id they were made under. Whoever looks
something up by an id asks here which id stands, and by which ids the person was ever known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from doudi.engine.linkage import Settled
from doudi.office import queries as office
from doudi.registry.models import Settlement

_AT_A_TIME = 400  # SQLite takes a thousand names at a time


def _joins() -> QuerySet[Settlement]:
    return Settlement.objects.filter(kind="person", verdict="same", undone_at__isnull=True)


def standing_of(pids: Collection[str]) -> dict[str, str]:
    """The id that stands for each of these, now; most stand for themselves."""
    return office.once("standing", pids, _standing_of)


def _standing_of(pids: Collection[str]) -> dict[str, str]:
    found = {pid: pid for pid in pids}
    asked = set(pids)
    while asked:
        goes: dict[str, str] = {}
        for part in _parts(asked):
            goes |= dict(_joins().filter(left__in=part).values_list("left", "right"))
        for pid, now in found.items():
            found[pid] = goes.get(now, now)
        asked = set(goes.values())
    return found


def standing(pid: str) -> str:
    """The id that stands for this one now: itself, unless people found it to be somebody known under another."""
    return standing_of([pid])[pid]


def together(pids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Every id the person of each of these was ever known by, the standing one first."""
    goes: dict[str, str] = {}
    known, asked = set(pids), set(pids)
    while asked:
        for part in _parts(asked):
            goes |= dict(_joins().filter(Q(left__in=part) | Q(right__in=part)).values_list("left", "right"))
        asked = {*goes, *goes.values()} - known
        known |= asked
    roots = {pid: pid for pid in known}
    for pid in known:
        while (now := goes.get(roots[pid])) is not None:
            roots[pid] = now
    groups: dict[str, list[str]] = {}
    for pid in sorted(known, key=lambda one: (roots[one] != one, one)):
        groups.setdefault(roots[pid], []).append(pid)
    return {pid: tuple(groups[roots[pid]]) for pid in pids}


def pids_of(pid: str) -> tuple[str, ...]:
    """Every id this person was ever known by, the standing one first."""
    return together([pid])[pid]


def _parts(pids: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(pids)
    return (ordered[first : first + _AT_A_TIME] for first in range(0, len(ordered), _AT_A_TIME))


def settled(known_at: datetime | None = None) -> list[Settled]:
    """What people decided, as the next cycle takes it: every id led on to the one that stands.

    Who somebody is does not depend on the day a cycle judges, only on what was known: all that holds now, or held at a moment.
    """
    rows = Settlement.objects.filter(undone_at__isnull=True)
    if known_at is not None:
        rows = Settlement.objects.filter(Q(undone_at__isnull=True) | Q(undone_at__gt=known_at), decided_at__lte=known_at)
    told = list(rows.values_list("kind", "left", "right", "verdict"))
    goes = {left: right for kind, left, right, verdict in told if (kind, verdict) == ("person", "same")}

    def root(pid: str) -> str:
        while pid in goes:
            pid = goes[pid]
        return pid

    found: set[Settled] = set()
    for kind, left, right, verdict in told:
        if kind == "person" and verdict == "apart":
            one, other = sorted((root(left), root(right)))
            if one != other:
                found.add(Settled("person", one, other, "apart"))
        else:
            found.add(Settled(kind, left, root(right), verdict))
    # Somebody said a row is not this person's and, later, that it belongs to a record which is this person: the later holds.
    given = {(one.left, one.right) for one in found if one.kind == "row" and one.verdict == "same"}
    return sorted(one for one in found if one.kind == "person" or one.verdict == "same" or (one.left, one.right) not in given)
