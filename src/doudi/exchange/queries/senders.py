"""Reading: who may send what, by which doors, with which keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from doudi.exchange.core import Door
from doudi.exchange.models import Sender, SenderKey
from doudi.exchange.queries.deliveries import contracts
from doudi.office.core import Viewer


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A public key of a sender; `good_until` is None for the one in use."""

    key_id: str
    public_key: str
    added_at: datetime
    good_until: datetime | None


@dataclass(frozen=True, slots=True)
class SenderRow:
    """A sender: whose it is, what it may send and how."""

    code: str
    label: str
    department_code: str
    datasets: tuple[str, ...]
    doors: tuple[str, ...]
    contact: str
    active: bool
    stopped_at: datetime | None
    keys: tuple[KeyRow, ...] = ()

    @property
    def door_labels(self) -> list[str]:
        return [Door(door).label for door in self.doors]

    @property
    def dataset_labels(self) -> list[str]:
        known = contracts()
        return [known[code].label if code in known else code for code in self.datasets]

    def may_send(self, dataset: str, door: str) -> bool:
        """Whether this sender may bring this dataset in by this door today."""
        return self.active and door in self.doors and dataset in self.datasets


def _row(sender: Sender, *, with_keys: bool = False) -> SenderRow:
    keys = sorted(sender.keys.all(), key=lambda one: one.pk, reverse=True) if with_keys else []
    return SenderRow(
        code=sender.code,
        label=sender.label,
        department_code=sender.department_code,
        datasets=tuple(sender.datasets),
        doors=tuple(sender.doors),
        contact=sender.contact,
        active=sender.stopped_at is None,
        stopped_at=sender.stopped_at,
        keys=tuple(KeyRow(one.key_id, one.public_key, one.added_at, one.good_until) for one in keys),
    )


def sender(code: str) -> SenderRow | None:
    """The sender of this code with its keys, stopped ones too, or None."""
    found = Sender.objects.filter(code=code).prefetch_related("keys").first()
    return _row(found, with_keys=True) if found else None


def senders() -> list[SenderRow]:
    """Every sender, by department and code."""
    return [_row(one) for one in Sender.objects.order_by("department_code", "code")]


def senders_seen(viewer: Viewer) -> list[SenderRow]:
    """Every sender with its keys, for the page that looks after them.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("feed.list")
    rows = Sender.objects.order_by("department_code", "code").prefetch_related("keys")
    return [_row(one, with_keys=True) for one in rows if viewer.answers_for(one.department_code)]


def sender_of_key(key_id: str, at: datetime) -> tuple[SenderRow, str] | None:
    """The active sender a key belongs to, and the public key; None for a key that is unknown, replaced or a stopped sender's."""
    good = Q(good_until__isnull=True) | Q(good_until__gt=at)
    found = SenderKey.objects.filter(good, key_id=key_id, sender__stopped_at__isnull=True).select_related("sender").first()
    return (_row(found.sender), found.public_key) if found else None


def sender_named(name: str, dataset: str = "") -> SenderRow | None:
    """The active sender a manifest or an operator means by a code, a label or the words for a department.

    dataset: settles which where a department has several
    """
    known = contracts()
    rows = [row for row in senders() if row.active]
    for row in rows:
        if name in (row.code, row.label):
            return row
    codes = {one.department_code for one in known.values() if name in (one.department, one.department_code)}
    of_department = [row for row in rows if row.department_code in codes and (not dataset or dataset in row.datasets)]
    return of_department[0] if len(of_department) == 1 else None
