"""Which loads were withdrawn, by whom, why; for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.exchange.models import Withdrawal
from doudi.exchange.queries.deliveries import contracts


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """One time a load did not count."""

    id: int
    load: int
    dataset: str
    label: str
    file_name: str
    as_of: date
    rows: int
    why: str
    withdrawn_at: datetime
    reinstated_at: datetime | None
    reinstated_why: str


def withdrawals(*, load: int | None = None, still: bool = False, most: int | None = None) -> list[WithdrawalRow]:
    """Withdrawals, latest first: of one load, or only those that still hold; no personal data."""
    rows = Withdrawal.objects.select_related("load").order_by("-withdrawn_at", "-id")
    if load is not None:
        rows = rows.filter(load_id=load)
    if still:
        rows = rows.filter(reinstated_at__isnull=True)
    known = contracts()
    return [
        WithdrawalRow(
            one.pk,
            one.load_id,
            one.load.dataset,
            known[one.load.dataset].label if one.load.dataset in known else one.load.dataset,
            one.load.file_name,
            one.load.as_of,
            one.load.accepted,
            one.why,
            one.withdrawn_at,
            one.reinstated_at,
            one.reinstated_why,
        )
        for one in rows[:most]
    ]
