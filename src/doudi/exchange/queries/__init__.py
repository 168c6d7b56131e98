"""Reading what departments told us."""

from __future__ import annotations

from doudi.exchange.queries.deliveries import (
    LoadLine,
    LoadRow,
    Problem,
    RefusalLine,
    RejectLine,
    contracts,
    current_loads,
    datasets_of,
    lake,
    latest_day,
    load,
    loads,
    of_batch,
    of_delivery,
    problem,
    refusals,
    rejects,
    with_rejects,
)

__all__ = [
    "LoadLine",
    "LoadRow",
    "Problem",
    "RefusalLine",
    "RejectLine",
    "contracts",
    "current_loads",
    "datasets_of",
    "lake",
    "latest_day",
    "load",
    "loads",
    "of_batch",
    "of_delivery",
    "problem",
    "refusals",
    "rejects",
    "with_rejects",
]
