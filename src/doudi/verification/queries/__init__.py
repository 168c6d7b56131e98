"""Reading checks: the report of one household, source by source; what whole rolls gave."""

from __future__ import annotations

from doudi.verification.queries.batches import Anomaly, anomalies, batches, kept_batch
from doudi.verification.queries.checks import (
    AnswerRow,
    CheckDay,
    CheckPage,
    ItemRow,
    Progress,
    SourceLine,
    answers,
    check,
    days_of_checks,
    leaning,
    progress,
)
from doudi.verification.queries.comparing import answered, compared, statements
from doudi.verification.queries.orders import OrderRow, order, orders, orders_in_force, standing
from doudi.verification.queries.sources import SourceRow, source

__all__ = [
    "Anomaly",
    "AnswerRow",
    "CheckDay",
    "CheckPage",
    "ItemRow",
    "OrderRow",
    "Progress",
    "SourceLine",
    "SourceRow",
    "anomalies",
    "answered",
    "answers",
    "batches",
    "check",
    "compared",
    "days_of_checks",
    "kept_batch",
    "leaning",
    "order",
    "orders",
    "orders_in_force",
    "progress",
    "source",
    "standing",
    "statements",
]
