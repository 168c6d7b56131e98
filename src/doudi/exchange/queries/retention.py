"""Reading: what is over its time, what has to stay, which lists wait for a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from doudi.engine import destroying
from doudi.exchange.core.retention import Item, Rule, rules
from doudi.exchange.models import Disposal, Hold, Load, Refusal
from doudi.exchange.queries.deliveries import current_loads, lake
from doudi.office import queries as office
from doudi.office.core import Viewer

PAGE = 30


def retention_rules(at: datetime) -> tuple[Rule, ...]:
    """The rules that hold now, by kind."""
    return tuple(rules(office.today(at)).values())


def held() -> set[str]:
    """What must not be destroyed for now: "all", datasets, numbers of loads."""
    return set(Hold.objects.filter(lifted_at__isnull=True).values_list("scope", flat=True))


def over(at: datetime, *, needed: Collection[int] = ()) -> list[Item]:
    """Everything in the lake that is over its time and may go: holds, what counts now, and what kept cycles lead back to stay.

    :param needed: loads an open case, check or appeal stands on
    """
    holds = held()
    if "all" in holds:
        return []
    law, today, place = rules(office.today(at)), office.today(at), lake()

    def moment(kind: str) -> datetime | None:
        days = law[kind].days if kind in law else None
        return None if days is None else at - timedelta(days=days)

    loads = list(Load.objects.order_by("id"))
    stay = {one.pk for one in loads if one.dataset in holds or str(one.pk) in holds or one.pk in needed}
    found: list[Item] = []
    if (before := moment("reject")) is not None:
        for one in loads:
            if one.rejects and one.received_at < before and one.pk not in stay:
                size = destroying.size_of(place.object(one.rejects))
                found.append(Item("reject", one.rejects, office.today(one.received_at), one.rejected, size))
    if (before := moment("delivery")) is not None:
        found += _deliveries(loads, stay, before)
    if (before := moment("refusal")) is not None:
        taken = {one.delivery for one in loads}
        gone = Refusal.objects.values("delivery").annotate(last=Max("received_at")).filter(last__lt=before).order_by("delivery")
        for row in gone:
            size = destroying.size_of(place.delivery(row["delivery"]))
            if row["delivery"] not in taken and size:
                found.append(Item("refusal", row["delivery"], office.today(row["last"]), 0, size))
    if (before := moment("cycle")) is not None:
        found += [Item("cycle", one.name, one.since, one.rows, one.size) for one in destroying.old_cycles(place, before.date())]
    if (before := moment("load")) is not None:
        snapshots = {one.snapshot for one in loads}
        now = {row.batch for snapshot in snapshots for row in current_loads(today, snapshot)}
        used = destroying.needed_loads(place) | {one.object for one in loads if one.pk in now | stay or one.received_at >= before}
        for one in loads:
            size = destroying.size_of(place.object(one.object))
            if one.object not in used and size:
                found.append(Item("load", one.object, office.today(one.received_at), one.accepted, size))
    if (before := moment("workshop")) is not None:
        found += [Item("workshop", one.name, one.since, 0, one.size) for one in destroying.leftovers(place, before)]
    return sorted(set(found), key=lambda item: (item.kind, item.name))


def _deliveries(loads: list[Load], stay: set[int], before: datetime) -> list[Item]:
    """Files as they came whose every load is old enough and free."""
    place, of_file = lake(), dict[str, list[Load]]()
    for one in loads:
        of_file.setdefault(one.delivery, []).append(one)
    found = []
    for name, ones in of_file.items():
        size = destroying.size_of(place.delivery(name))
        if size and all(one.received_at < before and one.pk not in stay for one in ones):
            last = max(one.received_at for one in ones)
            found.append(Item("delivery", name, office.today(last), sum(one.rows for one in ones), size))
    return found


@dataclass(frozen=True, slots=True)
class DisposalRow:
    """A list of things over their time, in numbers: kind → (how many, rows, bytes)."""

    ref: str
    counts: dict[str, tuple[int, int, int]]
    planned_at: datetime
    approved_at: datetime | None
    done_at: datetime | None


def disposals(viewer: Viewer, *, first: int = 0, count: int = PAGE) -> list[DisposalRow]:
    """The lists, latest first.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("data.retain")
    rows = Disposal.objects.order_by("-planned_at", "ref")[first : first + count]
    return [_row(one) for one in rows]


def disposal(ref: str) -> tuple[DisposalRow, tuple[Item, ...]] | None:
    """One list with what it names, for the job."""
    one = Disposal.objects.filter(ref=ref).first()
    return (_row(one), _items(one)) if one else None


def approved() -> list[str]:
    """Lists a person approved that are not carried out yet."""
    rows = Disposal.objects.filter(approved_at__isnull=False, done_at__isnull=True).order_by("approved_at", "ref")
    return list(rows.values_list("ref", flat=True))


def _row(one: Disposal) -> DisposalRow:
    counts = {kind: (told[0], told[1], told[2]) for kind, told in one.counts.items()}
    return DisposalRow(one.ref, counts, one.planned_at, one.approved_at, one.done_at)


def _items(one: Disposal) -> tuple[Item, ...]:
    return tuple(
        Item(item["kind"], item["name"], datetime.fromisoformat(item["kept_since"]).date(), item["rows"], item["size"])
        for item in one.items
    )


@dataclass(frozen=True, slots=True)
class HoldRow:
    """Something that must stay."""

    scope: str
    why: str
    placed_at: datetime


def holds() -> list[HoldRow]:
    """Everything that must stay for now."""
    return [HoldRow(one.scope, one.why, one.placed_at) for one in Hold.objects.filter(lifted_at__isnull=True).order_by("scope")]
